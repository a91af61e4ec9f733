"""Seconds of planning again with changes, taking the plan into use and going back; prints JSON lines.

    python benchmarks/replan.py                     547 citizens, the documented municipality
    python benchmarks/replan.py --citizens 3000
    python benchmarks/replan.py --most 10           fails where a trial takes longer, in seconds

The trial is made as the page makes it: one proposal pinned, another excluded, and one place more somewhere. `share` is
of the trial's processor time: a plan that was tried is published without being solved again.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))

from fixtures import REFERENCE_DATE, municipality
from matcher.domain.agreement import AgreementModel
from service.clock import now
from service.db.migrate import migrate
from service.db.pairs import PairVerdict
from service.db.purpose import Channel, Viewer
from service.db.repositories import Agreements
from service.db.session import SessionFactory, read_only, session_factory, unit_of_work
from service.logs import configure_logging
from service.settings import Role
from service.use_cases.demo import take_in
from service.use_cases.nightly import Night, plan_night
from service.use_cases.placements import Person
from service.use_cases.plan_changes import PairChange, PlacesChange, PlanChanges
from service.use_cases.replanning import go_back, publish_night, try_night
from tests.serving import settings_for

CODE: Final = "0760"
LEAD: Final = Person("leder", "Lone Leder", frozenset({Role.TEAM_LEAD}))
VIEWER: Final = Viewer(LEAD.id, Role.TEAM_LEAD, Channel.PAGE)


def main() -> int:
    """Run and print; 1 where a trial took longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--citizens", type=int, default=547)
    parser.add_argument("--most", type=float, default=float("inf"), help="seconds that a trial may take")
    options = parser.parse_args()
    configure_logging("error")
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(Path(folder) / "replan.db")
        migrate(settings.database_url)
        sessions = session_factory(settings)
        take_in(sessions, CODE, municipality(citizens=options.citizens))
        night = plan_night(sessions, CODE, on=REFERENCE_DATE)
        changes = changes_of(sessions, night)
        planning: dict[str, Any] = {
            "on": REFERENCE_DATE,
            "step": lambda _phase, _done, _total: None,
            "taxonomy": None,
            "viewer": VIEWER,
        }
        trial, tried = timed(lambda: try_night(sessions, CODE, changes, **planning))
        figures = {"citizens": options.citizens, "placed": trial.counts.placed, "gap": trial.run.gap}
        tell("trial", tried, tried, figures | {"phases": dict(trial.run.seconds)})
        used, again = timed(lambda: publish_night(sessions, CODE, changes, **planning))
        assert used.plan_digest() == trial.plan_digest(), "the plan that was tried is the plan that is used"
        tell("taken into use", again, tried, figures)
        back, undone = timed(lambda: _back(sessions, used))
        assert back.id == night.run.id
        tell("gone back", undone, tried, figures)
    return int(tried.seconds > options.most)


def changes_of(sessions: SessionFactory, night: Night) -> PlanChanges:
    """The first two proposals' citizens and places, and one place more at the first that is no cluster's."""
    first, second = night.proposals[:2]
    moment = now()
    pairs = (
        PairChange(str(uuid4()), second.citizen_id, second.slot_id, PairVerdict.HELD, moment),
        PairChange(str(uuid4()), first.citizen_id, first.slot_id, PairVerdict.REJECTED, moment),
    )
    with read_only(sessions) as session:
        agreements = Agreements(session, CODE)
        agreement = next(one for one in agreements.iterate() if one.model is not AgreementModel.CLUSTER)
        version = agreements.get_versioned(agreement.id)[1]
    slot = agreement.slots[0]
    places = PlacesChange(agreement.id, version, slot.id, slot.capacity, slot.capacity + 1)
    return PlanChanges(LEAD, (places,), pairs, "Målt.")


def _back(sessions: SessionFactory, used: Night) -> Any:
    with unit_of_work(sessions) as session:
        return go_back(session, CODE, used.run.id, LEAD)


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, and of the processor."""

    seconds: float
    processor: float


def timed(work: Callable[[], Any]) -> tuple[Any, Took]:
    """What the work came to, and what it took."""
    started, used = time.perf_counter(), time.process_time()
    result = work()
    return result, Took(time.perf_counter() - started, time.process_time() - used)


def tell(what: str, took: Took, trial: Took, figures: dict[str, Any]) -> None:
    """Print one line."""
    line = {
        "what": what,
        "seconds": round(took.seconds, 2),
        "processor_seconds": round(took.processor, 2),
        "share": round(took.processor / trial.processor, 3),
    }
    print(json.dumps(line | figures))


if __name__ == "__main__":
    sys.exit(main())
