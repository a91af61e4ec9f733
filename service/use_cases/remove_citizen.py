"""The case system removes a citizen: counted, written down, and told to whoever wants to know."""

from sqlalchemy.orm import Session

from service.audit_chain import Action
from service.db.audit_repositories import audited
from service.db.outbox import EventType
from service.db.outbox_repositories import announce
from service.db.repositories import Citizens
from service.db.retention_repositories import Retention
from service.problems import NotFound, VersionRequired


def remove_citizen(session: Session, municipality: str, citizen_id: str, expected_version: int | None) -> None:
    """Remove a citizen and what runs proposed for the person; what the person counts for in statistics is kept.

    Raises NotFound, VersionRequired, VersionConflict, and InUse while there are placements.
    """
    citizens, retention = Citizens(session, municipality), Retention(session, municipality)
    if not citizens.known([citizen_id]):
        raise NotFound
    if expected_version is None:
        raise VersionRequired("it exists: send its ETag as If-Match")
    counts = retention.statistics([citizen_id])
    citizens.delete(citizen_id, expected_version)
    retention.keep(counts)
    retention.forget_answers(citizen_id)
    audited(session, municipality, Action.CITIZEN_ERASED, "citizen", citizen_id)
    announce(session, municipality, EventType.CITIZEN_ERASED, {"citizen_id": citizen_id})
