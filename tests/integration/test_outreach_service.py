"""Companies to call by API, page and terminal: an answer changes the list at once, the plan from the next night."""

import gc
import json
import re
import sys
import weakref
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import delete

from matcher.domain.agreement import AgreementModel
from matcher.domain.contact import Answer
from matcher.domain.placement import Verdict
from service.app import create_app
from service.db.contact_repositories import Contacts
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.db.tables import MatchRunRow
from service.logs import configure_logging
from service.problems import InvalidInput, NotFound
from service.use_cases import call_sheet
from service.use_cases.decide import decide
from service.use_cases.desk import desk_of
from service.use_cases.matching import MatchInputs, load
from service.use_cases.nightly import plan_night
from service.use_cases.outreach import NewContact, OutreachView, log_contact, outreach_list
from service.use_cases.suggest import list_for_citizen
from tests.builders import MUNICIPALITY, ON
from tests.databases import address_of, copied
from tests.deciding import KAREN
from tests.integration.conftest import PlannedDemo
from tests.serving import CONSULTANT, CONSULTANT_ELSEWHERE, SYSTEM, Client, settings_for

API = "/api/v1"
TOMORROW = ON + timedelta(days=1)


@pytest.fixture
def database(planned: PlannedDemo, tmp_path: Path) -> Path:
    copied(planned.database, tmp_path / "demo.db")
    return tmp_path / "demo.db"


@pytest.fixture
def sessions(database: Path) -> SessionFactory:
    return sessions_of(create_database_engine(address_of(database)))


@pytest.fixture
def app(database: Path) -> FastAPI:
    return create_app(settings_for(database, today=ON))


def listed(sessions: SessionFactory, *, today: date = ON, **options: Any) -> OutreachView:
    with read_only(sessions) as session:
        return outreach_list(desk_of(session, MUNICIPALITY, MatchInputs(), today), today=today, **options)


def log(sessions: SessionFactory, company_id: str, answer: Answer, **values: Any) -> None:
    with unit_of_work(sessions) as session:
        new = NewContact(answer, **values)
        log_contact(session, MUNICIPALITY, company_id, new, consultant_id="karen", today=ON)


def test_what_calls_were_found_from_is_forgotten_when_they_are_found_anew(sessions: SessionFactory) -> None:
    listed(sessions)
    before = weakref.ref(call_sheet._SHEETS[MUNICIPALITY][0][0])
    log(sessions, "V060", Answer.YES)
    listed(sessions)
    gc.collect()
    assert before() is None, "the arrays of a municipality stay in memory after each change"


def test_the_list_calls_about_every_proposal_that_needs_it(sessions: SessionFactory, planned: PlannedDemo) -> None:
    asked = {
        slot.id: agreement
        for agreement in planned.demo.municipality.agreements
        for slot in agreement.slots
        if agreement.model is not AgreementModel.FIXED
    }
    found = listed(sessions)
    resting = {rest.company_id for rest in found.resting}
    proposals = {(one.citizen_id, one.slot_id) for one in planned.demo.night.proposals if one.slot_id in asked}
    at_rest = {pair for pair in proposals if pair[1] in _slots_of(planned, resting)}
    called = {(p.citizen_id, p.slot_id) for call in found.calls for p in call.people if p.proposed}
    assert called == proposals - at_rest
    assert len(called) > 20
    for call in found.calls:
        assert call.gain == pytest.approx(call.chance.mean * sum(person.improvement for person in call.people))
        assert call.chance.low < call.chance.mean < call.chance.high
        assert call.why
        assert call.ask


def _slots_of(planned: PlannedDemo, companies: set[str]) -> set[str]:
    agreements = planned.demo.municipality.agreements
    return {slot.id for one in agreements for slot in one.slots if slot.company_id in companies}


def test_calls_stay_within_the_hours_and_one_consultants_list_is_part_of_all(sessions: SessionFactory) -> None:
    found = listed(sessions)
    for one in found.consultants:
        fitting = [call for call in found.calls if call.consultant_id == one.consultant_id and call.fits]
        assert sum(call.hours for call in fitting) <= one.left + 1e-9
    own = listed(sessions, consultant_id="K05")
    assert own.calls == tuple(call for call in found.calls if call.consultant_id == "K05")
    assert [one.consultant_id for one in own.consultants] == ["K05"]
    with pytest.raises(NotFound):
        listed(sessions, consultant_id="K99")


