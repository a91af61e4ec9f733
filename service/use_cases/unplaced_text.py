"""Why a plan has no place for a citizen, as a run wrote it down, in the reader's language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher import english
from matcher.language import Language
from matcher.limits import Barrier, ResourceKind
from service.use_cases.night_counts import REASONS

_IN_SHORT: Final[Mapping[str, str]] = MappingProxyType(
    {barrier.value: english.label(barrier) for barrier in Barrier}
    | {kind.value: f"{english.label(kind)} are used up" for kind in ResourceKind}
)
"""English of the reasons, for runs that wrote no English text."""


def unplaced_text(danish: str, in_english: str | None, reason: str, language: Language) -> str:
    """The text of a run in a language. The first line says it of all places, the others of one place or rule each.

    Where a run wrote Danish alone, the English text is the reason in short. It stands on a line of its own: it may
    tell of a need, and the first line is what everybody is shown.
    """
    if language is Language.DANISH:
        return danish
    if in_english is None:
        return f"The plan has no place for the citizen.\n{english.sentence(_IN_SHORT[reason])}"
    return in_english


def reason_text(reason: str, language: Language) -> str:
    """Why somebody is without a place, in short, as the figures of a run name it."""
    return REASONS[reason] if language is Language.DANISH else _IN_SHORT[reason]
