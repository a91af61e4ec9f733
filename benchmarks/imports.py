"""Imports row by row: memory and time for 1,000 and 10,000 citizens, and for the same content again.

The peak is that of the process's resident memory above what the program holds before it, MiB: it should hardly grow
with the rows, since neither body, rows nor answers are held.
"""

import json
import resource
import sys
import time
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory
from typing import Any

from fixtures import REFERENCE_DATE, municipality
from service.clock import now
from service.codec import CITIZEN, CODECS
from service.db.migrate import migrate
from service.db.session import create_database_engine, sessions_of
from service.use_cases.import_ndjson import NdjsonFile
from service.use_cases.import_stream import ImportStream

SIZES = (1_000, 10_000)
SAMPLE = 547
MUNICIPALITY = "0760"


def write_body(path: Path, citizens: int) -> None:
    """A body with so many citizens: those of the synthetic municipality over and over, each with an id of its own."""
    invented = municipality(seed=760, citizens=SAMPLE)
    with path.open("w", encoding="utf-8") as file:
        kinds: dict[str, Iterable[Any]] = {"consultant": invented.consultants, "company": invented.companies}
        for kind, values in kinds.items():
            file.writelines(json.dumps({"type": kind, **CODECS[kind].encode(value)}) + "\n" for value in values)
        for number in range(citizens):
            document = CITIZEN.encode(invented.citizens[number % SAMPLE]) | {"id": f"N{number:06}"}
            file.write(json.dumps({"type": "citizen", **document}) + "\n")


def measure(body: Path, database: Path) -> None:
    """Import a body in this process; prints what it took."""
    sessions = sessions_of(create_database_engine(f"sqlite:///{database}"))
    list(ImportStream(sessions, MUNICIPALITY, NdjsonFile("none", BytesIO(b"")), on=REFERENCE_DATE, clock=now).lines())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    with body.open("rb") as stream:
        under_way = ImportStream(sessions, MUNICIPALITY, NdjsonFile("body", stream), on=REFERENCE_DATE, clock=now)
        last = b""
        for line in under_way.lines():
            last = line
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    figures = {"seconds": round(time.perf_counter() - started, 1), "peak_mib": round(peak / 1024, 1)}
    print(json.dumps(figures | {"citizens": json.loads(last)["rows"]["citizen"]}))


def main() -> None:
    """Print a line for each import."""
    for citizens in SIZES:
        with TemporaryDirectory() as folder:
            body, database = Path(folder) / "body.ndjson", Path(folder) / "imports.db"
            write_body(body, citizens)
            migrate(f"sqlite:///{database}")
            for attempt in ("first", "again"):
                command = [sys.executable, __file__, str(body), str(database)]
                measured = json.loads(run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
                size = {"body_mb": round(body.stat().st_size / 1e6, 1)}
                print(json.dumps({"benchmark": "imports", "rows": citizens, "content": attempt} | size | measured))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        main()
