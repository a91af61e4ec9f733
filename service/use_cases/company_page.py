"""One company as people who work with it see it: agreements, worksites and their limits, places, who has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.arrays import SlotContext
from matcher.domain.agreement import SlotAgreement
from matcher.domain.company import Company, Worksite
from matcher.domain.placement import Placement
from matcher.limits import ResourceKind
from matcher.outreach_market import ASKED
from matcher.resource_rows import ResourceRow
from service.problems import NotFound
from service.use_cases.desk import Desk
from service.use_cases.place_page import (
    Occupant,
    Week,
    limits_of,
    live_on,
    mondays,
    occupants_of,
    ordinary_employees,
    weeks_of,
)

_OF_SITES = frozenset({ResourceKind.FULL_TIME_PERSONS, ResourceKind.MENTOR_HOURS})


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement, its consultant's name, and the limits that its places share: a cluster's, the consultant's."""

    agreement: SlotAgreement
    consultant: str
    limits: tuple[ResourceRow, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A worksite with the limits of its own; without places it has none. `ordinary_employees` as the law averages."""

    worksite: Worksite
    limits: tuple[ResourceRow, ...]
    ordinary_employees: float | None


@dataclass(frozen=True, slots=True)
class Person:
    """A citizen whom the reader may see, with the place that the night proposes."""

    citizen_id: str
    name: str
    slot_id: str


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """A company on a day. `weeks`: of all its places; `proposed`: whom last night's plan proposes at its places."""

    company: Company
    agreements: tuple[Agreed, ...]
    sites: tuple[Site, ...]
    weeks: tuple[Week, ...]
    occupants: tuple[Occupant, ...]
    proposed: tuple[Person, ...]

    @property
    def asked_about(self) -> tuple[SlotAgreement, ...]:
        """Agreements whose places the company is asked for each time."""
        return tuple(one.agreement for one in self.agreements if one.agreement.model in ASKED)

    @property
    def proposed_at(self) -> dict[str, list[Person]]:
        """Whom the night proposes, by place."""
        found: dict[str, list[Person]] = {}
        for one in self.proposed:
            found.setdefault(one.slot_id, []).append(one)
        return found


def company_page(desk: Desk, company_id: str, *, today: date) -> CompanyPage:
    """What a company's page shows; raises NotFound."""
    company = next((one for one in desk.stored.companies if one.id == company_id), None)
    if company is None:
        raise NotFound
    rows = [row for row, one in enumerate(desk.match_input.slot_values) if one.company.id == company_id]
    contexts = [desk.match_input.slot_values[row] for row in rows]
    live = live_on(desk, {one.slot.id for one in contexts}, today)
    of_sites: dict[str, dict[ResourceKind, ResourceRow]] = {}
    of_agreements: dict[str, dict[ResourceKind, ResourceRow]] = {}
    for context, limits in zip(contexts, limits_of(desk, rows), strict=True):
        for row in limits:
            if row.kind in _OF_SITES:
                of_sites.setdefault(context.worksite.id, {})[row.kind] = row
            else:
                of_agreements.setdefault(context.agreement.id, {})[row.kind] = row
    consultants = {one.id: one.name for one in desk.stored.consultants}
    return CompanyPage(
        company=company,
        agreements=tuple(
            Agreed(one, consultants[one.consultant_id], tuple(of_agreements.get(one.id, {}).values()))
            for one in desk.stored.agreements
            if company_id in one.company_ids
        ),
        sites=tuple(
            Site(one, tuple(of_sites.get(one.id, {}).values()), ordinary_employees(desk, one))
            for one in company.worksites
        ),
        weeks=_weeks(contexts, live, today),
        occupants=tuple(occupants_of(desk, live)),
        proposed=tuple(_proposed(desk, {one.slot.id for one in contexts})),
    )


def _weeks(contexts: Sequence[SlotContext], live: Sequence[Placement], today: date) -> tuple[Week, ...]:
    """Week by week, the places of all agreements together; of a cluster at most those that it shares."""
    of_agreements: dict[str, list[SlotContext]] = {}
    for context in contexts:
        of_agreements.setdefault(context.agreement.id, []).append(context)
    found = [Week(monday, 0, 0) for monday in mondays(today)]
    for together in of_agreements.values():
        most = together[0].agreement.places
        each = [
            weeks_of(one, [placement for placement in live if placement.slot_id == one.slot.id], today)
            for one in together
        ]
        for number, weeks in enumerate(zip(*each, strict=True)):
            places, before = sum(one.places for one in weeks), found[number]
            found[number] = Week(
                before.begins_on,
                before.places + (places if most is None else min(places, most)),
                before.taken + sum(one.taken for one in weeks),
            )
    return tuple(found)


def _proposed(desk: Desk, slot_ids: set[str]) -> Iterator[Person]:
    """Of the latest plan's proposals at some places, those that are open; only whom the reader may see."""
    waiting = [one for one in desk.open_proposals if one.slot_id in slot_ids]
    shown = {one.citizen_id for one in waiting if desk.visible is None or one.citizen_id in desk.visible}
    name_of = {one.id: one.name for one in desk.stored.citizens if one.id in shown}
    for one in waiting:
        if one.citizen_id in name_of:
            yield Person(one.citizen_id, name_of[one.citizen_id], one.slot_id)
