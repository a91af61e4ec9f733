"""Needs from changes of what there is: the same answer, task, course or way of travelling, summed over all who wait.

Single changes only, each grouped by what somebody would do once. What each citizen decides alone (more hours, a longer
way, a former employer) is in the citizen's own openings, not here.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from matcher.arrays import MatchInput
from matcher.domain.conditions import CONDITIONS, Kind
from matcher.language import Text
from matcher.needs.night import Gainer, Need, Night, Step, best_gain
from matcher.needs.single import Numbers, Openings, single_changes
from matcher.needs.words import (
    answer_text,
    certificate_text,
    changed_place_text,
    danish_text,
    route_text,
)
from matcher.once import once_for_input
from matcher.openings.changes import Change
from matcher.openings.citizen import AnotherMode, DanishCourse, GetsCertificate, course_for
from matcher.openings.market import NOTHING
from matcher.openings.place import (
    AdaptedPlace,
    CompanyAnswers,
    FewerStartHours,
    OpensEarlier,
    ShorterLeadTime,
    StaysOpen,
)
from matcher.openings.search import Vary
from matcher.pair import Pair, heading
from matcher.wording.openings import change_text


@once_for_input
def towns_of(match_input: MatchInput) -> Mapping[str, str]:
    """Name of the town of each postcode: what stands behind the comma in the names of the worksites there."""
    names: dict[str, set[str]] = defaultdict(set)
    for context in match_input.slot_values:
        _, comma, town = context.worksite.name.rpartition(", ")
        if comma:
            names[context.worksite.postcode].add(town)
    return {code: next(iter(found)) for code, found in sorted(names.items()) if len(found) == 1}


def town_name(towns: Mapping[str, str], postcode: str) -> str:
    """The town, or the postcode where its name is not known: a number that both languages read."""
    return towns.get(postcode, postcode)


def needs_from_changes(night: Night, vary: Vary) -> list[Need]:
    """Needs that one change each would cover, for the citizens who wait."""
    changes, opened = single_changes(night, vary)
    groups = _done_together(night.match_input, changes, opened)
    order = np.argsort(groups, kind="stable")
    places = dict(enumerate(night.free_places.tolist()))
    found = []
    for mine in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        columns = opened.gain[mine], opened.citizen[mine], opened.slot[mine], opened.change[mine]
        gainers = [
            Gainer(gain, row, slot, changes[k])
            for gain, row, slot, k in zip(*(one.tolist() for one in columns), strict=True)
        ]
        total, chosen = best_gain(gainers, places)
        if chosen:
            found.append(_need(night, gainers, chosen, total))
    return found


def _done_together(match_input: MatchInput, changes: Sequence[Change], opened: Openings) -> Numbers:
    """int64 (E,): a number for what somebody would do once, for everybody it helps; in the order of what that is."""
    homes = np.unique([one.home_postcode for one in match_input.citizen_values], return_inverse=True)[1]
    n_homes, n_slots = np.int64(homes.max(initial=0) + 1), np.int64(len(match_input.slots))
    asked = (opened.change * n_slots + opened.slot) * n_homes + homes[opened.citizen]
    _, first, which = np.unique(asked, return_index=True, return_inverse=True)
    keys = [
        _done_once(match_input, int(opened.citizen[e]), int(opened.slot[e]), changes[opened.change[e]])
        for e in first.tolist()
    ]
    number = {key: k for k, key in enumerate(sorted(set(keys), key=repr))}
    return np.array([number[key] for key in keys], dtype=np.int64)[which]


def _done_once(match_input: MatchInput, citizen_row: int, slot_row: int, change: Change) -> Hashable:
    """What somebody would do once, for everybody it helps."""
    context = match_input.slot_values[slot_row]
    match change:
        case GetsCertificate(code):
            return change.kind, code
        case DanishCourse(level):
            return change.kind, level
        case AnotherMode(mode):
            home = match_input.citizen_values[citizen_row].home_postcode
            return change.kind, mode, home, context.worksite.postcode
        case CompanyAnswers(condition):
            return change.kind, context.company.id, context.worksite.id, condition
        case AdaptedPlace(condition):
            return change.kind, slot_row, condition
        case FewerStartHours() | StaysOpen() | OpensEarlier() | ShorterLeadTime():
            return change.kind, slot_row
    return change.kind, slot_row, change


def _strictness(change: Change) -> float:
    """Of two changes of one group the one that does for both has the larger number."""
    match change:
        case FewerStartHours(hours):
            return -hours
        case StaysOpen(until):
            return until.toordinal()
        case OpensEarlier(opens_on):
            return -opens_on.toordinal()
        case ShorterLeadTime(days):
            return -days
        case AdaptedPlace(condition, level) | CompanyAnswers(condition, level):
            return -level if CONDITIONS[condition].kind is Kind.BURDEN else level
    return 0.0


def _need(night: Night, group: Sequence[Gainer], chosen: Sequence[Gainer], gain: float) -> Need:
    changes = [one.change for one in chosen if one.change is not None]
    change = max(changes, key=_strictness)
    if change.on_citizen:
        steps = tuple(Step(one.change, one.slot_row, one.citizen_row) for one in chosen if one.change is not None)
    else:
        steps = tuple(Step(change, slot_row) for slot_row in sorted({one.slot_row for one in chosen}))
    helped = {
        one.citizen_row
        for one in group
        if one.gain > NOTHING and one.change is not None and _strictness(one.change) <= _strictness(change)
    }
    return Need(
        kind=change.kind,
        text=_text(night.match_input, change, chosen[0], len(helped)),
        citizens=len(helped),
        placed=len(chosen),
        gain=gain,
        effort=change.effort,
        steps=steps,
        helped=frozenset(helped),
    )


def _text(match_input: MatchInput, change: Change, first: Gainer, count: int) -> Text:
    context = match_input.slot_values[first.slot_row]
    towns = towns_of(match_input)
    match change:
        case GetsCertificate(code):
            course = course_for(code)
            name = Text(course.danish, course.english) if course else None
            return certificate_text(count, code, name, course.days if course else 0)
        case DanishCourse(level):
            return danish_text(count, level)
        case AnotherMode(mode):
            home = match_input.citizen_values[first.citizen_row].home_postcode
            return route_text(count, town_name(towns, home), town_name(towns, context.worksite.postcode), mode)
    before = Pair(match_input, first.citizen_row, first.slot_row)
    clause = change_text(change, before, before)
    if isinstance(change, CompanyAnswers):
        return answer_text(count, context.worksite.name, clause)
    return changed_place_text(count, heading(context), clause)
