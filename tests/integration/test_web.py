"""The pages: sign-in, the three jobs end to end, forged forms, stored text as text, no names in addresses."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from service.app import create_app
from service.db.repositories import Citizens
from service.db.session import create_database_engine, sessions_of, unit_of_work
from service.use_cases.demo import take_in
from service.web.rendering import waiting
from tests.builders import ON
from tests.databases import address_of, copied, migrated
from tests.integration.conftest import CITIZENS, PlannedDemo
from tests.serving import CONSULTANT, CONSULTANT_ELSEWHERE, REMOTE, SYSTEM, Client, settings_for

MARKUP = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def app(planned: PlannedDemo, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    database = tmp_path_factory.mktemp("web") / "web.db"
    copied(planned.database, database)
    return create_app(settings_for(database, today=ON))


@pytest.fixture
def consultant(app: FastAPI) -> Client:
    return _signed_in(app, CONSULTANT)


def _signed_in(app: FastAPI, token: str) -> Client:
    client = Client(app)
    answer = client.post("/log-ind", data={"adgangsnoegle": token})
    assert answer.status_code == 303
    return client


def _csrf(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    return found[1]


PAGES = ["/borgere", "/borgere/{citizen}", "/borgere/{citizen}/pladser/{slot}", "/forslag", "/forslag/{proposal}"]
PAGES += ["/forslag/uden-plads", "/forslag/brug-af-pladser", "/virksomheder", "/virksomheder?konsulent=K05"]


@pytest.fixture
def known(planned: PlannedDemo) -> dict[str, str]:
    proposal = max(planned.demo.night.proposals, key=lambda one: one.value)
    return {"citizen": proposal.citizen_id, "slot": proposal.slot_id, "proposal": proposal.id}


@pytest.mark.parametrize("path", PAGES)
def test_without_signing_in_one_sees_the_sign_in_page(app: FastAPI, known: dict[str, str], path: str) -> None:
    answer = Client(app).get(path.format(**known))
    assert (answer.status_code, answer.headers["location"]) == (303, "/log-ind")


@pytest.mark.parametrize("path", [path for path in PAGES if "{" in path])
def test_another_municipality_finds_nothing(app: FastAPI, known: dict[str, str], path: str) -> None:
    answer = _signed_in(app, CONSULTANT_ELSEWHERE).get(path.format(**known))
    assert answer.status_code == 404
    assert "Findes ikke" in answer.text


def test_another_municipality_has_empty_pages(app: FastAPI) -> None:
    elsewhere = _signed_in(app, CONSULTANT_ELSEWHERE)
    assert "Kommunen har ikke indlæst borgere endnu" in elsewhere.get("/borgere").text
    for path in ("/forslag", "/forslag/uden-plads", "/forslag/brug-af-pladser"):
        assert "Der er ikke lagt nogen plan endnu" in elsewhere.get(path).text


@pytest.mark.parametrize("path", ["/log-ind", *PAGES])
def test_every_page_is_danish_labelled_and_without_inline_code(
    consultant: Client, known: dict[str, str], path: str
) -> None:
    answer = consultant.get(path.format(**known))
    assert answer.status_code == 200
    page = Page()
    page.feed(answer.text)
    assert page.language == "da"
    assert page.faults == []
    assert page.fields <= page.labels
    assert (page.mains, page.headings) == (1, 1)
    assert "style" not in page.tags
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


class Page(HTMLParser):
    """What a page says of itself, and what is wrong with its markup."""

    def __init__(self) -> None:
        super().__init__()
        self.language, self.mains, self.headings = "", 0, 0
        self.tags: set[str] = set()
        self.fields: set[str] = set()
        self.labels: set[str] = set()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.language = str(given.get("lang")) if tag == "html" else self.language
        self.mains += tag == "main"
        self.headings += tag == "h1"
        self.faults += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "script" and "src" not in given:
            self.faults.append("script inside the page")
        if tag == "th" and "scope" not in given:
            self.faults.append("th without scope")
        if tag in {"input", "select", "textarea"} and given.get("type") != "hidden":
            self.fields.add(str(given.get("id")))
        if tag == "label":
            self.labels.add(str(given.get("for")))


def test_signing_in_and_out(app: FastAPI) -> None:
    client = Client(app)
    assert client.get("/").headers["location"] == "/log-ind"
    for token in ("wrong", "", "æøå"):
        refused = client.post("/log-ind", data={"adgangsnoegle": token})
        assert refused.status_code == 401
        assert "ikke kendt" in refused.text
    assert client.post("/log-ind", data={"adgangsnoegle": SYSTEM}).status_code == 401
    answer = client.post("/log-ind", data={"adgangsnoegle": CONSULTANT})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    page = client.get("/borgere")
    assert "Karen Konsulent" in page.text
    assert client.post("/log-ud", data={"csrf": "forged"}).status_code == 403
    assert client.post("/log-ud", data={"csrf": _csrf(page)}).headers["location"] == "/log-ind?ud=true"
    assert client.get("/borgere").status_code == 303


def test_a_forged_or_withdrawn_session_is_no_session(app: FastAPI, planned: PlannedDemo) -> None:
    forged = Client(app)
    assert forged.get("/borgere", headers={"Cookie": "matcher_session=abc.def.ghi"}).status_code == 303
    cookie = _signed_in(app, CONSULTANT).get("/borgere").request.headers["cookie"]
    assert Client(app).get("/borgere", headers={"Cookie": cookie}).status_code == 200
    without = create_app(settings_for(planned.database, tokens=()))
    assert Client(without).get("/borgere", headers={"Cookie": cookie}).status_code == 303


def test_development_sign_in_needs_the_setting_and_the_machine_itself(planned: PlannedDemo, tmp_path: Path) -> None:
    database = tmp_path / "own.db"
    copied(planned.database, database)
    allowed = create_app(settings_for(database, development_sign_in=True))
    forbidden = create_app(settings_for(database))
    person = {"person": "K01"}
    assert Client(allowed).post("/log-ind/udvikling", data=person).status_code == 303
    assert Client(allowed, address=REMOTE).post("/log-ind/udvikling", data=person).status_code == 404
    assert Client(forbidden).post("/log-ind/udvikling", data=person).status_code == 404
    assert "Prøv tjenesten" in Client(allowed).get("/log-ind").text
    assert "Prøv tjenesten" not in Client(allowed, address=REMOTE).get("/log-ind").text
    local = Client(allowed)
    local.post("/log-ind/udvikling", data=person)
    cookie = local.get("/borgere").request.headers["cookie"]
    assert Client(allowed, address=REMOTE).get("/borgere", headers={"Cookie": cookie}).status_code == 303


def test_searching_keeps_the_name_out_of_the_address(consultant: Client, planned: PlannedDemo) -> None:
    citizen = next(one for one in planned.demo.municipality.citizens if re.search("[æøåÆØÅ]", one.name))
    page = consultant.get("/borgere")
    answer = consultant.post("/borgere", data={"csrf": _csrf(page), "navn": citizen.name.upper()})
    assert answer.headers["location"] == "/borgere"
    found = consultant.get("/borgere").text
    assert citizen.name in found
    assert f"{CITIZENS} borgere" not in found
    assert consultant.post("/borgere", data={"csrf": "forged", "navn": "x"}).status_code == 403
    consultant.post("/borgere", data={"csrf": _csrf(consultant.get("/borgere")), "navn": "findes-slet-ikke"})
    assert "Ingen borgere passer" in consultant.get("/borgere").text
    consultant.post("/borgere", data={"csrf": _csrf(consultant.get("/borgere")), "navn": ""})
    assert f"{CITIZENS} borgere" in consultant.get("/borgere").text


def test_the_list_of_citizens_can_be_narrowed_and_paged(consultant: Client, planned: PlannedDemo) -> None:
    counts = planned.demo.night.counts
    without = consultant.get("/borgere?forslag=uden").text
    assert f"{counts.citizens - counts.placed} borgere" in without
    colleague = planned.demo.municipality.consultants[0]
    mine = sum(citizen.consultant_id == colleague.id for citizen in planned.demo.municipality.citizens)
    assert f"{mine} borger" in consultant.get(f"/borgere?konsulent={colleague.id}").text
    first, second = consultant.get("/borgere").text, consultant.get("/borgere?side=2").text
    assert "Viser 1–50" in first
    assert "Viser 51–100" in second
    assert consultant.get("/borgere?side=0").status_code == 422


def test_a_citizens_list_shows_reasons_and_near_misses(consultant: Client, known: dict[str, str]) -> None:
    text = consultant.get(f"/borgere/{known['citizen']}").text
    for part in ("Pladser, der passer", "Nattens forslag", "Tæt på – hvorfor ikke disse?", "ikke opfyldt"):
        assert part in text
    place = consultant.get(f"/borgere/{known['citizen']}/pladser/{known['slot']}").text
    assert "Det er nattens forslag." in place
    assert "Reglerne" in place


def test_somebody_without_a_place_is_told_why(consultant: Client, planned: PlannedDemo) -> None:
    waiting_citizen = planned.demo.night.unplaced[0]
    text = consultant.get(f"/borgere/{waiting_citizen.citizen_id}").text
    assert "Ingen plads i nattens plan" in text
    assert waiting_citizen.text.splitlines()[0] in text


def test_somebody_in_a_placement_is_shown_as_such(consultant: Client, planned: PlannedDemo) -> None:
    busy = planned.demo.municipality.placements[0].citizen_id
    assert "Borgeren har et forløb, der er" in consultant.get(f"/borgere/{busy}").text


def test_deciding_needs_a_choice_a_reason_and_ones_own_form(consultant: Client, known: dict[str, str]) -> None:
    address = f"/forslag/{known['proposal']}"
    csrf = _csrf(consultant.get(address))
    reason = f"Borgeren ønsker det. {MARKUP}"
    assert (
        consultant.post(address, data={"csrf": "no", "afgoerelse": "approved", "begrundelse": "x"}).status_code == 403
    )
    no_choice = consultant.post(address, data={"csrf": csrf, "begrundelse": reason})
    assert no_choice.status_code == 422
    assert "Vælg, om forslaget" in no_choice.text
    assert "Borgeren ønsker det." in no_choice.text
    no_reason = consultant.post(address, data={"csrf": csrf, "afgoerelse": "approved", "begrundelse": "  "})
    assert no_reason.status_code == 422
    too_long = consultant.post(address, data={"csrf": csrf, "afgoerelse": "held", "begrundelse": "x" * 5000})
    assert too_long.status_code == 422
    saved = consultant.post(address, data={"csrf": csrf, "afgoerelse": "approved", "begrundelse": reason})
    assert saved.headers["location"] == f"{address}?gemt=true"
    text = consultant.get(f"{address}?gemt=true").text
    assert "Din afgørelse er gemt." in text
    assert "Karen Konsulent" in text
    assert MARKUP not in text
    assert "&lt;script&gt;" in text
    assert "Godkendt" in consultant.get("/forslag").text


def test_stored_markup_is_shown_as_text(planned: PlannedDemo, tmp_path: Path) -> None:
    database = tmp_path / "own.db"
    copied(planned.database, database)
    citizen = replace(planned.demo.municipality.citizens[0], name=MARKUP)
    with unit_of_work(sessions_of(create_database_engine(address_of(database)))) as session:
        Citizens(session, "0760").put(citizen)
    client = _signed_in(create_app(settings_for(database, today=ON)), CONSULTANT)
    assert MARKUP not in client.get(f"/borgere/{citizen.id}").text
    assert "&lt;script&gt;" in client.get(f"/borgere/{citizen.id}").text


def test_proposals_are_paged_and_unplaced_are_counted(consultant: Client, planned: PlannedDemo) -> None:
    first = consultant.get("/forslag").text
    assert 'href="/forslag?side=2#liste"' in first
    assert "Viser 51–" in consultant.get("/forslag?side=2").text
    text = consultant.get("/forslag/uden-plads").text
    for reason in planned.demo.night.counts.reasons:
        assert reason.text[1:] in text
    assert consultant.get("/forslag/findes-ikke").status_code == 404


def test_without_a_plan_lists_still_work(tmp_path: Path, planned: PlannedDemo) -> None:
    url = migrated(tmp_path / "unplanned.db")
    take_in(sessions_of(create_database_engine(url)), "0760", planned.demo.municipality)
    client = _signed_in(create_app(settings_for(tmp_path / "unplanned.db", today=ON)), CONSULTANT)
    assert "Der er ikke lagt nogen plan endnu" in client.get("/forslag").text
    citizen = planned.demo.municipality.citizens[0].id
    text = client.get(f"/borgere/{citizen}").text
    assert "Der er ikke lagt nogen plan endnu" in text


def test_an_unknown_page_says_so(consultant: Client) -> None:
    answer = consultant.get("/findes-ikke")
    assert answer.status_code == 404
    assert "Siden findes ikke." in answer.text


def test_the_stylesheet_is_served_and_may_be_kept(app: FastAPI) -> None:
    answer = Client(app).get("/static/style.css")
    assert answer.status_code == 200
    assert "cache-control" not in answer.headers or "no-store" not in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "0 dage"),
        (1, "1 dag"),
        (13, "13 dage"),
        (14, "2 uger"),
        (90, "12 uger"),
        (100, "3 måneder"),
        (730, "2 år"),
        (800, "2 år og 2 måneder"),
        (1100, "3 år"),
    ],
)
def test_waiting_time_in_words(days: int, text: str) -> None:
    assert waiting(ON - timedelta(days=days), ON) == text
