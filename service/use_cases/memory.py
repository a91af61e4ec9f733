"""What stays in memory for long is not looked through again and again."""

import gc

MANY = 1_000
"""Values from which on it is worth it: looking through tens of thousands of them takes longer than a request."""


def keep_for_long(values: int) -> None:
    """Tell the collector of unreachable cycles that what exists now is going to stay.

    Whatever is let go of later is freed all the same, unless it is part of a cycle. `values`: how many were just read;
    nothing is done for a few.
    """
    if values >= MANY:
        gc.collect()
        gc.freeze()
