"""One municipality as its lists see it: arrays, the latest run with its prices, placements that run, weights.

All that a list is made from is reached through its desk, so that the same list can be made again years later from what
was written down.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy.orm import Session

from matcher import english, wording
from matcher.arrays import Flags, Floats, MatchInput
from matcher.domain.catalogue import OCCUPATIONS
from matcher.domain.citizen import Citizen, JobGoal
from matcher.domain.placement import Placement, PlacementStatus
from matcher.explain import Explanation
from matcher.language import Language, Text
from matcher.limits import Barrier, ResourceKind
from matcher.pair import heading
from matcher.resources import plan_problem
from matcher.scoring import ScoredPairs
from matcher.weights import Weights
from matcher.wording.rules import target_group_text
from service.db.listings import unplaced_of_citizen
from service.db.records import MatchRun
from service.db.repositories import MatchRuns, Proposals
from service.db.scoping import visible_citizens
from service.problems import NotFound
from service.use_cases.learning import weights_of_run
from service.use_cases.matching import Kept, MatchInputs, Stored
from service.use_cases.night_counts import takes_a_place
from service.use_cases.prices import pair_prices, resource_prices
from service.use_cases.views import CitizenView, ExplanationView, PlaceView

_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {barrier.value: english.label(barrier) for barrier in Barrier}
    | {kind.value: f"{english.label(kind)} are used up" for kind in ResourceKind}
)
"""English of the reasons that a run writes down for those without a place."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to for one citizen: the proposal, or why there is none; empty where it did not plan for them.

    `unplaced` is the Danish text of the run, `reason` the barrier or the kind of limit behind it.
    """

    proposal_id: str | None = None
    slot_id: str | None = None
    unplaced: str | None = None
    reason: str | None = None

    def unplaced_text(self, language: Language) -> str | None:
        """Why the run has no place for the citizen: as it wrote it down in Danish, in English the reason in short."""
        if self.unplaced is None or self.reason is None or language is Language.DANISH:
            return self.unplaced
        return f"The plan has no place for the citizen: {_REASONS[self.reason]}."


@dataclass(frozen=True, eq=False)
class Desk:
    """What all lists of one municipality need.

    Attributes
    ----------
    mark : the mark of the municipality's data when it was read
    stored, match_input : what is stored, and the arrays made of it for the day
    run, slot_prices : the latest run and the price of each place that it gave one
    outcome_of : what that run came to for a citizen
    weights : those of the run, or those in use where there is none
    visible : ids of the citizens whom the caller may see; None = all. What is computed is computed from all.
    """

    municipality: str
    mark: str
    stored: Stored
    match_input: MatchInput
    run: MatchRun | None
    slot_prices: Mapping[str, float]
    outcome_of: Callable[[str], Outcome]
    weights: Weights
    visible: frozenset[str] | None = None

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        """Placements that take a place on the day."""
        return tuple(one for one in self.stored.placements if takes_a_place(one, self.match_input.on))

    def citizen_row(self, citizen_id: str) -> int:
        """Row of a citizen whom the caller may see; raises NotFound."""
        if self.visible is not None and citizen_id not in self.visible:
            raise NotFound
        try:
            return self.match_input.citizen_row(citizen_id)
        except KeyError:
            raise NotFound from None

    def slot_row(self, slot_id: str) -> int:
        """Row of a slot; raises NotFound."""
        try:
            return self.match_input.slot_row(slot_id)
        except KeyError:
            raise NotFound from None

    def market(self, row: int) -> tuple[Floats | None, Flags]:
        """Price of a place of each slot for one citizen, and whether it is free: float64 (m,), bool (m,).

        price = place + what the pair uses of each shared limit x its price (see `pair_prices`). None where no plan has
        priced anything. A place is free where running placements leave it and what it needs of the shared limits.
        """
        slots = np.arange(len(self.match_input.slots), dtype=np.int32)
        pairs = ScoredPairs(np.full_like(slots, row), slots, np.ones(len(slots)), np.zeros(0, np.int32), "")
        own = self.match_input.citizens.ids[row]
        night = plan_problem(
            self.match_input,
            pairs,
            consultants=self.stored.consultants,
            running=[placement for placement in self.placements if placement.citizen_id != own],
        )
        free = np.zeros(len(slots), dtype=np.bool_)
        free[night.problem.slot] = True
        if self.run is None:
            return None, free
        slot_price = np.array([self.slot_prices.get(id_, 0.0) for id_ in self.match_input.slots.ids])
        prices = slot_price.copy()
        prices[night.problem.slot] = pair_prices(night.problem, slot_price, resource_prices(night.resources, self.run))
        return prices, free

    def free_citizens(self) -> Flags:
        """bool (n,), whether no placement runs."""
        busy = {placement.citizen_id for placement in self.placements}
        return np.array([id_ not in busy for id_ in self.match_input.citizens.ids], dtype=np.bool_)

    def citizen_view(self, citizen: Citizen, language: Language = Language.DANISH) -> CitizenView:
        """The head of a citizen's list."""
        consultant = next(one for one in self.stored.consultants if one.id == citizen.consultant_id)
        return CitizenView(
            id=citizen.id,
            name=citizen.name,
            target_group=target_group_text(citizen.target_group, self.match_input.on).in_(language),
            profile=_label(citizen.profile, language),
            consultant=consultant.name,
            waiting_since=citizen.waiting_since,
            hours_now=citizen.hours_now,
            hours_target=citizen.hours_target,
            goals=tuple(_goal_name(goal, language) for goal in citizen.goals),
        )

    def place_view(self, explanation: Explanation, outcome: Outcome) -> PlaceView:
        """A place with its explanation; `outcome` is the citizen's in the latest run."""
        context = self.match_input.slot_values[self.match_input.slot_row(explanation.slot_id)]
        return PlaceView(
            slot_id=explanation.slot_id,
            agreement=_label(context.agreement.model, explanation.language),
            setting=_label(context.slot.setting, explanation.language),
            proposed=outcome.slot_id == explanation.slot_id,
            explanation=ExplanationView.of(explanation),
        )

    def placement_text(self, row: int, language: Language = Language.DANISH) -> str | None:
        """That the citizen has a placement, with where and until when."""
        citizen_id = self.match_input.citizens.ids[row]
        found = next((one for one in self.placements if one.citizen_id == citizen_id), None)
        if found is None:
            return None
        where = ""
        if found.slot_id in self.match_input.slots.ids:
            slot_row = self.match_input.slot_row(found.slot_id)
            where = f": {heading(self.match_input.slot_values[slot_row])}"
        runs, ends_on = found.status is PlacementStatus.RUNNING, found.ends_on
        return Text(
            f"Borgeren har et forløb, der er {'i gang' if runs else 'aftalt'} til den {wording.day(ends_on)}{where}.",
            f"The citizen has a placement that {'runs' if runs else 'is agreed'} until {english.day(ends_on)}{where}.",
        ).in_(language)


