"""Milliseconds of the service for every page of a large municipality; prints JSON lines.

    python benchmarks/pages.py                     10,000 citizens
    python benchmarks/pages.py --citizens 547      the documented municipality
    python benchmarks/pages.py --database FILE     keep the database there, or use the one that is there already
    python benchmarks/pages.py --write             also puts the table into docs/benchmarks.md

Each page is asked for by somebody who may see it, in this process, without a network: first once, which includes what
is made once (vectors after a change), then five times. A citizen's page is asked for before all others: a service that
has just started reads the municipality then, which is printed as `starting`. `processor_ms` is what to compare on a
busy machine. `kilobytes` is the page itself: scripts, styles and icons are kept by the browser after the first page.
The correction of a citizen's hours is sent as the page sends it, other hours each time; its answer is the page with the
list ranked anew and what moved.

The bar is 300 ms for the median of each page; the exit code is 1 where one is above it. Pages that wait for work which
they show the progress of are measured as they answer at once; the work that they begin has ended before the next page
is asked for, which would otherwise be measured beside it.
"""

import argparse
import html
import json
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from fixtures import REFERENCE_DATE, municipality
from service.app import create_app
from service.db.migrate import migrate
from service.db.repositories import Agreements, Companies, MatchRuns
from service.db.run_repositories import Proposals
from service.db.session import SessionFactory, read_only, session_factory
from service.identity.access import ACCESS, PUBLIC
from service.logs import configure_logging
from service.settings import Role, Settings
from service.use_cases.demo import take_in
from service.use_cases.nightly import plan_night
from tests.serving import AUDITOR, CASEWORKER, CONSULTANT, LEAD, OPERATIONS, Client, settings_for

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEADING: Final = "## Pages"
TIMES: Final = 5
BAR_MS: Final = 300
WORK: Final = "needs"
"""Name of the threads that pages begin (`service/web/work.py`)."""
HOURS: Final = "/borgere/{citizen_id}/profil/timer"
NEEDS: Final = "/behov"
"""Begins what goes on for many minutes in a large municipality: it is asked for when all else has been measured."""
CODE: Final = "0760"
TOKENS: Final = {
    Role.JOB_CONSULTANT: CONSULTANT,
    Role.TEAM_LEAD: LEAD,
    Role.CASEWORKER: CASEWORKER,
    Role.OPERATIONS: OPERATIONS,
    Role.AUDITOR: AUDITOR,
}


def prepare(settings: Settings, citizens: int) -> None:
    """A municipality with last night's plan."""
    migrate(settings.database_url)
    sessions = session_factory(settings)
    invented = municipality(citizens=citizens)
    take_in(sessions, CODE, invented)
    plan_night(sessions, CODE, on=invented.on)


def ids_of(sessions: SessionFactory) -> dict[str, str]:
    """Something of each kind that addresses name: of last night's first proposal."""
    with read_only(sessions) as session:
        run = MatchRuns(session, CODE).latest()
        assert run is not None
        proposal = next(iter(Proposals(session, CODE).of_run(run.id)))
        agreement = next(iter(Agreements(session, CODE).all()))
        company = next(iter(Companies(session, CODE).all()))
    return {
        "citizen_id": proposal.citizen_id,
        "slot_id": proposal.slot_id,
        "proposal_id": proposal.id,
        "run_id": run.id,
        "agreement_id": agreement.id,
        "company_id": company.id,
        "rule_id": "starts_soon",
        "felt": "timer",
    }


