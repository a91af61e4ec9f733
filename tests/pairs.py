"""Match inputs from a few domain values, an independent reading of the hard rules, and pair features held as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from features.vectorise import vectorise
from matcher.arrays import Codes, Flags, Floats, MatchInput, SlotContext
from matcher.domain.agreement import PlacementForm, Slot, SlotSetting
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.domain.conditions import Strength, level_of
from matcher.domain.contact import Contact
from matcher.domain.decided import DecidedPair
from matcher.domain.legal import TARGET_GROUPS, has_additional_employment
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import STATUTE
from matcher.rules import RULES, rules_of
from matcher.terms import TERMS
from tests.builders import ON, a_citizen, a_company, a_slot, a_worksite, an_agreement


def input_of(
    citizens: Sequence[Citizen],
    slots: Sequence[Slot],
    *,
    company: Company | None = None,
    agreement: Mapping[str, Any] | None = None,
    on: date = ON,
    rulebook: RuleBook = STATUTE,
    contacts: Sequence[Contact] = (),
    decided: Sequence[DecidedPair] = (),
) -> MatchInput:
    """Citizens against the slots of one agreement with one company."""
    agreements = [an_agreement(slots=tuple(slots), **(agreement or {}))] if slots else []
    companies = [company or a_company()]
    return vectorise(citizens, companies, agreements, on=on, rulebook=rulebook, contacts=contacts, decided=decided)


def pair_of(
    citizen: Mapping[str, Any] | None = None,
    slot: Mapping[str, Any] | None = None,
    *,
    company: Mapping[str, Any] | None = None,
    worksite: Mapping[str, Any] | None = None,
    agreement: Mapping[str, Any] | None = None,
    on: date = ON,
    rulebook: RuleBook = STATUTE,
    contacts: Sequence[Contact] = (),
    decided: Sequence[DecidedPair] = (),
) -> MatchInput:
    """One citizen against one slot, each as the builders make it but for what is named."""
    place = a_company(worksites=(a_worksite(**(worksite or {})),), **(company or {}))
    people, slots = [a_citizen(**(citizen or {}))], [a_slot(**(slot or {}))]
    return input_of(
        people,
        slots,
        company=place,
        agreement=agreement,
        on=on,
        rulebook=rulebook,
        contacts=contacts,
        decided=decided,
    )


ROW: Codes = np.zeros(1, dtype=np.int32)


def failed(match_input: MatchInput) -> set[str]:
    """Ids of the rules that exclude the only pair."""
    return {rule.id for rule in rules_of(match_input) if not rule.passes(match_input, ROW)[0, 0]}


def unsure(match_input: MatchInput) -> set[str]:
    """Ids of the rules that the only pair passes only because something is not known."""
    return {rule.id for rule in RULES if rule.to_confirm(match_input, ROW)[0, 0]}


def term(match_input: MatchInput, term_id: str) -> float:
    """Score of a term of the only pair; NaN where not known."""
    return float(next(one for one in TERMS if one.id == term_id).score(match_input, ROW, ROW)[0])


def applies(match_input: MatchInput, term_id: str) -> bool:
    """Whether a term concerns the only citizen."""
    return bool(next(one for one in TERMS if one.id == term_id).applies(match_input, ROW)[0])


class TabledGoal:
    """Goal fit read from a table (n, m)."""

    def __init__(self, table: Floats) -> None:
        self.table = table

    def fit(self, rows: Codes, cols: Codes) -> Floats:
        return self.table[rows, cols]

    def best_goal(self, rows: Codes, cols: Codes) -> Codes:
        return np.where(np.isnan(self.table[rows, cols]), -1, 0).astype(np.int32)


def with_goal_table(match_input: MatchInput, table: Floats) -> MatchInput:
    """The same input with another goal fit, and goals that are sure."""
    known = np.ones(len(match_input.citizens))
    return replace(match_input, goal=TabledGoal(table), citizens=replace(match_input.citizens, goal_confidence=known))


def excluded_by(citizen: Citizen, context: SlotContext, minutes: float, on: date = ON) -> set[str]:
    """Ids of the rules that exclude a pair, read from the domain values one by one: the oracle for the masks."""
    slot, agreement, company = context.slot, context.agreement, context.company
    out: set[str] = set()
    if citizen.municipality != agreement.municipality:
        out.add("municipality")
    out |= _excluded_by_dates(citizen, context, on)
    start = _first_day(citizen, context, on)
    if not any(group.code == citizen.target_group and group.valid_on(start) for group in TARGET_GROUPS):
        out.add("group_in_law")
    if slot.target_groups and citizen.target_group not in slot.target_groups:
        out.add("group_accepted")
    if slot.form is PlacementForm.FLEXI_JOB and citizen.target_group != "flexi_job_approved":
        out.add("flexi_job")
    for need in citizen.accommodations:
        met = need.met_by(level_of(slot.demands, need.condition))
        if need.strength is Strength.MUST and not met:
            out.add("must_needs_stated" if met is None else "must_needs_met")
    if not set(slot.certificates) <= set(citizen.certificates):
        out.add("certificates")
    level = citizen.danish_level
    if level is not None and slot.danish_level > level:
        out.add("danish_level")
    if slot.hours_from > citizen.hours_now:
        out.add("hours")
    start_with = max(slot.hours_from, min(citizen.hours_now, slot.hours_to))
    if citizen.schedule.common_hours_per_week(slot.schedule) < start_with:
        out.add("schedule")
    if minutes > citizen.longest_travel_minutes:
        out.add("travel")
    if company.id in citizen.wishes_against:
        out.add("wishes_against")
    if citizen.id in company.not_again:
        out.add("not_again")
    if company.id in citizen.former_employers:
        out.add("former_employer")
    months = context.worksite.ordinary_employees_by_month
    if slot.form is PlacementForm.WAGE_SUBSIDY and has_additional_employment(months, start) is False:
        out.add("additional_employment")
    return out


def _first_day(citizen: Citizen, context: SlotContext, on: date) -> date:
    slot, agreement = context.slot, context.agreement
    ready = on + timedelta(days=agreement.lead_time_days)
    return max(on, ready, slot.starts_on, agreement.valid_from, citizen.available_from or on)


def _excluded_by_dates(citizen: Citizen, context: SlotContext, on: date) -> set[str]:
    slot, agreement, start = context.slot, context.agreement, _first_day(citizen, context, on)
    least = timedelta(days=0 if slot.setting is SlotSetting.SMALL_JOB else 14)
    ends = [end for end in (slot.ends_on, agreement.valid_to) if end is not None]
    out = set()
    if slot.capacity == 0 or any(start + least > end for end in ends):
        out.add("open")
    if start > on + timedelta(weeks=8):
        out.add("starts_soon")
    return out


def rule_masks(match_input: MatchInput) -> dict[str, Flags]:
    """For each rule its mask over all pairs."""
    rows = np.arange(len(match_input.citizens), dtype=np.int32)
    return {rule.id: rule.passes(match_input, rows) for rule in RULES}


def passes_all(match_input: MatchInput) -> Flags:
    """Bool (n, m): pairs that every mask lets through."""
    passes: Flags = np.logical_and.reduce(list(rule_masks(match_input).values()))
    return passes
