"""Planning again on the pages with other places, pins and exclusions; taking it into use; and going back."""

import html
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.domain.agreement import AgreementModel, SlotAgreement
from matcher.domain.statute import STATUTE
from matcher.rules import rules_of
from service.db.decided_pairs import decided_pairs
from service.db.record_repositories import RunRecords
from service.db.records import MatchRun, StoredProposal
from service.db.repositories import Agreements, Decisions, MatchRuns, Placements, Proposals
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from service.settings import Role
from service.use_cases.discretion import NOT_SHOWN
from service.use_cases.matching import MatchInputs
from service.use_cases.replay import Replayer, Verdict
from tests.access_world import NO_NEEDS, PlannedWorld, World, token_of, world_of
from tests.builders import MUNICIPALITY, a_placement
from tests.databases import address_of
from tests.integration.test_web_night import actions, ended, entries
from tests.serving import ELSEWHERE, Client

AGAIN = "/forslag/laeg-om"
REASON = "Aftalt med virksomheden."


@pytest.fixture
def world(planned_world: PlannedWorld, tmp_path: Path) -> World:
    return world_of(planned_world, tmp_path)


@pytest.fixture
def person(world: World) -> tuple[Client, str]:
    return world.person(token_of(Role.TEAM_LEAD))


def sessions(world: World) -> Any:
    return sessions_of(create_database_engine(address_of(world.database)))


def latest(world: World) -> MatchRun:
    with read_only(sessions(world)) as session:
        found = MatchRuns(session, MUNICIPALITY).latest()
    assert found is not None
    return found


def proposed(world: World) -> dict[str, str]:
    """The slot by citizen, in the plan that holds."""
    with read_only(sessions(world)) as session:
        return {one.citizen_id: one.slot_id for one in Proposals(session, MUNICIPALITY).of_run(latest(world).id)}


def agreement_of(world: World, slot_id: str) -> tuple[SlotAgreement, int]:
    with read_only(sessions(world)) as session:
        agreements = Agreements(session, MUNICIPALITY)
        found = next(one for one in agreements.all() if any(slot.id == slot_id for slot in one.slots))
        return agreements.get_versioned(found.id)


def places_of(world: World, slot_id: str) -> int:
    return next(slot.capacity for slot in agreement_of(world, slot_id)[0].slots if slot.id == slot_id)


def own_slot(world: World, citizen_id: str) -> str:
    """The place that the plan proposes for a citizen."""
    return proposed(world)[citizen_id]


def plain(world: World) -> StoredProposal:
    """A proposal of a slot that is no cluster's, where nobody else is proposed."""
    clusters = {
        slot.id for one in world.invented.agreements if one.model is AgreementModel.CLUSTER for slot in one.slots
    }
    return next(one for one in world.unused if one.slot_id not in clusters)


def tried(person: tuple[Client, str], *changes: str) -> tuple[str, str]:
    """The address of a trial and its page."""
    client, csrf = person
    address = client.post(AGAIN, data={"csrf": csrf, "aendring": list(changes)}).headers["location"]
    return address, ended(client, address)


def used(person: tuple[Client, str], address: str, reason: str = REASON) -> str:
    client, csrf = person
    return ended(client, client.post(address, data={"csrf": csrf, "begrundelse": reason}).headers["location"])


def went_back(world: World, person: tuple[Client, str]) -> Any:
    client, csrf = person
    return client.post("/forslag/tilbage", data={"csrf": csrf, "plan": latest(world).id})


@pytest.mark.parametrize("proposed_place", [True, False])
def test_who_has_got_a_placement_since_does_not_lose_the_proposal(
    world: World, person: tuple[Client, str], proposed_place: bool
) -> None:
    """Whether it was the proposal that was approved, or a place beside it that somebody chose."""
    proposal = plain(world)
    other = next(one.slot_id for one in world.unused if one.slot_id != proposal.slot_id)
    slot_id = proposal.slot_id if proposed_place else other
    placement = a_placement(id="agreed", citizen_id=proposal.citizen_id, slot_id=slot_id)
    with unit_of_work(sessions(world)) as session:
        Placements(session, MUNICIPALITY).put(placement)
    _address, text = tried(person)
    (line,) = re.findall(rf'<tr><th scope="row"><a href="/borgere/{proposal.citizen_id}">.*?</tr>', text)
    assert "Har fået et forløb" in line
    assert "Mister forslaget" not in line