def _label(member: Enum, language: Language) -> str:
    return Text(wording.label(member), english.label(member)).in_(language)


def _goal_name(goal: JobGoal, language: Language) -> str:
    """The occupation where it is known, else the citizen's own words."""
    if goal.occupation is None or goal.occupation not in OCCUPATIONS:
        return goal.text
    occupation = OCCUPATIONS[goal.occupation]
    return Text(occupation.danish, occupation.english).in_(language)


def desk_of(session: Session, municipality: str, inputs: MatchInputs, today: date) -> Desk:
    """What the municipality's lists are made from, on the day of the latest plan (`today`, where there is none)."""
    run = MatchRuns(session, municipality).latest()
    kept = inputs.kept(session, municipality, run.planned_on if run else today)
    weights = weights_of_run(session, municipality, run)
    return _desk(session, municipality, kept, run, weights)


_PRICES: WeakKeyDictionary[MatchInput, tuple[str, Mapping[str, float]]] = WeakKeyDictionary()
"""Prices of a run by the arrays that they are used with: every list of a day asks for the same."""


def _slot_prices(session: Session, municipality: str, match_input: MatchInput, run: MatchRun) -> Mapping[str, float]:
    """The prices that a run gave; a stored run never changes, so that they are read once."""
    known = _PRICES.get(match_input)
    if known is None or known[0] != run.id:
        known = _PRICES[match_input] = run.id, MatchRuns(session, municipality).slot_prices(run.id)
    return known[1]


def _desk(session: Session, municipality: str, kept: Kept, run: MatchRun | None, weights: Weights) -> Desk:
    def outcome_of(citizen_id: str) -> Outcome:
        if run is None:
            return Outcome()
        proposal = Proposals(session, municipality).of_citizen(run.id, citizen_id)
        if proposal is not None:
            return Outcome(proposal.id, proposal.slot_id)
        unplaced = unplaced_of_citizen(session, municipality, run.id, citizen_id)
        return Outcome(unplaced=unplaced.text, reason=unplaced.reason) if unplaced else Outcome()

    prices = _slot_prices(session, municipality, kept.match_input, run) if run else {}
    visible = visible_citizens(session, municipality)
    return Desk(municipality, kept.mark, kept.stored, kept.match_input, run, prices, outcome_of, weights, visible)
