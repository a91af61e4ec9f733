"""The list of places: searched, narrowed, counted and paged by the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from matcher.domain.agreement import AgreementModel, PlacementForm
from matcher.domain.placement import PlacementStatus
from service.db.ordering import by_code_point
from service.db.scoping import whole_municipality
from service.db.tables import AgreementRow, CompanyRow, PlacementRow, SlotRow, WorksiteRow

_OTHER_CASE: Final = (("Æ", "æ"), ("Ø", "ø"), ("Å", "å"), ("É", "é"), ("Ö", "ö"), ("Ä", "ä"), ("Ü", "ü"))
"""Letters that SQLite does not fold by itself."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which places are asked for; what is left out narrows nothing.

    Attributes
    ----------
    text : each word occurs in the names of company, worksite or place
    postcode : of the worksite, or how it begins
    free : only places that can be used today
    """

    text: str = ""
    model: AgreementModel | None = None
    consultant_id: str = ""
    postcode: str = ""
    free: bool = False
    company_id: str = ""


def site_name(worksite: str, company: str) -> str:
    """A worksite's name without the company's before it; empty where it has no other."""
    return worksite.removeprefix(company).lstrip(" ,–-")


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place. `capacity`: places of its own, of a cluster those it shares; `taken`: of them, by placements that run
    or are agreed; `open`: whether agreement and place have not ended; `shared`: whether the places are a cluster's."""

    slot_id: str
    title: str
    form: PlacementForm
    company_id: str
    company: str
    worksite: str
    postcode: str
    model: AgreementModel
    capacity: int
    taken: int
    open: bool
    shared: bool

    @property
    def where(self) -> str:
        """The worksite, without the company's name before it, and its postcode."""
        name = site_name(self.worksite, self.company)
        return f"{name}, {self.postcode}" if name else self.postcode

    @property
    def asked(self) -> bool:
        """Whether nobody knows before the company has been asked: there is no agreement about the place."""
        return self.model is AgreementModel.AD_HOC

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return max(0, self.capacity - self.taken) if self.open else 0


