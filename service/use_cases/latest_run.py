"""The latest run of a municipality as lists need it: read once, since a stored run never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from matcher.weights import Weights
from service.db.records import MatchRun
from service.db.repositories import MatchRuns
from service.use_cases.learning import weights_of_run
from service.use_cases.matching import MatchInputs


@dataclass(frozen=True, eq=False)
class KnownRun:
    """A run with the prices of its places and the weights that they go with."""

    run: MatchRun
    slot_prices: Mapping[str, float]
    weights: Weights


_KNOWN: WeakKeyDictionary[MatchInputs, dict[str, KnownRun]] = WeakKeyDictionary()
"""By municipality, of each cache of what lists are made from: two of them may read two databases."""


def latest_run(session: Session, municipality: str, inputs: MatchInputs) -> KnownRun | None:
    """The latest run; None where nothing was planned. Raises WeightsOutdated where its weights cannot be used."""
    runs, known = MatchRuns(session, municipality), _KNOWN.setdefault(inputs, {})
    latest = runs.latest_id()
    if latest is None:
        return None
    found = known.get(municipality)
    if found is None or found.run.id != latest:
        run = runs.get(latest)
        weights = weights_of_run(session, municipality, run)
        found = known[municipality] = KnownRun(run, runs.slot_prices(latest), weights)
    return found
