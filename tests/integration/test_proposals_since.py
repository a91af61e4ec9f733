"""What is left of a plan's proposals after what people and companies have said since: on every page that reads them."""

from datetime import date
from pathlib import Path

import pytest

from matcher.domain.agreement import AgreementModel
from matcher.domain.contact import Answer
from matcher.domain.placement import Verdict
from service.db.records import StoredProposal
from service.db.repositories import Placements
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.use_cases.call_sheet import call_sheet
from service.use_cases.company_page import company_page
from service.use_cases.decide import decide
from service.use_cases.desk import Desk, desk_of
from service.use_cases.matching import MatchInputs
from service.use_cases.needs import needs
from service.use_cases.outreach import NewContact, log_contact
from service.use_cases.without_place import citizen_without_place
from tests.builders import MUNICIPALITY, ON, a_placement
from tests.databases import address_of, copied
from tests.deciding import KAREN
from tests.integration.conftest import PlannedDemo


@pytest.fixture
def sessions(planned: PlannedDemo, tmp_path: Path) -> SessionFactory:
    copied(planned.database, tmp_path / "demo.db")
    return sessions_of(create_database_engine(address_of(tmp_path / "demo.db")))


def desk(sessions: SessionFactory, today: date = ON) -> Desk:
    with read_only(sessions) as session:
        return desk_of(session, MUNICIPALITY, MatchInputs(), today)


def proposed(planned: PlannedDemo, *models: AgreementModel) -> StoredProposal:
    """A proposal of last night at a place of one of some kinds of agreement."""
    slots = {slot.id for one in planned.demo.municipality.agreements if one.model in models for slot in one.slots}
    return next(one for one in planned.demo.night.proposals if one.slot_id in slots)


def decided(sessions: SessionFactory, proposal: StoredProposal, verdict: Verdict) -> None:
    with unit_of_work(sessions) as session:
        decide(session, MUNICIPALITY, proposal.id, verdict=verdict, person=KAREN, reason="Aftalt", today=ON)


def at_company(found: Desk, proposal: StoredProposal) -> set[str]:
    """Citizens whom the page of the proposal's company shows as proposed there."""
    company = found.match_input.slot_values[found.slot_row(proposal.slot_id)].company
    return {one.citizen_id for one in company_page(found, company.id, today=ON).proposed}


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_company_shows_as_proposed_whom_nobody_has_answered(
    sessions: SessionFactory, planned: PlannedDemo, verdict: Verdict
) -> None:
    proposal = proposed(planned, AgreementModel.FIXED)
    assert proposal.citizen_id in at_company(desk(sessions), proposal)
    decided(sessions, proposal, verdict)
    shown = at_company(desk(sessions), proposal)
    assert (proposal.citizen_id in shown) is (verdict is Verdict.HELD)


def test_a_company_does_not_show_as_proposed_who_is_placed_elsewhere(
    sessions: SessionFactory, planned: PlannedDemo
) -> None:
    proposal = proposed(planned, AgreementModel.FIXED)
    elsewhere = next(one for one in desk(sessions).match_input.slots.ids if one != proposal.slot_id)
    with unit_of_work(sessions) as session:
        Placements(session, MUNICIPALITY).put(
            a_placement(id="chosen", citizen_id=proposal.citizen_id, slot_id=elsewhere)
        )
    assert proposal.citizen_id not in at_company(desk(sessions), proposal)


def test_who_has_had_the_proposal_rejected_waits(sessions: SessionFactory, planned: PlannedDemo) -> None:
    proposal = proposed(planned, AgreementModel.FIXED)
    before = needs(desk(sessions)).waiting
    decided(sessions, proposal, Verdict.HELD)
    assert needs(desk(sessions)).waiting == before
    decided(sessions, proposal, Verdict.REJECTED)
    assert needs(desk(sessions)).waiting == before + 1


def test_why_there_is_no_place_says_that_the_proposal_was_rejected(
    sessions: SessionFactory, planned: PlannedDemo
) -> None:
    proposal = proposed(planned, AgreementModel.FIXED)
    before = citizen_without_place(desk(sessions), proposal.citizen_id)
    assert (before.proposed, before.text) == (proposal.slot_id, "Planen foreslår en plads til borgeren.")
    decided(sessions, proposal, Verdict.REJECTED)
    after = citizen_without_place(desk(sessions), proposal.citizen_id)
    assert (after.proposed, after.letter) == (None, "")
    assert after.text == "Planen foreslog borgeren en plads, men forslaget er afvist siden."


def test_who_was_proposed_where_the_company_says_no_waits_and_is_called_for_elsewhere(
    sessions: SessionFactory, planned: PlannedDemo
) -> None:
    proposal = proposed(planned, AgreementModel.AD_HOC)
    found = desk(sessions)
    row, waiting = found.citizen_row(proposal.citizen_id), needs(found).waiting
    company = found.match_input.slot_values[found.slot_row(proposal.slot_id)].company
    with unit_of_work(sessions) as session:
        new = NewContact(Answer.NO, "Ingen tid")
        log_contact(session, MUNICIPALITY, company.id, new, consultant_id="karen", today=ON)
    after = desk(sessions)
    gone = [
        one
        for one in planned.demo.night.proposals
        if after.match_input.slot_values[after.slot_row(one.slot_id)].company.id == company.id
    ]
    assert needs(after).waiting == waiting + len(gone)
    sheet = call_sheet(after, ON).calls
    people = {person.citizen_row for call in (*sheet.fitting, *sheet.beyond()) for person in call.people}
    assert row in people
