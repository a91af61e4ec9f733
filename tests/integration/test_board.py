"""The board: which places are open, and that it names neither citizens nor companies."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matcher.domain.agreement import AgreementModel
from matcher.domain.catalogue import AREAS, JOB_FUNCTIONS
from matcher.domain.placement import Outcome, PlacementStatus
from service.app import create_app
from service.db.repositories import Agreements, Citizens, Companies, Consultants, Placements
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.use_cases.board import PLACES_SHOWN, Board, board
from tests.builders import (
    MUNICIPALITY,
    ON,
    a_citizen,
    a_company,
    a_consultant,
    a_placement,
    a_slot,
    a_worksite,
    an_agreement,
)
from tests.databases import address_of, migrated
from tests.serving import AUDITOR, CASEWORKER, CONSULTANT, CONSULTANT_ELSEWHERE, Client, settings_for

SECRET_NAME = "Fru Hemmeligs Køkken"
KITCHEN = JOB_FUNCTIONS["dish_washing"].area
OTHER_FUNCTION = next(code for code, function in JOB_FUNCTIONS.items() if function.area != KITCHEN)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Eight slots: of two the company is only asked, is full, ended, or shares a full cluster; two are open."""
    path = tmp_path / "board.db"
    second = a_worksite(id="worksite-2", p_number="1002345679", name="Anden i Ringkøbing", postcode="6950")
    companies = (a_company(name=SECRET_NAME), a_company(id="company-2", name="Anden A/S", worksites=(second,)))
    agreements = (
        an_agreement(id="open", slots=(a_slot(id="open", capacity=2, tasks=("opvask", f"hilse på {SECRET_NAME}")),)),
        an_agreement(
            id="named",
            slots=(
                a_slot(id="named", title=f"Hjælp hos {SECRET_NAME.upper()}", starts_on=date(2026, 11, 2)),
                a_slot(id="ended", title="Slut", ends_on=date(2026, 9, 30)),
                a_slot(id="full", title="Optaget"),
                a_slot(id="was-full", title="Fri igen", function=OTHER_FUNCTION),
            ),
        ),
        an_agreement(id="asked", model=AgreementModel.AD_HOC, slots=(a_slot(id="asked", title="Skal spørges"),)),
        an_agreement(id="over", valid_to=date(2026, 9, 30), slots=(a_slot(id="over", title="Udløbet"),)),
        an_agreement(
            id="cluster",
            model=AgreementModel.CLUSTER,
            company_ids=("company-1", "company-2"),
            places=1,
            slots=(
                a_slot(id="k1", title="Klynge et"),
                a_slot(id="k2", title="Klynge to", company_id="company-2", worksite_id="worksite-2", capacity=2),
            ),
        ),
    )
    citizens = [a_citizen(id=f"borger-{n}", name=f"Navnet Borger{n}") for n in range(1, 5)]
    placements = (
        a_placement(id="p1", citizen_id="borger-1", slot_id="open"),
        a_placement(id="p2", citizen_id="borger-2", slot_id="full", status=PlacementStatus.PLANNED),
        a_placement(
            id="p3", citizen_id="borger-3", slot_id="was-full", status=PlacementStatus.ENDED, outcome=Outcome.COMPLETED
        ),
        a_placement(id="p4", citizen_id="borger-4", slot_id="k1"),
    )
    with unit_of_work(sessions_of(create_database_engine(migrated(path)))) as session:
        Consultants(session, MUNICIPALITY).put_many([a_consultant()])
        Companies(session, MUNICIPALITY).put_many(companies)
        Citizens(session, MUNICIPALITY).put_many(citizens)
        Agreements(session, MUNICIPALITY).put_many(agreements)
        Placements(session, MUNICIPALITY).put_many(placements)
    return path


@pytest.fixture
def sessions(database: Path) -> SessionFactory:
    return sessions_of(create_database_engine(address_of(database)))


def shown(sessions: SessionFactory, **asked: str) -> Board:
    with read_only(sessions) as session:
        return board(session, MUNICIPALITY, ON, **asked)  # type: ignore[arg-type]


def test_places_with_room_at_companies_that_have_agreed_are_open(sessions: SessionFactory) -> None:
    found = shown(sessions)
    what = JOB_FUNCTIONS["dish_washing"].danish
    assert [(one.title, one.free) for one in found.places] == [
        ("Fri igen", 1),
        (what[:1].upper() + what[1:], 1),
        ("Opvask og anretning", 1),
    ], "in the order of the titles as they are stored"
    assert (found.total, found.page, found.pages) == (3, 1, 1)


