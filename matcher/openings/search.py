"""The smallest sets of changes that let a pair through every rule, found by applying them and asking the rules again.

From a closed pair the first failed rule is answered in each way there is (`matcher.remedies`), the rules are asked
again, and so on until nothing fails or MOST_CHANGES are spent. A set of which a part would do is left out. All pairs of
a depth are asked together.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from matcher.arrays import Flags, Floats, MatchInput, SlotContext
from matcher.domain.citizen import Citizen
from matcher.domain.validation import InvalidValueError
from matcher.openings.changes import Change, Situation, apply_all
from matcher.openings.remedies import Alternatives, remedies
from matcher.pair import Pair, Pairs
from matcher.rules import rules_of
from matcher.scoring import pair_values
from matcher.weights import HAND_SET, Weights

MOST_CHANGES: Final = 3
"""Nobody opens a place with four changes. Assumption."""

ANSWERED_BY_OTHERS: Final = frozenset({"schedule"})
"""Rules without an answer of their own that may pass once another rule is answered: fewer hours need less time."""

Vary: TypeAlias = Callable[[MatchInput, Sequence[tuple[int, Citizen]], Sequence[tuple[int, SlotContext]]], MatchInput]
"""Changed citizens and slots, each with the row it is a change of, as a match input of their own."""


class Trial(NamedTuple):
    """A pair, by its rows, after some changes."""

    citizen_row: int
    slot_row: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, eq=False)
class Checked:
    """A trial after the rules have been asked: the changed pair, the rules it still fails, its value.

    `closed_by` are the rules that the pair failed before any change.
    """

    trial: Trial
    pair: Pair
    failed: tuple[str, ...]
    value: float
    closed_by: tuple[str, ...] = ()


class _Variants:
    """Distinct changed values, each built once."""

    def __init__(self, match_input: MatchInput) -> None:
        self._match_input = match_input
        self._citizen_index: dict[tuple[int, tuple[Change, ...]], int] = {}
        self._slot_index: dict[tuple[int, tuple[Change, ...]], int] = {}
        self.citizens: list[tuple[int, Citizen]] = []
        self.contexts: list[tuple[int, SlotContext]] = []

    def place(self, trial: Trial) -> tuple[int, int]:
        """Row of the changed citizen and of the changed slot; InvalidValueError where a change cannot be."""
        row, col, changes = trial
        before = Situation(self._match_input.citizen_values[row], self._match_input.slot_values[col])
        own = (row, tuple(change for change in changes if change.on_citizen))
        places = (col, tuple(change for change in changes if not change.on_citizen))
        if own not in self._citizen_index:
            self.citizens.append((row, apply_all(own[1], before).citizen))
            self._citizen_index[own] = len(self.citizens) - 1
        if places not in self._slot_index:
            self.contexts.append((col, apply_all(places[1], before).context))
            self._slot_index[places] = len(self.contexts) - 1
        return self._citizen_index[own], self._slot_index[places]


def check_trials(
    match_input: MatchInput, trials: Iterable[Trial], vary: Vary, weights: Weights = HAND_SET
) -> list[Checked]:
    """Every rule asked again about every trial; trials that cannot be built are left out."""
    variants, placed, kept = _Variants(match_input), [], []
    for trial in trials:
        try:
            placed.append(variants.place(trial))
        except InvalidValueError:
            continue
        kept.append(trial)
    if not kept:
        return []
    varied = vary(match_input, variants.citizens, variants.contexts)
    rows, cols = (np.array(index, dtype=np.int32) for index in zip(*placed, strict=True))
    rules = rules_of(varied)
    passes: Flags = np.array([rule.lets_through(varied, rows, cols) for rule in rules])
    values: Floats = pair_values(varied, rows, cols, weights)
    pairs = Pairs(varied, rows, cols)
    return [
        Checked(
            trial,
            pairs.pair(e),
            tuple(rule.id for rule, passed in zip(rules, passes[:, e], strict=True) if not passed),
            float(values[e]),
        )
        for e, trial in enumerate(kept)
    ]


def minimal_sets(
    match_input: MatchInput,
    pairs: Iterable[tuple[int, int]],
    vary: Vary,
    *,
    weights: Weights = HAND_SET,
    most_changes: int = MOST_CHANGES,
) -> list[Checked]:
    """For each pair every smallest set of changes, of at most `most_changes`, after which all rules let it through.

    A pair that nothing closes has the empty set.
    """
    opened: list[Checked] = []
    closed_by: dict[tuple[int, int], tuple[str, ...]] = {}
    frontier = [Trial(row, col, ()) for row, col in pairs]
    seen = set(frontier)
    while frontier:
        checked = check_trials(match_input, frontier, vary, weights)
        frontier = []
        for one in checked:
            before = closed_by.setdefault(one.trial[:2], one.failed)
            if not one.failed:
                opened.append(replace(one, closed_by=before))
            for trial in _answers(one, most_changes):
                if trial not in seen:
                    seen.add(trial)
                    frontier.append(trial)
    return _without_spare_parts(match_input, opened, vary, weights)


def _answers(checked: Checked, most_changes: int) -> list[Trial]:
    """Trials that answer the first failed rule that has answers."""
    row, col, changes = checked.trial
    room = most_changes - len(changes)
    return [
        Trial(row, col, ordered((*changes, *together)))
        for together in first_answers(checked.pair, checked.failed)
        if len(together) <= room and not matters(together) & matters(changes)
    ]


def first_answers(pair: Pair, failed: Sequence[str]) -> Alternatives:
    """The answers to the first failed rule that has any; none where a failed rule can never be answered."""
    answers = {rule_id: remedies(rule_id, pair) for rule_id in failed}
    if any(not found and rule_id not in ANSWERED_BY_OTHERS for rule_id, found in answers.items()):
        return ()
    return next(filter(None, answers.values()), ())


def matters(changes: tuple[Change, ...]) -> set[tuple[str, object]]:
    """What changes are about: needs by their condition, certificates by their code, others by their kind.

    What has been tried on one matter and did not do is not tried again in another way.
    """
    return {(change.kind, getattr(change, "condition", getattr(change, "code", None))) for change in changes}


def ordered(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=repr))


def _without_spare_parts(match_input: MatchInput, opened: list[Checked], vary: Vary, weights: Weights) -> list[Checked]:
    """Those of which no smaller part opens the pair, in the order of pairs, then size."""
    parts = {
        Trial(one.trial.citizen_row, one.trial.slot_row, part)
        for one in opened
        for size in range(1, len(one.trial.changes))
        for part in combinations(one.trial.changes, size)
    }
    ordered = sorted(parts, key=repr)
    enough = {part.trial for part in check_trials(match_input, ordered, vary, weights) if not part.failed}
    kept = []
    for one in opened:
        row, col, changes = one.trial
        smaller = (part for size in range(1, len(changes)) for part in combinations(changes, size))
        if not any(Trial(row, col, part) in enough for part in smaller):
            kept.append(one)
    return sorted(kept, key=lambda one: (one.trial.citizen_row, one.trial.slot_row, len(one.trial.changes)))
