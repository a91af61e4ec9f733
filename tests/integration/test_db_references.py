"""Repositories: what refers to what, what clashes, and what cannot be removed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from matcher.domain.agreement import AgreementModel
from matcher.domain.placement import Decision, Verdict
from service.db.records import StoredDecision
from service.db.repositories import (
    Agreements,
    Citizens,
    Companies,
    Consultants,
    Decisions,
    MatchRuns,
    Placements,
    Proposals,
)
from service.problems import InUse, InvalidInput, UnknownReference, VersionConflict
from tests.builders import MUNICIPALITY, a_citizen, a_company, a_placement, a_slot, a_worksite, an_agreement
from tests.storing import NOW, a_proposal, a_run


@pytest.mark.parametrize(
    ("write", "field"),
    [
        (lambda s: Citizens(s, MUNICIPALITY).put(a_citizen(consultant_id="nobody")), "consultant_id"),
        (lambda s: Citizens(s, MUNICIPALITY).put(a_citizen(wishes_for=("company-1", "x"))), "wishes_for[1]"),
        (lambda s: Citizens(s, MUNICIPALITY).put(a_citizen(wishes_against=("x",))), "wishes_against[0]"),
        (lambda s: Agreements(s, MUNICIPALITY).put(an_agreement(consultant_id="nobody")), "consultant_id"),
        (
            lambda s: Agreements(s, MUNICIPALITY).put(an_agreement(slots=(a_slot(worksite_id="x"), a_slot(id="2")))),
            "slots[0].worksite_id",
        ),
        (
            lambda s: Agreements(s, MUNICIPALITY).put(
                an_agreement(company_ids=("x",), slots=(a_slot(company_id="x"),))
            ),
            "company_ids[0]",
        ),
        (lambda s: Placements(s, MUNICIPALITY).put(a_placement(citizen_id="x")), "citizen_id"),
        (lambda s: Placements(s, MUNICIPALITY).put(a_placement(slot_id="x")), "slot_id"),
    ],
)
def test_a_reference_to_what_is_not_there_names_the_field(
    session: Session, write: Callable[[Session], object], field: str
) -> None:
    with pytest.raises(UnknownReference) as caught:
        write(session)
    assert [error.field for error in caught.value.errors] == [field]


@pytest.mark.parametrize(
    ("write", "field"),
    [
        (
            lambda s: Companies(s, MUNICIPALITY).put(
                a_company(id="company-2", worksites=(a_worksite(p_number="1000000001"),))
            ),
            "worksites[0].id",
        ),
        (
            lambda s: Companies(s, MUNICIPALITY).put(a_company(id="company-2", worksites=(a_worksite(id="w-2"),))),
            "worksites[0].p_number",
        ),
        (
            lambda s: Companies(s, MUNICIPALITY).put(
                a_company(worksites=(a_worksite(id="w-2", p_number="1000000001"),))
            ),
            "worksites",
        ),
        (lambda s: Agreements(s, MUNICIPALITY).put(an_agreement(id="agreement-2")), "slots[0].id"),
        (lambda s: Agreements(s, MUNICIPALITY).put(an_agreement(slots=(a_slot(id="slot-2"),))), "slots"),
    ],
)
def test_what_clashes_with_what_is_stored_is_refused(
    session: Session, write: Callable[[Session], object], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        write(session)
    assert [error.field for error in caught.value.errors] == [field]


@pytest.mark.parametrize(
    ("delete", "by"),
    [
        (lambda s: Consultants(s, MUNICIPALITY).delete("consultant-1"), "citizens and agreements"),
        (lambda s: Companies(s, MUNICIPALITY).delete("company-1"), "agreements"),
        (lambda s: Citizens(s, MUNICIPALITY).delete("citizen-1"), "placements"),
        (lambda s: Agreements(s, MUNICIPALITY).delete("agreement-1"), "placements"),
    ],
)
def test_what_is_referred_to_stays(session: Session, delete: Callable[[Session], object], by: str) -> None:
    with pytest.raises(InUse, match=f"^{by} refer to it"):
        delete(session)


def test_everything_can_be_removed_from_the_outside_in(session: Session) -> None:
    Placements(session, MUNICIPALITY).delete("placement-1", expected_version=1)
    Agreements(session, MUNICIPALITY).delete("agreement-1")
    Citizens(session, MUNICIPALITY).delete("citizen-1")
    Companies(session, MUNICIPALITY).delete("company-1")
    Consultants(session, MUNICIPALITY).delete("consultant-1")
    left = [session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("worksites", "slots", "citizens")]
    assert left == [0, 0, 0]


def test_removing_a_stale_version_is_refused(session: Session) -> None:
    with pytest.raises(VersionConflict):
        Placements(session, MUNICIPALITY).delete("placement-1", expected_version=7)
    assert Placements(session, MUNICIPALITY).count() == 1


def test_removing_a_citizen_removes_what_was_proposed_for_the_person(session: Session) -> None:
    Placements(session, MUNICIPALITY).delete("placement-1")
    decision = StoredDecision("d", "proposal-1", Decision(Verdict.HELD, "anna", "Afventer samtale"), NOW)
    MatchRuns(session, MUNICIPALITY).add(a_run(), [a_proposal()])
    Decisions(session, MUNICIPALITY).add(decision)
    Citizens(session, MUNICIPALITY).delete("citizen-1")
    assert Proposals(session, MUNICIPALITY).of_run("run-1") == ()
    assert Decisions(session, MUNICIPALITY).of_proposal("proposal-1") == ()
    assert MatchRuns(session, MUNICIPALITY).get("run-1") == a_run()


def test_a_cluster_keeps_all_its_companies(session: Session) -> None:
    other = a_company(id="company-2", worksites=(a_worksite(id="worksite-2", p_number="1000000001"),))
    Companies(session, MUNICIPALITY).put(other)
    slots = (a_slot(), a_slot(id="slot-2", company_id="company-2", worksite_id="worksite-2"))
    cluster = an_agreement(model=AgreementModel.CLUSTER, places=3, company_ids=("company-1", "company-2"), slots=slots)
    Agreements(session, MUNICIPALITY).put(cluster)
    with pytest.raises(InUse):
        Companies(session, MUNICIPALITY).delete("company-2")
    alone = replace(cluster, model=AgreementModel.FIXED, places=None, company_ids=("company-1",), slots=slots[:1])
    Agreements(session, MUNICIPALITY).put(alone)
    Companies(session, MUNICIPALITY).delete("company-2")
    assert Companies(session, MUNICIPALITY).count() == 1
