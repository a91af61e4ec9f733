"""Openings, needs and calls that were shown are written down and made again, like a citizen's list."""

import json
import os
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, text

from matcher.domain.contact import Answer
from matcher.domain.placement import Verdict as Decision
from matcher.language import Language
from service.clock import now
from service.db.listings import proposed_pairs
from service.db.personal_repositories import AccessLog
from service.db.personal_tables import CitizenReadRow, ReadCitizenRow
from service.db.purpose import Purpose, ShownList
from service.db.record_repositories import ShownLists
from service.db.repositories import Citizens
from service.db.scoping import hold_to
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from service.db.subject_repositories import lists_about
from service.problems import ErasedSince, NotFound
from service.scope import Scope
from service.use_cases import desk
from service.use_cases.decide import decide
from service.use_cases.matching import MatchInputs, Stored
from service.use_cases.outreach import NewContact, log_contact
from service.use_cases.planning import Planned, plan_stored
from service.use_cases.records import show_calls, show_candidates, show_needs, show_openings, show_without_place
from service.use_cases.replay import Replayer, Verdict
from tests.builders import MUNICIPALITY
from tests.databases import address_of, copied
from tests.deciding import KAREN
from tests.replaying import Recorded

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A planned municipality; read it, and write into copies."""
    found = Recorded.create(tmp_path_factory.mktemp("lists") / "lists.db", seed=31, citizens=24)
    found.plan()
    return found


@pytest.fixture
def own(place: Recorded, tmp_path: Path) -> Recorded:
    """A copy to write into."""
    url = copied(place.path, tmp_path / "own.db")
    return Recorded(tmp_path / "own.db", sessions_of(create_database_engine(url)), place.values, MatchInputs())


def waiting(place: Recorded) -> str:
    """A citizen without a place."""
    with read_only(place.sessions) as session:
        return str(session.execute(text("SELECT min(citizen_id) FROM unplaced")).scalar_one())


def kept(place: Recorded, list_id: str) -> ShownList:
    with read_only(place.sessions) as session:
        return ShownLists(session, MUNICIPALITY).get(list_id)


def shown_text(place: Recorded, list_id: str) -> str:
    return zlib.decompress(kept(place, list_id).shown).decode()


def calls_of(place: Recorded, **options: Any) -> str:
    with read_only(place.sessions) as session:
        return show_calls(session, place.recorder, today=place.values.on, **options).list_id


def needs_of(place: Recorded, **options: Any) -> str:
    with read_only(place.sessions) as session:
        return show_needs(session, place.recorder, today=place.values.on, **options).list_id


def openings_of(place: Recorded, citizen_id: str, **options: Any) -> str:
    with read_only(place.sessions) as session:
        return show_openings(session, place.recorder, citizen_id, today=place.values.on, **options).list_id


def verdict_of(place: Recorded, list_id: str) -> Verdict:
    return Replayer(place.sessions, MUNICIPALITY).replay(list_id).verdict


def test_all_are_identical_in_another_process_after_what_has_changed_since(own: Recorded) -> None:
    citizen = waiting(own)
    first = calls_of(own)
    slot = json.loads(shown_text(own, openings_of(own, citizen)))["view"]["openings"][0]["slot_id"]
    openings_of(own, citizen, slot_id=slot, places=50)
    needs_of(own, most=5, confirm=1)
    calls = json.loads(shown_text(own, first))["view"]["calls"]
    with unit_of_work(own.sessions) as session:
        company, today = calls[0]["company_id"], own.values.on
        later = NewContact(Answer.LATER, next_contact_on=today)
        log_contact(session, MUNICIPALITY, company, later, consultant_id="karen", today=today)
        proposed = next(one["citizen_id"] for call in calls for one in call["people"] if one["proposed"])
        latest = str(session.execute(text("SELECT max(run_id) FROM proposals")).scalar_one())
        pairs = proposed_pairs(session, MUNICIPALITY, latest)
        proposal = next(one for one in pairs if one.citizen_id == proposed)
        decide(session, MUNICIPALITY, proposal.id, verdict=Decision.REJECTED, person=KAREN, reason="Nej.", today=today)
    second = calls_of(own, consultant_id=own.values.consultants[0].id)
    own.change(0)
    assert kept(own, first).result != kept(own, second).result
    done = subprocess.run(
        [sys.executable, "-m", "tests.replaying", address_of(own.path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "11"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [(one["kind"], one["verdict"]) for one in found] == [("run", "identical")] + 5 * [("list", "identical")]


def test_needs_without_a_plan_are_made_again_with_the_plan_that_they_rest_on(tmp_path: Path) -> None:
    unplanned = Recorded.create(tmp_path / "unplanned.db", seed=32, citizens=12)
    list_id = needs_of(unplanned, most=3)
    record = kept(unplanned, list_id)
    assert (record.run_id, record.plan, record.purpose) == (None, None, Purpose.NEEDS)
    assert len(record.result["needs"]) == 3
    assert verdict_of(unplanned, list_id) is Verdict.IDENTICAL


def test_a_consultant_who_is_not_there_gets_no_list_and_nothing_is_written(own: Recorded) -> None:
    with pytest.raises(NotFound):
        calls_of(own, consultant_id="K99")
    with read_only(own.sessions) as session:
        assert ShownLists(session, MUNICIPALITY).page() == ()


def test_a_proposal_that_was_changed_behind_a_list_is_found(own: Recorded) -> None:
    calls, needs, openings = calls_of(own), needs_of(own), openings_of(own, waiting(own))
    with create_engine(address_of(own.path)).begin() as connection:
        other, first = connection.execute(text("SELECT max(slot_id), min(slot_id) FROM proposals")).one()
        assert other != first, "two places are proposed"
        connection.execute(
            text("UPDATE proposals SET slot_id = :other WHERE slot_id = :first"), {"other": other, "first": first}
        )
    for list_id in (calls, needs):
        found = Replayer(own.sessions, MUNICIPALITY).replay(list_id)
        assert found.verdict is Verdict.DIFFERENT
        assert found.difference is not None
    assert verdict_of(own, openings) is Verdict.IDENTICAL, "it rests on no proposal"


def test_a_list_of_calls_goes_with_a_citizen_in_it_and_needs_name_nobody(own: Recorded) -> None:
    calls, needs = calls_of(own), needs_of(own)
    in_placement = {one.citizen_id for one in own.values.placements}
    gone = next(id_ for id_ in kept(own, calls).citizen_ids if id_ not in in_placement)
    everybody = {one.id for one in own.values.citizens}
    assert not [id_ for id_ in everybody if id_ in shown_text(own, needs)]
    with unit_of_work(own.sessions) as session:
        Citizens(session, MUNICIPALITY).delete(gone)
    assert (kept(own, calls).shown, kept(own, calls).result) == (b"", {})
    with pytest.raises(ErasedSince):
        verdict_of(own, calls)
    assert kept(own, needs).result["needs"]
    found = Replayer(own.sessions, MUNICIPALITY).replay(needs)
    assert (found.verdict, found.erased) == (Verdict.IDENTICAL, 1)


def test_whoever_may_see_some_citizens_is_shown_and_written_down_with_those_alone(own: Recorded) -> None:
    group = own.values.citizens[0].target_group
    hidden = {one.id for one in own.values.citizens if one.target_group != group}
    scope = Scope(MUNICIPALITY, target_groups=frozenset((group,)))
    slots = [slot.id for agreement in own.values.agreements for slot in agreement.slots]
    lists = []
    with read_only(own.sessions) as session:
        hold_to(session, lambda: scope)
        lists.append(show_calls(session, own.recorder, today=own.values.on).list_id)
        lists += [
            show_candidates(session, own.recorder, slot, today=own.values.on, places=50).list_id for slot in slots[:5]
        ]
    named: set[str] = set()
    for list_id in lists:
        record = kept(own, list_id)
        assert record.parameters["limited"] is True
        assert not [id_ for id_ in hidden if f'"{id_}"' in shown_text(own, list_id)]
        named |= set(record.citizen_ids)
        assert verdict_of(own, list_id) is Verdict.IDENTICAL
    assert named
    assert not named & hidden


def test_a_citizen_is_told_of_calls_what_is_about_the_citizen_alone(own: Recorded) -> None:
    calls = calls_of(own)
    everybody = kept(own, calls).citizen_ids
    with read_only(own.sessions) as session:
        (told,) = lists_about(session, MUNICIPALITY, everybody[0])
    assert told["purpose"] == "calls"
    assert {one["citizen_id"] for one in told["result"]["calls"]} == {everybody[0]}
    assert not [id_ for id_ in everybody[1:] if f'"{id_}"' in json.dumps(told)]


def test_needs_that_the_clock_may_have_ended_are_said_not_to_be_repeatable(
    own: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(stored: Stored, **options: Any) -> Planned:
        planned = plan_stored(stored, **options)
        less = planned.plan.objective * len(stored.companies) / 1000
        return replace(planned, plan=replace(planned.plan, stopped_by="time", objective=planned.plan.objective - less))

    with monkeypatch.context() as patch:
        patch.setattr(desk, "plan_stored", cut_short)
        cut = needs_of(own, most=3, confirm=1)
    whole = needs_of(own, most=3, confirm=1)
    assert kept(own, cut).parameters["repeatable"] is False
    assert "repeatable" not in kept(own, whole).parameters
    found = Replayer(own.sessions, MUNICIPALITY).replay(cut)
    assert found.verdict is Verdict.NOT_REPEATABLE
    assert found.difference is not None
    assert verdict_of(own, whole) is Verdict.IDENTICAL


def test_the_access_log_names_the_list_and_reads_what_was_noted_before_there_was_one(own: Recorded) -> None:
    citizen = waiting(own)
    key = {"municipality": MUNICIPALITY, "read_id": "old", "citizen_id": citizen}
    with unit_of_work(own.sessions) as session:
        before = {"id": "old", "municipality": MUNICIPALITY, "read_at": now(), "purpose": "openings", "case_ref": None}
        who = {"viewer_id": "karen", "viewer_role": "job_consultant", "channel": "api"}
        session.execute(insert(CitizenReadRow), [before | who])
        session.execute(insert(ReadCitizenRow), [key])
    list_id = openings_of(own, citizen)
    with read_only(own.sessions) as session:
        log = AccessLog(session, MUNICIPALITY)
        newest, oldest = log.of_citizen(citizen)
        assert (log.entry(citizen, list_id), log.entry(citizen, "old")) == (newest, oldest)
    assert [(one.purpose, one.list_id) for one in (newest, oldest)] == [
        (Purpose.OPENINGS, list_id),
        (Purpose.OPENINGS, None),
    ]


def test_why_somebody_has_no_place_is_written_down_and_made_again(own: Recorded) -> None:
    with read_only(own.sessions) as session:
        lists = [
            show_without_place(session, own.recorder, one.id, today=own.values.on, language=language).list_id
            for one in own.values.citizens[:5]
            for language in Language
        ]
    for list_id in lists:
        assert kept(own, list_id).purpose is Purpose.EXPLANATION
        assert verdict_of(own, list_id) is Verdict.IDENTICAL
