"""Weights from learning to use: nothing changes by itself, a named person chooses, the night and its lists follow."""

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from sqlalchemy import delete, update

from fixtures.history import HISTORY_FROM
from matcher.domain.citizen import Competence, CompetenceLevel
from matcher.domain.placement import Outcome, PlacementStatus
from matcher.weights import HAND_SET
from service import cli
from service.app import create_app
from service.db.repositories import Agreements, Citizens, Companies, Consultants, Placements
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.db.tables import LearntWeightsRow
from service.problems import InvalidInput, NotFound, TooFewPlacements, WeightsOutdated
from service.use_cases import readiness
from service.use_cases.demo import take_in
from service.use_cases.learning import Learnt, choose_weights, learn_weights, learnt_weights, weights_in_use
from service.use_cases.matching import MatchInputs
from service.use_cases.nightly import plan_night
from service.use_cases.past import past_of_history, past_of_municipality
from service.use_cases.suggest import list_for_citizen
from tests.builders import MUNICIPALITY, ON, a_citizen, a_company, a_consultant, a_placement, a_slot, an_agreement
from tests.databases import address_of, copied, migrated, without_settings
from tests.pasts import ENOUGH, municipality_with_past
from tests.serving import LEAD, Client, settings_for

ELSEWHERE = "0671"


@dataclass(frozen=True)
class Learned:
    """A database with a municipality's ended placements, and what was learnt from them."""

    database: Path
    learnt: Learnt


def _sessions(database: Path) -> SessionFactory:
    return sessions_of(create_database_engine(address_of(database)))


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Learned:
    database = tmp_path_factory.mktemp("learnt") / "matcher.db"
    engine = create_database_engine(migrated(database))
    take_in(sessions_of(engine), MUNICIPALITY, municipality_with_past())
    learnt = learn_weights(sessions_of(engine), MUNICIPALITY, MatchInputs())
    engine.dispose()  # writes everything to the file, which is copied
    return Learned(database, learnt)


@pytest.fixture
def sessions(learned: Learned, tmp_path: Path) -> SessionFactory:
    """A copy of the database that a test may change."""
    copied(learned.database, tmp_path / "matcher.db")
    return _sessions(tmp_path / "matcher.db")


@pytest.fixture
def empty(tmp_path: Path) -> SessionFactory:
    migrated(tmp_path / "empty.db")
    return _sessions(tmp_path / "empty.db")


@pytest.fixture
def lead(sessions: SessionFactory, tmp_path: Path) -> Client:  # noqa: ARG001 - makes the copy
    """A team lead, signed in to the pages of the copy."""
    client = Client(create_app(settings_for(tmp_path / "matcher.db")))
    assert client.post("/log-ind", data={"adgangsnoegle": LEAD}).status_code == 303
    return client


def _csrf(client: Client) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/adgang").text)
    assert found
    return found[1]


def _in_use(sessions: SessionFactory, municipality: str = MUNICIPALITY) -> str:
    with read_only(sessions) as session:
        return weights_in_use(session, municipality).id


def test_learning_switches_nothing_on(sessions: SessionFactory, learned: Learned) -> None:
    assert _in_use(sessions) == HAND_SET.id
    with read_only(sessions) as session:
        assert learnt_weights(session, MUNICIPALITY, learned.learnt.id) == learned.learnt
    assert learned.learnt.validation.learnt_from + learned.learnt.validation.measured_on <= ENOUGH


def test_the_same_placements_give_the_same_weights_on_the_page(
    sessions: SessionFactory, learned: Learned, lead: Client
) -> None:
    with unit_of_work(sessions) as session:
        session.execute(delete(LearntWeightsRow))
    sent = {"csrf": _csrf(lead)}
    at = str(lead.post("/administration/vaegte/laer", data=sent).headers["location"])
    deadline = time.monotonic() + 60
    while (answer := lead.get(at)).status_code == 200:
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)
    assert answer.headers["location"] == f"/administration/vaegte/{learned.learnt.id}"
    shown = lead.get(answer.headers["location"]).text
    assert f"{learned.learnt.validation.measured_on}, der begyndte senere" in shown
    with read_only(sessions) as session:
        assert learnt_weights(session, MUNICIPALITY, learned.learnt.id) == learned.learnt
    assert _in_use(sessions) == HAND_SET.id


