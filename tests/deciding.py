"""Somebody who decides, and a small municipality with a plan on any database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi import FastAPI

from fixtures import Municipality, municipality
from matcher.domain.placement import Verdict
from service.app import create_app
from service.db.session import SessionFactory, create_database_engine, sessions_of, unit_of_work
from service.settings import Role, Settings
from service.use_cases.decide import Decided, decide
from service.use_cases.demo import take_in
from service.use_cases.nightly import Night, plan_night
from service.use_cases.placements import Person
from tests.builders import MUNICIPALITY
from tests.serving import TOKENS, Client

API = "/api/v1"
KAREN = Person("karen", "Karen Konsulent", frozenset((Role.JOB_CONSULTANT,)))


@dataclass(frozen=True)
class Town:
    """A municipality that was planned for a night, on a database of its own."""

    sessions: SessionFactory
    invented: Municipality
    night: Night
    app: FastAPI

    @property
    def today(self) -> date:
        """The day that the plan was made for."""
        return self.invented.on

    def caller(self, token: str) -> Client:
        """A program or person with an access token."""
        return Client(self.app, token=token)

    def decide(self, proposal_id: str, verdict: Verdict, reason: str = "Aftalt.", **changes: Any) -> Decided:
        """A decision in a transaction of its own."""
        values: dict[str, Any] = {"person": KAREN, "today": self.today}
        with unit_of_work(self.sessions) as session:
            return decide(session, MUNICIPALITY, proposal_id, verdict=verdict, reason=reason, **(values | changes))


def town_on(url: str, *, citizens: int = 40, seed: int = 7, **settings: Any) -> Town:
    """An invented municipality, planned, on a database at the program's revision."""
    sessions = sessions_of(create_database_engine(url))
    invented = municipality(seed=seed, citizens=citizens)
    take_in(sessions, MUNICIPALITY, invented)
    night = plan_night(sessions, MUNICIPALITY, on=invented.on, time_limit_s=20)
    values: Mapping[str, Any] = {"database_url": url, "tokens": TOKENS, "session_secret": "s" * 32}
    app = create_app(Settings(**values, today=invented.on, **settings), sessions)
    return Town(sessions, invented, night, app)


def with_places(invented: Municipality, slot_id: str, capacity: int) -> Municipality:
    """The same municipality, with another number of places in one slot."""
    agreements = tuple(
        replace(one, slots=tuple(replace(s, capacity=capacity) if s.id == slot_id else s for s in one.slots))
        for one in invented.agreements
    )
    return replace(invented, agreements=agreements)
