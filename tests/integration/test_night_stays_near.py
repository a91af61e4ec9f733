"""Where the planning leaves its gap open, a night moves nobody without a reason, and a replay knows how it was."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update

from matcher.assignment import AssignmentProblem, Plan, solve
from service.db.metadata import Base
from service.db.purpose import OPERATIONS
from service.db.record_repositories import RunRecords
from service.db.session import read_only, unit_of_work
from service.use_cases import replay
from service.use_cases.learning import weights_in_use
from service.use_cases.matching import load
from service.use_cases.night_run import Order, carry_out, take_up
from service.use_cases.nightly import BEFORE, Night, plan_night
from service.use_cases.planning import plan_stored
from service.use_cases.replay import Replayer, Verdict
from tests.builders import MUNICIPALITY
from tests.replaying import Recorded


def blurred(problem: AssignmentProblem, *, seed: int, **options: Any) -> Plan:
    """A plan as a search leaves it that cannot tell values apart by less than 3 %; another seed, another plan."""
    value = problem.value * np.random.default_rng(seed).uniform(0.97, 1.0, problem.n_pairs)
    plan = solve(replace(problem, value=value), seed=seed, **options)
    worth = float(problem.value[plan.slot_of_citizen[problem.citizen] == problem.slot].sum())
    bound = worth * 1.2
    gap = (bound - worth) / bound
    return replace(plan, objective=worth, upper_bound=bound, gap=gap, status="feasible", stopped_by="search")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return Recorded.create(tmp_path_factory.mktemp("near") / "near.db", seed=5, citizens=200)


@pytest.fixture(scope="module")
def nights(place: Recorded) -> tuple[Night, Night]:
    """Two nights with a small change between them, and a search that ends elsewhere."""
    first = plan_night(place.sessions, MUNICIPALITY, on=place.values.on, seed=1, solver=blurred)
    place.change(1)
    return first, plan_night(place.sessions, MUNICIPALITY, on=place.values.on, seed=2, solver=blurred)


def _moved(before: dict[str, str], after: dict[str, str]) -> int:
    return sum(before.get(one) != after.get(one) for one in before.keys() | after.keys())


def _proposed(night: Night) -> dict[str, str]:
    return {one.citizen_id: one.slot_id for one in night.proposals}


def _parameters(place: Recorded, run_id: str) -> dict[str, Any]:
    with read_only(place.sessions) as session:
        return dict(RunRecords(session, MUNICIPALITY).get(run_id).parameters)


def test_a_night_moves_fewer_than_a_plan_from_nothing(place: Recorded, nights: tuple[Night, Night]) -> None:
    first, second = nights
    with read_only(place.sessions) as session:
        stored, weights = load(session, MUNICIPALITY), weights_in_use(session, MUNICIPALITY)
    alone = plan_stored(stored, weights, on=place.values.on, seed=2, solver=blurred)
    before, after = _proposed(first), _proposed(second)
    assert 2 * _moved(before, after) < _moved(before, alone.proposed)
    assert second.run.value >= 0.999 * alone.plan.objective


def test_a_replay_stays_near_to_the_same_run(
    place: Recorded, nights: tuple[Night, Night], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = nights
    assert BEFORE not in _parameters(place, first.run.id)
    assert _parameters(place, second.run.id)[BEFORE] == first.run.id
    monkeypatch.setattr(replay, "plan_stored", partial(plan_stored, solver=blurred))
    replayer = Replayer(place.sessions, MUNICIPALITY)
    assert [replayer.replay(night.run.id).verdict for night in nights] == [Verdict.IDENTICAL, Verdict.IDENTICAL]

    records, of_second = Base.metadata.tables["run_records"], second.run.id
    with unit_of_work(place.sessions) as session:
        kept = session.scalars(select(records.c.parameters).where(records.c.run_id == of_second)).one()
        without = {name: value for name, value in kept.items() if name != BEFORE}
        session.execute(update(records).where(records.c.run_id == of_second).values(parameters=without))
    assert replayer.replay(of_second).verdict is Verdict.DIFFERENT
    with unit_of_work(place.sessions) as session:
        session.execute(update(records).where(records.c.run_id == of_second).values(parameters=kept))


def test_a_night_in_which_nothing_has_changed_is_not_planned_for_the_sake_of_the_one_before(
    place: Recorded, nights: tuple[Night, Night]
) -> None:
    order = Order(place.values.on, OPERATIONS, seed=2)
    attempt = take_up(place.sessions, MUNICIPALITY, order)
    night = carry_out(place.sessions, MUNICIPALITY, attempt, solver=blurred)
    assert night.unchanged
    assert night.run.id == nights[1].run.id


def test_a_search_without_an_end_of_its_own_can_be_made_again(tmp_path: Path) -> None:
    """With a gap of nothing asked for, the engine's own search leaves it open by the bound's rounding."""
    place = Recorded.create(tmp_path / "exact.db", seed=3, citizens=40)
    runs = []
    for number in range(3):
        runs.append(plan_night(place.sessions, MUNICIPALITY, on=place.values.on, gap=0.0).run)
        place.change(number)
    replayer = Replayer(place.sessions, MUNICIPALITY)
    assert [replayer.replay(run.id).verdict for run in runs] == [Verdict.IDENTICAL] * 3
