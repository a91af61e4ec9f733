"""What Prometheus reads at `/metrics`: requests by route template, and the last night of each municipality.

No label holds an id or an address as it was sent: routes stand as templates, whatever matches none as `none`.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Final

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from prometheus_fastapi_instrumentator import Instrumentator

from service.clock import now
from service.db.failures import FAILURES
from service.db.night_figures import LastNight, last_nights
from service.db.nights import RunState
from service.db.session import SessionFactory, read_only
from service.use_cases.night_lock import has_given_up

MUNICIPALITY = "municipality"
SHARED_COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Variable of the environment with the folder that several processes count in; looked for when counting is imported."""


def measure(app: FastAPI, sessions: SessionFactory) -> None:
    """Measure the requests of an application and answer at `/metrics`.

    The application must not redirect slashes of its own: such addresses would be shown as they were sent.
    """
    if app.router.redirect_slashes:
        raise ValueError("app: expected an application with redirect_slashes=False")
    registry, nights = CollectorRegistry(), Nights(sessions)
    instrumentator = Instrumentator(registry=registry, should_group_status_codes=False, excluded_handlers=["/metrics"])
    instrumentator.instrument(app)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        """Counts of all processes where there are several, and what the database says."""
        shown = registry
        if SHARED_COUNTS in os.environ:
            MultiProcessCollector(shown := CollectorRegistry())  # type: ignore[no-untyped-call]
        return Response(generate_latest(shown) + generate_latest(nights), media_type=CONTENT_TYPE_LATEST)


class Nights(Collector):
    """The last night of each municipality, read from the database when somebody asks."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def describe(self) -> Iterable[Metric]:
        """Nothing before the database is asked."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The gauges; where the database does not answer, only that."""
        up = GaugeMetricFamily("matcher_database_up", "1 if the database answers")
        try:
            with read_only(self._sessions) as session:
                nights = last_nights(session)
        except FAILURES:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from _states(nights)
        yield from _figures(nights)


def _states(nights: Iterable[LastNight]) -> Iterator[Metric]:
    running = _gauge("matcher_night_running", "1 while a night is being planned")
    failed = _gauge("matcher_night_failed", "1 if the newest attempt published nothing")
    for night in nights:
        alive = night.lock is not None and not has_given_up(night.lock)
        under_way = night.state in (RunState.QUEUED, RunState.RUNNING)
        running.add_metric([night.municipality], int(alive))
        failed.add_metric([night.municipality], int(night.state is RunState.FAILED or (under_way and not alive)))
    yield running
    yield failed


def _figures(nights: Iterable[LastNight]) -> Iterator[Metric]:
    age = _gauge("matcher_night_age_seconds", "Seconds since the newest run was published")
    gap = _gauge("matcher_night_gap_ratio", "Share by which a plan could be better at most")
    placed = _gauge("matcher_night_placed", "Citizens with a proposal in the newest run")
    unplaced = _gauge("matcher_night_unplaced", "Citizens without a place in the newest run")
    seconds = GaugeMetricFamily(
        "matcher_night_phase_seconds", "Seconds of each phase of the newest run", labels=[MUNICIPALITY, "phase"]
    )
    moment = now()
    for night in nights:
        run, labels = night.run, [night.municipality]
        if run is None:
            continue
        age.add_metric(labels, max(0.0, (moment - run.created_at).total_seconds()))
        gap.add_metric(labels, run.gap)
        placed.add_metric(labels, run.counts["placed"])
        unplaced.add_metric(labels, run.counts["unplaced"])
        for phase, taken in run.seconds.items():
            seconds.add_metric([*labels, phase], taken)
    yield from (age, gap, placed, unplaced, seconds)


def _gauge(name: str, description: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, description, labels=[MUNICIPALITY])
