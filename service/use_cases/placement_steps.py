"""Steps of a placement: which may follow which, and that each is written down and told."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import uuid4

from sqlalchemy.orm import Session

from matcher.domain.placement import Placement, PlacementStatus
from matcher.domain.validation import check_text
from service.audit_chain import Action
from service.clock import now
from service.db.audit_repositories import audited
from service.db.outbox import EventType
from service.db.outbox_repositories import announce
from service.db.placing import PlacementEvents
from service.db.purpose import Viewer
from service.db.records import PlacementChange, PlacementEvent

STEPS: Final[Mapping[PlacementStatus, frozenset[PlacementStatus]]] = {
    PlacementStatus.PLANNED: frozenset((PlacementStatus.PLANNED, PlacementStatus.RUNNING, PlacementStatus.ENDED)),
    PlacementStatus.RUNNING: frozenset((PlacementStatus.RUNNING, PlacementStatus.ENDED)),
    PlacementStatus.ENDED: frozenset(),
}
"""Status that each status may be followed by: a placement never goes back, and one that has ended stays as it is."""
_TOLD: Final[Mapping[PlacementChange, tuple[Action, EventType]]] = {
    PlacementChange.MADE: (Action.PLACEMENT_CREATED, EventType.PLACEMENT_CREATED),
    PlacementChange.CHANGED: (Action.PLACEMENT_CHANGED, EventType.PLACEMENT_CHANGED),
    PlacementChange.WITHDRAWN: (Action.PLACEMENT_REMOVED, EventType.PLACEMENT_REMOVED),
}


class Step(NamedTuple):
    """What was done to a placement. `details`: rules set aside, fields changed, and where it came from."""

    placement: Placement
    change: PlacementChange
    details: Mapping[str, Any]
    proposal_id: str | None = None


def changed_fields(before: Placement, after: Placement) -> list[str]:
    """Names of the fields in which two placements differ, in order."""
    return sorted(name for name in Placement.__slots__ if getattr(before, name) != getattr(after, name))


def write_down(session: Session, municipality: str, step: Step, recorded_by: str, reason: str) -> None:
    """Write a step and tell of it, in the transaction in which it is done."""
    record_step(session, municipality, step, recorded_by, reason)
    tell_step(session, municipality, step)


def record_step(session: Session, municipality: str, step: Step, recorded_by: str, reason: str) -> None:
    """Write a step into the placement's own history; raises InvalidValueError where the reason says nothing."""
    check_text("reason", reason, required=True)
    PlacementEvents(session, municipality).add(
        PlacementEvent(
            id=str(uuid4()),
            placement_id=step.placement.id,
            citizen_id=step.placement.citizen_id,
            slot_id=step.placement.slot_id,
            change=step.change,
            recorded_by=recorded_by,
            recorded_at=now(),
            reason=reason.strip(),
            proposal_id=step.proposal_id,
            details=dict(step.details),
        )
    )


def tell_step(session: Session, municipality: str, step: Step, actor: Viewer | None = None) -> None:
    """Put a step into the audit chain and the outbox; outside savepoints that may be taken back.

    `actor`: who did it; None = who acts in the session.
    """
    action, told = _TOLD[step.change]
    noted = {
        "decided_by": step.placement.decided_by if step.change is PlacementChange.MADE else None,
        "citizen_id": step.placement.citizen_id,
        "slot_id": step.placement.slot_id,
        "rules_set_aside": sorted(step.details.get("overrides", ())),
        "fields": step.details.get("fields", []),
        "proposal_id": step.proposal_id,
    }
    held = {name: value for name, value in noted.items() if value}
    audited(session, municipality, action, "placement", step.placement.id, held, actor=actor)
    announce(session, municipality, told, {"placement_id": step.placement.id})
