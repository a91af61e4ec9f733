"""What a person lets another plan be made with: other numbers of places, and pairs that it must or must not have.

The changes are tried without being stored. Taken into use they are written in the transaction that publishes the plan:
the places on the agreements, as whoever sends an agreement does, and the pairs beside the decisions on proposals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from matcher.domain.agreement import AgreementModel, SlotAgreement
from matcher.domain.decided import DecidedPair
from matcher.domain.placement import Verdict
from service.audit_chain import Action
from service.clock import DANISH_TIME
from service.db.audit_repositories import audited
from service.db.pair_repositories import PairDecisions
from service.db.pairs import PairDecision, PairVerdict
from service.db.purpose import Viewer
from service.db.records import MatchRun
from service.db.repositories import Agreements
from service.problems import AgreementChanged, NotFound, VersionConflict
from service.use_cases.matching import Stored
from service.use_cases.placements import Person

PLACES: Final = "places"
"""Parameter of a run that says which numbers of places were stored with it."""


@dataclass(frozen=True, slots=True)
class PlacesChange:
    """Another number of places at a slot, or, of a cluster, at all of its slots together.

    `version` is the agreement's when the change was stated; `slot_id` is None for the places that a cluster shares.
    """

    agreement_id: str
    version: int
    slot_id: str | None
    before: int
    after: int

    def applied(self, agreement: SlotAgreement) -> SlotAgreement:
        """The agreement with the places."""
        return _with_places(agreement, self.slot_id, self.after)


@dataclass(frozen=True, slots=True)
class PairChange:
    """A citizen and a place that the plan must have, must not have, or is free to choose again."""

    id: str
    citizen_id: str
    slot_id: str
    verdict: PairVerdict
    said_at: datetime


@dataclass(frozen=True, slots=True)
class PlanChanges:
    """What one person changes, and who it is. `reason` is asked for when the plan is taken into use."""

    person: Person
    places: tuple[PlacesChange, ...] = ()
    pairs: tuple[PairChange, ...] = ()
    reason: str = ""

    def __bool__(self) -> bool:
        return bool(self.places or self.pairs)

    def applied(self, stored: Stored) -> Stored:
        """What is stored, as it will be once the changes are."""
        changed: dict[str, SlotAgreement] = {one.id: one for one in stored.agreements}
        for change in self.places:
            if change.agreement_id in changed:
                changed[change.agreement_id] = change.applied(changed[change.agreement_id])
        said = {(one.citizen_id, one.slot_id): one for one in self.pairs}
        decided = [one for one in stored.decided if (one.citizen_id, one.slot_id) not in said]
        decided += [self._decided(one) for one in said.values() if one.verdict is not PairVerdict.FREE]
        agreements = tuple(changed[one.id] for one in stored.agreements)
        return replace(stored, agreements=agreements, decided=tuple(sorted(decided, key=lambda one: one.id)))

    def parameters(self) -> Mapping[str, Any]:
        """What is written beside the run: the places; the pairs stand in a table of their own."""
        return {PLACES: [asdict(one) for one in self.places]} if self.places else {}

    def write(self, session: Session, municipality: str, run: MatchRun, actor: Viewer) -> None:
        """Write them with the run, as `actor` did it. Raises AgreementChanged where an agreement is another by now."""
        for agreement_id, changes in _by_agreement(self.places).items():
            version = min(one.version for one in changes)
            places = {one.slot_id: one.after for one in changes}
            write_places(session, municipality, agreement_id, places, version, actor)
        PairDecisions(session, municipality).add(
            PairDecision(
                one.id,
                run.id,
                one.citizen_id,
                one.slot_id,
                one.verdict,
                self.reason,
                one.said_at,
                self.person.id,
                self.person.name,
            )
            for one in self.pairs
        )
        for one in self.pairs:
            details = {"run_id": run.id, "slot_id": one.slot_id, "verdict": one.verdict.value}
            audited(session, municipality, Action.PAIR_DECIDED, "citizen", one.citizen_id, details, actor=actor)

    def _decided(self, one: PairChange) -> DecidedPair:
        said_on = one.said_at.astimezone(DANISH_TIME).date()
        return DecidedPair(one.id, one.citizen_id, one.slot_id, Verdict(one.verdict), said_on, self.person.name)


def restore_places(session: Session, municipality: str, run_parameters: Mapping[str, Any]) -> None:
    """Write the numbers of places as they were before a run was published with others.

    Raises AgreementChanged where somebody has changed an agreement since.
    """
    changes = [PlacesChange(**one) for one in run_parameters.get(PLACES, ())]
    for agreement_id, of_agreement in _by_agreement(changes).items():
        before = {one.slot_id: one.before for one in of_agreement}
        write_places(session, municipality, agreement_id, before, of_agreement[0].version + 1)


def write_places(
    session: Session,
    municipality: str,
    agreement_id: str,
    places: Mapping[str | None, int],
    version: int,
    actor: Viewer | None = None,
) -> None:
    """Write numbers of places on the version of an agreement that they were stated for; by slot, None = of a cluster.

    `actor`: who did it; None = who acts in the session.

    Raises AgreementChanged where somebody has changed the agreement since.
    """
    agreements = Agreements(session, municipality)
    try:
        agreement = agreements.get(agreement_id)
        for slot_id, number in places.items():
            agreement = _with_places(agreement, slot_id, number)
        agreements.put(agreement, version)
    except (NotFound, VersionConflict) as error:
        raise AgreementChanged from error
    details = {"places": {slot_id or agreement_id: number for slot_id, number in places.items()}}
    audited(session, municipality, Action.PLACES_CHANGED, "agreement", agreement_id, details, actor=actor)


def places_stated(agreement: SlotAgreement, slot_id: str) -> tuple[str | None, int]:
    """Where the number of places of a slot is stated: the slot, or None for its cluster; and the number."""
    if agreement.model is AgreementModel.CLUSTER:
        return None, agreement.places or 0
    return slot_id, next(slot.capacity for slot in agreement.slots if slot.id == slot_id)


def _with_places(agreement: SlotAgreement, slot_id: str | None, number: int) -> SlotAgreement:
    if slot_id is None:
        return replace(agreement, places=number)
    slots = tuple(replace(slot, capacity=number) if slot.id == slot_id else slot for slot in agreement.slots)
    return replace(agreement, slots=slots)


def _by_agreement(changes: Iterable[PlacesChange]) -> dict[str, tuple[PlacesChange, ...]]:
    found: dict[str, tuple[PlacesChange, ...]] = {}
    for one in changes:
        found[one.agreement_id] = (*found.get(one.agreement_id, ()), one)
    return found
