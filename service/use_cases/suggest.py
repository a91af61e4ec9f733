"""A citizen's list, one place explained, and a slot's candidates, by the prices of the latest plan."""

from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from matcher.certainty import certainty
from matcher.demand import Wanted
from matcher.depth import Depth
from matcher.explain import explain
from matcher.language import Language
from matcher.letter import letter
from matcher.pair import heading
from matcher.scoring import pair_values
from matcher.suggest import candidates, suggest
from service.use_cases.demand import demand_of
from service.use_cases.desk import Desk, desk_of
from service.use_cases.learning import weights_text
from service.use_cases.matching import MatchInputs
from service.use_cases.views import (
    CandidatesView,
    CandidateView,
    ExplainedPlace,
    ExplanationView,
    ListView,
)

NEAR_MISSES = 5
ALTERNATIVES = 3
"""Other places that an explained place is compared with."""


def list_for_citizen(
    session: Session,
    municipality: str,
    inputs: MatchInputs,
    citizen_id: str,
    *,
    today: date,
    places: int = 10,
    language: Language = Language.DANISH,
    depth: Depth = Depth.CARD,
) -> ListView:
    """Places for a citizen, by value less what the place is worth to others, and what the nearest others lack.

    The day is that of the latest plan, since its prices belong to it; `today` where there is none. Raises NotFound.
    """
    return citizen_list(
        desk_of(session, municipality, inputs, today), citizen_id, places=places, language=language, depth=depth
    )


def citizen_list(
    desk: Desk, citizen_id: str, *, places: int, language: Language = Language.DANISH, depth: Depth = Depth.CARD
) -> ListView:
    """The list of `list_for_citizen`, from a desk."""
    row = desk.citizen_row(citizen_id)
    citizen = desk.match_input.citizen_values[row]
    prices, market = desk.market(row)
    found = suggest(
        desk.match_input,
        row,
        prices=prices,
        weights=desk.weights,
        k=places,
        near_misses=NEAR_MISSES,
        market=market,
        demand=demand_of(desk),
        language=language,
        depth=depth,
    )
    outcome = desk.outcome_of(citizen_id)
    shown = [one.explanation for one in found.suggestions] or [one.explanation for one in found.near_misses]
    sure = certainty([one.explanation for one in found.suggestions])
    return ListView(
        citizen=desk.citizen_view(citizen, language),
        planned_on=desk.match_input.on,
        run_id=desk.run.id if desk.run else None,
        proposal_id=outcome.proposal_id,
        unplaced=outcome.unplaced_text(language),
        placement=desk.placement_text(row, language),
        places=tuple(desk.place_view(one.explanation, outcome) for one in found.suggestions),
        near_misses=tuple(desk.place_view(one.explanation, outcome) for one in found.near_misses),
        eligible=found.eligible_count,
        not_free=found.not_free_count,
        support_texts=_common([explanation.support_texts for explanation in shown]),
        always_confirm=_common([one.explanation.must_confirm for one in found.suggestions]),
        weights=weights_text(found.weights_id, language),
        confidence=sure.confidence,
        ask_first=sure.question,
    )


def _common(texts: list[tuple[str, ...]]) -> tuple[str, ...]:
    """What is said of every place, to be said once."""
    return tuple(text for text in texts[0] if all(text in others for others in texts)) if texts else ()


def place_explained(
    desk: Desk, citizen_id: str, slot_id: str, *, language: Language = Language.DANISH
) -> ExplainedPlace:
    """Why a place suits a citizen, or why not; raises NotFound."""
    row, slot_row = desk.citizen_row(citizen_id), desk.slot_row(slot_id)
    prices, market = desk.market(row)
    explanation = explain(
        desk.match_input,
        row,
        slot_row,
        prices=prices,
        wanted=_wanted(desk, row, slot_row),
        weights=desk.weights,
        alternatives=ALTERNATIVES,
        free=market.free,
        met=market.met(slot_row),
        language=language,
    )
    return ExplainedPlace(
        citizen=desk.citizen_view(desk.match_input.citizen_values[row], language),
        planned_on=desk.match_input.on,
        run_id=desk.run.id if desk.run else None,
        weights=weights_text(desk.weights.id, language),
        place=desk.place_view(explanation, desk.outcome_of(citizen_id)),
        letter=letter(explanation),
    )


def _wanted(desk: Desk, row: int, slot_row: int) -> Wanted | None:
    """How many others want a place, by the prices of the latest plan; None where no plan has priced anything."""
    demand = demand_of(desk)
    if demand is None:
        return None
    rows = np.array([row], dtype=np.int32), np.array([slot_row], dtype=np.int32)
    return demand.others(row, slot_row, float(pair_values(desk.match_input, *rows, desk.weights)[0]))


def slot_candidates(
    desk: Desk, slot_id: str, *, places: int, language: Language = Language.DANISH, depth: Depth = Depth.CARD
) -> CandidatesView:
    """Citizens whom a slot fits and who have no placement, best first; raises NotFound."""
    slot_row = desk.slot_row(slot_id)
    found = candidates(
        desk.match_input,
        slot_row,
        weights=desk.weights,
        k=places,
        free=desk.free_citizens(),
        market_of=lambda rows: desk.market_of_slot(rows, slot_row),
        language=language,
        depth=depth,
    )
    context = desk.match_input.slot_values[slot_row]
    views = [
        CandidateView(
            citizen=desk.citizen_view(desk.match_input.citizen_values[one.citizen_row], language),
            proposed=desk.outcome_of(one.explanation.citizen_id).slot_id == slot_id,
            explanation=ExplanationView.of(one.explanation),
        )
        for one in found.candidates
    ]
    return CandidatesView(
        slot_id=slot_id,
        heading=heading(context),
        planned_on=desk.match_input.on,
        run_id=desk.run.id if desk.run else None,
        eligible=found.eligible_count,
        candidates=tuple(views),
        weights=weights_text(found.weights_id, language),
    )
