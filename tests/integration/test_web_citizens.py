"""Citizens on the pages: the list and its filters, deciding, choosing, correcting, and taking each of them back."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from matcher.domain.citizen import Citizen, JobGoal
from matcher.domain.placement import PlacementStatus
from service.app import create_app
from service.db.repositories import Citizens, Placements
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from service.settings import Role
from tests.builders import MUNICIPALITY, ON
from tests.databases import address_of, copied
from tests.integration.conftest import CITIZENS, PlannedDemo
from tests.serving import CASEWORKER, CONSULTANT, CONSULTANT_ELSEWHERE, Client, access_token, settings_for

MARKUP = "<script>alert(1)</script>\"'&"
BLIND = "uden-hensyn"
LATER = (ON + timedelta(days=21)).isoformat()


@pytest.fixture(scope="module")
def database(planned: PlannedDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("web-citizens") / "web.db"
    copied(planned.database, made)
    return made


@pytest.fixture(scope="module")
def app(database: Path) -> FastAPI:
    tokens = (*settings_for(database).tokens, access_token(BLIND, "nils", "Nils", MUNICIPALITY, Role.JOB_CONSULTANT))
    return create_app(settings_for(database, today=ON, tokens=tokens))


def _person(app: FastAPI, token: str = CONSULTANT) -> Client:
    client = Client(app)
    assert client.post("/log-ind", data={"adgangsnoegle": token}).status_code == 303
    return client


def _csrf(client: Client) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/borgere").text)
    assert found
    return found[1]


def _send(client: Client, path: str, **data: object) -> httpx.Response:
    return client.post(path, data={"csrf": _csrf(client), **data})


def _free(planned: PlannedDemo, number: int) -> tuple[str, str, str]:
    """A citizen, a slot and a proposal that no other test of this module uses."""
    found = sorted(planned.demo.night.proposals, key=lambda one: -one.value)[number]
    return found.citizen_id, found.slot_id, found.id


POSTS = [
    "/afgoerelse",
    "/afgoerelse/fortryd",
    "/pladser/P",
    "/forloeb/F/fortryd",
    "/profil/timer",
    "/profil/timer/fortryd",
    "/stillinger",
]
GETS = ["", "/profil/timer", "/sammenlign", "/kort"]


def test_nobody_gets_in_without_signing_in(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, _, _ = _free(planned, 0)
    for path in GETS:
        assert Client(app).get(f"/borgere/{citizen}{path}").headers["location"] == "/log-ind"
    for path in POSTS:
        assert Client(app).post(f"/borgere/{citizen}{path}").headers["location"] == "/log-ind"


def test_another_municipality_finds_nothing(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, slot, proposal = _free(planned, 0)
    elsewhere = _person(app, CONSULTANT_ELSEWHERE)
    for path in GETS:
        assert elsewhere.get(f"/borgere/{citizen}{path}").status_code == 404, path
    decision = {"forslag": proposal, "afgoerelse": "held", "begrundelse": "Vent."}
    assert _send(elsewhere, f"/borgere/{citizen}/afgoerelse", **decision).status_code == 404
    assert _send(elsewhere, f"/borgere/{citizen}/pladser/{slot}", begrundelse="Ja.").status_code == 404
    assert _send(elsewhere, f"/borgere/{citizen}/profil/timer", timer_nu="5").status_code == 404


def test_a_forged_form_changes_nothing(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, slot, _ = _free(planned, 0)
    client = _person(app)
    for path in (f"/borgere/{citizen}/pladser/{slot}", f"/borgere/{citizen}/profil/timer"):
        assert client.post(path, data={"csrf": "forged", "begrundelse": "x"}).status_code == 403


def test_the_filters_leave_those_who_are_asked_for(app: FastAPI, planned: PlannedDemo) -> None:
    client, counts = _person(app), planned.demo.night.counts
    consultant = planned.demo.municipality.consultants[0]
    own = sum(one.consultant_id == consultant.id for one in planned.demo.municipality.citizens)
    assert f"{own} borgere" in client.get(f"/borgere?konsulent={consultant.id}").text
    assert f"{counts.citizens - counts.placed} borgere" in client.get("/borgere?konsulent=alle&forslag=uden").text
    assert "Ingen borgere passer" in client.get("/borgere?gruppe=findes-ikke").text
    group = planned.demo.municipality.citizens[0].target_group
    of_group = sum(one.target_group == group for one in planned.demo.municipality.citizens)
    assert f"{of_group} borgere" in client.get(f"/borgere?gruppe={group}").text


def test_what_asks_for_attention_is_counted_and_shown(app: FastAPI) -> None:
    client = _person(app)
    front = client.get("/borgere").text
    for heading, slug in (("Forslag, der venter på en afgørelse", "afgoerelse"), ("Har ventet over et år", "laenge")):
        count = re.search(rf'count">(\d+)</span> {heading}', front)
        assert count
        assert int(count[1]) > 0
        assert f"{count[1]} borgere" in client.get(f"/borgere?fokus={slug}").text
    assert "Det første i dag" not in client.get("/borgere?fokus=laenge").text


def test_a_consultant_begins_with_ones_own_citizens(database: Path, planned: PlannedDemo) -> None:
    consultant = planned.demo.municipality.consultants[0]
    token = access_token("egen", consultant.id, consultant.name, MUNICIPALITY, Role.JOB_CONSULTANT)
    client = _person(create_app(settings_for(database, today=ON, tokens=(token,))), "egen")
    own = sum(one.consultant_id == consultant.id for one in planned.demo.municipality.citizens)
    assert "Mine borgere" in client.get("/borgere").text
    assert f"{own} borgere" in client.get("/borgere").text
    assert f"{CITIZENS} borgere" in client.get("/borgere?konsulent=alle").text


def test_a_proposal_is_decided_from_the_citizens_page(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, _, proposal = _free(planned, 1)
    client, path = _person(app), f"/borgere/{citizen}/afgoerelse"
    empty = _send(client, path, forslag=proposal)
    assert empty.status_code == 422
    assert "Vælg, om forslaget" in empty.text
    assert _send(client, path, forslag="findes-ikke", afgoerelse="held", begrundelse="x").status_code == 404
    held = _send(client, path, forslag=proposal, afgoerelse="held", begrundelse=f"Vi venter. {MARKUP}")
    assert held.headers["location"] == f"/borgere/{citizen}?gemt=hold"
    shown = client.get(f"/borgere/{citizen}?gemt=hold").text
    assert "Forslaget er sat på hold." in shown
    assert MARKUP not in shown
    assert "alert(1)&lt;/script&gt;" in shown


def test_a_decision_is_taken_back_and_the_one_before_it_holds_again(
    app: FastAPI, database: Path, planned: PlannedDemo
) -> None:
    citizen, _, proposal = _free(planned, 12)
    client, path = _person(app), f"/borgere/{citizen}/afgoerelse"
    assert _send(client, path, forslag=proposal, afgoerelse="held", begrundelse="Vi venter på svar.").is_redirect
    first = _undo(client, f"/borgere/{citizen}?gemt=hold")
    assert _send(client, path, forslag=proposal, afgoerelse="approved", begrundelse="Det ønsker borgeren.").is_redirect
    assert _send(client, first[0], **first[1]).status_code == 409  # another decision holds by now
    last = _undo(client, f"/borgere/{citizen}?gemt=godkendt")
    assert _send(client, last[0], **last[1]).headers["location"] == f"/borgere/{citizen}?gemt=fortrudt"
    assert _planned_of(database, citizen) == 0
    shown = client.get(f"/borgere/{citizen}?gemt=fortrudt").text
    assert "Afgørelsen er taget tilbage." in shown
    assert "Sat på hold" in shown
    assert "Fortrudt af" in client.get(f"/forslag/{proposal}").text
    assert _send(client, first[0].replace(citizen, "B0001"), **first[1]).status_code == 404
    assert _send(client, first[0], **first[1]).is_redirect
    assert "Sat på hold" not in client.get(f"/borgere/{citizen}").text


def _undo(client: Client, page: str) -> tuple[str, dict[str, str]]:
    """Where the page's form to take back sends to, and what."""
    form = re.search(r'action="([^"]+/fortryd)".*?</form>', client.get(page).text, re.DOTALL)
    assert form
    return form[1], dict(re.findall(r'name="(afgoerelse)" value="([^"]*)"', form[0]))


