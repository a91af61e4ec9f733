"""The latest run of a municipality as lists need it: read again only when another one holds, or somebody is erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from matcher.language import Language
from matcher.weights import Weights
from service.db.listings import proposed_pairs
from service.db.marks import RUNS, Marks
from service.db.records import MatchRun, ProposedPair
from service.db.repositories import MatchRuns
from service.db.scoping import whole_municipality
from service.use_cases.learning import weights_of_run
from service.use_cases.matching import MatchInputs
from service.use_cases.unplaced_text import unplaced_text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to for one citizen: the proposal, or why there is none; empty where it did not plan for them.

    `unplaced` and `unplaced_english` are the texts of the run, `reason` the barrier or the kind of limit behind them.
    """

    proposal_id: str | None = None
    slot_id: str | None = None
    unplaced: str | None = None
    reason: str | None = None
    unplaced_english: str | None = None

    def unplaced_text(self, language: Language) -> str | None:
        """Why the run has no place for the citizen; None where it has one, or did not plan for the citizen."""
        if self.unplaced is None or self.reason is None:
            return None
        return unplaced_text(self.unplaced, self.unplaced_english, self.reason, language)


@dataclass(frozen=True, eq=False)
class KnownRun:
    """A run with the prices of its places, the weights that they go with, and what it came to, for whomever one asks.

    Attributes
    ----------
    proposed : the pairs that it proposes, by citizen
    outcomes : what it came to for each citizen whom it planned for
    """

    run: MatchRun
    slot_prices: Mapping[str, float]
    weights: Weights
    proposed: tuple[ProposedPair, ...]
    outcomes: Mapping[str, Outcome]

    def outcome_of(self, citizen_id: str) -> Outcome:
        """What it came to for a citizen."""
        return self.outcomes.get(citizen_id, _NOTHING)


_NOTHING: Final = Outcome()
_KNOWN: WeakKeyDictionary[MatchInputs, dict[str, tuple[str, KnownRun]]] = WeakKeyDictionary()
"""With the mark that it was read at, by municipality, of each cache of what lists are made from: two of them may read
two databases."""


def latest_run(session: Session, municipality: str, inputs: MatchInputs, marks: Marks) -> KnownRun | None:
    """The latest run; None where nothing was planned. Raises WeightsOutdated where its weights cannot be used.

    `marks` : of now. A run is written whole; one that is gone back from, or somebody who is erased, draws a new mark.
    """
    known = _KNOWN.setdefault(inputs, {})
    mark, found = known.get(municipality, (None, None))
    if mark != marks[RUNS]:
        with whole_municipality(session):
            found = _read(session, municipality)
        if found is not None:
            known[municipality] = marks[RUNS], found
    return found


def _read(session: Session, municipality: str) -> KnownRun | None:
    runs = MatchRuns(session, municipality)
    run = runs.latest()
    if run is None:
        return None
    proposed = proposed_pairs(session, municipality, run.id)
    outcomes = {
        one.citizen_id: Outcome(unplaced=one.text, reason=one.reason, unplaced_english=one.text_english)
        for one in runs.unplaced(run.id)
    } | {one.citizen_id: Outcome(one.id, one.slot_id) for one in proposed}
    weights = weights_of_run(session, municipality, run)
    return KnownRun(run, runs.slot_prices(run.id), weights, proposed, outcomes)