def measured(page: str, ask: Callable[[], Any], ready: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """A row: asked for once, and then several times; `ready` comes before each and is not measured."""
    for thread in threading.enumerate():
        if thread.name == WORK:
            thread.join()
    taken, worked = [], []
    for _ in range(TIMES + 1):
        ready()
        begun, before = time.perf_counter(), time.process_time()
        answer = ask()
        taken.append(1000 * (time.perf_counter() - begun))
        worked.append(1000 * (time.process_time() - before))
    median = statistics.median(taken[1:])
    return {
        "page": page,
        "status": answer.status_code,
        "first_ms": round(taken[0]),
        "median_ms": round(median),
        "most_ms": round(max(taken[1:])),
        "processor_ms": round(statistics.median(worked[1:])),
        "bar_ms": BAR_MS,
        "within": median <= BAR_MS,
        "kilobytes": round(len(answer.content) / 1000),
        "load": round(os.getloadavg()[0], 1),
    }


def correction(client: Client, path: str) -> tuple[Callable[[], Any], Callable[[], None]]:
    """Sends other hours of a citizen, and follows to the list that is ranked anew; opens the form for it before."""
    hours, form = cycle(("3", "4")), dict[str, str]()

    def send() -> Any:
        answer = client.post(path, data={**form, "timer_nu": next(hours)})
        assert answer.status_code == 303, answer.text[:2000]
        return client.get(answer.headers["location"])

    def opened() -> None:
        form.update(hidden(client.get(path).text, path))

    return send, opened


def hidden(page: str, path: str) -> dict[str, str]:
    """What the form of an address holds, by name."""
    form = re.search(rf'<form[^>]*action="{re.escape(path)}".*?</form>', page, re.DOTALL)
    assert form, f"no form is sent to {path}"
    fields = (dict(re.findall(r'([a-z_-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form[0]))
    return {one["name"]: html.unescape(one.get("value", "")) for one in fields if "name" in one}


def rows(settings: Settings) -> Iterator[dict[str, Any]]:
    """Every page that names nothing, or something that there is."""
    app = create_app(settings)
    ids = ids_of(session_factory(settings))
    clients = {role: Client(app) for role in TOKENS}
    for role, client in clients.items():
        assert client.post("/log-ind", data={"adgangsnoegle": TOKENS[role]}).status_code == 303
    begun = time.perf_counter()
    listed = clients[Role.JOB_CONSULTANT].get(f"/borgere/{ids['citizen_id']}")
    starting = round(1000 * (time.perf_counter() - begun))
    print(json.dumps({"starting": starting, "status": listed.status_code}), flush=True)
    path, client = HOURS.format(**ids), clients[Role.JOB_CONSULTANT]
    yield measured(f"POST {HOURS}, and the list", *correction(client, path))
    for address in sorted(ACCESS, key=lambda one: one.path == NEEDS):
        if not address.page or address.method != "GET" or address.roles == PUBLIC:
            continue
        role = next(one for one in TOKENS if one in address.roles)
        try:
            path = address.path.format(**ids)
        except KeyError as missing:
            print(json.dumps({"page": address.path, "left_out": f"nothing here has the id {missing}"}), flush=True)
            continue
        yield measured(address.path, partial(clients[role].get, path))


def write(citizens: int, found: list[dict[str, Any]]) -> None:
    """Put the table into the document, in place of the one before."""
    lines = [
        HEADING,
        f"`python benchmarks/pages.py`, {citizens:,} citizens, SQLite, in the process: milliseconds of the service,",
        f"the first time and then the median of {TIMES}.",
        "",
        "| page | first ms | median ms | bar ms | within | most ms | processor ms | kB | load |",
        "|---|--:|--:|--:|---|--:|--:|--:|--:|",
        *(
            f"| `{row['page']}` | {row['first_ms']} | {row['median_ms']} | {row['bar_ms']} "
            f"| {'yes' if row['within'] else 'no'} | {row['most_ms']} | {row['processor_ms']} "
            f"| {row['kilobytes']} | {row['load']} |"
            for row in found
        ),
    ]
    put_into(DOCUMENT, HEADING, lines)


def put_into(document: Path, heading: str, lines: list[str]) -> None:
    """Put a section into a document, in place of the one before."""
    text = document.read_text("utf-8")
    before, _, after = text.partition(f"{heading}\n")
    rest = after[after.index("\n## ") :] if "\n## " in after else "\n"
    document.write_text(before.rstrip("\n") + "\n\n" + "\n".join(lines) + rest, "utf-8")


def main() -> int:
    """Measure all and print a JSON line each; 1 where a page is above the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--citizens", type=int, default=10_000)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    configure_logging("error")
    with tempfile.TemporaryDirectory() as folder:
        database = arguments.database or Path(folder) / "pages.db"
        settings = settings_for(database, today=REFERENCE_DATE)
        if not database.exists():
            prepare(settings, arguments.citizens)
        found = []
        for row in rows(settings):
            print(json.dumps(row), flush=True)
            found.append(row)
    if arguments.write:
        write(arguments.citizens, found)
    return int(not all(row["within"] for row in found))


if __name__ == "__main__":
    sys.exit(main())
