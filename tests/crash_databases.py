"""Databases that a killed program leaves behind: one for each action to begin with, and copies of it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.engine import make_url

from fixtures import Municipality
from service.codec import CODECS
from service.db.migrate import migrate
from tests.killing import Job, Killer
from tests.postgres import PostgresServer

ACTIONS = ("import", "nightly", "decision")
"""Each begins with what the one before has left."""


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
        copy, empty = _copies_of(server), server.migrated()
    made = Databases({"import": empty}, copy, _as_file(folder, invented), invented.on.isoformat())
    for before, action in pairwise(ACTIONS):
        job = made.job(before)
        done = program.do(job)
        if done.exit != 0:
            raise RuntimeError(f"{before} failed")
        made.base[action] = job.url
    return made


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


def _copies_of(server: PostgresServer) -> Callable[[str], str]:
    def copy(url: str) -> str:
        name = f"kill_{uuid4().hex}"
        with server.admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}"))
        return server.url.set(database=name).render_as_string(hide_password=False)

    return copy
