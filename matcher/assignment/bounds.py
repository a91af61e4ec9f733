"""Upper bounds from several sources, none of them trusted further than a valid plan allows.

A bound below the value of a valid plan is wrong, whatever proved it: by more than rounding it is refuted, dropped for
good and named, and the next best bound holds. At the end stands what needs no proof: every citizen in the best of its
pairs. Raising a refuted bound to the plan's value instead would present a wrong bound as a proof of optimality.
"""

import logging
import math

import numpy as np

from matcher.assignment.prices import rounded_up_sum
from matcher.assignment.problem import Float, Int32

ROUNDING = 1e-9
"""Share of a plan's value by which a bound may lie below it by rounding alone; it is then read as that value."""

_log = logging.getLogger(__name__)


def refutes(value: float, bound: float) -> bool:
    """Whether a valid plan worth ``value`` shows that ``bound`` is none: by more than rounding, or as no number."""
    return not bound >= value - ROUNDING * abs(value)


def best_of_each(n_citizens: int, citizen: Int32, value: Float) -> float:
    """Σ_i max_e v_e over each citizen's pairs, rounded up: a bound without any solver."""
    best = np.zeros(n_citizens)
    np.maximum.at(best, citizen, value)
    return rounded_up_sum(best, 0)


class UpperBounds:
    """The lowest bound of each source, and which sources a plan has refuted.

    Parameters
    ----------
    safe : a bound that holds without proof, see `best_of_each`
    """

    def __init__(self, safe: float) -> None:
        self._safe = safe
        self._of: dict[str, float] = {}
        self._refuted: set[str] = set()

    def note(self, source: str, bound: float) -> None:
        """Take note of a bound. One of inf says nothing, nor does what a refuted source says later."""
        if source not in self._refuted and bound != math.inf and not bound >= self._of.get(source, math.inf):
            self._of[source] = bound

    def lowest(self, value: float) -> float:
        """The lowest bound that a plan worth ``value`` does not refute; sources that it does are dropped and logged.

        Raises
        ------
        RuntimeError
            when even the safe bound is refuted: then the plan is not valid.
        """
        for source, bound in sorted(self._of.items()):
            if refutes(value, bound):
                _log.error("the bound of %s, %r, lies below a valid plan worth %r: dropped", source, bound, value)
                self._refuted.add(source)
                del self._of[source]
        if refutes(value, self._safe):
            raise RuntimeError(f"a plan worth {value!r} cannot be: all citizens at their best give {self._safe!r}")
        return max(value, min([self._safe, *self._of.values()]))

    @property
    def refuted(self) -> tuple[str, ...]:
        """Sources whose bound a valid plan has refuted, by name."""
        return tuple(sorted(self._refuted))
