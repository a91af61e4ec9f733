"""How the effort goes, for those who lead it: shares against goals, places, waiting, outcomes, decisions.

Everything is counted by the database and names nobody. How placements ended may tell of a person where few did so:
outcomes below the smallest group are hidden, with as many others as keep them from being worked out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from features.fairness_statistics import SMALLEST_GROUP, hidden_cells
from matcher.domain.placement import LEADS_ON, Outcome, Verdict
from service.clock import day_in_utc
from service.db.overview_repositories import Chosen, OverviewFigures, PlaceUse
from service.db.scoping import whole_municipality
from service.use_cases.overview_goals import GOALS, GroupGoal

MONTHS: Final = 12
WAITED_DAYS: Final = (91, 182, 365, 730)
"""Where the bands of waiting times part: a quarter, half a year, a year, two years."""


@dataclass(frozen=True, slots=True)
class MonthShare:
    """A target group on the last day of a month, or today; `share` is None where it has too few citizens."""

    on: date
    placed: int
    citizens: int

    @property
    def share(self) -> float | None:
        """Share of the citizens with a placement, in [0, 1]."""
        return self.placed / self.citizens if self.citizens >= SMALLEST_GROUP else None


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """A target group against its goal, month by month."""

    goal: GroupGoal
    months: tuple[MonthShare, ...]

    @property
    def now(self) -> float | None:
        """The share today."""
        return self.months[-1].share


@dataclass(frozen=True, slots=True)
class Waiting:
    """Citizens without a placement: all, those in each band of waiting time, and the median in days."""

    citizens: int
    bands: tuple[int, ...]
    median_days: int | None


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """Placements that ended so; None where the number is hidden."""

    outcome: Outcome
    count: int | None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How the placements of the last twelve months ended."""

    ended: int
    led_on: int | None
    counts: tuple[OutcomeCount, ...]


@dataclass(frozen=True, slots=True)
class MonthDecisions:
    """What was decided in a month: proposals by the decision that holds, and placements agreed."""

    on: date
    approved: int
    held: int
    rejected: int
    agreed: Chosen


@dataclass(frozen=True, slots=True)
class Overview:
    """All figures of a day."""

    on: date
    progress: tuple[GroupProgress, ...]
    places: tuple[PlaceUse, ...]
    waiting: Waiting
    outcomes: Outcomes
    decisions: tuple[MonthDecisions, ...]

    @property
    def places_agreed(self) -> int:
        """Places that are agreed beforehand."""
        return sum(one.places or 0 for one in self.places)

    @property
    def places_used(self) -> int:
        """Those of them that are in use."""
        return sum(one.used for one in self.places if one.places is not None)

    @property
    def agreed(self) -> int:
        """Placements agreed in the period."""
        return sum(one.agreed.proposed + one.agreed.chosen for one in self.decisions)

    @property
    def chosen_share(self) -> float | None:
        """Share of them that a person chose beside the proposals (override rate); None where there are none."""
        return sum(one.agreed.chosen for one in self.decisions) / self.agreed if self.agreed else None

    @property
    def against_share(self) -> float | None:
        """Share of them where the night before had proposed another place; None where there are none."""
        return sum(one.agreed.against for one in self.decisions) / self.agreed if self.agreed else None


def overview(session: Session, municipality: str, today: date) -> Overview:
    """The figures of the whole municipality, whoever asks."""
    with whole_municipality(session):
        figures = OverviewFigures(session, municipality)
        months = months_before(today, MONTHS)
        places = tuple(figures.place_use(today))
        return Overview(
            today,
            _progress(figures, [min(last, today) for _, last in months]),
            places,
            _waiting(figures, today),
            _outcomes(figures, today),
            _decisions(figures, months),
        )


def months_before(today: date, count: int) -> list[tuple[date, date]]:
    """First and last day of the last months, the current one last."""
    found = []
    first = today.replace(day=1)
    for _ in range(count):
        after = (first + timedelta(days=31)).replace(day=1)
        found.append((first, after - timedelta(days=1)))
        first = (first - timedelta(days=1)).replace(day=1)
    return found[::-1]


def _progress(figures: OverviewFigures, days: Sequence[date]) -> tuple[GroupProgress, ...]:
    groups = [goal.target_group for goal in GOALS]
    known, placed, none = figures.known(groups, days), figures.placed(groups, days), [0] * len(days)
    return tuple(
        GroupProgress(
            goal,
            tuple(
                MonthShare(*row)
                for row in zip(
                    days, placed.get(goal.target_group, none), known.get(goal.target_group, none), strict=True
                )
            ),
        )
        for goal in GOALS
    )


def _waiting(figures: OverviewFigures, today: date) -> Waiting:
    counts, median_since = figures.waiting([today - timedelta(days=days) for days in WAITED_DAYS], today)
    bands = tuple(more - longer for more, longer in zip(counts, [*counts[1:], 0], strict=True))
    return Waiting(counts[0], bands, None if median_since is None else max(0, (today - median_since).days))


def _outcomes(figures: OverviewFigures, today: date) -> Outcomes:
    found = figures.outcomes(today - timedelta(days=364), today)
    counts = sorted(((Outcome(name), count) for name, count in found.items()), key=lambda one: (-one[1], one[0]))
    sizes = np.array([count for _, count in counts], np.int64)
    leads = np.array([outcome in LEADS_ON for outcome, _ in counts], np.bool_)
    hidden = hidden_cells(sizes)
    shown = [None if hide else count for (_, count), hide in zip(counts, hidden.tolist(), strict=True)]
    ended, led_on = int(sizes.sum()), int(sizes[leads].sum())
    told = min(led_on, ended - led_on) >= SMALLEST_GROUP and all(
        not cells.any() or (cells.sum() > 1 and sizes[cells].sum() >= SMALLEST_GROUP)
        for cells in (hidden & leads, hidden & ~leads)
    )
    return Outcomes(
        ended,
        led_on if told else None,
        tuple(OutcomeCount(outcome, count) for (outcome, _), count in zip(counts, shown, strict=True)),
    )


def _decisions(figures: OverviewFigures, months: Sequence[tuple[date, date]]) -> tuple[MonthDecisions, ...]:
    periods: list[tuple[datetime, datetime]] = [(day_in_utc(first)[0], day_in_utc(last)[1]) for first, last in months]
    decided, chosen = figures.decided(periods), figures.chosen(periods)
    return tuple(
        MonthDecisions(
            last,
            decided[Verdict.APPROVED][at],
            decided[Verdict.HELD][at],
            decided[Verdict.REJECTED][at],
            chosen[at],
        )
        for at, (_, last) in enumerate(months)
    )
