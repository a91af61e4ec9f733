"""The night's plan as a PDF: tagged, with title and language, and with its page numbers."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import typst

_TEMPLATE: Final = Path(__file__).with_name("plan.typ")


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal, with the reason in one line."""

    citizen: str
    consultant: str
    place: str
    reason: str
    starts: str
    fits: str
    decision: str


@dataclass(frozen=True, slots=True)
class UnplacedLine:
    """Somebody without a place, and why."""

    citizen: str
    consultant: str
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A table: its heading, its columns, its lines, and what is said where there are none."""

    heading: str
    columns: Sequence[str]
    lines: Sequence[ProposalLine] | Sequence[UnplacedLine]
    empty: str


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """All that the document says, in one language.

    Attributes
    ----------
    language : code, e.g. da
    figures : what each is called, and its number
    explained : what value, bound and gap of the plan mean;  notes : what else is to be known, e.g. filters
    page : of the footer, with `{page}` and `{pages}`
    """

    language: str
    title: str
    lead: str
    figures: Sequence[tuple[str, str]]
    explained: str
    notes: Sequence[str]
    page: str
    proposals: Part
    unplaced: Part


def plan_pdf(document: PlanDocument, *, standard: Literal["ua-1"] | None = None) -> bytes:
    """The document as a PDF.

    `standard`: refuse to write anything that does not keep it (`ua-1`: accessible by PDF/UA-1). It is tagged without,
    too; a name in a script that the font does not have is then written as boxes instead of being refused.
    """
    plan = json.dumps(asdict(document), ensure_ascii=False)
    return typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        ignore_system_fonts=True,  # the same everywhere
        format="pdf",
        sys_inputs={"plan": plan},
        pdf_standards=standard,
    )
