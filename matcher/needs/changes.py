"""Needs from changes of what there is: the same answer, task, course or way of travelling, summed over all who wait.

Single changes only, each grouped by what somebody would do once. What each citizen decides alone (more hours, a longer
way, a former employer) is in the citizen's own openings, not here.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Final

import numpy as np

from matcher.arrays import MatchInput
from matcher.domain.conditions import CONDITIONS, Kind
from matcher.language import Text
from matcher.needs.night import Gainer, Need, Night, Step, best_gain
from matcher.needs.words import (
    answer_text,
    certificate_text,
    changed_place_text,
    danish_text,
    route_text,
)
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
from matcher.openings.search import Vary, minimal_sets
from matcher.pair import Pair, heading
from matcher.rules import rules_of
from matcher.scoring import pair_values
from matcher.wording.openings import change_text

LEAST_GAIN: Final = 0.05
"""A pair that could gain less than this is not looked at: two steps of effort and more."""
MOST_RULES_FAILED: Final = 2
"""One change seldom answers two rules, never three."""
PAIRS_AT_ONCE: Final = 200_000
"""Pairs that are tried together: each is tried by itself, and what is kept of all of them is a small part."""


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
    gainers = _gainers(night, vary)
    groups: dict[Hashable, list[Gainer]] = defaultdict(list)
    for one in gainers:
        if one.change is not None and (key := _done_once(night.match_input, one, one.change)) is not None:
            groups[key].append(one)
    places = dict(enumerate(night.free_places.tolist()))
    found = []
    for key in sorted(groups, key=repr):
        gain, chosen = best_gain(groups[key], places)
        if chosen:
            found.append(_need(night, groups[key], chosen, gain))
    return found


def _gainers(night: Night, vary: Vary) -> list[Gainer]:
    """Waiting citizens whom a single change would give a place, with the gain at the plan's prices."""
    match_input = night.match_input
    pairs = _near_pairs(night)
    opened = [  # the trial and its value alone: the changed citizens and places of a part are forgotten with it
        (one.trial, one.value)
        for start in range(0, len(pairs), PAIRS_AT_ONCE)
        for one in minimal_sets(
            match_input, pairs[start : start + PAIRS_AT_ONCE], vary, weights=night.weights, most_changes=1
        )
        if len(one.trial.changes) == 1
    ]
    prices = night.priced(trial[:2] for trial, _ in opened)
    return [
        Gainer(value - prices[trial[:2]] - float(night.worth[trial.citizen_row]), *trial[:2], change)
        for trial, value in opened
        for change in trial.changes
        if trial[:2] in prices
    ]


def _near_pairs(night: Night) -> list[tuple[int, int]]:
    """Pairs that few rules close, at slots with a free place, which could gain LEAST_GAIN at least."""
    match_input = night.match_input
    cols = np.flatnonzero(night.free_places > 0).astype(np.int32)
    failed = np.zeros((len(night.waiting), len(cols)), dtype=np.int32)
    for rule in rules_of(match_input):
        failed += ~rule.lets_through(match_input, night.waiting[:, None], cols[None, :])
    near_row, near_col = np.nonzero((failed > 0) & (failed <= MOST_RULES_FAILED))
    rows, slots = night.waiting[near_row], cols[near_col]
    could = pair_values(match_input, rows, slots, night.weights) - night.slot_price[slots] - night.worth[rows]
    kept = could > LEAST_GAIN
    return list(zip(rows[kept].tolist(), slots[kept].tolist(), strict=True))


def _done_once(match_input: MatchInput, one: Gainer, change: Change) -> Hashable | None:
    """What somebody would do once, for everybody it helps; None for what each citizen decides alone."""
    context = match_input.slot_values[one.slot_row]
    match change:
        case GetsCertificate(code):
            return change.kind, code
        case DanishCourse(level):
            return change.kind, level
        case AnotherMode(mode):
            home = match_input.citizen_values[one.citizen_row].home_postcode
            return change.kind, mode, home, context.worksite.postcode
        case CompanyAnswers(condition):
            return change.kind, context.company.id, context.worksite.id, condition
        case AdaptedPlace(condition):
            return change.kind, one.slot_row, condition
        case FewerStartHours() | StaysOpen() | OpensEarlier() | ShorterLeadTime():
            return change.kind, one.slot_row
    return None if change.on_citizen else (change.kind, one.slot_row, change)


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
