"""The last night of every municipality, for whoever watches them all: figures only."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.db.night_repositories import NightAttempts, NightLocks
from service.db.night_tables import NightAttemptRow
from service.db.nights import Lock, RunState
from service.db.records import MatchRun
from service.db.repositories import MatchRuns
from service.db.tables import MatchRunRow


@dataclass(frozen=True, slots=True)
class LastNight:
    """Where a municipality stands: its newest published run, how the newest attempt is, who plans right now."""

    municipality: str
    run: MatchRun | None
    state: RunState | None
    lock: Lock | None


def last_nights(session: Session) -> tuple[LastNight, ...]:
    """Every municipality that has had a night, by its code."""
    codes = set(session.scalars(select(MatchRunRow.municipality).distinct()))
    codes |= set(session.scalars(select(NightAttemptRow.municipality).distinct()))
    found = []
    for code in sorted(codes):
        newest = next(iter(NightAttempts(session, code).page(limit=1)), None)
        found.append(
            LastNight(
                code,
                MatchRuns(session, code).latest(),
                None if newest is None else newest.state,
                NightLocks(session, code).holder(),
            )
        )
    return tuple(found)
