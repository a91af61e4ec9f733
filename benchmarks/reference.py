"""Published assignment problems as problems of the plan engine, read from the reference data.

The folder is ``../shared/data`` beside the project, or what ``MATCHER_DATA`` names; see its README for sources.
"""

import os
import zipfile
from pathlib import Path

import numpy as np
from scipy import sparse

from matcher.assignment import AssignmentProblem, Plan, Resources

DATA = Path(os.environ.get("MATCHER_DATA", Path(__file__).parents[2] / "shared" / "data")) / "assignment"


def linear(name: str) -> tuple[AssignmentProblem, float]:
    """An OR-Library linear assignment problem, costs c as values M - c with M > max c, and n M.

    Least cost = n M - objective: with every value above 0 on a complete graph, all are placed.
    """
    numbers = (DATA / "orlib" / f"{name}.txt").read_text().split()
    n = int(numbers[0])
    cost = np.array(numbers[1:], dtype=np.float64)
    above = float(cost.max()) + 1.0
    citizen, slot = np.divmod(np.arange(n * n, dtype=np.int32), np.int32(n))
    return AssignmentProblem(n, n, citizen, slot, above - cost, np.ones(n, dtype=np.int64)), n * above


def projects(both_sides: bool = False) -> AssignmentProblem:
    """WPI's students and projects of 2017-2018 over mutually acceptable pairs: students' utility, or both sides'."""
    folder = DATA / "wpi" / "IQP2017-2018"
    students, directors, places = (
        np.genfromtxt(folder / name, delimiter=",", skip_header=1)[:, 1:]
        for name in ("student_preference.csv", "project_preference.csv", "project_capacity.csv")
    )
    who, where = np.nonzero((students > 0) & (directors > 0))
    value = students[who, where] + (directors[who, where] if both_sides else 0.0)
    n, m = students.shape
    return AssignmentProblem(n, m, who.astype(np.int32), where.astype(np.int32), value, places[:, 0].astype(np.int64))


def generalised_names() -> dict[str, tuple[float, float]]:
    """Names of the generalised assignment instances with the published lower and upper bound of the optimum."""
    lines = [line.split() for line in (DATA / "gap" / "bounds.txt").read_text().splitlines() if line.strip()]
    return {name: (float(low), float(high)) for name, low, high in lines}


class Generalised:
    """A generalised assignment instance: jobs are citizens, agents are slots with a budget each; all jobs placed.

    ``NAME_Max`` asks for the largest profit, ``NAME_Min`` for the least cost. The shift to values M + profit or
    M - cost makes a placed job worth more than an unplaced one. For any M, bound - jobs · M bounds the profit of plans
    that place all jobs, so M only has to be large enough that the plan found does; here M = 2 max c.
    """

    def __init__(self, name: str) -> None:
        file, kind = name.rsplit("_", 1)
        with zipfile.ZipFile(DATA / "gap" / f"{file}.zip") as archive:
            numbers = np.array(archive.read(archive.namelist()[0]).split(), dtype=np.float64)
        agents, self.jobs = int(numbers[0]), int(numbers[1])
        size = agents * self.jobs
        cost, use, budget = numbers[2 : 2 + size], numbers[2 + size : 2 + 2 * size], numbers[2 + 2 * size :][:agents]
        self.sign = 1.0 if kind == "Max" else -1.0
        self._above = 2.0 * float(cost.max())
        slot, citizen = np.divmod(np.arange(size, dtype=np.int32), np.int32(self.jobs))
        self.problem = AssignmentProblem(
            self.jobs,
            agents,
            citizen,
            slot,
            self._above + self.sign * cost,
            np.full(agents, self.jobs, dtype=np.int64),
            Resources(sparse.csr_array((use, (slot, np.arange(size))), shape=(agents, size)), budget),
        )

    def profit_or_cost(self, plan: Plan) -> float:
        """Of a plan that places all jobs."""
        return self.sign * (plan.objective - self.jobs * self._above)

    def bound(self, plan: Plan) -> float:
        """Upper bound of the profit, or lower bound of the cost."""
        return self.sign * (plan.upper_bound - self.jobs * self._above)
