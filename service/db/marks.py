"""Marks that tell whether what lists are made from has changed, without reading it.

Every transaction that writes a citizen, company, agreement, consultant, placement, contact, decision, rule or run draws
a new mark for that kind in its municipality, as its last act before it commits. A mark's row is locked until then, so
that whoever reads the same marks reads the same data, whichever transactions are under way:

- a mark that is read belongs to the last transaction that had committed, and to all before it;
- a transaction that has not committed has changed no mark that others see, and none of their data.

A session that has itself written, and not yet committed, reads a mark that nobody else ever will. Rows that are changed
by hand in the database change no mark: the service is to be started anew after that.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, sessionmaker

from service.db.contact_tables import ContactRow
from service.db.mark_tables import DataMarkRow
from service.db.pair_tables import PairDecisionRow
from service.db.rule_tables import RuleChangeRow
from service.db.tables import (
    AgreementRow,
    CitizenRow,
    CompanyRow,
    ConsultantRow,
    DecisionRow,
    MatchRunRow,
    PlacementRow,
)

MARKED: Final[tuple[type[Any], ...]] = (
    AgreementRow,
    CitizenRow,
    CompanyRow,
    ConsultantRow,
    ContactRow,
    DecisionRow,
    MatchRunRow,
    PairDecisionRow,
    PlacementRow,
    RuleChangeRow,
)
"""What lists are made from. What belongs to one of them (slots, worksites, proposals) is only ever written with it."""
KINDS: Final = tuple(sorted(kind.__tablename__ for kind in MARKED))
RUNS: Final = MatchRunRow.__tablename__
"""The kind of what plans came to."""
MATCHED: Final = tuple(kind for kind in KINDS if kind != RUNS)
"""The kinds that matching reads: all but what it came to before."""
_WRITTEN: Final = "kinds written"
_OWN: Final = "mark of what is not committed"
_AT_SAVEPOINTS: Final = "kinds written before savepoints"
_EVERYWHERE: Final = ""
"""Stands for every municipality, where a statement does not tell which it writes."""

Marks = Mapping[str, str]
"""The mark of each kind, by kind."""


def marks_of(session: Session, municipality: str) -> Marks:
    """The marks of a municipality's data; the same marks, the same data."""
    query = select(DataMarkRow.kind, DataMarkRow.mark).where(DataMarkRow.municipality == municipality)
    found = {row.kind: row.mark for row in session.execute(query)}
    own = session.info.get(_OWN, {})
    return {kind: own.get(kind) or found.get(kind, "") for kind in KINDS}


def listen(factory: sessionmaker[Session]) -> None:
    """Make sessions of a factory draw new marks for what they write."""
    event.listen(factory, "after_flush", _flushed)
    event.listen(factory, "do_orm_execute", _executed)
    event.listen(factory, "before_commit", _draw)
    event.listen(factory, "after_transaction_create", _remember)
    event.listen(factory, "after_soft_rollback", _take_back)
    event.listen(factory, "after_transaction_end", _forget)


def _flushed(session: Session, _context: UOWTransaction) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, MARKED):
            _note(session, row.municipality, [row.__tablename__])
    for row in session.deleted:
        if isinstance(row, MARKED):  # the database removes what hangs on it by itself
            _note(session, row.municipality, KINDS)


def _executed(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    if mapper is None or not (state.is_insert or state.is_update or state.is_delete):
        return
    if mapper.class_ not in MARKED:
        return
    kinds = KINDS if state.is_delete else [mapper.class_.__tablename__]
    rows = [state.parameters] if isinstance(state.parameters, Mapping) else state.parameters or []
    if state.is_insert and rows:
        for municipality in {row["municipality"] for row in rows}:
            _note(state.session, municipality, kinds)
    else:
        _note(state.session, _EVERYWHERE, kinds)


def _note(session: Session, municipality: str, kinds: Iterable[str]) -> None:
    written: set[tuple[str, str]] = session.info.setdefault(_WRITTEN, set())
    own: dict[str, str] = session.info.setdefault(_OWN, {})
    mark = uuid4().hex
    for kind in kinds:
        written.add((municipality, kind))
        own[kind] = mark


def _draw(session: Session) -> None:
    """Draw a mark for all that was written; the last statements of the transaction, in one order for everybody."""
    if session.in_nested_transaction():
        return
    session.flush()
    written: set[tuple[str, str]] = session.info.get(_WRITTEN, set())
    everywhere = sorted(kind for municipality, kind in written if municipality == _EVERYWHERE)
    if everywhere:
        session.execute(update(DataMarkRow).where(DataMarkRow.kind.in_(everywhere)).values(mark=uuid4().hex))
    rows = [
        {"municipality": municipality, "kind": kind, "mark": uuid4().hex}
        for municipality, kind in sorted(written)
        if municipality != _EVERYWHERE
    ]
    if rows:
        insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session.get_bind().dialect.name]
        statement = insert(DataMarkRow)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["municipality", "kind"], set_={"mark": statement.excluded["mark"]}
            ),
            rows,
        )


def _remember(session: Session, transaction: SessionTransaction) -> None:
    """At a savepoint: what was written before it."""
    if transaction.nested:
        before = set(session.info.get(_WRITTEN, ())), dict(session.info.get(_OWN, {}))
        session.info.setdefault(_AT_SAVEPOINTS, {})[transaction] = before


def _take_back(session: Session, transaction: SessionTransaction) -> None:
    """Back at a savepoint, nothing that was written after it counts."""
    before = session.info.get(_AT_SAVEPOINTS, {}).pop(transaction, None)
    if before is not None:
        session.info[_WRITTEN], session.info[_OWN] = before


def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        for name in (_WRITTEN, _OWN, _AT_SAVEPOINTS):
            session.info.pop(name, None)
