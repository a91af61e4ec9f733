"""Repositories of what is learnt: models with their figures, who chose which weights, terms as they were proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, insert, select
from sqlalchemy.orm import Session

from matcher.domain.placement import PlacementStatus, Verdict
from service.db.tables import DecisionRow, LearntWeightsRow, MatchRunRow, PlacementRow, ProposalRow, WeightsChoiceRow
from service.problems import NotFound


@dataclass(frozen=True, slots=True)
class StoredWeights:
    """A learnt model and how it was measured, as JSON."""

    id: str
    learnt_at: datetime
    model: Mapping[str, Any]
    validation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WeightsChoice:
    """Who chose which weights, and why; `weights_id` None: the hand-set ones."""

    weights_id: str | None
    chosen_by: str
    reason: str
    chosen_at: datetime


_NEWEST_FIRST = (WeightsChoiceRow.chosen_at.desc(), WeightsChoiceRow.id)


class LearntWeights:
    """Learnt weights of a municipality and the choices between them."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add(self, learnt: StoredWeights) -> None:
        """Write a model; one that is there already (the same numbers) stays as it is."""
        if self.session.get(LearntWeightsRow, (self.municipality, learnt.id)) is None:
            row = LearntWeightsRow(
                municipality=self.municipality,
                id=learnt.id,
                learnt_at=learnt.learnt_at,
                model=dict(learnt.model),
                validation=dict(learnt.validation),
            )
            self.session.add(row)

    def get(self, id_: str) -> StoredWeights:
        """A model; raises NotFound."""
        row = self.session.get(LearntWeightsRow, (self.municipality, id_))
        if row is None:
            raise NotFound
        return _stored(row)

    def all(self) -> tuple[StoredWeights, ...]:
        """Every model, newest first."""
        query = (
            select(LearntWeightsRow)
            .where(LearntWeightsRow.municipality == self.municipality)
            .order_by(LearntWeightsRow.learnt_at.desc(), LearntWeightsRow.id)
        )
        return tuple(_stored(row) for row in self.session.scalars(query))

    def choose(self, choice: WeightsChoice) -> None:
        """Write a choice; raises NotFound where the weights do not exist."""
        if choice.weights_id is not None:
            self.get(choice.weights_id)
        self.session.execute(
            insert(WeightsChoiceRow),
            [
                {
                    "municipality": self.municipality,
                    "id": str(uuid4()),
                    "weights_id": choice.weights_id,
                    "chosen_by": choice.chosen_by,
                    "reason": choice.reason,
                    "chosen_at": choice.chosen_at,
                }
            ],
        )

    def choices(self) -> tuple[WeightsChoice, ...]:
        """Every choice, newest first; the first one holds."""
        query = (
            select(WeightsChoiceRow).where(WeightsChoiceRow.municipality == self.municipality).order_by(*_NEWEST_FIRST)
        )
        return tuple(
            WeightsChoice(row.weights_id, row.chosen_by, row.reason, row.chosen_at)
            for row in self.session.scalars(query)
        )


def weights_chosen(session: Session) -> set[tuple[str, str]]:
    """Municipality and id of the learnt weights in use, of every municipality that has chosen some last."""
    query = select(WeightsChoiceRow.municipality, WeightsChoiceRow.weights_id).order_by(*_NEWEST_FIRST)
    last: dict[str, str | None] = {}
    for municipality, weights_id in session.execute(query):
        last.setdefault(municipality, weights_id)
    return {(municipality, weights_id) for municipality, weights_id in last.items() if weights_id is not None}


def reasons_before_start(session: Session, municipality: str) -> dict[str, Mapping[str, Any]]:
    """For each ended placement that was proposed: the explanation of the last proposal before it started."""
    same_pair = and_(
        ProposalRow.municipality == PlacementRow.municipality,
        ProposalRow.citizen_id == PlacementRow.citizen_id,
        ProposalRow.slot_id == PlacementRow.slot_id,
    )
    of_run = and_(MatchRunRow.municipality == ProposalRow.municipality, MatchRunRow.id == ProposalRow.run_id)
    query = (
        select(PlacementRow.id, ProposalRow.explanation)
        .join(ProposalRow, same_pair)
        .join(MatchRunRow, of_run)
        .where(
            PlacementRow.municipality == municipality,
            PlacementRow.status == PlacementStatus.ENDED,
            MatchRunRow.planned_on <= PlacementRow.starts_on,
        )
        .order_by(MatchRunRow.planned_on, MatchRunRow.created_at)
    )
    return {row.id: row.explanation for row in session.execute(query)}


def decided_values(session: Session, municipality: str) -> tuple[tuple[Verdict, float], ...]:
    """Verdict and value of every proposal that somebody has decided about; the last decision holds."""
    same = and_(ProposalRow.municipality == DecisionRow.municipality, ProposalRow.id == DecisionRow.proposal_id)
    query = (
        select(ProposalRow.id, DecisionRow.verdict, ProposalRow.value)
        .join(DecisionRow, same)
        .where(ProposalRow.municipality == municipality, DecisionRow.taken_back_at.is_(None))
        .order_by(DecisionRow.decided_at, DecisionRow.id)
    )
    last = {row.id: (Verdict(row.verdict), row.value) for row in session.execute(query)}
    return tuple(last.values())


def _stored(row: LearntWeightsRow) -> StoredWeights:
    return StoredWeights(row.id, row.learnt_at, row.model, row.validation)
