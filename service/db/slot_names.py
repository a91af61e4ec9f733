"""What slots are called, with their company."""

from collections.abc import Collection

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from service.db.tables import CompanyRow, SlotRow


def slot_names(session: Session, municipality: str, ids: Collection[str]) -> dict[str, str]:
    """Title and company of slots, by id; slots that are no longer there are left out."""
    of_company = and_(CompanyRow.municipality == SlotRow.municipality, CompanyRow.id == SlotRow.company_id)
    query = (
        select(SlotRow.id, SlotRow.title, CompanyRow.name)
        .join(CompanyRow, of_company)
        .where(SlotRow.municipality == municipality, SlotRow.id.in_(sorted(ids)))
    )
    return {row[0]: f"{row[1]} – {row[2]}" for row in session.execute(query)}