def test_a_place_begins_no_sooner_than_its_agreement(sessions: SessionFactory) -> None:
    for days in ({}, {"valid_to": date(2027, 12, 31)}):
        later = an_agreement(id="open", valid_from=date(2026, 12, 1), slots=(a_slot(id="open", capacity=2),), **days)
        with unit_of_work(sessions) as session:
            Agreements(session, MUNICIPALITY).put(later)
        begins = {one.title: one.starts_on for one in shown(sessions).places}
        assert begins["Opvask og anretning"] == date(2026, 12, 1)
        assert begins["Fri igen"] < ON


def test_a_place_of_a_cluster_is_open_while_the_cluster_has_one(sessions: SessionFactory) -> None:
    with unit_of_work(sessions) as session:
        placement = Placements(session, MUNICIPALITY).get("p4")
        ended = replace(placement, status=PlacementStatus.ENDED, outcome=Outcome.COMPLETED)
        Placements(session, MUNICIPALITY).put(ended)
    cluster = [(one.title, one.free) for one in shown(sessions).places if one.title.startswith("Klynge")]
    assert cluster == [("Klynge et", 1), ("Klynge to", 1)], "two would be more than the cluster has"


def test_interest_and_town_narrow_the_board(sessions: SessionFactory) -> None:
    everything = shown(sessions)
    assert {(one.code, one.count) for one in everything.interests} == {
        (KITCHEN, 2),
        (JOB_FUNCTIONS[OTHER_FUNCTION].area, 1),
    }
    assert [(one.code, one.name.danish, one.count) for one in everything.towns] == [("6900", "6900 Skjern", 3)]
    assert [one.title for one in shown(sessions, interest=JOB_FUNCTIONS[OTHER_FUNCTION].area).places] == ["Fri igen"]
    assert shown(sessions, interest=KITCHEN, postcode="6950").places == ()
    assert shown(sessions, interest="findes-ikke").total == 0
    assert set(AREAS) >= {one.code for one in everything.interests}


def test_what_says_who_the_company_is_is_left_out(sessions: SessionFactory) -> None:
    found = shown(sessions)
    told = str(found).casefold()
    assert SECRET_NAME.casefold() not in told
    assert "testkøkkenet" not in told, "nor the worksite"
    assert next(one for one in found.places if one.title == "Opvask og anretning").tasks == ("opvask",)


def test_pages_are_counted_and_a_number_beyond_them_shows_the_last(sessions: SessionFactory) -> None:
    slots = tuple(a_slot(id=f"s{n:02}", title=f"Plads {n:02}") for n in range(PLACES_SHOWN))
    with unit_of_work(sessions) as session:
        Agreements(session, MUNICIPALITY).put(an_agreement(id="many", slots=slots))
    with read_only(sessions) as session:
        first, last = (board(session, MUNICIPALITY, ON, page=page) for page in (1, 99))
    assert (first.page, first.pages, len(first.places), first.total) == (1, 2, PLACES_SHOWN, PLACES_SHOWN + 3)
    assert (last.page, len(last.places)) == (2, 3)
    assert not {one.title for one in first.places} & {one.title for one in last.places}


def signed_in(database: Path, token: str) -> Client:
    client = Client(create_app(settings_for(database, today=ON)))
    assert client.post("/log-ind", data={"adgangsnoegle": token}).status_code == 303
    return client


def test_the_board_is_for_whoever_is_signed_in(database: Path) -> None:
    anonymous = Client(create_app(settings_for(database, today=ON))).get("/tavle")
    assert (anonymous.status_code, anonymous.headers["location"]) == (303, "/log-ind")
    for token in (CONSULTANT, CASEWORKER, AUDITOR):
        assert signed_in(database, token).get("/tavle").status_code == 200


def test_another_municipality_sees_its_own_places_only(database: Path) -> None:
    text = signed_in(database, CONSULTANT_ELSEWHERE).get("/tavle").text
    assert "Ingen ledige pladser lige nu" in text
    assert "Opvask" not in text


def test_nothing_on_the_board_is_about_a_citizen_a_consultant_or_a_company(database: Path) -> None:
    text = signed_in(database, AUDITOR).get("/tavle").text
    assert "Opvask og anretning" in text
    for secret in (
        "borger-",
        "Navnet",
        "Borger1",
        "Karen Konsulent",
        SECRET_NAME,
        "12345678",
        "1002345678",
        "Anden A/S",
    ):
        assert secret not in text, secret
    assert "slot" not in text, "no ids either"


def test_an_unknown_choice_says_that_nothing_fits_and_how_to_go_on(database: Path) -> None:
    text = signed_in(database, CONSULTANT).get("/tavle?interesse=%22%3E%3Cscript%3E&omraade=0000").text
    assert "Ingen ledige pladser passer til valget" in text
    assert 'href="/tavle"' in text
    assert "<script>alert" not in text
    assert '"><script>' not in text