@pytest.mark.parametrize("answer", [Answer.YES, Answer.NO, Answer.NOT_REACHED, Answer.LATER])
def test_an_answer_takes_the_company_off_the_list_and_teaches_the_chance(
    sessions: SessionFactory, answer: Answer
) -> None:
    earlier = listed(sessions)
    before = next(call for call in earlier.calls if call.model == "ad_hoc" and call.fits)
    values = {"next_contact_on": ON + timedelta(days=3)} if answer is Answer.LATER else {}
    log(sessions, before.company_id, answer, reason="Der er travlt", **values)
    after = listed(sessions)
    assert before.company_id not in {call.company_id for call in after.calls}
    (rest,) = [one for one in after.resting if one.company_id == before.company_id]
    days = {Answer.YES: 14, Answer.NO: 90, Answer.NOT_REACHED: 7, Answer.LATER: 3}[answer]
    assert rest.ends_on == ON + timedelta(days=days)
    assert "Der er travlt" in rest.text
    was = {call.company_id: call.chance.mean for call in earlier.calls if call.model == "ad_hoc"}
    moved = [call.chance.mean - was[call.company_id] for call in after.calls if call.company_id in was]
    expected = {Answer.YES: 1, Answer.NO: -1, Answer.LATER: -1, Answer.NOT_REACHED: 0}[answer]
    assert {(delta > 1e-12) - (delta < -1e-12) for delta in moved} == {expected}


def test_hours_are_used_by_answers_since_the_plan(sessions: SessionFactory) -> None:
    call = next(one for one in listed(sessions).calls if one.model == "ad_hoc" and one.hours > 1)
    before = _hours_left(sessions, call.consultant_id)
    log(sessions, call.company_id, Answer.NO, reason="Nej tak")
    stated = next(one.outreach_hours for one in _stored(sessions).agreements if one.id == call.agreement_id)
    assert before - _hours_left(sessions, call.consultant_id) == pytest.approx(stated)
    log(sessions, call.company_id, Answer.NOT_REACHED)
    assert before - _hours_left(sessions, call.consultant_id) == pytest.approx(stated + 0.5)
    log(sessions, call.company_id, Answer.NOT_REACHED, contacted_on=ON - timedelta(days=1))
    assert before - _hours_left(sessions, call.consultant_id) == pytest.approx(stated + 0.5)


def _hours_left(sessions: SessionFactory, consultant_id: str) -> float:
    (one,) = listed(sessions, consultant_id=consultant_id).consultants
    return one.left


def _stored(sessions: SessionFactory) -> Any:
    with read_only(sessions) as session:
        return load(session, MUNICIPALITY)


def test_after_a_no_nobody_is_proposed_there_and_the_reason_is_told(
    sessions: SessionFactory, planned: PlannedDemo
) -> None:
    call = next(one for one in listed(sessions).calls if one.model == "ad_hoc" and one.people[0].proposed)
    person, digest = call.people[0], _stored(sessions).digest()
    log(sessions, call.company_id, Answer.NO, reason="Chefen er blevet syg")
    assert _stored(sessions).digest() != digest
    with read_only(sessions) as session:
        shown = list_for_citizen(session, MUNICIPALITY, MatchInputs(), person.citizen_id, today=ON, places=50)
        desk = desk_of(session, MUNICIPALITY, MatchInputs(), ON)
        assert desk.match_input.declined_slots[desk.slot_row(person.slot_id)]
    assert person.slot_id not in {place.slot_id for place in shown.places}
    night = plan_night(sessions, MUNICIPALITY, on=TOMORROW, time_limit_s=30, gap=0.02)
    slots = _slots_of(planned, {call.company_id})
    assert not any(proposal.slot_id in slots for proposal in night.proposals)


def test_the_why_not_names_the_day_but_not_the_companys_reason(app: FastAPI, sessions: SessionFactory) -> None:
    call = next(one for one in listed(sessions).calls if one.model == "ad_hoc" and one.people[0].proposed)
    person = call.people[0]
    log(sessions, call.company_id, Answer.NO, reason="Chefen er blevet syg")
    client = Client(app, token=CONSULTANT)
    answer = client.get(f"{API}/citizens/{person.citizen_id}/suggestions/{person.slot_id}")
    explanation = answer.json()["place"]["explanation"]
    assert explanation["failed_rules"] == ["company_answer"]
    assert "sagde nej den 1. oktober 2026" in explanation["one_line"]
    assert "Chefen" not in answer.text


