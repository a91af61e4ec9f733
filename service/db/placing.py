"""What a placement touches: locks on it, everything around it, and the record of what was done to placements."""

from collections.abc import Iterable

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
        found = self._slot(slot_id)
        self.known = found is not None
        if found is None:
            self.agreements, self.citizens, self.companies = set[str](), {citizen_id}, set[str]()
            return
        agreement_id, company_id, consultant_id = found
        for kind, id_ in (
            (ConsultantRow, consultant_id),
            (CompanyRow, company_id),
            (CitizenRow, citizen_id),
            (AgreementRow, agreement_id),
        ):
            locked = select(kind.id).where(kind.municipality == municipality, kind.id == id_)
            session.execute(locked.with_for_update(key_share=True))
        if self._slot(slot_id) != found:
            raise VersionConflict("the place was moved to another agreement meanwhile; read it again")
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

    def _slot(self, slot_id: str) -> tuple[str, str, str] | None:
        """Agreement, company and consultant of the slot."""
        agreement = and_(AgreementRow.municipality == SlotRow.municipality, AgreementRow.id == SlotRow.agreement_id)
        query = (
            select(SlotRow.agreement_id, SlotRow.company_id, AgreementRow.consultant_id)
            .join(AgreementRow, agreement)
            .where(SlotRow.municipality == self.municipality, SlotRow.id == slot_id)
        )
        row = self.session.execute(query).one_or_none()
        return None if row is None else (row[0], row[1], row[2])

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
