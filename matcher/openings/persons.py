"""Room under the reasonableness rule: fewer hours for the citizen, or figures that the company has not stated yet.

Nobody can raise what the law allows. What can be less is what a placement takes of it; and what the company can state
is how many people it employs, where the latest months are not known.
"""

import math
from typing import Final, TypeAlias

from matcher.assignment.problem import TOLERANCE
from matcher.domain.legal import average_employees, most_full_time_persons
from matcher.domain.statute import REASONABLENESS
from matcher.openings.changes import HALF_HOUR, Change
from matcher.openings.citizen import FewerHours
from matcher.openings.limits import EmployeesStated
from matcher.openings.place import FewerStartHours
from matcher.pair import Pair

Ways: TypeAlias = tuple[tuple[Change, ...], ...]
LEAST_HOURS: Final = 2.0
"""A placement does not begin with fewer hours a week to fit under a limit. Assumption."""
STEPS_OFF: Final = 1
"""A stated average is taken to be off by at most so many full-time persons that it allows. Assumption."""


def ways_to_room(pair: Pair, needs: float, left: float, taken: float) -> Ways:
    """What makes room for a pair that needs more full-time persons than are left; empty where nothing does."""
    return (*_fewer_hours(pair, needs, left), *_figures(pair, taken + needs))


def allowed_after(pair: Pair) -> float:
    """Full-time persons that the pair's worksite may take, by what is stated of it."""
    on, book = pair.starts_on, pair.match_input.rulebook
    return float(most_full_time_persons(average_employees(pair.context.worksite, on, book), on, book))


def _fewer_hours(pair: Pair, needs: float, left: float) -> Ways:
    """The most half hours that fit; where the place begins with more, the company must agree too."""
    full_week = pair.hours_per_week / needs
    most = math.floor(left * full_week / HALF_HOUR + TOLERANCE) * HALF_HOUR
    if most < LEAST_HOURS or most >= pair.citizen.hours_now:
        return ()
    if most < pair.context.slot.hours_from:
        return ((FewerHours(most), FewerStartHours(most)),)
    return ((FewerHours(most),),)


def _figures(pair: Pair, wanted: float) -> Ways:
    """The fewest ordinary employees that allow so much, where the company has not stated them month by month."""
    site, on, book = pair.context.worksite, pair.starts_on, pair.match_input.rulebook
    if site.ordinary_employees_by_month:
        return ()
    now = allowed_after(pair)
    if math.ceil(wanted - TOLERANCE * max(1.0, wanted)) > now + STEPS_OFF:
        return ()
    employees = math.floor(average_employees(site, on, book)) + 1
    while most_full_time_persons(employees, on, book) <= now:
        employees += 1
    months = int(book.version(REASONABLENESS, on).parameters["months"])
    return ((EmployeesStated(employees, months),),)
