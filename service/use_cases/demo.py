"""A synthetic municipality, imported like anybody's files, planned for a night, with three citizens' lists."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures import Municipality, municipality
from fixtures.agreements import DOCUMENTED_CITIZENS
from matcher.domain.citizen import Citizen
from service.codec import CODECS
from service.db.acting import at_the_terminal
from service.db.contact_repositories import Contacts
from service.db.migrate import migrate
from service.db.session import SessionFactory, read_only, session_factory, unit_of_work
from service.settings import Settings
from service.use_cases.import_files import import_files
from service.use_cases.matching import MatchInputs
from service.use_cases.nightly import PHASES, Night, plan_night
from service.use_cases.records import Recorder, show_list
from service.use_cases.views import ListView

DEMO_PHASES = ("invent", "import", *PHASES, "lists")
"""Phases of the demonstration, in order."""
PLACES_SHOWN = 3
DEMO_TIME_LIMIT_S = 30.0
"""Seconds that the demonstration's planning may take; whoever looks at it is waiting."""
CITIZENS_SHOWN = 3

Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demonstration made."""

    municipality: Municipality
    night: Night
    lists: tuple[ListView, ...]


def build_demo(
    database: Path, step: Step, *, citizens: int = DOCUMENTED_CITIZENS, time_limit_s: float = DEMO_TIME_LIMIT_S
) -> Demo:
    """Make the demonstration's database anew, plan its night, and look up three citizens' lists.

    Raises RuntimeError where the synthetic municipality does not import cleanly: that would be a fault of the program.
    """
    for leftover in (database, *(database.with_name(database.name + suffix) for suffix in ("-wal", "-shm"))):
        leftover.unlink(missing_ok=True)
    settings = Settings(database_url=f"sqlite:///{database}", municipality="0760")

    def begin(phase: str) -> None:
        step(phase, DEMO_PHASES.index(phase), len(DEMO_PHASES))

    begin("invent")
    invented = municipality(citizens=citizens)
    begin("import")
    migrate(settings.database_url)
    sessions = session_factory(settings)
    take_in(sessions, settings.municipality, invented)
    night = plan_night(
        sessions,
        settings.municipality,
        on=invented.on,
        time_limit_s=time_limit_s,
        step=lambda phase, _done, _total: begin(phase),
    )
    begin("lists")
    recorder = Recorder(sessions, settings.municipality, MatchInputs(), at_the_terminal())
    with read_only(sessions) as session:
        lists = tuple(
            show_list(session, recorder, citizen_id, today=invented.on, places=PLACES_SHOWN).view
            for citizen_id in telling_citizens(invented.citizens, night)
        )
    return Demo(invented, night, lists)


def take_in(sessions: SessionFactory, code: str, invented: Municipality) -> None:
    """Write the values as an NDJSON file, and import it like anybody's; contacts are written down beside it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "municipality.ndjson"
        with file.open("w", encoding="utf-8") as lines:
            for record in _records(invented):
                lines.write(json.dumps(record, ensure_ascii=False) + "\n")
        report = import_files(sessions, code, [file], all_or_nothing=True, on=invented.on)
    if report.errors:
        raise RuntimeError(f"the synthetic municipality has errors, the first: {report.errors[0]}")
    with unit_of_work(sessions) as session:
        Contacts(session, code).add_all(invented.contacts)


def _records(invented: Municipality) -> Iterator[dict[str, Any]]:
    kinds: tuple[tuple[str, Iterable[Any]], ...] = (
        ("consultant", invented.consultants),
        ("company", invented.companies),
        ("citizen", invented.citizens),
        ("agreement", invented.agreements),
        ("placement", invented.placements),
    )
    for kind, values in kinds:
        for value in values:
            yield {"type": kind, **CODECS[kind].encode(value)}


def telling_citizens(citizens: Sequence[Citizen], night: Night) -> list[str]:
    """Three citizens who show different things: a proposal met by many needs, a proposal, and one without a place."""
    by_id = {citizen.id: citizen for citizen in citizens}
    placed = sorted(night.proposals, key=lambda one: (-len(by_id[one.citizen_id].accommodations), one.citizen_id))
    waiting = sorted(night.unplaced, key=lambda one: (by_id[one.citizen_id].waiting_since, one.citizen_id))
    chosen = [one.citizen_id for one in placed[:1]]
    chosen += [one.citizen_id for one in sorted(placed[1:], key=lambda one: (-one.price, one.citizen_id))[:1]]
    chosen += [one.citizen_id for one in waiting[:1]]
    rest = [citizen.id for citizen in citizens if citizen.id not in chosen]
    return (chosen + rest)[:CITIZENS_SHOWN]
