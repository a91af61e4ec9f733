"""What a column of the arrays may hold: number type, dimensions, range; checked where the arrays are built.

The columns of `matcher.arrays` say it in their annotations: ``Annotated[Floats, SHARE]``.
"""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final, get_args, get_type_hints

import numpy as np

FULL_WEEK_HOURS: Final = 37.0


@dataclass(frozen=True, slots=True)
class Column:
    """What a column may hold: number type, dimensions, range, and whether a value may be missing (NaN)."""

    dtype: type[np.generic]
    ndim: int = 1
    low: float = -np.inf
    high: float = np.inf
    missing: bool = False

    def check(self, name: str, values: Any, rows: int) -> None:
        """ValueError that names the field and the first bad index."""
        if not isinstance(values, np.ndarray) or values.dtype != self.dtype:
            raise ValueError(f"{name}: must be a numpy array of {np.dtype(self.dtype).name}")
        if values.ndim != self.ndim or values.shape[0] != rows:
            raise ValueError(f"{name}: has shape {values.shape}, must have {self.ndim} dimensions and {rows} rows")
        if self.dtype is np.bool_:
            return
        bad = ~((values >= self.low) & (values <= self.high))
        if self.missing:
            bad &= ~np.isnan(values)
        if bad.any():
            first = tuple(int(index) for index in np.argwhere(bad)[0])
            raise ValueError(f"{name}{list(first)}: is outside [{self.low:g}, {self.high:g}] or missing")


HOURS: Final = Column(np.float64, low=0, high=FULL_WEEK_HOURS)
SHARE: Final = Column(np.float64, low=0, high=1)
SHARE_OR_MISSING: Final = Column(np.float64, low=0, high=1, missing=True)
SHARES: Final = Column(np.float64, 2, low=0, high=1)
CODE: Final = Column(np.int32, low=0)
CODES: Final = Column(np.int32, 2, low=0)
CODES_OR_NONE: Final = Column(np.int32, 2, low=-1)
FLAG: Final = Column(np.bool_)
FLAGS: Final = Column(np.bool_, 2)


def check_columns(values: Any, rows: int) -> None:
    """ValueError where an array of a dataclass is not what the `Column` in its annotation says."""
    table: Any = type(values)
    for name, column in _columns_of(table):
        column.check(f"{table.__name__}.{name}", getattr(values, name), rows)


@cache
def _columns_of(table: Any) -> tuple[tuple[str, Column], ...]:
    hints = get_type_hints(table, include_extras=True)
    return tuple(
        (one.name, column)
        for one in fields(table)
        for column in get_args(hints[one.name])
        if isinstance(column, Column)
    )
