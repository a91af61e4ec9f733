"""Queries that span tables: the list of citizens with what a run proposed."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.domain.placement import PlacementStatus
from service.db.citizen_lists import names_match
from service.db.ordering import by_code_point
from service.db.records import ProposedPair
from service.db.tables import CitizenRow, PlacementRow, ProposalRow


def citizen_names(session: Session, municipality: str) -> dict[str, str]:
    """Names of all citizens, by id."""
    query = select(CitizenRow.id, CitizenRow.name).where(CitizenRow.municipality == municipality)
    return {row.id: row.name for row in session.execute(query)}


def citizens_named(session: Session, municipality: str, text: str) -> frozenset[str]:
    """Ids of the citizens whose name has each word of a text, or whose id begins with it."""
    names = citizen_names(session, municipality)
    return frozenset(id_ for id_, name in names.items() if names_match(text, id_, name))


def consultants_of(session: Session, municipality: str) -> dict[str, str]:
    """The consultant of each citizen, by id."""
    query = select(CitizenRow.id, CitizenRow.consultant_id).where(CitizenRow.municipality == municipality)
    return {row.id: row.consultant_id for row in session.execute(query)}


def citizens_placed(session: Session, municipality: str, day: date) -> frozenset[str]:
    """Ids of the citizens whose placement takes a place in a plan for a day."""
    query = select(PlacementRow.citizen_id).where(
        PlacementRow.municipality == municipality,
        PlacementRow.status != PlacementStatus.ENDED,
        PlacementRow.ends_on >= day,
    )
    return frozenset(session.scalars(query))


def proposed_pairs(session: Session, municipality: str, run_id: str) -> tuple[ProposedPair, ...]:
    """The pairs that a run proposes, by citizen."""
    table = ProposalRow
    query = (
        select(table.id, table.citizen_id, table.slot_id)
        .where(table.municipality == municipality, table.run_id == run_id)
        .order_by(by_code_point(table.citizen_id))
    )
    return tuple(ProposedPair(*row) for row in session.execute(query))
