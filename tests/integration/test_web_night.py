"""Last night's plan on the pages: many decided at once, taken back, planned again, taken along as a spreadsheet."""

import html
import re
import time
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from service.audit_chain import AuditEntry
from service.db.audit_repositories import AuditEntries
from service.db.decided_pairs import decided_pairs
from service.db.records import StoredProposal
from service.db.repositories import Decisions, MatchRuns, Placements
from service.db.session import create_database_engine, read_only, sessions_of
from service.settings import Role
from tests.access_world import NO_NEEDS, PlannedWorld, World, token_of, world_of
from tests.builders import MUNICIPALITY
from tests.databases import address_of
from tests.serving import ELSEWHERE, Client

READ = ("/forslag", "/forslag/plan.xlsx", "/forslag/plan.pdf", "/forslag/laeg-om")
SENT = ("/forslag", "/forslag/udvalget", "/forslag/fortryd", "/forslag/laeg-om", "/forslag/tilbage", "/forslag/soeg")
REASON = "Aftalt på mødet <script>alert(1)</script>\"'&"


@pytest.fixture
def world(planned_world: PlannedWorld, tmp_path: Path) -> World:
    return world_of(planned_world, tmp_path)


def verdicts(world: World, proposal: StoredProposal) -> list[str]:
    with read_only(sessions_of(create_database_engine(address_of(world.database)))) as session:
        found = Decisions(session, MUNICIPALITY).of_proposal(proposal.id)
        return [one.decision.verdict for one in found if one.taken_back_at is None]


def decisions(world: World, proposal: StoredProposal) -> list[str]:
    """Ids of the decisions that were not taken back."""
    with read_only(sessions_of(create_database_engine(address_of(world.database)))) as session:
        found = Decisions(session, MUNICIPALITY).of_proposal(proposal.id)
        return [one.id for one in found if one.taken_back_at is None]


def entries(world: World) -> list[AuditEntry]:
    """The audit chain."""
    with read_only(sessions_of(create_database_engine(address_of(world.database)))) as session:
        return list(AuditEntries(session, MUNICIPALITY).iterate())


def actions(world: World) -> list[str]:
    """What the audit chain says was done, in order."""
    return [one.action for one in entries(world)]


def placed(world: World, proposal: StoredProposal) -> int:
    with read_only(sessions_of(create_database_engine(address_of(world.database)))) as session:
        return len(Placements(session, MUNICIPALITY).having(citizen_id=proposal.citizen_id, limit=5))


def runs(world: World) -> int:
    with read_only(sessions_of(create_database_engine(address_of(world.database)))) as session:
        return len(MatchRuns(session, MUNICIPALITY).page())


def ended(person: Client, address: str) -> str:
    """The page of work that has ended."""
    deadline = time.monotonic() + 60
    while "every 1s" in (text := person.get(address).text):
        assert time.monotonic() < deadline, "the planning does not end"
        time.sleep(0.05)
    return html.unescape(text)


def test_without_signing_in_one_is_led_to_the_sign_in_page(world: World) -> None:
    for path in READ:
        assert Client(world.app).get(path).headers["location"] == "/log-ind"
    for path in SENT:
        assert Client(world.app).post(path).headers["location"] == "/log-ind"


def test_another_municipality_decides_on_nothing(world: World) -> None:
    other, csrf = world.person(token_of(Role.JOB_CONSULTANT, ELSEWHERE))
    proposal = world.unused[-1]
    assert "Der er ikke lagt nogen plan endnu" in other.get("/forslag/plan.xlsx").text
    karen, own = world.person(token_of(Role.JOB_CONSULTANT))
    form = {"csrf": own, "afgoerelse": "held", "begrundelse": REASON, "forslag": proposal.id}
    assert karen.post("/forslag", data=form).status_code == 200
    other.post("/forslag/fortryd", data={"csrf": csrf, "afgoerelse": decisions(world, proposal)})
    assert verdicts(world, proposal) == ["held"]


def test_ticked_proposals_are_decided_each_by_itself_and_told_on_one_page(world: World) -> None:
    karen, csrf = world.person(token_of(Role.JOB_CONSULTANT))
    good = max(world.unused, key=lambda one: one.starts_on)
    other = next(one for one in world.unused if one.starts_on == world.invented.on)
    form = {"csrf": csrf, "afgoerelse": "approved", "begrundelse": REASON}
    answer = karen.post("/forslag", data=form | {"forslag": [good.id, "findes-ikke", other.id]})
    text = html.unescape(answer.text)
    assert answer.status_code == 200
    assert "2 forslag er godkendt med dit navn." in text
    assert "Et forslag kunne ikke afgøres" in text
    assert (verdicts(world, good), verdicts(world, other)) == (["approved"], ["approved"])
    assert placed(world, good) == placed(world, other) == 1
    shown = karen.get(f"/forslag/{good.id}").text
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    undone = karen.post("/forslag/fortryd", data={"csrf": csrf, "afgoerelse": decisions(world, good)})
    assert "En afgørelse er taget tilbage." in html.unescape(undone.text)
    assert (decisions(world, good), verdicts(world, good)) == ([], [])
    begun = karen.post("/forslag/fortryd", data={"csrf": csrf, "afgoerelse": decisions(world, other)})
    assert "Forløbet er begyndt." in html.unescape(begun.text)
    assert (placed(world, good), placed(world, other)) == (0, 1)
    assert verdicts(world, other) == ["approved"]


