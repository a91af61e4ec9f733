"""The list of citizens, page by page: what a run proposed, what people decided, which placement there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from matcher.domain.placement import PlacementStatus, Verdict
from service.db.documents import chunks
from service.db.ordering import by_code_point
from service.db.request_tables import CitizenRequestRow
from service.db.tables import CitizenRow, DecisionRow, PlacementRow, ProposalRow

ENDS_SOON_DAYS: Final = 28
"""A placement that ends within so many days asks for a plan for what comes after."""
LONG_WAIT_DAYS: Final = 365
"""Whoever has waited so long without a proposal asks for another way."""
ACTIVE: Final = (PlacementStatus.PLANNED, PlacementStatus.RUNNING)


class Attention(StrEnum):
    """Why a citizen asks for somebody's attention."""

    DECIDE = "decide"
    """A proposal that nobody has decided on."""
    ANSWER = "answer"
    """A proposal on hold, or a planned placement whose limits the employer has not confirmed in writing."""
    ENDS = "ends"
    """A placement ends soon."""
    LONG_WAIT = "long_wait"
    """A long wait, with no proposal and no placement."""
    ASKED = "asked"
    """The citizen has asked for a correction or objected, and nobody has answered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a list is to have; what is None or empty leaves nobody out.

    `text`: each word of it occurs in the name, or begins the id. `attention` with `any_attention` = any reason.
    """

    text: str = ""
    consultant_id: str = ""
    target_group: str = ""
    waiting_before: date | None = None
    has_proposal: bool | None = None
    attention: Attention | None = None
    any_attention: bool = False


@dataclass(frozen=True, slots=True)
class CitizenLine:
    """One line. `proposal_id` is that of the run that was asked for, `verdict` the decision on it that holds.

    `ends_on`: last day of a placement that runs or is planned; `unconfirmed`: it is planned and not confirmed yet.
    `asked`: the citizen has asked for a correction or objected, and waits for an answer.
    """

    id: str
    name: str
    target_group: str
    consultant_id: str
    waiting_since: date
    proposal_id: str | None
    verdict: str | None
    ends_on: date | None
    unconfirmed: bool
    asked: bool

    def attention(self, today: date) -> tuple[Attention, ...]:
        """Why the citizen asks for attention, most urgent first."""
        soon = self.ends_on is not None and self.ends_on <= today + timedelta(days=ENDS_SOON_DAYS)
        waits = self.proposal_id is None and self.ends_on is None
        said = {
            Attention.DECIDE: self.proposal_id is not None and self.verdict is None and self.ends_on is None,
            Attention.ANSWER: self.verdict == Verdict.HELD or self.unconfirmed,
            Attention.ASKED: self.asked,
            Attention.ENDS: soon,
            Attention.LONG_WAIT: waits and self.waiting_since <= today - timedelta(days=LONG_WAIT_DAYS),
        }
        return tuple(reason for reason, holds in said.items() if holds)


