"""Many decide at once: fifty people and one place, round after round; then mixed writers for a minute.

Prints one JSON line a figure. `python -m benchmarks.concurrency [rounds] [writers] [seconds]`; both databases. Requests
go through the application inside this process, so that its time is shared with those who ask.
"""

import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import structlog

from matcher.domain.placement import PlacementStatus
from service.db.migrate import migrate
from service.db.repositories import Citizens, Placements
from service.db.session import read_only, unit_of_work
from service.use_cases.audit import verified
from tests.builders import MUNICIPALITY
from tests.deciding import API, Crowd, clear_placements, crowd_on, propose_again
from tests.postgres import postgres_server
from tests.serving import CONSULTANT, SYSTEM, Client

PEOPLE = 50
PLACES = 10
NO_LIMIT = {"requests_per_second": 100_000, "requests_at_once": 100_000}


def all_at_once(crowd: Crowd, proposals: list[str]) -> Counter[int]:
    """Everybody approves a proposal at the same moment; how often each status was answered."""
    answers = Counter[int]()

    async def approve(client: httpx.AsyncClient, proposal: str) -> None:
        body = {"verdict": "approved", "reason": "Aftalt med borgeren."}
        answer = await client.post(f"{API}/proposals/{proposal}/decision", json=body)
        answers[answer.status_code] += 1

    async def everybody() -> None:
        async with caller(crowd, CONSULTANT) as client, anyio.create_task_group() as together:
            for proposal in proposals:
                together.start_soon(approve, client, proposal)

    anyio.run(everybody)
    return answers


def caller(crowd: Crowd, token: str) -> httpx.AsyncClient:
    """A client for the application inside this process; as in a server, all share one event loop."""
    transport = httpx.ASGITransport(app=crowd.app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers, timeout=None)


def fresh_round(crowd: Crowd, name: str) -> list[str]:
    """The place is free again and proposed to everybody; ids of the proposals."""
    with unit_of_work(crowd.sessions) as session:
        clear_placements(session)
        return propose_again(session, PEOPLE, name)


def planned(crowd: Crowd) -> int:
    """Placements that are agreed."""
    with read_only(crowd.sessions) as session:
        return len(Placements(session, MUNICIPALITY).having(status=PlacementStatus.PLANNED, limit=1000))


