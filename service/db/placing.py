"""What a placement touches: locks on it, everything around it, and the record of what was done to placements."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, exists, insert, or_, select
from sqlalchemy.orm import Session

from matcher.domain.placement import Placement, PlacementStatus
from service.codec import PLACEMENT
from service.db.decision_tables import PlacementEventRow
from service.db.documents import chunks
from service.db.ordering import by_code_point
from service.db.records import PlacementChange, PlacementEvent
from service.db.tables import (
    AgreementCompanyRow,
    AgreementRow,
    CitizenRow,
    CompanyRow,
    ConsultantRow,
    PlacementRow,
    SlotRow,
)
from service.problems import VersionConflict


def lock_around(
    session: Session, municipality: str, pairs: Iterable[tuple[str, str]]
) -> dict[str, tuple[str, str, str]]:
    """Lock what placements of citizens in slots (ids) are agreed with, until the end of the transaction.

    Returns agreement, company and consultant of each slot that there is. Raises VersionConflict where a slot has been
    moved meanwhile.
    """
    pairs = tuple(pairs)
    slots = sorted({slot_id for _, slot_id in pairs})
    found = _owners(session, municipality, slots)
    agreements, companies, consultants = (sorted({one[n] for one in found.values()}) for n in range(3))
    citizens = sorted({citizen_id for citizen_id, slot_id in pairs if slot_id in found})
    for kind, ids in (
        (ConsultantRow, consultants),
        (CompanyRow, companies),
        (CitizenRow, citizens),
        (AgreementRow, agreements),
    ):
        locked = select(kind.id).where(kind.municipality == municipality, kind.id.in_(ids)).order_by(kind.id)
        session.execute(locked.with_for_update(key_share=True)).all()
    if _owners(session, municipality, slots) != found:
        raise VersionConflict("a place was moved to another agreement meanwhile; read it again")
    return found


def _owners(session: Session, municipality: str, slot_ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """Agreement, company and consultant by slot."""
    agreement = and_(AgreementRow.municipality == SlotRow.municipality, AgreementRow.id == SlotRow.agreement_id)
    query = (
        select(SlotRow.id, SlotRow.agreement_id, SlotRow.company_id, AgreementRow.consultant_id)
        .join(AgreementRow, agreement)
        .where(SlotRow.municipality == municipality, SlotRow.id.in_(slot_ids))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query)}


class Surroundings:
    """Ids around one citizen and one slot: whatever shares a limit with a placement of the two.

    Building it takes locks until the end of the transaction, so that no other placement that shares a limit is agreed
    meanwhile, and what the limits are made of stays as it is. On SQLite every writing transaction is alone anyway; on
    PostgreSQL the rows of the consultant, the company, the citizen and the agreement are locked, in that order, which
    is the order in which imports write too.

    Attributes
    ----------
    agreements : those of the slot's consultant (caseload), and those with slots at the slot's company (worksite)
    citizens, companies : of the placements that have not ended on their slots, and of the agreements
    """

    def __init__(self, session: Session, municipality: str, citizen_id: str, slot_id: str) -> None:
        self.session = session
        self.municipality = municipality
        self.citizen_id = citizen_id
        found = lock_around(session, municipality, [(citizen_id, slot_id)]).get(slot_id)
        self.known = found is not None
        if found is None:
            self.agreements, self.citizens, self.companies = set[str](), {citizen_id}, set[str]()
            return
        _agreement_id, company_id, consultant_id = found
        self.agreements = self._agreements(consultant_id, company_id)
        self.companies = self._companies()
        self.citizens = {citizen_id} | set(session.scalars(select(PlacementRow.citizen_id).where(self._live())))

    def placements(self) -> tuple[Placement, ...]:
        """Placements that have not ended, of the citizen and on the slots around, by id."""
        mine = and_(
            PlacementRow.municipality == self.municipality,
            PlacementRow.citizen_id == self.citizen_id,
            PlacementRow.status != PlacementStatus.ENDED,
        )
        query = select(PlacementRow.document).where(or_(self._live(), mine)).order_by(by_code_point(PlacementRow.id))
        return tuple(PLACEMENT.decode_stored(document) for document in self.session.scalars(query))

    def _agreements(self, consultant_id: str, company_id: str) -> set[str]:
        at_company = select(SlotRow.agreement_id).where(
            SlotRow.municipality == self.municipality, SlotRow.company_id == company_id
        )
        query = select(AgreementRow.id).where(
            AgreementRow.municipality == self.municipality,
            or_(AgreementRow.consultant_id == consultant_id, AgreementRow.id.in_(at_company)),
        )
        return set(self.session.scalars(query))

    def _live(self) -> ColumnElement[bool]:
        """Placements that have not ended, on slots of the agreements."""
        on_slot = exists().where(
            SlotRow.municipality == PlacementRow.municipality,
            SlotRow.id == PlacementRow.slot_id,
            SlotRow.agreement_id.in_(sorted(self.agreements)),
        )
        return and_(
            PlacementRow.municipality == self.municipality, PlacementRow.status != PlacementStatus.ENDED, on_slot
        )

    def _companies(self) -> set[str]:
        found: set[str] = set()
        for chunk in chunks(sorted(self.agreements)):
            query = select(AgreementCompanyRow.company_id).where(
                AgreementCompanyRow.municipality == self.municipality, AgreementCompanyRow.agreement_id.in_(chunk)
            )
            found |= set(self.session.scalars(query))
        return found


class PlacementEvents:
    """What was done to the placements of a municipality; only ever added to."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add(self, event: PlacementEvent) -> None:
        """Write an event."""
        row = {name: getattr(event, name) for name in _EVENT}
        self.session.execute(insert(PlacementEventRow), [{"municipality": self.municipality, **row}])

    def of_placement(self, placement_id: str) -> tuple[PlacementEvent, ...]:
        """Events of a placement, oldest first."""
        return tuple(self._found(PlacementEventRow.placement_id == placement_id))

    def made_of(self, proposal_id: str) -> str | None:
        """Id of the placement that came of a proposal and stands; None where there is none."""
        events = list(self._found(PlacementEventRow.proposal_id == proposal_id))
        withdrawn = {one.placement_id for one in events if one.change is PlacementChange.WITHDRAWN}
        standing = [one.placement_id for one in events if one.placement_id not in withdrawn]
        return standing[-1] if standing else None

    def _found(self, condition: ColumnElement[bool]) -> Iterable[PlacementEvent]:
        query = (
            select(PlacementEventRow)
            .where(PlacementEventRow.municipality == self.municipality, condition)
            .order_by(PlacementEventRow.recorded_at, PlacementEventRow.id)
        )
        for row in self.session.scalars(query):
            values = {name: getattr(row, name) for name in _EVENT}
            yield PlacementEvent(**{**values, "change": PlacementChange(row.change)})


_EVENT = (
    "id",
    "placement_id",
    "citizen_id",
    "slot_id",
    "proposal_id",
    "change",
    "recorded_by",
    "recorded_at",
    "reason",
    "details",
)
