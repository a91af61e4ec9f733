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

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from itertools import count

import numpy as np

from matcher.answers import ChanceOfYes, YesChances
from matcher.domain.agreement import AgreementModel
from matcher.outreach_lines import TOLERANCE, Line, Lines
from matcher.outreach_market import LEAST_IMPROVEMENT, Market


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


class CallSheet:
    """Calls that fit the consultants' hours in the order they are best made, and on request those that do not fit.

    Only calls whose bound (`matcher.outreach_lines`) could make them the next are counted through.

    Parameters
    ----------
    hours_left : outreach hours that each consultant has left, by id
    resting : ids of companies that are not to be asked now
    """

    def __init__(
        self, market: Market, chances: YesChances, *, hours_left: Mapping[str, float], resting: Collection[str] = ()
    ) -> None:
        self._market = market
        self._lines = Lines(market, chances, resting)
        self._made: dict[int, list[Made]] = {}
        self._left = dict(hours_left)
        self._open = set(range(len(self._lines)))
        self.fitting = tuple(self._taken())

    def beyond(self, consultant_id: str | None = None) -> tuple[Call, ...]:
        """Calls that the hours are not enough for, of one consultant or of all, the largest gain an hour first."""
        numbers = [k for k in self._open if consultant_id in (None, self._lines.agreement(k).consultant_id)]
        calls = {k: self._call(k) for k in sorted(numbers)}
        order = sorted(calls, key=lambda k: (-calls[k].gain_per_hour, k))
        return tuple(calls[k] for k in order if calls[k].people)

    def _taken(self) -> Iterator[Call]:
        entries = count()  # no two entries are the same: calls themselves have no order
        queue: list[tuple[float, int, int, Call | None]] = [(-self._lines.bound[k], k, -1, None) for k in self._open]
        counted: dict[int, Call] = {}
        heapify(queue)
        while queue:
            _, k, _, call = heappop(queue)
            if k not in self._open or (call is not None and counted.get(k) is not call):
                continue
            if call is None:
                counted[k] = call = self._call(k)
                if call.people and self._fits(call):
                    heappush(queue, (-call.gain_per_hour, k, next(entries), call))
            elif self._fits(call):  # hours only become fewer
                self._open.remove(k)
                yield replace(call, fits=True)
                for again in self._count_as_made(call) & self._open:
                    if counted.pop(again, None) is not None:
                        heappush(queue, (-self._lines.bound[again], again, -1, None))

    def _count_as_made(self, call: Call) -> set[int]:
        """Take the hours and note who is called for; the numbers of the calls that this changes the gain of."""
        self._left[call.consultant_id] = self._left.get(call.consultant_id, 0.0) - call.hours
        touched: set[int] = set()
        for person in call.people:
            pair = _pair_of(self._market, person)
            made = float(self._market.worth_there[pair]), call.chance.mean
            self._made.setdefault(person.citizen_row, []).append(made)
            touched |= self._lines.asking_for(person.citizen_row)
        return touched

    def _fits(self, call: Call) -> bool:
        return call.hours <= self._left.get(call.consultant_id, 0.0) + TOLERANCE

    def _call(self, k: int) -> Call:
        return _call(self._market, self._lines[k], self._made)


def next_calls(
    market: Market, chances: YesChances, *, hours_left: Mapping[str, float], resting: Collection[str] = ()
) -> tuple[Call, ...]:
    """All calls of a sheet: those that fit the hours, then those that do not."""
    sheet = CallSheet(market, chances, hours_left=hours_left, resting=resting)
    return (*sheet.fitting, *sheet.beyond())


def _pair_of(market: Market, person: Beneficiary) -> int:
    problem = market.night.problem
    pairs = market.pairs_of(person.citizen_row)
    return int(pairs.start + np.flatnonzero(problem.slot[pairs] == person.slot_row)[0])


def _call(market: Market, line: Line, made: Mapping[int, Sequence[Made]]) -> Call:
    """The call with the people it is best made for, given the calls made already."""
    people = [_beneficiary(market, int(pair), made) for pair in line.proposed]
    waiting = 0
    for pair in _chosen_waiting(market, line, made):
        more = [*people, _beneficiary(market, pair, made)]
        if people and _improvement_an_hour(line, more) < _improvement_an_hour(line, people) - TOLERANCE:
            break
        people, waiting = more, waiting + 1
    return Call(
        line.company_id,
        line.agreement.id,
        line.agreement.consultant_id,
        line.agreement.model,
        tuple(people),
        line.citizens_waiting - waiting,
        line.chance,
        line.hours(len(people)),
    )


def _improvement_an_hour(line: Line, people: Sequence[Beneficiary]) -> float:
    return sum(person.improvement for person in people) / line.hours(len(people))


def _beneficiary(market: Market, pair: int, made: Mapping[int, Sequence[Made]]) -> Beneficiary:
    problem = market.night.problem
    citizen = int(problem.citizen[pair])
    improvement = expected_improvement(
        float(market.worth_there[pair]), float(market.worth_now[citizen]), made.get(citizen, ())
    )
    is_proposal = bool(market.is_proposal[pair])
    return Beneficiary(citizen, int(problem.slot[pair]), float(problem.value[pair]), improvement, is_proposal)


def _best_first(market: Market, line: Line, made: Mapping[int, Sequence[Made]]) -> Iterator[int]:
    """Pairs of those without a proposal who would gain enough, the largest improvement first, then by pair.

    Calls made only lower an improvement: whoever one was made for comes later than without it, or not at all.
    """
    later: list[tuple[float, int]] = []
    for pair, improvement in zip(line.waiting.tolist(), market.improvement[line.waiting].tolist(), strict=True):
        while later and later[0] < (-improvement, pair):
            yield heappop(later)[1]
        if int(market.night.problem.citizen[pair]) not in made:
            yield pair
        elif (lower := _beneficiary(market, pair, made).improvement) >= LEAST_IMPROVEMENT:
            heappush(later, (-lower, pair))
    while later:
        yield heappop(later)[1]


def _chosen_waiting(market: Market, line: Line, made: Mapping[int, Sequence[Made]]) -> Iterator[int]:
    """Pairs of those without a proposal, the largest improvement first, each as long as there is room for it."""
    problem, account = market.night.problem, market.account
    places = {slot: int(account.free_places[slot]) for slot in line.slots}
    left, seen = np.maximum(0.0, account.left), set[int]()
    classes: set[tuple[int, int]] = set()
    use = account.use
    for pair in _best_first(market, line, made):
        citizen, slot = int(problem.citizen[pair]), int(problem.slot[pair])
        if citizen in seen or not places[slot]:
            continue
        of_pair = slice(use.indptr[pair], use.indptr[pair + 1])
        drawn_on, amount = use.indices[of_pair], use.data[of_pair]
        fits = bool(np.all((amount <= left[drawn_on] + TOLERANCE) | ~market.rationed_elsewhere[drawn_on]))
        if not fits or _kept_apart(market, pair, classes):
            continue
        yield pair
        seen.add(citizen)
        places[slot] -= 1
        left[drawn_on] -= amount
        classes.add(_site_and_class(market, pair))
        if not any(places.values()):
            return


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
