"""What a list has read of a desk beside what a snapshot holds: so much is written down with it."""

from dataclasses import dataclass, field, replace

from service.db.records import ProposedPair
from service.use_cases.desk import Desk
from service.use_cases.latest_run import Outcome
from service.use_cases.matching import Stored
from service.use_cases.planning import Planned
from service.use_cases.snapshots import content_digest


@dataclass
class Reached:
    """What has been read through a desk that is watched.

    Attributes
    ----------
    outcomes : what the latest run came to for those who were asked about
    proposed : the pairs that it proposes; None where nobody asked
    by_clock : whether the clock ended a plan that was made: another may come out when it is made again
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    proposed: tuple[ProposedPair, ...] | None = None
    by_clock: bool = False

    def watch(self, desk: Desk) -> Desk:
        """The same desk; what is read through it is remembered, and read once."""

        def outcome_of(citizen_id: str) -> Outcome:
            if citizen_id not in self.outcomes:
                self.outcomes[citizen_id] = desk.outcome_of(citizen_id)
            return self.outcomes[citizen_id]

        def proposed() -> tuple[ProposedPair, ...]:
            if self.proposed is None:
                self.proposed = desk.proposed()
            return self.proposed

        def plan(stored: Stored) -> Planned:
            planned = desk.plan(stored)
            self.by_clock = self.by_clock or not planned.plan.repeatable
            return planned

        return replace(desk, outcome_of=outcome_of, proposed=proposed, plan=plan)

    @property
    def proposals(self) -> str | None:
        """SHA-256 of the pairs that the run proposes, hexadecimal; None where nobody asked. The run itself has them."""
        if self.proposed is None:
            return None
        return content_digest([[one.id, one.citizen_id, one.slot_id] for one in self.proposed])
