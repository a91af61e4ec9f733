"""Many people decide at the same moment: a place is given once, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from matcher.domain.placement import PlacementStatus
from service.db.repositories import Placements
from service.db.session import read_only, unit_of_work
from tests.builders import MUNICIPALITY
from tests.deciding import API, Crowd, clear_placements, crowd_on, propose_again
from tests.serving import CONSULTANT, Client

PEOPLE = 50
ROUNDS = 1
WRITERS = 8
WRITES_EACH = 6


@pytest.fixture
def crowd(migrated_url: str) -> Crowd:
    """Fifty people whom the same slot, with one place, is proposed to; on each database."""
    return crowd_on(migrated_url, people=PEOPLE, requests_per_second=10_000, requests_at_once=10_000)


def _placements(crowd: Crowd) -> int:
    with read_only(crowd.sessions) as session:
        return len(Placements(session, MUNICIPALITY).having(status=PlacementStatus.PLANNED))


def _all_at_once(crowd: Crowd, proposals: list[str]) -> list[int]:
    """Everybody approves a proposal at the same moment; the statuses of the answers."""
    together = Barrier(len(proposals))

    def approve(proposal: str) -> int:
        client = Client(crowd.app, token=CONSULTANT)
        together.wait()
        answer = client.post(
            f"{API}/proposals/{proposal}/decision", json={"verdict": "approved", "reason": "Aftalt med borgeren."}
        )
        return answer.status_code

    with ThreadPoolExecutor(len(proposals)) as pool:
        return list(pool.map(approve, proposals))


def test_of_fifty_who_approve_at_once_exactly_one_gets_the_last_place(crowd: Crowd) -> None:
    for number in range(ROUNDS):
        with unit_of_work(crowd.sessions) as session:
            clear_placements(session)
            proposals = propose_again(session, PEOPLE, f"round-{number}")
        answers = _all_at_once(crowd, proposals)
        assert sorted(answers) == [201] + [409] * (PEOPLE - 1)
        assert _placements(crowd) == 1
