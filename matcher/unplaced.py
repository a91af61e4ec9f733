"""Why a citizen has no place in a plan: read from the plan itself, place by place, and told in one language.

For every pair of the citizen that no rule excludes, the first of these that holds: the pair was out before the plan
was made (`Barrier`); the slot is full; the worksite holds somebody to be kept apart; a resource has too little left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher import english as en
from matcher import wording as da
from matcher.arrays import MatchInput
from matcher.assignment import Plan
from matcher.assignment.account import Account, account_of
from matcher.assignment.leftout import REASONS, Obstacles, Reason, obstacles
from matcher.language import Language, Text
from matcher.limits import Barrier, ResourceKind
from matcher.pair import heading
from matcher.resources import BARRIERS, NightProblem
from matcher.rules import rules_of
from matcher.suggest import suggest
from matcher.weights import Weights
from matcher.wording.counts import count_text
from matcher.wording.shortage import shortage_text

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
_BARRIERS: Final[Mapping[Reason, Barrier]] = MappingProxyType(
    {
        "open": Barrier.LEFT_FREE,
        "apart": Barrier.APART,
        "taken": Barrier.GIVEN_TO_OTHERS,
        "closed": Barrier.PLACE_TAKEN,
    }
)
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
        problem, account, found = self.night.problem, self.account, self._obstacles
        slot, value = int(problem.slot[pair]), float(problem.value[pair])
        short = found.short.indices[found.short.indptr[pair] : found.short.indptr[pair + 1]]
        if len(short) == 0:
            return _Obstacle(slot, value, _BARRIERS[REASONS[found.reason[pair]]])
        row, needs = int(short[0]), account.use[[pair], short[:1]]
        return _Obstacle(slot, value, Barrier.RESOURCE, row, float(needs[0]), max(0.0, float(account.left[row])))

    def pairs_of(self, citizen_row: int) -> Ints:
        """The pairs of a citizen that the plan could choose from, ascending."""
        return self._of_problem.of(citizen_row)

    def removed_of(self, citizen_row: int) -> Ints:
        """The pairs of a citizen that were left out of the problem since a limit was used up before, ascending."""
        return self._of_removed.of(citizen_row)

    @cached_property
    def _obstacles(self) -> Obstacles:
        problem = self.night.problem
        return obstacles(problem, self.account, np.arange(problem.n_pairs))

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
    match_input: MatchInput,
    citizen_row: int,
    use: PlanUse,
    language: Language = Language.DANISH,
    *,
    weights: Weights | None = None,
) -> Unplaced:
    """Why the plan has no place for a citizen; `weights` are those of the plan. ValueError where it has one."""
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
        return _no_place_fits(match_input, citizen_row, night, weights, language)
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
            f"{danish} passer til borgeren, og der er en ledig plads, som planen ikke har brugt. Jobkonsulenten kan se "
            "på den sammen med borgeren.",
            f"{english} {'fits' if places == 1 else 'fit'} the citizen, and there is a free place that the plan has "
            "not used. The job consultant can look at it together with the citizen.",
        )
    if places == 1:
        return Text(
            "1 plads passer til borgeren, men den er ikke ledig i planen.",
            "1 place fits the citizen, but it is not free in the plan.",
        )
    return Text(
        f"{danish} passer til borgeren, men ingen af dem er ledige i planen.",
        f"{english} fit the citizen, but none of them is free in the plan.",
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
    shortage = shortage_text(row, obstacle.needs, obstacle.left, in_plan=True)
    return Text(f"{row.text.danish} {shortage.danish}", f"{row.text.english} {shortage.english}")


_IN_THE_WAY: Final = {
    Barrier.PLACE_TAKEN: Text(
        "Pladsen er optaget af et forløb, der er i gang eller planlagt.",
        "The place is taken by a placement that is running or planned.",
    ),
    Barrier.APART: Text(
        "Pladsen kan ikke kombineres med de forløb, der allerede er på arbejdspladsen.",
        "The place does not go together with the placements that are already at the worksite.",
    ),
    Barrier.GIVEN_TO_OTHERS: Text(
        "Pladsen er foreslået til en anden borger, når alle borgeres muligheder ses under ét.",
        "The place is suggested to another citizen, when everybody's possibilities are seen as a whole.",
    ),
    Barrier.LEFT_FREE: Text("Pladsen er ledig.", "The place is free."),
}


def _no_place_fits(
    match_input: MatchInput, citizen_row: int, night: NightProblem, weights: Weights | None, language: Language
) -> Unplaced:
    """No eligible pair: the rules that exclude most places, and the nearest miss of those that somebody could open."""
    row, rules = np.array([citizen_row], dtype=np.int32), rules_of(match_input)
    counts = np.array([(~rule.passes(match_input, row)[0]).sum() for rule in rules])
    order = [int(r) for r in np.argsort(-counts, kind="stable") if counts[r]]
    details = [count_text(rules[r].id, int(counts[r])).in_(language) for r in order[:RULES_TOLD]]
    if len(details) > 1:
        details.append(_COUNTED_TWICE.in_(language))
    near = suggest(
        match_input,
        citizen_row,
        weights=weights,
        k=0,
        near_misses=1,
        could_open=night.left_to(match_input, citizen_row),
        language=language,
    )
    for miss in near.near_misses:
        place, missing = miss.explanation.heading, " ".join(miss.missing)
        nearest = Text(
            f"Færrest krav mangler ved {place}: {missing}", f"Fewest requirements are missing at {place}: {missing}"
        )
        details.append(nearest.in_(language))
    text = _none_of(len(match_input.slots)).in_(language)
    return Unplaced(match_input.citizens.ids[citizen_row], Barrier.NO_PLACE_FITS, text, tuple(details))


_COUNTED_TWICE: Final = Text(
    "En plads er talt med flere gange, hvis flere af kravene mangler.",
    "A place is counted more than once if several of the requirements are missing.",
)


def _none_of(places: int) -> Text:
    if places < 2:
        return Text("Ingen plads opfylder alle krav.", "No place meets every requirement.")
    return Text(
        f"Ingen af de {places} pladser opfylder alle krav.", f"None of the {places} places meets every requirement."
    )
