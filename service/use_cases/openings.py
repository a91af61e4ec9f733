"""What would open a place for a citizen, by the prices and the limits of the latest plan."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from features.variants import vary
from matcher.language import Language
from matcher.limits import ResourceKind
from matcher.openings.market import Market, market_of
from matcher.openings.ranking import Opening, best_openings, openings
from matcher.scoring import CitizenScores, score_citizen
from service.use_cases.desk import Desk


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ChangeView(_View):
    """One change: who can make it and what it asks. `effort` is 1 (a question) to 5 (months)."""

    kind: str
    actor: str
    actor_name: str
    effort: int = Field(ge=1, le=5)
    effort_text: str
    text: str


class OpeningView(_View):
    """A smallest set of changes that opens a place for a citizen; tried against every rule and limit.

    `gain` is the value of the opened place less its price and less what the citizen can have without any change.
    """

    slot_id: str
    heading: str
    text: str
    changes: tuple[ChangeView, ...]
    effort: int
    value: float
    price: float
    gain: float
    gain_text: str
    failed_rules: tuple[str, ...] = Field(description="rules that close the place now; empty where only limits do")

    @classmethod
    def of(cls, opening: Opening, language: Language) -> "OpeningView":
        """The view of an opening."""
        return cls.model_validate(opening.as_record(language))


class OpeningsView(_View):
    """What would open places for a citizen, best gain for the effort first."""

    citizen_id: str
    planned_on: date
    run_id: str | None
    language: Language
    worth_now: float = Field(description="best value less price among the places that are open to the citizen now")
    openings: tuple[OpeningView, ...]


def openings_for_citizen(
    desk: Desk,
    citizen_id: str,
    *,
    slot_id: str | None = None,
    places: int = 5,
    language: Language = Language.DANISH,
) -> OpeningsView:
    """The best opening of each of some places, or every smallest one of the place that is named; raises NotFound."""
    row = desk.citizen_row(citizen_id)
    scores = score_citizen(desk.match_input, row, weights=desk.weights)
    market = _market(desk, row, scores)
    if slot_id is None:
        found = best_openings(desk.match_input, row, scores, vary, market, k=places, weights=desk.weights)
    else:
        found = openings(desk.match_input, row, [desk.slot_row(slot_id)], vary, market, weights=desk.weights)[:places]
    return OpeningsView(
        citizen_id=citizen_id,
        planned_on=desk.match_input.on,
        run_id=desk.run.id if desk.run else None,
        language=language,
        worth_now=market.worth_now,
        openings=tuple(OpeningView.of(one, language) for one in found),
    )


def _market(desk: Desk, row: int, scores: CitizenScores) -> Market:
    resources = desk.run.resources if desk.run else ()
    prices = {(ResourceKind(one["kind"]), str(one["owner_id"])): float(one["price"]) for one in resources}
    return market_of(
        desk.match_input,
        row,
        scores,
        consultants=desk.stored.consultants,
        running=desk.placements,
        slot_price=desk.standing.slot_price,
        resource_price=prices,
    )
