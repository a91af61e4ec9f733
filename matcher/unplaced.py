"""Why a citizen has no place in a plan: read from the plan itself, place by place, and told in one language.

For every pair of the citizen that no rule excludes, the first of these that holds: the pair was out before the plan
was made (`Barrier`); the slot is full; the worksite holds somebody to be kept apart; a resource has too little left.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher import english as en
from matcher import wording as da
from matcher.arrays import MatchInput
from matcher.assignment import Plan
from matcher.assignment.account import Account, account_of
from matcher.language import Language, Text
from matcher.limits import Barrier, ResourceKind
from matcher.pair import heading
from matcher.resources import BARRIERS, NightProblem, ResourceRow
from matcher.rules import rules_of
from matcher.suggest import suggest
from matcher.wording.counts import count_text

Ints: TypeAlias = NDArray[np.integer[Any]]

PLACES_TOLD: Final = 3
TELLING_ORDER: Final = (
    Barrier.LEFT_FREE,
    Barrier.RESOURCE,
    Barrier.APART,
    Barrier.GIVEN_TO_OTHERS,
    Barrier.PLACE_TAKEN,
    Barrier.ALREADY_PLACED,
)
"""Which obstacle is told as the reason: what would open an empty place comes before places that are taken."""
LEAST_LEFT: Final = 0.005
"""Less than this of a resource is shown as nothing: half of the last decimal shown."""
RULES_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Why a citizen has no place.

    Attributes
    ----------
    reason : what stands before the places that the citizen could have had. A place that stands empty says more than a
        place that is taken: of the obstacles, the first of TELLING_ORDER
    resource : for RESOURCE, the kind of limit that closes the best of the empty places
    text : the answer in one or two full sentences
    details : the best places with what stands in the way of each; without any, the rules that exclude most
    """

    citizen_id: str
    reason: Barrier
    text: str
    details: tuple[str, ...]
    resource: ResourceKind | None = None


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """What stands between the citizen and one place.

    For RESOURCE: the row of the night's resources, what the pair needs of it, and what is left.
    """

    slot_row: int
    value: float
    barrier: Barrier
    resource: int = -1
    needs: float = 0.0
    left: float = 0.0


@dataclass(frozen=True, eq=False)
class PlanUse:
    """A night's problem with what its plan uses and leaves."""

    night: NightProblem
    account: Account

    @classmethod
    def of(cls, night: NightProblem, plan: Plan) -> "PlanUse":
        """Counted once for a plan, to explain many citizens."""
        return cls(night, account_of(night.problem, plan))

    def obstacle(self, pair: int) -> _Obstacle:
        """What stands before a pair of the problem that the plan has not chosen."""
        problem, account = self.night.problem, self.account
        slot, value = int(problem.slot[pair]), float(problem.value[pair])
        if account.free_places[slot] <= 0:
            return _Obstacle(slot, value, Barrier.GIVEN_TO_OTHERS)
        if account.meets[pair] > 0:
            return _Obstacle(slot, value, Barrier.APART)
        used = slice(account.use.indptr[pair], account.use.indptr[pair + 1])
        rows, needs = account.use.indices[used], account.use.data[used]
        lacking = needs > np.maximum(0.0, account.left[rows])
        if not lacking.any():
            return _Obstacle(slot, value, Barrier.LEFT_FREE)
        first = int(np.argmin(np.where(lacking, rows, len(account.left))))
        row = int(rows[first])
        return _Obstacle(slot, value, Barrier.RESOURCE, row, float(needs[first]), max(0.0, float(account.left[row])))

    def pairs_of(self, citizen_row: int) -> Ints:
        """The pairs of a citizen that the plan could choose from, ascending."""
        return self._of_problem.of(citizen_row)

    def removed_of(self, citizen_row: int) -> Ints:
        """The pairs of a citizen that were left out of the problem since a limit was used up before, ascending."""
        return self._of_removed.of(citizen_row)

    @cached_property
    def _of_problem(self) -> "_ByCitizen":
        return _ByCitizen.of_rows(self.night.problem.citizen)

    @cached_property
    def _of_removed(self) -> "_ByCitizen":
        return _ByCitizen.of_rows(self.night.removed.citizen)