@pytest.mark.parametrize("verdict", ["held", "rejected"])
def test_a_hold_and_a_rejection_are_undone_and_what_held_before_holds_again(world: World, verdict: str) -> None:
    karen, csrf = world.person(token_of(Role.JOB_CONSULTANT))
    proposal = world.unused[-1]
    other = "rejected" if verdict == "held" else "held"
    for said in (other, verdict):
        form = {"csrf": csrf, "afgoerelse": said, "begrundelse": REASON, "forslag": proposal.id}
        shown = html.unescape(karen.post("/forslag", data=form).text)
    (last,) = re.findall(r'name="afgoerelse" value="([^"]+)"', shown)
    first = next(one for one in decisions(world, proposal) if one != last)
    early = karen.post("/forslag/fortryd", data={"csrf": csrf, "afgoerelse": first})
    assert "Afgørelsen gælder ikke længere" in html.unescape(early.text)
    karen.post("/forslag/fortryd", data={"csrf": csrf, "afgoerelse": last})
    assert verdicts(world, proposal) == [other]
    again = karen.post("/forslag/fortryd", data={"csrf": csrf, "afgoerelse": last})
    assert "Afgørelsen gælder ikke længere" in html.unescape(again.text)
    karen.post("/forslag/fortryd", data={"csrf": csrf, "afgoerelse": first})
    assert verdicts(world, proposal) == []
    assert REASON not in html.unescape(karen.get(f"/borgere/{proposal.citizen_id}").text), "nothing holds"
    assert "Fortrudt af" in html.unescape(karen.get(f"/forslag/{proposal.id}").text)
    assert actions(world).count("decision.taken_back") == 2
    with read_only(sessions_of(create_database_engine(address_of(world.database)))) as session:
        assert all(one.citizen_id != proposal.citizen_id for one in decided_pairs(session, MUNICIPALITY))


def test_what_is_missing_is_said_and_what_was_typed_is_kept(world: World) -> None:
    karen, csrf = world.person(token_of(Role.JOB_CONSULTANT))
    proposal = world.unused[-1]
    form = {"csrf": csrf, "afgoerelse": "held"}
    nothing = karen.post("/forslag", data=form | {"begrundelse": "Vi venter på svar."})
    assert nothing.status_code == 422
    assert "Sæt kryds ved mindst ét forslag." in nothing.text
    assert "Vi venter på svar." in nothing.text
    silent = karen.post("/forslag", data=form | {"forslag": proposal.id, "begrundelse": " "})
    assert silent.status_code == 422
    assert re.search(rf'value="{proposal.id}" checked', silent.text)
    long = karen.post("/forslag", data=form | {"forslag": proposal.id, "begrundelse": "x" * 5000})
    assert long.status_code == 422
    assert karen.post("/forslag", data=form | {"afgoerelse": "maybe", "forslag": proposal.id}).status_code == 422
    assert verdicts(world, proposal) == []


def test_a_filtered_set_is_approved_whole_and_the_rest_left(world: World) -> None:
    lead, csrf = world.person(token_of(Role.TEAM_LEAD))
    consultants = {one.id: one.consultant_id for one in world.invented.citizens}
    chosen = consultants[world.unused[-1].citizen_id]
    form = {"csrf": csrf, "konsulent": chosen, "begrundelse": "Gennemgået med konsulenten."}
    assert lead.post("/forslag/udvalget", data=form).status_code == 200
    for proposal in world.unused:
        expected = ["approved"] if consultants[proposal.citizen_id] == chosen else []
        assert verdicts(world, proposal) in (expected, []), proposal.id
    assert verdicts(world, world.unused[-1]) == ["approved"]


def test_a_plan_is_tried_without_being_published_and_then_taken_into_use(world: World) -> None:
    karen, csrf = world.person(token_of(Role.JOB_CONSULTANT))
    proposal = world.unused[-1]
    form = {"csrf": csrf, "afgoerelse": "rejected", "begrundelse": "Borgeren vil ikke derhen.", "forslag": proposal.id}
    assert karen.post("/forslag", data=form).status_code == 200
    before = runs(world)
    address = karen.post("/forslag/laeg-om", data={"csrf": csrf}).headers["location"]
    assert "Tag planen i brug" in ended(karen, address)
    assert runs(world) == before
    elsewhere, _ = world.person(token_of(Role.JOB_CONSULTANT, ELSEWHERE))
    assert elsewhere.get(address).status_code == 404
    used = karen.post(address, data={"csrf": csrf}).headers["location"]
    text = ended(karen, used)
    assert "Planen er taget i brug" in text
    assert "Noget blev ændret" not in text
    assert runs(world) == before + 1
    assert "Siden planen før" in karen.get("/forslag").text


def test_the_spreadsheet_has_the_filtered_lines_and_no_needs_without_the_right(world: World) -> None:
    karen, _ = world.person(token_of(Role.JOB_CONSULTANT))
    plain, _ = world.person(NO_NEEDS)
    book = load_workbook(BytesIO(karen.get("/forslag/plan.xlsx").content))
    lines, without = (list(sheet.values) for sheet in book.worksheets)
    assert len(lines) == 1 + len(world.night.proposals)
    whys = {line[2] for line in without[1:]}
    bare = load_workbook(BytesIO(plain.get("/forslag/plan.xlsx").content)).worksheets[1]
    assert {line[2] for line in list(bare.values)[1:]} <= {str(why).splitlines()[0] for why in whys}
    none = load_workbook(BytesIO(karen.get("/forslag/plan.xlsx?konsulent=findes-ikke").content)).worksheets[0]
    assert none.max_row == 1
