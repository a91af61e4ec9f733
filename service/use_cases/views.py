"""What a list, an explanation and a slot's candidates look like to readers: the same for API, pages and terminal."""

from datetime import date
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from matcher.explain import Explanation
from matcher.language import Language


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TermView(_View):
    """One term of the score: its value, its weight, what it adds; null where it is not known."""

    id: str
    name: str
    value: float | None
    applies: bool
    known_share: float
    weight: float
    contribution: float
    text: str
    source: str
    open: tuple[str, ...] = ()


class RuleView(_View):
    """One hard rule or shared limit: what it asks and since when, its source, passed or not, and why."""

    id: str
    statement: str = Field(validation_alias=AliasChoices("statement", "danish"))
    source: str
    valid_from: date | None = None
    valid_to: date | None = None
    passed: bool
    to_confirm: bool
    texts: tuple[str, ...]


class LimitView(_View):
    """A limit that placements share: what this one needs, the whole of it, what is taken, and whether that is enough.

    `id` is the rule that sets it.
    """

    id: str
    unit: str = Field(description="unit of the numbers, in English")
    needs: float = Field(ge=0, description="what this placement takes of the limit")
    allowed: float = Field(ge=0, description="the whole limit")
    taken: float = Field(ge=0, description="what placements that run or are agreed take of it")
    passed: bool


class SupportView(_View):
    """Parallel support that is advised beside a placement; it closes no place."""

    problem: str
    support: str
    mechanism: str
    sub_goal: str
    source: str


class FactView(_View):
    """One fact; `read_by`: ids of the rules and terms that read it. `value` is null where there is no number."""

    id: str
    about: Literal["citizen", "place", "pair"]
    name: str
    text: str
    value: float | None
    unit: str
    known: bool
    read_by: tuple[str, ...]


class WantedView(_View):
    """Other citizens, by the plan: those who would gain by the place, and those who would gain more than this one."""

    want: int = Field(ge=0)
    better: int = Field(ge=0)


class TermDifferenceView(_View):
    """How much more a term adds to another place's value than to this one's."""

    id: str
    name: str
    difference: float


class AlternativeView(_View):
    """Another place for the citizen, compared with this one: differences are the other's less this one's."""

    slot_id: str
    heading: str
    value: float
    price: float
    worth: float
    value_difference: float
    worth_difference: float
    terms: tuple[TermDifferenceView, ...]
    text: str


class ExplanationView(_View):
    """All reasons of one citizen and one place, in one language, with the facts and numbers behind them.

    `value` is the sum of the terms' contributions. Records of earlier versions lack what has a default here.
    """

    citizen_id: str
    slot_id: str
    language: Language = Language.DANISH
    planned_on: date | None = None
    eligible: bool
    value: float = Field(ge=0, le=1, description="how well the pair fits; what it would be, where it is not possible")
    confidence: float = Field(ge=0, le=1, description="share of what counts that is known")
    price: float | None = Field(description="what the place is worth to others; null where no plan has priced it")
    wanted: WantedView | None = None
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
    facts: tuple[FactView, ...] = ()
    terms: tuple[TermView, ...]
    rules: tuple[RuleView, ...]
    limits: tuple[LimitView, ...] = Field((), description="numbers of the shared limits that the placement draws on")
    support: tuple[SupportView, ...]
    support_texts: tuple[str, ...]
    alternatives: tuple[AlternativeView, ...] = ()
    failed_rules: tuple[str, ...]
    weights_id: str
    rules_id: str = ""

    @classmethod
    def of(cls, explanation: Explanation) -> "ExplanationView":
        """The view of an explanation."""
        return cls.model_validate(explanation, from_attributes=True)

    @classmethod
    def stored(cls, record: dict[str, Any]) -> "ExplanationView":
        """The view of an explanation that a run stored."""
        return cls.model_validate(record)


class PlaceView(_View):
    """A place for a citizen. `agreement` and `setting` are labels; `proposed`: the latest plan proposes it."""

    slot_id: str
    agreement: str
    setting: str
    proposed: bool
    explanation: ExplanationView


class CitizenView(_View):
    """The head of a citizen's list."""

    id: str
    name: str
    target_group: str
    profile: str
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
    not_free: int = Field(0, ge=0, description="those of them that a limit closes: taken, or too little is left")
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
    weights: str
    place: PlaceView
    letter: str = Field(description="reasons as they can stand in a decision letter; a person checks and signs it")


class ClosedPlacesView(_View):
    """A rule or shared limit that closes places for a citizen, and how many; the places of several rules overlap."""

    rule: RuleView = Field(description="the rule or limit, with its source; its text says how many places it closes")
    places: int = Field(ge=1, description="places that the rule closes")


class WithoutPlaceView(_View):
    """Why a citizen has no place. Where the citizen has one, or the plan proposed one, there is no letter."""

    citizen: CitizenView
    language: Language
    planned_on: date
    run_id: str | None
    placement: str | None
    proposed: str | None = Field(
        description="the place that the latest plan proposes; null where it proposes none, or that was rejected since"
    )
    text: str = Field(description="what the plan says of the citizen, in one or two sentences; may be empty")
    examined: int = Field(ge=0, description="places that were examined")
    open_places: int = Field(ge=0, description="those that every rule and limit lets through beside what runs")
    closed: tuple[ClosedPlacesView, ...] = Field(description="the rules that close places, the most first")
    facts: tuple[FactView, ...]
    rules_id: str
    letter: str = Field(description="the reasons as a letter; empty where there is one or the plan proposed one")


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