@dataclass(frozen=True, eq=False)
class _ByCitizen:
    """Pairs sorted by citizen once, so that one citizen's are found without looking at everybody's."""

    citizen: Ints
    pair: Ints

    @classmethod
    def of_rows(cls, citizen: Ints) -> "_ByCitizen":
        order = np.argsort(citizen, kind="stable")
        return cls(citizen[order], order)

    def of(self, row: int) -> Ints:
        first, last = np.searchsorted(self.citizen, (row, row + 1))
        return self.pair[first:last]


def explain_unplaced(
    match_input: MatchInput, citizen_row: int, use: PlanUse, language: Language = Language.DANISH
) -> Unplaced:
    """Why the plan has no place for a citizen. ValueError where it has one."""
    if use.account.pair_of_citizen[citizen_row] >= 0:
        raise ValueError(f"citizen_row: the plan has a place for citizen {citizen_row}")
    night = use.night
    citizen_id = match_input.citizens.ids[citizen_row]
    if citizen_row in night.placed:
        text = Text(
            "Borgeren har allerede et forløb, der er i gang eller planlagt.",
            "The citizen already has a placement that is running or planned.",
        )
        return Unplaced(citizen_id, Barrier.ALREADY_PLACED, text.in_(language), ())
    obstacles = _obstacles(citizen_row, use)
    if not obstacles:
        return _no_place_fits(match_input, citizen_row, language)
    first = min(obstacles, key=lambda obstacle: TELLING_ORDER.index(obstacle.barrier))
    details = tuple(
        f"{_place(match_input, obstacle, night)}: {_in_the_way(obstacle, night).in_(language)}"
        for obstacle in obstacles[:PLACES_TOLD]
    )
    resource = night.resources[first.resource].kind if first.barrier is Barrier.RESOURCE else None
    text = _answer(len(obstacles), left_free=first.barrier is Barrier.LEFT_FREE)
    return Unplaced(citizen_id, first.barrier, text.in_(language), details, resource)


def _answer(places: int, *, left_free: bool) -> Text:
    """How many places the citizen could have had, and that none of them is the citizen's in the plan."""
    danish, english = da.counted(places, "plads", "pladser"), en.counted(places, "place", "places")
    if left_free:
        return Text(
            f"Borgeren kan bruge {danish}, og der er stadig en fri plads: planen er god, men ikke bevist bedst.",
            f"The citizen can use {english}, and there is still a free place: the plan is good, but not proven best.",
        )
    if places == 1:
        return Text(
            "Borgeren kan bruge 1 plads, men den er ikke fri til borgeren i planen.",
            "The citizen can use 1 place, but it is not free for the citizen in the plan.",
        )
    return Text(
        f"Borgeren kan bruge {danish}, men ingen af dem er fri til borgeren i planen.",
        f"The citizen can use {english}, but none of them is free for the citizen in the plan.",
    )


def _obstacles(citizen_row: int, use: PlanUse) -> list[_Obstacle]:
    """Obstacles of all places that no rule excludes and that were considered, best value first."""
    night = use.night
    found = [use.obstacle(int(pair)) for pair in use.pairs_of(citizen_row)]
    removed = night.removed
    for e in use.removed_of(citizen_row):
        row = int(removed.resource[e])
        left = night.resources[row].limit if row >= 0 else 0.0
        slot, value = int(removed.slot[e]), float(removed.value[e])
        found.append(_Obstacle(slot, value, BARRIERS[removed.barrier[e]], row, float(removed.needs[e]), left))
    return sorted(found, key=lambda obstacle: (-obstacle.value, obstacle.slot_row))


