"""Repositories of what runs and people leave behind: match runs, proposals, decisions, imports."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, or_, select
from sqlalchemy.orm import Session

from matcher.domain.placement import Decision, Verdict
from service.db.documents import CHUNK
from service.db.ordering import by_code_point
from service.db.records import MatchRun, StoredDecision, StoredImport, StoredProposal, Unplaced
from service.db.tables import (
    DecisionRow,
    ImportRow,
    MatchRunRow,
    ProposalRow,
    SlotPriceRow,
    UnplacedRow,
)
from service.problems import NotFound


class _OfMunicipality:
    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def _insert_all(self, table: type[Any], rows: Iterable[dict[str, Any]]) -> None:
        pending: list[dict[str, Any]] = []
        for row in rows:
            pending.append({"municipality": self.municipality, **row})
            if len(pending) == CHUNK:
                self.session.execute(insert(table), pending)
                pending = []
        if pending:
            self.session.execute(insert(table), pending)


_NEWEST_FIRST = (MatchRunRow.created_at.desc(), MatchRunRow.id.desc())
_HOLDS = MatchRunRow.withdrawn_at.is_(None)


class MatchRuns(_OfMunicipality):
    """Match runs of a municipality; a run is written once, whole."""

    def add(
        self,
        run: MatchRun,
        proposals: Iterable[StoredProposal],
        unplaced: Iterable[Unplaced] = (),
        slot_prices: Mapping[str, float] | None = None,
    ) -> None:
        """Write a run with its proposals, those it could not place, and the prices of its places."""
        self._insert_all(MatchRunRow, [{**_fields(run, _RUN), "resources": list(run.resources)}])
        self._insert_all(
            ProposalRow, ({**_fields(proposal, _PROPOSAL), "support": list(proposal.support)} for proposal in proposals)
        )
        self._insert_all(UnplacedRow, (_fields(one, _UNPLACED) for one in unplaced))
        prices = (slot_prices or {}).items()
        self._insert_all(
            SlotPriceRow, ({"run_id": run.id, "slot_id": slot, "price": price} for slot, price in prices if price)
        )

    def get(self, id_: str) -> MatchRun:
        """A run; raises NotFound."""
        row = self.session.get(MatchRunRow, (self.municipality, id_))
        if row is None:
            raise NotFound
        return _run(row)

    def knows(self, id_: str) -> bool:
        """Whether there is such a run."""
        return self.session.get(MatchRunRow, (self.municipality, id_)) is not None

    def latest(self) -> MatchRun | None:
        """The run that holds: the newest that nobody has gone back from."""
        return self.before(None)

    def latest_id(self) -> str | None:
        """Id of the run that holds."""
        query = select(MatchRunRow.id).where(MatchRunRow.municipality == self.municipality, _HOLDS)
        return self.session.scalars(query.order_by(*_NEWEST_FIRST).limit(1)).one_or_none()

    def before(self, run: MatchRun | None) -> MatchRun | None:
        """The run that held before one; None for `run`: the run that holds."""
        query = self._from_before(run).where(_HOLDS).order_by(*_NEWEST_FIRST).limit(1)
        row = self.session.scalars(query).one_or_none()
        return None if row is None else _run(row)

    def withdraw(self, id_: str, by: str, by_name: str, at: datetime) -> None:
        """Let a run hold no more: the one before it does; raises NotFound."""
        row = self.session.get(MatchRunRow, (self.municipality, id_))
        if row is None or row.withdrawn_at is not None:
            raise NotFound
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_by_name = at, by, by_name
        self.session.flush()

    def page(self, *, before: MatchRun | None = None, limit: int = 100) -> tuple[MatchRun, ...]:
        """At most `limit` runs, newest first, from before a given one; also those that hold no more."""
        query = self._from_before(before).order_by(*_NEWEST_FIRST).limit(limit)
        return tuple(_run(row) for row in self.session.scalars(query))

    def _from_before(self, run: MatchRun | None) -> Select[MatchRunRow]:
        query = select(MatchRunRow).where(MatchRunRow.municipality == self.municipality)
        if run is None:
            return query
        same_moment = and_(MatchRunRow.created_at == run.created_at, MatchRunRow.id < run.id)
        return query.where(or_(MatchRunRow.created_at < run.created_at, same_moment))

    def slot_prices(self, run_id: str) -> dict[str, float]:
        """Price of each place that had one, by slot; a slot that is absent was free."""
        query = select(SlotPriceRow.slot_id, SlotPriceRow.price).where(
            SlotPriceRow.municipality == self.municipality, SlotPriceRow.run_id == run_id
        )
        return {row.slot_id: row.price for row in self.session.execute(query)}

    def unplaced(self, run_id: str) -> tuple[Unplaced, ...]:
        """Whom the run could not place, by citizen."""
        query = (
            select(*(getattr(UnplacedRow, name) for name in _UNPLACED))
            .where(UnplacedRow.municipality == self.municipality, UnplacedRow.run_id == run_id)
            .order_by(by_code_point(UnplacedRow.citizen_id))
        )
        return tuple(Unplaced(*row) for row in self.session.execute(query))


class Proposals(_OfMunicipality):
    """Proposals of a municipality."""

    def get(self, id_: str) -> StoredProposal:
        """A proposal; raises NotFound."""
        row = self.session.get(ProposalRow, (self.municipality, id_))
        if row is None:
            raise NotFound
        return _proposal(row)

    def of_run(
        self, run_id: str, *, after: StoredProposal | None = None, limit: int | None = None
    ) -> tuple[StoredProposal, ...]:
        """Proposals of a run, best value first, from after a given one."""
        query = select(ProposalRow).where(ProposalRow.municipality == self.municipality, ProposalRow.run_id == run_id)
        if after is not None:
            same_value = and_(ProposalRow.value == after.value, ProposalRow.id > after.id)
            query = query.where(or_(ProposalRow.value < after.value, same_value))
        query = query.order_by(ProposalRow.value.desc(), ProposalRow.id).limit(limit)
        return tuple(_proposal(row) for row in self.session.scalars(query))


class Decisions(_OfMunicipality):
    """What named persons decided. The last decision on a proposal that was not taken back holds."""

    def add(self, decision: StoredDecision) -> None:
        """Write a decision on a proposal of this municipality; raises NotFound."""
        if self.session.get(ProposalRow, (self.municipality, decision.proposal_id)) is None:
            raise NotFound
        row = _fields(decision, ("id", "proposal_id", "decided_at", "decided_by_name"))
        self._insert_all(DecisionRow, [{**row, **_fields(decision.decision, ("verdict", "decided_by", "reason"))}])

    def get(self, id_: str) -> StoredDecision:
        """A decision; raises NotFound."""
        row = self.session.get(DecisionRow, (self.municipality, id_))
        if row is None:
            raise NotFound
        return _decision(row)

    def take_back(self, id_: str, by: str, by_name: str, at: datetime) -> None:
        """Let a decision count no more; raises NotFound, also where it was taken back before."""
        row = self.session.get(DecisionRow, (self.municipality, id_))
        if row is None or row.taken_back_at is not None:
            raise NotFound
        row.taken_back_at, row.taken_back_by, row.taken_back_by_name = at, by, by_name
        self.session.flush()

    def count(self) -> int:
        """How many there are."""
        query = select(func.count()).select_from(DecisionRow).where(DecisionRow.municipality == self.municipality)
        return self.session.scalars(query).one()

    def of_proposal(self, proposal_id: str) -> tuple[StoredDecision, ...]:
        """Decisions on a proposal, oldest first; also those that were taken back."""
        query = (
            select(DecisionRow)
            .where(DecisionRow.municipality == self.municipality, DecisionRow.proposal_id == proposal_id)
            .order_by(DecisionRow.decided_at, DecisionRow.id)
        )
        return tuple(_decision(row) for row in self.session.scalars(query))

    def holding(self, proposal_id: str) -> StoredDecision | None:
        """The decision on a proposal that holds; None where nobody has decided, or all has been taken back."""
        holding = [one for one in self.of_proposal(proposal_id) if one.taken_back_at is None]
        return holding[-1] if holding else None

    def of_run(self, run_id: str) -> dict[str, StoredDecision]:
        """The decision that holds, by proposal, for those proposals of a run that have one."""
        query = (
            select(DecisionRow)
            .join(
                ProposalRow,
                and_(ProposalRow.municipality == DecisionRow.municipality, ProposalRow.id == DecisionRow.proposal_id),
            )
            .where(
                DecisionRow.municipality == self.municipality,
                DecisionRow.taken_back_at.is_(None),
                ProposalRow.run_id == run_id,
            )
            .order_by(DecisionRow.decided_at, DecisionRow.id)
        )
        return {row.proposal_id: _decision(row) for row in self.session.scalars(query)}


class Imports(_OfMunicipality):
    """The log of imports that changed something."""

    def save(self, done: StoredImport) -> None:
        """Write an import, in place of what was written of it before."""
        row = _fields(done, ("id", "imported_at", "counts"))
        self.session.merge(ImportRow(municipality=self.municipality, **row, files=list(done.files)))
        self.session.flush()

    def newest(self, limit: int = 20) -> tuple[StoredImport, ...]:
        """The newest imports, newest first."""
        query = (
            select(ImportRow)
            .where(ImportRow.municipality == self.municipality)
            .order_by(ImportRow.imported_at.desc(), ImportRow.id)
            .limit(limit)
        )
        return tuple(
            StoredImport(row.id, row.imported_at, tuple(row.files), row.counts) for row in self.session.scalars(query)
        )


_RUN = (
    "id",
    "created_at",
    "planned_on",
    "seed",
    "status",
    "value",
    "upper_bound",
    "gap",
    "input_hash",
    "seconds",
    "counts",
    "versions",
)
_PROPOSAL = (
    "id",
    "run_id",
    "citizen_id",
    "slot_id",
    "starts_on",
    "hours_per_week",
    "value",
    "price",
    "explanation",
)
_UNPLACED = ("run_id", "citizen_id", "reason", "text", "text_english")


def _fields(source: object, names: Iterable[str]) -> dict[str, Any]:
    """Attributes by name; mappings as the plain dictionaries that JSON columns take."""
    values = {name: getattr(source, name) for name in names}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}


def _run(row: MatchRunRow) -> MatchRun:
    return MatchRun(**_fields(row, _RUN), resources=tuple(row.resources), withdrawn_at=row.withdrawn_at)


def _proposal(row: ProposalRow) -> StoredProposal:
    return StoredProposal(**_fields(row, _PROPOSAL), support=tuple(row.support))


def _decision(row: DecisionRow) -> StoredDecision:
    decision = Decision(Verdict(row.verdict), row.decided_by, row.reason)
    return StoredDecision(
        row.id,
        row.proposal_id,
        decision,
        row.decided_at,
        row.decided_by_name,
        row.taken_back_at,
        row.taken_back_by_name,
    )
