"""What runs came to, citizen by citizen, without reasons: light enough for all the runs of a quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.db.ordering import by_code_point
from service.db.tables import MatchRunRow, ProposalRow, UnplacedRow


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to for a citizen it planned for; no slot and no value where it has no place."""

    citizen_id: str
    slot_id: str | None
    value: float | None


def run_ids_between(session: Session, municipality: str, first: date, last: date) -> tuple[str, ...]:
    """Runs planned for the days from `first` to `last` that hold, in the order in which they were made."""
    table = MatchRunRow
    query = (
        select(table.id)
        .where(
            table.municipality == municipality,
            table.planned_on >= first,
            table.planned_on <= last,
            table.withdrawn_at.is_(None),
        )
        .order_by(table.planned_on, table.created_at, by_code_point(table.id))
    )
    return tuple(session.scalars(query))


def outcomes_of_run(session: Session, municipality: str, run_id: str) -> Sequence[Outcome]:
    """One for each citizen that the run planned for, by citizen."""
    placed = select(ProposalRow.citizen_id, ProposalRow.slot_id, ProposalRow.value).where(
        ProposalRow.municipality == municipality, ProposalRow.run_id == run_id
    )
    left = select(UnplacedRow.citizen_id).where(UnplacedRow.municipality == municipality, UnplacedRow.run_id == run_id)
    found = [Outcome(row.citizen_id, row.slot_id, row.value) for row in session.execute(placed)]
    found.extend(Outcome(citizen_id, None, None) for citizen_id in session.scalars(left))
    return sorted(found, key=lambda outcome: outcome.citizen_id)
