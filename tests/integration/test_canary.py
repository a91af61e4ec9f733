"""Canaries: a CPR number, a name and the words of a need are planted, and looked for wherever they do not belong."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from sqlalchemy import text

from service import cli
from service.codec import CODECS
from service.db.dump import rows_of, tables
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.identity.access import ACCESS, API, ON_PAGES, PUBLIC
from service.logs import configure_logging
from service.settings import Role
from tests.access_world import OTHER_TEAM, PlannedWorld, World, request_of, token_of, world_of
from tests.builders import MUNICIPALITY
from tests.databases import address_of
from tests.serving import CPR_KEY, CPR_SEARCH_KEY, Client
from tests.tracing import traced

CPR = "170362-9017"
NUMBERS = (CPR, CPR.replace("-", ""), CPR.replace("-", " "), CPR.replace("-", "%2D"))
NAME, NEED, GOAL = "Kanariefugl Testesen", "tåler ikke zebrastriber", "passe kanariefugle"
WORDS = (NAME, "Kanariefugl", NEED, "zebrastriber", GOAL)
LEFT_OUT = {f"{API}/imports", f"{API}/citizens/{{citizen_id}}/cpr", f"{API}/citizens/by-cpr", "/log-ud"}
"""Imports are sent row by row, CPR numbers have addresses of their own, and whoever signs out can send nothing more."""
HOLD_WORDS = {"citizens", "snapshot_documents", "shown_lists", "proposals"}
"""Tables that hold what is known of a citizen."""


@dataclass(frozen=True)
class Planted:
    """A world in which one citizen has the canaries, and all that was answered."""

    world: World
    sessions: SessionFactory
    spans: Callable[[], Sequence[ReadableSpan]]
    answers: list[httpx.Response] = field(default_factory=list)

    def ask(self, token: str | None, method: str, path: str, **sent: object) -> httpx.Response:
        """One request, whose answer is kept."""
        answer = Client(self.world.app, token=token).request(method, path, **sent)
        self.answers.append(answer)
        return answer

    def traces(self) -> str:
        """All that would have been sent to a collector of traces."""
        found = "".join(span.to_json() for span in self.spans())
        assert "/citizens/{citizen_id}" in found
        return found

    def rows(self) -> Iterator[tuple[str, str]]:
        """Every row of the database as text, behind its table."""
        with read_only(self.sessions) as session:
            connection = session.connection()
            yield from ((table.name, repr(row)) for table in tables() for row in rows_of(connection, table))


@pytest.fixture
def planted(planned_world: PlannedWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planted:
    spans = traced(monkeypatch)
    world = world_of(planned_world, tmp_path)
    planted = Planted(world, sessions_of(create_database_engine(address_of(world.database))), spans)
    configure_logging("debug")
    system, path = token_of(Role.CASE_SYSTEM), f"{API}/citizens/{world.ids['citizen_id']}"
    read = planted.ask(system, "GET", path)
    need = {"condition": "noise", "limit": 2, "strength": "should", "note": NEED}
    changed = read.json() | {"name": NAME, "goals": [{"text": GOAL}], "accommodations": [need]}
    assert planted.ask(system, "PUT", path, json=changed, headers={"If-Match": read.headers["ETag"]}).status_code == 200
    assert planted.ask(system, "PUT", f"{path}/cpr", json={"cpr": CPR}).status_code == 204
    return planted


def _found(where: str, needles: tuple[str, ...]) -> list[str]:
    return [needle for needle in needles if needle in where]


def _everywhere(planted: Planted) -> None:
    """The number sent to every address, wherever something can be sent."""
    system, lead = token_of(Role.CASE_SYSTEM), token_of(Role.TEAM_LEAD)
    for address, number in zip(ACCESS, cycle(NUMBERS[:2]), strict=False):
        path = re.sub(r"{\w+}", number, address.path)
        token = system if Role.CASE_SYSTEM in address.roles else lead
        if address.method == "GET":
            planted.ask(token, "GET", path, params={"after": number, number: number})
        else:
            body = {"cpr": number, "name": number, number: number, "reason": number}
            planted.ask(token, address.method, path, json=body)
            planted.ask(token, address.method, path, content=f'{{"cpr": "{number}'.encode())
    for header in ("X-Case", "X-Break-Glass-Reason", "If-Match", "Idempotency-Key", "X-Request-Id", "Authorization"):
        planted.ask(system, "GET", f"{API}/citizens/{planted.world.ids['citizen_id']}", headers={header: CPR})
    planted.ask(None, "POST", "/log-ind", data={"adgangsnoegle": CPR})
    planted.ask(system, "POST", f"{API}/citizens/by-cpr", json={"cpr": CPR, "more": CPR})
    planted.ask(system, "POST", f"{API}/citizens/by-cpr", json={"cpr": CPR + "0"})
    assert planted.ask(system, "POST", f"{API}/citizens/by-cpr", json={"cpr": CPR}).status_code == 200


def _planted_in(value: Any, number: str) -> Iterator[Any]:
    """The value with the number in each of its texts, one at a time."""
    if isinstance(value, str):
        yield f"{value} {number}"
        yield f"{value}-{number}"[-64:]
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from ({**value, name: changed} for changed in _planted_in(part, number))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from ([*value[:index], changed, *value[index + 1 :]] for changed in _planted_in(part, number))


def _within_what_is_taken(planted: Planted) -> int:
    """The number inside every text of every request that would be taken without it; how many were sent."""
    world, sent = planted.world, 0
    for address in ACCESS:
        if address.method == "GET" or address.roles == PUBLIC or address.path in LEFT_OUT:
            continue
        role = next(one for one in Role if one in address.roles and (not address.page or one in ON_PAGES))
        path, asked = request_of(world, address)
        client = world.person(token_of(role))[0] if address.page else world.caller(token_of(role))
        name = "data" if address.page else "json"
        body = asked.get(name, {}) | ({"csrf": world.person(token_of(role))[1]} if address.page else {})
        for changed in _planted_in(body, CPR):
            if changed.get("csrf") == body.get("csrf"):
                planted.answers.append(client.request(address.method, path, **(asked | {name: changed})))
                sent += 1
    rows = [
        {"type": kind, **changed}
        for kind, value in (
            ("citizen", world.citizens_of(OTHER_TEAM)[-1]),
            ("company", world.invented.companies[-1]),
            ("agreement", world.invented.agreements[-1]),
            ("consultant", world.invented.consultants[-1]),
        )
        for changed in _planted_in(CODECS[kind].encode(value), CPR)
    ]
    content = "\n".join(json.dumps(row) for row in rows).encode()
    report = planted.ask(token_of(Role.CASE_SYSTEM), "POST", f"{API}/imports", content=content)
    assert report.status_code == 200
    assert report.text.count("ligner et CPR-nummer") > 40
    return sent + len(rows)


def test_a_cpr_number_within_what_is_taken_is_stored_nowhere(planted: Planted) -> None:
    assert _within_what_is_taken(planted) > 150
    assert [str(one.request.url) for one in planted.answers if one.status_code >= 500] == []
    assert [name for name, row in planted.rows() if _found(row, NUMBERS)] == []
    echoed = [
        (answer.request.method, answer.request.url.path)
        for answer in planted.answers
        if answer.status_code < 300 and _found(answer.text + str(answer.headers.raw), NUMBERS)
    ]
    assert echoed == []


def test_a_cpr_number_is_in_no_answer_log_metric_trace_or_row(
    planted: Planted, capfd: pytest.CaptureFixture[str]
) -> None:
    _everywhere(planted)
    planted.ask(None, "GET", "/metrics")
    with unit_of_work(planted.sessions) as session:
        session.execute(text("ALTER TABLE cpr_numbers RENAME TO gone"))
    system = token_of(Role.CASE_SYSTEM)
    broken = planted.ask(system, "POST", f"{API}/citizens/by-cpr", json={"cpr": CPR})
    assert broken.status_code in {500, 503}
    with unit_of_work(planted.sessions) as session:
        session.execute(text("ALTER TABLE gone RENAME TO cpr_numbers"))
    log = "".join(capfd.readouterr())
    assert "find_by_cpr" in log  # it was logged, but not with what
    assert "unexpected error" in log or broken.status_code == 503
    assert _found(log, NUMBERS) == []
    assert _found(planted.traces(), NUMBERS) == []
    echoed = [
        (answer.request.method, answer.status_code, answer.text[:200])
        for answer in planted.answers
        if _found(answer.text + str(answer.headers.raw), NUMBERS)
    ]
    assert echoed == []
    assert [name for name, row in planted.rows() if _found(row, NUMBERS)] == []


def test_names_and_needs_are_in_no_error_log_metric_trace_message_or_trail(
    planted: Planted, capfd: pytest.CaptureFixture[str]
) -> None:
    world = planted.world
    system, lead, path = (
        token_of(Role.CASE_SYSTEM),
        token_of(Role.TEAM_LEAD),
        f"{API}/citizens/{world.ids['citizen_id']}",
    )
    read = planted.ask(system, "GET", path)
    wrong = read.json() | {"hours_now": GOAL, NEED: NAME, "travel_modes": [NAME], "consultant_id": NAME}
    assert planted.ask(system, "PUT", path, json=wrong, headers={"If-Match": "1"}).status_code in {412, 422}
    decision = f"{API}/proposals/{world.ids['proposal_id']}/decision"
    assert planted.ask(lead, "POST", decision, json={"verdict": "held", "reason": "Vi venter."}).status_code == 201
    assert planted.ask(lead, "POST", decision, json={"verdict": NAME, NEED: GOAL}).status_code == 422
    for after in ("", "/suggestions", "/openings", f"/suggestions/{world.ids['slot_id']}"):
        planted.ask(lead, "GET", path + after)
    planted.ask(token_of(Role.OPERATIONS), "GET", f"{API}/runs")
    planted.ask(token_of(Role.AUDITOR), "GET", f"{path}/access-log")
    planted.ask(token_of(Role.AUDITOR), "GET", f"{API}/audit")
    planted.ask(None, "GET", "/metrics")
    log = "".join(capfd.readouterr())
    assert "write_a_citizen" in log or "write" in log
    assert _found(log, WORDS) == []
    assert _found(planted.traces(), WORDS) == []
    may_hold = {path, f"{path}/suggestions", f"{path}/openings", f"{path}/suggestions/{world.ids['slot_id']}"}
    told = [
        (answer.request.url.path, answer.status_code)
        for answer in planted.answers
        if _found(answer.text, WORDS) and (answer.status_code >= 400 or answer.request.url.path not in may_hold)
    ]
    assert told == []
    assert {name for name, row in planted.rows() if _found(row, WORDS)} <= HOLD_WORDS


COMMANDS = (
    ("nightly", "--time-limit", "5", "--json"),
    ("suggest", CPR),
    ("explain", CPR.replace("-", ""), CPR),
    ("personal", "access-log", "CITIZEN"),
    ("personal", "erase", "--citizen", "CITIZEN", "--reason", "Borgeren er flyttet.", "--dry-run"),
    ("personal", "erase", "--citizen", CPR, "--reason", CPR),
    ("personal", "rotate-keys"),
    ("audit", "show"),
    ("needs",),
)


def test_commands_that_are_not_about_one_citizen_say_no_canary(
    planted: Planted, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith("MATCHER_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHER_DATABASE_URL", address_of(planted.world.database))
    monkeypatch.setenv("MATCHER_MUNICIPALITY", MUNICIPALITY)
    monkeypatch.setenv("MATCHER_TODAY", planted.world.invented.on.isoformat())
    monkeypatch.setenv("MATCHER_CPR_KEYS", f'["{CPR_KEY}"]')
    monkeypatch.setenv("MATCHER_CPR_SEARCH_KEYS", f'["{CPR_SEARCH_KEY}"]')
    capfd.readouterr()
    for arguments in COMMANDS:
        given = [planted.world.ids["citizen_id"] if one == "CITIZEN" else one for one in arguments]
        monkeypatch.setattr(sys, "argv", ["matcher", *given])
        with pytest.raises(SystemExit):
            cli.main()
        printed = capfd.readouterr()
        assert printed.out + printed.err, arguments
        assert _found(printed.out + printed.err, NUMBERS + WORDS) == [], arguments
