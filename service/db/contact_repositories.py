"""Repository of contacts with companies: added once, never changed; whoever wrote one may take it back at once."""

from collections.abc import Iterable

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from matcher.domain.contact import Contact
from service.codec import CONTACT
from service.db.contact_tables import ContactRow
from service.db.documents import CHUNK
from service.db.ordering import by_code_point
from service.db.tables import CompanyRow
from service.problems import NotFound


class Contacts:
    """Contacts of a municipality with its companies."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add(self, contact: Contact) -> None:
        """Write a contact with a company of this municipality; raises NotFound where it has no such company."""
        if self.session.get(CompanyRow, (self.municipality, contact.company_id)) is None:
            raise NotFound
        self.add_all([contact])

    def add_all(self, contacts: Iterable[Contact]) -> None:
        """Write contacts with companies that are known to exist."""
        rows = [self._row(contact) for contact in contacts]
        for start in range(0, len(rows), CHUNK):
            self.session.execute(insert(ContactRow), rows[start : start + CHUNK])

    def all(self) -> tuple[Contact, ...]:
        """Every contact, by id."""
        query = (
            select(ContactRow.document)
            .where(ContactRow.municipality == self.municipality)
            .order_by(by_code_point(ContactRow.id))
        )
        return tuple(CONTACT.decode_stored(document) for document in self.session.scalars(query))

    def of_company(self, company_id: str) -> tuple[Contact, ...]:
        """Contacts with a company, newest first; raises NotFound where the municipality has no such company."""
        if self.session.get(CompanyRow, (self.municipality, company_id)) is None:
            raise NotFound
        query = (
            select(ContactRow.document)
            .where(ContactRow.municipality == self.municipality, ContactRow.company_id == company_id)
            .order_by(ContactRow.contacted_on.desc(), ContactRow.recorded_at.desc(), ContactRow.id)
        )
        return tuple(CONTACT.decode_stored(document) for document in self.session.scalars(query))

    def get(self, id_: str) -> Contact:
        """A contact; raises NotFound."""
        return CONTACT.decode_stored(self._stored(id_).document)

    def take_back(self, id_: str) -> None:
        """Remove a contact that should not have been written; raises NotFound."""
        self.session.delete(self._stored(id_))

    def _stored(self, id_: str) -> ContactRow:
        row = self.session.get(ContactRow, (self.municipality, id_))
        if row is None:
            raise NotFound
        return row

    def count(self) -> int:
        """How many there are."""
        query = select(func.count()).select_from(ContactRow).where(ContactRow.municipality == self.municipality)
        return self.session.scalars(query).one()

    def _row(self, contact: Contact) -> dict[str, object]:
        return {
            "municipality": self.municipality,
            "id": contact.id,
            "company_id": contact.company_id,
            "agreement_id": contact.agreement_id,
            "consultant_id": contact.consultant_id,
            "contacted_on": contact.contacted_on,
            "recorded_at": contact.recorded_at,
            "answer": contact.answer,
            "document": CONTACT.encode(contact),
        }
