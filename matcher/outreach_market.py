"""The latest plan as calls see it: what a place is worth to whom, and whom a company could be asked for.

Symbols as in `matcher.outreach`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from matcher.arrays import Flags, Floats, MatchInput
from matcher.assignment.account import Account, account_of
from matcher.assignment.plan import make_plan, total_value
from matcher.domain.agreement import AgreementModel
from matcher.limits import ResourceKind
from matcher.resources import NightProblem
from matcher.scoring import ScoredPairs

ASKED: Final = (AgreementModel.AD_HOC, AgreementModel.CLUSTER, AgreementModel.PRE_AGREED)
"""Models where a company is asked each time. A pre-agreed place is only confirmed, for whoever is proposed there."""
ASKED_FOR_SOMEBODY: Final = (AgreementModel.AD_HOC, AgreementModel.CLUSTER)
"""Models where a company can be asked for somebody whom the plan does not propose there."""
LEAST_IMPROVEMENT: Final = 0.05
"""Nobody without a proposal is asked for where it would improve less, in units of value. Assumption."""


def pairs_for_calls(match_input: MatchInput, pairs: ScoredPairs, proposed: Mapping[int, int]) -> ScoredPairs:
    """The pairs that calls depend on: at places that nobody has to be asked about, those proposed, and those of
    citizens without a proposal at places that somebody can be asked about."""
    models = [context.agreement.model for context in match_input.slot_values]
    certain = np.array([model not in ASKED for model in models], dtype=np.bool_)
    asked = np.array([model in ASKED_FOR_SOMEBODY for model in models], dtype=np.bool_)
    slot_of = np.full(len(match_input.citizens), -1, dtype=np.int32)
    slot_of[list(proposed)] = list(proposed.values())
    at = slot_of[pairs.citizen]
    kept = np.flatnonzero(certain[pairs.slot] | (at == pairs.slot) | ((at < 0) & asked[pairs.slot]))
    return replace(pairs, citizen=pairs.citizen[kept], slot=pairs.slot[kept], value=pairs.value[kept])


@dataclass(frozen=True, eq=False)
class Market:
    """The latest plan, as calls see it.

    Attributes
    ----------
    night : all eligible pairs with the limits they share
    slot_price, resource_price : float64 (m,) and (R,), of the latest plan; the resources are those of `night`
    proposed : slot row of each citizen row that the plan proposes a place for
    """

    match_input: MatchInput
    night: NightProblem
    slot_price: Floats
    resource_price: Floats
    proposed: Mapping[int, int]

    @cached_property
    def is_proposal(self) -> Flags:
        """bool (E,), whether the pair is what the plan proposes."""
        problem = self.night.problem
        slot_of = np.full(problem.n_citizens, -1, dtype=np.int32)
        for citizen, slot in self.proposed.items():
            slot_of[citizen] = slot
        return np.asarray(slot_of[problem.citizen] == problem.slot)

    @cached_property
    def account(self) -> Account:
        """What the proposals have used and left."""
        problem, chosen = self.night.problem, np.flatnonzero(self.is_proposal)
        prices = np.zeros(problem.n_citizens), self.slot_price, self.resource_price
        return account_of(problem, make_plan(problem, chosen, total_value(problem, chosen), prices))

    @cached_property
    def rationed_elsewhere(self) -> Flags:
        """bool (R,), whether a resource limits a call: all but the outreach hours."""
        return np.array([row.kind is not ResourceKind.OUTREACH_HOURS for row in self.night.resources], dtype=np.bool_)

    @cached_property
    def worth_there(self) -> Floats:
        """float64 (E,), v − b: worth of the pair where the company says yes."""
        worth: Floats = self.night.problem.value - self.account.use @ (self.resource_price * self.rationed_elsewhere)
        return worth

    @cached_property
    def model_of_slot(self) -> tuple[AgreementModel, ...]:
        """Model of each slot's agreement."""
        return tuple(context.agreement.model for context in self.match_input.slot_values)

    @cached_property
    def worth_now(self) -> Floats:
        """float64 (n,), w: worth of the best place that nobody has to be asked about, at its price; at least 0."""
        problem = self.night.problem
        surplus = problem.value - self.slot_price[problem.slot] - self.account.use @ self.resource_price
        certain = np.array([model not in ASKED for model in self.model_of_slot], dtype=np.bool_)[problem.slot]
        worth = np.zeros(problem.n_citizens)
        np.maximum.at(worth, problem.citizen[certain], surplus[certain])
        return worth

    @cached_property
    def improvement(self) -> Floats:
        """float64 (E,), max(0, v − b − w): improvement where no other call is made."""
        worth_now = self.worth_now[self.night.problem.citizen]
        return np.asarray(np.maximum(0.0, self.worth_there - worth_now), dtype=np.float64)

    def pairs_of(self, citizen: int) -> slice:
        """The pairs of a citizen row, which stand together."""
        rows = self.night.problem.citizen
        first, last = np.searchsorted(rows, np.array([citizen, citizen + 1], dtype=rows.dtype))
        return slice(int(first), int(last))

    @cached_property
    def could_be_asked_for(self) -> Flags:
        """bool (E,): somebody can be asked for there, the citizen has no proposal, and all proposals leave room for the
        pair."""
        problem, account = self.night.problem, self.account
        waiting = np.ones(problem.n_citizens, dtype=np.bool_)
        waiting[list(self.proposed)] = False
        asked = np.array([model in ASKED_FOR_SOMEBODY for model in self.model_of_slot], dtype=np.bool_)
        open_ = (
            asked[problem.slot]
            & waiting[problem.citizen]
            & (account.free_places[problem.slot] > 0)
            & (account.meets == 0)
        )
        over = account.use.tocoo()
        lacks = (over.data > np.maximum(0.0, account.left)[over.coords[1]]) & self.rationed_elsewhere[over.coords[1]]
        open_[over.coords[0][lacks]] = False
        return np.asarray(open_)