def test_other_places_are_stored_only_with_the_plan_and_restored_by_going_back(
    world: World, person: tuple[Client, str]
) -> None:
    proposal, first = plain(world), latest(world)
    before, version = agreement_of(world, proposal.slot_id)
    address, text = tried(person, f"places {proposal.slot_id} 0")
    assert "Planen er beregnet med dine ændringer" in text
    assert f"0 pladser i stedet for {places_of(world, proposal.slot_id)}" in text
    assert (agreement_of(world, proposal.slot_id), latest(world).id) == ((before, version), first.id)
    silent = person[0].post(address, data={"csrf": person[1], "begrundelse": " "})
    assert silent.status_code == 422
    assert "Skriv en begrundelse for ændringerne." in html.unescape(silent.text)
    text = used(person, address)
    assert "Planen er taget i brug" in text
    assert "Noget blev ændret" not in text
    assert "Gå tilbage til planen før" in text
    assert (places_of(world, proposal.slot_id), agreement_of(world, proposal.slot_id)[1]) == (0, version + 1)
    assert proposal.slot_id not in proposed(world).values()
    assert actions(world)[-2:] == ["places.changed", "run.published"]
    assert len({(one.actor_id, one.channel) for one in entries(world)[-2:]}) == 1, "whoever took it into use"
    assert "Planen før gælder igen" in went_back(world, person).text
    assert (agreement_of(world, proposal.slot_id), latest(world)) == ((before, version + 2), first)
    assert actions(world)[-2:] == ["places.changed", "run.withdrawn"]
    assert own_slot(world, proposal.citizen_id) == proposal.slot_id


def test_a_cluster_shares_its_places(world: World, person: tuple[Client, str]) -> None:
    cluster = next(one for one in world.invented.agreements if one.model is AgreementModel.CLUSTER)
    slot_id = cluster.slots[-1].id
    address, text = tried(person, f"places {slot_id} {(cluster.places or 0) + 2}")
    assert "(fælles for klyngen)" in text
    used(person, address)
    changed = agreement_of(world, slot_id)[0]
    assert changed == replace(cluster, places=(cluster.places or 0) + 2)


def test_a_plan_with_changes_can_be_made_again_from_what_was_written_down(
    world: World, person: tuple[Client, str]
) -> None:
    proposal = plain(world)
    address, _text = tried(
        person, f"places {proposal.slot_id} 0", f"rejected {world.unused[-1].citizen_id} {world.unused[-1].slot_id}"
    )
    used(person, address)
    assert Replayer(sessions(world), MUNICIPALITY).replay(latest(world).id).verdict is Verdict.IDENTICAL
    with read_only(sessions(world)) as session:
        (places,) = RunRecords(session, MUNICIPALITY).get(latest(world).id).parameters["places"]
    assert (places["slot_id"], places["after"]) == (proposal.slot_id, 0)


def test_nothing_is_stored_where_the_agreement_was_changed_meanwhile(world: World, person: tuple[Client, str]) -> None:
    proposal, first = plain(world), latest(world)
    address, _text = tried(person, f"places {proposal.slot_id} 0")
    agreement = agreement_of(world, proposal.slot_id)[0]
    with unit_of_work(sessions(world)) as session:
        Agreements(session, MUNICIPALITY).put(replace(agreement, lead_time_days=agreement.lead_time_days + 1))
    text = used(person, address)
    assert "Aftalen er ændret, siden antallet af pladser blev skrevet. Intet er gemt." in text
    assert (places_of(world, proposal.slot_id) > 0, latest(world).id) == (True, first.id)


def test_a_pin_and_an_exclusion_hold_in_the_plan_and_end_with_it(world: World, person: tuple[Client, str]) -> None:
    kept, moved = world.unused[0], world.unused[-1]
    address, text = tried(
        person, f"rejected {moved.citizen_id} {moved.slot_id}", f"held {kept.citizen_id} {kept.slot_id}"
    )
    assert "Må ikke få pladsen" in text
    assert decided(world) == {}
    used(person, address)
    assert own_slot(world, kept.citizen_id) == kept.slot_id
    assert proposed(world).get(moved.citizen_id) != moved.slot_id
    assert decided(world) == {
        (kept.citizen_id, kept.slot_id): "held",
        (moved.citizen_id, moved.slot_id): "rejected",
    }
    assert actions(world)[-3:] == ["pair.decided", "pair.decided", "run.published"]
    page = html.unescape(person[0].get(AGAIN).text)
    assert "Giv fri i den nye plan" in page
    address, text = tried(person, f"free {kept.citizen_id} {kept.slot_id}")
    assert "Gives fri" in text
    used(person, address)
    assert (kept.citizen_id, kept.slot_id) not in decided(world)
    assert went_back(world, person).status_code == 200
    assert (kept.citizen_id, kept.slot_id) in decided(world), "what held before holds again"
    assert went_back(world, person).status_code == 200
    assert decided(world) == {}


