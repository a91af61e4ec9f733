"""A municipality whose stored texts all hold markup: names, notes, goals, titles, tasks and reasons.

It comes in through the API as the case system sends it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from fixtures import REFERENCE_DATE, municipality
from service.codec import AGREEMENT, CITIZEN, COMPANY, CONSULTANT, PLACEMENT, Codec
from service.db.session import create_database_engine, sessions_of
from service.use_cases.nightly import plan_night
from tests.browsing import CITIZENS, running
from tests.builders import MUNICIPALITY
from tests.databases import copy_file
from tests.serving import CONSULTANT as CONSULTANT_TOKEN
from tests.serving import LEAD, SYSTEM

MARKUP: Final = """<script>alert(1)</script><img src=x onerror=alert(2)>"'&"""
FREE_TEXT: Final = frozenset(
    {"name", "text", "learnt_at", "note", "title", "tasks", "reason", "measure", "call_on_absence"}
)
"""Fields of a document in which somebody writes what they want."""


def marked(value: Any, name: str = "") -> Any:
    """A document with markup after each free text."""
    if isinstance(value, dict):
        return {key: marked(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [marked(one, name) for one in value]
    return f"{value} {MARKUP}" if isinstance(value, str) and name in FREE_TEXT else value


def rows() -> Iterator[str]:
    """The municipality of the demonstration as the case system sends it, with markup."""
    invented = municipality(citizens=CITIZENS)
    kinds: tuple[tuple[str, Codec[Any], tuple[Any, ...]], ...] = (
        ("consultant", CONSULTANT, invented.consultants),
        ("company", COMPANY, invented.companies),
        ("citizen", CITIZEN, invented.citizens),
        ("agreement", AGREEMENT, invented.agreements),
        ("placement", PLACEMENT, invented.placements),
    )
    for kind, codec, values in kinds:
        for value in values:
            yield json.dumps({"type": kind, **marked(codec.encode(value))})


def build_marked(planned: Path, made: Path) -> None:
    """Copy the planned municipality and mark it: its documents, decisions, answers and rules."""
    with TemporaryDirectory() as folder:
        database = Path(folder) / "marked.db"
        copyfile(planned, database)
        with (
            running(database, today=REFERENCE_DATE) as found,
            httpx.Client(base_url=f"{found.address}/api/v1", timeout=300) as api,
        ):
            _write(api, database)
        copy_file(database, made)


def _write(api: httpx.Client, database: Path) -> None:
    taken = api.post("/imports", content="\n".join(rows()), headers=_by(SYSTEM)).text.splitlines()
    assert json.loads(taken[-1])["state"] == "finished"
    assert [line for line in taken if '"refused"' in line] == []
    engine = create_database_engine(f"sqlite:///{database}")
    night = plan_night(sessions_of(engine), MUNICIPALITY, on=REFERENCE_DATE, time_limit_s=60)
    engine.dispose()
    for proposal, verdict in zip(night.proposals, ("held", "rejected", "approved"), strict=False):
        sent = {"verdict": verdict, "reason": f"Aftalt. {MARKUP}"}
        assert api.post(f"/proposals/{proposal.id}/decision", json=sent, headers=_by(CONSULTANT_TOKEN)).is_success
    rule = {
        "danish": f"Ingen begynder med fuld tid. {MARKUP}",
        "english": f"Nobody begins full time. {MARKUP}",
        "source": f"Udvalget {MARKUP}",
        "condition": {"hours_from_above": 36},
    }
    change = {"kind": "add", "rule_id": "lokal.fuldtid", "valid_from": REFERENCE_DATE.isoformat(), "rule": rule}
    made = api.post("/rules/changes", json={"changes": [change], "reason": MARKUP}, headers=_by(LEAD))
    assert made.is_success, made.text


def _by(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
