"""Repository of the answers that are kept for requests with an Idempotency-Key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from service.clock import now
from service.db.decision_tables import KeptAnswerRow

KEPT_FOR: Final = timedelta(hours=24)
"""How long an answer is given again."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer: whose key it belongs to, the request that it answers, and what was sent back."""

    caller: str
    key: str
    request_sha256: str
    status: int
    headers: Mapping[str, str]
    body: str


class KeptAnswers:
    """Kept answers of a municipality."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def get(self, caller: str, key: str) -> KeptAnswer | None:
        """The answer to a caller's key; None where there is none that is young enough."""
        row = self.session.get(KeptAnswerRow, (self.municipality, caller, key))
        if row is None or row.answered_at < now() - KEPT_FOR:
            return None
        return KeptAnswer(row.caller, row.key, row.request_sha256, row.status, row.headers, row.body)

    def add(self, answer: KeptAnswer) -> None:
        """Write an answer, and remove those that are too old. IntegrityError where the key has one already."""
        self.session.execute(
            delete(KeptAnswerRow).where(
                KeptAnswerRow.municipality == self.municipality, KeptAnswerRow.answered_at < now() - KEPT_FOR
            )
        )
        row = {
            "municipality": self.municipality,
            "caller": answer.caller,
            "key": answer.key,
            "request_sha256": answer.request_sha256,
            "answered_at": now(),
            "status": answer.status,
            "headers": dict(answer.headers),
            "body": answer.body,
        }
        self.session.execute(insert(KeptAnswerRow), [row])
