"""Why a citizen has no place, by the latest plan and by every rule and limit."""

from typing import Final

from matcher.language import Language, Text
from matcher.letter_without_place import letter_without_place
from matcher.without_place import without_place
from service.use_cases.desk import Desk
from service.use_cases.views import WithoutPlaceView

_REJECTED: Final = Text(
    "Planen foreslog borgeren en plads, men forslaget er afvist siden.",
    "The plan proposed a place for the citizen, but the proposal has been rejected since.",
)
_PROPOSED: Final = Text("Planen foreslår en plads til borgeren.", "The plan proposes a place for the citizen.")


def citizen_without_place(desk: Desk, citizen_id: str, *, language: Language = Language.DANISH) -> WithoutPlaceView:
    """The reasons, and the letter where there is no placement and the plan proposed none; raises NotFound.

    Of what the run wrote down only the first line is told: the others tell of single places.
    """
    row = desk.citizen_row(citizen_id)
    outcome, placement = desk.outcome_of(citizen_id), desk.placement_text(row, language)
    _, market = desk.market(row)
    found = without_place(desk.match_input, row, market, language)
    told = (outcome.unplaced_text(language) or "").partition("\n")[0]
    proposed = outcome.slot_id if any(one.citizen_id == citizen_id for one in desk.open_proposals) else None
    if outcome.slot_id is not None:
        told = (_PROPOSED if proposed else _REJECTED).in_(language)
    has_place = placement is not None or outcome.slot_id is not None
    return WithoutPlaceView.model_validate(
        {
            "citizen": desk.citizen_view(desk.match_input.citizen_values[row], language),
            "language": language,
            "planned_on": found.planned_on,
            "run_id": desk.run.id if desk.run else None,
            "placement": placement,
            "proposed": proposed,
            "text": placement or told,
            "examined": found.places,
            "open_places": found.open_places,
            "closed": found.closed,
            "facts": found.facts,
            "rules_id": found.rules_id,
            "letter": "" if has_place else letter_without_place(found, told),
        },
        from_attributes=True,
    )
