"""Somebody who decides, and a small municipality with a plan on any database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import FastAPI
from sqlalchemy.orm import Session

from fixtures import Municipality, municipality
from matcher.domain.placement import Verdict
from service.app import create_app
from service.clock import now
from service.db.records import MatchRun, StoredProposal
from service.db.repositories import Agreements, Citizens, Companies, Consultants, MatchRuns, Placements
from service.db.session import SessionFactory, create_database_engine, sessions_of, unit_of_work
from service.settings import Role, Settings
from service.use_cases.decide import Decided, decide
from service.use_cases.demo import take_in
from service.use_cases.nightly import Night, plan_night
from service.use_cases.placements import Person
from tests.builders import MUNICIPALITY, ON, a_citizen, a_company, a_consultant, a_slot, a_worksite, an_agreement
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


CROWD_DAY = ON
CROWD_NEEDS = {"hours_now": 5.0, "hours_target": 20.0}


@dataclass(frozen=True)
class Crowd:
    """An application, its settings and its database."""

    app: FastAPI
    sessions: SessionFactory
    settings: Settings


def crowd_on(url: str, *, people: int, places: int = 1, **settings: Any) -> Crowd:
    """An application where a run proposes the same slot, with few places, to everybody: `p-0`, `p-1` …"""
    sessions = sessions_of(create_database_engine(url))
    site = a_worksite(ordinary_employees=400)
    slot = a_slot(capacity=places)
    citizens = [a_citizen(id=f"citizen-{n}", name=f"Borger {n}", **CROWD_NEEDS) for n in range(people)]
    with unit_of_work(sessions) as session:
        Consultants(session, MUNICIPALITY).put(a_consultant(caseload=200))
        Companies(session, MUNICIPALITY).put(a_company(worksites=(site,)))
        Citizens(session, MUNICIPALITY).put_many(citizens)
        Agreements(session, MUNICIPALITY).put(an_agreement(slots=(slot,)))
        propose_again(session, people, "first")
    values: Mapping[str, Any] = {"database_url": url, "tokens": TOKENS, "session_secret": "s" * 32}
    known = Settings(**values, today=CROWD_DAY, **settings)
    return Crowd(create_app(known, sessions), sessions, known)


def propose_again(session: Session, people: int, run: str) -> list[str]:
    """Another run that proposes the same place to everybody; ids of its proposals."""
    made = MatchRun(run, now(), CROWD_DAY, 0, "feasible", 1.0, 1.0, 0.0, "x", {}, NO_COUNTS, {})
    proposals = [
        StoredProposal(f"{run}-{n}", run, f"citizen-{n}", "slot-1", CROWD_DAY, 5.0, 0.5, 0.1) for n in range(people)
    ]
    MatchRuns(session, MUNICIPALITY).add(made, proposals)
    return [one.id for one in proposals]


def clear_placements(session: Session) -> None:
    """Take every placement away, so that the place is free again."""
    placements = Placements(session, MUNICIPALITY)
    for placement in placements.all():
        placements.delete(placement.id)


NO_COUNTS: Mapping[str, Any] = {
    "citizens": 0,
    "in_placement": 0,
    "placed": 0,
    "unplaced": 0,
    "reasons": [],
    "by_model": [],
    "by_centre": [],
}