@dataclass
class Tally:
    """What mixed writers were answered, and how often each thing was changed."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)

    def count(self, kind: str, status: int, path: str = "") -> None:
        """One answer; a change of what has versions where it was done."""
        self.answers[kind, status] += 1
        if path and status == 200:
            self.changed[path] += 1


class Writer:
    """Somebody who writes at random: decides, agrees, changes placements, citizens and agreements."""

    def __init__(self, people: httpx.AsyncClient, system: httpx.AsyncClient, seed: int, tally: Tally) -> None:
        self._people = people
        self._system = system
        self._random = random.Random(seed)
        self._tally = tally

    async def write_until(self, end: float) -> None:
        """Write one thing after the other."""
        kinds: list[Callable[[], Awaitable[None]]] = [
            self._decide,
            self._agree,
            self._change,
            self._citizen,
            self._agreement,
        ]
        while time.monotonic() < end:
            await self._random.choice(kinds)()

    def _citizen_id(self) -> str:
        return f"citizen-{self._random.randrange(PEOPLE)}"

    async def _decide(self) -> None:
        verdict = self._random.choice(["approved", "approved", "held", "rejected"])
        proposal = f"first-{self._random.randrange(PEOPLE)}"
        body = {"verdict": verdict, "reason": "Aftalt med borgeren."}
        answer = await self._people.post(f"{API}/proposals/{proposal}/decision", json=body)
        self._tally.count("decide", answer.status_code)

    async def _agree(self) -> None:
        body = {"citizen_id": self._citizen_id(), "slot_id": "slot-1", "reason": "Borgeren ønsker det."}
        overrides = {"decided_proposal": "Borgeren har skiftet mening."}
        answer = await self._people.post(f"{API}/placements", json=body)
        if answer.status_code == 422:
            answer = await self._people.post(f"{API}/placements", json=body | {"overrides": overrides})
        self._tally.count("agree", answer.status_code)

    async def _change(self) -> None:
        found = (await self._people.get(f"{API}/placements?limit=50")).json()["items"]
        if not found:
            return
        path = f"{API}/placements/{self._random.choice(found)['id']}"
        shown = await self._people.get(path)
        if shown.status_code != 200:
            self._tally.count("change", shown.status_code)
            return
        note = f"Kok {self._random.random()}"
        agreement = {
            "functions": [],
            "sub_goals": [],
            "hours": [{"from_on": "2026-10-01", "hours_per_week": 5}],
            "call_on_absence": note,
        }
        body = {"reason": "Ny vagtplan.", "work_agreement": agreement}
        answer = await self._people.request("PATCH", path, json=body, headers={"If-Match": shown.headers["ETag"]})
        self._tally.count("change", answer.status_code, path)

    async def _citizen(self) -> None:
        await self._put(
            "citizen", f"{API}/citizens/{self._citizen_id()}", lambda _: {"name": f"B {self._random.random()}"}
        )

    async def _agreement(self) -> None:
        def renamed(one: dict[str, Any]) -> dict[str, Any]:
            return {"slots": [slot | {"title": f"Opvask {self._random.random()}"} for slot in one["slots"]]}

        await self._put("agreement", f"{API}/agreements/agreement-1", renamed)

    async def _put(self, kind: str, path: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        shown = await self._system.get(path)
        if shown.status_code != 200:
            self._tally.count(kind, shown.status_code)
            return
        body = shown.json() | change(shown.json())
        answer = await self._system.put(path, json=body, headers={"If-Match": shown.headers["ETag"]})
        self._tally.count(kind, answer.status_code, path)


def mixed(crowd: Crowd, writers: int, seconds: float) -> Tally:
    """Writers at work for some seconds."""
    tally, end = Tally(), time.monotonic() + seconds

    async def everybody() -> None:
        async with (
            caller(crowd, CONSULTANT) as people,
            caller(crowd, SYSTEM) as system,
            anyio.create_task_group() as together,
        ):
            for seed in range(writers):
                together.start_soon(Writer(people, system, seed, tally).write_until, end)

    anyio.run(everybody)
    return tally


def faults(crowd: Crowd, tally: Tally) -> list[str]:
    """What is wrong after mixed writers: changes that were lost, places given twice, somebody placed twice."""
    found = [f"{kind} was answered {status}" for kind, status in tally.answers if status >= 500 and status != 503]
    system, people = Client(crowd.app, token=SYSTEM), Client(crowd.app, token=CONSULTANT)
    for path, times in tally.changed.items():
        shown = (people if "/placements/" in path else system).get(path)
        if shown.status_code == 200 and int(shown.headers["ETag"].strip('"')) != times + 1:
            found.append(f"{path}: {times} changes, but version {shown.headers['ETag']}")
    with read_only(crowd.sessions) as session:
        live = Placements(session, MUNICIPALITY).having(status=PlacementStatus.PLANNED, limit=1000)
        citizens = Citizens(session, MUNICIPALITY).count()
        chain = verified(session, MUNICIPALITY)
    if len(live) > PLACES:
        found.append(f"{len(live)} placements in {PLACES} places")
    if len({one.citizen_id for one in live}) != len(live):
        found.append("somebody has two placements")
    if chain.broken is not None or not chain.entries:
        found.append(f"the audit chain holds {chain.entries} entries, then: {chain.fault}")
    if citizens != PEOPLE:
        found.append(f"{citizens} citizens of {PEOPLE}")
    return found


@contextmanager
def _databases() -> Iterator[list[tuple[str, Callable[[], str]]]]:
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        numbers = iter(range(1000))

        def sqlite() -> str:
            url = f"sqlite:///{Path(folder) / f'{next(numbers)}.db'}"
            migrate(url)
            return url

        yield [("sqlite", sqlite), ("postgresql", server.migrated)]


def main(rounds: int = 100, writers: int = 200, seconds: float = 60.0) -> None:
    """Run both on both databases."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with _databases() as databases:
        for name, new in databases:
            crowd = crowd_on(new(), people=PEOPLE, **NO_LIMIT)
            started, exactly_one, answers = time.perf_counter(), 0, Counter[int]()
            for number in range(rounds):
                got = all_at_once(crowd, fresh_round(crowd, f"r{number}"))
                answers += got
                exactly_one += got == Counter({201: 1, 409: PEOPLE - 1}) and planned(crowd) == 1
            figures = {"rounds": rounds, "exactly_one": exactly_one, "answers": dict(answers)}
            seconds_taken = round(time.perf_counter() - started, 1)
            print(
                json.dumps({"figure": "last_place", "database": name, **figures, "seconds": seconds_taken}), flush=True
            )
        for name, new in databases:
            crowd = crowd_on(new(), people=PEOPLE, places=PLACES, **NO_LIMIT)
            tally = mixed(crowd, writers, seconds)
            counts = {f"{kind} {status}": count for (kind, status), count in sorted(tally.answers.items())}
            line = {"writers": writers, "seconds": seconds, "faults": faults(crowd, tally), "answers": counts}
            print(json.dumps({"figure": "mixed_writers", "database": name, **line}), flush=True)


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:3]), *(float(one) for one in sys.argv[3:4]))
