"""The calls of a municipality on a day, found once for all who read them: they take seconds where many live."""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from matcher.answers import OutreachPractice, Rest, YesChances, resting_on
from matcher.arrays import MatchInput
from matcher.domain.contact import Answer
from matcher.domain.staff import JobConsultant
from matcher.outreach import CallSheet
from matcher.outreach_market import Market, pairs_for_calls
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from service.use_cases.desk import Desk
from service.use_cases.matching import Stored


class HoursView(BaseModel):
    """A consultant's hours for outreach until the next plan: all, used by calls since the plan, and left."""

    model_config = ConfigDict(frozen=True)

    consultant_id: str
    consultant: str
    hours: float
    used: float
    left: float


@dataclass(frozen=True, eq=False)
class Sheet:
    """The calls of a municipality on a day: hours of each consultant, companies at rest by id, calls."""

    hours: tuple[HoursView, ...]
    resting: Mapping[str, Rest]
    calls: CallSheet

    def fitting_by_consultant(self) -> tuple[tuple[HoursView, int], ...]:
        """How many calls the hours of each consultant are enough for."""
        number = Counter(call.consultant_id for call in self.calls.fitting)
        return tuple((one, number[one.consultant_id]) for one in self.hours)


_Key = tuple[MatchInput, Stored, str | None, str, date]
_SHEETS: OrderedDict[str, tuple[_Key, Sheet]] = OrderedDict()
"""The latest sheet of the municipalities asked for last, and what it follows from, which it holds: so no more of them
than `MOST_KEPT` are kept."""
MOST_KEPT: Final = 4
_LOCK: Final = Lock()


def sheet_known(desk: Desk, today: date) -> bool:
    """Whether the calls have been found already, so that showing them takes no time."""
    return _known(desk, today) is not None


def call_sheet(desk: Desk, today: date) -> Sheet:
    """The calls of a day; found once for what is stored, a run and the weights."""
    known = _known(desk, today)
    if known is None:
        known = _found(desk, today)
        with _LOCK:
            _SHEETS[desk.municipality] = _key(desk, today), known
            _SHEETS.move_to_end(desk.municipality)
            while len(_SHEETS) > MOST_KEPT:
                _SHEETS.popitem(last=False)
    return known


def _known(desk: Desk, today: date) -> Sheet | None:
    with _LOCK:
        kept = _SHEETS.get(desk.municipality)
    if kept is None:
        return None
    of, sheet = kept
    (arrays, stored, *rest), (wanted, wanted_stored, *wanted_rest) = of, _key(desk, today)
    same = arrays is wanted and stored is wanted_stored and rest == wanted_rest
    return sheet if same else None


def _key(desk: Desk, today: date) -> _Key:
    return desk.match_input, desk.stored, desk.run.id if desk.run else None, desk.weights.id, today


def _found(desk: Desk, today: date) -> Sheet:
    practice = OutreachPractice.of(desk.match_input.rulebook, today)
    resting = resting_on(desk.stored.contacts, today, practice)
    used = _hours_used(desk, practice)
    hours = tuple(_hours_view(one, used.get(one.id, 0.0)) for one in desk.stored.consultants)
    chances = YesChances.of(desk.stored.contacts, desk.stored.agreements, desk.stored.companies, practice)
    left = {one.consultant_id: one.left for one in hours}
    return Sheet(hours, resting, CallSheet(_market(desk), chances, hours_left=left, resting=resting))


def _market(desk: Desk) -> Market:
    """The latest plan with its prices and those of its proposals that can still be used; without one, no prices."""
    match_input, run = desk.match_input, desk.run
    proposed = desk.possible_proposals
    pairs = pairs_for_calls(match_input, score_pairs(match_input, top_k=None, weights=desk.weights), proposed)
    night = plan_problem(match_input, pairs, consultants=desk.stored.consultants, running=desk.placements)
    price_of = {(one["kind"], one["owner_id"]): one["price"] for one in (run.resources if run else ())}
    return Market(
        match_input,
        night,
        desk.standing.slot_price,
        np.array([price_of.get((row.kind, row.owner_id), 0.0) for row in night.resources]),
        proposed,
    )


def _hours_used(desk: Desk, practice: OutreachPractice) -> dict[str, float]:
    """Hours of calls since the day of the latest plan, by the consultant of the agreement that they were about.

    What a call took is not written down: those that nobody answered count as the least, the others as the agreement
    states.
    """
    agreements = {one.id: one for one in desk.stored.agreements}
    used: dict[str, float] = {}
    for contact in desk.stored.contacts:
        agreement = agreements.get(contact.agreement_id or "")
        if agreement is not None and contact.asked and contact.contacted_on >= desk.match_input.on:
            in_vain = contact.answer is Answer.NOT_REACHED
            hours = practice.least_call_hours if in_vain else max(agreement.outreach_hours, practice.least_call_hours)
            used[agreement.consultant_id] = used.get(agreement.consultant_id, 0.0) + hours
    return used


def _hours_view(consultant: JobConsultant, used: float) -> HoursView:
    return HoursView(
        consultant_id=consultant.id,
        consultant=consultant.name,
        hours=consultant.outreach_hours,
        used=used,
        left=max(0.0, consultant.outreach_hours - used),
    )
