"""Queries and deletions of retention: since when nothing happened for a citizen, and what goes when one is erased."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.orm import Session

from matcher.domain.placement import Placement, PlacementStatus
from service.codec import PLACEMENT
from service.db.decision_tables import KeptAnswerRow
from service.db.documents import chunks
from service.db.grants import TRAITS_TABLE
from service.db.metadata import Base
from service.db.personal import Category, Erasure
from service.db.personal_tables import ErasureRow, KeptCountRow
from service.db.repositories import Citizens
from service.db.tables import CitizenRow, DecisionRow, PlacementRow, ProposalRow

UNDECIDED = "undecided"
"""Category of a proposal that nobody decided about."""


@dataclass(frozen=True, slots=True)
class Activity:
    """When something last happened for a citizen, and whether there is a placement that has not ended."""

    citizen_id: str
    last_on: date
    placed: bool


class Retention:
    """What is kept of a municipality's citizens and for how long."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def activity(self, citizen_id: str | None = None) -> tuple[Activity, ...]:
        """Of every citizen, or of one, by id.

        The last that happened is the latest of: waiting since, a change of the profile, the end of a placement, a
        decision about a proposal.
        """
        query = select(CitizenRow.id, CitizenRow.waiting_since, CitizenRow.updated_at).where(
            CitizenRow.municipality == self.municipality
        )
        if citizen_id is not None:
            query = query.where(CitizenRow.id == citizen_id)
        ends, open_, decided = self._placements(), self._open(), self._decisions()
        return tuple(
            Activity(
                row.id,
                max(
                    [
                        row.waiting_since,
                        row.updated_at.date(),
                        *(last[row.id] for last in (ends, decided) if row.id in last),
                    ]
                ),
                row.id in open_,
            )
            for row in sorted(self.session.execute(query), key=lambda row: row.id)
        )

    def rows_about(self, citizen_ids: Sequence[str]) -> dict[str, int]:
        """How many rows of each table are about these citizens; tables without any are left out.

        Protected traits go with the citizen too, but are out of this user's reach and not counted.
        """
        found: Counter[str] = Counter()
        for table in Base.metadata.sorted_tables:
            if table.name == TRAITS_TABLE:
                continue
            column = table.c.id if table.name == CitizenRow.__tablename__ else table.c.get("citizen_id")
            if column is None:
                continue
            for chunk in chunks(citizen_ids):
                of_these = and_(table.c.municipality == self.municipality, column.in_(chunk))
                found[table.name] += self.session.scalars(select(func.count()).where(of_these)).one()
        return {name: count for name, count in sorted(found.items()) if count}

    def statistics(self, citizen_ids: Sequence[str]) -> Counter[Category]:
        """What these citizens' rows count for: by year, kind and category, and by nothing else."""
        found: Counter[Category] = Counter()
        for chunk in chunks(citizen_ids):
            of_citizens = and_(CitizenRow.municipality == self.municipality, CitizenRow.id.in_(chunk))
            for waiting_since, group in self.session.execute(
                select(CitizenRow.waiting_since, CitizenRow.target_group).where(of_citizens)
            ):
                found[Category(waiting_since.year, "citizens", group)] += 1
            for placement in self._placed(chunk):
                year = placement.starts_on.year
                found[Category(year, "placements", placement.form)] += 1
                if placement.outcome is not None:
                    found[Category(placement.ends_on.year, "outcomes", placement.outcome)] += 1
            for year, verdict in self._proposed(chunk):
                found[Category(year, "proposals", verdict)] += 1
        return found

    def erase(self, citizen_ids: Sequence[str]) -> None:
        """Remove citizens with all that is about them, and make them unknown in the log of reads."""
        citizens = Citizens(self.session, self.municipality)
        for chunk in chunks(citizen_ids):
            of_these = and_(PlacementRow.municipality == self.municipality, PlacementRow.citizen_id.in_(chunk))
            self.session.execute(delete(PlacementRow).where(of_these))
        for citizen_id in citizen_ids:
            self.forget_answers(citizen_id)
            citizens.delete(citizen_id)

    def forget_answers(self, citizen_id: str) -> None:
        """Remove answers that were kept for repeated requests and name a citizen."""
        named = KeptAnswerRow.body.contains(f'"{citizen_id}"', autoescape=True)
        self.session.execute(delete(KeptAnswerRow).where(KeptAnswerRow.municipality == self.municipality, named))

    def keep(self, counts: Mapping[Category, int]) -> None:
        """Add to the statistics that outlive the citizens."""
        table = KeptCountRow
        for category, count in sorted(counts.items()):
            here = {"municipality": self.municipality, "year": category.year}
            here |= {"kind": category.kind, "category": category.category}
            of_this = and_(*(getattr(table, name) == value for name, value in here.items()))
            changed = self.session.execute(update(table).where(of_this).values(count=table.count + count))
            if not changed.rowcount:  # type: ignore[attr-defined]  # an UPDATE answers with how many rows it met
                self.session.execute(insert(table), [here | {"count": count}])

    def kept(self) -> dict[Category, int]:
        """The statistics of those who were erased."""
        query = select(KeptCountRow).where(KeptCountRow.municipality == self.municipality)
        found = {Category(row.year, row.kind, row.category): row.count for row in self.session.scalars(query)}
        return dict(sorted(found.items()))

    def add(self, erasure: Erasure) -> None:
        """Write down an erasure."""
        row: dict[str, Any] = {
            "municipality": self.municipality,
            "id": erasure.id,
            "erased_at": erasure.erased_at,
            "erased_by": erasure.erased_by,
            "rule": erasure.rule,
            "reason": erasure.reason,
            "counts": dict(erasure.counts),
        }
        self.session.execute(insert(ErasureRow), [row])

    def erasures(self) -> tuple[Erasure, ...]:
        """Erasures, oldest first."""
        query = (
            select(ErasureRow)
            .where(ErasureRow.municipality == self.municipality)
            .order_by(ErasureRow.erased_at, ErasureRow.id)
        )
        return tuple(
            Erasure(row.id, row.erased_at, row.erased_by, row.rule, row.reason, row.counts)
            for row in self.session.scalars(query)
        )

    def _placements(self) -> dict[str, date]:
        query = (
            select(PlacementRow.citizen_id, func.max(PlacementRow.ends_on))
            .where(PlacementRow.municipality == self.municipality)
            .group_by(PlacementRow.citizen_id)
        )
        return {row[0]: row[1] for row in self.session.execute(query)}

    def _open(self) -> set[str]:
        table = PlacementRow
        not_ended = and_(table.municipality == self.municipality, table.status != PlacementStatus.ENDED)
        return set(self.session.scalars(select(table.citizen_id).where(not_ended)))

    def _decisions(self) -> dict[str, date]:
        query = (
            select(ProposalRow.citizen_id, func.max(DecisionRow.decided_at))
            .join(DecisionRow, _of_proposal())
            .where(ProposalRow.municipality == self.municipality)
            .group_by(ProposalRow.citizen_id)
        )
        return {row[0]: row[1].date() for row in self.session.execute(query)}

    def _placed(self, citizen_ids: Sequence[str]) -> list[Placement]:
        of_these = and_(PlacementRow.municipality == self.municipality, PlacementRow.citizen_id.in_(citizen_ids))
        return [
            PLACEMENT.decode_stored(one) for one in self.session.scalars(select(PlacementRow.document).where(of_these))
        ]

    def _proposed(self, citizen_ids: Sequence[str]) -> list[tuple[int, str]]:
        """Year and last verdict of each proposal."""
        query = (
            select(ProposalRow.id, ProposalRow.starts_on, DecisionRow.verdict)
            .outerjoin(DecisionRow, and_(_of_proposal(), DecisionRow.taken_back_at.is_(None)))
            .where(ProposalRow.municipality == self.municipality, ProposalRow.citizen_id.in_(citizen_ids))
            .order_by(DecisionRow.decided_at, DecisionRow.id)
        )
        last = {row.id: (row.starts_on.year, row.verdict or UNDECIDED) for row in self.session.execute(query)}
        return list(last.values())


def _of_proposal() -> Any:
    return and_(DecisionRow.municipality == ProposalRow.municipality, DecisionRow.proposal_id == ProposalRow.id)
