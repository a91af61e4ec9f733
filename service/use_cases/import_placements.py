"""Placements that files bring: what was agreed elsewhere, held to what is agreed here.

What has ended is history and comes in as it is. A planned placement is asked everything that one agreed here is asked;
one that runs already is a fact, but its place must have room and its citizen no other placement. A step never goes
back, and a program changes nothing that others agreed here. Each step is written down, as one agreed here is.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from matcher.domain.placement import Placement, PlacementStatus
from matcher.limits import Barrier
from service.db.acting import actor_of
from service.db.documents import Saved
from service.db.placing import PlacementEvents, lock_around
from service.db.purpose import Viewer
from service.db.records import PlacementChange
from service.db.repositories import Placements
from service.problems import FieldError
from service.settings import Role
from service.use_cases.capacity import DATES, HOURS, Obstacle, Wanted, look
from service.use_cases.discretion import OBSTACLES_OF_NEEDS
from service.use_cases.placement_steps import STEPS, Step, changed_fields, record_step

_KEPT: Final = ("citizen_id", "slot_id", "form")
"""Fields that stay what they were agreed as."""
_FIELDS: Final = {Barrier.ALREADY_PLACED: "citizen_id", DATES: "starts_on", HOURS: "hours_per_week"}
"""Field that stands in the way, by obstacle; the place where none is named."""
_FILES: Final = "import"
"""Where a placement comes from that a file brought."""

Outcome = Saved | tuple[FieldError, ...]


class ImportedPlacements:
    """Takes placements of an import by `actor` (None = who acts in the session) on a day."""

    def __init__(self, session: Session, municipality: str, on: date, actor: Viewer | None) -> None:
        self._session = session
        self._municipality = municipality
        self._on = on
        self._actor = actor
        self._placements = Placements(session, municipality)

    def put(self, values: Sequence[Placement]) -> tuple[list[Outcome], list[Step]]:
        """Write the placements that may be; what became of each, in their order, and the steps that are to be told."""
        before = {one.id: one for one in self._placements.among(one.id for one in values)}
        stepping = {one.id for one in values if _steps(before.get(one.id), one)}
        lock_around(
            self._session, self._municipality, [(one.citizen_id, one.slot_id) for one in values if one.id in stepping]
        )
        still = [one for one in values if one.id not in stepping]
        outcomes: dict[str, Outcome] = {
            one.id: saved for one, saved in zip(still, self._placements.put_many(still), strict=True)
        }
        steps = []
        for one in values:
            if one.id not in stepping:
                continue
            wrong = tuple(self._wrong(before.get(one.id), one))
            if wrong:
                outcomes[one.id] = wrong
                continue
            outcomes[one.id] = self._placements.put_many([one])[0]
            steps.append(_step(before.get(one.id), one))
            record_step(self._session, self._municipality, steps[-1], self._by.id, one.reason)
        return [outcomes[one.id] for one in values], steps

    @property
    def _by(self) -> Viewer:
        return self._actor or actor_of(self._session)

    def _wrong(self, before: Placement | None, after: Placement) -> Iterator[FieldError]:
        if before is not None:
            yield from self._not_followed(before, after)
        elif after.status is PlacementStatus.RUNNING:
            yield from self._no_room(after)
        if after.status is not PlacementStatus.ENDED and _asks_more(before, after):
            yield from map(_told, self._obstacles(before, after))

    def _not_followed(self, before: Placement, after: Placement) -> Iterator[FieldError]:
        if before.status is PlacementStatus.ENDED:
            yield FieldError("status", "has ended already", "leave it as it was registered")
        elif after.status not in STEPS[before.status]:
            yield FieldError("status", "would go back", "leave it as it is")
        for name in _KEPT:
            if getattr(before, name) != getattr(after, name):
                yield FieldError(name, "cannot be changed", "end this placement and write a new one")
        events = PlacementEvents(self._session, self._municipality).of_placement(before.id)
        agreed_by = {
            one.recorded_by
            for one in events
            if one.change is PlacementChange.MADE and one.details.get("source") != _FILES
        }
        if self._by.role is Role.CASE_SYSTEM and agreed_by - {self._by.id}:
            yield FieldError("id", "belongs to a placement that others agreed", "change it where it was agreed")

    def _no_room(self, after: Placement) -> Iterator[FieldError]:
        """What keeps a placement that runs already from being counted: it is a fact, but the place must have room."""
        found = self._placements.live_beside(after, self._on)
        if found.of_citizen:
            yield FieldError("citizen_id", "has another placement", "end that one first")
        if found.in_slot >= found.capacity:
            yield FieldError("slot_id", "has no places left", "give the slot more places, or end another placement")

    def _obstacles(self, before: Placement | None, after: Placement) -> tuple[Obstacle, ...]:
        wanted = Wanted(after.citizen_id, after.slot_id, after.starts_on, after.ends_on, after.hours_per_week)
        changed = None if before is None else before.id
        return look(self._session, self._municipality, wanted, on=self._on, changed=changed).obstacles


def _step(before: Placement | None, after: Placement) -> Step:
    if before is None:
        return Step(after, PlacementChange.MADE, {"source": _FILES})
    return Step(after, PlacementChange.CHANGED, {"source": _FILES, "fields": changed_fields(before, after)})


def _steps(before: Placement | None, after: Placement) -> bool:
    """Whether a row is a step of a placement: not what is stored already, and not history."""
    return before != after and not (before is None and after.status is PlacementStatus.ENDED)


def _asks_more(before: Placement | None, after: Placement) -> bool:
    """Whether limits are to be asked: of a plan, and of whatever takes more than before."""
    if before is None:
        return after.status is PlacementStatus.PLANNED
    return (
        after.starts_on != before.starts_on
        or after.ends_on > before.ends_on
        or after.hours_per_week > before.hours_per_week
    )


def _told(obstacle: Obstacle) -> FieldError:
    """An obstacle as the error of a row."""
    if obstacle.id in OBSTACLES_OF_NEEDS:  # who may not know of needs may read a report of an import
        return FieldError("slot_id", "does not keep every need", "look at the citizen's list for what is in the way")
    fix = "agree it in the service, where a named person may set a rule aside with a reason"
    return FieldError(_FIELDS.get(obstacle.id, "slot_id"), obstacle.text.danish, fix)
