"""Municipalities with runs and lists to replay, and a program that replays all of a database in another process."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, select, update

from fixtures import Municipality, municipality
from matcher.depth import Depth
from matcher.domain.citizen import Citizen
from matcher.language import Language
from service.codec import CODECS
from service.db.metadata import Base
from service.db.purpose import Channel, Viewer
from service.db.record_repositories import ShownLists
from service.db.repositories import REPOSITORIES, Agreements, Citizens, MatchRuns
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.settings import Role
from service.use_cases.matching import MatchInputs
from service.use_cases.nightly import plan_night
from service.use_cases.records import (
    Recorder,
    Shown,
    show_calls,
    show_candidates,
    show_list,
    show_needs,
    show_openings,
    show_place,
)
from service.use_cases.replay import Replayer
from tests.builders import MUNICIPALITY
from tests.databases import migrated

MINUTES = 10
"""Time that a night has: enough for a machine that compiles and does much else, so that the clock ends no plan."""

KAREN = Viewer("karen", Role.JOB_CONSULTANT, Channel.API)


_SHOWN: Final[tuple[Callable[..., Shown[Any]], ...]] = (
    show_list,
    show_list,
    show_place,
    show_place,
    show_candidates,
    show_openings,
    show_needs,
    show_calls,
    *(show_list,) * 18,
    *(show_place,) * 18,
    *(show_candidates,) * 4,
    *(show_openings,) * 2,
)
"""Every kind of list, then those that people ask for more often: what would help everybody takes long to work out."""


@dataclass(frozen=True)
class Recorded:
    """A database with a small municipality, whose runs and lists are written down."""

    path: Path
    sessions: SessionFactory
    values: Municipality
    inputs: MatchInputs

    @classmethod
    def create(cls, path: Path, *, seed: int, citizens: int) -> "Recorded":
        """The municipality of a seed on a database of its own, with nothing planned and nothing shown."""
        return cls.create_at(migrated(path), path, seed=seed, citizens=citizens)

    @classmethod
    def create_at(cls, url: str, path: Path, *, seed: int, citizens: int) -> "Recorded":
        """The same on an empty database that is there already, for a process that cannot make one."""
        sessions, values = sessions_of(create_database_engine(url)), municipality(seed, citizens)
        with unit_of_work(sessions) as session:
            for kind in CODECS.keys() & REPOSITORIES.keys():
                assert kind in KINDS
            for kind, field in KINDS.items():
                REPOSITORIES[kind](session, MUNICIPALITY).put_many(getattr(values, field))
        return cls(path, sessions, values, MatchInputs())

    @property
    def recorder(self) -> Recorder:
        """What writes down what is shown to Karen."""
        return Recorder(self.sessions, MUNICIPALITY, self.inputs, KAREN)

    def plan(self, *, seed: int = 0, days: int = 0) -> str:
        """Plan a night; returns the id of the run."""
        day = self.values.on + timedelta(days=days)
        night = plan_night(self.sessions, MUNICIPALITY, on=day, seed=seed, time_limit_s=MINUTES * 60)
        return night.run.id

    def show(self, number: int) -> str:
        """Show a list, another kind and another citizen from number to number; returns its id."""
        citizen = self.values.citizens[number % len(self.values.citizens)]
        slots = [slot for agreement in self.values.agreements for slot in agreement.slots]
        slot, today = slots[number % len(slots)], self.values.on
        language = tuple(Language)[(number + number // len(_SHOWN)) % len(Language)]
        with read_only(self.sessions) as session:
            kind = _SHOWN[number % len(_SHOWN)]
            show = partial(kind, session, self.recorder, today=today, language=language)
            if kind is show_list:
                depth = (Depth.CARD, Depth.RECORD)[number % 2]
                return show(citizen.id, places=1 + number % 3, depth=depth).list_id
            if kind is show_place:
                return show(citizen.id, slot.id).list_id
            if kind is show_candidates:
                return show(slot.id, places=2).list_id
            if kind is show_openings:
                return show(citizen.id).list_id
            return show().list_id

    def change(self, number: int) -> None:
        """Change what the next plan is made from: a citizen's hours, a citizen's wait, or how many places there are."""
        with unit_of_work(self.sessions) as session:
            if number % 3 == 2:
                agreements = Agreements(session, MUNICIPALITY)
                own = [one.id for one in self.values.agreements if one.places is None]
                agreement = agreements.get(own[number % len(own)])
                slots = tuple(replace(slot, capacity=slot.capacity + 1) for slot in agreement.slots)
                agreements.put(replace(agreement, slots=slots))
                return
            citizen: Citizen = self.values.citizens[number % len(self.values.citizens)]
            before = Citizens(session, MUNICIPALITY).get(citizen.id)
            if number % 3 == 1:
                changed = replace(before, waiting_since=before.waiting_since - timedelta(days=7))
            else:
                changed = replace(before, hours_now=max(1.0, before.hours_now - 1))
            Citizens(session, MUNICIPALITY).put(changed)


KINDS = {
    "consultant": "consultants",
    "company": "companies",
    "citizen": "citizens",
    "agreement": "agreements",
    "placement": "placements",
}


def record_another_numpy(engine: Engine) -> None:
    """Let the one run of a database have been made with another version."""
    records = Base.metadata.tables["run_records"]
    with engine.begin() as connection:
        versions = connection.scalars(select(records.c.versions)).one()
        connection.execute(update(records).values(versions={**versions, "numpy": "1.0.0"}))


def recorded_ids(sessions: SessionFactory) -> Iterator[str]:
    """Ids of every run and every list, each list behind those that were made from the same."""
    with read_only(sessions) as session:
        yield from (run.id for run in MatchRuns(session, MUNICIPALITY).page(limit=1000))
        yield from (shown.id for shown in ShownLists(session, MUNICIPALITY).page(limit=10_000))


def main(urls: list[str]) -> None:
    """Replay all of each database, and print the verdict and the first difference of each, one JSON object a line."""
    for url in urls:
        sessions = sessions_of(create_database_engine(url))
        replayer = Replayer(sessions, MUNICIPALITY)
        for id_ in recorded_ids(sessions):
            sys.stdout.write(json.dumps(replayer.replay(id_).as_record()) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
