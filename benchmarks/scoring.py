"""Seconds of vectorising and scoring: one municipality, one citizen's list, and a region; a JSON line each."""

import json
import resource
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.arrays import MatchInput
from matcher.scoring import score_citizen, score_pairs

_Result = TypeVar("_Result")
REPEATS = 5
SIZES = (547, 7000)
"""Citizens; 7,000 come with some 3,000 slots."""


def timed(work: Callable[[], _Result]) -> tuple[_Result, float]:
    """The result and the seconds it took."""
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def prepare(citizens: int) -> tuple[MatchInput, float]:
    """Match input of a municipality, and the seconds of vectorising it."""
    place = municipality(citizens=citizens)
    return timed(lambda: vectorise(place.citizens, place.companies, place.agreements, on=REFERENCE_DATE))


def figures(citizens: int) -> dict[str, float | int | str]:
    """Sizes and seconds for a municipality with so many citizens."""
    match_input, vectorise_s = prepare(citizens)
    pairs, score_s = timed(lambda: score_pairs(match_input))
    one = [timed(lambda: score_citizen(match_input, 0))[1] for _ in range(REPEATS)]
    return {
        "benchmark": "scoring",
        "citizens": len(match_input.citizens),
        "slots": len(match_input.slots),
        "eligible_pairs": int(pairs.eligible_count.sum()),
        "kept_pairs": len(pairs.value),
        "vectorise_s": round(vectorise_s, 3),
        "score_s": round(score_s, 3),
        "one_citizen_ms": round(1000 * statistics.median(one), 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Print the figures."""
    prepare(20)  # reads the catalogue and builds its search once
    for citizens in SIZES:
        print(json.dumps(figures(citizens)))


if __name__ == "__main__":
    main()
