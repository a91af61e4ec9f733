"""Hard rules: each a named mask over citizens x slots. A pair that one rule excludes is absent, never scored zero.

No rule reads attendance, age, gender, origin or benefit history. What a rule cannot know it does not invent: the two
rules on binding needs close a place that has not stated what a citizen must have (the way to open it is to ask the
company); the others let the pair through and say that it must be confirmed (`to_confirm`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from matcher.arrays import FORMS, NO, SETTINGS, UNKNOWN, Codes, Flags, MatchInput
from matcher.domain.agreement import PlacementForm, SlotSetting
from matcher.domain.legal import ADDITIONAL_EMPLOYMENT, LEGAL_RULES
from matcher.kernels import any_of_entries, any_of_entries_in_block, each_pair, each_pair_of_block, lacks_any, on_list

Mask: TypeAlias = Callable[[MatchInput, Codes, Codes], Flags]

PLANNING_HORIZON_DAYS: Final = 8 * 7
"""A placement that cannot begin within 8 weeks is for a later plan. Assumption: joint meetings are every 2 months."""
LEAST_DAYS_LEFT: Final = 14
"""A place that closes sooner after the start is not worth starting at. Assumption; small jobs may last a day."""
PRACTICE: Final = "Kommunal praksis"


def _nothing(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:  # noqa: ARG001 - the shape of every mask
    return np.zeros(np.broadcast_shapes(rows.shape, cols.shape), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Rule:
    """One hard rule.

    Attributes
    ----------
    id : stable name, used in records and interfaces
    danish : what the rule asks, as a full Danish sentence
    source : law, study or practice that it rests on
    lets_through : (match_input, rows, cols) -> bool in the common shape of the index arrays `rows` (citizens) and
        `cols` (slots), True where the pair may be matched
    unsure : the same, True where something that the rule asks about is not known; only pairs let through count
    """

    id: str
    danish: str
    source: str
    lets_through: Mask
    unsure: Mask = _nothing

    def passes(self, match_input: MatchInput, rows: Codes) -> Flags:
        """Bool (b, m): whether each of b citizens may be matched with each slot."""
        return self.lets_through(match_input, rows[:, None], every_slot(match_input)[None, :])

    def to_confirm(self, match_input: MatchInput, rows: Codes) -> Flags:
        """Bool (b, m), True where the pair passes only because something is not known."""
        return self.unsure(match_input, rows[:, None], every_slot(match_input)[None, :])


def every_slot(match_input: MatchInput) -> Codes:
    """Rows of all slots."""
    return np.arange(len(match_input.slots), dtype=np.int32)


def _open(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    slots = match_input.slots
    least = np.where(slots.setting[cols] == SETTINGS.index(SlotSetting.SMALL_JOB), 0, LEAST_DAYS_LEFT)
    open_long_enough: Flags = match_input.start_day(rows, cols) <= slots.closes_on[cols] - least
    return open_long_enough & (slots.capacity[cols] > 0)


def _starts_soon(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    soon: Flags = match_input.start_day(rows, cols) <= match_input.on.toordinal() + PLANNING_HORIZON_DAYS
    return soon


def _target_group(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    accepted: Flags = match_input.slots.accepts_group[cols, match_input.citizens.target_group[rows]]
    return accepted


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


def _flexi_job(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    approved = np.array([code == FLEXI_JOB_GROUP for code in match_input.target_groups], dtype=np.bool_)
    flexi: Flags = match_input.slots.form[cols] == FORMS.index(PlacementForm.FLEXI_JOB)
    return approved[match_input.citizens.target_group[rows]] | ~flexi


def _municipality(match_input: MatchInput, rows: Codes, cols: Codes) -> Flags:
    same: Flags = match_input.citizens.municipality[rows] == match_input.slots.municipality[cols]
    return same


def _legal_source(rule_id: str) -> str:
    return next(rule.source for rule in LEGAL_RULES if rule.id == rule_id)


FLEXI_JOB_GROUP: Final = "flexi_job_approved"
"""Code of the target group that flexi-jobs are for."""

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "municipality",
        "Borgeren og aftalen hører til samme kommune.",
        PRACTICE,
        _municipality,
    ),
    Rule(
        "open",
        "Pladsen og aftalen er åbne, når forløbet kan begynde, og mindst 2 uger frem (småjob: den dag, det begynder).",
        "Samarbejdsaftalen",
        _open,
    ),
    Rule(
        "starts_soon",
        "Forløbet kan begynde inden for 8 uger.",
        PRACTICE,
        _starts_soon,
    ),
    Rule(
        "target_group",
        "Pladsen tager imod borgerens målgruppe, og målgruppen findes i loven på dagen.",
        "Samarbejdsaftalen; VEJL nr. 9641 af 17/6/2022",
        _target_group,
    ),
    Rule(
        "flexi_job",
        "Et fleksjob forudsætter, at borgeren er visiteret til fleksjob.",
        "Lov om en aktiv beskæftigelsesindsats § 116",
        _flexi_job,
    ),
    Rule(
        "must_needs_met",
        "Pladsen opfylder alle borgerens ufravigelige skånehensyn.",
        "Henvisningen fra den koordinerende sagsbehandler",
        _needs_met,
    ),
    Rule(
        "must_needs_stated",
        "Virksomheden har oplyst de forhold, som borgerens ufravigelige skånehensyn handler om.",
        "Henvisningen fra den koordinerende sagsbehandler",
        _needs_stated,
    ),
    Rule(
        "certificates",
        "Borgeren har de certifikater, som pladsen kræver.",
        "Samarbejdsaftalen",
        _certificates,
    ),
    Rule(
        "danish_level",
        "Borgerens danskniveau svarer mindst til det, som pladsen kræver.",
        "Samarbejdsaftalen",
        _danish,
        _danish_unknown,
    ),
    Rule(
        "hours",
        "Pladsen kan begynde med det timetal, som borgeren kan klare nu.",
        "Henvisningen og samarbejdsaftalen",
        _hours,
    ),
    Rule(
        "schedule",
        "Der er timer nok på de dage og tidspunkter, hvor både borgeren og pladsen kan.",
        "Henvisningen og samarbejdsaftalen",
        _schedule,
    ),
    Rule(
        "travel",
        "Rejsetiden er højst den, som borgeren kan klare.",
        "Henvisningen",
        _travel,
        _travel_unknown,
    ),
    Rule(
        "wishes_against",
        "Borgeren har ikke frabedt sig virksomheden.",
        "Borgerens eget valg",
        _wishes_against,
    ),
    Rule(
        "not_again",
        "Virksomheden har ikke frabedt sig borgeren.",
        "Virksomhedens eget valg",
        _not_again,
    ),
    Rule(
        "former_employer",
        "Virksomheden er ikke borgerens tidligere arbejdsgiver, medmindre en jobkonsulent tillader det.",
        PRACTICE,
        _former_employer,
    ),
    Rule(
        "additional_employment",
        "Ved løntilskud svarer de ordinært ansatte seneste måned mindst til gennemsnittet af de seneste 12 måneder.",
        _legal_source(ADDITIONAL_EMPLOYMENT),
        _additional_employment,
        _additional_employment_unknown,
    ),
)


_OF_BLOCKS: Final = (
    "municipality",
    "hours",
    "starts_soon",
    "open",
    "flexi_job",
    "danish_level",
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
    for rules in (*((rule,) for rule in _NEXT), _LAST):
        passes = np.logical_and.reduce([rule.lets_through(match_input, citizen, slot) for rule in rules])
        kept = np.flatnonzero(passes)
        citizen, slot = citizen.take(kept), slot.take(kept)
    return citizen, slot