def test_a_rejected_proposal_is_called_about_no_more(sessions: SessionFactory, planned: PlannedDemo) -> None:
    call = next(one for one in listed(sessions).calls if one.model == "pre_agreed" and len(one.people) == 1)
    proposal = next(one for one in planned.demo.night.proposals if one.citizen_id == call.people[0].citizen_id)
    with unit_of_work(sessions) as session:
        decide(
            session,
            MUNICIPALITY,
            proposal.id,
            verdict=Verdict.REJECTED,
            person=KAREN,
            reason="Borgeren vil ikke",
            today=ON,
        )
    assert call.company_id not in {one.company_id for one in listed(sessions).calls}


def test_without_a_plan_those_who_wait_are_called_about(sessions: SessionFactory) -> None:
    with unit_of_work(sessions) as session:
        session.execute(delete(MatchRunRow))
    found = listed(sessions)
    assert (found.run_id, found.planned_on) == (None, None)
    assert found.calls
    assert not any(person.proposed for call in found.calls for person in call.people)


@pytest.mark.parametrize(
    ("company", "values", "field"),
    [
        ("V060", {"answer": "no"}, "reason"),
        ("V060", {"answer": "later"}, "next_contact_on"),
        ("V060", {"answer": "yes", "contacted_on": "2026-10-02"}, "contacted_on"),
        ("V060", {"answer": "yes", "agreement_id": "A001"}, "agreement_id"),
        ("V060", {"answer": "perhaps"}, "answer"),
        ("V060", {"answer": "yes", "citizen_id": "B0001"}, "citizen_id"),
    ],
)
def test_a_bad_contact_is_refused_by_field(app: FastAPI, company: str, values: dict[str, Any], field: str) -> None:
    answer = Client(app, token=CONSULTANT).post(f"{API}/companies/{company}/contacts", json=values)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_contact_is_written_with_the_callers_name_and_read_newest_first(app: FastAPI) -> None:
    client, address = Client(app, token=CONSULTANT), f"{API}/companies/V060/contacts"
    earlier = len(client.get(address).json())
    written = client.post(address, json={"answer": "no", "reason": "Ingen opgaver", "kind": "visit"})
    assert written.status_code == 201
    record = written.json()
    assert (record["consultant_id"], record["agreement_id"], record["contacted_on"]) == ("karen", "A057", "2026-10-01")
    assert client.get(address).json()[0] == record
    assert len(client.get(address).json()) == earlier + 1
    assert Client(app, token=SYSTEM).post(address, json={"answer": "yes"}).status_code == 403
    assert Client(app, token=SYSTEM).get(address).status_code == 200


def test_another_municipality_sees_no_call_and_writes_to_no_company(app: FastAPI) -> None:
    elsewhere = Client(app, token=CONSULTANT_ELSEWHERE)
    found = elsewhere.get(f"{API}/outreach").json()
    assert (found["calls"], found["consultants"], found["resting"]) == ([], [], [])
    assert elsewhere.get(f"{API}/outreach?consultant_id=K05").status_code == 404
    assert elsewhere.post(f"{API}/companies/V060/contacts", json={"answer": "yes"}).status_code == 404


def test_the_list_in_english_has_no_danish_sentence(app: FastAPI) -> None:
    found = Client(app, token=CONSULTANT).get(f"{API}/outreach?consultant_id=K05&language=en").json()
    texts = [text for call in found["calls"] for text in (call["why"], *call["ask"], call["last_contact"] or "")]
    texts += [rest["text"] for rest in found["resting"]]
    assert texts
    assert not [
        text for text in texts if re.search(r"\b(og|ikke|borger|den|Spørg|siger)\b", re.sub(r"\(.*?\)", "", text))
    ]


def _signed_in(app: FastAPI, token: str = CONSULTANT) -> Client:
    client = Client(app)
    assert client.post("/log-ind", data={"adgangsnoegle": token}).status_code == 303
    return client


