"""Terms of the score: how well a pair fits, each a share in [0, 1], NaN where it is not known.

A term takes index arrays `rows` (citizens) and `cols` (slots) that broadcast, and works element by element, so that one
citizen against all slots and a long list of pairs give the same numbers to the last bit. A term that does not concern a
citizen (a wish that was never made) or the pair (an outlook for ordinary hours, where the hours are ordinary) does not
apply; a term that applies but is not known lowers the confidence.
A score belongs to the pair, never to the person: no term reads attendance, age, gender, origin or benefit history.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from matcher.arrays import FORMS, Codes, Flags, Floats, MatchInput
from matcher.domain.agreement import PlacementForm
from matcher.domain.conditions import CONDITIONS, Accommodation, Kind, Scale
from matcher.kernels import each_pair, sum_of_entries, weighted_overlap
from matcher.language import Text
from matcher.rules import listed

PairFunction: TypeAlias = Callable[[MatchInput, Codes, Codes], Floats]
CitizenFlag: TypeAlias = Callable[[MatchInput, Codes], Flags]

CLEAR_GOAL: Final = 0.5
"""A goal that is read with less confidence than this counts as unclear. Assumption."""
TINY: Final = 1e-9
"""Keeps a division by zero away where the quotient is not used."""
NOT_ASKED: Final = 0.5
"""Coverage at a place that requires nothing, for somebody who has not done its job function before. Assumption."""
AT_THE_LIMIT: Final = 0.8
"""Comfort of a need that is met with nothing to spare; a need that is missed lies below. Assumption."""


def everyone(match_input: MatchInput, rows: Codes) -> Flags:  # noqa: ARG001 - the shape that every `applies` has
    """Applies to every citizen."""
    return np.ones(rows.shape, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the score.

    Attributes
    ----------
    id : stable name, used in weights, records and interfaces
    name : what it measures, a noun phrase
    source : study, law or stated assumption behind the formula
    score : (match_input, rows, cols) -> float64 share, NaN unknown
    applies : (match_input, rows) -> bool, whether the term concerns the citizen at all
    known : (match_input, rows, cols) -> share of the facts behind the score that are known; None = all or nothing
    beside : (match_input, rows, cols) -> 1 where the term does not concern the pair, else 0; None = it concerns all
    """

    id: str
    name: Text
    source: Text
    score: PairFunction
    applies: CitizenFlag = everyone
    known: PairFunction | None = None
    beside: PairFunction | None = None

    def known_share(self, match_input: MatchInput, rows: Codes, cols: Codes, score: Floats) -> Floats:
        """Share in [0, 1] of the facts behind a score that are known; 0 where the score is NaN.

        1 with a score of NaN: the term does not concern the pair.
        """
        known = (~np.isnan(score)).astype(np.float64)
        if self.known is not None:
            known = known * self.known(match_input, rows, cols)
        return known if self.beside is None else np.maximum(known, self.beside(match_input, rows, cols))


def comfort(need: Accommodation, level: Floats) -> Floats:
    r"""How well places with a level of a condition meet a need: share in [0, 1]; NaN where it is not stated.

    `level` is float64 of any shape, NaN where the place has not stated the condition.


    Burden with limit L on a scale to M, level x:
        x <= L:  1 - (1 - a) x / L          (L = 0 or a yes/no condition: 1)
        x >  L:  a (1 - (x - L) / (M - L))
    Offer with limit L:
        x >= L:  1
        x <  L:  a x / L
    with a = AT_THE_LIMIT. Falls with every burden and rises with every offer. Source: stated assumption; more than the
    limit asked for is not better, a burden well below the limit is.
    """
    spec, limit = CONDITIONS[need.condition], need.limit
    if spec.kind is Kind.OFFER:
        met, missed = np.ones_like(level), AT_THE_LIMIT * level / max(limit, TINY)
        return np.where(np.isnan(level), np.nan, np.where(level >= limit, met, missed))
    spare = 1.0 if spec.scale is Scale.YES_NO else 1 - (1 - AT_THE_LIMIT) * level / max(limit, TINY)
    missed = AT_THE_LIMIT * (1 - (level - limit) / max(spec.maximum - limit, TINY))
    return np.where(np.isnan(level), np.nan, np.where(level <= limit, spare, missed))


