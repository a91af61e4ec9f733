"""Several processes serve one municipality: what they must share, they share; the pages have one of their own."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures import municipality
from service.db.session import create_database_engine, sessions_of
from service.settings import AccessToken
from service.use_cases.demo import take_in
from service.use_cases.nightly import plan_night
from tests.builders import MUNICIPALITY
from tests.databases import address_of, migrated
from tests.serving import AUDITOR, CONSULTANT, LEAD, SYSTEM, TOKENS

WORKERS, BURST = 2, 60
LONGEST_S = 240.0


def served(database: Path, port: int) -> subprocess.Popen[bytes]:
    here = str(Path(__file__).resolve().parents[2])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    settings = {
        "MATCHER_DATABASE_URL": address_of(database),
        "MATCHER_TOKENS": json.dumps([AccessToken.model_dump(one, mode="json") for one in TOKENS]),
        "MATCHER_TODAY": municipality(seed=7, citizens=1).on.isoformat(),
        "MATCHER_REQUESTS_PER_SECOND": "0.01",
        "MATCHER_REQUESTS_AT_ONCE": str(BURST),
        "MATCHER_LOG_LEVEL": "error",
        "PYTHONPATH": here,
    }
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", str(port)]
    return subprocess.Popen([*command, "--workers", str(WORKERS)], env=kept | settings, cwd=database.parent)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("processes") / "shared.db"
    engine = create_database_engine(migrated(database))
    invented = municipality(seed=7, citizens=12)
    take_in(sessions_of(engine), MUNICIPALITY, invented)
    plan_night(sessions_of(engine), MUNICIPALITY, on=invented.on, time_limit_s=10)
    engine.dispose()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = served(database, port)
    try:
        deadline = time.monotonic() + LONGEST_S
        while not ready(f"http://127.0.0.1:{port}"):
            assert time.monotonic() < deadline, "the service does not start"
            assert process.poll() is None
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(30) in {0, -15}


def ready(address: str) -> bool:
    try:
        return all(get(address + path).status_code == 200 for path in ("/readyz", "/log-ind"))
    except httpx.TransportError:
        return False


def get(url: str, **options: Any) -> httpx.Response:
    """Asked on a connection of its own, which any of the processes may take; without TLS: no certificates are read."""
    return httpx.get(url, timeout=60, verify=False, **options)


def asked(address: str, path: str, token: str) -> httpx.Response:
    return get(address + path, headers={"Authorization": f"Bearer {token}"})


def signed_in(address: str, token: str) -> httpx.Client:
    client = httpx.Client(base_url=address, timeout=30, verify=False, limits=httpx.Limits(max_keepalive_connections=0))
    assert client.post("/log-ind", data={"adgangsnoegle": token}).status_code == 303
    return client


def csrf_of(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_what_a_caller_may_send_is_counted_for_all_processes_together(address: str) -> None:
    answers = [asked(address, "/api/v1/runs", AUDITOR).status_code for _ in range(2 * BURST)]
    assert set(answers) == {200, 429}
    assert BURST * 0.8 <= answers.count(200) <= BURST
    assert asked(address, "/api/v1/runs", LEAD).status_code == 200, "other callers are not held back"


def test_pages_and_what_they_work_on_are_found_by_every_request(address: str) -> None:
    with closing(signed_in(address, LEAD)) as lead:
        rules = lead.get("/administration/regler/former_employer")
        assert rules.status_code == 200
        sent = {"csrf": csrf_of(rules), "aendring": "switch_off", "fra": "2027-01-01"}
        shown = lead.post("/administration/regler/former_employer", data=sent).headers["location"]
        assert shown.startswith("/administration/proever/")
        assert {lead.get(shown).status_code for _ in range(12)} == {200}
        assert lead.get("/forslag?side=1").status_code == 200
        assert lead.get("/static/style.css").status_code == 200


def test_a_file_is_handed_on_whole(address: str) -> None:
    with closing(signed_in(address, LEAD)) as lead:
        page = lead.get("/adgang")
        long = lead.post("/adgang", data={"csrf": csrf_of(page), "borger": "x", "begrundelse": "a" * 900_000})
        assert long.status_code == 422
        assert lead.post("/adgang", content=b" " * 6_000_000).status_code == 413


def test_a_session_is_ended_for_every_process(address: str) -> None:
    with closing(signed_in(address, CONSULTANT)) as consultant:
        page = consultant.get("/adgang")
        cookie = {"Cookie": f"matcher_session={consultant.cookies['matcher_session']}"}
        assert consultant.post("/log-ud", data={"csrf": csrf_of(page)}).status_code == 303
    for _ in range(8):
        assert get(address + "/borgere", headers=cookie).headers["location"] == "/log-ind"


def test_whoever_says_to_come_from_elsewhere_is_not_believed(address: str) -> None:
    """Development sign-in is off; a forged address between processes must change nothing, nor come back."""
    answer = get(address + "/log-ind", headers={"X-Matcher-Client": "127.0.0.1 1"})
    assert answer.status_code == 200
    assert "x-matcher-client" not in answer.headers


def test_requests_are_counted_once_whichever_process_answered(address: str) -> None:
    def counted() -> float:
        found = re.findall(
            r'^http_requests_total\{[^}]*handler="/api/v1/openapi.json"[^}]*\} (\S+)',
            get(f"{address}/metrics").text,
            flags=re.MULTILINE,
        )
        return sum(map(float, found))

    before = counted()
    for _ in range(10):
        assert get(f"{address}/api/v1/openapi.json").status_code == 200
    deadline = time.monotonic() + 10
    while counted() < before + 10:  # an answer is counted once it is sent
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert counted() == before + 10
    assert "matcher_night_placed" in get(f"{address}/metrics").text


def test_a_citizen_written_through_one_is_read_through_the_others(address: str) -> None:
    path = f"/api/v1/citizens/{municipality(seed=7, citizens=12).citizens[0].id}"
    read = asked(address, path, SYSTEM)
    changed = read.json() | {"hours_now": 1.5}
    written = httpx.put(
        address + path,
        json=changed,
        headers={"Authorization": f"Bearer {SYSTEM}", "If-Match": read.headers["ETag"]},
        timeout=30,
        verify=False,
    )
    assert written.status_code == 200
    assert {asked(address, path, SYSTEM).json()["hours_now"] for _ in range(8)} == {1.5}
