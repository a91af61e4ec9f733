"""The proposals of a run as a list: narrowed, page by page, each beside what the run before proposed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from matcher.domain.agreement import SlotSetting
from service.db.records import MatchRun
from service.db.run_repositories import MatchRuns
from service.db.tables import AgreementRow, CitizenRow, CompanyRow, DecisionRow, ProposalRow, SlotRow


class Change(StrEnum):
    """What a proposal is beside the run before."""

    NEW = "new"
    """The citizen had no proposal."""
    MOVED = "moved"
    """The citizen had a proposal of another place."""
    KEPT = "kept"
    """The same place as before."""


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which proposals a list is to have; what is empty leaves none out.

    `verdict`: the decision that holds; with `undecided` those without one. `company_id`: whose places. `citizen_ids`:
    of whom; None = of everybody.
    """

    consultant_id: str = ""
    target_group: str = ""
    model: str = ""
    change: Change | None = None
    verdict: str = ""
    undecided: bool = False
    company_id: str = ""
    citizen_ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One proposal. `place_before` is what the run before proposed; names are None where nothing has them any more."""

    id: str
    citizen_id: str
    citizen_name: str
    target_group: str
    consultant_id: str
    slot_id: str
    title: str | None
    company: str | None
    model: str | None
    starts_on: date
    hours_per_week: float
    value: float
    verdict: str | None
    slot_before: str | None
    place_before: str | None
    company_before: str | None

    @property
    def change(self) -> Change:
        """What it is beside the run before."""
        if self.slot_before is None:
            return Change.NEW
        return Change.KEPT if self.slot_before == self.slot_id else Change.MOVED


_BEFORE = aliased(ProposalRow)
_SLOT_BEFORE = aliased(SlotRow)
_COMPANY_BEFORE = aliased(CompanyRow)


class PlanLists:
    """Lists of the proposals of one run of a municipality."""

    def __init__(self, session: Session, municipality: str, run: MatchRun) -> None:
        self.session = session
        self.municipality = municipality
        self.run = run
        self.before = MatchRuns(session, municipality).before(run)

    def page(self, wanted: PlanFilter, first: int = 0, limit: int | None = None) -> tuple[PlanLine, ...]:
        """Lines from number `first` (0 = the first), best value first."""
        query = self._narrowed(
            select(
                ProposalRow.id,
                ProposalRow.citizen_id,
                CitizenRow.name,
                CitizenRow.target_group,
                CitizenRow.consultant_id,
                ProposalRow.slot_id,
                SlotRow.title,
                CompanyRow.name,
                AgreementRow.model,
                ProposalRow.starts_on,
                ProposalRow.hours_per_week,
                ProposalRow.value,
                _verdict(),
                _BEFORE.slot_id,
                _SLOT_BEFORE.title,
                _COMPANY_BEFORE.name,
            ),
            wanted,
        )
        query = query.order_by(ProposalRow.value.desc(), ProposalRow.id).offset(first).limit(limit)
        return tuple(PlanLine(*row) for row in self.session.execute(query))

    def ids(self, wanted: PlanFilter) -> tuple[str, ...]:
        """Ids of all, best value first."""
        query = self._narrowed(select(ProposalRow.id), wanted)
        return tuple(self.session.scalars(query.order_by(ProposalRow.value.desc(), ProposalRow.id)))

    def count(self, wanted: PlanFilter) -> int:
        """How many there are."""
        return int(self.session.scalars(self._narrowed(select(func.count()), wanted)).one())

    def gone(self) -> int:
        """Citizens whom the run before proposed a place and this one does not."""
        if self.before is None:
            return 0
        now = aliased(ProposalRow)
        query = (
            select(func.count())
            .select_from(ProposalRow)
            .outerjoin(
                now,
                and_(
                    now.municipality == ProposalRow.municipality,
                    now.citizen_id == ProposalRow.citizen_id,
                    now.run_id == self.run.id,
                ),
            )
            .where(
                ProposalRow.municipality == self.municipality,
                ProposalRow.run_id == self.before.id,
                now.id.is_(None),
            )
        )
        return self.session.scalars(query).one()

    def target_groups(self) -> tuple[str, ...]:
        """Codes of the target groups that somebody with a proposal belongs to."""
        return tuple(
            sorted(self.session.scalars(self._narrowed(select(CitizenRow.target_group), PlanFilter()).distinct()))
        )

    def centres(self) -> dict[str, str]:
        """Names of the companies with a company centre, by id."""
        query = (
            select(CompanyRow.id, CompanyRow.name)
            .join(SlotRow, and_(SlotRow.municipality == CompanyRow.municipality, SlotRow.company_id == CompanyRow.id))
            .where(CompanyRow.municipality == self.municipality, SlotRow.setting == SlotSetting.COMPANY_CENTRE.value)
            .distinct()
            .order_by(CompanyRow.name, CompanyRow.id)
        )
        return {row.id: row.name for row in self.session.execute(query)}

    def _narrowed(self, query: Any, wanted: PlanFilter) -> Any:
        before_id = self.before.id if self.before else None
        return (
            query.select_from(ProposalRow)
            .join(CitizenRow, _same(CitizenRow, ProposalRow, CitizenRow.id == ProposalRow.citizen_id))
            .outerjoin(SlotRow, _same(SlotRow, ProposalRow, SlotRow.id == ProposalRow.slot_id))
            .outerjoin(CompanyRow, _same(CompanyRow, SlotRow, CompanyRow.id == SlotRow.company_id))
            .outerjoin(AgreementRow, _same(AgreementRow, SlotRow, AgreementRow.id == SlotRow.agreement_id))
            .outerjoin(
                _BEFORE,
                and_(
                    _same(_BEFORE, ProposalRow, _BEFORE.citizen_id == ProposalRow.citizen_id),
                    _BEFORE.run_id == before_id,
                ),
            )
            .outerjoin(_SLOT_BEFORE, _same(_SLOT_BEFORE, _BEFORE, _SLOT_BEFORE.id == _BEFORE.slot_id))
            .outerjoin(
                _COMPANY_BEFORE, _same(_COMPANY_BEFORE, _SLOT_BEFORE, _COMPANY_BEFORE.id == _SLOT_BEFORE.company_id)
            )
            .where(
                ProposalRow.municipality == self.municipality,
                ProposalRow.run_id == self.run.id,
                *_conditions(wanted),
            )
        )


def _same(one: Any, other: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(one.municipality == other.municipality, condition)


def _conditions(wanted: PlanFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.consultant_id:
        yield CitizenRow.consultant_id == wanted.consultant_id
    if wanted.target_group:
        yield CitizenRow.target_group == wanted.target_group
    if wanted.model:
        yield AgreementRow.model == wanted.model
    if wanted.company_id:
        yield SlotRow.company_id == wanted.company_id
    if wanted.citizen_ids is not None:
        yield CitizenRow.id.in_(sorted(wanted.citizen_ids))
    if wanted.change is Change.NEW:
        yield _BEFORE.id.is_(None)
    elif wanted.change is Change.KEPT:
        yield _BEFORE.slot_id == ProposalRow.slot_id
    elif wanted.change is Change.MOVED:
        yield _BEFORE.slot_id != ProposalRow.slot_id
    if wanted.undecided:
        yield _verdict().is_(None)
    elif wanted.verdict:
        yield _verdict() == wanted.verdict


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


def place_names(session: Session, municipality: str) -> dict[str, str]:
    """What a place is called and where it is, by slot."""
    query = (
        select(SlotRow.id, SlotRow.title, CompanyRow.name)
        .join(CompanyRow, _same(CompanyRow, SlotRow, CompanyRow.id == SlotRow.company_id))
        .where(SlotRow.municipality == municipality)
    )
    return {row.id: f"{row.title}, {row.name}" for row in session.execute(query)}
