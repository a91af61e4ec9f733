"""The figures of the overview against a small municipality that is counted by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from matcher.domain.agreement import AgreementModel, SlotSetting
from matcher.domain.placement import Decision, Outcome, Placement, PlacementStatus, Verdict
from service.db.overview_repositories import Chosen, PlaceUse
from service.db.placing import PlacementEvents
from service.db.records import MatchRun, PlacementChange, PlacementEvent, StoredDecision, StoredProposal
from service.db.repositories import Agreements, Citizens, Companies, Consultants, Decisions, MatchRuns, Placements
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.use_cases.overview import Overview, months_before, overview
from tests.builders import MUNICIPALITY, ON, a_citizen, a_company, a_consultant, a_placement, a_slot, an_agreement
from tests.databases import migrated

OTHER = "0671"


def a_run(id_: str, created_at: datetime) -> MatchRun:
    return MatchRun(
        id=id_,
        created_at=created_at,
        planned_on=ON,
        seed=0,
        status="optimal",
        value=1.0,
        upper_bound=1.0,
        gap=0.0,
        input_hash="x",
        seconds={},
        counts={},
        versions={},
    )


def a_proposal(id_: str, run_id: str, citizen_id: str, slot_id: str) -> StoredProposal:
    return StoredProposal(id_, run_id, citizen_id, slot_id, ON, 10, 0.5, 0.0)


def an_event(
    placement: Placement, at: datetime, source: str, change: PlacementChange = PlacementChange.MADE
) -> PlacementEvent:
    return PlacementEvent(
        id=str(uuid4()),
        placement_id=placement.id,
        citizen_id=placement.citizen_id,
        slot_id=placement.slot_id,
        change=change,
        recorded_by="karen",
        recorded_at=at,
        reason="Aftalt.",
        details={"source": source, "overrides": {}},
    )


def a_decision(proposal_id: str, verdict: Verdict, at: datetime) -> StoredDecision:
    return StoredDecision(str(uuid4()), proposal_id, Decision(verdict, "karen", "Derfor."), at)


AGREEMENTS = (
    an_agreement(id="centre", slots=(a_slot(id="c1", setting=SlotSetting.COMPANY_CENTRE, capacity=4),)),
    an_agreement(id="over", valid_to=date(2026, 9, 30), slots=(a_slot(id="o1", capacity=9),)),
    an_agreement(id="asked", model=AgreementModel.AD_HOC, slots=(a_slot(id="a1", capacity=3),)),
    an_agreement(
        id="cluster",
        model=AgreementModel.CLUSTER,
        company_ids=("company-1", "company-2"),
        places=2,
        slots=(a_slot(id="k1", capacity=2), a_slot(id="k2", capacity=2, setting=SlotSetting.SMALL_JOB)),
    ),
)
LONG_AGO = date(2024, 5, 1)


def ended(id_: str, citizen: int, first: date, last: date, outcome: Outcome) -> Placement:
    return a_placement(
        id=id_,
        citizen_id=f"b{citizen}",
        slot_id="c1",
        starts_on=first,
        ends_on=last,
        status=PlacementStatus.ENDED,
        outcome=outcome,
    )


PLACEMENTS = (
    a_placement(id="p1", citizen_id="b1", slot_id="c1"),
    a_placement(id="p2", citizen_id="b2", slot_id="k2", starts_on=date(2026, 8, 31)),
    a_placement(id="p3", citizen_id="b3", slot_id="a1", status=PlacementStatus.PLANNED, starts_on=date(2026, 10, 5)),
    ended("p4", 1, date(2026, 3, 1), date(2026, 4, 30), Outcome.COMPLETED),
    ended("p5", 4, LONG_AGO, date(2025, 9, 1), Outcome.PRISON),
    *(ended(f"e{n}", n, date(2026, 2, 1), date(2026, 5, 31), Outcome.EDUCATION) for n in range(5, 11)),
    *(ended(f"d{n}", n, date(2026, 6, 1), date(2026, 6, 20), Outcome.COMPLETED) for n in range(5, 11)),
    ended("m5", 5, date(2026, 7, 1), date(2026, 7, 20), Outcome.MOVED),
)
WAITING: Mapping[int, date] = {4: LONG_AGO, 5: date(2026, 9, 20), 6: date(2026, 5, 1), 7: date(2025, 12, 1)}
"""Of those without a placement; the others have waited since June 1."""


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> SessionFactory:
    """Ten citizens in activity-ready cash benefit, and two of another municipality."""
    sessions = sessions_of(create_database_engine(migrated(tmp_path_factory.mktemp("overview") / "o.db")))
    july, september = datetime(2026, 7, 10, 9, tzinfo=UTC), datetime(2026, 9, 15, 9, tzinfo=UTC)
    with unit_of_work(sessions) as session:
        Consultants(session, MUNICIPALITY).put_many([a_consultant()])
        site = a_company().worksites[0]
        second = a_company(id="company-2", worksites=(type(site)("worksite-2", "1002345679", "To", "6900", 20),))
        Companies(session, MUNICIPALITY).put_many([a_company(), second])
        citizens = [a_citizen(id=f"b{n}", waiting_since=WAITING.get(n, date(2026, 6, 1))) for n in range(1, 11)]
        Citizens(session, MUNICIPALITY).put_many(citizens)
        Agreements(session, MUNICIPALITY).put_many(AGREEMENTS)
        Placements(session, MUNICIPALITY).put_many(PLACEMENTS)
        runs, decisions, events = (
            MatchRuns(session, MUNICIPALITY),
            Decisions(session, MUNICIPALITY),
            PlacementEvents(session, MUNICIPALITY),
        )
        first = [a_proposal("f1", "run-1", "b1", "k1"), a_proposal("f2", "run-1", "b2", "k2")]
        runs.add(a_run("run-1", datetime(2026, 7, 1, tzinfo=UTC)), first, [], {})
        runs.add(a_run("run-2", datetime(2026, 9, 1, tzinfo=UTC)), [a_proposal("f3", "run-2", "b3", "c1")], [], {})
        gone_back_from = [a_proposal("f4", "run-3", "b1", "k1"), a_proposal("f5", "run-3", "b3", "c1")]
        runs.add(a_run("run-3", datetime(2026, 9, 10, tzinfo=UTC)), gone_back_from, [], {})
        runs.withdraw("run-3", "karen", "Karen", datetime(2026, 9, 11, tzinfo=UTC))
        for one in (
            a_decision("f1", Verdict.APPROVED, july),
            a_decision("f1", Verdict.REJECTED, datetime(2026, 8, 2, tzinfo=UTC)),
            a_decision("f2", Verdict.APPROVED, july),
            a_decision("f3", Verdict.HELD, september),
        ):
            decisions.add(one)
        by_id = {one.id: one for one in PLACEMENTS}
        events.add(an_event(by_id["p2"], july, "proposal"))
        events.add(an_event(by_id["p1"], july, "chosen"))  # the night had proposed k1
        events.add(an_event(by_id["p3"], september, "chosen"))  # the night had proposed c1
        events.add(an_event(by_id["p4"], september, "chosen"))  # no proposal in the run that held
        back = replace(by_id["p1"], id="back", citizen_id="b5")
        events.add(an_event(back, july, "chosen"))
        events.add(an_event(back, july + timedelta(minutes=1), "chosen", PlacementChange.WITHDRAWN))
        Consultants(session, OTHER).put_many([a_consultant(municipality=OTHER)])
        elsewhere = [a_citizen(id=f"b{n}", municipality=OTHER) for n in (1, 2)]
        Citizens(session, OTHER).put_many(elsewhere)
    return sessions


@pytest.fixture(scope="module")
def found(sessions: SessionFactory) -> Overview:
    with read_only(sessions) as session:
        return overview(session, MUNICIPALITY, ON)


def test_the_share_of_a_group_is_counted_on_the_last_day_of_each_month_and_today(found: Overview) -> None:
    group, other = found.progress
    by_day = {one.on: (one.placed, one.citizens) for one in group.months}
    assert len(by_day) == 12
    assert by_day[ON] == (2, 10), "b1 and b2 are placed; what is planned only is not"
    assert by_day[date(2026, 8, 31)] == (1, 10), "b2 from the first day on; b5 waits since September 20, but was placed"
    assert by_day[date(2026, 4, 30)] == (7, 8), "b1 on the last day, b5 to b10"
    assert by_day[date(2025, 12, 31)] == (0, 2)
    assert group.now == pytest.approx(0.2)
    assert group.months[0].share is None, "fewer than five citizens are no share"
    assert {(one.placed, one.citizens) for one in other.months} == {(0, 0)}
    assert (group.goal.start_share, group.goal.goal_share) == (0.146, 0.396)


def test_places_are_counted_by_agreement_and_a_cluster_once(found: Overview) -> None:
    assert found.places == (
        PlaceUse("ad_hoc", "single", None, 0),
        PlaceUse("cluster", None, 2, 1),
        PlaceUse("fixed", "company_centre", 4, 1),
    )
    assert (found.places_agreed, found.places_used) == (6, 2)


def test_waiting_leaves_out_who_is_placed_or_about_to_be(found: Overview) -> None:
    # b4 since May 2024; b7 since December 2025 (304 days); b6 since May 1 (153); b8 to b10 since June 1 (122);
    # b5 11 days
    assert found.waiting.citizens == 7
    assert found.waiting.bands == (1, 4, 1, 0, 1)
    assert found.waiting.median_days == 122


def test_outcomes_are_those_of_a_year_and_few_are_hidden_with_as_many_as_it_takes(found: Overview) -> None:
    # completed 7, education 6, moved 1; prison is more than a year ago. Moved is too few, education hides it.
    assert found.outcomes.ended == 14
    assert [(one.outcome, one.count) for one in found.outcomes.counts] == [
        (Outcome.COMPLETED, 7),
        (Outcome.EDUCATION, None),
        (Outcome.MOVED, None),
    ]
    assert found.outcomes.led_on is None, "it would give education, and with it the one who moved"


def test_decisions_are_those_that_hold_in_the_month_they_were_made(found: Overview) -> None:
    by_month = {one.on: one for one in found.decisions}
    july, august, september = (by_month[date(2026, month, last)] for month, last in ((7, 31), (8, 31), (9, 30)))
    assert (july.approved, july.held, july.rejected) == (1, 0, 0), "the other was rejected later"
    assert (august.approved, august.held, august.rejected) == (0, 0, 1)
    assert (september.approved, september.held, september.rejected) == (0, 1, 0)


def test_placements_beside_the_proposals_are_counted_with_those_against_one(found: Overview) -> None:
    by_month = {one.on: one.agreed for one in found.decisions}
    assert by_month[date(2026, 7, 31)] == Chosen(proposed=1, chosen=1, against=1)
    assert by_month[date(2026, 9, 30)] == Chosen(proposed=0, chosen=2, against=1)
    assert found.agreed == 4
    assert found.chosen_share == pytest.approx(3 / 4)
    assert found.against_share == pytest.approx(2 / 4)


def test_a_municipality_without_anything_has_no_shares(sessions: SessionFactory) -> None:
    with read_only(sessions) as session:
        found = overview(session, "0999", ON)
    assert found.chosen_share is None
    assert found.waiting.median_days is None
    assert found.waiting.bands == (0,) * 5
    assert found.places == ()
    assert found.outcomes.counts == ()
    assert all(group.now is None for group in found.progress)


def test_months_run_to_the_current_one_over_the_turn_of_a_year() -> None:
    assert months_before(date(2026, 2, 10), 3) == [
        (date(2025, 12, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
    ]


def test_another_municipality_is_counted_apart(sessions: SessionFactory, tmp_path: Path) -> None:  # noqa: ARG001
    with read_only(sessions) as session:
        assert overview(session, OTHER, ON).waiting.citizens == 2
