"""What a night changed: its proposals beside those of the run before. Numbers only; operations sees no citizen."""

from dataclasses import asdict, dataclass
from datetime import date

from service.db.repositories import MatchRuns, Proposals
from service.db.session import SessionFactory, read_only
from service.use_cases.night_counts import NightCounts
from service.use_cases.nightly import Night


@dataclass(frozen=True, slots=True)
class Changes:
    """Citizens by what became of their proposal since the run before.

    Attributes
    ----------
    same, moved, new, gone : proposed for the same place as before, for another one, only now, only before
    placed, unplaced, in_placement : the difference of the figure to that of the run before
    """

    run_id: str
    planned_on: date
    same: int
    moved: int
    new: int
    gone: int
    placed: int
    unplaced: int
    in_placement: int

    def as_record(self) -> dict[str, str | int]:
        """As JSON."""
        return asdict(self) | {"planned_on": self.planned_on.isoformat()}


def changes_since(sessions: SessionFactory, municipality: str, night: Night) -> Changes | None:
    """What is another in a night than in the run before it; None where there is none before."""
    with read_only(sessions) as session:
        runs = MatchRuns(session, municipality)
        kept = night.stored and runs.knows(night.run.id)
        before = runs.before(night.run if kept else None)
        if before is None:
            return None
        then = {one.citizen_id: one.slot_id for one in Proposals(session, municipality).of_run(before.id)}
    now = {one.citizen_id: one.slot_id for one in night.proposals}
    both = then.keys() & now.keys()
    same = sum(then[citizen_id] == now[citizen_id] for citizen_id in both)
    counts = NightCounts.model_validate(before.counts)
    return Changes(
        run_id=before.id,
        planned_on=before.planned_on,
        same=same,
        moved=len(both) - same,
        new=len(now) - len(both),
        gone=len(then) - len(both),
        placed=night.counts.placed - counts.placed,
        unplaced=night.counts.unplaced - counts.unplaced,
        in_placement=night.counts.in_placement - counts.in_placement,
    )
