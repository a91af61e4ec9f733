"""Last night's plan on the pages: a citizen searched for, those without a place narrowed, and the plan as a PDF."""

import html
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from service.db.personal import ReadPurpose
from service.db.personal_repositories import AccessLog
from service.db.session import create_database_engine, read_only, sessions_of
from service.settings import Role
from tests.access_world import NO_NEEDS, PlannedWorld, World, token_of, world_of
from tests.builders import MUNICIPALITY
from tests.databases import address_of
from tests.integration.test_web_night import verdicts
from tests.serving import ELSEWHERE, Client

UNPLACED = "/forslag/uden-plads"


@pytest.fixture
def world(planned_world: PlannedWorld, tmp_path: Path) -> World:
    return world_of(planned_world, tmp_path)


def names(world: World) -> dict[str, str]:
    return {one.id: one.name for one in world.invented.citizens}


def rows(text: str) -> list[str]:
    """Ids of the citizens whom a list names."""
    return re.findall(r'<th scope="row"><a href="/borgere/([^"]+)"', text)


def searched(person: tuple[Client, str], name: str, back: str = "") -> str:
    """Where a search leads."""
    client, csrf = person
    return str(client.post("/forslag/soeg", data={"csrf": csrf, "navn": name, "tilbage": back}).headers["location"])


def test_a_name_is_searched_for_and_never_stands_in_an_address(world: World) -> None:
    person = world.person(token_of(Role.JOB_CONSULTANT))
    proposal = world.unused[-1]
    name = names(world)[proposal.citizen_id]
    address = searched(person, f" {name.upper()} ")
    assert address == "/forslag#liste"
    text = html.unescape(person[0].get("/forslag").text)
    assert proposal.citizen_id in rows(text)
    assert {names(world)[id_] for id_ in rows(text)} == {name}
    assert f"Der er søgt efter »{name.upper()}«." in text
    assert not [one for one in re.findall(r'(?:href|action|src)="([^"]+)"', text) if name.split()[0] in one]
    assert rows(person[0].get("/forslag?konsulent=findes-ikke").text) == []
    searched(person, "")
    assert len(rows(person[0].get("/forslag").text)) == len(world.night.proposals)


def test_a_search_leads_back_to_the_list_with_its_filters_and_nowhere_else(world: World) -> None:
    person = world.person(token_of(Role.JOB_CONSULTANT))
    assert searched(person, "", "/forslag?gruppe=a") == "/forslag?gruppe=a#liste"
    assert searched(person, "", f"{UNPLACED}?grund=b") == f"{UNPLACED}?grund=b#liste"
    for elsewhere in ("https://example.com/", "//example.com", "/log-ud", "/forslagene"):
        assert searched(person, "", elsewhere) == "/forslag#liste"


def test_the_search_of_one_is_not_that_of_another(world: World) -> None:
    karen, lead = world.person(token_of(Role.JOB_CONSULTANT)), world.person(token_of(Role.TEAM_LEAD))
    searched(karen, "findes slet ikke")
    assert rows(karen[0].get("/forslag").text) == []
    assert "Ingen forslag passer til det, du har valgt" in karen[0].get("/forslag").text
    assert rows(lead[0].get("/forslag").text) != []


def test_what_waits_in_a_search_is_approved_as_it_was_shown(world: World) -> None:
    """Another search in another window changes nothing about the list that is decided on."""
    person = world.person(token_of(Role.TEAM_LEAD))
    proposal = max(world.unused, key=lambda one: one.starts_on)
    name = names(world)[proposal.citizen_id]
    searched(person, name)
    text = html.unescape(person[0].get("/forslag").text)
    assert f'name="navn" value="{name}"' in text
    searched(person, "")
    form = {"csrf": person[1], "begrundelse": "Gennemgået.", "navn": name}
    assert person[0].post("/forslag/udvalget", data=form).status_code == 200
    assert verdicts(world, proposal) == ["approved"]
    others = [one for one in world.unused if names(world)[one.citizen_id] != name]
    assert all(verdicts(world, one) == [] for one in others)


