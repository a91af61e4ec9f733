"""At the edge of a version: the day before it begins and its first day, for every rule that is not a mask; and every
rule that a municipality may switch off does something."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from matcher.arrays import MatchInput
from matcher.budgets import running_on
from matcher.domain.agreement import AgreementModel, SlotSetting
from matcher.domain.citizen import EarlierPlacement, GroupNeed
from matcher.domain.duties import small_centres
from matcher.domain.legal import as_full_time_persons, latest_end
from matcher.domain.placement import Placement
from matcher.domain.rule_changes import ChangeKind, RuleChange, changed
from matcher.domain.rulebook import RuleBook
from matcher.domain.staff import JobConsultant
from matcher.domain.statute import (
    CASELOAD,
    CLUSTER_PLACES,
    COMPANY_CENTRE_PLACES,
    FULL_WEEK,
    KEPT_APART,
    MENTOR_HOURS,
    OUTREACH_HOURS,
    PARALLEL_SUPPORT,
    PLACEMENT_LENGTH,
    REASONABLENESS,
    STATUTE,
    WRITTEN_STATEMENT,
)
from matcher.explain import Explanation, explain
from matcher.limit_reasons import WITH_OTHERS_ID
from matcher.market import market
from tests.builders import ON, a_citizen, a_consultant, a_contact, a_decided_pair, a_placement, a_slot, an_agreement
from tests.pairs import failed, input_of, pair_of

DAY = timedelta(days=1)
BOUNDARY = date(2026, 10, 20)
"""First day of a version."""
EDGE = ((BOUNDARY - DAY, False), (BOUNDARY, True), (BOUNDARY + DAY, True))
SOMEBODY = (a_placement(citizen_id="elsewhere", ends_on=date(2026, 12, 31)),)
CLUSTER = {"model": AgreementModel.CLUSTER, "company_ids": ("company-1", "company-2"), "places": 1}


def beginning(rule_id: str, first: date = BOUNDARY) -> RuleBook:
    """The common book with a rule that begins on a day."""
    (version,) = STATUTE.periods(rule_id)
    return STATUTE.replaced(rule_id, [replace(version, valid_from=first)])


def explained(
    match_input: MatchInput, running: tuple[Placement, ...] = (), consultant: JobConsultant | None = None
) -> Explanation:
    row = np.zeros(1, dtype=np.int32)
    found = market(
        match_input,
        row,
        row,
        consultants={"consultant-1": consultant or a_consultant()},
        running=running_on(match_input, running),
    )
    return explain(match_input, 0, 0, met=found.met(0))


@dataclass(frozen=True)
class Lacking:
    """A pair for which a limit leaves too little."""

    pair: Mapping[str, Any] = field(default_factory=dict)
    running: tuple[Placement, ...] = ()
    consultant: JobConsultant | None = None

    def closed_by(self, book: RuleBook, **slot: Any) -> set[str]:
        pair = dict(self.pair)
        pair["slot"] = {**pair.get("slot", {}), **slot}
        return set(explained(pair_of(**pair, rulebook=book), self.running, self.consultant).failed_rules)


LIMITS = {
    REASONABLENESS: Lacking({"worksite": {"supported_full_time_persons": 4}}),
    MENTOR_HOURS: Lacking({"citizen": {"mentor_hours_per_week": 7}}),
    CLUSTER_PLACES: Lacking({"agreement": CLUSTER, "slot": {"capacity": 5}}, SOMEBODY),
    OUTREACH_HOURS: Lacking(
        {"agreement": {"model": AgreementModel.AD_HOC, "outreach_hours": 5}}, (), a_consultant(outreach_hours=4)
    ),
    CASELOAD: Lacking({"slot": {"capacity": 5}}, SOMEBODY, a_consultant(caseload=1)),
}


@pytest.mark.parametrize(("starts_on", "holds"), EDGE)
@pytest.mark.parametrize("rule_id", LIMITS)
def test_a_limit_counts_from_the_first_day_of_its_version(rule_id: str, starts_on: date, holds: bool) -> None:
    assert LIMITS[rule_id].closed_by(beginning(rule_id), starts_on=starts_on) == ({rule_id} if holds else set())


@pytest.mark.parametrize(("starts_on", "later"), EDGE)
def test_a_full_week_is_that_of_the_first_day(starts_on: date, later: bool) -> None:
    (now,) = STATUTE.periods(FULL_WEEK)
    versions = [
        replace(now, valid_to=BOUNDARY - DAY),
        replace(now, valid_from=BOUNDARY, parameters={"hours_per_week": 30}),
    ]
    book = STATUTE.replaced(FULL_WEEK, versions)
    needs = 10 / (30 if later else 37)
    found = explained(pair_of(slot={"starts_on": starts_on}, rulebook=book))
    assert [one.needs for one in found.limits if one.id == REASONABLENESS] == [pytest.approx(needs)]
    assert as_full_time_persons(10, starts_on, book) == pytest.approx(needs)


@pytest.mark.parametrize(("starts_on", "later"), EDGE)
def test_the_length_is_that_of_the_first_day(starts_on: date, later: bool) -> None:
    (now,) = STATUTE.periods(PLACEMENT_LENGTH)
    versions = [
        replace(now, valid_to=BOUNDARY - DAY),
        replace(now, valid_from=BOUNDARY, parameters={**now.parameters, "short_weeks": 6}),
    ]
    book = STATUTE.replaced(PLACEMENT_LENGTH, versions)
    assert latest_end("job_ready", starts_on, book) == starts_on + timedelta(weeks=6 if later else 4, days=-1)
    pair = pair_of(citizen={"target_group": "job_ready"}, slot={"starts_on": starts_on}, rulebook=book)
    last = latest_end("job_ready", starts_on, book)
    assert f"den {last.day}. " in explained(pair).practical.partition("til senest ")[2]


@pytest.mark.parametrize(("starts_on", "holds"), EDGE)
def test_the_written_statement_is_asked_for_from_the_first_day_of_the_rule(starts_on: date, holds: bool) -> None:
    found = explained(pair_of(slot={"starts_on": starts_on}, rulebook=beginning(WRITTEN_STATEMENT)))
    assert any("bekræfter arbejdsgiver og en repræsentant" in text for text in found.must_confirm) is holds


# What a municipality may switch off.

FORMER = EarlierPlacement("company-1", "dish_washing", date(2020, 1, 1), date(2021, 1, 1), True, True)


def _kept_apart(book: RuleBook) -> set[str]:
    people = [
        a_citizen(group_need=GroupNeed.SUBSTANCE_FREE_GROUP),
        a_citizen(id="citizen-2", group_need=GroupNeed.ACTIVE_SUBSTANCE_USE),
    ]
    match_input = input_of(people, [a_slot(capacity=5)], rulebook=book)
    return set(explained(match_input, (a_placement(citizen_id="citizen-2"),)).failed_rules)


def _centre(book: RuleBook) -> set[str]:
    centre = an_agreement(slots=(a_slot(setting=SlotSetting.COMPANY_CENTRE),))
    return {COMPANY_CENTRE_PLACES} if small_centres([centre], ON, book) else set()


def _support(book: RuleBook) -> set[str]:
    unsteady = {"attendance_stability": 0.5, "knows_workplace_rules": False}
    return {PARALLEL_SUPPORT} if explained(pair_of(citizen=unsteady, rulebook=book)).support_texts else set()


SWITCHABLE: dict[str, Callable[[RuleBook], set[str]]] = {
    "open": lambda book: failed(pair_of(slot={"ends_on": ON + 2 * DAY}, rulebook=book)),
    "starts_soon": lambda book: failed(pair_of(slot={"starts_on": ON + 100 * DAY}, rulebook=book)),
    "former_employer": lambda book: failed(pair_of(citizen={"earlier_placements": (FORMER,)}, rulebook=book)),
    "company_answer": lambda book: failed(
        pair_of(agreement={"model": AgreementModel.AD_HOC}, contacts=[a_contact()], rulebook=book)
    ),
    "decided_proposal": lambda book: failed(pair_of(decided=[a_decided_pair()], rulebook=book)),
    OUTREACH_HOURS: LIMITS[OUTREACH_HOURS].closed_by,
    CASELOAD: LIMITS[CASELOAD].closed_by,
    KEPT_APART: _kept_apart,
    COMPANY_CENTRE_PLACES: _centre,
    PARALLEL_SUPPORT: _support,
}


@pytest.mark.parametrize("rule_id", SWITCHABLE)
def test_a_rule_that_is_switched_off_no_longer_does_what_it_did(rule_id: str) -> None:
    off = changed(STATUTE, [RuleChange(ChangeKind.SWITCH_OFF, rule_id, ON)])
    told_as = {KEPT_APART: WITH_OTHERS_ID}.get(rule_id, rule_id)
    assert SWITCHABLE[rule_id](STATUTE) == {told_as}
    assert SWITCHABLE[rule_id](off) == set()


def test_every_rule_that_can_be_switched_off_is_among_them() -> None:
    assert {one.id for one in STATUTE.versions if one.can_be_switched_off} == set(SWITCHABLE)
