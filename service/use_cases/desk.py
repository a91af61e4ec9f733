"""One municipality as its lists see it: arrays, the latest run with its prices, placements that run, weights.

All that a list is made from is reached through its desk, so that the same list can be made again years later from what
was written down.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property, partial

import numpy as np
from sqlalchemy.orm import Session

from features.taxonomy import Taxonomy
from matcher import english, wording
from matcher.arrays import Codes, Flags, Floats, MatchInput
from matcher.domain.catalogue import OCCUPATIONS
from matcher.domain.citizen import Citizen, JobGoal
from matcher.domain.placement import Placement, PlacementStatus, Verdict
from matcher.explain import Explanation
from matcher.language import Language, Text
from matcher.market import Market
from matcher.pair import heading
from matcher.rules import every_rule_lets_through
from matcher.weights import Weights
from matcher.wording.rules import target_group_text
from service.db.marks import marks_of
from service.db.records import MatchRun, ProposedPair
from service.db.scoping import visible_citizens
from service.problems import NotFound
from service.use_cases.latest_run import Outcome, latest_run
from service.use_cases.learning import weights_in_use
from service.use_cases.matching import MatchInputs, Stored
from service.use_cases.night_counts import takes_a_place
from service.use_cases.planning import Planned, plan_stored
from service.use_cases.standing import Standing, standing_of
from service.use_cases.views import CitizenView, ExplanationView, PlaceView


@dataclass(frozen=True, eq=False)
class Desk:
    """What all lists of one municipality need.

    Attributes
    ----------
    mark : the mark of the municipality's data when it was read
    stored, match_input : what is stored, and the arrays made of it for the day
    run, slot_prices : the latest run and the price of each place that it gave one
    outcome_of : what that run came to for a citizen
    proposed : the pairs that it proposes, of whomever the caller may see or not
    weights : those of the run, or those in use where there is none
    plan : plans what would be stored, with these weights, for the day
    taxonomy : the occupations that goals are read by; None = those built in
    visible : ids of the citizens whom the caller may see; None = all. What is computed is computed from all.
    """

    municipality: str
    mark: str
    stored: Stored
    match_input: MatchInput
    run: MatchRun | None
    slot_prices: Mapping[str, float]
    outcome_of: Callable[[str], Outcome]
    proposed: Callable[[], tuple[ProposedPair, ...]]
    weights: Weights
    plan: Callable[[Stored], Planned]
    taxonomy: Taxonomy | None
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

    def market(self, row: int) -> tuple[Floats | None, Market]:
        """Price of a place of each slot for one citizen, float64 (m,), and what is left of every slot and limit.

        price = place + what the pair uses of each shared limit x its price (see `matcher.market`). None where no plan
        has priced anything. A place is free where running placements leave it and what it needs of the shared limits.
        """
        prices, market = self.standing.for_citizen(self.match_input, row)
        return (None if self.run is None else prices), market

    def market_of_slot(self, rows: Codes, slot_row: int) -> Market:
        """What is left of one slot and of the limits, for some citizens."""
        return self.standing.for_slot(self.match_input, rows, slot_row)

    @cached_property
    def open_proposals(self) -> tuple[ProposedPair, ...]:
        """The run's proposals that nobody has rejected, of citizens without a placement, whoever they are."""
        rejected = {one.id for one in self.stored.decided if one.verdict is Verdict.REJECTED}
        placed = self.standing.placement_of
        return tuple(one for one in self.proposed() if one.id not in rejected and one.citizen_id not in placed)

    @cached_property
    def possible_proposals(self) -> Mapping[int, int]:
        """Slot row by citizen row of the open proposals that rules and limits still let through."""
        citizens, slots = set(self.match_input.citizens.ids), set(self.match_input.slots.ids)
        known = [one for one in self.open_proposals if one.citizen_id in citizens and one.slot_id in slots]
        rows = np.array([self.match_input.citizen_row(one.citizen_id) for one in known], dtype=np.int32)
        cols = np.array([self.match_input.slot_row(one.slot_id) for one in known], dtype=np.int32)
        _, free = self.standing.for_pairs(self.match_input, rows, cols)
        possible = free & every_rule_lets_through(self.match_input, rows, cols)
        return dict(zip(rows[possible].tolist(), cols[possible].tolist(), strict=True))

    @property
    def standing(self) -> Standing:
        """What runs, and what places and shared limits cost everybody."""
        return standing_of(self.match_input, self.stored, self.run, self.slot_prices)

    def free_citizens(self) -> Flags:
        """bool (n,), whether no placement runs."""
        busy = self.standing.placement_of
        return np.array([id_ not in busy for id_ in self.match_input.citizens.ids], dtype=np.bool_)

    def citizen_view(self, citizen: Citizen, language: Language = Language.DANISH) -> CitizenView:
        """The head of a citizen's list."""
        consultant = self.standing.consultants[citizen.consultant_id]
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
        found = self.standing.placement_of.get(self.match_input.citizens.ids[row])
        if found is None:
            return None
        where = ""
        with suppress(NotFound):
            where = f": {heading(self.match_input.slot_values[self.slot_row(found.slot_id)])}"
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
    marks = marks_of(session, municipality)
    known = latest_run(session, municipality, inputs, marks)
    kept = inputs.kept(session, municipality, known.run.planned_on if known else today, marks)
    weights = known.weights if known else weights_in_use(session, municipality)
    return Desk(
        municipality=municipality,
        mark=kept.mark,
        stored=kept.stored,
        match_input=kept.match_input,
        run=known.run if known else None,
        slot_prices=known.slot_prices if known else {},
        outcome_of=known.outcome_of if known else lambda _citizen_id: Outcome(),
        proposed=lambda: known.proposed if known else (),
        weights=weights,
        plan=partial(plan_stored, weights=weights, on=kept.match_input.on, taxonomy=inputs.taxonomy),
        taxonomy=inputs.taxonomy,
        visible=visible_citizens(session, municipality),
    )
