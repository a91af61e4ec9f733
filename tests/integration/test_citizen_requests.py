"""What citizens ask for: written down, answered once, gone with the citizen."""

from pathlib import Path

import pytest

from matcher.domain.validation import MAX_TEXT, InvalidValueError
from service.db.citizen_lists import Attention, CitizenLists, Wanted
from service.db.repositories import Citizens, Consultants
from service.db.request_repositories import CitizenRequests
from service.db.requests import RequestKind
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.db.subject_repositories import rows_about
from service.problems import NotFound
from service.use_cases.citizen_requests import answer_request, record_request
from service.use_cases.placements import Person
from service.use_cases.subject_text import subject_text
from tests.builders import MUNICIPALITY, ON, a_citizen, a_consultant
from tests.databases import migrated
from tests.serving import ELSEWHERE

KAREN = Person("karen", "Karen Konsulent", frozenset())
TOVE = Person("tove", "Tove Teamleder", frozenset())


@pytest.fixture
def sessions(tmp_path: Path) -> SessionFactory:
    sessions = sessions_of(create_database_engine(migrated(tmp_path / "requests.db")))
    with unit_of_work(sessions) as session:
        for code in (MUNICIPALITY, ELSEWHERE):
            Consultants(session, code).put_many([a_consultant(municipality=code)])
            Citizens(session, code).put_many(
                [a_citizen(municipality=code), a_citizen(id="citizen-2", municipality=code)]
            )
    return sessions


def record(sessions: SessionFactory, text: str = " Ret timerne. ", kind: RequestKind = RequestKind.CORRECTION) -> str:
    with unit_of_work(sessions) as session:
        return record_request(session, MUNICIPALITY, "citizen-1", kind, text, KAREN).id


def unanswered(sessions: SessionFactory, municipality: str = MUNICIPALITY) -> dict[str, int]:
    with read_only(sessions) as session:
        return CitizenRequests(session, municipality).unanswered()


def test_a_request_waits_until_somebody_answers(sessions: SessionFactory) -> None:
    first, second = record(sessions), record(sessions, "Uenig.", RequestKind.OBJECTION)
    assert unanswered(sessions) == {"citizen-1": 2}
    with unit_of_work(sessions) as session:
        answer_request(session, MUNICIPALITY, "citizen-1", first, "Rettet.", TOVE)
    assert unanswered(sessions) == {"citizen-1": 1}
    with read_only(sessions) as session:
        found = {one.id: one for one in CitizenRequests(session, MUNICIPALITY).of_citizen("citizen-1")}
    assert (found[first].text, found[first].recorded_by_name) == ("Ret timerne.", "Karen Konsulent")
    assert (found[first].answer, found[first].answered_by, found[first].answered_by_name) == (
        "Rettet.",
        "tove",
        TOVE.name,
    )
    answered_at = found[first].answered_at
    assert answered_at is not None
    assert answered_at >= found[first].recorded_at
    assert (found[second].kind, found[second].answer) == (RequestKind.OBJECTION, None)


def test_an_answer_is_given_once_and_to_the_citizen_who_asked(sessions: SessionFactory) -> None:
    id_ = record(sessions)
    for municipality, citizen_id, request_id in (
        (MUNICIPALITY, "citizen-2", id_),
        (ELSEWHERE, "citizen-1", id_),
        (MUNICIPALITY, "citizen-1", "nothing"),
        (MUNICIPALITY, "nobody", id_),
    ):
        with pytest.raises(NotFound), unit_of_work(sessions) as session:
            answer_request(session, municipality, citizen_id, request_id, "Rettet.", TOVE)
    with unit_of_work(sessions) as session:
        answer_request(session, MUNICIPALITY, "citizen-1", id_, "Rettet.", TOVE)
    with pytest.raises(NotFound), unit_of_work(sessions) as session:
        answer_request(session, MUNICIPALITY, "citizen-1", id_, "Noget andet.", KAREN)
    assert unanswered(sessions) == unanswered(sessions, ELSEWHERE) == {}


@pytest.mark.parametrize("text", ["", "  \n", "x" * (MAX_TEXT + 1), "klokke \a"])
def test_what_cannot_be_text_is_refused_and_nothing_is_written(sessions: SessionFactory, text: str) -> None:
    with pytest.raises(InvalidValueError, match="text"):
        record(sessions, text)
    assert unanswered(sessions) == {}


def test_the_list_of_citizens_says_who_waits_for_an_answer(sessions: SessionFactory) -> None:
    wanted = Wanted(attention=Attention.ASKED)

    def asking() -> list[tuple[str, bool]]:
        with read_only(sessions) as session:
            lines, total = CitizenLists(session, MUNICIPALITY, None, ON).page(wanted, 0, 10)
        assert total == len(lines)
        return [(line.id, Attention.ASKED in line.attention(ON)) for line in lines]

    assert asking() == []
    id_ = record(sessions)
    assert asking() == [("citizen-1", True)]
    with unit_of_work(sessions) as session:
        answer_request(session, MUNICIPALITY, "citizen-1", id_, "Rettet.", TOVE)
    assert asking() == []


def test_what_a_citizen_gets_has_requests_with_their_answers(sessions: SessionFactory) -> None:
    id_ = record(sessions, "Timerne er forkerte.")
    record(sessions, "Uenig.", RequestKind.OBJECTION)
    with unit_of_work(sessions) as session:
        answer_request(session, MUNICIPALITY, "citizen-1", id_, "De er rettet.", TOVE)
    with read_only(sessions) as session:
        rows = rows_about(session, MUNICIPALITY, "citizen-1")
    text = subject_text({"rows": rows, "made_at": "2026-10-01T10:00:00+00:00", "cpr": None, "reads": []})
    assert "Dine ønsker om rettelser og dine indsigelser" in text
    assert ": Timerne er forkerte." in text
    assert "af Tove Teamleder: De er rettet." in text
    assert "- Indsigelse den " in text


def test_requests_go_with_the_citizen(sessions: SessionFactory) -> None:
    record(sessions)
    with unit_of_work(sessions) as session:
        Citizens(session, MUNICIPALITY).delete("citizen-1")
    assert unanswered(sessions) == {}