def test_a_place_is_chosen_and_taken_back(app: FastAPI, database: Path, planned: PlannedDemo) -> None:
    citizen, slot, _ = _free(planned, 3)
    client, path = _person(app), f"/borgere/{citizen}/pladser/{slot}"
    for typed, said in (
        ({"begrundelse": ""}, "Skriv en begrundelse."),
        ({"begrundelse": "Ja.", "starter": "i morgen"}, "Skriv en dato, der findes."),
        ({"begrundelse": "Ja.", "timer": "mange"}, "Skriv et tal fra 0,5 til 37."),
    ):
        refused = _send(client, path, **typed)
        assert refused.status_code == 422
        assert said in refused.text
    early = _send(client, path, begrundelse="Begynder straks.", starter="2020-01-01")
    assert early.status_code == 409
    assert "Det står i vejen" in early.text
    assert "Begynder straks." in early.text
    assert (
        _send(client, path, begrundelse="Borgeren kender stedet.", starter=LATER)
        .headers["location"]
        .endswith("?gemt=aftalt")
    )
    assert _planned_of(database, citizen) == 1
    back, _ = _undo(client, f"/borgere/{citizen}?gemt=aftalt")
    assert _send(client, back.replace(citizen, "B0001")).status_code == 404
    assert _send(client, back).status_code == 303
    assert _planned_of(database, citizen) == 0