def decided(world: World) -> dict[tuple[str, str], str]:
    with read_only(sessions(world)) as session:
        return {(one.citizen_id, one.slot_id): one.verdict.value for one in decided_pairs(session, MUNICIPALITY)}


def test_a_pin_that_no_plan_can_keep_is_named_and_keeps_the_plan_out_of_use(
    world: World, person: tuple[Client, str]
) -> None:
    proposal, first = plain(world), latest(world)
    address, text = tried(person, f"held {proposal.citizen_id} {proposal.slot_id}", f"places {proposal.slot_id} 0")
    name = next(one.name for one in world.invented.citizens if one.id == proposal.citizen_id)
    assert "En fastholdelse kan ikke lade sig gøre" in text
    assert re.search(rf"<li>{re.escape(name)}, [^<]+: [^<]+\.</li>", text)
    assert "Tag planen i brug" not in text
    client, csrf = person
    assert client.post(address, data={"csrf": csrf, "begrundelse": REASON}).headers["location"] == address
    assert latest(world).id == first.id


@pytest.mark.parametrize("sees_needs", [True, False])
def test_why_a_pin_cannot_be_kept_tells_of_a_need_only_to_who_may_know_it(world: World, sees_needs: bool) -> None:
    who = world.person(token_of(Role.TEAM_LEAD) if sees_needs else NO_NEEDS)
    with read_only(sessions(world)) as session:
        match_input = MatchInputs().get(session, MUNICIPALITY, world.invented.on)
    everybody = np.arange(len(match_input.citizens), dtype=np.int32)
    failing = {rule.id: ~rule.passes(match_input, everybody) for rule in rules_of(match_input)}
    by_the_need_alone = failing["must_needs_met"] & (np.sum(list(failing.values()), axis=0) == 1)
    row, col = np.argwhere(by_the_need_alone)[0].tolist()
    _address, text = tried(who, f"held {match_input.citizens.ids[row]} {match_input.slots.ids[col]}")
    assert "En fastholdelse kan ikke lade sig gøre" in text
    assert (STATUTE.periods("must_needs_met")[-1].danish in text) is sees_needs
    assert (NOT_SHOWN.danish in text) is not sees_needs


@pytest.mark.parametrize(
    ("said", "handling", "error"),
    [
        ("rejected", "held", "kan ikke både have og ikke have"),
        ("other", "held", "er allerede fastholdt på"),
    ],
)
def test_contradictory_pins_are_named(
    world: World, person: tuple[Client, str], said: str, handling: str, error: str
) -> None:
    client, csrf = person
    first, second = world.unused[0], next(one for one in world.unused if one.slot_id != world.unused[0].slot_id)
    before = (
        f"rejected {first.citizen_id} {first.slot_id}"
        if said == "rejected"
        else f"held {first.citizen_id} {second.slot_id}"
    )
    form = {"csrf": csrf, "aendring": before, "handling": handling, "borger": first.citizen_id, "plads": first.slot_id}
    answer = client.post(AGAIN, data=form)
    assert answer.status_code == 422
    name = next(one.name for one in world.invented.citizens if one.id == first.citizen_id)
    assert re.search(rf"{re.escape(name)}[^<]*{error}", html.unescape(answer.text))
    assert before in html.unescape(answer.text), "what was said before stays"


def test_more_pins_than_places_are_named(world: World, person: tuple[Client, str]) -> None:
    client, csrf = person
    proposal = plain(world)
    number = places_of(world, proposal.slot_id)
    others = [one for one in world.unused if one.citizen_id != proposal.citizen_id][:number]
    changes = [f"held {one.citizen_id} {proposal.slot_id}" for one in others]
    form = {"csrf": csrf, "aendring": changes, "handling": "held"}
    answer = client.post(AGAIN, data=form | {"borger": proposal.citizen_id, "plads": proposal.slot_id})
    text = html.unescape(answer.text)
    assert answer.status_code == 422
    assert f"{number + 1} borgere er fastholdt der" in text


def test_a_name_that_means_several_is_chosen_from_a_list(world: World, person: tuple[Client, str]) -> None:
    client, csrf = person
    proposal = world.unused[0]
    letter = "e"
    form = {"csrf": csrf, "handling": "held", "borger": letter, "plads": proposal.slot_id}
    many = client.post(AGAIN, data=form)
    assert many.status_code == 422
    assert "Flere borgere passer. Vælg på listen." in html.unescape(many.text)
    assert f'<option value="{proposal.citizen_id}">' in re.sub(r"\s+>", ">", many.text)
    chosen = client.post(AGAIN, data=form | {"borger": proposal.citizen_id})
    assert chosen.status_code == 200
    assert f"held {proposal.citizen_id} {proposal.slot_id}" in chosen.text
    away = client.post(
        AGAIN,
        data={
            "csrf": csrf,
            "aendring": f"held {proposal.citizen_id} {proposal.slot_id}",
            "handling": f"uden held {proposal.citizen_id} {proposal.slot_id}",
        },
    )
    assert "Ingen endnu." in away.text
    nobody = client.post(AGAIN, data=form | {"borger": "<script>alert(1)</script>"})
    assert "Ingen borger har det navn." in html.unescape(nobody.text)
    assert "<script>alert(1)" not in nobody.text