def test_the_last_choice_holds_in_its_own_municipality(sessions: SessionFactory, learned: Learned) -> None:
    choose_weights(sessions, MUNICIPALITY, learned.learnt.id, chosen_by="karen", reason="Rammer bedre")
    assert _in_use(sessions) == learned.learnt.id
    assert _in_use(sessions, ELSEWHERE) == HAND_SET.id
    choose_weights(sessions, MUNICIPALITY, None, chosen_by="karen", reason="Tilbage igen")
    assert _in_use(sessions) == HAND_SET.id


@pytest.mark.parametrize(("chosen_by", "reason"), [("", "Fordi"), ("karen", " ")])
def test_a_choice_has_a_person_and_a_reason(
    sessions: SessionFactory, learned: Learned, chosen_by: str, reason: str
) -> None:
    with pytest.raises(InvalidInput):
        choose_weights(sessions, MUNICIPALITY, learned.learnt.id, chosen_by=chosen_by, reason=reason)
    assert _in_use(sessions) == HAND_SET.id


def test_weights_of_another_municipality_are_not_found(sessions: SessionFactory, learned: Learned) -> None:
    with pytest.raises(NotFound):
        choose_weights(sessions, ELSEWHERE, learned.learnt.id, chosen_by="anders", reason="Fordi")


def test_weights_of_other_terms_are_refused_not_used(sessions: SessionFactory, learned: Learned, lead: Client) -> None:
    choose_weights(sessions, MUNICIPALITY, learned.learnt.id, chosen_by="karen", reason="Rammer bedre")
    record = learned.learnt.model.as_record()
    record["slope"] = {"luck": 1.0}
    with unit_of_work(sessions) as session:
        session.execute(update(LearntWeightsRow).values(model=record))
    with pytest.raises(WeightsOutdated):
        _in_use(sessions)
    for path in ("", f"/{learned.learnt.id}"):
        assert "kan ikke bruges længere" in lead.get(f"/administration/vaegte{path}").text


def test_the_service_is_ready_when_the_weights_in_use_can_be_loaded(
    sessions: SessionFactory, learned: Learned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "learnt_weights", loading := Mock(wraps=learnt_weights))
    ready = readiness.Readiness(settings_for(Path("unused.db")), sessions, None)
    assert (ready.weights(), loading.call_count) == ("ok", 0)
    choose_weights(sessions, MUNICIPALITY, learned.learnt.id, chosen_by="karen", reason="Rammer bedre")
    assert [ready.weights() for _ in range(3)] == ["ok"] * 3
    assert loading.call_count == 1
    with unit_of_work(sessions) as session:
        session.execute(update(LearntWeightsRow).values(model={}))
    afresh = readiness.Readiness(settings_for(Path("unused.db")), sessions, None)
    assert afresh.weights().startswith(f"municipality {MUNICIPALITY}, weights {learned.learnt.id}: ")
    choose_weights(sessions, MUNICIPALITY, None, chosen_by="karen", reason="Tilbage igen")
    assert afresh.weights() == "ok"


def test_the_night_and_its_lists_use_and_name_what_was_chosen(sessions: SessionFactory, learned: Learned) -> None:
    def night() -> Any:
        return plan_night(sessions, MUNICIPALITY, on=HISTORY_FROM, time_limit_s=2)

    def listed(citizen_id: str) -> Any:
        with read_only(sessions) as session:
            return list_for_citizen(session, MUNICIPALITY, MatchInputs(), citizen_id, today=HISTORY_FROM)

    by_hand = night()
    citizen_id = by_hand.proposals[0].citizen_id
    before = listed(citizen_id)
    assert HAND_SET.id in before.weights
    choose_weights(sessions, MUNICIPALITY, learned.learnt.id, chosen_by="karen", reason="Rammer bedre")
    assert listed(citizen_id) == before  # the prices of the day belong to the night before
    learnt = night()
    assert learnt.run.versions["weights"] == learned.learnt.id
    assert learnt.run.input_hash != by_hand.run.input_hash
    assert {one.explanation["weights_id"] for one in learnt.proposals} == {learned.learnt.id}
    after = listed(citizen_id)
    assert f"lærte vægte ({learned.learnt.id})" in after.weights
    assert {place.explanation.weights_id for place in after.places} == {learned.learnt.id}