def _planned_of(database: Path, citizen: str) -> int:
    with read_only(sessions_of(create_database_engine(address_of(database)))) as session:
        found = Placements(session, MUNICIPALITY).having(citizen_id=citizen, status=PlacementStatus.PLANNED)
        return len(found)


def _fields(client: Client, citizen: str, felt: str) -> dict[str, str]:
    text = client.get(f"/borgere/{citizen}/profil/{felt}").text
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', text)[0] for name in ("version", "liste")}


def test_a_correction_says_what_moved_and_is_taken_back(app: FastAPI, database: Path, planned: PlannedDemo) -> None:
    citizen, _, _ = _free(planned, 4)
    client, before = _person(app), _stored(database, citizen)
    typed = {"timer_nu": "2,5", "timer_maal": "5", "dage": ["0", "1"], "fra": "09:00", "til": "13:00"}
    known = _fields(client, citizen, "timer")
    saved = _send(client, f"/borgere/{citizen}/profil/timer", **known, **typed)
    assert saved.status_code == 303
    assert _stored(database, citizen).hours_now == 2.5
    shown = client.get(saved.headers["location"]).text
    assert "Rettelsen er gemt" in shown
    assert "pladser har flyttet sig" in shown
    assert _send(client, f"/borgere/{citizen}/profil/timer", **known, **typed).status_code == 422
    undone = _send(client, f"/borgere/{citizen}/profil/timer/fortryd", liste=known["liste"])
    assert undone.headers["location"] == f"/borgere/{citizen}?gemt=rettelse-fortrudt"
    assert _stored(database, citizen) == before
    assert _send(client, f"/borgere/{citizen}/profil/timer/fortryd", liste="findes-ikke").status_code == 404


@pytest.mark.parametrize(
    ("meanwhile", "status"), [({"hours_now": 3.5}, 409), ({"longest_travel_minutes": 45}, 303)], ids=["same", "another"]
)
def test_taking_back_leaves_what_somebody_else_has_corrected_since(
    app: FastAPI, database: Path, planned: PlannedDemo, meanwhile: dict[str, Any], status: int
) -> None:
    citizen, _, _ = _free(planned, 5)
    client, before = _person(app), _stored(database, citizen)
    known = _fields(client, citizen, "timer")
    typed = {"timer_nu": "2,5", "timer_maal": "5", "dage": ["0", "1"], "fra": "09:00", "til": "13:00"}
    assert _send(client, f"/borgere/{citizen}/profil/timer", **known, **typed).status_code == 303
    with unit_of_work(sessions_of(create_database_engine(address_of(database)))) as session:
        Citizens(session, MUNICIPALITY).put(replace(_stored(database, citizen), **meanwhile))
    theirs = _stored(database, citizen)
    answer = _send(client, f"/borgere/{citizen}/profil/timer/fortryd", liste=known["liste"])
    assert answer.status_code == status
    if status == 409:
        assert "En anden har rettet borgeren imens" in answer.text
        assert _stored(database, citizen) == theirs
    else:
        assert _stored(database, citizen) == replace(before, **meanwhile)


def _stored(database: Path, citizen: str) -> Citizen:
    with read_only(sessions_of(create_database_engine(address_of(database)))) as session:
        return Citizens(session, MUNICIPALITY).get(citizen)


