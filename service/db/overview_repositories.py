"""Figures of a whole municipality, counted by the database. No row here names a citizen."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, distinct, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from matcher.domain.agreement import AgreementModel
from matcher.domain.placement import PlacementStatus, Verdict
from service.db.decision_tables import PlacementEventRow
from service.db.records import PlacementChange
from service.db.tables import (
    AgreementRow,
    CitizenRow,
    DecisionRow,
    MatchRunRow,
    PlacementRow,
    ProposalRow,
    SlotRow,
)

CHOSEN = "chosen"
"""How a placement's record says that a person chose the place beside the proposals."""


class PlaceUse(NamedTuple):
    """Places of one kind; `places` is None where nothing is agreed beforehand, `setting` for a whole cluster."""

    model: str
    setting: str | None
    places: int | None
    used: int


class Chosen(NamedTuple):
    """Placements agreed in a period; `against`: beside a proposal that the night before had for the same citizen."""

    proposed: int
    chosen: int
    against: int


class OverviewFigures:
    """Counts of a municipality's citizens, placements, places and decisions."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def known(self, groups: Sequence[str], days: Sequence[date]) -> dict[str, list[int]]:
        """Citizens of each target group who waited or were in a placement by each day."""
        begun = (
            select(PlacementRow.citizen_id, func.min(PlacementRow.starts_on).label("first"))
            .where(self._begun())
            .group_by(PlacementRow.citizen_id)
            .subquery()
        )
        counts = [
            func.count(case((or_(CitizenRow.waiting_since <= day, begun.c.first <= day), CitizenRow.id)))
            for day in days
        ]
        query = (
            select(CitizenRow.target_group, *counts)
            .outerjoin(begun, begun.c.citizen_id == CitizenRow.id)
            .where(CitizenRow.municipality == self.municipality, CitizenRow.target_group.in_(groups))
            .group_by(CitizenRow.target_group)
        )
        return {row[0]: list(row[1:]) for row in self.session.execute(query)}

    def placed(self, groups: Sequence[str], days: Sequence[date]) -> dict[str, list[int]]:
        """Citizens of each target group with a placement on each day, each counted once."""
        counts = [
            func.count(
                distinct(
                    case((and_(PlacementRow.starts_on <= day, PlacementRow.ends_on >= day), PlacementRow.citizen_id))
                )
            )
            for day in days
        ]
        of_citizen = and_(
            CitizenRow.municipality == PlacementRow.municipality, CitizenRow.id == PlacementRow.citizen_id
        )
        query = (
            select(CitizenRow.target_group, *counts)
            .join(PlacementRow, of_citizen)
            .where(self._begun(), CitizenRow.target_group.in_(groups))
            .group_by(CitizenRow.target_group)
        )
        return {row[0]: list(row[1:]) for row in self.session.execute(query)}

    def place_use(self, today: date) -> list[PlaceUse]:
        """Places in force and in use, by model and setting; a cluster's slots share its places, so it is one line."""
        agreed = self._grouped(func.sum(SlotRow.capacity), self._in_force(today))
        used = self._grouped(
            func.count(distinct(PlacementRow.id)),
            and_(PlacementRow.starts_on <= today, PlacementRow.ends_on >= today, self._begun(), self._not_ended()),
            placements=True,
        )
        shared = self.session.scalar(
            select(func.sum(AgreementRow.document["places"].as_integer())).where(
                self._agreement_in_force(today), AgreementRow.model == AgreementModel.CLUSTER
            )
        )
        found = []
        for model, setting in sorted({*agreed, *used}, key=lambda one: (one[0], one[1] or "")):
            places: int | None = agreed.get((model, setting), 0)
            if model == AgreementModel.CLUSTER:
                places = int(shared or 0)
            elif model == AgreementModel.AD_HOC:
                places = None
            found.append(PlaceUse(model, setting, places, used.get((model, setting), 0)))
        return found

    def waiting(self, since: Sequence[date], today: date) -> tuple[list[int], date | None]:
        """Citizens without a placement: all, those who have waited since each day, and since when the median has."""
        free = self._free(today)
        counts = [func.count(case((CitizenRow.waiting_since <= day, CitizenRow.id))) for day in since]
        row = self.session.execute(select(func.count(), *counts).select_from(CitizenRow).where(free)).one()
        middle = (
            select(CitizenRow.waiting_since).where(free).order_by(CitizenRow.waiting_since).offset(row[0] // 2).limit(1)
        )
        return [row[0], *row[1:]], self.session.scalar(middle)

    def outcomes(self, first: date, last: date) -> dict[str, int]:
        """Placements that ended in a period, by outcome."""
        outcome = PlacementRow.document["outcome"].as_string().label("ended_as")
        query = (
            select(outcome, func.count())
            .where(
                PlacementRow.municipality == self.municipality,
                PlacementRow.status == PlacementStatus.ENDED,
                PlacementRow.ends_on.between(first, last),
            )
            .group_by("ended_as")
        )
        return {row[0]: row[1] for row in self.session.execute(query)}

    def decided(self, periods: Sequence[tuple[datetime, datetime]]) -> dict[Verdict, list[int]]:
        """Proposals by the decision that holds, and by the period that it was made in."""
        last = (
            select(DecisionRow.proposal_id, func.max(DecisionRow.decided_at).label("at"))
            .where(DecisionRow.municipality == self.municipality, DecisionRow.taken_back_at.is_(None))
            .group_by(DecisionRow.proposal_id)
            .subquery()
        )
        counts = [
            func.count(distinct(case((_within(last.c.at, period), DecisionRow.proposal_id)))) for period in periods
        ]
        holds = and_(DecisionRow.proposal_id == last.c.proposal_id, DecisionRow.decided_at == last.c.at)
        query = (
            select(DecisionRow.verdict, *counts)
            .join(last, holds)
            .where(DecisionRow.municipality == self.municipality, DecisionRow.taken_back_at.is_(None))
            .group_by(DecisionRow.verdict)
        )
        found = {Verdict(row[0]): list(row[1:]) for row in self.session.execute(query)}
        return {verdict: found.get(verdict, [0] * len(periods)) for verdict in Verdict}

    def chosen(self, periods: Sequence[tuple[datetime, datetime]]) -> list[Chosen]:
        """Placements agreed in each period that stand, as proposed and otherwise, by the plan that held then."""
        event, taken_back = PlacementEventRow, aliased(PlacementEventRow)
        otherwise = event.details["source"].as_string() == CHOSEN
        night = (
            select(MatchRunRow.id)
            .where(
                MatchRunRow.municipality == self.municipality,
                MatchRunRow.created_at <= event.recorded_at,
                or_(MatchRunRow.withdrawn_at.is_(None), MatchRunRow.withdrawn_at > event.recorded_at),
            )
            .order_by(MatchRunRow.created_at.desc())
            .limit(1)
            .correlate(event)
            .scalar_subquery()
        )
        other = (
            exists()
            .where(
                ProposalRow.municipality == self.municipality,
                ProposalRow.run_id == night,
                ProposalRow.citizen_id == event.citizen_id,
                ProposalRow.slot_id != event.slot_id,
            )
            .correlate(event)
        )
        columns = []
        for period in periods:
            within = _within(event.recorded_at, period)
            columns += [
                func.count(case((and_(within, ~otherwise), event.id))),
                func.count(case((and_(within, otherwise), event.id))),
                func.count(case((and_(within, otherwise, other), event.id))),
            ]
        withdrawn = exists().where(
            taken_back.municipality == self.municipality,
            taken_back.placement_id == event.placement_id,
            taken_back.change == PlacementChange.WITHDRAWN,
        )
        made = and_(event.municipality == self.municipality, event.change == PlacementChange.MADE, ~withdrawn)
        row = self.session.execute(select(*columns).where(made, event.recorded_at >= periods[0][0])).one()
        return [Chosen(*row[at : at + 3]) for at in range(0, len(row), 3)]

    def _grouped(
        self, figure: Any, where: ColumnElement[bool], *, placements: bool = False
    ) -> dict[tuple[str, str | None], int]:
        setting = case((AgreementRow.model == AgreementModel.CLUSTER, None), else_=SlotRow.setting).label(
            "setting_of_place"
        )
        of_slot = and_(AgreementRow.municipality == SlotRow.municipality, AgreementRow.id == SlotRow.agreement_id)
        query = select(AgreementRow.model, setting, figure).select_from(SlotRow).join(AgreementRow, of_slot)
        if placements:
            on_slot = and_(PlacementRow.municipality == SlotRow.municipality, PlacementRow.slot_id == SlotRow.id)
            query = query.join(PlacementRow, on_slot)
        query = query.where(SlotRow.municipality == self.municipality, where).group_by(
            AgreementRow.model, "setting_of_place"
        )
        return {(row[0], row[1]): int(row[2]) for row in self.session.execute(query)}

    def _in_force(self, today: date) -> ColumnElement[bool]:
        slot = and_(SlotRow.starts_on <= today, or_(SlotRow.ends_on.is_(None), SlotRow.ends_on >= today))
        return and_(self._agreement_in_force(today), slot)

    def _agreement_in_force(self, today: date) -> ColumnElement[bool]:
        return and_(
            AgreementRow.municipality == self.municipality,
            AgreementRow.valid_from <= today,
            or_(AgreementRow.valid_to.is_(None), AgreementRow.valid_to >= today),
        )

    def _free(self, today: date) -> ColumnElement[bool]:
        live = exists().where(
            PlacementRow.municipality == CitizenRow.municipality,
            PlacementRow.citizen_id == CitizenRow.id,
            self._not_ended(),
            PlacementRow.ends_on >= today,
        )
        return and_(CitizenRow.municipality == self.municipality, ~live)

    def _begun(self) -> ColumnElement[bool]:
        return and_(PlacementRow.municipality == self.municipality, PlacementRow.status != PlacementStatus.PLANNED)

    def _not_ended(self) -> ColumnElement[bool]:
        return PlacementRow.status != PlacementStatus.ENDED


def _within(at: Any, period: tuple[datetime, datetime]) -> ColumnElement[bool]:
    return and_(at >= period[0], at < period[1])
