"""Openings where limits close places too: 200 citizens x 20 places of a crowded municipality, against a recount."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from features.variants import vary
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.arrays import MatchInput
from matcher.domain.agreement import SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company, Worksite
from matcher.domain.legal import average_employees, most_full_time_persons
from matcher.domain.placement import Placement, PlacementStatus
from matcher.domain.staff import JobConsultant
from matcher.domain.validation import InvalidValueError
from matcher.openings.changes import Change, Situation, apply_all
from matcher.openings.citizen import FewerHours
from matcher.openings.limits import (
    EmployeesStated,
    MoreMentorHours,
    MoreOutreachHours,
    OneClusterPlaceMore,
    OnePlacementMore,
    OnePlaceMore,
)
from matcher.openings.market import market_of
from matcher.openings.persons import LEAST_HOURS
from matcher.openings.place import FewerStartHours
from matcher.openings.ranking import Opening, openings
from matcher.scoring import score_citizen
from tests.changing import closed_by, parts
from tests.limits_recount import Recount, consultant_of

CITIZENS, PLACES = 200, 20
OF_LIMITS = {
    FewerHours,
    EmployeesStated,
    MoreMentorHours,
    MoreOutreachHours,
    OneClusterPlaceMore,
    OnePlacementMore,
    OnePlaceMore,
}


@dataclass(frozen=True)
class Crowded:
    """A municipality in which little is left of what placements share."""

    citizens: tuple[Citizen, ...]
    companies: tuple[Company, ...]
    agreements: tuple[SlotAgreement, ...]
    consultants: tuple[JobConsultant, ...]
    placements: tuple[Placement, ...]


def crowded_site(number: int, site: Worksite) -> Worksite:
    """Of four worksites one has a little left, one nothing, one next to nothing and no figures month by month."""
    allowed = most_full_time_persons(average_employees(site, REFERENCE_DATE), REFERENCE_DATE)
    match number % 4:
        case 0:
            return replace(site, supported_full_time_persons=allowed - 0.15)
        case 1:
            return replace(site, supported_full_time_persons=float(allowed))
        case 2:
            return replace(site, supported_full_time_persons=allowed - 0.02, ordinary_employees_by_month=())
        case _:
            return site


@cache
def world() -> tuple[Crowded, MatchInput]:
    place = municipality()
    numbers = iter(range(10_000))
    companies = tuple(
        replace(one, worksites=tuple(crowded_site(next(numbers), site) for site in one.worksites))
        for one in place.companies
    )
    own = {slot.id: one.consultant_id for one in place.agreements for slot in one.slots}
    cases = Counter(own[one.slot_id] for one in place.placements if one.status is not PlacementStatus.ENDED)
    staff = tuple(
        replace(one, caseload=(cases[one.id], 0, one.caseload)[k % 3], outreach_hours=2.0 * (k % 3))
        for k, one in enumerate(place.consultants)
    )
    crowded = Crowded(place.citizens, companies, place.agreements, staff, place.placements)
    return crowded, vectorise(crowded.citizens, companies, crowded.agreements, on=REFERENCE_DATE)


def drawn() -> Iterator[tuple[int, list[int]]]:
    """Citizens, each with places: random, the same every time."""
    _, match_input = world()
    rng = np.random.default_rng(65)
    for row in rng.choice(len(match_input.citizens), CITIZENS, replace=False).tolist():
        yield row, rng.choice(len(match_input.slots), PLACES, replace=False).tolist()


@cache
def found() -> tuple[Opening, ...]:
    crowded, match_input = world()
    every: list[Opening] = []
    for row, slots in drawn():
        scores = score_citizen(match_input, row)
        beside = market_of(match_input, row, scores, consultants=crowded.consultants, running=crowded.placements)
        every += openings(match_input, row, slots, vary, beside)
    return tuple(every)


def situation(row: int, slot_row: int) -> Situation:
    crowded, match_input = world()
    context = match_input.slot_values[slot_row]
    return Situation(match_input.citizen_values[row], context, consultant_of(crowded, context))


def opens(changes: tuple[Change, ...], before: Situation) -> bool:
    """Whether the changes, made on domain values, leave no rule and no limit in the way."""
    try:
        after = apply_all(changes, before)
    except InvalidValueError:
        return False
    if closed_by(after, REFERENCE_DATE):
        return False
    assert after.consultant is not None
    return not Recount(world()[0], after.citizen, after.context, after.consultant).lacking()


def test_every_opening_leaves_no_rule_and_no_limit_in_the_way() -> None:
    kinds = {type(change) for one in found() for change in one.changes}
    assert OF_LIMITS - {OneClusterPlaceMore} <= kinds
    for one in found():
        assert opens(one.changes, situation(one.citizen_row, one.slot_row)), one


def test_no_part_of_an_opening_would_do() -> None:
    for one in found():
        before = situation(one.citizen_row, one.slot_row)
        for part in parts(one.changes):
            assert not opens(part, before), (one, part)


def test_no_amount_of_a_limit_could_be_smaller() -> None:
    tried = 0
    for one in found():
        before = situation(one.citizen_row, one.slot_row)
        for k, change in enumerate(one.changes):
            less = slightly_less(change)
            if less is not None:
                tried += 1
                assert not opens((*one.changes[:k], less, *one.changes[k + 1 :]), before), (one, less)
    assert tried > 100


def slightly_less(change: Change) -> Change | None:
    """The same change of a limit, a step smaller; None where it has no size."""
    match change:
        case FewerHours(hours):
            return FewerHours(hours + 0.5)
        case EmployeesStated(employees, months):
            return EmployeesStated(employees - 1, months)
        case MoreMentorHours(extra) if extra > 0.5:
            return MoreMentorHours(extra - 0.5)
        case MoreOutreachHours(extra) if extra > 0.5:
            return MoreOutreachHours(extra - 0.5)
        case _:
            return None


def test_where_one_change_of_a_limit_would_do_one_change_is_found() -> None:
    fewest: dict[tuple[int, int], int] = {}
    for one in found():
        pair = one.citizen_row, one.slot_row
        fewest[pair] = min(fewest.get(pair, 9), len(one.changes))
    would_do = 0
    for row, slots in drawn():
        for slot_row in slots:
            before = situation(row, slot_row)
            if opens((), before):
                assert (row, slot_row) not in fewest
            elif any(opens((change,), before) for change in single_changes(before)):
                would_do += 1
                assert fewest.get((row, slot_row)) == 1, (row, slot_row)
    assert would_do > 50


def single_changes(before: Situation) -> Iterator[Change]:
    """Every change of a limit that may be asked for, each as large as it may be."""
    yield from (OnePlaceMore(), OneClusterPlaceMore(), OnePlacementMore(), MoreMentorHours(37), MoreOutreachHours(37))
    hours = LEAST_HOURS
    while hours < before.citizen.hours_now:
        yield FewerHours(hours)
        hours += 0.5
    site = before.context.worksite
    if not site.ordinary_employees_by_month:
        yield EmployeesStated(int(site.ordinary_employees) + 5, 4)


def test_a_place_that_begins_with_more_hours_than_fit_asks_the_company_too() -> None:
    together = [one for one in found() if FewerHours in {type(change) for change in one.changes}]
    assert together
    for one in together:
        hours = next(change.hours_per_week for change in one.changes if isinstance(change, FewerHours))
        starts = [change for change in one.changes if isinstance(change, FewerStartHours)]
        assert bool(starts) == (hours < situation(one.citizen_row, one.slot_row).context.slot.hours_from)
