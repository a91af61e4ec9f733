"""Which changes answer a failed rule: for each rule the alternatives, each a few changes that go together.

An alternative is the least that answers the rule as the pair stands. Rules without a remedy are those that nobody may
change: the municipality, the law on flexi-jobs, the citizen's no, the company's no, what is not known here.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

from matcher.domain.agreement import SlotSetting
from matcher.domain.catalogue import JOB_FUNCTIONS
from matcher.domain.conditions import CONDITIONS, Accommodation, Kind, Strength, level_of
from matcher.domain.legal import has_additional_employment, is_target_group
from matcher.domain.schedule import MINUTES_PER_DAY, Schedule
from matcher.domain.statute import ADDITIONAL_EMPLOYMENT, OPEN, STARTS_SOON
from matcher.openings.changes import QUARTER_MINUTES, Change
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
from matcher.openings.limits import OnePlaceMore
from matcher.openings.place import (
    CORE_OF_THE_JOB,
    FIXED_SURROUNDINGS,
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
from matcher.pair import Pair

Alternatives: TypeAlias = tuple[tuple[Change, ...], ...]
LONGEST_TRAVEL: Final = 240
"""Longest travel that a profile can hold, minutes one way."""
TENTH: Final = 0.1
"""Step in which employees are stated as full-time persons."""


def remedies(rule_id: str, pair: Pair) -> Alternatives:
    """What would answer a rule that the pair fails; empty where nothing can."""
    find = _REMEDIES.get(rule_id)
    return find(pair) if find else ()


def _open(pair: Pair) -> Alternatives:
    if pair.context.slot.capacity == 0:
        return ((OnePlaceMore(),),)
    figures = pair.match_input.rulebook.version(OPEN, pair.starts_on).parameters
    small_job = pair.context.slot.setting is SlotSetting.SMALL_JOB
    least = timedelta(days=0 if small_job else int(figures["least_days_left"]))
    closes_on = date.fromordinal(int(pair.match_input.slots.closes_on[pair.slot_row]))
    return ((StaysOpen(pair.starts_on + least),), *_sooner(pair, closes_on - least))


def _starts_soon(pair: Pair) -> Alternatives:
    weeks = pair.match_input.rulebook.version(STARTS_SOON, pair.starts_on).parameters["horizon_weeks"]
    return _sooner(pair, pair.match_input.on + timedelta(weeks=weeks))


def _sooner(pair: Pair, latest: date) -> Alternatives:
    """The place can begin on a day at the latest; nothing where it is the citizen who cannot."""
    context, on = pair.context, pair.match_input.on
    ready_on = date.fromordinal(int(pair.match_input.citizens.ready_on[pair.citizen_row]))
    if ready_on > latest or latest < on:
        return ()
    changes: list[Change] = []
    if on + timedelta(days=context.agreement.lead_time_days) > latest:
        changes.append(ShorterLeadTime((latest - on).days))
    if max(context.slot.starts_on, context.agreement.valid_from) > latest:
        changes.append(OpensEarlier(latest))
    return (tuple(changes),) if changes else ()


def _target_group(pair: Pair) -> Alternatives:
    group = pair.citizen.target_group
    known = is_target_group(group, pair.match_input.on)
    return ((AcceptsGroup(group),),) if known and pair.context.slot.target_groups else ()


def _binding(pair: Pair, *, stated: bool) -> list[Accommodation]:
    demands = pair.context.slot.demands
    needs = [need for need in pair.citizen.accommodations if need.strength is Strength.MUST]
    levels = [(need, level_of(demands, need.condition)) for need in needs]
    return [need for need, level in levels if need.met_by(level) is (False if stated else None)]


def _can_be_adapted(pair: Pair, need: Accommodation) -> bool:
    """Whether the place could change what the need is about: not its surroundings, nor what the job consists of."""
    if need.condition in FIXED_SURROUNDINGS:
        return False
    function = JOB_FUNCTIONS.get(pair.context.slot.function)
    if need.condition not in CORE_OF_THE_JOB or function is None:
        return True
    usual = level_of(function.usual_demands, need.condition)
    return usual is None or usual <= need.limit or CONDITIONS[need.condition].kind is Kind.OFFER


def _needs_met(pair: Pair) -> Alternatives:
    unmet = _binding(pair, stated=True)
    if not all(_can_be_adapted(pair, need) for need in unmet):
        return ()
    return (tuple(AdaptedPlace(need.condition, need.limit) for need in unmet),)


def _needs_stated(pair: Pair) -> Alternatives:
    return (tuple(CompanyAnswers(need.condition, need.limit) for need in _binding(pair, stated=False)),)


def _certificates(pair: Pair) -> Alternatives:
    missing = [code for code in pair.context.slot.certificates if code not in pair.citizen.certificates]
    return (tuple(GetsCertificate(code) for code in missing),)


def _danish_level(pair: Pair) -> Alternatives:
    asked, held = pair.context.slot.danish_level, pair.citizen.danish_level
    return ((DanishCourse(asked, asked - held),),) if held is not None else ()


def _hours(pair: Pair) -> Alternatives:
    citizen, slot = pair.citizen, pair.context.slot
    found: list[tuple[Change, ...]] = [(FewerStartHours(citizen.hours_now),)]
    if slot.hours_from <= min(citizen.hours_target, citizen.schedule.most_hours_per_week):
        found.append((MoreHours(slot.hours_from),))
    return tuple(found)


def _schedule(pair: Pair) -> Alternatives:
    """More of the citizen's days, or a wider window on the same days; where neither is enough, the citizen's times."""
    there, own = pair.context.slot.schedule, pair.citizen.schedule
    candidates = [*_more_days(there, own, pair.hours_per_week), *_wider(there, own, pair.hours_per_week)]
    if not candidates and own.most_hours_per_week >= pair.hours_per_week:
        candidates = [own]
    return tuple(
        (OtherTimes(schedule),)
        for schedule in candidates
        if schedule.most_hours_per_week >= pair.context.slot.hours_from
    )


def _more_days(there: Schedule, own: Schedule, hours_per_week: float) -> list[Schedule]:
    """The fewest of the citizen's other days that give the hours."""
    others = [day for day in own.days if day not in there.days]
    for count in range(1, len(others) + 1):
        longer = replace(there, days=tuple(sorted((*there.days, *others[:count]))))
        if own.common_hours_per_week(longer) >= hours_per_week:
            return [longer]
    return []


