r"""Calls that can be made, one for an agreement and a company of it, each with a bound on its gain an hour.

Symbols as in `matcher.outreach`. A call c is for at most N_c people: those proposed there and as many more as places
are free. Each of them gains at most g_c = max over the pairs of the call of v_ij − b_ij − w_i, and calls made before
only lower that; hours h_c(k) of a call for k people grow no faster than k. Hence

    gain_c / h_c <= P_c g_c N_c / h_c(N_c)
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from matcher.answers import ChanceOfYes, YesChances, industry_of_company
from matcher.arrays import Codes, Floats
from matcher.domain.agreement import SlotAgreement
from matcher.outreach_market import ASKED, LEAST_IMPROVEMENT, Market

TOLERANCE: Final = 1e-9
_SLACK: Final = 1 + 1e-9
"""A bound is rounded up: it is not to fall below a gain that is summed in another order."""


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """A call that can be made.

    Attributes
    ----------
    slots : rows of its places
    proposed : pairs at them that the latest plan proposes
    waiting : pairs at them of those without a proposal who would gain enough, the largest improvement first
    citizens_waiting : all without a proposal whom one of the places suits, whatever they would gain
    """

    company_id: str
    agreement: SlotAgreement
    chance: ChanceOfYes
    least_hours: float
    slots: tuple[int, ...]
    proposed: Codes
    waiting: Codes
    citizens_waiting: int

    def hours(self, people: int) -> float:
        """Hours of a call for so many people."""
        return hours_of(self.agreement, self.least_hours, people)


def hours_of(agreement: SlotAgreement, least: float, people: int) -> float:
    """Hours of a call: those of the agreement for each of the people, and no fewer than the least."""
    return max(least, agreement.outreach_hours * people)


class Lines:
    """The calls that somebody could be called for, by number; each is put together when it is first asked for.

    Attributes
    ----------
    bound : float64, what the gain an hour of each cannot exceed
    """

    def __init__(self, market: Market, chances: YesChances, resting: Collection[str]) -> None:
        self._market, self._chances = market, chances
        self._known: dict[int, Line] = {}
        problem = market.night.problem
        counts = np.bincount(problem.slot[market.is_proposal | market.could_be_asked_for], minlength=problem.n_slots)
        slots: dict[tuple[str, str], list[int]] = {}
        for row, context in enumerate(market.match_input.slot_values):
            if context.agreement.model in ASKED and context.company.id not in resting:
                slots.setdefault((context.agreement.id, context.company.id), []).append(row)
        self._slots = [tuple(rows) for rows in slots.values() if counts[rows].any()]
        self._number = np.full(problem.n_slots, -1, dtype=np.int32)
        for k, rows in enumerate(self._slots):
            self._number[list(rows)] = k
        self.bound = self._bounds()

    def __len__(self) -> int:
        return len(self._slots)

    def __getitem__(self, k: int) -> Line:
        if k not in self._known:
            self._known[k] = self._put_together(k)
        return self._known[k]

    def agreement(self, k: int) -> SlotAgreement:
        """The agreement that a call is about."""
        return self._market.match_input.slot_values[self._slots[k][0]].agreement

    def asking_for(self, citizen: int) -> set[int]:
        """Numbers of the calls that could be for a citizen without a proposal."""
        pairs = self._market.pairs_of(citizen)
        slots = self._market.night.problem.slot[pairs][self._market.could_be_asked_for[pairs]]
        return set(self._number[slots].tolist()) - {-1}

    def _chance(self, k: int) -> ChanceOfYes:
        context = self._market.match_input.slot_values[self._slots[k][0]]
        return self._chances.chance(context.agreement.model, industry_of_company(context.company))

    def _bounds(self) -> Floats:
        problem, market = self._market.night.problem, self._market
        counted = market.is_proposal | market.could_be_asked_for
        most = np.zeros(problem.n_slots)
        np.maximum.at(most, problem.slot[counted], market.improvement[counted])
        people = market.account.free_places + np.bincount(problem.slot[market.is_proposal], minlength=problem.n_slots)
        bounds = np.zeros(len(self))
        for k, rows in enumerate(self._slots):
            among = list(rows)
            number = int(people[among].sum())
            hours = hours_of(self.agreement(k), self._chances.practice.least_call_hours, number)
            bounds[k] = self._chance(k).mean * most[among].max() * number / hours * _SLACK
        return bounds

    @cached_property
    def _by_slot(self) -> tuple[Codes, Codes]:
        """Pairs by slot, and where those of each slot begin."""
        problem = self._market.night.problem
        order = np.argsort(problem.slot, kind="stable").astype(np.int32)
        return order, np.searchsorted(problem.slot[order], np.arange(problem.n_slots + 1)).astype(np.int32)

    def _put_together(self, k: int) -> Line:
        market, (order, begins) = self._market, self._by_slot
        rows = self._slots[k]
        pairs = np.sort(np.concatenate([order[begins[row] : begins[row + 1]] for row in rows]))
        waiting = pairs[market.could_be_asked_for[pairs]]
        gains = waiting[market.improvement[waiting] >= LEAST_IMPROVEMENT]
        return Line(
            market.match_input.slot_values[rows[0]].company.id,
            self.agreement(k),
            self._chance(k),
            self._chances.practice.least_call_hours,
            rows,
            pairs[market.is_proposal[pairs]],
            gains[np.argsort(-market.improvement[gains], kind="stable")],
            len(np.unique(market.night.problem.citizen[waiting])),
        )
