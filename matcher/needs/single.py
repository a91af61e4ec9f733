"""Every single change that would let somebody who waits into a place, for all of them at once.

`matcher.openings.search` finds the smallest sets of changes of a few pairs; here are millions of pairs, and one change
each. Pairs at one slot to which a rule answers in the same way (`_ALIKE`) are asked for that answer once; each changed
citizen and slot is built once, and every rule is asked again about all pairs of a part together.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import NO, UNKNOWN, Codes, Flags, Floats, MatchInput
from matcher.domain.validation import InvalidValueError
from matcher.needs.night import Night
from matcher.once import once_for_input
from matcher.openings.changes import Change, Situation
from matcher.openings.citizen import AnotherMode, DanishCourse, GetsCertificate
from matcher.openings.market import NOTHING
from matcher.openings.remedies import ANSWERED
from matcher.openings.search import Vary, first_answers
from matcher.pair import Pair
from matcher.rules import every_rule_lets_through, rules_of
from matcher.scoring import pair_values

LEAST_GAIN: Final = 0.05
"""A pair that could gain less than this is not looked at: two steps of effort and more."""
ANSWERED_ALONG: Final = frozenset({"open", "starts_soon", "schedule"})
"""Rules that an answer to another may answer too: an earlier first day, fewer hours. Of the others one may fail."""
PAIRS_AT_ONCE: Final = 200_000
"""Pairs that are tried together: what is kept of them is a small part."""

Numbers: TypeAlias = NDArray[np.int64]
Alike: TypeAlias = Callable[[MatchInput, Codes, Codes], Numbers]


class Openings(NamedTuple):
    """E ways into a place, one change each: citizen and slot by row, the index of the change, and what is gained.

    `gain` is value less price less what the citizen can have already, and above NOTHING.
    """

    citizen: Codes
    slot: Codes
    change: Codes
    gain: Floats


_NOBODY: Final = np.zeros(0, dtype=np.int32)
_NONE: Final = Openings(_NOBODY, _NOBODY, _NOBODY, np.zeros(0))


class _Near(NamedTuple):
    """Pairs that one change may open, with what a place there costs: rows, bits of the failed rules, price."""

    citizen: Codes
    slot: Codes
    failed: Numbers
    price: Floats


_Columns = TypeVar("_Columns", Openings, _Near)


_ARRANGED: Final = (GetsCertificate, DanishCourse, AnotherMode)


def wanted(change: Change) -> bool:
    """Whether a change is made or arranged by others, for several at once; not what each citizen decides alone."""
    return isinstance(change, _ARRANGED) or not change.on_citizen


def single_changes(night: Night, vary: Vary) -> tuple[tuple[Change, ...], Openings]:
    """Single changes that are `wanted`, and whom each would let in where, at a gain."""
    near = _joined(list(_near(night)))
    changes, pair, change = _answers(night.match_input, near)
    on_citizen = np.array([one.on_citizen for one in changes], dtype=np.bool_)[change]
    found = [_NONE]
    for own in (True, False):  # a part holds all that are tried of a few citizens, or of a few slots
        mine = np.flatnonzero(on_citizen == own)
        of, other = (near.citizen, near.slot) if own else (near.slot, near.citizen)
        order = mine[np.lexsort((other[pair[mine]], change[mine], of[pair[mine]]))]
        for first in range(0, len(order), PAIRS_AT_ONCE):
            part = order[first : first + PAIRS_AT_ONCE]
            found.append(_tried(night, near, pair[part], change[part], changes, vary, own=own))
    return changes, _joined(found)


def _joined(parts: list[_Columns]) -> _Columns:
    """The parts one behind the other, column by column."""
    return type(parts[0])(*map(np.concatenate, zip(*parts, strict=True)))


def _near(night: Night) -> Iterator[_Near]:
    """Pairs of those who wait, at slots with a free place, which one change may open and could gain LEAST_GAIN.

    A rule without an answer closes a pair for good.
    """
    match_input = night.match_input
    cols = np.flatnonzero(night.free_places > 0).astype(np.int32)
    bit = {rule_id: 1 << k for k, rule_id in enumerate(ANSWERED)}
    along = sum(bit[rule_id] for rule_id in ANSWERED_ALONG)
    step = max(1, PAIRS_AT_ONCE // max(len(cols), 1))
    for first in range(0, max(len(night.waiting), 1), step):
        people = night.waiting[first : first + step]
        failed = np.zeros((len(people), len(cols)), dtype=np.int64)
        closed = np.zeros(failed.shape, dtype=np.bool_)
        for rule in rules_of(match_input):
            fails = ~rule.lets_through(match_input, people[:, None], cols[None, :])
            if rule.id in bit:
                failed |= fails * bit[rule.id]
            else:
                closed |= fails
        others = failed & ~along
        row, col = np.nonzero(~closed & (failed != 0) & (others & (others - 1) == 0))
        rows, slots, failed = people[row], cols[col], failed[row, col]
        price = night.priced(rows, slots)
        could = pair_values(match_input, rows, slots, night.weights) - night.slot_price[slots] - night.worth[rows]
        kept = (could > LEAST_GAIN) & ~np.isnan(price)
        yield _Near(rows[kept], slots[kept], failed[kept], price[kept])


def _answers(match_input: MatchInput, near: _Near) -> tuple[tuple[Change, ...], Numbers, Codes]:
    """The changes that answer: which there are, and (pair, change) for each that answers to a pair by itself."""
    known: dict[Change, int] = {}
    pairs, found = [], []
    for failed in np.unique(near.failed).tolist():
        rules = tuple(rule_id for k, rule_id in enumerate(ANSWERED) if failed >> k & 1)
        alike = _ALIKE.get(rules[0], _citizen) if len(rules) == 1 else _citizen
        here = np.flatnonzero(near.failed == failed)
        number = alike(match_input, near.citizen[here], near.slot[here])
        here, number = here[number >= 0], number[number >= 0]
        rows, cols = near.citizen[here], near.slot[here]
        asked = cols * np.int64(number.max(initial=0) + 1) + number
        _, first, which = np.unique(asked, return_index=True, return_inverse=True)
        of_each = []
        for e in first.tolist():
            answers = first_answers(Pair(match_input, int(rows[e]), int(cols[e])), rules)
            single = [one[0] for one in answers if len(one) == 1 and wanted(one[0])]
            of_each.append([known.setdefault(change, len(known)) for change in single])
        count = np.array([len(one) for one in of_each], dtype=np.int64)
        start = np.concatenate(([0], np.cumsum(count)))
        flat = np.array([change for one in of_each for change in one], dtype=np.int32)
        times = count[which]
        nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        pairs.append(np.repeat(here, times))
        found.append(flat[np.repeat(start[which], times) + nth])
    nothing = np.zeros(0, dtype=np.int64)
    return tuple(known), np.concatenate([nothing, *pairs]), np.concatenate([nothing, *found]).astype(np.int32)


def _tried(
    night: Night, near: _Near, pair: Numbers, change: Codes, changes: tuple[Change, ...], vary: Vary, *, own: bool
) -> Openings:
    """Those of some pairs that their change opens at a gain, every rule asked again.

    `own` : whether the changes are of the citizens; else of the slots
    """
    match_input, rows, cols = night.match_input, near.citizen[pair], near.slot[pair]
    of, other = (rows, cols) if own else (cols, rows)
    _, first, variant = np.unique(of * np.int64(len(changes)) + change, return_index=True, return_inverse=True)
    unchanged, beside_of = np.unique(other, return_inverse=True)
    built: list[Any] = []
    number = np.full(len(first), -1)
    for k, e in enumerate(first.tolist()):
        before = Situation(match_input.citizen_values[rows[e]], match_input.slot_values[cols[e]])
        try:
            after = changes[change[e]].apply(before)
        except InvalidValueError:
            continue  # what cannot be is no way in
        number[k] = len(built)
        built.append((int(of[e]), after.citizen if own else after.context))
    values = match_input.slot_values if own else match_input.citizen_values
    as_they_are: list[Any] = [(row, values[row]) for row in unchanged.tolist()]
    varied = vary(match_input, built, as_they_are) if own else vary(match_input, as_they_are, built)
    can_be = number[variant] >= 0
    changed: Codes = number[variant][can_be].astype(np.int32)
    beside: Codes = beside_of[can_be].astype(np.int32)
    at: tuple[Codes, Codes] = (changed, beside) if own else (beside, changed)
    passes = every_rule_lets_through(varied, *at)
    value = pair_values(varied, at[0][passes], at[1][passes], night.weights)
    kept = np.flatnonzero(can_be)[passes]
    gain = value - near.price[pair[kept]] - night.worth[rows[kept]]
    kept, gain = kept[gain > NOTHING], gain[gain > NOTHING]
    return Openings(rows[kept], cols[kept], change[kept], gain)


def _citizen(match_input: MatchInput, rows: Codes, cols: Codes) -> Numbers:  # noqa: ARG001 - of every rule
    return rows.astype(np.int64)


def _of_citizen(column: Callable[[MatchInput], Floats | Codes | Flags]) -> Alike:
    """Citizens with the same in a column are alike."""

    @once_for_input
    def numbers(match_input: MatchInput) -> Numbers:
        return np.unique(column(match_input), axis=0, return_inverse=True)[1].astype(np.int64).reshape(-1)

    return lambda match_input, rows, _: numbers(match_input)[rows]


def _first_day(match_input: MatchInput, rows: Codes, cols: Codes) -> Numbers:
    return match_input.start_day(rows, cols).astype(np.int64)


def _times(match_input: MatchInput, rows: Codes, cols: Codes) -> Numbers:
    """The citizen's times and the hours a week."""
    hours, number = np.unique(match_input.weekly_hours(rows, cols), return_inverse=True)
    return match_input.citizens.schedule[rows] * np.int64(len(hours)) + number


