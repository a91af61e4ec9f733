"""Every query of a request is held to its caller's scope: municipality, teams and target groups, for every table.

The repositories filter by municipality themselves. This is the second lock, and the only place that knows teams and
target groups: a query that forgets them still finds nothing that the caller may not see.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, Final, cast

from sqlalchemy import ClauseElement, ColumnElement, Select, String, Table, event, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import LoaderCriteriaOption, Mapper, ORMExecuteState, Session, sessionmaker, with_loader_criteria
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import iterate

from service.db.record_tables import ShownListCitizenRow, ShownListRow
from service.db.tables import Base, CitizenRow, ConsultantRow
from service.scope import Scope

_SCOPE: Final = "scope"
_WHOLE: Final = "whole municipality"


def listen(factory: sessionmaker[Session]) -> None:
    """Make sessions of a factory obey `hold_to`; a session that is held to nothing reads everything."""
    event.listen(factory, "do_orm_execute", _hold)


def hold_to(session: Session, scope: Callable[[], Scope]) -> None:
    """Hold every query of a session to a scope. It is asked for at each query: it may become known after the session.

    Where `scope` raises, nothing is read.
    """
    session.info[_SCOPE] = scope


@contextmanager
def whole_municipality(session: Session) -> Iterator[None]:
    """Read all citizens of the municipality, whoever asks: for what is computed from all of them and shown of none."""
    before = session.info.get(_WHOLE, False)
    session.info[_WHOLE] = True
    try:
        yield
    finally:
        session.info[_WHOLE] = before


def visible_citizens(session: Session, municipality: str) -> frozenset[str] | None:
    """Ids of the citizens whom the caller of this session may see; None where those are all of the municipality."""
    held: Callable[[], Scope] | None = session.info.get(_SCOPE)
    if held is None or not held().limited:
        return None
    return frozenset(session.scalars(select(CitizenRow.id).where(CitizenRow.municipality == municipality)))


def _hold(state: ORMExecuteState) -> None:
    held: Callable[[], Scope] | None = state.session.info.get(_SCOPE)
    if held is None or not (state.is_select or state.is_update or state.is_delete):
        return
    scope = held()
    if state.session.info.get(_WHOLE):
        scope = Scope(scope.municipality)
    criteria = _criteria(scope)
    state.statement = state.statement.options(*(criteria[name] for name in sorted(_reached(state)) if name in criteria))


def _reached(state: ORMExecuteState) -> set[str]:
    """Names of the tables that a statement reads or writes, wherever in it, and of those that are loaded with them."""
    statement = cast(ClauseElement, state.statement)
    named = {_name(mapper) for mapper in state.all_mappers} | {
        one.name for one in iterate(statement) if isinstance(one, Table)
    }
    return named.union(*(_loaded_with().get(name, ()) for name in named))


@cache
def _loaded_with() -> dict[str, frozenset[str]]:
    """By a table, those that its rows bring with them."""
    found: dict[str, frozenset[str]] = {}
    for mapper in Base.registry.mappers:
        reached, waiting = set[str](), [mapper]
        while waiting:
            for relationship in waiting.pop().relationships:
                if _name(relationship.mapper) not in reached:
                    reached.add(_name(relationship.mapper))
                    waiting.append(relationship.mapper)
        found[_name(mapper)] = frozenset(reached)
    return found


def _name(mapper: Mapper[Any]) -> str:
    return cast(Table, mapper.local_table).name


@lru_cache(maxsize=256)
def _criteria(scope: Scope) -> dict[str, LoaderCriteriaOption]:
    """What rows of each table must fulfil, by its name."""
    options = {}
    for mapper in Base.registry.mappers:
        kind: Any = mapper.class_
        columns = mapper.columns
        if "municipality" not in columns:
            continue
        condition: ColumnElement[bool] = kind.municipality == scope.municipality
        if scope.limited and kind is CitizenRow:
            condition &= kind.id.in_(_visible(scope))
        elif scope.limited and "citizen_id" in columns:
            condition &= kind.citizen_id.in_(_visible(scope))
        elif scope.limited and kind is ShownListRow:
            condition &= kind.id.not_in(_with_others(scope))
        options[_name(mapper)] = with_loader_criteria(kind, condition, include_aliases=True)
    return options


def _visible(scope: Scope) -> Select[Any]:
    """Ids of the citizens of a scope, as a query on the tables themselves: criteria do not apply to it again."""
    citizens, consultants = _table(CitizenRow).alias(), _table(ConsultantRow).alias()
    within: list[ColumnElement[bool]] = []
    if scope.teams is not None:
        of_teams = select(consultants.c.id).where(
            consultants.c.municipality == scope.municipality,
            _TeamOf(consultants.c.document).in_(sorted(scope.teams)),
        )
        within.append(citizens.c.consultant_id.in_(of_teams))
    if scope.target_groups is not None:
        within.append(citizens.c.target_group.in_(sorted(scope.target_groups)))
    seen = within[0] if len(within) == 1 else within[0] & within[1]
    if scope.opened:
        seen = or_(seen, citizens.c.id.in_(sorted(scope.opened)))
    return select(citizens.c.id).where(citizens.c.municipality == scope.municipality, seen)


class _TeamOf(FunctionElement[str]):
    """The team in a consultant's document; each database has its own function for a member of a JSON object."""

    inherit_cache = True
    type = String()


@compiles(_TeamOf)
def _team_of(element: _TeamOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_extract_path_text({compiler.process(element.clauses, **options)}, 'team')"


@compiles(_TeamOf, "sqlite")
def _team_of_on_sqlite(element: _TeamOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **options)}, '$.team')"


def _with_others(scope: Scope) -> Select[Any]:
    """Ids of the shown lists that name somebody outside a scope."""
    named = _table(ShownListCitizenRow).alias()
    return select(named.c.list_id).where(
        named.c.municipality == scope.municipality, named.c.citizen_id.not_in(_visible(scope))
    )


def _table(kind: type[Base]) -> Table:
    return cast(Table, kind.__table__)
