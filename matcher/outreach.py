r"""Which companies to call next, for whom, and what a call is expected to gain: models 2, 3 and 4 of agreements.

Sets: calls c, one for an agreement and a company of it; K_c the people that a call is made for: those whom the latest
plan proposes there, then those without a proposal whom a free place there suits, the best first, as long as places and
shared limits leave room for each and the gain an hour does not fall. Data: value v_ij of a pair; b_ij the price of what
the pair uses of shared limits, but for outreach hours, which the list itself rations; h_c hours of the call; P_c chance
of a yes (`matcher.answers`).

    w_i = max(0, max over places that nobody has to be asked about of v_ij − price_ij)      worth without any call
    M_i = max(w_i, best v_ij − b_ij over the calls chosen before that are answered yes)     random
    improvement_ic = E[max(0, v_ij − b_ij − M_i)]
    gain_c = P_c Σ_{i in K_c} improvement_ic

The list takes, again and again, the call with the largest gain_c / h_c that still fits its consultant's hours. Answers
are taken as independent: that one citizen is behind many calls lowers the gain of all but the first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from matcher.answers import ChanceOfYes, YesChances, industry_of_company
from matcher.arrays import Codes, Flags, Floats, MatchInput
from matcher.assignment.account import Account, account_of
from matcher.assignment.plan import make_plan, total_value
from matcher.domain.agreement import AgreementModel
from matcher.limits import ResourceKind
from matcher.resources import NightProblem

ASKED: Final = (AgreementModel.AD_HOC, AgreementModel.CLUSTER, AgreementModel.PRE_AGREED)
"""Models where a company is asked each time. A pre-agreed place is only confirmed, for whoever is proposed there."""
LEAST_IMPROVEMENT: Final = 0.05
"""Nobody without a proposal is asked for where it would improve less, in units of value. Assumption."""
TOLERANCE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Somebody a call is made for. `improvement` of the worth, in units of value; `proposed`: by the latest plan."""

    citizen_row: int
    slot_row: int
    value: float
    improvement: float
    proposed: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One call to make.

    Attributes
    ----------
    people : whom it is made for, those with a proposal first
    others_waiting : citizens without a proposal whom a place there suits as well, beside `people`
    chance : of a yes
    hours : that the consultant spends on it
    fits : whether the consultant's hours are enough for it, after the calls before it
    """

    company_id: str
    agreement_id: str
    consultant_id: str
    model: AgreementModel
    people: tuple[Beneficiary, ...]
    others_waiting: int
    chance: ChanceOfYes
    hours: float
    fits: bool = False

    @property
    def gain(self) -> float:
        """Expected improvement over all people of the call, in units of value."""
        return self.chance.mean * sum(person.improvement for person in self.people)

    @property
    def gain_per_hour(self) -> float:
        """Expected improvement for each hour of the call."""
        return self.gain / self.hours


@dataclass(frozen=True, eq=False)
class Market:
    """The latest plan, as calls see it.

    Attributes
    ----------
    night : all eligible pairs with the limits they share
    slot_price, resource_price : float64 (m,) and (R,), of the latest plan; the resources are those of `night`
    proposed : slot row of each citizen row that the plan proposes a place for
    """

    match_input: MatchInput
    night: NightProblem
    slot_price: Floats
    resource_price: Floats
    proposed: Mapping[int, int]

    @cached_property
    def is_proposal(self) -> Flags:
        """bool (E,), whether the pair is what the plan proposes."""
        problem = self.night.problem
        slot_of = np.full(problem.n_citizens, -1, dtype=np.int32)
        for citizen, slot in self.proposed.items():
            slot_of[citizen] = slot
        return np.asarray(slot_of[problem.citizen] == problem.slot)

    @cached_property
    def account(self) -> Account:
        """What the proposals have used and left."""
        problem, chosen = self.night.problem, np.flatnonzero(self.is_proposal)
        prices = np.zeros(problem.n_citizens), self.slot_price, self.resource_price
        return account_of(problem, make_plan(problem, chosen, total_value(problem, chosen), prices))

    @cached_property
    def rationed_elsewhere(self) -> Flags:
        """bool (R,), whether a resource limits a call: all but the outreach hours."""
        return np.array([row.kind is not ResourceKind.OUTREACH_HOURS for row in self.night.resources], dtype=np.bool_)

    @cached_property
    def worth_there(self) -> Floats:
        """float64 (E,), v − b: worth of the pair where the company says yes."""
        worth: Floats = self.night.problem.value - self.account.use @ (self.resource_price * self.rationed_elsewhere)
        return worth

    @cached_property
    def model_of_slot(self) -> tuple[AgreementModel, ...]:
        """Model of each slot's agreement."""
        return tuple(context.agreement.model for context in self.match_input.slot_values)

    @cached_property
    def worth_now(self) -> Floats:
        """float64 (n,), w: worth of the best place that nobody has to be asked about, at its price; at least 0."""
        problem = self.night.problem
        surplus = problem.value - self.slot_price[problem.slot] - self.account.use @ self.resource_price
        certain = np.array([model not in ASKED for model in self.model_of_slot], dtype=np.bool_)[problem.slot]
        worth = np.zeros(problem.n_citizens)
        np.maximum.at(worth, problem.citizen[certain], surplus[certain])
        return worth

    @cached_property
    def could_be_asked_for(self) -> Flags:
        """bool (E,): the citizen has no proposal, and after all proposals there is room for the pair."""
        problem, account = self.night.problem, self.account
        waiting = np.ones(problem.n_citizens, dtype=np.bool_)
        waiting[list(self.proposed)] = False
        open_ = waiting[problem.citizen] & (account.free_places[problem.slot] > 0) & (account.meets == 0)
        over = account.use.tocoo()
        lacks = (over.data > np.maximum(0.0, account.left)[over.coords[1]]) & self.rationed_elsewhere[over.coords[1]]
        open_[over.coords[0][lacks]] = False
        return np.asarray(open_)


