"""Deciding on the page: a rule that may be set aside asks for its own reason, and what is refused leaves nothing."""

import html
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matcher.domain.citizen import EarlierPlacement
from matcher.domain.placement import PlacementStatus
from service.db.records import StoredProposal
from service.db.repositories import Citizens, Decisions, Placements
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from service.settings import Role
from tests.access_world import NO_NEEDS, PlannedWorld, World, token_of, world_of
from tests.builders import MUNICIPALITY
from tests.databases import address_of

WITHOUT_NEEDS = "Begrundelsen er vist uden skånehensyn, som du ikke har adgang til."
REASON = "Borgeren er tryg ved stedet og vil gerne tilbage."


@pytest.fixture
def world(planned_world: PlannedWorld, tmp_path: Path) -> World:
    return world_of(planned_world, tmp_path)


def with_former_employer(world: World) -> StoredProposal:
    """A proposal whose citizen turns out to have worked for the company."""
    slots = {slot.id: slot for agreement in world.invented.agreements for slot in agreement.slots}
    proposal = world.unused[-1]
    earlier = EarlierPlacement(
        slots[proposal.slot_id].company_id, "dish_washing", date(2020, 1, 1), date(2021, 1, 1), True, True
    )
    with unit_of_work(sessions_of(create_database_engine(address_of(world.database)))) as session:
        citizen = Citizens(session, MUNICIPALITY).get(proposal.citizen_id)
        Citizens(session, MUNICIPALITY).put(replace(citizen, earlier_placements=(earlier,)))
    return proposal


def verdicts(world: World, proposal: StoredProposal) -> list[str]:
    with read_only(sessions_of(create_database_engine(address_of(world.database)))) as session:
        return [one.decision.verdict for one in Decisions(session, MUNICIPALITY).of_proposal(proposal.id)]


def test_a_rule_that_may_be_set_aside_asks_for_its_reason_on_the_page(world: World) -> None:
    proposal = with_former_employer(world)
    karen, csrf = world.person(token_of(Role.JOB_CONSULTANT))
    path = f"/forslag/{proposal.id}"
    form = {"csrf": csrf, "afgoerelse": "approved", "begrundelse": "Aftalt med borgeren."}
    assert 'name="regel"' not in karen.get(path).text
    asked = karen.post(path, data=form)
    text = html.unescape(asked.text)
    assert asked.status_code == 422
    assert "Virksomheden er ikke borgerens tidligere arbejdsgiver" in text
    assert "Hvorfor et forløb hos den tidligere arbejdsgiver gavner borgeren." in text
    assert "Aftalt med borgeren." in text, "what was typed is still there"
    assert 'name="regel" value="former_employer"' in asked.text
    assert verdicts(world, proposal) == []
    blank = karen.post(path, data=form | {"regel": ["former_employer"], "regel_begrundelse": [" "]})
    assert blank.status_code == 422
    assert 'name="regel" value="former_employer"' in blank.text
    answer = karen.post(path, data=form | {"regel": ["former_employer"], "regel_begrundelse": [REASON]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?gemt=true")
    (placement,) = (
        world.caller(token_of(Role.CASE_SYSTEM))
        .get("/api/v1/placements", params={"citizen_id": proposal.citizen_id})
        .json()["items"]
    )
    history = world.caller(token_of(Role.CASE_SYSTEM)).get(f"/api/v1/placements/{placement['id']}").json()["history"]
    assert history[0]["details"]["overrides"] == {"former_employer": REASON}


def test_who_may_not_set_the_rule_aside_is_told_what_is_in_the_way(world: World) -> None:
    proposal = with_former_employer(world)
    lead, csrf = world.person(token_of(Role.TEAM_LEAD))
    form = {"csrf": csrf, "afgoerelse": "approved", "begrundelse": "Aftalt med borgeren."}
    answer = lead.post(f"/forslag/{proposal.id}", data=form)
    assert answer.status_code == 409
    assert "En jobkonsulent kan tillade det med en begrundelse" in html.unescape(answer.text)
    assert 'name="regel"' not in answer.text
    assert verdicts(world, proposal) == []


def test_a_decision_that_is_refused_is_not_kept(world: World) -> None:
    proposal = world.unused[-2]
    karen, csrf = world.person(token_of(Role.JOB_CONSULTANT))
    path, form = f"/forslag/{proposal.id}", {"csrf": csrf, "begrundelse": "Aftalt med borgeren."}
    assert karen.post(path, data=form | {"afgoerelse": "approved"}).status_code == 303
    with unit_of_work(sessions_of(create_database_engine(address_of(world.database)))) as session:
        placements = Placements(session, MUNICIPALITY)
        (made,) = placements.having(citizen_id=proposal.citizen_id, limit=2)
        placements.put(replace(made, status=PlacementStatus.RUNNING, statement_confirmed_on=world.invented.on))
    assert karen.post(path, data=form | {"afgoerelse": "rejected"}).status_code == 422
    assert verdicts(world, proposal) == ["approved"]


@pytest.mark.parametrize("rejected", [False, True])
def test_the_nights_proposal_is_shown_without_needs_also_where_the_list_has_it_no_more(
    world: World, rejected: bool
) -> None:
    """A rejected place is not on the list: what the night wrote of it stands there, and tells of needs too."""
    by_id = {one.id: one for one in world.invented.citizens}
    proposal = next(one for one in world.unused if by_id[one.citizen_id].accommodations)
    path = f"/borgere/{proposal.citizen_id}"
    nils, csrf = world.person(NO_NEEDS)
    if rejected:
        form = {"csrf": csrf, "forslag": proposal.id, "afgoerelse": "rejected", "begrundelse": REASON}
        assert nils.post(f"{path}/afgoerelse", data=form).status_code == 303
    said = [html.unescape(one.get(path).text) for one in (nils, world.person(token_of(Role.JOB_CONSULTANT))[0])]
    shown = [re.search(r'<p class="why">(.*?)</p>', text) for text in said]
    assert [one is not None and one[1] == WITHOUT_NEEDS for one in shown] == [True, False]
