"""Lists of values as columns: numbers, flags, and codes of what occurs again and again."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Generic, TypeVar

import numpy as np

from matcher.arrays import Codes, Flags, Floats

_Key = TypeVar("_Key", bound=Hashable)


class Codebook(Generic[_Key]):
    """Gives each distinct key the next index, in the order of first sight."""

    def __init__(self, keys: Iterable[_Key] = ()) -> None:
        self.index: dict[_Key, int] = {key: number for number, key in enumerate(dict.fromkeys(keys))}

    def code(self, key: _Key) -> int:
        """Index of a key, a new one where it is first seen."""
        known = self.index.get(key)
        return self.index.setdefault(key, len(self.index)) if known is None else known

    @property
    def keys(self) -> tuple[_Key, ...]:
        """The distinct keys by index."""
        return tuple(self.index)

    def __len__(self) -> int:
        return len(self.index)


def int_array(values: Iterable[int]) -> Codes:
    """The values as int32."""
    return np.fromiter(values, dtype=np.int32)


def float_array(values: Iterable[float]) -> Floats:
    """The values as float64."""
    return np.fromiter(values, dtype=np.float64)


def padded(lists: Sequence[Sequence[int]], pad: int) -> Codes:
    """Lists as rows of one int32 array, filled up with `pad`."""
    widest = max((len(values) for values in lists), default=0)
    return np.array([[*values, *[pad] * (widest - len(values))] for values in lists], dtype=np.int32).reshape(
        len(lists), widest
    )


def flag_table(lists: Sequence[Sequence[str]], book: Codebook[str]) -> Flags:
    """Which entries of a codebook each list names, bool of shape (n_lists, n_entries)."""
    flags = np.zeros((len(lists), len(book)), dtype=np.bool_)
    for row, values in enumerate(lists):
        flags[row, [book.code(value) for value in values]] = True
    return flags
