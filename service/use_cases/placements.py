"""Placements: what a named person agrees, inside or outside the list, and how it goes on.

Rules and limits are asked anew when a placement is agreed (`service/use_cases/capacity.py`). What may be set aside, by
whom and with what reason, is what the rule book says; nothing else is. Every step is written down with who and why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar
from uuid import uuid4

from sqlalchemy.orm import Session

from matcher.domain.agreement import COUNTED_AS_SUPPORTED
from matcher.domain.placement import Placement, PlacementStatus
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import WRITTEN_STATEMENT
from matcher.domain.validation import check_text
from service.db.placing import PlacementEvents
from service.db.records import PlacementChange
from service.db.repositories import Citizens, Placements
from service.problems import (
    Alternative,
    FieldError,
    Forbidden,
    InvalidInput,
    NotPossibleNow,
    PlacementBegun,
    VersionConflict,
    WrongStep,
)
from service.use_cases.capacity import Found, Obstacle, Wanted, look
from service.use_cases.discretion import NOT_SHOWN, OBSTACLES_OF_NEEDS, WITHHELD
from service.use_cases.placement_steps import STEPS, Step, changed_fields, write_down
from service.use_cases.records import Recorder, show_list
from service.use_cases.rules import rulebook_of

Refused = TypeVar("Refused", bound=NotPossibleNow)
NEXT_BEST: Final = 3
"""Places that are named instead of one that is not possible."""
_SHARED: Final = ("ends_on", "hours_per_week")
"""Fields that take more or less of what placements share."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides.

    Attributes
    ----------
    id, name : as they are written beside the placement
    roles : which rules the person may set aside follows from them
    keeps_only_own : a program that may change only placements that it has written itself
    sees_needs : whether what tells of health-related needs is told to the person
    """

    id: str
    name: str
    roles: frozenset[str]
    keeps_only_own: bool = False
    sees_needs: bool = True


def reasons_for(obstacles: Sequence[Obstacle], person: Person) -> list[tuple[str, str, str]]:
    """Obstacles as a problem states them; those that tell of a need only to whoever may know it."""
    return [
        (WITHHELD, NOT_SHOWN.danish, NOT_SHOWN.english)
        if one.id in OBSTACLES_OF_NEEDS and not person.sees_needs
        else (one.id, one.text.danish, one.text.english)
        for one in obstacles
    ]


def refused_with_next_best(
    session: Session, recorder: Recorder, wanted: Wanted, refused: Refused, today: date
) -> Refused:
    """The problem with the next best places of the citizen, which are recorded as a list.

    What the session has written before is undone first. Raises NotRecorded.
    """
    session.rollback()
    found = show_list(session, recorder, wanted.citizen_id, today=today, places=NEXT_BEST + 1).view
    others = [one.explanation for one in found.places if one.slot_id != wanted.slot_id]
    best = [Alternative(one.slot_id, one.heading, round(one.value, 4)) for one in others[:NEXT_BEST]]
    return type(refused)(refused.reasons, best)


def choose_place(
    session: Session,
    municipality: str,
    wanted: Wanted,
    person: Person,
    *,
    decided_by: str,
    reason: str,
    overrides: Mapping[str, str],
    today: date,
) -> Placement:
    """A placement that a named person chooses, on the citizen's list or beside it.

    Raises NotFound where there is no such citizen for the caller, and what `rules_set_aside` raises.
    """
    Citizens(session, municipality).get(wanted.citizen_id)
    found = look(session, municipality, wanted, on=today)
    set_aside = rules_set_aside(found, person, overrides)
    return agree(
        session, municipality, wanted, found, by=person, decided_by=decided_by, reason=reason, set_aside=set_aside
    )


def rules_set_aside(
    found: Found, person: Person, overrides: Mapping[str, str], refused: type[NotPossibleNow] = NotPossibleNow
) -> dict[str, str]:
    """Rules that are set aside with their reasons; refuses what stands in the way beside them.

    Raises Forbidden where the person sets aside what only others may, `refused` where a rule or limit is in the way
    that nobody, or not this person, may set aside, and InvalidInput where a reason is missing, or is given for a rule
    that is not in the way.
    """
    for one in found.obstacles:
        if one.id in overrides and one.by and person.roles.isdisjoint(one.by):
            raise Forbidden(f"{one.id} may be set aside by {' or '.join(sorted(one.by))}")
    left = [one for one in found.obstacles if person.roles.isdisjoint(one.by) or one.id not in overrides]
    may = [one for one in left if not person.roles.isdisjoint(one.by)]
    if left and left != may:
        raise refused(reasons_for(left, person))
    if may:
        raise InvalidInput(
            errors=[
                FieldError(f"overrides.{one.id}", "is missing: the rule is not kept", one.text.english) for one in may
            ]
        )
    in_the_way = {one.id for one in found.obstacles}
    unknown = sorted(set(overrides) - in_the_way)
    if unknown:
        raise InvalidInput(
            errors=[FieldError("overrides", "names a rule that is not in the way", "leave it out") for _ in unknown[:1]]
        )
    for id_, text in overrides.items():
        check_text(f"overrides.{id_}", text, required=True)
    return dict(overrides)


def agree(
    session: Session,
    municipality: str,
    wanted: Wanted,
    found: Found,
    *,
    by: Person,
    decided_by: str,
    reason: str,
    set_aside: Mapping[str, str],
    proposal_id: str | None = None,
) -> Placement:
    """Write a placement that nothing stands in the way of, and who agreed it. `found` has terms."""
    if found.terms is None:
        raise NotPossibleNow(reasons_for(found.obstacles, by))
    placement = Placement(
        id=str(uuid4()),
        citizen_id=wanted.citizen_id,
        slot_id=wanted.slot_id,
        form=found.terms.form,
        status=PlacementStatus.PLANNED,
        hours_per_week=found.terms.hours_per_week,
        starts_on=found.terms.starts_on,
        ends_on=found.terms.ends_on,
        decided_by=decided_by,
        reason=reason.strip(),
    )
    Placements(session, municipality).put(placement, expected_version=0)
    details = {"source": "proposal" if proposal_id else "chosen", "overrides": dict(set_aside)}
    step = Step(placement, PlacementChange.MADE, details, proposal_id)
    write_down(session, municipality, step, by.id, reason)
    return placement


def withdraw(
    session: Session,
    municipality: str,
    placement_id: str,
    by: Person,
    *,
    reason: str,
    proposal_id: str | None,
    today: date,
) -> None:
    """Remove a planned placement that has not begun; what was agreed and why it was taken back stays written down.

    `proposal_id`: the proposal that it came of; None where the place was chosen. Raises PlacementBegun.
    """
    placements = Placements(session, municipality)
    placement = placements.get(placement_id)
    if placement.status is not PlacementStatus.PLANNED or placement.starts_on <= today:
        raise PlacementBegun("end the placement instead")
    placements.delete(placement_id)
    details = {"starts_on": placement.starts_on.isoformat(), "ends_on": placement.ends_on.isoformat()}
    step = Step(placement, PlacementChange.WITHDRAWN, details, proposal_id)
    write_down(session, municipality, step, by.id, reason)


def change_placement(
    session: Session,
    municipality: str,
    placement_id: str,
    changes: Mapping[str, Any],
    by: Person,
    *,
    expected_version: int,
    reason: str,
    today: date,
) -> tuple[Placement, int]:
    """Change some fields of a placement: its status, outcome, dates, hours, confirmation or work agreement.

    Returns the placement and its new version. Raises NotFound, VersionConflict where somebody else has changed it,
    WrongStep where the status cannot follow, NotPossibleNow where longer or more hours break a limit, and Forbidden
    where a program changes what it has not written.
    """
    placements, events = Placements(session, municipality), PlacementEvents(session, municipality)
    before = placements.get(placement_id)
    if by.keeps_only_own and by.id not in {one.recorded_by for one in events.of_placement(placement_id)}:
        raise Forbidden("a program changes only placements that it has written itself")
    shared = _takes_more(before, changes)
    found = look(session, municipality, _as_changed(before, changes), on=today, changed=placement_id)
    before, version = placements.get_versioned(placement_id)
    if version != expected_version:
        raise VersionConflict("it has changed since it was read; read it again")
    _check_order(before.status, changes.get("status", before.status))
    after = replace(before, **changes)
    _check_confirmed(changes.get("statement_confirmed_on"), today)
    _check_begin(before, after, rulebook_of(session, municipality), today)
    if shared and found.obstacles and after.status is not PlacementStatus.ENDED:
        raise NotPossibleNow(reasons_for(found.obstacles, by))
    saved = placements.put(after, expected_version=expected_version)
    step = Step(after, PlacementChange.CHANGED, {"fields": changed_fields(before, after)})
    write_down(session, municipality, step, by.id, reason)
    return after, saved.version


def _takes_more(before: Placement, changes: Mapping[str, Any]) -> bool:
    moved = "starts_on" in changes and changes["starts_on"] != before.starts_on
    return moved or any(name in changes and changes[name] > getattr(before, name) for name in _SHARED)


def _as_changed(before: Placement, changes: Mapping[str, Any]) -> Wanted:
    return Wanted(
        before.citizen_id,
        before.slot_id,
        changes.get("starts_on", before.starts_on),
        changes.get("ends_on", before.ends_on),
        changes.get("hours_per_week"),
    )


def _check_order(before: PlacementStatus, after: PlacementStatus) -> None:
    if before is PlacementStatus.ENDED:
        raise WrongStep("it has ended; what was registered stays")
    if after not in STEPS[before]:
        raise WrongStep(f"from {before} it cannot become {after}")


def _check_confirmed(confirmed_on: date | None, today: date) -> None:
    if confirmed_on is not None and confirmed_on > today:
        fix = "give the day that the statement was signed, today at the latest"
        raise InvalidInput(errors=[FieldError("statement_confirmed_on", "lies in the future", fix)])


def _check_begin(before: Placement, after: Placement, book: RuleBook, today: date) -> None:
    begins = before.status is PlacementStatus.PLANNED and after.status is PlacementStatus.RUNNING
    counted = after.form in COUNTED_AS_SUPPORTED and book.holds(WRITTEN_STATEMENT, after.starts_on)
    if begins and counted and after.statement_confirmed_on is None:
        raise WrongStep("the employer and the employees' representative confirm the limits in writing before the start")
    if begins and after.starts_on > today:
        raise WrongStep("its first day has not come; move starts_on, or wait")
