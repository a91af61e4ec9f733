"""A place, and a company with all its places, as people who work with them see them.

Who has them week by week, what their limits leave, whom one may ask. All of it follows from the desk of the
municipality's lists, so that limits and days are those that lists are made with.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from matcher.answers import OutreachPractice, Rest, rest_of
from matcher.arrays import SlotContext
from matcher.budgets import budgets, running_on
from matcher.domain.agreement import AgreementModel
from matcher.domain.company import Worksite
from matcher.domain.contact import Contact
from matcher.domain.legal import average_employees
from matcher.domain.placement import Placement, PlacementStatus
from matcher.domain.statute import REASONABLENESS
from matcher.limits import ResourceKind
from matcher.resource_rows import ResourceRow
from service.db.place_lists import site_name
from service.use_cases.desk import Desk

WEEKS: Final = 26
"""How far ahead the places are shown."""
_ORDER: Final = (
    ResourceKind.FULL_TIME_PERSONS,
    ResourceKind.MENTOR_HOURS,
    ResourceKind.CLUSTER_PLACES,
    ResourceKind.CASELOAD,
)
"""Limits of a place that its page shows; the hours for outreach are shown where they are spent, with the calls."""


@dataclass(frozen=True, slots=True)
class Week:
    """Places of one week from its Monday: those that there are, and those that somebody has on any day of it."""

    begins_on: date
    places: int
    taken: int

    @property
    def number(self) -> int:
        """ISO week."""
        return self.begins_on.isocalendar().week


@dataclass(frozen=True, slots=True)
class Occupant:
    """Somebody who has the place, or will. `citizen_id` and `name` are empty where the reader may not see who."""

    citizen_id: str
    name: str
    placement: Placement


@dataclass(frozen=True, slots=True)
class Call:
    """When to talk to the company next.

    `asked`: it has places that it is asked for each time; `rest`: where it is to be left in peace, from what it last
    answered; `agreed_on`: the day that was agreed in a later contact, where it has not passed.
    """

    asked: bool
    rest: Rest | None
    agreed_on: date | None


@dataclass(frozen=True, slots=True)
class PlacePage:
    """A place on a day.

    Attributes
    ----------
    context : slot, agreement, company and worksite
    consultant : name of the agreement's consultant
    limits : legal and practical limits that its placements share with others
    ordinary_employees : of the worksite, as the law averages them; None where the rule does not hold
    others : the company's other places
    """

    context: SlotContext
    consultant: str
    weeks: tuple[Week, ...]
    occupants: tuple[Occupant, ...]
    limits: tuple[ResourceRow, ...]
    ordinary_employees: float | None
    others: tuple[SlotContext, ...]

    @property
    def site(self) -> str:
        """The worksite's name without the company's."""
        return site_name(self.context.worksite.name, self.context.company.name)

    @property
    def asked(self) -> bool:
        """Whether nobody knows that the place is there before the company has been asked."""
        return self.context.agreement.model is AgreementModel.AD_HOC

    @property
    def places(self) -> int:
        """Places this week."""
        return self.weeks[0].places

    @property
    def taken(self) -> int:
        """Places that somebody has this week."""
        return self.weeks[0].taken


def place_page(desk: Desk, slot_id: str, *, today: date) -> PlacePage:
    """What a place's page shows; raises NotFound."""
    row = desk.slot_row(slot_id)
    context = desk.match_input.slot_values[row]
    live = live_on(desk, [slot_id], today)
    consultant = next(one.name for one in desk.stored.consultants if one.id == context.agreement.consultant_id)
    return PlacePage(
        context=context,
        consultant=consultant,
        weeks=weeks_of(context, live, today),
        occupants=tuple(occupants_of(desk, live)),
        limits=limits_of(desk, [row])[0],
        ordinary_employees=ordinary_employees(desk, context.worksite),
        others=tuple(
            one
            for one in desk.match_input.slot_values
            if one.company.id == context.company.id and one.slot.id != slot_id
        ),
    )


