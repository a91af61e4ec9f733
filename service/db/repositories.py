"""Repositories of consultants, companies, citizens, agreements and placements: one municipality each, never more."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from matcher.domain.agreement import SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.domain.placement import Placement, PlacementStatus
from matcher.domain.staff import JobConsultant
from service import codec
from service.db.acting import actor_of
from service.db.documents import Documents
from service.db.ordering import by_code_point
from service.db.personal import Correction
from service.db.personal_repositories import AccessLog, Corrections
from service.db.record_repositories import Snapshots
from service.db.run_repositories import Decisions, Imports, MatchRuns, Proposals
from service.db.tables import (
    AgreementCompanyRow,
    AgreementRow,
    CitizenRow,
    CompanyRow,
    ConsultantRow,
    Document,
    PlacementRow,
    SlotRow,
    WorksiteRow,
    now,
)
from service.problems import FieldError, MissingReference

__all__ = [
    "REPOSITORIES",
    "Agreements",
    "Citizens",
    "Companies",
    "Consultants",
    "Decisions",
    "Imports",
    "MatchRuns",
    "Placements",
    "Proposals",
]

Check = Callable[..., Iterable[FieldError]]
Uses = Iterable[tuple[str, ColumnElement[bool]]]


def _missing(field: str, kind: str, id_: str) -> MissingReference:
    return MissingReference(
        field, f"names {_WORDS[kind]} that does not exist", "correct the id, or add it first", kind, id_
    )


_WORDS = {
    "consultant": "a consultant",
    "company": "a company",
    "worksite": "a worksite of the company",
    "citizen": "a citizen",
    "slot": "a slot",
}


class Consultants(Documents[JobConsultant, ConsultantRow]):
    """Job consultants of a municipality."""

    row = ConsultantRow
    codec = codec.CONSULTANT

    def _project(self, value: JobConsultant, row: ConsultantRow) -> None:
        row.name = value.name

    def _checks(self, values: Sequence[JobConsultant]) -> Check:  # noqa: ARG002 - a consultant refers to nothing
        return lambda _consultant: ()

    def _uses(self, id_: str) -> Uses:
        for what, table in (("citizens", CitizenRow), ("agreements", AgreementRow)):
            yield what, and_(table.municipality == self.municipality, table.consultant_id == id_)


class Companies(Documents[Company, CompanyRow]):
    """Companies of a municipality with their worksites."""

    row = CompanyRow
    codec = codec.COMPANY
    children: ClassVar[tuple[InstrumentedAttribute[list[WorksiteRow]], ...]] = (CompanyRow.worksites,)

    def _project(self, value: Company, row: CompanyRow) -> None:
        row.cvr, row.name, row.industry = value.cvr, value.name, value.industry
        before = {worksite.id: worksite for worksite in row.worksites}
        row.worksites = [
            before.get(worksite.id) or WorksiteRow(municipality=self.municipality, id=worksite.id)
            for worksite in value.worksites
        ]
        for worksite, worksite_row in zip(value.worksites, row.worksites, strict=True):
            worksite_row.p_number = worksite.p_number
            worksite_row.name = worksite.name
            worksite_row.postcode = worksite.postcode

    def _checks(self, values: Sequence[Company]) -> Check:
        worksites = [worksite for company in values for worksite in company.worksites]
        ids = [worksite.id for worksite in worksites]
        owners = dict(self._pairs(WorksiteRow.id, WorksiteRow.company_id, ids))
        numbers = [worksite.p_number for worksite in worksites]
        holders = dict(self._pairs(WorksiteRow.p_number, WorksiteRow.id, numbers))
        used_worksites = self._used_worksites([company.id for company in values])

        def check(company: Company) -> Iterator[FieldError]:
            for index, worksite in enumerate(company.worksites):
                if owners.setdefault(worksite.id, company.id) != company.id:
                    yield FieldError(f"worksites[{index}].id", "belongs to another company", "give it an id of its own")
                if holders.setdefault(worksite.p_number, worksite.id) != worksite.id:
                    yield FieldError(
                        f"worksites[{index}].p_number", "belongs to another worksite", "write the worksite's own"
                    )
            if used_worksites.get(company.id, set()) - {worksite.id for worksite in company.worksites}:
                yield FieldError(
                    "worksites", "leaves out a worksite that slots use", "keep it, or change the agreement first"
                )

        return check

    def _used_worksites(self, company_ids: Sequence[str]) -> dict[str, set[str]]:
        """Worksites that slots use, by company."""
        used: dict[str, set[str]] = {}
        for company_id, worksite_id in self._pairs(SlotRow.company_id, SlotRow.worksite_id, company_ids):
            used.setdefault(company_id, set()).add(worksite_id)
        return used

    def _uses(self, id_: str) -> Uses:
        table = AgreementCompanyRow
        yield "agreements", and_(table.municipality == self.municipality, table.company_id == id_)


class Citizens(Documents[Citizen, CitizenRow]):
    """Citizens of a municipality. Removing one removes what runs proposed for the person too."""

    row = CitizenRow
    codec = codec.CITIZEN

    def delete(self, id_: str, expected_version: int | None = None) -> None:
        """Remove a citizen, empty the copies that snapshots and shown lists hold, and make the person unknown in the
        log of reads."""
        super().delete(id_, expected_version)
        log = AccessLog(self.session, self.municipality)
        lists = log.lists_of(id_)
        Snapshots(self.session, self.municipality).erase_from_snapshots(id_, now().date())
        log.pseudonymise(id_, lists)

    def _corrected(self, changes: Sequence[tuple[str, Document, Document]]) -> None:
        actor = actor_of(self.session)
        corrections = []
        for id_, before, after in changes:
            fields = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
            corrections.append(Correction(str(uuid4()), id_, now(), actor.id, actor.role, tuple(fields)))
        Corrections(self.session, self.municipality).add(corrections)

    def _project(self, value: Citizen, row: CitizenRow) -> None:
        row.name = value.name
        row.target_group = value.target_group
        row.consultant_id = value.consultant_id
        row.home_postcode = value.home_postcode
        row.waiting_since = value.waiting_since

    def _checks(self, values: Sequence[Citizen]) -> Check:
        consultants = self._stored(ConsultantRow, [citizen.consultant_id for citizen in values])
        wished = [id_ for citizen in values for id_ in (*citizen.wishes_for, *citizen.wishes_against)]
        companies = self._stored(CompanyRow, wished)

        def check(citizen: Citizen) -> Iterator[FieldError]:
            if citizen.consultant_id not in consultants:
                yield _missing("consultant_id", "consultant", citizen.consultant_id)
            for field in ("wishes_for", "wishes_against"):
                for index, company_id in enumerate(getattr(citizen, field)):
                    if company_id not in companies:
                        yield _missing(f"{field}[{index}]", "company", company_id)

        return check

    def _uses(self, id_: str) -> Uses:
        yield "placements", and_(PlacementRow.municipality == self.municipality, PlacementRow.citizen_id == id_)


class Agreements(Documents[SlotAgreement, AgreementRow]):
    """Slot agreements of a municipality with their slots."""

    row = AgreementRow
    codec = codec.AGREEMENT
    children: ClassVar[
        tuple[InstrumentedAttribute[list[SlotRow]] | InstrumentedAttribute[list[AgreementCompanyRow]], ...]
    ] = (
        AgreementRow.slots,
        AgreementRow.companies,
    )

    def _project(self, value: SlotAgreement, row: AgreementRow) -> None:
        row.model, row.consultant_id = value.model, value.consultant_id
        row.valid_from, row.valid_to = value.valid_from, value.valid_to
        companies = {company.company_id: company for company in row.companies}
        row.companies = [
            companies.get(company_id) or AgreementCompanyRow(municipality=self.municipality, company_id=company_id)
            for company_id in value.company_ids
        ]
        before = {slot.id: slot for slot in row.slots}
        row.slots = [before.get(slot.id) or SlotRow(municipality=self.municipality, id=slot.id) for slot in value.slots]
        for slot, slot_row in zip(value.slots, row.slots, strict=True):
            for column in _SLOT_COLUMNS:
                setattr(slot_row, column, getattr(slot, column))

    def _checks(self, values: Sequence[SlotAgreement]) -> Check:
        slots = [slot for agreement in values for slot in agreement.slots]
        consultants = self._stored(ConsultantRow, [agreement.consultant_id for agreement in values])
        companies = self._stored(CompanyRow, [id_ for agreement in values for id_ in agreement.company_ids])
        worksites = dict(self._pairs(WorksiteRow.id, WorksiteRow.company_id, [s.worksite_id for s in slots]))
        owners = dict(self._pairs(SlotRow.id, SlotRow.agreement_id, [slot.id for slot in slots]))
        placed = self._placed_slots([agreement.id for agreement in values])

        def check(agreement: SlotAgreement) -> Iterator[FieldError]:
            if agreement.consultant_id not in consultants:
                yield _missing("consultant_id", "consultant", agreement.consultant_id)
            for index, company_id in enumerate(agreement.company_ids):
                if company_id not in companies:
                    yield _missing(f"company_ids[{index}]", "company", company_id)
            for index, slot in enumerate(agreement.slots):
                if slot.company_id in companies and worksites.get(slot.worksite_id) != slot.company_id:
                    yield _missing(f"slots[{index}].worksite_id", "worksite", slot.worksite_id)
                if owners.setdefault(slot.id, agreement.id) != agreement.id:
                    yield FieldError(f"slots[{index}].id", "belongs to another agreement", "give it an id of its own")
            if placed.get(agreement.id, set()) - {slot.id for slot in agreement.slots}:
                yield FieldError(
                    "slots", "leaves out a slot that has placements", "keep it, with 0 places if it is closed"
                )

        return check

    def _placed_slots(self, agreement_ids: Sequence[str]) -> dict[str, set[str]]:
        """Slots with placements, by agreement."""
        of_agreement = {
            slot_id: agreement_id
            for agreement_id, slot_id in self._pairs(SlotRow.agreement_id, SlotRow.id, agreement_ids)
        }
        placed: dict[str, set[str]] = {}
        for slot_id in dict(self._pairs(PlacementRow.slot_id, PlacementRow.slot_id, of_agreement)):
            placed.setdefault(of_agreement[slot_id], set()).add(slot_id)
        return placed

    def _uses(self, id_: str) -> Uses:
        of_this = and_(SlotRow.municipality == self.municipality, SlotRow.agreement_id == id_)
        placed = and_(PlacementRow.municipality == SlotRow.municipality, PlacementRow.slot_id == SlotRow.id)
        yield "placements", and_(of_this, placed)


_SLOT_COLUMNS = (
    "company_id",
    "worksite_id",
    "title",
    "function",
    "setting",
    "form",
    "capacity",
    "starts_on",
    "ends_on",
)


class LiveBeside(NamedTuple):
    """Placements that have not ended of a citizen and in a slot, beside one; and how many places the slot has."""

    of_citizen: int
    in_slot: int
    capacity: int


class Placements(Documents[Placement, PlacementRow]):
    """Placements of a municipality."""

    row = PlacementRow
    codec = codec.PLACEMENT

    def having(
        self,
        *,
        citizen_id: str | None = None,
        slot_id: str | None = None,
        status: PlacementStatus | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> tuple[Placement, ...]:
        """At most `limit` placements of a citizen, in a slot, with a status (None = any), by id, from after one."""
        query = self._documents().limit(limit)
        for column, value in (
            (PlacementRow.citizen_id, citizen_id),
            (PlacementRow.slot_id, slot_id),
            (PlacementRow.status, status),
        ):
            if value is not None:
                query = query.where(column == value)
        if after is not None:
            query = query.where(by_code_point(PlacementRow.id) > after)
        return tuple(self.codec.decode_stored(document) for document in self.session.scalars(query))

    def live_beside(self, placement: Placement, on: date) -> "LiveBeside":
        """Placements beside a given one that have not ended before a day, and the places of its slot."""
        of_this = PlacementRow.municipality == self.municipality
        live = and_(
            of_this,
            PlacementRow.id != placement.id,
            PlacementRow.status != PlacementStatus.ENDED,
            PlacementRow.ends_on >= on,
        )
        count = select(func.count()).select_from(PlacementRow)
        places = select(SlotRow.capacity).where(
            SlotRow.municipality == self.municipality, SlotRow.id == placement.slot_id
        )
        return LiveBeside(
            self.session.scalars(count.where(live, PlacementRow.citizen_id == placement.citizen_id)).one(),
            self.session.scalars(count.where(live, PlacementRow.slot_id == placement.slot_id)).one(),
            self.session.scalars(places).one_or_none() or 0,
        )

    def _project(self, value: Placement, row: PlacementRow) -> None:
        row.citizen_id, row.slot_id, row.status = value.citizen_id, value.slot_id, value.status
        row.starts_on, row.ends_on = value.starts_on, value.ends_on

    def _checks(self, values: Sequence[Placement]) -> Check:
        citizens = self._stored(CitizenRow, [placement.citizen_id for placement in values])
        slots = self._stored(SlotRow, [placement.slot_id for placement in values])

        def check(placement: Placement) -> Iterator[FieldError]:
            if placement.citizen_id not in citizens:
                yield _missing("citizen_id", "citizen", placement.citizen_id)
            if placement.slot_id not in slots:
                yield _missing("slot_id", "slot", placement.slot_id)

        return check

    def _uses(self, id_: str) -> Uses:  # noqa: ARG002 - nothing refers to a placement
        return ()


REPOSITORIES: Mapping[str, type[Documents[Any, Any]]] = MappingProxyType(
    {
        "consultant": Consultants,
        "company": Companies,
        "citizen": Citizens,
        "agreement": Agreements,
        "placement": Placements,
    }
)
"""By the word that names the kind in files; in an order in which each refers only to those before it."""