class CitizenLists:
    """Lists of the citizens of one municipality, as a run left them, on a day."""

    def __init__(self, session: Session, municipality: str, run_id: str | None, today: date) -> None:
        self.session = session
        self.municipality = municipality
        self.run_id = run_id
        self.today = today

    def page(self, wanted: Wanted, first: int, limit: int) -> tuple[tuple[CitizenLine, ...], int]:
        """Lines from number `first` (0 = the first), longest waiting first, and how many there are in all.

        Names are compared here, since databases differ in how they fold Danish letters.
        """
        if not wanted.text:
            query = self._ordered(self._narrowed(select(CitizenRow.id, func.count().over()), wanted))
            rows = self.session.execute(query.offset(first).limit(limit)).all()
            total = rows[0][1] if rows else self.count(wanted) if first else 0
            return self._of(tuple(row[0] for row in rows)), total
        named = self._narrowed(select(CitizenRow.id, CitizenRow.name), wanted)
        ids = [id_ for id_, name in self.session.execute(self._ordered(named)) if names_match(wanted.text, id_, name)]
        return self._of(ids[first : first + limit]), len(ids)

    def count(self, wanted: Wanted) -> int:
        """How many there are."""
        return int(self.session.scalars(self._narrowed(select(func.count()), wanted)).one())

    def target_groups(self) -> tuple[str, ...]:
        """Codes of the target groups that somebody belongs to."""
        query = select(CitizenRow.target_group).where(CitizenRow.municipality == self.municipality).distinct()
        return tuple(sorted(self.session.scalars(query)))

    def _of(self, ids: Sequence[str]) -> tuple[CitizenLine, ...]:
        """The lines of some citizens, in that order."""
        found: dict[str, CitizenLine] = {}
        for chunk in chunks(ids):
            query = self._lines(Wanted()).where(CitizenRow.id.in_(chunk))
            found |= {row[0]: CitizenLine(*row) for row in self.session.execute(query)}
        return tuple(found[id_] for id_ in ids)

    def _lines(self, wanted: Wanted) -> Select[*tuple[Any, ...]]:
        ends_on = select(func.max(PlacementRow.ends_on)).where(self._active()).scalar_subquery()
        columns = (
            CitizenRow.id,
            CitizenRow.name,
            CitizenRow.target_group,
            CitizenRow.consultant_id,
            CitizenRow.waiting_since,
            ProposalRow.id,
            self._verdict(),
            ends_on,
            self._unconfirmed(),
            self._asked(),
        )
        return self._narrowed(select(*columns), wanted)

    @staticmethod
    def _ordered(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        return query.order_by(CitizenRow.waiting_since, by_code_point(CitizenRow.id))

    def _narrowed(self, query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
        of_run = and_(
            ProposalRow.municipality == CitizenRow.municipality,
            ProposalRow.citizen_id == CitizenRow.id,
            ProposalRow.run_id == self.run_id,
        )
        query = query.select_from(CitizenRow).outerjoin(ProposalRow, of_run)
        return query.where(CitizenRow.municipality == self.municipality, *self._conditions(wanted))

    def _conditions(self, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
        if wanted.consultant_id:
            yield CitizenRow.consultant_id == wanted.consultant_id
        if wanted.target_group:
            yield CitizenRow.target_group == wanted.target_group
        if wanted.waiting_before is not None:
            yield CitizenRow.waiting_since <= wanted.waiting_before
        if wanted.has_proposal is not None:
            yield ProposalRow.id.is_not(None) if wanted.has_proposal else ProposalRow.id.is_(None)
        if wanted.attention is not None:
            yield self._asks_for(wanted.attention)
        elif wanted.any_attention:
            yield or_(*map(self._asks_for, Attention))

    def _asks_for(self, attention: Attention) -> ColumnElement[bool]:
        proposed, placed = ProposalRow.id.is_not(None), exists().where(self._active())
        if attention is Attention.DECIDE:
            return and_(proposed, self._verdict().is_(None), ~placed)
        if attention is Attention.ANSWER:
            return or_(self._verdict() == Verdict.HELD.value, self._unconfirmed())
        if attention is Attention.ASKED:
            return self._asked()
        if attention is Attention.ENDS:
            soon = PlacementRow.ends_on <= self.today + timedelta(days=ENDS_SOON_DAYS)
            later = PlacementRow.ends_on > self.today + timedelta(days=ENDS_SOON_DAYS)
            return and_(exists().where(self._active(), soon), ~exists().where(self._active(), later))
        long_ago = CitizenRow.waiting_since <= self.today - timedelta(days=LONG_WAIT_DAYS)
        return and_(~proposed, ~placed, long_ago)

    def _asked(self) -> ColumnElement[bool]:
        """A request of the line's citizen that waits for an answer."""
        return exists().where(
            CitizenRequestRow.municipality == CitizenRow.municipality,
            CitizenRequestRow.citizen_id == CitizenRow.id,
            CitizenRequestRow.answered_at.is_(None),
        )

    def _active(self) -> ColumnElement[bool]:
        """A placement of the line's citizen that runs or is planned."""
        return and_(
            PlacementRow.municipality == CitizenRow.municipality,
            PlacementRow.citizen_id == CitizenRow.id,
            PlacementRow.status.in_([one.value for one in ACTIVE]),
            PlacementRow.ends_on >= self.today,
        )

    def _unconfirmed(self) -> ColumnElement[bool]:
        said = PlacementRow.document["statement_confirmed_on"].as_string()
        planned = PlacementRow.status == PlacementStatus.PLANNED.value
        return exists().where(self._active(), planned, said.is_(None))

    @staticmethod
    def _verdict() -> ColumnElement[str]:
        """The latest decision on the line's proposal."""
        return (
            select(DecisionRow.verdict)
            .where(
                DecisionRow.municipality == ProposalRow.municipality,
                DecisionRow.proposal_id == ProposalRow.id,
                DecisionRow.taken_back_at.is_(None),
            )
            .order_by(DecisionRow.decided_at.desc(), DecisionRow.id.desc())
            .limit(1)
            .correlate(ProposalRow)
            .scalar_subquery()
        )


def names_match(text: str, id_: str, name: str) -> bool:
    """Whether each word of a text occurs in a name, or begins an id."""
    return all(word in name.casefold() or id_.casefold().startswith(word) for word in text.casefold().split())