def test_an_answer_on_the_page_is_two_clicks(app: FastAPI, sessions: SessionFactory) -> None:
    client = _signed_in(app)
    page = client.get("/virksomheder?konsulent=K05").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    form = re.search(r'action="/virksomheder/(\w+)/svar".*?name="aftale" value="(\w+)"', page, re.DOTALL)
    assert csrf
    assert form
    company, data = form[1], {"csrf": csrf[1], "aftale": form[2], "konsulent": "K05"}
    address = f"/virksomheder/{company}/svar"
    for wrong, said in (
        ({}, "Vælg, hvad virksomheden svarede."),
        ({"svar": "nej-andet"}, "Skriv virksomhedens grund ved et nej."),
        ({"svar": "ikke-nu", "igen_den": "snart"}, "Skriv, hvilken dag virksomheden kan spørges igen."),
        ({"svar": "ikke-nu", "igen_den": "2026-09-01"}, "ligger før dagen for kontakten"),
    ):
        answer = client.post(address, data={**data, **wrong})
        assert (answer.status_code, said in answer.text) == (422, True)
    assert client.post(address, data={**data, "csrf": "forged", "svar": "ja"}).status_code == 403
    assert client.post("/virksomheder/nobody/svar", data={**data, "svar": "ja"}).status_code == 404
    done = client.post(address, data={**data, "svar": "nej-opgaver"})
    with read_only(sessions) as session:
        newest = Contacts(session, MUNICIPALITY).of_company(company)[0]
    assert done.status_code == 303
    assert done.headers["location"] == f"/virksomheder?konsulent=K05&gemt={newest.id}#besked"
    after = client.get(done.headers["location"]).text
    assert "Skrevet ned: " in after
    assert " sagde nej." in after
    assert f"/virksomheder/{company}/svar" not in after
    assert (newest.answer, newest.consultant_id) == (Answer.NO, "karen")
    assert newest.reason == "Virksomheden har ingen opgaver lige nu"


def test_the_log_names_no_person_and_no_reason(
    app: FastAPI, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """All that the process writes: of a list, and of a contact with a telling reason."""
    configure_logging("debug")
    client = Client(app, token=CONSULTANT)
    assert client.get(f"{API}/outreach?consultant_id=K05").status_code == 200
    sent = {"answer": "no", "reason": "hemmelig-grund"}
    assert client.post(f"{API}/companies/V060/contacts", json=sent).status_code == 201
    logged = "".join([*capfd.readouterr(), caplog.text])
    assert "list_calls" in logged
    assert "add_contact" in logged
    assert "hemmelig-grund" not in logged
    names = [one.split(" ")[0] for one in ("Ditte Gregersen", "Jonathan Jensen")]
    assert not [name for name in names if name in logged]


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(database: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command beside the demonstration's database."""
    from service import cli

    monkeypatch.setenv("MATCHER_DATABASE_URL", address_of(database))
    monkeypatch.setenv("MATCHER_TODAY", ON.isoformat())

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["matcher", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        printed = capfd.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    return command


def test_the_command_lists_and_logs(run: Run) -> None:
    code, out, _ = run("calls", "--consultant", "K05")
    assert code == 0
    assert "timer tilbage af" in out
    assert "Nævn ikke borgeren over for virksomheden" in " ".join(out.split())
    assert all(len(line) <= 80 for line in out.splitlines())
    code, out, _ = run("calls", "--consultant", "K05", "--json")
    first = json.loads(out)["calls"][0]["company_id"]
    assert run("calls", "log", first, "--answer", "no", "--by", "karen", "--reason", "Ingen opgaver")[0] == 0
    code, out, _ = run("calls", "--consultant", "K05", "--json")
    assert first not in {call["company_id"] for call in json.loads(out)["calls"]}


def test_the_command_says_what_is_wrong_in_danish(run: Run) -> None:
    code, _, err = run("calls", "log", "V060", "--answer", "no", "--by", "karen")
    assert (code, "mangler ved et nej; skriv virksomhedens begrundelse" in err) == (1, True)
    assert run("calls", "log", "V999", "--answer", "yes", "--by", "karen")[0] == 1
    assert run("calls", "log", "V060", "--answer", "perhaps", "--by", "karen")[0] == 2
    assert run("calls", "--consultant", "K99")[0] == 1


def test_the_repository_keeps_to_its_municipality(sessions: SessionFactory) -> None:
    with unit_of_work(sessions) as session:
        with pytest.raises(NotFound):
            log_contact(session, "0671", "V060", NewContact(Answer.YES), consultant_id="anders", today=ON)
        with pytest.raises(NotFound):
            Contacts(session, "0671").of_company("V060")
        assert Contacts(session, "0671").all() == ()
        with pytest.raises(InvalidInput):
            log_contact(session, MUNICIPALITY, "V060", NewContact(Answer.NO), consultant_id="karen", today=ON)
