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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
UNREADABLE: Final = -1.0
"""Stands in tables where a goal cannot be read: below every share."""
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


class Jobs:
    """Jobs that goals are compared with: each its occupations and its text. What follows from them is computed once."""

    def __init__(self, jobs: Sequence[tuple[Job, str]], taxonomy: Taxonomy) -> None:
        self._occupations = [occupations for occupations, _ in jobs]
        self._taxonomy = taxonomy
        self._targets = sorted({one.uri for occupations in self._occupations for one in occupations})
        texts = [fold(text) for _, text in jobs]
        words = NgramSpace.fit(texts) if any(text for _, text in jobs) else None
        self._words = None if words is None else (words, words.vectors(texts).T)

    def __len__(self) -> int:
        return len(self._occupations)

    def fit(self, goals: Sequence[JobGoal], read: Sequence[ReadGoal]) -> Floats:
        """float64 (goals, jobs): fit[g, s] of the module's formula. A goal's row does not depend on the others."""
        sources = sorted({uri for goal in read for uri, _ in goal.occupations})
        row = {uri: index for index, uri in enumerate(sources)}
        by_source = self._by_source(sources, row)
        fit = np.zeros((len(goals), len(self)))
        for g, goal in enumerate(read):
            for uri, certainty in goal.occupations:
                fit[g] = np.maximum(fit[g], certainty * by_source[row[uri]])
        if goals and self._words is not None:
            words, vectors = self._words
            cosine = (words.vectors([job_words(goal.text) for goal in goals]) @ vectors).toarray()
            fit = np.maximum(fit, WORDS * np.clip(cosine.astype(np.float64), 0.0, 1.0))
        return np.asarray(np.round(np.clip(fit, 0.0, 1.0), 9), dtype=np.float64)

    def _by_source(self, sources: Sequence[str], row: Mapping[str, int]) -> Floats:
        """float64 (sources, jobs): job(a, s) of the module's formula."""
        related = _related(sources, self._targets, self._taxonomy)
        column = {uri: index for index, uri in enumerate(self._targets)}
        by_source = np.zeros((len(sources), len(self)))
        in_area = _in_area(sources, self._taxonomy)
        for s, occupations in enumerate(self._occupations):
            for one in occupations:
                share = one.related * related[:, column[one.uri]] * np.where(in_area(one.area), 1.0, OTHER_AREA)
                if one.uri in row:
                    share[row[one.uri]] = one.own
                by_source[:, s] = np.maximum(by_source[:, s], share)
        return by_source


@dataclass(frozen=True, eq=False)
class Goals:
    """Distinct goals, read, and compared with jobs and with job functions.

    Attributes
    ----------
    keys, read : the goals in the order of first sight, and what each is read as
    by_job : float64 (goals + 1, jobs), share; UNREADABLE where a goal cannot be read, and in the last row, the padding
    by_function : float64 (goals, job functions), share
    jobs, functions : what they were compared with
    """

    keys: tuple[JobGoal, ...]
    read: tuple[ReadGoal, ...]
    by_job: Floats
    by_function: Floats
    jobs: Jobs
    functions: Jobs
    taxonomy: Taxonomy

    @classmethod
    def of(cls, keys: Sequence[JobGoal], jobs: Jobs, functions: Jobs, taxonomy: Taxonomy) -> "Goals":
        """Goals read and compared."""
        read = read_goals(keys, taxonomy)
        readable = np.array([bool(goal.occupations) for goal in read], dtype=np.bool_)
        by_job = np.where(readable[:, None], jobs.fit(keys, read), UNREADABLE)
        padding = np.full((1, len(jobs)), UNREADABLE)
        return cls(
            tuple(keys), tuple(read), np.vstack([by_job, padding]), functions.fit(keys, read), jobs, functions, taxonomy
        )

    def __len__(self) -> int:
        return len(self.keys)

    def and_more(self, keys: Sequence[JobGoal]) -> "Goals":
        """With more goals behind these, compared with the same."""
        if not keys:
            return self
        more = Goals.of(keys, self.jobs, self.functions, self.taxonomy)
        return replace(
            self,
            keys=self.keys + more.keys,
            read=self.read + more.read,
            by_job=np.vstack([self.by_job[:-1], more.by_job]),
            by_function=np.vstack([self.by_function, more.by_function]),
        )

    def only(self, order: Codes) -> "Goals":
        """Some of the goals, in an order."""
        return replace(
            self,
            keys=tuple(self.keys[k] for k in order),
            read=tuple(self.read[k] for k in order),
            by_job=self.by_job[np.append(order, -1)],
            by_function=self.by_function[order],
        )

    def confidence(self, own: Sequence[int]) -> float:
        """Certainty of the first of some goals that can be read; NaN without any."""
        return next((self.read[goal].confidence for goal in own if self.read[goal].occupations), float("nan"))

    def toward(self, own: Sequence[int]) -> Floats:
        """float64 (job functions,): how much each function belongs to a citizen's goals, in their order."""
        toward = np.zeros(self.by_function.shape[1])
        for k, goal in enumerate(own):
            toward = np.maximum(toward, ORDER[min(k, len(ORDER) - 1)] * self.by_function[goal])
        return toward


class OccupationGoalFit:
    """Goal fit from a table over unique goals and jobs; see `matcher.arrays.GoalFit`.

    Parameters
    ----------
    goals : the distinct goals
    of_citizen : int32 (n, most goals) indices of goals in the citizen's order, padded with their number
    job : int32 (m,) column of each slot
    """

    def __init__(self, goals: Goals, of_citizen: Codes, job: Codes) -> None:
        self.goals, self.of_citizen, self.job = goals, of_citizen, job
        self._table, self._goals, self._job = goals.by_job, of_citizen, job

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
