"""Needs for places that there are none of: kinds of place tried in every town, and what they would be worth.

A kind of place is a job function, a town, hours to begin with, and whether it is quiet or physically light. Each is
built as an ordinary agreement and asked of every rule and term, as if a company had offered it. Those that together do
most for everybody who waits are chosen; each citizen is counted at the kind that does most for that citizen.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final, TypeAlias

import numpy as np

from matcher.arrays import Floats, MatchInput
from matcher.budgets import running_on
from matcher.domain.agreement import AgreementModel, PlacementForm, Slot, SlotAgreement, SlotSetting
from matcher.domain.catalogue import JOB_FUNCTIONS, JobFunction
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company, CompanyMentor, Worksite
from matcher.domain.conditions import CONDITIONS, Condition, Demand, Kind
from matcher.domain.geography import Position
from matcher.domain.schedule import Schedule
from matcher.domain.staff import JobConsultant
from matcher.language import Text
from matcher.limits import ResourceKind
from matcher.needs.changes import town_name, towns_of
from matcher.needs.night import Gainer, Need, Night, best_gain, price_of
from matcher.needs.words import new_place_text
from matcher.openings.market import NOTHING
from matcher.openings.ranking import EFFORT_PRICE
from matcher.scoring import ScoredPairs, score_pairs

NEW_PLACE: Final = "new_place"
PLACES: Final = 2
"""Places of a new agreement."""
HOURS_FROM: Final = (10.0, 6.0, 3.0)
"""Hours a week that a new place can begin with."""
MOST_HOURS: Final = 30.0
TOWNS: Final = 8
"""Towns where a new place is looked for: those with most worksites."""
FUNCTIONS: Final = 30
"""Job functions that are tried: those that most of the waiting aim at or know."""
EMPLOYEES: Final = 20.0
"""Ordinary employees of a new company: room for four full-time persons."""
MENTOR_HOURS: Final = 6.0
"""Mentor hours a week that come with a new agreement: three a place."""
AGREED_EFFORT: Final = 4
"""Effort of a new agreement: weeks from the first call to the first day."""
MINUTES_STEP: Final = 5
FAR_SHARE: Final = 0.9
"""Share of those who would gain that the travel time told of covers."""
_QUIET: Final = {Condition.NOISE: 1.0, Condition.PEOPLE_CONTACT: 1.0, Condition.PACE: 1.0}
_LIGHT: Final = {Condition.LIFTING: 5.0, Condition.STANDING_WALKING: 0.5, Condition.REPETITIVE_MOVEMENT: 1.0}
_OFFERS: Final = {
    Condition.BREAKS_AT_NEED: 1.0,
    Condition.ONE_INSTRUCTION: 1.0,
    Condition.SAME_CONTACT_PERSON: 1.0,
    Condition.FLEXIBLE_START: 1.0,
    Condition.GROUND_FLOOR: 1.0,
    Condition.FIXED_ROUTINE: 2.0,
    Condition.PREDICTABLE_DAYS: 2.0,
}
"""What a company that takes somebody in a placement usually offers. Assumption, as are the other figures here."""
_DAYTIME: Final = Schedule(from_minutes=9 * 60, to_minutes=15 * 60)
_NEVER: Final = (Condition.EARLY_START, Condition.EVENING_WORK, Condition.NIGHT_WORK, Condition.WEEKEND_WORK)

Vectorise: TypeAlias = Callable[[Sequence[Citizen], Sequence[Company], Sequence[SlotAgreement], date], MatchInput]
"""Domain values → arrays (``features.vectorise.vectorise``)."""


@dataclass(frozen=True, slots=True)
class KindOfPlace:
    """A kind of place."""

    function: str
    postcode: str
    hours_from: float
    quiet: bool
    light: bool

    @property
    def effort(self) -> int:
        """Of the agreement, and of what it has to adapt."""
        return AGREED_EFFORT + 2 * (self.quiet + self.light) + HOURS_FROM.index(self.hours_from)


def needs_for_places(night: Night, vectorise: Vectorise, *, most: int = 10) -> list[Need]:
    """The kinds of place that would help most, each for those whom the ones before it have not helped."""
    kinds = list(_kinds(night))
    if not kinds or not len(night.waiting):
        return []
    consultant = _who_has_time(night)
    built = [_built(night, kind, k, consultant) for k, kind in enumerate(kinds)]
    people = [night.match_input.citizen_values[row] for row in night.waiting.tolist()]
    tried = vectorise(
        people, [company for company, _ in built], [agreement for _, agreement in built], night.match_input.on
    )
    tried = replace(tried, function_weight=_weight(night.match_input, tried), rulebook=night.match_input.rulebook)
    pairs = score_pairs(tried, top_k=None, weights=night.weights)
    cost = price_of(night, ResourceKind.CASELOAD, consultant.id)
    gain = pairs.value - cost - night.worth[night.waiting[pairs.citizen]]
    chosen = _covering(kinds, pairs, gain, most)
    found = []
    for kind, mine in chosen.items():
        gainers = [Gainer(float(gain[e]), int(pairs.citizen[e]), kind) for e in mine]
        total, counted = best_gain(gainers, {kind: PLACES})
        minutes = tried.travel.minutes(pairs.citizen[mine], pairs.slot[mine])
        found.append(_need(night, kinds[kind], built[kind], len(mine), len(counted), total, minutes))
    return found


def _covering(kinds: Sequence[KindOfPlace], pairs: ScoredPairs, gain: Floats, most: int) -> dict[int, list[int]]:
    """The kinds that together do most for those who wait, each with the pairs of the citizens it does most for.

    Chosen greedily by sum_i (max over chosen k of net_ik), net = gain less the kind's effort for each of its places:
    at least 63 % of the best choice of so many. Source: Nemhauser, Wolsey and Fisher (1978).
    """
    effort = np.array([kind.effort for kind in kinds])
    net = np.where(gain > NOTHING, gain - EFFORT_PRICE * effort[pairs.slot] / PLACES, 0.0)
    best = np.zeros(int(pairs.citizen.max(initial=-1)) + 1)
    best_pair = np.full(len(best), -1)
    for _ in range(most):
        better = np.maximum(net - best[pairs.citizen], 0.0)
        total = np.bincount(pairs.slot, weights=better, minlength=len(kinds))
        kind = int(np.argmax(total))
        if total[kind] <= NOTHING:
            break
        here = np.flatnonzero((pairs.slot == kind) & (better > NOTHING))
        best[pairs.citizen[here]], best_pair[pairs.citizen[here]] = net[here], here
    found: dict[int, list[int]] = {}
    for pair in best_pair[best_pair >= 0].tolist():
        found.setdefault(int(pairs.slot[pair]), []).append(pair)
    return found


def _need(
    night: Night,
    kind: KindOfPlace,
    built: tuple[Company, SlotAgreement],
    citizens: int,
    placed: int,
    gain: float,
    minutes: Floats,
) -> Need:
    function = JOB_FUNCTIONS[kind.function]
    far = float(np.nanquantile(minutes, FAR_SHARE)) if not np.isnan(minutes).all() else 0.0
    text = new_place_text(
        citizens,
        MINUTES_STEP * int(np.ceil(far / MINUTES_STEP)),
        town_name(towns_of(night.match_input), kind.postcode),
        Text(function.danish, function.english),
        kind.hours_from,
        quiet=kind.quiet,
        light=kind.light,
        outdoor_share=_usual(function, Condition.OUTDOOR),
    )
    company, agreement = built
    return Need(NEW_PLACE, text, citizens, placed, gain, kind.effort, company=company, agreement=agreement)


def _kinds(night: Night) -> Iterator[KindOfPlace]:
    for function in _wanted_functions(night):
        for postcode in _towns(night.match_input):
            for hours_from in HOURS_FROM:
                for quiet in (False, True):
                    for light in (False, True):
                        yield KindOfPlace(function, postcode, hours_from, quiet, light)


def _wanted_functions(night: Night) -> list[str]:
    """Job functions by how much those who wait know of them or aim at them."""
    citizens, rows = night.match_input.citizens, night.waiting
    wanted = np.maximum(citizens.held[rows], citizens.toward_goal[rows]).sum(axis=0)[:-1]
    codes = [code for code in night.match_input.functions if code in JOB_FUNCTIONS]
    score = {code: float(wanted[k]) for k, code in enumerate(night.match_input.functions)}
    return sorted(codes, key=lambda code: (-score[code], code))[:FUNCTIONS]


def _towns(match_input: MatchInput) -> list[str]:
    """Postcodes of the municipality's worksites, those with most first."""
    count: dict[str, int] = {}
    for site in {(one.company.id, one.worksite.id): one.worksite for one in match_input.slot_values}.values():
        count[site.postcode] = count.get(site.postcode, 0) + 1
    return sorted(count, key=lambda postcode: (-count[postcode], postcode))[:TOWNS]


