"""Classes kept apart, constraint (4), as lists: nothing here grows with classes times classes, or sites times classes.

A *group* is a class that is kept apart from something. A *cell* is a worksite with a group, where some pair would bring
one of the group there. Two cells are *foes* if they are at one worksite and their groups are kept apart; a cell is its
own foe if at most one of its group may be there.
"""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from matcher.assignment.problem import Int32, Int64


class Foes(NamedTuple):
    """Foes of number k: foe[start[k]:start[k + 1]], ascending; k itself if it is kept apart from itself."""

    start: Int64
    foe: Int64

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.start) - 1

    @property
    def alone(self) -> Int64:
        """Those that are kept apart from themselves, ascending."""
        found: Int64 = self.foe[self._of() == self.foe]
        return found

    @property
    def couples(self) -> Int64:
        """Every two that are foes of each other, once, lower number first: array of shape (n, 2)."""
        source = self._of()
        below = np.flatnonzero(source < self.foe)
        return np.stack([source[below], self.foe[below]], axis=1)

    def each(self, numbers: Int64 | Int32) -> tuple[Int64, Int64]:
        """Each index into ``numbers`` as often as its number has foes, and these foes alongside."""
        count = np.diff(self.start)[numbers]
        where = np.repeat(self.start[numbers] + count - np.cumsum(count), count) + np.arange(count.sum())
        return np.repeat(np.arange(len(numbers)), count), self.foe[where]

    def _of(self) -> Int64:
        """Whose foe each entry of ``foe`` is."""
        return np.repeat(np.arange(self.size), np.diff(self.start))


class Groups(NamedTuple):
    """The groups of a problem: their classes, ascending, and their foes."""

    classes: Int64
    foes: Foes

    @classmethod
    def of(cls, apart: Collection[tuple[int, int]]) -> "Groups":
        """From the classes kept apart, either way round."""
        given = np.array(sorted(apart), dtype=np.int64).reshape(-1, 2)
        both = np.unique(np.concatenate([given, given[:, ::-1]]), axis=0)
        classes, first = np.unique(both[:, 0], return_inverse=True)
        foe = np.searchsorted(classes, both[:, 1])
        return cls(classes, Foes(np.searchsorted(first, np.arange(len(classes) + 1)), foe))

    def number(self, class_of_citizen: Int32) -> Int32:
        """The group of each citizen, -1 for none."""
        if len(self.classes) == 0:
            return np.full(len(class_of_citizen), -1, dtype=np.int32)
        at = np.minimum(np.searchsorted(self.classes, class_of_citizen), len(self.classes) - 1)
        return np.where(self.classes[at] == class_of_citizen, at, -1).astype(np.int32)


class Cells(NamedTuple):
    """Cells by worksite, then group: the worksite of each, the cell of each pair (-1: in no group), and their foes."""

    site: Int64
    of_pair: Int64
    foes: Foes

    @classmethod
    def of(cls, site: Int32, group: Int32, foes: Foes) -> "Cells":
        """From the worksite and the group of each pair."""
        of_pair = np.full(len(site), -1, dtype=np.int64)
        inside = np.flatnonzero(group >= 0)
        width = max(1, foes.size)
        keys, of_pair[inside] = np.unique(site[inside].astype(np.int64) * width + group[inside], return_inverse=True)
        source, foe = foes.each(keys % width)
        wanted = keys[source] - keys[source] % width + foe
        at = np.searchsorted(keys, wanted)
        there = at < len(keys)
        there[there] = keys[at[there]] == wanted[there]
        start = np.searchsorted(source[there], np.arange(len(keys) + 1))
        return cls(keys // width, of_pair, Foes(start, at[there]))