def _one_need(state: int) -> Alike:
    """The need that closes the place by being in a state; -1 where several do, which no one change answers."""

    def need(match_input: MatchInput, rows: Codes, cols: Codes) -> Numbers:
        needs, closed = match_input.citizens.needs, match_input.needs.closed_by(state)
        number = np.full(len(rows), -1, dtype=np.int64)
        count = np.zeros(len(rows), dtype=np.int64)
        for k in range(needs.shape[1]):
            closing = closed[needs[rows, k], cols]
            number[closing] = needs[rows, k][closing]
            count += closing
        return np.where(count == 1, number, -1)

    return need


def _modes(match_input: MatchInput) -> Codes:
    """Bits of the ways of travelling of each citizen."""
    every = sorted({mode for one in match_input.citizen_values for mode in one.travel_modes})
    bits = {mode: 1 << k for k, mode in enumerate(every)}
    return np.array([sum(bits[mode] for mode in set(one.travel_modes)) for one in match_input.citizen_values])


_ALIKE: Final[Mapping[str, Alike]] = MappingProxyType(
    {
        "open": _of_citizen(lambda match_input: match_input.citizens.ready_on),
        "starts_soon": _of_citizen(lambda match_input: match_input.citizens.ready_on),
        "group_accepted": _of_citizen(lambda match_input: match_input.citizens.target_group),
        "must_needs_met": _one_need(NO),
        "must_needs_stated": _one_need(UNKNOWN),
        "certificates": _of_citizen(lambda match_input: match_input.citizens.certificates),
        "danish_level": _of_citizen(lambda match_input: match_input.citizens.danish_level),
        "hours": _of_citizen(lambda match_input: match_input.citizens.hours_now),
        "schedule": _times,
        "travel": _of_citizen(_modes),
        "additional_employment": _first_day,
    }
)
"""For a rule that alone closes pairs: numbers such that at one slot equal numbers have the same wanted answers.

What a citizen decides alone (more hours, a longer way) is not wanted, and may differ. Rules that are not named are
asked of each pair.
"""