def test_those_without_a_place_are_narrowed_by_reason_consultant_and_name(world: World) -> None:
    person = world.person(token_of(Role.JOB_CONSULTANT))
    everybody = {one.citizen_id: one.reason for one in world.night.unplaced}
    reason, count = Counter(everybody.values()).most_common(1)[0]
    text = person[0].get(UNPLACED).text
    assert f'href="{UNPLACED}?grund={reason}#liste"' in text
    shown = rows(person[0].get(f"{UNPLACED}?grund={reason}").text)
    assert (len(shown), {everybody[one] for one in shown}) == (count, {reason})
    consultant_of = {one.id: one.consultant_id for one in world.invented.citizens}
    shown = rows(person[0].get(f"{UNPLACED}?konsulent=K99").text)
    assert sorted(shown) == sorted(one for one in everybody if consultant_of[one] == "K99")
    citizen_id = shown[0]
    searched(person, names(world)[citizen_id], UNPLACED)
    assert citizen_id in rows(person[0].get(UNPLACED).text)
    assert "Ingen passer til det" in person[0].get(f"{UNPLACED}?konsulent=findes-ikke").text


def test_the_counted_reason_stands_first_for_whoever_may_know_it(world: World) -> None:
    karen, plain = world.person(token_of(Role.JOB_CONSULTANT)), world.person(NO_NEEDS)
    text = html.unescape(karen[0].get(UNPLACED).text)
    counted = {str(one.text) for one in world.night.counts.reasons}
    cells = re.findall(r"</th><td>([^<]+)\.<details>", text)
    assert cells
    assert {one[:1].lower() + one[1:] for one in cells} <= counted
    bare = html.unescape(plain[0].get(UNPLACED).text)
    assert "grund=" not in bare
    assert rows(plain[0].get(f"{UNPLACED}?grund=no_place_fits").text) == rows(plain[0].get(UNPLACED).text)


def pdf_text(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_the_pdf_says_what_the_page_says(world: World) -> None:
    karen = world.person(token_of(Role.JOB_CONSULTANT))
    answer = karen[0].get("/forslag/plan.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    text = pdf_text(answer.content)
    for proposal in world.night.proposals:
        assert names(world)[proposal.citizen_id] in text
    page = html.unescape(karen[0].get("/forslag").text)
    reason = re.findall(r'</a><br><span class="small muted">([^<]+)</span></td>', page)[0]
    plain = text.replace("- ", "").replace("-", "").replace(" ", "")
    assert reason.replace("-", "").replace(" ", "") in plain
    assert "hvor 1 er et forslag, der passer helt" in text.replace("- ", "")
    assert "Uden plads" in text
    assert all(names(world)[one.citizen_id] in text for one in world.night.unplaced)


def test_the_pdf_follows_filters_and_rights_and_is_written_down(world: World) -> None:
    karen, plain = world.person(token_of(Role.JOB_CONSULTANT)), world.person(NO_NEEDS)
    narrow = pdf_text(karen[0].get("/forslag/plan.pdf?konsulent=findes-ikke").content)
    assert "Ingen forslag." in narrow
    assert "Dokumentet viser kun det" in narrow
    assert not [name for name in names(world).values() if name in narrow]
    assert PdfReader(BytesIO(plain[0].get("/forslag/plan.pdf").content)).pages
    elsewhere = world.person(token_of(Role.JOB_CONSULTANT, ELSEWHERE))
    assert "Der er ikke lagt nogen plan endnu" in elsewhere[0].get("/forslag/plan.pdf").text
    citizen_id = world.night.unplaced[0].citizen_id
    karen[0].get("/forslag/plan.pdf")
    with read_only(sessions_of(create_database_engine(address_of(world.database)))) as session:
        entries = AccessLog(session, MUNICIPALITY).of_citizen(citizen_id, limit=5)
    assert [one.purpose for one in entries] == [ReadPurpose.EXPORT] * 2


def test_the_spreadsheet_leaves_out_whom_the_search_leaves_out(world: World) -> None:
    karen = world.person(token_of(Role.JOB_CONSULTANT))
    proposal = world.unused[0]
    searched(karen, names(world)[proposal.citizen_id])
    lines, without = load_workbook(BytesIO(karen[0].get("/forslag/plan.xlsx").content)).worksheets
    name = names(world)[proposal.citizen_id]
    left = [one.citizen_id for one in world.night.proposals if names(world)[one.citizen_id] == name]
    assert [row[1] for row in lines.values][1:] == left
    assert without.max_row == 1 or proposal.citizen_id not in [row[1] for row in without.values]
