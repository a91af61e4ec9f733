"""The fairness report: what a run, or the runs of a quarter, came to for each group of citizens.

The only use case beside the import of traits that reads protected traits, and it only reads. What it shows is about
groups; see `features/fairness.py` for what is hidden. What is asked, and of whom:

- of each citizen whom a run planned for, the last run of the period that did;
- *placed*: whether any run of the period proposed a place;
- *eligible places*, *rank*: by the rules and values of the period's last run, on what it was made from (its snapshot,
  without who was erased since); unknown for those whom that run did not plan for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from features.fairness import PERMUTATIONS, FairnessFigures, Outcomes, fairness_figures
from matcher.arrays import MatchInput, SlotContext
from matcher.domain.citizen import Citizen
from matcher.scoring import score_pairs
from matcher.weights import Weights
from service.db.outcomes import Outcome, outcomes_of_run, run_ids_between
from service.db.record_repositories import RunRecords, Snapshots
from service.db.records import MatchRun
from service.db.repositories import MatchRuns
from service.db.trait_repositories import Traits
from service.problems import FieldError, InvalidInput, NotFound
from service.use_cases.fairness_groups import dimensions_of
from service.use_cases.learning import weights_of_run
from service.use_cases.matching import MatchInputs, arrays_of
from service.use_cases.snapshots import stored_of

_QUARTER: Final = re.compile(r"(\d{4})Q([1-4])", re.ASCII)
SEED: Final = 760
"""Deals the labels of the null checks; the same data give the same report."""


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """Figures of the runs of a period; no citizen is in it, only groups.

    Attributes
    ----------
    run_ids : the runs, oldest first
    quarter : as 2026Q4, where a quarter was asked for
    first_on, last_on : the days that the first and last run were planned for
    has_traits : whether protected traits are registered of anybody
    """

    run_ids: tuple[str, ...]
    quarter: str | None
    first_on: date
    last_on: date
    has_traits: bool
    figures: FairnessFigures


def quarter_days(quarter: str) -> tuple[date, date]:
    """First and last day of a quarter such as 2026Q4; InvalidInput for anything else."""
    found = _QUARTER.fullmatch(quarter)
    if found is None:
        raise InvalidInput(errors=[FieldError("quarter", "is not a quarter", "write a year and a quarter as 2026Q4")])
    year, number = int(found[1]), int(found[2])
    after = date(year + number // 4, number % 4 * 3 + 1, 1)
    return date(year, 3 * number - 2, 1), after - timedelta(days=1)


def report_of_run(
    session: Session, municipality: str, inputs: MatchInputs, run_id: str | None = None
) -> FairnessReport:
    """The report of one run, the latest where none is named; NotFound where there is none."""
    runs = MatchRuns(session, municipality)
    run = runs.get(run_id) if run_id is not None else runs.latest()
    if run is None:
        raise NotFound("no night has been planned")
    return _report(session, municipality, inputs, (run,), None)


def report_of_quarter(session: Session, municipality: str, inputs: MatchInputs, quarter: str) -> FairnessReport:
    """The report of all runs planned for days of a quarter; NotFound where there are none."""
    runs = MatchRuns(session, municipality)
    found = tuple(runs.get(id_) for id_ in run_ids_between(session, municipality, *quarter_days(quarter)))
    if not found:
        raise NotFound("no night of the quarter has been planned")
    return _report(session, municipality, inputs, found, quarter)


@dataclass(frozen=True, eq=False)
class Measured:
    """What runs came to for the citizens they planned for, aligned: citizens and outcomes in the order of ids."""

    citizens: tuple[Citizen, ...]
    slots: tuple[SlotContext, ...]
    outcomes: Outcomes


def measured(session: Session, municipality: str, inputs: MatchInputs, runs: Sequence[MatchRun]) -> Measured:
    """The outcomes of runs, oldest first, without any trait."""
    last = runs[-1]
    match_input = _made_from(session, municipality, inputs, last)
    latest: dict[str, Outcome] = {}
    of_last: dict[str, Outcome] = {}
    planned_on: dict[str, date] = {}
    for run in runs:
        of_last = {one.citizen_id: one for one in outcomes_of_run(session, municipality, run.id)}
        latest |= {id_: one for id_, one in of_last.items() if one.slot_id or id_ not in latest}
        planned_on |= dict.fromkeys(of_last, run.planned_on)
    rows = [row for row, id_ in enumerate(match_input.citizens.ids) if id_ in latest]
    weights = weights_of_run(session, municipality, last)
    return Measured(
        tuple(match_input.citizen_values[row] for row in rows),
        match_input.slot_values,
        _outcomes(match_input, rows, weights, (latest, of_last, planned_on)),
    )


def _made_from(session: Session, municipality: str, inputs: MatchInputs, run: MatchRun) -> MatchInput:
    """What a run was made from; what is stored now where that was not written down."""
    try:
        record = RunRecords(session, municipality).get(run.id)
    except NotFound:
        return inputs.get(session, municipality, run.planned_on)
    snapshots = Snapshots(session, municipality)
    stored = stored_of(snapshots.documents(snapshots.entries(record.snapshot)))
    return arrays_of(stored, on=run.planned_on, taxonomy=inputs.taxonomy)


def _report(
    session: Session, municipality: str, inputs: MatchInputs, runs: Sequence[MatchRun], quarter: str | None
) -> FairnessReport:
    last = runs[-1]
    found = measured(session, municipality, inputs, runs)
    traits = Traits(session, municipality).all()
    dimensions = dimensions_of(found.citizens, found.slots, traits, last.planned_on)
    figures = fairness_figures(found.outcomes, dimensions, seed=SEED, permutations=PERMUTATIONS)
    ids = tuple(run.id for run in runs)
    return FairnessReport(ids, quarter, runs[0].planned_on, last.planned_on, bool(traits), figures)


_Latest = tuple[Mapping[str, Outcome], Mapping[str, Outcome], Mapping[str, date]]
"""By citizen: the outcome that counts, that of the last run, and the day of the last run that planned for them."""


def _outcomes(match_input: MatchInput, rows: Sequence[int], weights: Weights, latest: _Latest) -> Outcomes:
    """The measures of the citizens in some rows of the match input."""
    counted, of_last, planned_on = latest
    pairs = score_pairs(match_input, top_k=None, weights=weights)
    first = np.searchsorted(pairs.citizen, np.arange(len(match_input.citizens) + 1))
    slot_rows = {id_: row for row, id_ in enumerate(match_input.slots.ids)}
    n = len(rows)
    placed, places, rank, waiting, value = np.zeros(n), *(np.full(n, np.nan) for _ in range(4))
    for at, row in enumerate(rows):
        id_ = match_input.citizens.ids[row]
        found = counted[id_]
        placed[at] = found.slot_id is not None
        value[at] = np.nan if found.value is None else found.value
        waiting[at] = max(0, (planned_on[id_] - match_input.citizen_values[row].waiting_since).days)
        if id_ not in of_last:
            continue
        places[at] = pairs.eligible_count[row]
        own = slice(first[row], first[row + 1])
        got = pairs.slot[own] == slot_rows.get(of_last[id_].slot_id or "", -1)
        if got.any():
            rank[at] = 1 + np.count_nonzero(pairs.value[own] > pairs.value[own][got][0])
    return Outcomes(placed, places, rank, waiting, value)