class _Line(NamedTuple):
    """A call that can be made: the pairs at its slots, those proposed and those that could be asked for."""

    company_id: str
    agreement_id: str
    consultant_id: str
    model: AgreementModel
    chance: ChanceOfYes
    hours_a_person: float
    least_hours: float
    proposed: Codes
    waiting: Codes


Made = tuple[float, float]
"""A call made for somebody: the worth of the place there, and the chance of a yes."""


def expected_improvement(worth: float, now: float, made: Sequence[Made]) -> float:
    """E[max(0, worth − M)], M = max(now, the best worth of the calls made that are answered yes); independent answers.

    Summed over which of the calls is the best one answered yes: from the highest worth down.
    """
    none_so_far, expected = 1.0, 0.0
    for there, chance in sorted(made, reverse=True):
        expected += none_so_far * chance * max(0.0, worth - max(there, now))
        none_so_far *= 1 - chance
    return expected + none_so_far * max(0.0, worth - now)


def next_calls(
    market: Market,
    chances: YesChances,
    *,
    hours_left: Mapping[str, float],
    resting: Collection[str] = (),
) -> tuple[Call, ...]:
    """Calls that fit the consultants' hours in the order they are best made, then those that do not fit.

    Parameters
    ----------
    hours_left : outreach hours that each consultant has left, by id
    resting : ids of companies that are not to be asked now
    """
    lines = _lines(market, chances, resting)
    left = dict(hours_left)
    made: dict[int, list[Made]] = {}
    open_ = {k: _call(market, line, made) for k, line in enumerate(lines)}
    taken: list[Call] = []
    while fitting := [k for k, call in open_.items() if call.people and call.hours <= _room(left, call)]:
        best = min(fitting, key=lambda k: (-open_[k].gain_per_hour, k))
        call = open_.pop(best)
        taken.append(replace(call, fits=True))
        left[call.consultant_id] = left.get(call.consultant_id, 0.0) - call.hours
        for person in call.people:
            pair = _pair_of(market, person)
            made.setdefault(person.citizen_row, []).append((float(market.worth_there[pair]), call.chance.mean))
        helped = {person.citizen_row for person in call.people}
        for k in open_:
            if not helped.isdisjoint(market.night.problem.citizen[lines[k].waiting].tolist()):
                open_[k] = _call(market, lines[k], made)
    rest = sorted(open_, key=lambda k: (-open_[k].gain_per_hour, k))
    return (*taken, *(open_[k] for k in rest if open_[k].people))


def _room(left: Mapping[str, float], call: Call) -> float:
    return left.get(call.consultant_id, 0.0) + TOLERANCE


def _pair_of(market: Market, person: Beneficiary) -> int:
    problem = market.night.problem
    first, last = np.searchsorted(problem.citizen, [person.citizen_row, person.citizen_row + 1])
    return int(first + np.flatnonzero(problem.slot[first:last] == person.slot_row)[0])