def _place(match_input: MatchInput, obstacle: _Obstacle, night: NightProblem) -> str:
    """The place's heading; its title alone where the limit names the worksite."""
    context = match_input.slot_values[obstacle.slot_row]
    of_site = (ResourceKind.FULL_TIME_PERSONS, ResourceKind.MENTOR_HOURS)
    if obstacle.resource >= 0 and night.resources[obstacle.resource].kind in of_site:
        return context.slot.title
    return heading(context)


def _in_the_way(obstacle: _Obstacle, night: NightProblem) -> Text:
    if obstacle.barrier is not Barrier.RESOURCE:
        return _IN_THE_WAY[obstacle.barrier]
    row = night.resources[obstacle.resource]
    shortage = _shortage(obstacle, row)
    return Text(f"{row.text.danish} {shortage.danish}", f"{row.text.english} {shortage.english}")


def _shortage(obstacle: _Obstacle, row: ResourceRow) -> Text:
    """What the placement needs of the resource and what is left of it."""
    needs, rest = obstacle.needs, _rest(obstacle, decimals=2 if row.kind is ResourceKind.FULL_TIME_PERSONS else 1)
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
                f"Det tager {da.hours(needs)} at opsøge virksomheden, {rest.danish}.",
                f"Approaching the company takes {en.hours(needs)}, {rest.english}.",
            )
        case ResourceKind.CLUSTER_PLACES:
            return Text("De er alle i brug i planen.", "All of them are used in the plan.")
        case ResourceKind.CASELOAD:
            return Text(
                "Der er ikke plads til et forløb mere i planen.", "There is no room for another placement in the plan."
            )


def _rest(obstacle: _Obstacle, decimals: int) -> Text:
    """What is left of the resource, as a clause."""
    if obstacle.left <= LEAST_LEFT:
        return Text("og der er ikke mere tilbage i planen", "and nothing is left in the plan")
    return Text(
        f"og der er {da.number(obstacle.left, decimals)} tilbage i planen",
        f"and {en.number(obstacle.left, decimals)} is left in the plan",
    )


_IN_THE_WAY: Final = {
    Barrier.PLACE_TAKEN: Text(
        "Pladsen er optaget af et forløb, der er i gang eller planlagt.",
        "The place is taken by a placement that is running or planned.",
    ),
    Barrier.APART: Text(
        "På arbejdspladsen er der en anden i forløb, som borgeren ikke skal være i gruppe med.",
        "Somebody else has a placement at the worksite with whom the citizen should not be in a group.",
    ),
    Barrier.GIVEN_TO_OTHERS: Text(
        "Planen giver pladsen til en anden, fordi borgerne samlet får mest ud af det.",
        "The plan gives the place to somebody else, because that is most for the citizens as a whole.",
    ),
    Barrier.LEFT_FREE: Text("Pladsen er fri.", "The place is free."),
}


def _no_place_fits(match_input: MatchInput, citizen_row: int, language: Language) -> Unplaced:
    """No eligible pair: the rules that exclude most places, and the nearest miss."""
    row, rules = np.array([citizen_row], dtype=np.int32), rules_of(match_input)
    counts = np.array([(~rule.passes(match_input, row)[0]).sum() for rule in rules])
    order = [int(r) for r in np.argsort(-counts, kind="stable") if counts[r]]
    details = [count_text(rules[r].id, int(counts[r])).in_(language) for r in order[:RULES_TOLD]]
    for miss in suggest(match_input, citizen_row, k=0, near_misses=1, language=language).near_misses:
        place, missing = miss.explanation.heading, " ".join(miss.missing)
        details.append(Text(f"Tættest på er {place}: {missing}", f"Nearest is {place}: {missing}").in_(language))
    text = _none_of(len(match_input.slots)).in_(language)
    return Unplaced(match_input.citizens.ids[citizen_row], Barrier.NO_PLACE_FITS, text, tuple(details))


def _none_of(places: int) -> Text:
    if places < 2:
        return Text("Ingen plads opfylder alle krav.", "No place meets every requirement.")
    return Text(
        f"Ingen af de {places} pladser opfylder alle krav.", f"None of the {places} places meets every requirement."
    )
