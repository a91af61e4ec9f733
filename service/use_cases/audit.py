"""Reading and checking the chain of who did what, and telling it which access tokens there are."""

from typing import Any

from sqlalchemy.orm import Session

from service.audit_chain import Action, AuditEntry, Head, Verdict, verify
from service.db.audit_repositories import AuditEntries, audited
from service.db.session import SessionFactory, unit_of_work
from service.settings import AccessToken, Settings


def verified(session: Session, municipality: str, kept: Head | None = None) -> Verdict:
    """Recompute a municipality's chain from its first entry on; `kept`: a head that was kept elsewhere."""
    return verify(AuditEntries(session, municipality).iterate(), kept)


def audit_page(
    session: Session,
    municipality: str,
    *,
    after: int | None,
    limit: int,
    action: Action | None = None,
    object_id: str | None = None,
    actor_id: str | None = None,
) -> tuple[AuditEntry, ...]:
    """At most `limit` entries, newest first, from after the one with the number `after` in that order."""
    return AuditEntries(session, municipality).page(
        before=after, limit=limit, action=action, object_id=object_id, actor_id=actor_id
    )


def audit_access(sessions: SessionFactory, settings: Settings) -> None:
    """Write down whom the access tokens let in and as what, for each municipality where that has changed."""
    municipalities = {settings.municipality, *(token.municipality for token in settings.tokens)}
    for municipality in sorted(municipalities):
        callers = [_known(token) for token in settings.tokens if token.municipality == municipality]
        details = {"callers": sorted(callers, key=lambda known: (known["id"], known["role"]))}
        with unit_of_work(sessions) as session:
            last = AuditEntries(session, municipality).page(
                limit=1, action=Action.ACCESS_CHANGED, object_id=_ACCESS_TOKENS
            )
            if (dict(last[0].details) if last else {"callers": []}) != details:
                audited(session, municipality, Action.ACCESS_CHANGED, "settings", _ACCESS_TOKENS, details)


_ACCESS_TOKENS = "access_tokens"


def _known(token: AccessToken) -> dict[str, Any]:
    """An access token without anything that it could be guessed or recognised by."""
    return {
        "id": token.id,
        "role": token.role.value,
        "rights": sorted(token.rights),
        "teams": None if token.teams is None else sorted(token.teams),
        "target_groups": None if token.target_groups is None else sorted(token.target_groups),
    }
