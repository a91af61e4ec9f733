"""Sentences, in both languages, about a shared limit that leaves too little for one placement."""

from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.language import Text
from matcher.limits import ResourceKind
from matcher.resource_rows import ResourceRow

LEAST_LEFT: Final = 0.005
"""Less than this of a resource is shown as nothing: half of the last decimal shown."""
NO_PLACE_LEFT: Final = Text(
    "Pladsen er optaget af et forløb, der er aftalt eller i gang.",
    "The place is taken by a placement that is agreed or runs.",
)
WITH_OTHERS: Final = Text(
    "Forløbet kan kombineres med de forløb, der allerede er på arbejdspladsen.",
    "The placement goes together with the placements that are already at the worksite.",
)
NOT_WITH_OTHERS: Final = Text(
    "Pladsen kan ikke kombineres med de forløb, der allerede er på arbejdspladsen.",
    "The place does not go together with the placements that are already at the worksite.",
)
"""Says nothing of anybody there: the person asked about may know the rules and the worksite."""
_IN_PLAN: Final = Text(" i planen", " in the plan")


def shortage_text(row: ResourceRow, needs: float, left: float, *, in_plan: bool) -> Text:
    """What a placement needs of a limit and what is left of it; `in_plan`: when a plan has taken its part."""
    where = _IN_PLAN if in_plan else Text("", "")
    rest = _rest(left, 2 if row.kind is ResourceKind.FULL_TIME_PERSONS else 1, where)
    match row.kind:
        case ResourceKind.FULL_TIME_PERSONS:
            return Text(
                f"Forløbet svarer til {da.full_time_persons(needs)}, {rest.danish}.",
                f"The placement counts as {en.full_time_persons(needs)}, {rest.english}.",
            )
        case ResourceKind.MENTOR_HOURS if row.allowed == 0:
            return Text(
                f"Borgeren har brug for {da.hours_per_week(needs)}.", f"The citizen needs {en.hours_per_week(needs)}."
            )
        case ResourceKind.MENTOR_HOURS:
            return Text(
                f"Borgeren har brug for {da.hours_per_week(needs)}, {rest.danish}.",
                f"The citizen needs {en.hours_per_week(needs)}, {rest.english}.",
            )
        case ResourceKind.OUTREACH_HOURS:
            return Text(
                f"Der er ikke tid nok tilbage til denne virksomhed{where.danish}.",
                f"Too little time is left for this company{where.english}.",
            )
        case ResourceKind.CLUSTER_PLACES:
            return Text(f"De er alle i brug{where.danish}.", f"All of them are used{where.english}.")
        case ResourceKind.CASELOAD:
            return Text(
                f"Der er ikke plads til et forløb mere{where.danish}.",
                f"There is no room for another placement{where.english}.",
            )


def _rest(left: float, decimals: int, where: Text) -> Text:
    """What is left of a limit, as a clause."""
    if left <= LEAST_LEFT:
        return Text(
            f"og der er ikke mere tilbage{where.danish}",
            f"and nothing is left{where.english}",
        )
    return Text(
        f"og der er {da.number(left, decimals)} tilbage{where.danish}",
        f"and {en.number(left, decimals)} is left{where.english}",
    )
