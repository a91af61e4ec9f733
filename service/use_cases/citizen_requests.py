"""A citizen asks for a correction or objects: an employee writes it down, and somebody answers."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy.orm import Session

from matcher.domain.validation import check_text
from service.clock import now
from service.db.repositories import Citizens
from service.db.request_repositories import CitizenRequests
from service.db.requests import CitizenRequest, RequestKind
from service.use_cases.placements import Person

SENT_TWICE_WITHIN: Final = timedelta(minutes=1)


def record_request(
    session: Session, municipality: str, citizen_id: str, kind: RequestKind, text: str, by: Person
) -> CitizenRequest:
    """Write a request down; the same of the same person within a minute is one form that was sent twice.

    Raises NotFound where the caller sees no such citizen, InvalidValueError for no text.
    """
    Citizens(session, municipality).get(citizen_id)
    check_text("text", text, required=True)
    request = CitizenRequest(str(uuid4()), citizen_id, kind, text.strip(), now(), by.id, by.name)
    requests = CitizenRequests(session, municipality)
    for one in requests.of_citizen(citizen_id):
        same = replace(one, id=request.id, recorded_at=request.recorded_at) == request
        if same and one.recorded_at >= request.recorded_at - SENT_TWICE_WITHIN:
            return one
    requests.add(request)
    return request


def answer_request(
    session: Session, municipality: str, citizen_id: str, request_id: str, answer: str, by: Person
) -> None:
    """Answer a request; it needs no attention any more. The same answer of the same person changes nothing.

    Raises NotFound where none waits, InvalidValueError.
    """
    Citizens(session, municipality).get(citizen_id)
    check_text("answer", answer, required=True)
    requests = CitizenRequests(session, municipality)
    given = {one.id: (one.answer, one.answered_by) for one in requests.of_citizen(citizen_id)}
    if given.get(request_id) == (answer.strip(), by.id):
        return
    requests.answer(citizen_id, request_id, answer=answer.strip(), at=now(), by=by.id, by_name=by.name)