def goal_fit(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    """How well the job lies on the way of the citizen's goals: see `GoalFit`. NaN without a goal that can be read."""
    return match_input.goal.fit(rows, cols)


def has_goal(match_input: MatchInput, rows: Codes) -> Flags:
    """Whether the citizen has a goal that can be read."""
    return ~np.isnan(match_input.citizens.goal_confidence[rows])


def goal_known(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    """How sure the reading of the goal is: 1 for an occupation that a consultant has confirmed."""
    shape = np.broadcast_shapes(rows.shape, cols.shape)
    return np.broadcast_to(np.nan_to_num(match_input.citizens.goal_confidence[rows]), shape)


def _weighted_share(match_input: MatchInput, functions: Codes, share: Floats, rows: Codes, cols: Codes) -> Floats:
    """Sum of weight x share over the padded lists of job functions (m, most) of the slots.

    `share` is (n, F + 1): what each citizen has of each function.
    """
    total: Floats = each_pair(weighted_overlap, rows, cols, functions, match_input.function_weight, share)
    return total


def _divide(total: Floats, whole: Floats, empty: float) -> Floats:
    shape = np.broadcast_shapes(total.shape, whole.shape)
    share: Floats = np.divide(total, whole, out=np.full(shape, empty), where=np.broadcast_to(whole > 0, shape))
    return share


def competence_coverage(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    r"""Weighted share of the slot's required job functions that the citizen masters.

    coverage[i, j] = sum_f weight[f] held[i, f] required[j, f] / sum_f weight[f] required[j, f]

    weight: inverse document frequency over the slots; held: 0.5 with guidance, 1 alone or able to teach (assumption).
    A slot that requires nothing takes everybody, but who knows its own job function g starts better:

    coverage[i, j] = NOT_ASKED + (1 - NOT_ASKED) held[i, g_j]

    NaN where no competence is recorded. Source: Tversky (1977), Features of Similarity, alpha = 0, beta = 1
    (asymmetric).
    """
    citizens, slots = match_input.citizens, match_input.slots
    total = _weighted_share(match_input, slots.required, citizens.held, rows, cols)
    whole = match_input.required_weight[cols]
    own = NOT_ASKED + (1 - NOT_ASKED) * citizens.held[rows, slots.function[cols]]
    coverage = np.where(whole > 0, _divide(total, whole, 0.0), own)
    return np.where(citizens.competences_known[rows], coverage, np.nan)


def stretch(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    r"""Weighted share of what the slot teaches that is new to the citizen and on the way to the goal.

    stretch[i, j] = sum_f weight[f] (1 - held[i, f]) toward[i, f] taught[j, f] / sum_f weight[f] taught[j, f]

    toward: share to which the job function belongs to the citizen's goals. A slot that teaches nothing: 0.
    Source: assumption, after training tracks: an exact agreement on what is trained; weights as in
    `competence_coverage`.
    """
    total = _weighted_share(match_input, match_input.slots.taught, match_input.citizens.to_learn, rows, cols)
    return _divide(total, match_input.taught_weight[cols], 0.0)


def _sum_over_needs(match_input: MatchInput, table: Floats, rows: Codes, cols: Codes) -> Floats:
    """Sum of a (K + 1, m) table over the citizen's needs."""
    total: Floats = each_pair(sum_of_entries, rows, cols, match_input.citizens.needs, table)
    return total


def conditions_fit(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    """Weighted mean of `comfort` over the citizen's needs that the slot has stated; NaN where it has stated none.

    SHOULD needs weigh SHOULD_WEIGHT, MUST needs MUST_WEIGHT.
    """
    needs = match_input.needs
    total = _sum_over_needs(match_input, needs.weighted_comfort, rows, cols)
    return _divide(total, _sum_over_needs(match_input, needs.stated_weight, rows, cols), np.nan)


def conditions_known(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    """Weighted share of the citizen's needs that the slot has stated."""
    known = _sum_over_needs(match_input, match_input.needs.stated_weight, rows, cols)
    return _divide(known, match_input.needs_weight[rows], 1.0)


def has_needs(match_input: MatchInput, rows: Codes) -> Flags:
    """Whether any accommodation is recorded."""
    flags: Flags = np.any(match_input.citizens.needs[rows] < len(match_input.needs.needs), axis=-1)
    return flags


def hours_fit(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    r"""Half for the start, half for the ramp towards the hours that are the target.

    start[i, j] = min(weekly_hours[i, j] / hours_now[i], 1)
    ramp[i, j] = (min(hours_to[j], shared_hours[i, j]) - hours_now[i]) / (hours_target[i] - hours_now[i])

    clipped to [0, 1]; a citizen who is at the target already: ramp = start. Hours per week. Source: assumption; the
    documents set hours that grow as the measure of progress.
    """
    now, target = match_input.citizens.hours_now[rows], match_input.citizens.hours_target[rows]
    start = np.minimum(match_input.weekly_hours(rows, cols) / now, 1.0)
    reach = np.minimum(match_input.slots.hours_to[cols], match_input.shared_hours(rows, cols))
    growth = np.broadcast_to(target - now, reach.shape)
    ramp = np.divide(reach - now, growth, out=np.array(start), where=growth > 0)
    fit: Floats = 0.5 * start + 0.5 * np.clip(ramp, 0.0, 1.0)
    return fit


def breadth(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    """How many different job functions can be tried, as the slot states it: share in [0, 1].

    Source: company centres have a broad range of tasks for those who are not yet clear about a goal.
    """
    return np.broadcast_to(match_input.slots.breadth[cols], np.broadcast_shapes(rows.shape, cols.shape))


def goal_is_unclear(match_input: MatchInput, rows: Codes) -> Flags:
    """Whether the citizen has no goal, or one that is read with less confidence than CLEAR_GOAL."""
    return ~(match_input.citizens.goal_confidence[rows] >= CLEAR_GOAL)


def outlook(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    """Chance of ordinary hours afterwards as the company states it: share in [0, 1].

    NaN where it has not said, and where the hours of the place are ordinary already.
    """
    stated: Floats = np.where(are_ordinary(match_input, rows, cols) > 0, np.nan, match_input.slots.outlook[cols])
    return stated


def are_ordinary(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    """1 where the place offers ordinary paid hours from the start, else 0."""
    ordinary = match_input.slots.form[cols] == FORMS.index(PlacementForm.ORDINARY_HOURS)
    return np.broadcast_to(ordinary.astype(np.float64), np.broadcast_shapes(rows.shape, cols.shape))


def mentor(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    r"""0.6 for hours, 0.4 for training of the worksite's mentors.

    mentor[i, j] = 0.6 min(hours[j] / need[i], 1) + 0.4 trained_share[j]

    hours: mentor hours per week of the whole worksite; the plan shares them out. Source: assumption; the description of
    company centres asks for a trained mentor.
    """
    need = np.maximum(match_input.citizens.mentor_hours_per_week[rows], TINY)
    hours = np.minimum(match_input.slots.mentor_hours_per_week[cols] / need, 1.0)
    return 0.6 * hours + 0.4 * match_input.slots.trained_mentor_share[cols]


def needs_mentor(match_input: MatchInput, rows: Codes) -> Flags:
    """Whether the citizen needs mentor hours."""
    flags: Flags = match_input.citizens.mentor_hours_per_week[rows] > 0
    return flags


def travel(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    """1 - minutes / longest, clipped to [0, 1]: 1 next door, 0 at the longest travel time that the citizen can manage.

    Minutes one way by the fastest of the citizen's modes; NaN where a position is not known. Source: assumption.
    """
    share = match_input.travel.minutes(rows, cols) / match_input.citizens.longest_travel_minutes[rows]
    return np.clip(1.0 - share, 0.0, 1.0)


def wish(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    """1 where the company is one that the citizen has wished for, else 0."""
    return listed(match_input, match_input.citizens.wishes_for, rows, cols).astype(np.float64)


def has_wish(match_input: MatchInput, rows: Codes) -> Flags:
    """Whether the citizen has wished for any company."""
    flags: Flags = np.any(match_input.citizens.wishes_for[rows] >= 0, axis=-1)
    return flags


TERMS: Final[tuple[Term, ...]] = (
    Term(
        "goal_fit",
        Text("jobmål", "job goal"),
        Text("Jobmålet sætter retningen", "The job goal sets the direction"),
        goal_fit,
        has_goal,
        goal_known,
    ),
    Term(
        "competence_coverage",
        Text("kompetencer til pladsen", "competences for the place"),
        Text("Tversky (1977)", "Tversky (1977)"),
        competence_coverage,
    ),
    Term(
        "stretch",
        Text("læring på pladsen", "learning at the place"),
        Text("Træningsbaner: det, der læres, er aftalt", "Training tracks: what is learnt is agreed"),
        stretch,
        has_goal,
    ),
    Term(
        "conditions_fit",
        Text("skånehensyn", "accommodation needs"),
        Text("Henvisningen", "The referral"),
        conditions_fit,
        has_needs,
        conditions_known,
    ),
    Term(
        "hours_fit",
        Text("timer og optrapning", "hours and their growth"),
        Text("Timer, der vokser, er målet for fremgang", "Hours that grow are the measure of progress"),
        hours_fit,
    ),
    Term(
        "breadth",
        Text("bredde i opgaver", "breadth of tasks"),
        Text("Virksomhedscentre til uafklarede borgere", "Company centres for citizens without a clear goal"),
        breadth,
        goal_is_unclear,
    ),
    Term(
        "outlook",
        Text("udsigt til ordinære timer", "outlook for ordinary hours"),
        Text("Virksomhedens eget skøn", "The company's own estimate"),
        outlook,
        beside=are_ordinary,
    ),
    Term(
        "mentor",
        Text("mentorstøtte", "mentor support"),
        Text("Virksomhedscentre har en uddannet mentor", "Company centres have a trained mentor"),
        mentor,
        needs_mentor,
    ),
    Term(
        "travel", Text("rejsetid", "travel time"), Text("Beregnet af afstanden", "Computed from the distance"), travel
    ),
    Term(
        "wish",
        Text("borgerens ønske", "the citizen's wish"),
        Text("Borgerens eget valg", "The citizen's own choice"),
        wish,
        has_wish,
    ),
)
