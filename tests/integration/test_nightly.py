"""The night: a plan that breaks a rule is refused whole, the same input gives the same plan, dry runs store nothing."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from matcher.assignment import AssignmentProblem, Plan, solve
from matcher.domain.agreement import AgreementModel
from service.db.repositories import Citizens, Companies, Consultants, MatchRuns, Placements
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.problems import NothingToPlan, PlanRefused
from service.use_cases.night_counts import NightCounts
from service.use_cases.night_quality import PlanQuality
from service.use_cases.nightly import PHASES, plan_night
from tests.builders import MUNICIPALITY, ON, a_citizen, a_company, a_consultant, a_placement, a_slot, an_agreement
from tests.databases import address_of, copied, migrated
from tests.integration.conftest import PlannedDemo
from tests.report_oracles import expected_quality

CONTENT = "SELECT citizen_id, slot_id, starts_on, hours_per_week, value, price, explanation, support FROM proposals"


@pytest.fixture
def sessions(tmp_path: Path) -> SessionFactory:
    return sessions_of(create_database_engine(migrated(tmp_path / "night.db")))


def _fill(sessions: SessionFactory, *, citizens: int = 3) -> None:
    """Three citizens who can all use one place."""
    from service.db.repositories import Agreements

    with unit_of_work(sessions) as session:
        Consultants(session, MUNICIPALITY).put(a_consultant())
        Companies(session, MUNICIPALITY).put(a_company())
        Agreements(session, MUNICIPALITY).put(an_agreement())
        for number in range(1, citizens + 1):
            Citizens(session, MUNICIPALITY).put(a_citizen(id=f"citizen-{number}"))


def test_a_night_stores_proposals_reasons_prices_and_seconds(sessions: SessionFactory) -> None:
    _fill(sessions)
    told: list[str] = []
    night = plan_night(sessions, MUNICIPALITY, on=ON, step=lambda phase, _done, _total: told.append(phase))
    assert told == list(PHASES)
    assert (night.counts.placed, night.counts.unplaced, night.counts.in_placement) == (1, 2, 0)
    with read_only(sessions) as session:
        runs = MatchRuns(session, MUNICIPALITY)
        run = runs.get(night.run.id)
        assert set(run.seconds) >= set(PHASES) - {"store"}
        assert run.gap == pytest.approx(0, abs=1e-9)
        unplaced = runs.unplaced(run.id)
        assert {one.reason for one in unplaced} == {"given_to_others"}
        assert all("1 plads" in one.text for one in unplaced)
        assert runs.slot_prices(run.id)["slot-1"] > 0
        assert run.versions["weights"]
    record = night.proposals[0].explanation
    assert record["eligible"]
    assert record["reasons_for"]


def _everybody_in_one_place(problem: AssignmentProblem, plan: Plan) -> Plan:
    return replace(plan, slot_of_citizen=np.zeros(problem.n_citizens, dtype=np.int32))


def _more_than_it_is_worth(_: AssignmentProblem, plan: Plan) -> Plan:
    return replace(plan, objective=plan.objective + 1, upper_bound=plan.upper_bound + 1)


def _bound_too_low(_: AssignmentProblem, plan: Plan) -> Plan:
    return replace(plan, upper_bound=plan.objective / 2)


def _place_that_is_not(_: AssignmentProblem, plan: Plan) -> Plan:
    return replace(plan, slot_of_citizen=np.full_like(plan.slot_of_citizen, 99))


@pytest.mark.parametrize(
    "break_it", [_everybody_in_one_place, _more_than_it_is_worth, _bound_too_low, _place_that_is_not]
)
def test_a_plan_that_breaks_a_rule_is_refused_and_nothing_is_stored(sessions: SessionFactory, break_it: Any) -> None:
    _fill(sessions)
    good = plan_night(sessions, MUNICIPALITY, on=ON)

    def broken(problem: AssignmentProblem, **options: Any) -> Plan:
        plan: Plan = break_it(problem, solve(problem, **options))
        return plan

    with pytest.raises(PlanRefused):
        plan_night(sessions, MUNICIPALITY, on=ON, solver=broken)
    with read_only(sessions) as session:
        assert [run.id for run in MatchRuns(session, MUNICIPALITY).page()] == [good.run.id]


def test_a_dry_run_plans_and_stores_nothing(sessions: SessionFactory) -> None:
    _fill(sessions)
    night = plan_night(sessions, MUNICIPALITY, on=ON, keep=False)
    assert night.counts.placed == 1
    with read_only(sessions) as session:
        assert MatchRuns(session, MUNICIPALITY).latest() is None


def test_there_must_be_something_to_plan(sessions: SessionFactory) -> None:
    with pytest.raises(NothingToPlan):
        plan_night(sessions, MUNICIPALITY, on=ON)


def test_running_placements_keep_their_place_and_their_citizen(sessions: SessionFactory) -> None:
    _fill(sessions)
    with unit_of_work(sessions) as session:
        Placements(session, MUNICIPALITY).put(a_placement())
    night = plan_night(sessions, MUNICIPALITY, on=ON)
    assert (night.counts.placed, night.counts.unplaced, night.counts.in_placement) == (0, 2, 1)
    assert {one.reason for one in night.unplaced} == {"place_taken"}
    after = plan_night(sessions, MUNICIPALITY, on=date(2026, 12, 1))
    assert (after.counts.placed, after.counts.in_placement) == (1, 0)


def test_a_night_says_how_good_its_plan_is_beside_its_value(sessions: SessionFactory) -> None:
    """The stored figures are those counted one by one; who is in a placement already is in no target group."""
    from service.db.repositories import Agreements

    _fill(sessions, citizens=6)
    with unit_of_work(sessions) as session:
        Agreements(session, MUNICIPALITY).put(an_agreement(id="agreement-2", slots=(a_slot(id="slot-9"),)))
        Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-7", target_group="resource_course"))
        Placements(session, MUNICIPALITY).put(a_placement(id="placement-2", citizen_id="citizen-6", slot_id="slot-9"))
    seen: list[tuple[AssignmentProblem, Plan]] = []

    def watched(problem: AssignmentProblem, **options: Any) -> Plan:
        plan = solve(problem, **options)
        seen.append((problem, plan))
        return plan

    night = plan_night(sessions, MUNICIPALITY, on=ON, solver=watched)
    found = night.counts.quality
    assert found is not None
    expected = expected_quality(*seen[0], np.array([0, 0, 0, 0, 0, -1, 1], dtype=np.int32))
    assert found.ranks == tuple(expected.rank_distribution.tolist()) == (1,)
    for name in PlanQuality.model_fields.keys() - {"ranks"}:
        assert getattr(found, name) == pytest.approx(getattr(expected, name)), name
    assert (found.top_suggestions, found.first_choices, found.unused_places) == (6, 1, 0)
    assert found.evenness == pytest.approx(0.8)
    with read_only(sessions) as session:
        stored = MatchRuns(session, MUNICIPALITY).get(night.run.id)
    assert NightCounts.model_validate(stored.counts) == night.counts


def test_a_cluster_counts_its_shared_places_once(sessions: SessionFactory) -> None:
    from service.db.repositories import Agreements

    _fill(sessions)
    slots = (a_slot(id="slot-2", capacity=2), a_slot(id="slot-3", capacity=2, company_id="company-2"))
    with unit_of_work(sessions) as session:
        other = a_company(
            id="company-2", worksites=(replace(a_company().worksites[0], id="w-2", p_number="1002345679"),)
        )
        Companies(session, MUNICIPALITY).put(other)
        Agreements(session, MUNICIPALITY).put(
            an_agreement(
                id="cluster",
                model=AgreementModel.CLUSTER,
                company_ids=("company-1", "company-2"),
                places=1,
                slots=(slots[0], replace(slots[1], worksite_id="w-2")),
            )
        )
    counts = plan_night(sessions, MUNICIPALITY, on=ON).counts
    cluster = next(use for use in counts.by_model if use.label == "klyngeaftale")
    assert (cluster.places, cluster.proposed) == (1, 1)
    assert counts.placed == 2


@pytest.mark.slow
def test_the_same_night_in_two_processes_byte_for_byte(planned: PlannedDemo, tmp_path: Path) -> None:
    """In the one that planned the demonstration, and in another that lays out its sets and dictionaries otherwise."""
    engine = create_database_engine(copied(planned.database, tmp_path / "night.db"))
    with engine.begin() as connection:
        before = sorted(map(repr, connection.execute(text(CONTENT))))
        connection.execute(text("DELETE FROM match_runs"))
        assert connection.execute(text(CONTENT)).all() == []
    engine.dispose()
    done = subprocess.run(
        [sys.executable, "-c", "from service.cli import main; main()", "nightly", "--date", "2026-10-01", "--json"],
        env={**os.environ, "MATCHER_DATABASE_URL": address_of(tmp_path / "night.db"), "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    with engine.connect() as connection:
        assert sorted(map(repr, connection.execute(text(CONTENT)))) == before
    engine.dispose()
    assert len(before) == planned.demo.night.counts.placed
    assert json.loads(done.stdout)["plan_sha256"] == planned.demo.night.plan_digest()


def test_a_night_of_547_citizens_is_near_the_best(planned: PlannedDemo) -> None:
    run = planned.demo.night.run
    assert set(run.seconds) == set(PHASES)
    assert 0 <= run.gap <= 0.05
    assert run.value <= run.upper_bound