class PlaceLists:
    """Places of a municipality as a list shows them. Whoever asks, all placements take their places."""

    def __init__(self, session: Session, municipality: str, today: date) -> None:
        self.session = session
        self.municipality = municipality
        self.today = today

    def page(self, wanted: Wanted, *, first: int, limit: int) -> tuple[PlaceLine, ...]:
        """`limit` places from number `first` (0 = the first), by company, place and id.

        What is counted for each is counted for those alone.
        """
        in_order = _folded(CompanyRow.name), _folded(SlotRow.title), by_code_point(SlotRow.id)
        ids = self._where(select(SlotRow.id), wanted).order_by(*in_order).offset(first).limit(limit)
        shared = AgreementRow.document["places"].as_integer()
        cluster = AgreementRow.model == AgreementModel.CLUSTER
        query = self._where(
            select(
                SlotRow.id.label("slot_id"),
                SlotRow.title,
                SlotRow.form,
                SlotRow.company_id,
                CompanyRow.name.label("company"),
                WorksiteRow.name.label("worksite"),
                WorksiteRow.postcode,
                AgreementRow.model,
                SlotRow.capacity,
                shared.label("shared"),
                self._taken(PlacementRow.slot_id == SlotRow.id).label("own"),
                self._taken_of_agreement().label("of_agreement"),
                self._open().label("open"),
                cluster.label("cluster"),
            ),
            Wanted(),
        ).order_by(*in_order)
        with whole_municipality(self.session):
            shown = tuple(self.session.scalars(ids))
            rows = self.session.execute(query.where(SlotRow.id.in_(shown))).all()
        return tuple(
            PlaceLine(
                slot_id=row.slot_id,
                title=row.title,
                form=PlacementForm(row.form),
                company_id=row.company_id,
                company=row.company,
                worksite=row.worksite,
                postcode=row.postcode,
                model=AgreementModel(row.model),
                capacity=int(row.shared) if row.cluster else row.capacity,
                taken=row.of_agreement if row.cluster else row.own,
                open=bool(row.open),
                shared=bool(row.cluster),
            )
            for row in rows
        )

    def names(self, slot_ids: Iterable[str]) -> dict[str, str]:
        """Place and company by id, of those that there are."""
        query = (
            select(SlotRow.id, SlotRow.title, CompanyRow.name)
            .join(CompanyRow, and_(_same(CompanyRow), CompanyRow.id == SlotRow.company_id))
            .where(SlotRow.municipality == self.municipality, SlotRow.id.in_(set(slot_ids)))
        )
        return {id_: f"{title} – {company}" for id_, title, company in self.session.execute(query)}

    def count(self, wanted: Wanted) -> int:
        """How many places there are."""
        with whole_municipality(self.session):
            found: int = self.session.scalars(self._where(select(func.count(SlotRow.id)), wanted)).one()
        return found

    def _where(self, query: Select[Any], wanted: Wanted) -> Select[Any]:
        return (
            query.select_from(SlotRow)
            .join(AgreementRow, and_(_same(AgreementRow), AgreementRow.id == SlotRow.agreement_id))
            .join(CompanyRow, and_(_same(CompanyRow), CompanyRow.id == SlotRow.company_id))
            .join(WorksiteRow, and_(_same(WorksiteRow), WorksiteRow.id == SlotRow.worksite_id))
            .where(SlotRow.municipality == self.municipality, *self._conditions(wanted))
        )

    def _conditions(self, wanted: Wanted) -> Sequence[ColumnElement[bool]]:
        named = (CompanyRow.name, WorksiteRow.name, SlotRow.title)
        found = [
            or_(*(_folded(column).contains(word.lower(), autoescape=True) for column in named))
            for word in wanted.text.split()
        ]
        if wanted.model is not None:
            found.append(AgreementRow.model == wanted.model)
        if wanted.consultant_id:
            found.append(AgreementRow.consultant_id == wanted.consultant_id)
        if wanted.company_id:
            found.append(SlotRow.company_id == wanted.company_id)
        if wanted.postcode:
            found.append(WorksiteRow.postcode.startswith(wanted.postcode, autoescape=True))
        if wanted.free:
            found += [self._open(), self._some_left()]
        return found

    def _open(self) -> ColumnElement[bool]:
        """Neither the place nor its agreement has ended."""
        return and_(
            or_(SlotRow.ends_on.is_(None), SlotRow.ends_on >= self.today),
            or_(AgreementRow.valid_to.is_(None), AgreementRow.valid_to >= self.today),
        )

    def _some_left(self) -> ColumnElement[bool]:
        shared = AgreementRow.document["places"].as_integer()
        own = self._taken(PlacementRow.slot_id == SlotRow.id)
        return and_(
            SlotRow.capacity > own,
            or_(AgreementRow.model != AgreementModel.CLUSTER, shared > self._taken_of_agreement()),
        )

    def _taken(self, whose: ColumnElement[bool]) -> Any:
        """Placements that run or are agreed, of the slot that the query is at."""
        return (
            select(func.count(PlacementRow.id))
            .where(PlacementRow.municipality == self.municipality, whose, *self._live())
            .correlate(SlotRow)
            .scalar_subquery()
        )

    def _taken_of_agreement(self) -> Any:
        """Placements that run or are agreed, of all places of the agreement that the query is at."""
        of_it = SlotRow.__table__.alias("slots_of_it")
        same = of_it.c.municipality == self.municipality, of_it.c.agreement_id == AgreementRow.id
        return (
            select(func.count(PlacementRow.id))
            .where(
                PlacementRow.municipality == self.municipality,
                PlacementRow.slot_id.in_(select(of_it.c.id).where(*same).correlate(AgreementRow)),
                *self._live(),
            )
            .correlate(AgreementRow)
            .scalar_subquery()
        )

    def _live(self) -> tuple[ColumnElement[bool], ...]:
        return PlacementRow.status != PlacementStatus.ENDED, PlacementRow.ends_on >= self.today


def _same(table: Any) -> ColumnElement[bool]:
    same: ColumnElement[bool] = table.municipality == SlotRow.municipality
    return same


def _folded(column: Any) -> Any:
    """A column of text in small letters, in every database."""
    small = func.lower(column)
    for large, letter in _OTHER_CASE:
        small = func.replace(small, large, letter)
    return small
