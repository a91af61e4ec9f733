"""Proposals on hold keep their place in the next plan, as far as they can all be kept.

A pair on hold becomes a pin of the problem (constraint 6, x_ij = 1). Pins are taken one by one in the order given: a
pair is pinned where rules, placements and the pins before it let it through. So the pins are possible together, and no
plan is refused because of them; whoever is not pinned is planned for like everybody else, with the reason told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from matcher.arrays import Floats, MatchInput
from matcher.assignment import AssignmentProblem
from matcher.assignment.problem import TOLERANCE
from matcher.domain.decided import DecidedPair
from matcher.language import Text
from matcher.resources import NightProblem, PinsRefusedError, RefusedPin

Made = Callable[[Sequence[tuple[str, str]]], NightProblem]
"""The problem of the night with some pairs pinned, by (citizen id, slot id)."""
_HELD_BY_OTHERS: Final = Text(
    "Andre forslag, der er sat på hold, optager pladsen eller det, der deles om.",
    "Other proposals on hold take the place, or what is shared.",
)


class Kept(NamedTuple):
    """The problem with the pairs that are kept, and those that could not be."""

    night: NightProblem
    refused: tuple[RefusedPin, ...]


def keep_held(match_input: MatchInput, made: Made, held: Sequence[DecidedPair]) -> Kept:
    """Pin what is on hold, the first before the later."""
    wanted = [(one.citizen_id, one.slot_id) for one in held]
    refused: list[RefusedPin] = []
    while True:
        try:
            night = made(wanted)
        except PinsRefusedError as error:
            refused += error.refused
            gone = {(pin.citizen_id, pin.slot_id) for pin in error.refused}
            wanted = [pair for pair in wanted if pair not in gone]
            continue
        crowded = _crowded(match_input, night, wanted)
        if not crowded:
            return Kept(night, tuple(refused))
        refused += [RefusedPin(citizen_id, slot_id, _HELD_BY_OTHERS) for citizen_id, slot_id in crowded]
        wanted = [pair for pair in wanted if pair not in set(crowded)]


def _crowded(match_input: MatchInput, night: NightProblem, wanted: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs that do not fit beside those before them."""
    if not wanted:
        return []
    problem, pair_of = night.problem, _pairs_by_id(match_input, night.problem)
    taken = _Taken.nothing(problem)
    return [pair for pair in wanted if not taken.takes(problem, pair_of[pair])]


def _pairs_by_id(match_input: MatchInput, problem: AssignmentProblem) -> dict[tuple[str, str], int]:
    """Indices of the pinned pairs, by citizen and slot."""
    pinned = problem.pinned if problem.pinned is not None else ()
    citizens, slots = match_input.citizens.ids, match_input.slots.ids
    return {(citizens[problem.citizen[pair]], slots[problem.slot[pair]]): int(pair) for pair in pinned}


@dataclass
class _Taken:
    """What the pins so far take."""

    citizens: set[int]
    places: dict[int, int]
    resources: Floats
    at_site: set[tuple[int, int]]

    @classmethod
    def nothing(cls, problem: AssignmentProblem) -> "_Taken":
        rows = 0 if problem.resources is None else len(problem.resources.limit)
        return cls(set(), {}, np.zeros(rows), set())

    def takes(self, problem: AssignmentProblem, pair: int) -> bool:
        """Take a pair where it fits; False, and nothing taken, where it does not."""
        citizen, slot = int(problem.citizen[pair]), int(problem.slot[pair])
        if citizen in self.citizens or self.places.get(slot, 0) >= problem.capacity[slot]:
            return False
        use = self.resources
        if problem.resources is not None:
            use = self.resources + problem.resources.use[:, [pair]].toarray()[:, 0]
            limit = problem.resources.limit
            if (use > limit + TOLERANCE * np.maximum(1.0, limit)).any():
                return False
        mine: tuple[int, int] | None = None
        if problem.separations is not None:
            site = int(problem.separations.site_of_slot[slot])
            mine = site, int(problem.separations.class_of_citizen[citizen])
            both = (*problem.separations.apart, *((b, a) for a, b in problem.separations.apart))
            if any(mine[1] == one and (site, other) in self.at_site for one, other in both):
                return False
        self.citizens.add(citizen)
        self.places[slot] = self.places.get(slot, 0) + 1
        self.resources = use
        if mine is not None:
            self.at_site.add(mine)
        return True