def _lines(market: Market, chances: YesChances, resting: Collection[str]) -> list[_Line]:
    """Calls that somebody could gain by, by agreement and company."""
    problem = market.night.problem
    slots: dict[tuple[str, str], list[int]] = {}
    for row, context in enumerate(market.match_input.slot_values):
        if context.agreement.model in ASKED and context.company.id not in resting:
            slots.setdefault((context.agreement.id, context.company.id), []).append(row)
    by_slot = np.argsort(problem.slot, kind="stable").astype(np.int32)
    ends = np.searchsorted(problem.slot[by_slot], np.arange(problem.n_slots + 1))
    lines = []
    for (agreement_id, company_id), rows in slots.items():
        context = market.match_input.slot_values[rows[0]]
        pairs = np.sort(np.concatenate([by_slot[ends[row] : ends[row + 1]] for row in rows]))
        proposed = pairs[market.is_proposal[pairs]]
        waiting = pairs[market.could_be_asked_for[pairs]]
        model, agreement = context.agreement.model, context.agreement
        lines.append(
            _Line(
                company_id,
                agreement_id,
                agreement.consultant_id,
                model,
                chances.chance(model, industry_of_company(context.company)),
                agreement.outreach_hours,
                chances.practice.least_call_hours,
                proposed,
                waiting[:0] if model is AgreementModel.PRE_AGREED else waiting,
            )
        )
    return [line for line in lines if len(line.proposed) or len(line.waiting)]


def _call(market: Market, line: _Line, made: Mapping[int, Sequence[Made]]) -> Call:
    """The call with the people it is best made for, given the calls made already."""
    people = [_beneficiary(market, int(pair), made) for pair in line.proposed]
    for pair in _chosen_waiting(market, line, made):
        more = [*people, _beneficiary(market, pair, made)]
        if people and _improvement_an_hour(line, more) < _improvement_an_hour(line, people) - TOLERANCE:
            break
        people = more
    chosen = {person.citizen_row for person in people}
    others = set(market.night.problem.citizen[line.waiting].tolist()) - chosen
    return Call(
        line.company_id,
        line.agreement_id,
        line.consultant_id,
        line.model,
        tuple(people),
        len(others),
        line.chance,
        _hours(line, len(people)),
    )


def _hours(line: _Line, people: int) -> float:
    """Hours of a call for so many people."""
    return max(line.least_hours, line.hours_a_person * people)


def _improvement_an_hour(line: _Line, people: Sequence[Beneficiary]) -> float:
    return sum(person.improvement for person in people) / _hours(line, len(people))


def _beneficiary(market: Market, pair: int, made: Mapping[int, Sequence[Made]]) -> Beneficiary:
    problem = market.night.problem
    citizen = int(problem.citizen[pair])
    improvement = expected_improvement(
        float(market.worth_there[pair]), float(market.worth_now[citizen]), made.get(citizen, ())
    )
    is_proposal = bool(market.is_proposal[pair])
    return Beneficiary(citizen, int(problem.slot[pair]), float(problem.value[pair]), improvement, is_proposal)


def _chosen_waiting(market: Market, line: _Line, made: Mapping[int, Sequence[Made]]) -> list[int]:
    """Pairs of those without a proposal, the largest improvement first, each as long as there is room for it."""
    problem, account = market.night.problem, market.account
    citizens = problem.citizen[line.waiting]
    improvement = np.maximum(0.0, market.worth_there[line.waiting] - market.worth_now[citizens])
    for k in np.flatnonzero([int(citizen) in made for citizen in citizens]):
        improvement[k] = _beneficiary(market, int(line.waiting[k]), made).improvement
    places = {int(slot): int(account.free_places[slot]) for slot in np.unique(problem.slot[line.waiting])}
    left, chosen, seen = np.maximum(0.0, account.left), [], set[int]()
    classes: set[tuple[int, int]] = set()
    for k in np.lexsort((line.waiting, -improvement)):
        pair, citizen, slot = int(line.waiting[k]), int(citizens[k]), int(problem.slot[line.waiting[k]])
        if improvement[k] < LEAST_IMPROVEMENT or not any(places.values()):
            break
        use = account.use[[pair], :].toarray()[0]
        fits = bool(np.all((use <= left + TOLERANCE) | ~market.rationed_elsewhere))
        if citizen in seen or not places[slot] or not fits or _kept_apart(market, pair, classes):
            continue
        chosen.append(pair)
        seen.add(citizen)
        places[slot] -= 1
        left = left - use
        classes.add(_site_and_class(market, pair))
    return chosen


def _site_and_class(market: Market, pair: int) -> tuple[int, int]:
    problem = market.night.problem
    separations = problem.separations
    if separations is None:
        return -1, 0
    site = int(separations.site_of_slot[problem.slot[pair]])
    return site, int(separations.class_of_citizen[problem.citizen[pair]])


def _kept_apart(market: Market, pair: int, there: Collection[tuple[int, int]]) -> bool:
    """Whether one of those chosen already at the worksite is to be kept apart from the pair's citizen."""
    separations = market.night.problem.separations
    site, own = _site_and_class(market, pair)
    apart = () if separations is None else separations.apart
    return any(where == site and ((own, other) in apart or (other, own) in apart) for where, other in there)