def _who_has_time(night: Night) -> JobConsultant:
    """The consultant whose time costs the plan least, of those whom running placements leave any."""
    slots = running_on(night.match_input, night.running).on_slots().slot
    taken = Counter(night.match_input.slot_values[row].agreement.consultant_id for row in slots.tolist())

    def order(one: JobConsultant) -> tuple[bool, float, int, str]:
        left = one.caseload - taken[one.id]
        return left <= 0, price_of(night, ResourceKind.CASELOAD, one.id), -left, one.id

    return min(night.consultants, key=order)


def _usual(function: JobFunction, condition: Condition) -> float:
    return next((demand.level for demand in function.usual_demands if demand.condition is condition), 0.0)


@cache
def _demands(code: str, quiet: bool, light: bool) -> tuple[Demand, ...]:
    """Every condition stated: the function's usual burdens, what is adapted, what is offered."""
    adapted = (_QUIET if quiet else {}) | (_LIGHT if light else {})
    function, levels = JOB_FUNCTIONS[code], {}
    for condition, spec in CONDITIONS.items():
        usual = _usual(function, condition)
        if spec.kind is Kind.OFFER:
            quiet_place = 1.0 if quiet and condition is Condition.SCREENED_PLACE else 0.0
            levels[condition] = max(usual, quiet_place, _OFFERS.get(condition, 0.0))
        else:
            levels[condition] = 0.0 if condition in _NEVER else min(usual, adapted.get(condition, usual))
    return tuple(Demand(condition, level) for condition, level in levels.items())


