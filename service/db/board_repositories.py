"""Places that stand open, for a board that everybody may see: what is asked for here never reads a citizen."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from matcher.domain.agreement import AgreementModel, Slot
from matcher.domain.placement import PlacementStatus
from service.codec import AGREEMENT
from service.db.ordering import by_code_point
from service.db.tables import AgreementRow, CompanyRow, PlacementRow, SlotRow, WorksiteRow


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A slot with room.

    `opens_on`: the first day of both the slot and its agreement. `names`: what its company and worksite are called,
    which no board says.
    """

    slot: Slot
    opens_on: date
    postcode: str
    free: int
    names: tuple[str, ...]


class OpenPlaces:
    """Slots of a municipality with room today, of companies that have agreed to it.

    A company that is only to be asked has agreed to nothing, so its slots are left out. The slots of a cluster share
    its places: each is open as long as one of those is.
    """

    def __init__(self, session: Session, municipality: str, today: date) -> None:
        self.session = session
        self.municipality = municipality
        self.today = today

    def counts(self) -> Counter[tuple[str, str]]:
        """How many slots are open, by job function and postcode."""
        query = self._open(SlotRow.function, WorksiteRow.postcode, func.count()).group_by(
            SlotRow.function, WorksiteRow.postcode
        )
        return Counter({(function, postcode): count for function, postcode, count in self.session.execute(query)})

    def page(self, functions: Collection[str] | None, postcode: str, first: int, most: int) -> tuple[OpenPlace, ...]:
        """At most so many of them, by title, from a position on (0 = the first)."""
        in_order = func.lower(SlotRow.title), by_code_point(SlotRow.id)
        ids = self._open(SlotRow.id).where(*_asked(functions, postcode)).order_by(*in_order).offset(first).limit(most)
        columns = (
            SlotRow.id,
            SlotRow.agreement_id,
            WorksiteRow.postcode,
            self._free(),
            case((AgreementRow.model == AgreementModel.CLUSTER, self._free_of_cluster()), else_=self._free()),
            WorksiteRow.name,
            CompanyRow.name,
        )
        shown = tuple(self.session.scalars(ids))
        rows = self.session.execute(self._open(*columns).where(SlotRow.id.in_(shown)).order_by(*in_order)).all()
        documents = select(AgreementRow.document).where(
            AgreementRow.municipality == self.municipality, AgreementRow.id.in_({row[1] for row in rows})
        )
        agreements = [AGREEMENT.decode_stored(document) for document in self.session.scalars(documents)]
        slots = {slot.id: (slot, agreement.valid_from) for agreement in agreements for slot in agreement.slots}
        return tuple(
            OpenPlace(slot, max(slot.starts_on, valid_from), row[2], min(row[3], row[4]), (row[5], row[6]))
            for row in rows
            for slot, valid_from in [slots[row[0]]]
        )

    def _open(self, *columns: Any) -> Select[Any]:
        of_slot = AgreementRow.municipality == SlotRow.municipality
        return (
            select(*columns)
            .select_from(SlotRow)
            .join(AgreementRow, and_(of_slot, AgreementRow.id == SlotRow.agreement_id))
            .join(
                WorksiteRow,
                and_(WorksiteRow.municipality == SlotRow.municipality, WorksiteRow.id == SlotRow.worksite_id),
            )
            .join(
                CompanyRow, and_(CompanyRow.municipality == SlotRow.municipality, CompanyRow.id == SlotRow.company_id)
            )
            .where(
                SlotRow.municipality == self.municipality,
                AgreementRow.model != AgreementModel.AD_HOC,
                or_(AgreementRow.valid_to.is_(None), AgreementRow.valid_to >= self.today),
                or_(SlotRow.ends_on.is_(None), SlotRow.ends_on >= self.today),
                self._free() > 0,
                or_(AgreementRow.model != AgreementModel.CLUSTER, self._free_of_cluster() > 0),
            )
        )

    def _free(self) -> ColumnElement[int]:
        taken = (
            select(func.count())
            .select_from(PlacementRow)
            .where(self._live(), PlacementRow.slot_id == SlotRow.id)
            .correlate(SlotRow)
            .scalar_subquery()
        )
        free: ColumnElement[int] = SlotRow.capacity - taken
        return free

    def _free_of_cluster(self) -> ColumnElement[int]:
        other = SlotRow.__table__.alias()
        same = other.c.municipality == self.municipality, other.c.agreement_id == AgreementRow.id
        taken = (
            select(func.count())
            .select_from(PlacementRow)
            .where(self._live(), PlacementRow.slot_id.in_(select(other.c.id).where(*same).correlate(AgreementRow)))
            .correlate(AgreementRow)
            .scalar_subquery()
        )
        free: ColumnElement[int] = AgreementRow.document["places"].as_integer() - taken
        return free

    def _live(self) -> ColumnElement[bool]:
        return and_(
            PlacementRow.municipality == self.municipality,
            PlacementRow.status != PlacementStatus.ENDED,
            PlacementRow.ends_on >= self.today,
        )


def _asked(functions: Collection[str] | None, postcode: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if functions is not None:
        found.append(SlotRow.function.in_(sorted(functions)))
    if postcode:
        found.append(WorksiteRow.postcode == postcode)
    return found
