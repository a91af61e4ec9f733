"""Openings of places where the reasonableness rule leaves too little: what makes room changes the pair, so that every
rule is asked again about it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from matcher.arrays import MatchInput
from matcher.openings.market import Market
from matcher.openings.search import Checked, Trial, Vary, check_trials, matters, ordered
from matcher.weights import Weights


def with_room(
    match_input: MatchInput,
    found: Sequence[Checked],
    market: Market,
    vary: Vary,
    *,
    weights: Weights,
    most_changes: int,
) -> list[Checked]:
    """The sets where there is room, and the others with what makes room; none of which a part would do."""
    kept: list[Checked] = []
    closed_by: dict[Trial, tuple[str, ...]] = {}
    for one in found:
        ways = market.room(one.pair, one.trial.slot_row)
        if ways is None:
            kept.append(one)
            continue
        for way in ways:
            if len(way) + len(one.trial.changes) <= most_changes and not matters(way) & matters(one.trial.changes):
                closed_by[one.trial._replace(changes=ordered((*one.trial.changes, *way)))] = one.closed_by
    tried = _that_open(match_input, list(closed_by), market, vary, weights)
    parts = {part for one in tried for part in _parts(one.trial)}
    enough = {one.trial for one in _that_open(match_input, sorted(parts, key=repr), market, vary, weights)}
    kept += [replace(one, closed_by=closed_by[one.trial]) for one in tried if enough.isdisjoint(_parts(one.trial))]
    return kept


def _that_open(
    match_input: MatchInput, trials: Sequence[Trial], market: Market, vary: Vary, weights: Weights
) -> list[Checked]:
    """Trials that every rule lets through and for which there is room."""
    checked = check_trials(match_input, trials, vary, weights)
    return [one for one in checked if not one.failed and market.has_room(one.pair, *one.trial[1:])]


def _parts(trial: Trial) -> set[Trial]:
    """The trial with every proper part of its changes."""
    changes = trial.changes
    return {trial._replace(changes=part) for size in range(len(changes)) for part in combinations(changes, size)}
