"""Seconds and memory of vectorising and scoring: a municipality, a large one and a region; a JSON line each.

``_s`` is time on the clock, ``_cpu_s`` what all processors spent: on a busy machine the two lie far apart.
The best pairs of some citizens are compared with all pairs of them, one by one: `rows_checked` of them were equal.
Give a number of citizens to measure one size alone: its memory is then that of no other.
"""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.region import Region, region
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.arrays import MatchInput
from matcher.scoring import ScoredPairs, score_citizen, score_pairs

_Result = TypeVar("_Result")
REPEATS = 5
TOP_K = 50
CHECKED = 20
SIZES = {547: 240, 10_000: 3_000, 100_000: 50_000}
"""Slots for each number of citizens."""


def timed(work: Callable[[], _Result]) -> tuple[_Result, float, float]:
    """The result, the seconds it took, and the processor seconds."""
    started, spent = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - started, time.process_time() - spent


def prepared(place: Region) -> tuple[MatchInput, float, float]:
    """Match input of a region, and the seconds and processor seconds of vectorising it."""
    return timed(lambda: vectorise(place.citizens, place.companies, place.agreements, on=REFERENCE_DATE))


def check(match_input: MatchInput, pairs: ScoredPairs) -> int:
    """Number of citizens compared with brute force; AssertionError where a pair, value or count differs."""
    rows = np.linspace(0, len(match_input.citizens) - 1, CHECKED).astype(np.int32)
    for row in rows:
        scores = score_citizen(match_input, int(row))
        eligible = np.flatnonzero(scores.eligible)
        best = np.sort(eligible[np.lexsort((eligible, -scores.value[eligible]))[:TOP_K]])
        mine = pairs.citizen == row
        np.testing.assert_array_equal(pairs.slot[mine], best)
        np.testing.assert_array_equal(pairs.value[mine], scores.value[best])
        np.testing.assert_equal(pairs.eligible_count[row], len(eligible))
    return len(rows)


def figures(citizens: int, slots: int) -> dict[str, float | int | str]:
    """Sizes and seconds for a region with so many citizens and slots."""
    match_input, vectorise_s, vectorise_cpu_s = prepared(region(citizens, slots))
    pairs, score_s, score_cpu_s = timed(lambda: score_pairs(match_input, top_k=TOP_K))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    one = [timed(lambda: score_citizen(match_input, 0))[1] for _ in range(REPEATS)]
    return {
        "benchmark": "scoring",
        "citizens": len(match_input.citizens),
        "slots": len(match_input.slots),
        "eligible_pairs": int(pairs.eligible_count.sum()),
        "kept_pairs": len(pairs.value),
        "vectorise_s": round(vectorise_s, 3),
        "vectorise_cpu_s": round(vectorise_cpu_s, 3),
        "score_s": round(score_s, 3),
        "score_cpu_s": round(score_cpu_s, 3),
        "one_citizen_ms": round(1000 * statistics.median(one), 2),
        "peak_mib": peak // 1024,
        "rows_checked": check(match_input, pairs),
    }


def main() -> None:
    """Print the figures."""
    small = municipality(citizens=20)  # reads the catalogue, builds its search and compiles the inner loops once
    score_pairs(prepared(Region(small.citizens, small.companies, small.agreements))[0])
    for citizens in [int(given) for given in sys.argv[1:]] or SIZES:
        print(json.dumps(figures(citizens, SIZES[citizens])), flush=True)


if __name__ == "__main__":
    main()