def test_too_few_placements_are_refused(empty: SessionFactory) -> None:
    with pytest.raises(TooFewPlacements, match="no ended placements"):
        learn_weights(empty, MUNICIPALITY, MatchInputs())


def test_terms_are_those_of_the_day_of_the_proposal(empty: SessionFactory) -> None:
    slot = a_slot(required=("dish_washing",))
    with unit_of_work(empty) as session:
        Consultants(session, MUNICIPALITY).put(a_consultant())
        Companies(session, MUNICIPALITY).put(a_company())
        Agreements(session, MUNICIPALITY).put(an_agreement(slots=(slot,)))
        Citizens(session, MUNICIPALITY).put(a_citizen(competences=(Competence("milking", CompetenceLevel.ALONE),)))
    night = plan_night(empty, MUNICIPALITY, on=ON)
    skilled = a_citizen(competences=(Competence("dish_washing", CompetenceLevel.ALONE),))
    ended = a_placement(
        status=PlacementStatus.ENDED,
        starts_on=ON + timedelta(3),
        ends_on=ON + timedelta(30),
        outcome=Outcome.ORDINARY_JOB,
    )
    without = replace(ended, id="placement-0", starts_on=ON - timedelta(30), ends_on=ON - timedelta(9))
    with unit_of_work(empty) as session:
        Citizens(session, MUNICIPALITY).put(skilled)
        for placement in (ended, without):
            Placements(session, MUNICIPALITY).put(placement)
    with read_only(empty) as session:
        past, as_proposed = past_of_municipality(session, MUNICIPALITY, MatchInputs())
    assert as_proposed == 1
    written = {term["id"]: term["value"] for term in night.proposals[0].explanation["terms"]}
    assert past.terms[1, 1] == written["competence_coverage"] < past.terms[0, 1] == 1
    assert past.leads_on.all()


def test_stored_placements_give_the_terms_of_the_history(sessions: SessionFactory) -> None:
    from fixtures import history

    with read_only(sessions) as session:
        stored, as_proposed = past_of_municipality(session, MUNICIPALITY, MatchInputs())
    made = past_of_history(history(placements=ENOUGH))
    assert as_proposed == 0
    assert sorted(stored.started_on) == sorted(made.started_on)
    assert stored.leads_on.sum() == made.leads_on.sum()
    assert np.nanmean(stored.terms, axis=0) == pytest.approx(np.nanmean(made.terms, axis=0), abs=0.03)


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    sessions: SessionFactory,  # noqa: ARG001 - its copy of the database lies in the folder
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """Runs a command beside a copy of the database: exit code, output, error output."""
    without_settings(monkeypatch, tmp_path / "matcher.db")

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["matcher", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        printed = capfd.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    return command


def test_the_figures_are_shown_before_weights_are_used(run: Run, learned: Learned, tmp_path: Path) -> None:
    id_ = learned.learnt.id
    code, out, _ = run("weights", "learn")
    assert code == 0
    assert id_ in out
    assert "Brier-score" in out
    chosen = ("weights", "use", id_, "--by", "karen", "--reason", "Rammer bedre")
    code, out, _ = run(*chosen)  # nobody answers the question
    assert code == 1
    assert "Brier-score" in out
    assert _in_use(_sessions(tmp_path / "matcher.db")) == HAND_SET.id
    code, out, _ = run(*chosen, "--yes")
    assert (code, "Brier-score" in out) == (0, True)
    code, out, _ = run("weights", "show")
    assert f"lærte vægte ({id_})" in out.replace("\n", " ")
    assert "karen" in out
    record = json.loads(run("weights", "show", "--json")[1])
    assert record["in_use"] == id_
    assert [(one["weights_id"], one["reason"]) for one in record["choices"]] == [(id_, "Rammer bedre")]
    assert json.loads(run("weights", "show", id_, "--json")[1])["id"] == id_
    assert run("weights", "use", "hand-set", "--by", "karen", "--reason", "Tilbage")[0] == 0
    assert json.loads(run("weights", "show", "--json")[1])["in_use"] == HAND_SET.id


def test_unknown_weights_are_one_clear_line(run: Run) -> None:
    code, _, err = run("weights", "use", "learnt-nothing", "--by", "karen", "--reason", "Fordi", "--yes")
    assert code == 1
    assert err.startswith("Fejl: Det findes ikke")
    assert "Traceback" not in err