def _wider(there: Schedule, own: Schedule, hours_per_week: float) -> list[Schedule]:
    """The window opened towards the citizen's by the fewest quarters of an hour, at the one end or the other."""
    common_days = len(set(there.days) & set(own.days))
    if not common_days or there.from_minutes >= there.to_minutes or own.from_minutes >= own.to_minutes:
        return []
    found = []
    for earlier in (True, False):
        room = there.from_minutes if earlier else MINUTES_PER_DAY - there.to_minutes
        for step in range(QUARTER_MINUTES, room + 1, QUARTER_MINUTES):
            wider = (
                replace(there, from_minutes=there.from_minutes - step)
                if earlier
                else replace(there, to_minutes=there.to_minutes + step)
            )
            if own.common_hours_per_week(wider) >= hours_per_week:
                found.append(wider)
                break
    return found


def _travel(pair: Pair) -> Alternatives:
    citizen, needed = pair.citizen, math.ceil(pair.travel_minutes or 0)
    modes: list[tuple[Change, ...]] = [(AnotherMode(mode),) for mode in NEW_MODES if mode not in citizen.travel_modes]
    if needed <= min(citizen.longest_travel_minutes + LONGEST_EXTRA_MINUTES, LONGEST_TRAVEL):
        modes.append((LongerTravel(needed),))
    return tuple(modes)


def _former_employer(pair: Pair) -> Alternatives:
    return ((FormerEmployerAllowed(pair.context.company.id),),)


def _additional_employment(pair: Pair) -> Alternatives:
    """Newer figures that the company can state, the least that the rule asks; or a work placement."""
    on, book = pair.starts_on, pair.match_input.rulebook
    months = pair.context.worksite.ordinary_employees_by_month
    counted = months[: int(book.version(ADDITIONAL_EMPLOYMENT, on).parameters["months"])]
    found: list[tuple[Change, ...]] = [(WorkPlacementInstead(),)]
    if len(counted) > 1:
        earlier = counted[1:]
        tenths = math.floor(sum(earlier) / len(earlier) / TENTH)
        while not has_additional_employment((tenths * TENTH, *earlier), on, book):
            tenths += 1
        found.append((EmploymentStatement(round(tenths * TENTH, 1)),))
    return tuple(found)


_REMEDIES: Final[Mapping[str, Callable[[Pair], Alternatives]]] = MappingProxyType(
    {
        "open": _open,
        "starts_soon": _starts_soon,
        "group_accepted": _target_group,
        "must_needs_met": _needs_met,
        "must_needs_stated": _needs_stated,
        "certificates": _certificates,
        "danish_level": _danish_level,
        "hours": _hours,
        "schedule": _schedule,
        "travel": _travel,
        "former_employer": _former_employer,
        "additional_employment": _additional_employment,
    }
)
ANSWERED: Final = tuple(_REMEDIES)
"""Ids of the rules that have answers, in the order of the rules."""
