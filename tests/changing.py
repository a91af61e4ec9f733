"""Changes tried on domain values: an oracle that knows neither arrays nor the search, and changes made smaller."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from math import cos, nan, radians, sin, sqrt

from features.postcodes import Postcodes
from features.travel import EARTH_RADIUS_KM, MODE_MODELS, SPREAD_KM
from matcher.arrays import SlotContext
from matcher.domain.citizen import Citizen, DanishLevel
from matcher.domain.conditions import CONDITIONS, Kind, Scale, level_of
from matcher.domain.geography import Position
from matcher.domain.validation import InvalidValueError
from matcher.openings.changes import Change, Situation, apply_all
from matcher.openings.citizen import (
    LONGEST_EXTRA_MINUTES,
    NEW_MODES,
    AnotherMode,
    DanishCourse,
    FormerEmployerAllowed,
    GetsCertificate,
    LongerTravel,
    MoreHours,
)
from matcher.openings.place import (
    AcceptsGroup,
    AdaptedPlace,
    CompanyAnswers,
    EmploymentStatement,
    FewerStartHours,
    OpensEarlier,
    OtherTimes,
    ShorterLeadTime,
    StaysOpen,
    WorkPlacementInstead,
)
from tests.pairs import excluded_by

STEP = {Scale.KILOGRAM: 0.5, Scale.SHARE: 0.01, Scale.LEVEL: 1.0}


def _point(place: Position) -> tuple[float, float, float]:
    latitude, longitude = radians(place.latitude), radians(place.longitude)
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)


def minutes(citizen: Citizen, context: SlotContext) -> float:
    """Minutes one way by the fastest mode; NaN where a position is not known."""
    places = [(citizen.home, citizen.home_postcode), (context.worksite.position, context.worksite.postcode)]
    exact = [place or Postcodes.builtin().position(code) for place, code in places]
    if None in exact:
        return nan
    spread = sum(0.0 if place else SPREAD_KM**2 for place, _ in places)
    home, site = (_point(place) for place in exact if place)
    kilometres = sqrt(EARTH_RADIUS_KM**2 * sum((a - b) ** 2 for a, b in zip(home, site, strict=True)) + spread)
    models = [MODE_MODELS[mode] for mode in citizen.travel_modes]
    return min(model.fixed_minutes + kilometres * model.minutes_per_km for model in models)


def closed_by(situation: Situation, on: date) -> set[str]:
    """Ids of the rules that close a place, read from domain values one by one."""
    citizen, context = situation.citizen, situation.context
    return excluded_by(citizen, context, minutes(citizen, context), on)


def opens(changes: tuple[Change, ...], situation: Situation, on: date) -> bool:
    """Whether the changes, made on domain values, let the pair through every rule; False where they cannot be made."""
    try:
        return not closed_by(apply_all(changes, situation), on)
    except InvalidValueError:
        return False


def parts(changes: tuple[Change, ...]) -> Iterator[tuple[Change, ...]]:
    """Every proper part of a set, the empty one too."""
    for size in range(len(changes)):
        yield from combinations(changes, size)


def slightly_less(change: Change, before: Situation) -> Change | None:
    """The same change, a little smaller; None where it has no size or where no smaller change is left."""
    citizen, context = before.citizen, before.context
    match change:
        case FewerStartHours(hours):
            return FewerStartHours(hours + min(0.5, (context.slot.hours_from - hours) / 2))
        case MoreHours(hours):
            return MoreHours(hours - min(0.5, (hours - citizen.hours_now) / 2))
        case LongerTravel(longest):
            return LongerTravel(longest - 1)
        case DanishCourse(level, up):
            return DanishCourse(DanishLevel(level - 1), up - 1) if up > 1 else None
        case StaysOpen(until):
            return StaysOpen(until - timedelta(days=1))
        case OpensEarlier(opens_on):
            return OpensEarlier(opens_on + timedelta(days=1))
        case ShorterLeadTime(days):
            return ShorterLeadTime(days + 1)
        case EmploymentStatement(employees):
            return EmploymentStatement(employees - 0.1)
        case OtherTimes(schedule):
            return _less_time(schedule, before)
        case AdaptedPlace(condition, level) | CompanyAnswers(condition, level):
            spec = CONDITIONS[condition]
            step = STEP.get(spec.scale, 0) * (1 if spec.kind is Kind.BURDEN else -1)
            there = level_of(context.slot.demands, condition)
            if not step or level + step == there or not 0 <= level + step <= spec.maximum:
                return None
            return replace(change, level=level + step)
        case _:
            return None


def _less_time(schedule: object, before: Situation) -> Change | None:
    now = before.context.slot.schedule
    assert isinstance(schedule, type(now))
    if schedule.days != now.days and (schedule.from_minutes, schedule.to_minutes) == (now.from_minutes, now.to_minutes):
        added = [day for day in schedule.days if day not in now.days]
        return OtherTimes(replace(schedule, days=tuple(day for day in schedule.days if day != added[-1])))
    if schedule.from_minutes < now.from_minutes and schedule.to_minutes == now.to_minutes:
        return OtherTimes(replace(schedule, from_minutes=schedule.from_minutes + 15))
    if schedule.to_minutes > now.to_minutes and schedule.from_minutes == now.from_minutes:
        return OtherTimes(replace(schedule, to_minutes=schedule.to_minutes - 15))
    return None


def single_changes(situation: Situation) -> Iterator[Change]:
    """Changes of every kind, each as large as it may be: whether any single one opens the pair."""
    citizen, context = situation.citizen, situation.context
    yield FewerStartHours(citizen.hours_now)
    yield MoreHours(citizen.hours_target)
    yield LongerTravel(citizen.longest_travel_minutes + LONGEST_EXTRA_MINUTES)
    yield OtherTimes(citizen.schedule)
    yield ShorterLeadTime(0)
    yield StaysOpen(date(2030, 1, 1))
    yield OpensEarlier(date(2026, 10, 1))
    yield AcceptsGroup(citizen.target_group)
    yield FormerEmployerAllowed(context.company.id)
    yield WorkPlacementInstead()
    yield from (AnotherMode(mode) for mode in NEW_MODES if mode not in citizen.travel_modes)
    yield from (GetsCertificate(code) for code in context.slot.certificates if code not in citizen.certificates)
    if citizen.danish_level is not None:
        yield DanishCourse(DanishLevel.C1, DanishLevel.C1 - citizen.danish_level)
    for need in citizen.accommodations:
        stated = level_of(context.slot.demands, need.condition) is not None
        yield (AdaptedPlace if stated else CompanyAnswers)(need.condition, need.limit)