def ordinary_employees(desk: Desk, worksite: Worksite) -> float | None:
    """A worksite's ordinary employees as the law averages them; None where the rule does not hold."""
    book, on = desk.match_input.rulebook, desk.match_input.on
    return average_employees(worksite, on, book) if book.holds(REASONABLENESS, on) else None


def live_on(desk: Desk, slot_ids: Collection[str], today: date) -> list[Placement]:
    """Placements of some places that run or are agreed."""
    return [
        one
        for one in desk.stored.placements
        if one.slot_id in slot_ids and one.status is not PlacementStatus.ENDED and one.ends_on >= today
    ]


def mondays(today: date) -> tuple[date, ...]:
    """The Mondays of the weeks that are shown, this week's first."""
    monday = today - timedelta(days=today.weekday())
    return tuple(monday + timedelta(weeks=number) for number in range(WEEKS))


def weeks_of(context: SlotContext, placements: Sequence[Placement], today: date) -> tuple[Week, ...]:
    """Week by week from this week's Monday: places that are open, and placements that overlap the week.

    A week has the place's capacity if the place and its agreement are open on any of its days, else none.
    """
    slot, agreement = context.slot, context.agreement
    found = []
    for first in mondays(today):
        last = first + timedelta(days=6)
        opens = max(slot.starts_on, agreement.valid_from)
        closes = min(slot.ends_on or date.max, agreement.valid_to or date.max)
        taken = sum(1 for one in placements if one.starts_on <= last and one.ends_on >= first)
        found.append(Week(first, slot.capacity if opens <= last and closes >= first else 0, taken))
    return tuple(found)


def limits_of(desk: Desk, slot_rows: Sequence[int]) -> tuple[tuple[ResourceRow, ...], ...]:
    """The limits of each of some places on the desk's day, with what placements take.

    Absent are those that no rule sets, and those that allow nothing and have nothing taken.
    """
    match_input, nobody = desk.match_input, np.zeros(0, dtype=np.int32)
    running = running_on(match_input, desk.stored.placements).on_slots()
    consultants = {one.id: one for one in desk.stored.consultants}
    found: list[dict[ResourceKind, ResourceRow]] = [{} for _row in slot_rows]
    for budget in budgets(match_input, nobody, nobody, running, consultants):
        if not match_input.rulebook.holds(budget.rule_id, match_input.on):
            continue
        taken = budget.taken_by(running)
        for slot_row, of_place in zip(slot_rows, found, strict=True):
            owner = int(budget.owner[slot_row])
            if owner >= 0:
                row = budget.row(match_input.slot_values[slot_row], float(taken[owner]), (match_input.on,))
                if row.allowed > 0 or row.taken > 0:
                    of_place[budget.kind] = row
    return tuple(tuple(of_place[kind] for kind in _ORDER if kind in of_place) for of_place in found)


def call_of(desk: Desk, contacts: Sequence[Contact], *, asked: bool, today: date) -> Call:
    """When to talk to a company next; `contacts`: with it, newest first."""
    answer = next((one for one in contacts if one.asked), None)
    rest = None if answer is None else rest_of(answer, OutreachPractice.of(desk.match_input.rulebook, today))
    last = next(iter(contacts), None)
    agreed_on = last.next_contact_on if last is not None and not last.asked else None
    return Call(
        asked,
        rest if rest is not None and today < rest.ends_on else None,
        agreed_on if agreed_on is not None and agreed_on >= today else None,
    )


def occupants_of(desk: Desk, placements: Sequence[Placement]) -> list[Occupant]:
    """Who has the places of some placements, in the order of their days."""
    names = {one.citizen_id for one in placements}
    name_of = {one.id: one.name for one in desk.stored.citizens if one.id in names}
    shown = names if desk.visible is None else names & desk.visible
    return [
        Occupant(one.citizen_id, name_of.get(one.citizen_id, ""), one)
        if one.citizen_id in shown
        else Occupant("", "", one)
        for one in sorted(placements, key=lambda one: (one.starts_on, one.ends_on, one.id))
    ]