@pytest.mark.parametrize(
    ("number", "error"), [("to", "Skriv et helt tal"), ("1001", "Skriv et helt tal"), ("same", "det samme som nu")]
)
def test_a_number_of_places_is_checked(world: World, person: tuple[Client, str], number: str, error: str) -> None:
    client, csrf = person
    proposal = plain(world)
    number = str(places_of(world, proposal.slot_id)) if number == "same" else number
    form = {"csrf": csrf, "handling": "places", "antal_plads": proposal.slot_id, "antal": number}
    answer = client.post(AGAIN, data=form)
    assert (answer.status_code, error in html.unescape(answer.text)) == (422, True)


def test_changes_of_what_is_not_there_are_left_out(person: tuple[Client, str]) -> None:
    client, csrf = person
    changes = ["held findes-ikke ogsaa-ikke", "places findes-ikke 4", "approved a b", "<script>", "places"]
    answer = client.post(AGAIN, data={"csrf": csrf, "aendring": changes, "handling": "uden"})
    assert answer.status_code == 200
    assert "Ingen endnu." in answer.text


def test_nobody_goes_back_once_a_proposal_of_the_plan_is_decided(world: World, person: tuple[Client, str]) -> None:
    client, csrf = person
    address, _text = tried(person)
    used(person, address, "")
    with read_only(sessions(world)) as session:
        proposal = Proposals(session, MUNICIPALITY).of_run(latest(world).id)[0]
    form = {"csrf": csrf, "afgoerelse": "held", "begrundelse": REASON, "forslag": proposal.id}
    assert client.post("/forslag", data=form).status_code == 200
    run = latest(world)
    answer = went_back(world, person)
    assert answer.status_code == 409
    assert "Der er allerede truffet en afgørelse" in html.unescape(answer.text)
    assert latest(world) == run
    with read_only(sessions(world)) as session:
        (decision,) = Decisions(session, MUNICIPALITY).of_proposal(proposal.id)
    client.post("/forslag/fortryd", data={"csrf": csrf, "afgoerelse": decision.id})
    assert went_back(world, person).status_code == 200


def test_nobody_goes_back_from_a_plan_of_the_night_or_twice_or_elsewhere(
    world: World, person: tuple[Client, str]
) -> None:
    answer = went_back(world, person)
    assert (answer.status_code, "Planen er lagt af natten." in answer.text) == (409, True)
    address, _text = tried(person)
    used(person, address, "")
    run = latest(world)
    elsewhere, csrf = world.person(token_of(Role.TEAM_LEAD, ELSEWHERE))
    assert elsewhere.post("/forslag/tilbage", data={"csrf": csrf, "plan": run.id}).status_code == 404
    assert went_back(world, person).status_code == 200
    client, csrf = person
    again = client.post("/forslag/tilbage", data={"csrf": csrf, "plan": run.id})
    assert (again.status_code, "Der er kommet en nyere plan" in again.text) == (409, True)
    with read_only(sessions(world)) as session:
        runs = MatchRuns(session, MUNICIPALITY)
        assert runs.get(run.id).withdrawn_at is not None
        assert len(runs.page()) == 2, "both plans are kept"
    operations, _csrf = world.person(token_of(Role.OPERATIONS))
    assert "taget tilbage" in operations.get("/administration/koersler").text
    shown = world.caller(token_of(Role.OPERATIONS)).get(f"/api/v1/runs/{run.id}").json()
    assert shown["withdrawn_at"] is not None


def test_nobody_goes_back_where_the_agreement_was_changed_since(world: World, person: tuple[Client, str]) -> None:
    proposal = plain(world)
    address, _text = tried(person, f"places {proposal.slot_id} 0")
    used(person, address)
    run, agreement = latest(world), agreement_of(world, proposal.slot_id)[0]
    with unit_of_work(sessions(world)) as session:
        Agreements(session, MUNICIPALITY).put(replace(agreement, lead_time_days=agreement.lead_time_days + 1))
    answer = went_back(world, person)
    assert (answer.status_code, latest(world).id) == (409, run.id)
    assert "er ændret siden" in html.unescape(answer.text)
    assert places_of(world, proposal.slot_id) == 0
