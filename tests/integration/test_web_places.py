"""Companies and places on the pages: the list narrowed in the database, and one place with what belongs to it."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from matcher.domain.agreement import AgreementModel
from matcher.domain.placement import PlacementStatus
from service.app import create_app
from service.db.place_lists import PlaceLists, Wanted
from service.db.repositories import Agreements, Companies, Placements
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from tests.builders import MUNICIPALITY, ON
from tests.databases import address_of, copied
from tests.integration.conftest import PlannedDemo
from tests.serving import CONSULTANT, CONSULTANT_ELSEWHERE, Client, settings_for

MARKUP = "<script>alert(1)</script>\"'&"


@pytest.fixture(scope="module")
def database(planned: PlannedDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("places") / "places.db"
    copied(planned.database, database)
    return database


@pytest.fixture(scope="module")
def app(database: Path) -> FastAPI:
    return create_app(settings_for(database, today=ON))


@pytest.fixture(scope="module")
def consultant(app: FastAPI) -> Client:
    return _signed_in(app, CONSULTANT)


def _signed_in(app: FastAPI, token: str) -> Client:
    client = Client(app)
    assert client.post("/log-ind", data={"adgangsnoegle": token}).status_code == 303
    return client


def _some_slot(planned: PlannedDemo) -> str:
    return max(planned.demo.night.proposals, key=lambda one: one.value).slot_id


def test_without_signing_in_one_sees_the_sign_in_page(app: FastAPI, planned: PlannedDemo) -> None:
    for path in ("/pladser", f"/pladser/{_some_slot(planned)}"):
        answer = Client(app).get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/log-ind")


def test_another_municipality_finds_nothing(app: FastAPI, planned: PlannedDemo) -> None:
    elsewhere = _signed_in(app, CONSULTANT_ELSEWHERE)
    assert elsewhere.get(f"/pladser/{_some_slot(planned)}").status_code == 404
    assert "Kommunen har ikke indlæst aftaler" in elsewhere.get("/pladser").text


def test_the_list_counts_places_as_the_placements_take_them(database: Path) -> None:
    """Against an oracle in plain Python over the stored values."""
    with read_only(sessions_of(create_database_engine(address_of(database)))) as session:
        lists = PlaceLists(session, MUNICIPALITY, ON)
        agreements = Agreements(session, MUNICIPALITY).all()
        live = [
            one.slot_id
            for one in Placements(session, MUNICIPALITY).all()
            if one.status is not PlacementStatus.ENDED and one.ends_on >= ON
        ]
        lines = {one.slot_id: one for one in lists.page(Wanted(), first=0, limit=10_000)}
        free = {one.slot_id for one in lists.page(Wanted(free=True), first=0, limit=10_000)}
        assert len(lines) == lists.count(Wanted()) == sum(len(one.slots) for one in agreements)
        assert len(free) == lists.count(Wanted(free=True))
    usable = set()
    for agreement in agreements:
        together = sum(live.count(slot.id) for slot in agreement.slots)
        for slot in agreement.slots:
            own = live.count(slot.id)
            shared = agreement.model is AgreementModel.CLUSTER
            line = lines[slot.id]
            assert (line.capacity, line.taken) == ((agreement.places, together) if shared else (slot.capacity, own)), (
                slot.id
            )
            open_ = (slot.ends_on or ON) >= ON and (agreement.valid_to or ON) >= ON
            assert line.open == open_
            if open_ and own < slot.capacity and not (shared and together >= (agreement.places or 0)):
                usable.add(slot.id)
    assert free == usable
    assert 0 < len(free) < len(lines)


def test_the_list_is_searched_whatever_the_case_of_the_letters(database: Path) -> None:
    with read_only(sessions_of(create_database_engine(address_of(database)))) as session:
        lists = PlaceLists(session, MUNICIPALITY, ON)
        every = lists.page(Wanted(), first=0, limit=10_000)
        danish = next(one for one in every if any(letter in one.company.lower() for letter in "æøå"))
        for text in (danish.company, danish.company.upper(), danish.company.lower()):
            assert danish in lists.page(Wanted(text=text), first=0, limit=10_000)
        assert lists.count(Wanted(text="100%_")) == 0
        assert all(one.where.endswith(one.postcode) and not one.where.startswith(one.company) for one in every)
        both = [*lists.page(Wanted(), first=0, limit=7), *lists.page(Wanted(), first=7, limit=7)]
        assert both == list(every[:14])


def test_the_list_can_be_narrowed_and_keeps_its_choice(consultant: Client) -> None:
    page = consultant.get("/pladser?aftale=cluster&pladser=ledig").text
    assert '<option value="cluster" selected>' in page
    assert '<option value="ledig" selected>' in page
    assert re.search(r'role="status">\s*(En plads passer|\d+ pladser passer) til valget', page)
    nothing = consultant.get("/pladser?soeg=findes-slet-ikke").text
    assert "Ingen pladser passer til valget" in nothing
    assert consultant.get("/pladser?side=2").status_code == 200
    assert consultant.get("/pladser?side=0").status_code == 422


def test_a_place_shows_what_belongs_to_it(consultant: Client, planned: PlannedDemo) -> None:
    proposal = max(planned.demo.night.proposals, key=lambda one: one.value)
    page = consultant.get(f"/pladser/{proposal.slot_id}").text
    for heading in (
        "Borgere, der passer bedst",
        "Pladser uge for uge",
        "Rammer, som forløbene deler",
        "Kontakt med virksomheden",
        "Aftalen og stedet",
    ):
        assert heading in page
    assert "Nattens forslag" in page
    assert f"/borgere/{proposal.citizen_id}/pladser/{proposal.slot_id}" in page
    assert "fuldtidsperson" in page
    assert page.count("<rect") == 52
    assert consultant.get("/pladser/findes-ikke").status_code == 404


def test_a_placement_takes_its_weeks(consultant: Client, database: Path) -> None:
    with read_only(sessions_of(create_database_engine(address_of(database)))) as session:
        found = next(
            one
            for one in Placements(session, MUNICIPALITY).all()
            if one.status is PlacementStatus.RUNNING and ON < one.ends_on < ON + timedelta(weeks=20)
        )
    page = consultant.get(f"/pladser/{found.slot_id}").text
    assert f"/borgere/{found.citizen_id}" in page
    monday = found.ends_on - timedelta(days=found.ends_on.weekday())
    rows = re.findall(r'<th scope="row">(\d+)</th>.*?<td class="number">\d+</td><td class="number">(\d+)</td>', page)
    taken = {int(week): int(number) for week, number in rows}
    assert taken[monday.isocalendar().week] >= 1
    assert len(rows) == 26


def test_stored_markup_is_shown_as_text(planned: PlannedDemo, tmp_path: Path) -> None:
    database = tmp_path / "markup.db"
    copied(planned.database, database)
    slot_id = _some_slot(planned)
    sessions = sessions_of(create_database_engine(address_of(database)))
    with unit_of_work(sessions) as session:
        agreements, companies = Agreements(session, MUNICIPALITY), Companies(session, MUNICIPALITY)
        agreement = next(one for one in agreements.all() if any(slot.id == slot_id for slot in one.slots))
        slots = tuple(replace(slot, title=MARKUP, tasks=(MARKUP,)) for slot in agreement.slots)
        company = companies.get(slots[0].company_id)
        sites = tuple(replace(site, name=MARKUP) for site in company.worksites)
        companies.put(replace(company, name=MARKUP, worksites=sites))
        agreements.put(replace(agreement, slots=slots))
    client = _signed_in(create_app(settings_for(database, today=ON)), CONSULTANT)
    for path in (f"/pladser/{slot_id}", "/pladser?soeg=alert", "/virksomheder?konsulent=" + agreement.consultant_id):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in client.get(f"/pladser/{slot_id}").text
