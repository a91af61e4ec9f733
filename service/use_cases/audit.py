"""Reading and checking the chain of who did what, and telling it which access tokens there are."""

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from service.audit_chain import NO_ENTRIES, Action, AuditEntry, Head, Verdict, verify
from service.clock import day_in_utc
from service.db.audit_repositories import AuditEntries, audited, audited_municipalities
from service.db.session import SessionFactory, unit_of_work
from service.settings import AccessToken, Settings


def verified(session: Session, municipality: str, kept: Head | None = None) -> Verdict:
    """Recompute a municipality's chain from its first entry on; `kept`: a head that was kept elsewhere."""
    return verify(AuditEntries(session, municipality).iterate(), kept)


@dataclass(frozen=True, slots=True)
class PartlyVerified:
    """How far a check of a chain has come. `total`: the number of the last entry; `verdict` is that of the part.

    A check has ended where it has come to the last entry, or to one that does not hold.
    """

    verdict: Verdict
    total: int

    @property
    def ended(self) -> bool:
        """Whether there is no more to check."""
        return self.verdict.fault is not None or self.verdict.head.n >= self.total


def verified_part(
    session: Session, municipality: str, *, begun: Head = NO_ENTRIES, most: int, kept: Head | None = None
) -> PartlyVerified:
    """Recompute at most `most` entries of a chain from `begun` on, the head that an earlier part came to.

    `kept` is a head that was kept elsewhere; where it stands beyond the chain's end, the last part says so.
    """
    entries = AuditEntries(session, municipality)
    total = entries.head().n
    last = begun.n + most >= total
    within = None if kept is not None and kept.n > begun.n + most and not last else kept
    return PartlyVerified(verify(islice(entries.iterate(begun.n), most), within, begun), total)


def verified_all(session: Session) -> dict[str, Verdict]:
    """Recompute the chain of every municipality in the database."""
    return {municipality: verified(session, municipality) for municipality in audited_municipalities(session)}


def audit_page(
    session: Session,
    municipality: str,
    *,
    after: int | None,
    limit: int,
    action: Action | None = None,
    object_id: str | None = None,
    actor_id: str | None = None,
    day: date | None = None,
) -> tuple[AuditEntry, ...]:
    """At most `limit` entries, newest first, from after the one with the number `after` in that order.

    `day`: only those of that day in Denmark.
    """
    since, until = day_in_utc(day) if day else (None, None)
    return AuditEntries(session, municipality).page(
        before=after,
        limit=limit,
        action=action,
        object_id=object_id,
        actor_id=actor_id,
        since=since,
        until=until,
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
