"""Hard rules: each a named mask over citizens x slots. A pair that one rule excludes is absent, never scored zero.

No rule reads attendance, age, gender, origin or benefit history. What a rule cannot know it does not invent: the two
rules on binding needs close a place that has not stated what a citizen must have (the way to open it is to ask the
company); the others let the pair through and say that it must be confirmed (`to_confirm`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from matcher.arrays import FORMS, NO, SETTINGS, UNKNOWN, Codes, Flags, MatchInput
from matcher.domain.agreement import PlacementForm, SlotSetting
from matcher.domain.legal import ADDITIONAL_EMPLOYMENT, LEGAL_RULES

Mask: TypeAlias = Callable[[MatchInput, Codes], Flags]

PLANNING_HORIZON_DAYS: Final = 8 * 7
"""A placement that cannot begin within 8 weeks is for a later plan. Assumption: joint meetings are every 2 months."""
LEAST_DAYS_LEFT: Final = 14
"""A place that closes sooner after the start is not worth starting at. Assumption; small jobs may last a day."""
PRACTICE: Final = "Kommunal praksis"


def _nothing(match_input: MatchInput, rows: Codes) -> Flags:
    return np.zeros((len(rows), len(match_input.slots)), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Rule:
    """One hard rule.

    Attributes
    ----------
    id : stable name, used in records and interfaces
    danish : what the rule asks, as a full Danish sentence
    source : law, study or practice that it rests on
    passes : (match_input, citizen rows of length b) -> bool (b, m), True where the pair may be matched
    to_confirm : the same shape, True where the pair passes only because something is not known
    """

    id: str
    danish: str
    source: str
    passes: Mask
    to_confirm: Mask = _nothing


def _columns(match_input: MatchInput) -> Codes:
    return np.arange(len(match_input.slots), dtype=np.int32)[None, :]


def _open(match_input: MatchInput, rows: Codes) -> Flags:
    slots = match_input.slots
    least = np.where(slots.setting == SETTINGS.index(SlotSetting.SMALL_JOB), 0, LEAST_DAYS_LEFT)
    start = match_input.start_day(rows[:, None], _columns(match_input))
    open_long_enough: Flags = start <= (slots.closes_on - least)[None, :]
    return open_long_enough & (slots.capacity > 0)[None, :]


def _starts_soon(match_input: MatchInput, rows: Codes) -> Flags:
    start = match_input.start_day(rows[:, None], _columns(match_input))
    soon: Flags = start <= match_input.on.toordinal() + PLANNING_HORIZON_DAYS
    return soon


def _target_group(match_input: MatchInput, rows: Codes) -> Flags:
    accepted: Flags = match_input.slots.accepts_group.T[match_input.citizens.target_group[rows]]
    return accepted


def _unmet(match_input: MatchInput, rows: Codes, state: int) -> Flags:
    """Whether any binding need is in a state that closes the place."""
    table = match_input.needs
    closing = (table.state == state) & table.binding[:, None]
    needs = match_input.citizens.needs[rows]
    unmet = _nothing(match_input, rows)
    for k in range(needs.shape[1]):
        has_need = np.flatnonzero(needs[:, k] < len(table.needs))
        unmet[has_need] |= closing[needs[has_need, k]]
    return unmet


def _needs_met(match_input: MatchInput, rows: Codes) -> Flags:
    return ~_unmet(match_input, rows, NO)


def _needs_stated(match_input: MatchInput, rows: Codes) -> Flags:
    return ~_unmet(match_input, rows, UNKNOWN)


def _certificates(match_input: MatchInput, rows: Codes) -> Flags:
    lacks = (~match_input.citizens.certificates[rows]).astype(np.float32)
    missing = lacks @ match_input.slots.certificates.T.astype(np.float32)
    has_all: Flags = np.asarray(missing == 0)
    return has_all


def _danish(match_input: MatchInput, rows: Codes) -> Flags:
    level: Codes = match_input.citizens.danish_level[rows][:, None]
    reaches: Flags = (level >= match_input.slots.danish_level[None, :]) | (level == UNKNOWN)
    return reaches


def _danish_unknown(match_input: MatchInput, rows: Codes) -> Flags:
    unknown: Flags = match_input.citizens.danish_level[rows][:, None] == UNKNOWN
    return unknown & (match_input.slots.danish_level > 0)[None, :]


def _hours(match_input: MatchInput, rows: Codes) -> Flags:
    enough: Flags = match_input.slots.hours_from[None, :] <= match_input.citizens.hours_now[rows][:, None]
    return enough


def _schedule(match_input: MatchInput, rows: Codes) -> Flags:
    shared = match_input.common_hours[match_input.citizens.schedule[rows]][:, match_input.slots.schedule]
    fits: Flags = shared >= match_input.weekly_hours(rows[:, None], _columns(match_input))
    return fits


def _travel(match_input: MatchInput, rows: Codes) -> Flags:
    minutes = match_input.travel.minutes(rows[:, None], _columns(match_input))
    return ~(minutes > match_input.citizens.longest_travel_minutes[rows][:, None])


def _travel_unknown(match_input: MatchInput, rows: Codes) -> Flags:
    return np.isnan(match_input.travel.minutes(rows[:, None], _columns(match_input)))


def listed(match_input: MatchInput, companies: Codes, rows: Codes, cols: Codes) -> Flags:
    """Whether the slot's company stands on the citizen's padded list; `rows` and `cols` broadcast."""
    company = match_input.slots.company[cols]
    found = np.zeros(np.broadcast_shapes(rows.shape, cols.shape), dtype=np.bool_)
    for k in range(companies.shape[1]):
        found |= companies[rows, k] == company
    return found


def _not_listed(match_input: MatchInput, companies: Codes, rows: Codes) -> Flags:
    passes = ~_nothing(match_input, rows)
    cols = _columns(match_input)
    on_list = np.flatnonzero((companies[rows] >= 0).any(axis=1))
    passes[on_list] = ~listed(match_input, companies, rows[on_list, None], cols)
    return passes


def _wishes_against(match_input: MatchInput, rows: Codes) -> Flags:
    return _not_listed(match_input, match_input.citizens.wishes_against, rows)


def _not_again(match_input: MatchInput, rows: Codes) -> Flags:
    return _not_listed(match_input, match_input.citizens.not_again, rows)


def _former_employer(match_input: MatchInput, rows: Codes) -> Flags:
    return _not_listed(match_input, match_input.citizens.former_employers, rows)


def _additional_employment(match_input: MatchInput, rows: Codes) -> Flags:
    may: Flags = match_input.slots.additional_employment != NO
    return np.broadcast_to(may, (len(rows), len(may)))


def _additional_employment_unknown(match_input: MatchInput, rows: Codes) -> Flags:
    unknown: Flags = match_input.slots.additional_employment == UNKNOWN
    return np.broadcast_to(unknown, (len(rows), len(unknown)))


def _flexi_job(match_input: MatchInput, rows: Codes) -> Flags:
    group = FLEXI_JOB_GROUP
    approved = np.array([code == group for code in match_input.target_groups])[match_input.citizens.target_group[rows]]
    flexi: Flags = match_input.slots.form == FORMS.index(PlacementForm.FLEXI_JOB)
    return approved[:, None] | ~flexi[None, :]


def _municipality(match_input: MatchInput, rows: Codes) -> Flags:
    same: Flags = match_input.citizens.municipality[rows][:, None] == match_input.slots.municipality[None, :]
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


def passes_all(match_input: MatchInput, rows: Codes) -> Flags:
    """Eligible pairs: bool (b, m), True where every rule passes."""
    eligible = ~_nothing(match_input, rows)
    for rule in RULES:
        eligible &= rule.passes(match_input, rows)
    return eligible
