"""Everything that only the first plan on a machine waits for: the solver's compiled code, kept on disk afterwards."""

import time

from features.vectorise import vectorise
from fixtures import municipality
from matcher.assignment import solve
from matcher.resources import plan_problem
from matcher.scoring import score_pairs

CITIZENS = 150
"""Enough for the solver to come through all of its code: limits bind, and the first plan is not the best."""
TIME_LIMIT_S = 60.0


def prepare() -> float:
    """Plan a small invented municipality and forget it. Returns the seconds it took."""
    started = time.perf_counter()
    invented = municipality(citizens=CITIZENS)
    match_input = vectorise(invented.citizens, invented.companies, invented.agreements, on=invented.on)
    pairs = score_pairs(match_input)
    night = plan_problem(match_input, pairs, consultants=invented.consultants, running=invented.placements)
    solve(night.problem, time_limit_s=TIME_LIMIT_S).unless_interrupted()
    return time.perf_counter() - started
