"""The case system removes a citizen: written down, and told to whoever wants to know."""

from sqlalchemy.orm import Session

from service.audit_chain import Action
from service.db.audit_repositories import audited
from service.db.outbox import EventType
from service.db.outbox_repositories import announce
from service.db.repositories import Citizens


def remove_citizen(session: Session, municipality: str, citizen_id: str, expected_version: int | None) -> None:
    """Remove a citizen and what runs proposed for the person.

    Raises NotFound, VersionConflict, and InUse while there are placements.
    """
    Citizens(session, municipality).delete(citizen_id, expected_version)
    audited(session, municipality, Action.CITIZEN_ERASED, "citizen", citizen_id)
    announce(session, municipality, EventType.CITIZEN_ERASED, {"citizen_id": citizen_id})
