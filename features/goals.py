r"""Goal fit: how well a slot's job lies on the way of a citizen's goals, through occupations and through words.

A goal g is read as occupations a with certainty p[g, a]: a confirmed occupation with 1, free text as the best hits of
the taxonomy. A slot's job s consists of occupations b with typicality q[s, b]: how typical the job function is of b.
For a related occupation only what is typical of b says much, so that r[s, b] falls faster than q, and only half counts
where the job function belongs to another area of work than those of a (a pet shop's animals, for a baker's assistant).

    relation(a, b) = max(ISCO grade of shared digits, FUNCTIONS shared functions(a, b), SKILLS shared skills(a, b))
    job(a, s) = max(q[s, a],  max over b other than a of r[s, b] relation(a, b) (1 or OTHER_AREA))
    fit[g, s] = max(max over a of p[g, a] job(a, s),  WORDS cosine(text of g, text of s))
    fit[i, j] = max over goals k of citizen i of ORDER[k] fit[g_ik, s_j]

The table is over unique goals x unique jobs, never citizens x slots. All factors are stated assumptions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

import numpy as np

from features.taxonomy import Taxonomy
from features.text import NgramSpace, fold, job_words
from matcher.arrays import Codes, Flags, Floats
from matcher.domain.agreement import Slot
from matcher.domain.catalogue import JOB_FUNCTIONS
from matcher.domain.citizen import JobGoal
from matcher.kernels import best_entry, each_pair

Weighted: TypeAlias = tuple[tuple[str, float], ...]
"""Occupation URIs, each with a share in [0, 1]."""
ISCO_GRADE: Final = (0.0, 0.1, 0.3, 0.5, 0.7)
"""Relation of two occupations that share 0-4 leading digits of ISCO-08."""
FUNCTIONS: Final = 0.85
SKILLS: Final = 0.85
"""Relation of two occupations that share all job functions, or all essential skills of ESCO."""
WORDS: Final = 0.8
ORDER: Final = (1.0, 0.9, 0.8, 0.7)
"""Weight of the first, second, third and any later goal: the first sets the direction."""
HITS: Final = 3
LEAST_CERTAINTY: Final = 0.15
"""A free text whose best hit is less similar than this cannot be read."""
OTHER_AREA: Final = 0.5
RELATED_DECAY: Final = 3.0
"""r = 1 / (1 + place / RELATED_DECAY) by the place of the function in the occupation's list: 1, 0.75, 0.6, 0.5 …"""
TYPICALITY_STEP: Final = 0.1
LEAST_TYPICALITY: Final = 0.5


@dataclass(frozen=True, slots=True)
class JobOccupation:
    """An occupation that a slot's job belongs to.

    Attributes
    ----------
    own : q, what the job is to somebody whose goal is this occupation, share
    related : r, what it is to somebody whose goal is a related occupation, before the relation, share
    area : area of work of the job function; empty where it is not known
    """

    uri: str
    own: float
    related: float
    area: str = ""


Job: TypeAlias = tuple[JobOccupation, ...]


@dataclass(frozen=True, slots=True)
class ReadGoal:
    """A goal as occupations with certainty, most certain first; empty where it cannot be read."""

    occupations: Weighted

    @property
    def confidence(self) -> float:
        """Certainty of the best reading; NaN where there is none."""
        return self.occupations[0][1] if self.occupations else float("nan")


def read_goals(goals: Sequence[JobGoal], taxonomy: Taxonomy) -> list[ReadGoal]:
    """Each goal as occupations. A confirmed occupation that the taxonomy lacks is read by its text."""
    texts = [goal.text for goal in goals if goal.occupation not in taxonomy.occupations]
    hits = iter(taxonomy.search(texts, HITS))
    read = []
    for goal in goals:
        if goal.occupation is not None and goal.occupation in taxonomy.occupations:
            read.append(ReadGoal(((goal.occupation, 1.0),)))
        else:
            read.append(ReadGoal(tuple(hit for hit in next(hits) if hit[1] >= LEAST_CERTAINTY)))
    return read


def typicality(functions: Sequence[str], function: str) -> float:
    """How typical a job function is of an occupation with an ordered list of them: 1 for the first, 0 if absent."""
    if function not in functions:
        return 0.0
    return max(LEAST_TYPICALITY, 1.0 - TYPICALITY_STEP * functions.index(function))


def relation(one: str, other: str, taxonomy: Taxonomy) -> float:
    """How closely two occupations are related: share in [0, 1], 1 for the same. Symmetric."""
    return float(_related([one], [other], taxonomy)[0, 0])


def _shared(one: str, other: str, taxonomy: Taxonomy) -> float:
    """Relation by ISCO-08 group and job functions."""
    if one == other:
        return 1.0
    a, b = taxonomy.occupations[one], taxonomy.occupations[other]
    shared_digits = next((n for n in (4, 3, 2, 1) if a.isco08[:n] == b.isco08[:n]), 0)
    functions, others = set(a.functions), set(b.functions)
    shared = 2 * len(functions & others) / max(len(functions) + len(others), 1)
    return max(ISCO_GRADE[shared_digits], FUNCTIONS * shared)


def _related(sources: Sequence[str], targets: Sequence[str], taxonomy: Taxonomy) -> Floats:
    pairs = [[_shared(a, b, taxonomy) for b in targets] for a in sources]
    related = np.array(pairs, dtype=np.float64).reshape(len(sources), len(targets))
    return np.maximum(related, SKILLS * taxonomy.skill_overlap(sources, targets))