@pytest.mark.parametrize(
    ("felt", "typed", "said"),
    [
        ("timer", {"timer_nu": "x", "timer_maal": "5", "dage": "0", "fra": "9:00", "til": "13:00"}, "Skriv et tal."),
        ("timer", {"timer_nu": "9", "timer_maal": "5", "dage": "0", "fra": "9:00", "til": "13:00"}, "Målet skal være"),
        ("timer", {"timer_nu": "9", "timer_maal": "9", "dage": "0", "fra": "9:00", "til": "13:00"}, "ikke så mange"),
        ("timer", {"timer_nu": "1", "timer_maal": "5", "fra": "9:00", "til": "13:00"}, "Vælg mindst én dag."),
        ("transport", {"laengst": "60"}, "Vælg mindst én måde"),
        ("transport", {"transport": "bus", "laengst": "600"}, "fra 1 til 240"),
        ("stoette", {"mentor": "40"}, "fra 0 til 37"),
    ],
)
def test_a_wrong_field_is_named_and_keeps_what_was_typed(
    app: FastAPI, database: Path, planned: PlannedDemo, felt: str, typed: dict[str, str], said: str
) -> None:
    citizen, _, _ = _free(planned, 5)
    client, before = _person(app), _stored(database, citizen)
    answer = _send(client, f"/borgere/{citizen}/profil/{felt}", **_fields(client, citizen, felt), **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Der er en fejl" in answer.text
    assert _stored(database, citizen) == before


def test_goals_competences_needs_travel_and_support_are_corrected(
    app: FastAPI, database: Path, planned: PlannedDemo
) -> None:
    citizen, _, _ = _free(planned, 6)
    client = _person(app)
    for felt, typed in (
        ("jobmaal", {"maal": ["tømrer", f"noget helt andet {MARKUP}"]}),
        ("kompetencer", {"funktion": ["dish_washing", "findes-ikke"], "niveau": ["3", "2"]}),
        ("skaanehensyn", {"hensyn": ["noise", ""], "graense": ["1.0", ""], "styrke": ["should", "must"]}),
        ("transport", {"transport": ["bus", "walk"], "laengst": "45"}),
        ("stoette", {"mentor": "1,5", "stoette": ["pain"]}),
    ):
        answer = _send(client, f"/borgere/{citizen}/profil/{felt}", **_fields(client, citizen, felt), **typed)
        assert answer.status_code == 303, felt
    with read_only(sessions_of(create_database_engine(address_of(database)))) as session:
        found = Citizens(session, MUNICIPALITY).get(citizen)
    assert [bool(goal.occupation) for goal in found.goals] == [True, False]
    assert [(one.function, one.level) for one in found.competences] in ([("dish_washing", 3)], [])
    assert [(one.condition, one.strength, one.limit) for one in found.accommodations] == [("noise", "should", 1.0)]
    assert set(found.travel_modes) == {"bus", "walk"}
    assert (found.longest_travel_minutes, found.mentor_hours_per_week) == (45, 1.5)
    assert found.support_problems == ("pain",)
    for path in ("", "/profil/jobmaal"):
        text = client.get(f"/borgere/{citizen}{path}").text
        assert MARKUP not in text
        assert "noget helt andet &lt;script&gt;" in text


def test_occupations_are_suggested_with_and_without_a_script(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, _, _ = _free(planned, 7)
    client = _person(app)
    typeahead = _send(client, f"/borgere/{citizen}/stillinger", tekst="tømrer").text
    assert 'data-value="tømrer"' in typeahead.casefold()
    assert client.get(f"/borgere/{citizen}/stillinger").status_code == 405
    fields = _fields(client, citizen, "jobmaal")
    found = _send(client, f"/borgere/{citizen}/profil/jobmaal", **fields, maal="tømr", find="1")
    assert found.status_code == 200
    assert "Stillinger, som »tømr« kan betyde" in found.text
    assert client.get(f"/borgere/{citizen}/profil/findes-ikke").status_code == 404


def test_needs_are_for_those_who_may_see_them(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, _, _ = _free(planned, 8)
    blind = _person(app, BLIND)
    text = blind.get(f"/borgere/{citizen}").text
    assert "Du har ikke adgang til skånehensyn." in text
    assert 'id="profil-skaanehensyn"' not in text
    for felt in ("skaanehensyn", "stoette"):
        assert blind.get(f"/borgere/{citizen}/profil/{felt}").status_code == 403
        assert _send(blind, f"/borgere/{citizen}/profil/{felt}").status_code == 403
    assert 'id="profil-skaanehensyn"' in _person(app).get(f"/borgere/{citizen}").text


def test_a_caseworker_reads_and_corrects_but_decides_nothing(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, slot, proposal = _free(planned, 9)
    caseworker = _person(app, CASEWORKER)
    text = caseworker.get(f"/borgere/{citizen}").text
    assert "Gem afgørelsen" not in text
    assert "Vælg pladsen" not in text
    decision = {"forslag": proposal, "afgoerelse": "held", "begrundelse": "Vent."}
    assert _send(caseworker, f"/borgere/{citizen}/afgoerelse", **decision).status_code == 403
    assert _send(caseworker, f"/borgere/{citizen}/pladser/{slot}", begrundelse="Ja.").status_code == 403


def test_places_are_compared_and_drawn(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, _, _ = _free(planned, 10)
    client = _person(app)
    slots = re.findall(r'name="plads" value="([^"]+)"', client.get(f"/borgere/{citizen}").text)
    assert len(slots) > 1
    asked = "&".join(f"plads={slot}" for slot in (slots * 5)[:10])
    compared = client.get(f"/borgere/{citizen}/sammenlign?{asked}").text
    assert compared.count('<th scope="col">') == min(4, len(slots))
    assert "Vælg mindst to pladser" in client.get(f"/borgere/{citizen}/sammenlign").text
    assert client.get(f"/borgere/{citizen}/sammenlign?plads=findes-ikke").status_code == 404
    drawn = client.get(f"/borgere/{citizen}/kort").text
    assert drawn.count('class="place"') == len(re.findall(r"<li><a href=\"/borgere/[^\"]+/pladser/", drawn)) > 0
    assert drawn.count('class="ring"') > 0


def test_stored_markup_is_text_everywhere(planned: PlannedDemo, tmp_path: Path) -> None:
    own = tmp_path / "own.db"
    copied(planned.database, own)
    citizen = replace(planned.demo.municipality.citizens[3], name=MARKUP, goals=(JobGoal(MARKUP),))
    citizen = replace(citizen, accommodations=tuple(replace(one, note=MARKUP) for one in citizen.accommodations))
    with unit_of_work(sessions_of(create_database_engine(address_of(own)))) as session:
        Citizens(session, MUNICIPALITY).put(citizen)
    client = _person(create_app(settings_for(own, today=ON)))
    for path in ("", "/profil/jobmaal", "/profil/skaanehensyn", "/sammenlign", "/kort", "/andre-pladser"):
        text = client.get(f"/borgere/{citizen.id}{path}").text
        assert "<script>alert" not in text, path
        assert "&lt;script&gt;alert" in text, path


def test_any_place_can_be_searched_and_chosen(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, _, _ = _free(planned, 9)
    client, path = _person(app), f"/borgere/{citizen}/andre-pladser"
    slots = [slot for agreement in planned.demo.municipality.agreements for slot in agreement.slots]
    everything = client.get(path).text
    assert f"{len(slots)} pladser" in everything
    assert "Side 1 af" in everything
    slot = slots[-1]
    found = client.get(path, params={"soeg": slot.title.upper()}).text
    assert f"/borgere/{citizen}/pladser/{slot.id}#vaelg" in found
    assert "Ingen pladser passer til søgningen." in client.get(path, params={"soeg": MARKUP}).text
    assert MARKUP not in client.get(path, params={"soeg": MARKUP}).text
    free = client.get(path, params={"pladser": "ledig", "side": 2}).text
    assert f"{len(slots)} pladser" not in free
    assert f"{path}?pladser=ledig&amp;side=1" in free
    assert path in client.get(f"/borgere/{citizen}").text


def test_who_does_not_decide_chooses_no_other_place(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, _, _ = _free(planned, 9)
    path = f"/borgere/{citizen}/andre-pladser"
    assert Client(app).get(path).headers["location"] == "/log-ind"
    assert _person(app, CONSULTANT_ELSEWHERE).get(path).status_code == 404
    caseworker = _person(app, CASEWORKER)
    assert caseworker.get(path).status_code == 403
    assert path not in caseworker.get(f"/borgere/{citizen}").text


def test_needs_are_edited_by_their_names(app: FastAPI, planned: PlannedDemo) -> None:
    citizen = next(one for one in planned.demo.municipality.citizens if len(one.accommodations) > 2)
    shown = _person(app).get(f"/borgere/{citizen.id}/profil/skaanehensyn").text
    assert "Hensyn 1" not in shown
    assert shown.count("Hvor vigtigt: ") == len(citizen.accommodations)
    assert len(re.findall(r'name="hensyn" value', shown)) == len(citizen.accommodations)
    assert len(re.findall(r'name="graense"', shown)) == len(citizen.accommodations) + 1


def test_the_map_has_the_towns_of_the_municipality(app: FastAPI, planned: PlannedDemo) -> None:
    citizen, _, _ = _free(planned, 9)
    shown = _person(app).get(f"/borgere/{citizen}/kort").text
    homes = {one.home_postcode for one in planned.demo.municipality.citizens}
    assert shown.count('class="town"') == len(homes)
    assert "6900 Skjern" in shown
    assert shown.count('class="place"') > 0
