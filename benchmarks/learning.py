"""What learning from ended placements gives on synthetic pasts of several seeds, with and without signal; a line each.

Gains are in Brier score against the hand-set weights, on placements that started later, with 95 % intervals over
persons; `from_truth` is the calibration error against the chances that nature used.
"""

import json
import time

from features.validation import Interval, validate
from fixtures import history
from service.use_cases.past import past_of_history

SEEDS = (760, 1, 2, 3)
PLACEMENTS = 4000


def shown(interval: Interval) -> list[float]:
    """Estimate, low and high."""
    return [round(value, 5) for value in (interval.estimate, interval.low, interval.high)]


def figures(seed: int, *, null_world: bool) -> dict[str, object]:
    """Figures of one past."""
    past = past_of_history(history(seed, PLACEMENTS, null_world=null_world))
    started = time.perf_counter()
    _, found = validate(past)
    return {
        "benchmark": "learning",
        "seed": seed,
        "null_world": null_world,
        "learnt_from": found.learnt_from,
        "measured_on": found.measured_on,
        "brier": {
            name: round(getattr(found, name).brier, 4) for name in ("base", "hand_set", "learnt_weights", "model")
        },
        "learnt_weights_gain": shown(found.learnt_weights.gain),
        "model_gain": shown(found.model.gain),
        "model_gain_in_truth": None if found.gain_in_truth is None else shown(found.gain_in_truth),
        "model_from_truth": None if found.model.from_truth is None else round(found.model.from_truth, 4),
        "learn_and_measure_s": round(time.perf_counter() - started, 2),
    }


def main() -> None:
    """Print the figures."""
    for null_world in (False, True):
        for seed in SEEDS:
            print(json.dumps(figures(seed, null_world=null_world)), flush=True)


if __name__ == "__main__":
    main()
