"""What a list, an explanation and a slot's candidates look like to readers: the same for API, pages and terminal."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.explain import Explanation


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TermView(_View):
    """One term of the score: its value, its weight, what it adds; null where it is not known."""

    id: str
    name: str
    value: float | None
    applies: bool
    weight: float
    contribution: float
    text: str
    source: str


class RuleView(_View):
    """One hard rule: passed or not, why, and its source."""

    id: str
    danish: str
    source: str
    passed: bool
    to_confirm: bool
    texts: tuple[str, ...]


class SupportView(_View):
    """Parallel support that is advised beside a placement; it closes no place."""

    problem: str
    support: str
    mechanism: str
    sub_goal: str
    source: str


class ExplanationView(_View):
    """All reasons of one citizen and one slot, in Danish, with the numbers behind them."""

    citizen_id: str
    slot_id: str
    eligible: bool
    value: float
    confidence: float
    price: float | None
    starts_on: date
    hours_per_week: float
    heading: str
    one_line: str
    practical: str
    price_text: str
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    must_confirm: tuple[str, ...]
    missing: tuple[str, ...]
    terms: tuple[TermView, ...]
    rules: tuple[RuleView, ...]
    support: tuple[SupportView, ...]
    support_texts: tuple[str, ...]
    failed_rules: tuple[str, ...]
    weights_id: str

    @classmethod
    def of(cls, explanation: Explanation) -> "ExplanationView":
        """The view of an explanation."""
        return cls.model_validate(explanation.as_record())

    @classmethod
    def stored(cls, record: dict[str, Any]) -> "ExplanationView":
        """The view of an explanation that a run stored."""
        return cls.model_validate(record)


class PlaceView(_View):
    """A place for a citizen. `agreement` and `setting` are Danish labels; `proposed`: the latest plan proposes it."""

    slot_id: str
    agreement: str
    setting: str
    proposed: bool
    explanation: ExplanationView


class CitizenView(_View):
    """The head of a citizen's list."""

    id: str
    name: str
    target_group: str = Field(description="Danish")
    profile: str = Field(description="Danish")
    consultant: str
    waiting_since: date
    hours_now: float
    hours_target: float
    goals: tuple[str, ...]


class ListView(_View):
    """A citizen's list for the day of the latest plan (today, where there is none).

    `unplaced` says why the plan has no place for the citizen; `placement` that one runs or is planned already;
    `support_texts` and `always_confirm` are what is said of every place.
    """

    citizen: CitizenView
    planned_on: date
    run_id: str | None
    proposal_id: str | None
    unplaced: str | None
    placement: str | None
    places: tuple[PlaceView, ...]
    near_misses: tuple[PlaceView, ...]
    eligible: int = Field(ge=0, description="places that every rule lets through")
    support_texts: tuple[str, ...]
    always_confirm: tuple[str, ...]
    weights: str = Field(description="Danish: which weights the values were made with")
    confidence: float = Field(ge=0, le=1, description="share of what counts that is known, mean over the places")
    ask_first: str = Field(description="Danish: the answer that would change the list most; may be empty")


class ExplainedPlace(_View):
    """One citizen and one place, possible or not."""

    citizen: CitizenView
    planned_on: date
    run_id: str | None
    weights: str = Field(description="Danish")
    place: PlaceView


class CandidateView(_View):
    """A citizen whom a place fits."""

    citizen: CitizenView
    proposed: bool
    explanation: ExplanationView


class CandidatesView(_View):
    """Citizens for one slot, best first."""

    slot_id: str
    heading: str
    planned_on: date
    run_id: str | None
    weights: str = Field(description="Danish")
    candidates: tuple[CandidateView, ...]
    eligible: int = Field(ge=0, description="citizens whom every rule lets through")
