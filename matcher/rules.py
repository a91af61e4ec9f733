"""Hard rules: each a named mask over citizens x slots. A pair that one rule excludes is absent, never scored zero.

What a rule says, its figures and its dates stand in the rule book of the match input; here is how it is asked. For each
pair that version counts which holds on the first day of its placement; on a day without a version the rule asks
nothing. No rule reads attendance, age, gender, origin or benefit history. What a rule cannot know it does not invent:
the two rules on binding needs close a place that has not stated what a citizen must have (the way to open it is to ask
the company); the others let the pair through and say that it must be confirmed (`to_confirm`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import numpy as np

from matcher.arrays import FORMS, NO, SETTINGS, UNKNOWN, Codes, Flags, MatchInput
from matcher.dated_rules import asks_at, holds_at, holds_throughout, versions_of
from matcher.domain.agreement import PlacementForm, SlotSetting
from matcher.domain.legal import group_periods
from matcher.domain.rulebook import Origin, RuleVersion, Severity
from matcher.domain.statute import (
    ADDITIONAL_EMPLOYMENT,
    COMPANY_ANSWER,
    DECIDED_PROPOSAL,
    FORMER_EMPLOYER,
    GROUP_ACCEPTED,
    GROUP_IN_LAW,
    OPEN,
    STARTS_SOON,
    STATUTE,
)
from matcher.kernels import any_of_entries, any_of_entries_in_block, each_pair, each_pair_of_block, lacks_any, on_list
from matcher.local_rules import lets_through
from matcher.once import once_for_input

Mask: TypeAlias = Callable[[MatchInput, Codes, Codes], Flags]
DatedMask: TypeAlias = Callable[[MatchInput, Codes, Codes, RuleVersion], Flags]


def _nothing(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:  # noqa: ARG001 - the shape of every mask
    return np.zeros(np.broadcast_shapes(rows.shape, cols.shape), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one hard rule is asked.

    Attributes
    ----------
    id : of the rule in the rule book
    mask : (match_input, rows, cols, version) -> bool in the common shape of the index arrays `rows` (citizens) and
        `cols` (slots), True where the version lets the pair through
    unsure : (match_input, rows, cols) -> the same, True where something that the rule asks about is not known; only
        pairs let through count
    """

    id: str
    mask: DatedMask
    unsure: Mask = _nothing

    def lets_through(self, match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
        """Bool in the common shape of `rows` and `cols`: whether the version of each pair's first day lets it through.

        One version that covers every possible first day is asked alone; else each is asked about its own days.
        """
        versions = versions_of(match_input, self.id)
        if len(versions) == 1 and holds_throughout(match_input, versions[0]):
            return self.mask(match_input, rows, cols, versions[0])
        passes = ~_nothing(match_input, rows, cols)
        start = match_input.start_day(rows, cols)
        for version in versions:
            passes &= ~holds_at(version, start) | self.mask(match_input, rows, cols, version)
        return passes

    def passes(self, match_input: MatchInput, rows: Codes) -> Flags:
        """Bool (b, m): whether each of b citizens may be matched with each slot."""
        return self.lets_through(match_input, rows[:, None], every_slot(match_input)[None, :])

    def to_confirm(self, match_input: MatchInput, rows: Codes, slots: Codes | None = None) -> Flags:
        """Bool (b, slots), True where the pair passes only because something is not known; None = every slot."""
        columns, cols = rows[:, None], (every_slot(match_input) if slots is None else slots)[None, :]
        open_question = self.unsure(match_input, columns, cols)
        if not open_question.any():
            return open_question
        return open_question & asks_at(match_input, self.id, match_input.start_day(columns, cols))

    @property
    def danish(self) -> str:
        """What the rule asks in the rule book that every municipality begins with, in its latest version."""
        return STATUTE.periods(self.id)[-1].danish

    @property
    def source(self) -> str:
        """What the rule rests on, as `danish`."""
        return STATUTE.periods(self.id)[-1].source


def every_slot(match_input: MatchInput) -> Codes:
    """Rows of all slots."""
    return np.arange(len(match_input.slots), dtype=np.int32)


def _undated(mask: Mask) -> DatedMask:
    """The mask of a rule without figures."""

    def ask(match_input: MatchInput, rows: Codes, cols: Codes, version: RuleVersion) -> Flags:  # noqa: ARG001
        return mask(match_input, rows, cols)

    return ask


def _open(match_input: MatchInput, rows: Codes, cols: Codes, version: RuleVersion) -> Flags:
    slots, days = match_input.slots, int(version.parameters["least_days_left"])
    least = np.where(slots.setting[cols] == SETTINGS.index(SlotSetting.SMALL_JOB), 0, days)
    open_long_enough: Flags = match_input.start_day(rows, cols) <= slots.closes_on[cols] - least
    return open_long_enough & (slots.capacity[cols] > 0)


def _starts_soon(match_input: MatchInput, rows: Codes, cols: Codes, version: RuleVersion) -> Flags:
    horizon_days = 7 * int(version.parameters["horizon_weeks"])
    soon: Flags = match_input.start_day(rows, cols) <= match_input.on.toordinal() + horizon_days
    return soon


def _group_accepted(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    accepted: Flags = match_input.slots.accepts_group[cols, match_input.citizens.target_group[rows]]
    return accepted


def _group_in_law(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    group = match_input.citizens.target_group[rows]
    first, last = match_input.on, date.fromordinal(match_input.last_start_day)
    changing = [g for g, code in enumerate(match_input.target_groups) if not _exists_throughout(code, first, last)]
    if not changing:
        return ~_nothing(match_input, rows, cols)
    start = match_input.start_day(rows, cols)
    exists = ~np.isin(group, changing) | np.zeros(start.shape, dtype=np.bool_)
    for g in changing:
        for period in group_periods(match_input.target_groups[g]):
            begun, ended = period.valid_from.toordinal(), (period.valid_to or date.max).toordinal()
            exists |= (group == g) & (start >= begun) & (start <= ended)
    return exists


def _exists_throughout(code: str, first: date, last: date) -> bool:
    return any(one.valid_on(first) and one.valid_on(last) for one in group_periods(code))


def _unmet(match_input: MatchInput, rows: Codes, cols: Codes, state: int) -> Flags:
    """Whether any binding need is in a state that closes the place."""
    needs, closed = match_input.citizens.needs, match_input.needs.closed_by(state)
    unmet: Flags
    if rows.ndim == 2 and rows.shape[1] == 1 and cols.ndim == 2 and cols.shape[0] == 1:
        unmet = each_pair_of_block(any_of_entries_in_block, rows, cols, needs, closed)
    else:
        unmet = each_pair(any_of_entries, rows, cols, needs, closed)
    return unmet


def _needs_met(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    return ~_unmet(match_input, rows, cols, NO)


def _needs_stated(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    return ~_unmet(match_input, rows, cols, UNKNOWN)


def _certificates(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    held, asked = match_input.citizens.certificates, match_input.slots.certificates
    has_all: Flags = ~each_pair(lacks_any, rows, cols, held, asked)
    return has_all


def _danish(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    level = match_input.citizens.danish_level[rows]
    reaches: Flags = (level >= match_input.slots.danish_level[cols]) | (level == UNKNOWN)
    return reaches


def _danish_unknown(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    unknown: Flags = match_input.citizens.danish_level[rows] == UNKNOWN
    return unknown & (match_input.slots.danish_level[cols] > 0)


def _hours(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    enough: Flags = match_input.slots.hours_from[cols] <= match_input.citizens.hours_now[rows]
    return enough


def _schedule(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    fits: Flags = match_input.shared_hours(rows, cols) >= match_input.weekly_hours(rows, cols)
    return fits


def _travel(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    too_far: Flags = match_input.travel.minutes(rows, cols) > match_input.citizens.longest_travel_minutes[rows]
    return ~too_far


def _travel_unknown(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    return np.isnan(match_input.travel.minutes(rows, cols))


def listed(match_input: MatchInput, companies: Codes, rows: Codes, cols: Codes) -> Flags:
    """Whether the slot's company stands on the citizen's padded list; `rows` and `cols` broadcast."""
    found: Flags = each_pair(on_list, rows, cols, companies, match_input.slots.company)
    return found


def _wishes_against(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    return ~listed(match_input, match_input.citizens.wishes_against, rows, cols)


def _not_again(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    return ~listed(match_input, match_input.citizens.not_again, rows, cols)


def _former_employer(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    return ~listed(match_input, match_input.citizens.former_employers, rows, cols)


def _additional_employment(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    may: Flags = match_input.slots.additional_employment[cols] != NO
    return np.broadcast_to(may, np.broadcast_shapes(rows.shape, cols.shape))


def _additional_employment_unknown(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    unknown: Flags = match_input.slots.additional_employment[cols] == UNKNOWN
    return np.broadcast_to(unknown, np.broadcast_shapes(rows.shape, cols.shape))


def _company_answer(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    may: Flags = ~match_input.declined_slots[cols]
    return np.broadcast_to(may, np.broadcast_shapes(rows.shape, cols.shape))


def _decided_proposal(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    rejected = match_input.rejected_pairs
    if not rejected.size:
        return ~_nothing(match_input, rows, cols)
    pairs = rows.astype(np.int64) * len(match_input.slots) + cols
    return np.asarray(~np.isin(pairs, rejected))


def _flexi_job(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    approved = np.array([code == FLEXI_JOB_GROUP for code in match_input.target_groups], dtype=np.bool_)
    flexi: Flags = match_input.slots.form[cols] == FORMS.index(PlacementForm.FLEXI_JOB)
    return approved[match_input.citizens.target_group[rows]] | ~flexi


def _municipality(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    same: Flags = match_input.citizens.municipality[rows] == match_input.slots.municipality[cols]
    return same


FLEXI_JOB_GROUP: Final = "flexi_job_approved"
"""Code of the target group that flexi-jobs are for."""

RULES: Final[tuple[Rule, ...]] = (
    Rule("municipality", _undated(_municipality)),
    Rule(OPEN, _open),
    Rule(STARTS_SOON, _starts_soon),
    Rule(GROUP_IN_LAW, _undated(_group_in_law)),
    Rule(GROUP_ACCEPTED, _undated(_group_accepted)),
    Rule("flexi_job", _undated(_flexi_job)),
    Rule("must_needs_met", _undated(_needs_met)),
    Rule("must_needs_stated", _undated(_needs_stated)),
    Rule("certificates", _undated(_certificates)),
    Rule("danish_level", _undated(_danish), _danish_unknown),
    Rule("hours", _undated(_hours)),
    Rule("schedule", _undated(_schedule)),
    Rule("travel", _undated(_travel), _travel_unknown),
    Rule("wishes_against", _undated(_wishes_against)),
    Rule("not_again", _undated(_not_again)),
    Rule(FORMER_EMPLOYER, _undated(_former_employer)),
    Rule(COMPANY_ANSWER, _undated(_company_answer)),
    Rule(DECIDED_PROPOSAL, _undated(_decided_proposal)),
    Rule(ADDITIONAL_EMPLOYMENT, _undated(_additional_employment), _additional_employment_unknown),
)
"""The rules that every municipality begins with; those it adds come after them (`rules_of`)."""


@once_for_input
def rules_of(match_input: MatchInput) -> tuple[Rule, ...]:
    """Every hard rule of a match input: RULES, then the municipality's own by id."""
    return (*RULES, *_local_rules(match_input))


def every_rule_lets_through(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    """Whether all rules let each pair through; `rows` and `cols` broadcast."""
    passes: Flags = np.logical_and.reduce(
        [rule.lets_through(match_input, rows, cols) for rule in rules_of(match_input)]
    )
    return passes


def rule_version(match_input: MatchInput, rule_id: str, citizen_row: int, slot_row: int) -> RuleVersion | None:
    """The version of a rule that holds on the first day of a pair's placement; None where none does."""
    row, col = np.array([citizen_row], dtype=np.int32), np.array([slot_row], dtype=np.int32)
    starts_on = date.fromordinal(int(match_input.start_day(row, col)[0]))
    return next((one for one in match_input.rulebook.periods(rule_id) if one.valid_on(starts_on)), None)


def _local_rules(match_input: MatchInput) -> tuple[Rule, ...]:
    book = match_input.rulebook
    return tuple(
        Rule(id_, lets_through)
        for id_ in book.of_origin(Origin.LOCAL)
        if any(version.severity is Severity.CLOSES for version in book.periods(id_))
    )


_OF_BLOCKS: Final = (
    "municipality",
    "hours",
    "starts_soon",
    "open",
    "flexi_job",
    "danish_level",
    "company_answer",
    "additional_employment",
    "must_needs_met",
    "must_needs_stated",
)
"""A comparison or two of columns, or whole rows of a table at a time: asked of whole blocks."""
_SELECTIVE: Final = ("travel",)
"""Asked next, of the pairs that are left; all others come last, together. The order changes the time only."""


def _named(names: Sequence[str]) -> tuple[Rule, ...]:
    by_id = {rule.id: rule for rule in RULES}
    return tuple(by_id[name] for name in names)


_FIRST, _NEXT = _named(_OF_BLOCKS), _named(_SELECTIVE)
_LAST: Final = tuple(rule for rule in RULES if rule not in (*_FIRST, *_NEXT))


def eligible_pairs(match_input: MatchInput, rows: Codes, cols: Codes) -> tuple[Codes, Codes]:
    """Eligible pairs of some citizens with some slots: (citizens, slots), int32, sorted as `rows`, then as `cols`.

    Every rule lets them through; dear rules are asked only about pairs that the others leave.
    """
    block = ~_nothing(match_input, rows[:, None], cols[None, :])
    for rule in _FIRST:
        block &= rule.lets_through(match_input, rows[:, None], cols[None, :])
    citizen = np.repeat(rows, np.count_nonzero(block, axis=1))
    slot = np.broadcast_to(cols, block.shape)[block]
    for rules in (*((rule,) for rule in _NEXT), (*_LAST, *_local_rules(match_input))):
        passes = np.logical_and.reduce([rule.lets_through(match_input, citizen, slot) for rule in rules])
        kept = np.flatnonzero(passes)
        citizen, slot = citizen.take(kept), slot.take(kept)
    return citizen, slot
