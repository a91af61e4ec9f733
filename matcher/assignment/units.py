"""Values in a unit of their own while the engine works: a power of two that makes the largest about 1.

Solvers that others wrote have tolerances in absolute numbers, 1e-6 and the like, and so do some of the engine's own
steps. In that unit they mean the same whether values are crowns, millions or shares of a millionth. Powers of two
change no digit, so plans are the same and prices and bounds come back exactly.
"""

from dataclasses import replace

import numpy as np

from matcher.assignment.pins import Reduced
from matcher.assignment.problem import Float


def exponent_of(reduced: Reduced) -> int:
    """k with the largest value in [2^(k-1), 2^k); 0 when there is none above 0."""
    return int(np.frexp(reduced.value.max(initial=0.0))[1])


def scaled(values: Float, exponent: int) -> Float:
    """2^exponent times the values."""
    return np.ldexp(values, exponent)


def in_unit_of(reduced: Reduced, exponent: int) -> Reduced:
    """The same problem with its values in units of 2^exponent."""
    return replace(reduced, value=scaled(reduced.value, -exponent))