def _built(night: Night, kind: KindOfPlace, number: int, consultant: JobConsultant) -> tuple[Company, SlotAgreement]:
    """The kind of place as a company with a fixed agreement."""
    name, on = f"new-place-{number}", night.match_input.on
    site = Worksite(
        name,
        "1000000000",
        name,
        kind.postcode,
        EMPLOYEES,
        position=_centre(night.match_input, kind.postcode),
        mentors=(CompanyMentor(f"{name}-mentor", MENTOR_HOURS),),
    )
    slot = Slot(
        name,
        name,
        name,
        JOB_FUNCTIONS[kind.function].danish,
        kind.function,
        SlotSetting.SINGLE,
        PlacementForm.WORK_PLACEMENT,
        PLACES,
        on,
        kind.hours_from,
        MOST_HOURS,
        schedule=_DAYTIME,
        taught=(kind.function,),
        demands=_demands(kind.function, kind.quiet, kind.light),
    )
    municipality = consultant.municipality
    agreement = SlotAgreement(name, municipality, AgreementModel.FIXED, (name,), consultant.id, on, (slot,))
    return Company(name, municipality, "10000000", name, "000000", (site,)), agreement


def _centre(match_input: MatchInput, postcode: str) -> Position | None:
    """The middle of the worksites in a town whose position is known."""
    known = [one.worksite.position for one in match_input.slot_values if one.worksite.postcode == postcode]
    exact = [position for position in known if position is not None]
    if not exact:
        return None
    latitude = sum(position.latitude for position in exact) / len(exact)
    return Position(latitude, sum(position.longitude for position in exact) / len(exact))


def _weight(match_input: MatchInput, tried: MatchInput) -> Floats:
    """The weights of job functions as in the municipality, in the order of the tried places."""
    own = dict(zip(match_input.functions, match_input.function_weight[:-1].tolist(), strict=True))
    largest = max(own.values(), default=1.0)
    return np.array([*(own.get(code, largest) for code in tried.functions), 0.0])
