"""Queries that span tables: the list of citizens with what a run proposed, and the mark of a municipality's data."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from service.db.contact_repositories import Contacts
from service.db.ordering import by_code_point
from service.db.records import Unplaced
from service.db.rule_repositories import RuleChanges
from service.db.run_repositories import Decisions
from service.db.scoping import whole_municipality
from service.db.tables import (
    AgreementRow,
    CitizenRow,
    CompanyRow,
    ConsultantRow,
    PlacementRow,
    ProposalRow,
    UnplacedRow,
)

_KINDS = (CitizenRow, CompanyRow, AgreementRow, ConsultantRow, PlacementRow)


def fingerprint(session: Session, municipality: str) -> str:
    """A short text that changes whenever a citizen, company, agreement, consultant, placement, contact or rule does.

    Versions only rise and start at 1, so count, sum of versions and latest change tell every write apart; contacts and
    changes of rules are only added, so that their count does.
    """
    parts = []
    with whole_municipality(session):
        for kind in _KINDS:
            query = select(func.count(), func.sum(kind.version), func.max(kind.updated_at)).where(
                kind.municipality == municipality
            )
            parts.append("/".join(str(part) for part in session.execute(query).one()))
        parts.append(str(Contacts(session, municipality).count()))
        parts.append(str(Decisions(session, municipality).count()))
        parts.append(str(RuleChanges(session, municipality).count()))
    return " ".join(parts)


@dataclass(frozen=True, slots=True)
class CitizenLine:
    """One line of the list of citizens. `proposal_id` is that of the run that was asked for."""

    id: str
    name: str
    target_group: str
    consultant_id: str
    waiting_since: date
    proposal_id: str | None


def citizen_lines(session: Session, municipality: str, run_id: str | None, text: str = "") -> list[CitizenLine]:
    """Citizens of a municipality, longest waiting first, with the proposal of a run.

    Every word of `text` must occur in the name, or begin the id. Compared here, since databases differ in how they
    fold Danish letters.
    """
    query = (
        select(
            CitizenRow.id,
            CitizenRow.name,
            CitizenRow.target_group,
            CitizenRow.consultant_id,
            CitizenRow.waiting_since,
            ProposalRow.id,
        )
        .outerjoin(
            ProposalRow,
            and_(
                ProposalRow.municipality == CitizenRow.municipality,
                ProposalRow.citizen_id == CitizenRow.id,
                ProposalRow.run_id == run_id,
            ),
        )
        .where(CitizenRow.municipality == municipality)
        .order_by(CitizenRow.waiting_since, by_code_point(CitizenRow.id))
    )
    words = text.casefold().split()
    return [
        CitizenLine(*row)
        for row in session.execute(query)
        if all(word in row[1].casefold() or row[0].casefold().startswith(word) for word in words)
    ]


def citizen_names(session: Session, municipality: str) -> dict[str, str]:
    """Names of all citizens, by id."""
    query = select(CitizenRow.id, CitizenRow.name).where(CitizenRow.municipality == municipality)
    return {row.id: row.name for row in session.execute(query)}


def unplaced_of_citizen(session: Session, municipality: str, run_id: str, citizen_id: str) -> Unplaced | None:
    """Why a run could not place a citizen; None where it did, or where it did not know the citizen."""
    row = session.get(UnplacedRow, (municipality, run_id, citizen_id))
    return None if row is None else Unplaced(row.run_id, row.citizen_id, row.reason, row.text)
