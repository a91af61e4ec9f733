"""Databases that a killed program leaves behind: one for each action to begin with, and copies of it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

from sqlalchemy.engine import make_url

from fixtures import Municipality
from service.clock import now
from service.codec import CODECS
from service.crypto import Sealed
from service.db.migrate import migrate
from service.db.outbox import EventType, Webhook
from service.db.outbox_repositories import Webhooks
from service.db.session import create_database_engine, sessions_of, unit_of_work
from tests.builders import MUNICIPALITY
from tests.killing import STREAM, Job, Killer
from tests.postgres import PostgresServer

IN_TURN = ("import", "nightly", "decision")
"""Each begins with what the one before has left."""
ACTIONS = (*IN_TURN, STREAM)


@dataclass(frozen=True)
class Databases:
    """A database for each action to begin with, and a way to copy one."""

    base: dict[str, str]
    copy: Callable[[str], str]
    file: Path
    on: str

    def job(self, action: str, moment: int = 0, after_s: float = 0.0) -> Job:
        """A job on a copy of its own."""
        return Job(self.copy(self.base[action]), action, self.on, str(self.file), moment, after_s)


def databases_of(
    folder: Path, invented: Municipality, program: Killer, server: PostgresServer | None = None
) -> Databases:
    """On the server, or as SQLite files in the folder: empty, then imported, then planned."""
    copy: Callable[[str], str]
    if server is None:
        copy, empty = _copy_file, f"sqlite:///{folder / 'empty.db'}"
        migrate(empty)
    else:
        copy, empty = server.copy, server.migrated()
    _add_webhook(empty)
    made = Databases({"import": empty, STREAM: empty}, copy, _as_file(folder, invented), invented.on.isoformat())
    for before, action in pairwise(IN_TURN):
        job = made.job(before)
        done = program.do(job)
        if done.exit != 0:
            raise RuntimeError(f"{before} failed")
        made.base[action] = job.url
    return made


def _add_webhook(url: str) -> None:
    """Somebody who is told of everything, so that messages are written with what they tell of."""
    engine = create_database_engine(url)
    told = Webhook("webhook", "https://case.example.dk", tuple(EventType), Sealed("key", b"sealed"), now(), "karen")
    with unit_of_work(sessions_of(engine)) as session:
        Webhooks(session, MUNICIPALITY).add(told)
    engine.dispose()


def _as_file(folder: Path, invented: Municipality) -> Path:
    kinds = {
        "consultant": invented.consultants,
        "company": invented.companies,
        "citizen": invented.citizens,
        "agreement": invented.agreements,
        "placement": invented.placements,
    }
    file = folder / "municipality.ndjson"
    with file.open("w", encoding="utf-8") as lines:
        for kind, values in kinds.items():
            for value in values:
                lines.write(json.dumps({"type": kind, **CODECS[kind].encode(value)}) + "\n")
    return file


def _copy_file(url: str) -> str:
    path = Path(make_url(url).database or "")
    copied = path.with_name(f"{uuid4().hex}.db")
    shutil.copy(path, copied)
    return f"sqlite:///{copied}"
