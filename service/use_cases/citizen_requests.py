"""A citizen asks for a correction or objects: an employee writes it down, and somebody answers."""

from uuid import uuid4

from sqlalchemy.orm import Session

from matcher.domain.validation import check_text
from service.clock import now
from service.db.repositories import Citizens
from service.db.request_repositories import CitizenRequests
from service.db.requests import CitizenRequest, RequestKind
from service.use_cases.placements import Person


def record_request(
    session: Session, municipality: str, citizen_id: str, kind: RequestKind, text: str, by: Person
) -> CitizenRequest:
    """Write a request down. Raises NotFound where the caller sees no such citizen, InvalidValueError for no text."""
    Citizens(session, municipality).get(citizen_id)
    check_text("text", text, required=True)
    request = CitizenRequest(str(uuid4()), citizen_id, kind, text.strip(), now(), by.id, by.name)
    CitizenRequests(session, municipality).add(request)
    return request


def answer_request(
    session: Session, municipality: str, citizen_id: str, request_id: str, answer: str, by: Person
) -> None:
    """Answer a request; it needs no attention any more. Raises NotFound where none waits, InvalidValueError."""
    Citizens(session, municipality).get(citizen_id)
    check_text("answer", answer, required=True)
    CitizenRequests(session, municipality).answer(
        citizen_id, request_id, answer=answer.strip(), at=now(), by=by.id, by_name=by.name
    )