def _in_area(sources: Sequence[str], taxonomy: Taxonomy) -> Callable[[str], Flags]:
    """For an area of work, which of the occupations belong to it; all, where area or occupation's areas are unknown."""
    functions = [taxonomy.occupations[uri].functions for uri in sources]
    own = [{JOB_FUNCTIONS[code].area for code in codes if code in JOB_FUNCTIONS} for codes in functions]

    @cache
    def belongs(area: str) -> Flags:
        return np.array([not area or not areas or area in areas for areas in own], dtype=np.bool_)

    return belongs


def function_occupations(function: str, taxonomy: Taxonomy) -> Job:
    """Occupations that a job function belongs to; empty where the catalogue lacks the function."""
    if function not in JOB_FUNCTIONS:
        return ()
    found, area = [], JOB_FUNCTIONS[function].area
    for uri in JOB_FUNCTIONS[function].occupations:
        functions = taxonomy.occupations[uri].functions if uri in taxonomy.occupations else ()
        if function in functions:
            related = 1 / (1 + functions.index(function) / RELATED_DECAY)
            found.append(JobOccupation(uri, typicality(functions, function), related, area))
    return tuple(found)


def job_occupations(slot: Slot, taxonomy: Taxonomy) -> Job:
    """Occupations of a slot's job: those of its job function; by its title where that says nothing."""
    by_function = function_occupations(slot.function, taxonomy)
    if by_function:
        return by_function
    hits = taxonomy.search([slot.title], HITS)[0]
    return tuple(JobOccupation(uri, certainty, certainty) for uri, certainty in hits if certainty >= LEAST_CERTAINTY)


def job_text(slot: Slot) -> str:
    """All words about a slot's job."""
    function = JOB_FUNCTIONS.get(slot.function)
    return "\n".join((slot.title, "" if function is None else function.danish, *slot.tasks))


def fit_table(
    goals: Sequence[JobGoal],
    read: Sequence[ReadGoal],
    jobs: Sequence[tuple[Job, str]],
    taxonomy: Taxonomy,
) -> Floats:
    """float64 (goals, jobs): fit[g, s] of the module's formula. A job is its occupations and its text."""
    sources = sorted({uri for goal in read for uri, _ in goal.occupations})
    targets = sorted({one.uri for occupations, _ in jobs for one in occupations})
    related = _related(sources, targets, taxonomy)
    column = {uri: index for index, uri in enumerate(targets)}
    by_source = np.zeros((len(sources), len(jobs)))
    row = {uri: index for index, uri in enumerate(sources)}
    in_area = _in_area(sources, taxonomy)
    for s, (occupations, _) in enumerate(jobs):
        for one in occupations:
            share = one.related * related[:, column[one.uri]] * np.where(in_area(one.area), 1.0, OTHER_AREA)
            if one.uri in row:
                share[row[one.uri]] = one.own
            by_source[:, s] = np.maximum(by_source[:, s], share)
    fit = np.zeros((len(goals), len(jobs)))
    for g, goal in enumerate(read):
        for uri, certainty in goal.occupations:
            fit[g] = np.maximum(fit[g], certainty * by_source[row[uri]])
    texts, job_texts = [goal.text for goal in goals], [text for _, text in jobs]
    if texts and any(job_texts):
        words = NgramSpace.fit([fold(text) for text in job_texts])
        fit = np.maximum(fit, WORDS * words.similarity(list(map(job_words, texts)), list(map(fold, job_texts))))
    return np.asarray(np.round(np.clip(fit, 0.0, 1.0), 9), dtype=np.float64)


class OccupationGoalFit:
    """Goal fit from a table over unique goals and jobs; see `matcher.arrays.GoalFit`.

    Parameters
    ----------
    table : float64 (goals + 1, jobs), share; the last row is padding
    goals : int32 (n, most goals) rows of the table in the citizen's order, padded with the last row
    readable : bool (goals + 1,), False where a goal cannot be read, and for the padding
    job : int32 (m,) column of each slot
    """

    def __init__(self, table: Floats, goals: Codes, readable: Flags, job: Codes) -> None:
        self._table, self._goals, self._job = np.where(readable[:, None], table, -1.0), goals, job

    def _by_goal(self, rows: Codes, cols: Codes) -> Floats:
        """(most goals, pairs): weighted fit of each goal, below 0 for padding and for goals that cannot be read."""
        by_goal = np.empty((self._goals.shape[1], *np.broadcast_shapes(rows.shape, cols.shape)))
        for k in range(len(by_goal)):
            by_goal[k] = ORDER[min(k, len(ORDER) - 1)] * self._table[self._goals[rows, k], self._job[cols]]
        return by_goal

    def fit(self, rows: Codes, cols: Codes) -> Floats:
        """Best weighted fit over the citizen's goals, share in [0, 1]; NaN without a goal that can be read."""
        best: Floats = each_pair(best_entry, rows, cols, self._goals, self._table, self._job, np.array(ORDER))
        return best

    def best_goal(self, rows: Codes, cols: Codes) -> Codes:
        """Index into the citizen's goals of the goal that gave the fit, the earlier on ties; -1 without any."""
        by_goal = self._by_goal(rows, cols)
        if not len(by_goal):
            return np.full(by_goal.shape[1:], -1, dtype=np.int32)
        return np.where(by_goal.max(axis=0) < 0, -1, np.argmax(by_goal, axis=0)).astype(np.int32)
