"""Calls: for whom, in which order, within the hours; against a count of every possible set of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.vectorise import vectorise
from matcher.answers import ASSUMED_YES, OutreachPractice, YesChances
from matcher.domain.agreement import AgreementModel
from matcher.domain.citizen import GroupNeed
from matcher.limits import ResourceKind
from matcher.outreach import Call, expected_improvement, next_calls
from matcher.outreach_market import LEAST_IMPROVEMENT, Market
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from matcher.wording.outreach import what_to_ask, why_text
from tests.builders import ON, a_citizen, a_company, a_consultant, a_slot, a_worksite, an_agreement

CHANCES = YesChances(OutreachPractice())
AD_HOC, CLUSTER, PRE_AGREED = AgreementModel.AD_HOC, AgreementModel.CLUSTER, AgreementModel.PRE_AGREED
P = ASSUMED_YES[AD_HOC]


def place(
    name: str, model: AgreementModel = AD_HOC, *, hours: float = 2.0, consultant: str = "consultant-1", **slot: Any
) -> tuple[Any, Any]:
    """A company with one worksite and an agreement of its own with one slot."""
    company = a_company(
        id=name,
        cvr=f"{number_of(name):08d}",
        worksites=(a_worksite(id=f"{name}-site", p_number=f"10{number_of(name):08d}"),),
    )
    one = a_slot(id=f"{name}-slot", company_id=name, worksite_id=f"{name}-site", **slot)
    agreement = an_agreement(
        id=f"{name}-agreement",
        model=model,
        company_ids=(name,),
        consultant_id=consultant,
        slots=(one,),
        outreach_hours=hours if model is AD_HOC else 0.0,
    )
    return company, agreement


def number_of(name: str) -> int:
    """A number for a short name, other for other names."""
    return 1_000_000 + int.from_bytes(name.encode()[:2].ljust(2), "big")


def market(
    places: Sequence[tuple[Any, Any]],
    value: Mapping[tuple[int, int], float],
    *,
    proposed: Mapping[int, int] | None = None,
    prices: Mapping[ResourceKind, float] | None = None,
    slot_price: Sequence[float] | None = None,
    citizens: Sequence[Any] | None = None,
    caseload: int = 40,
) -> Market:
    """A market of citizens and places with the values given; pairs without a value are not possible."""
    n = 1 + max(row for row, _ in value)
    people = citizens or [a_citizen(id=f"citizen-{i}") for i in range(n)]
    match_input = vectorise(people, [one for one, _ in places], [agreement for _, agreement in places], on=ON)
    pairs = score_pairs(match_input, top_k=None)
    kept = np.array([(int(i), int(j)) in value for i, j in zip(pairs.citizen, pairs.slot, strict=True)])
    given_value = np.array([value.get((int(i), int(j)), 1.0) for i, j in zip(pairs.citizen, pairs.slot, strict=True)])
    pairs = replace(pairs, citizen=pairs.citizen[kept], slot=pairs.slot[kept], value=given_value[kept])
    consultants = [a_consultant(id=f"consultant-{k}", outreach_hours=1000, caseload=caseload) for k in (1, 2)]
    night = plan_problem(match_input, pairs, consultants=consultants)
    of_kind = prices or {}
    resource_price = np.array([of_kind.get(row.kind, 0.0) for row in night.resources])
    of_slot = np.array(slot_price or [0.0] * len(places), dtype=np.float64)
    return Market(match_input, night, of_slot, resource_price, proposed or {})


def calls_of(found: Market, hours: float = 1000.0, **options: Any) -> tuple[Call, ...]:
    return next_calls(found, CHANCES, hours_left={"consultant-1": hours, "consultant-2": hours}, **options)


def order(calls: Sequence[Call]) -> list[str]:
    return [call.company_id for call in calls]


@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=6),
)
def test_expected_improvement_is_the_mean_over_every_set_of_answers(
    worth: float, now: float, made: list[tuple[float, float]]
) -> None:
    mean = 0.0
    for answers in product((True, False), repeat=len(made)):
        chance = 1.0
        for said_yes, (_, yes) in zip(answers, made, strict=True):
            chance *= yes if said_yes else 1 - yes
        best = max([now, *(there for said_yes, (there, _) in zip(answers, made, strict=True) if said_yes)])
        mean += chance * max(0.0, worth - best)
    assert expected_improvement(worth, now, made) == pytest.approx(mean, abs=1e-12)


def oracle(
    value: Mapping[tuple[int, int], float], hours: Sequence[float], budget: float
) -> tuple[list[tuple[int, int]], float]:
    """(company, citizen) in order and the hours left: one place a company, nobody proposed, counted from the start."""
    made: list[tuple[int, int]] = []
    left = budget
    while True:
        best: tuple[float, int, int] | None = None
        for company, takes in enumerate(hours):
            if any(company == one for one, _ in made) or takes > left + 1e-9:
                continue
            for (citizen, at), worth in value.items():
                if at != company:
                    continue
                earlier = [value[citizen, one] for one, who in made if who == citizen]
                gain = 0.0
                for answers in product((True, False), repeat=len(earlier)):
                    chance = float(np.prod([P if yes else 1 - P for yes in answers]))
                    had = max([0.0, *(there for yes, there in zip(answers, earlier, strict=True) if yes)])
                    gain += chance * max(0.0, worth - had)
                if gain >= LEAST_IMPROVEMENT and (best is None or P * gain / takes > best[0] + 1e-12):
                    best = (P * gain / takes, company, citizen)
        if best is None:
            return made, left
        made.append(best[1:])
        left -= hours[best[1]]


@settings(max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(1, 4), st.integers(1, 5))
def test_the_order_is_that_of_a_count_from_the_start_at_each_step(rng: Any, n: int, m: int) -> None:
    value = {(i, j): round(rng.uniform(0.1, 1), 6) for i in range(n) for j in range(m)}
    hours = [rng.choice([1.0, 2.0, 3.5]) for _ in range(m)]
    budget = rng.choice([2.0, 5.0, 100.0])
    found = market([place(f"c{j}", hours=hours[j]) for j in range(m)], value)
    taken = [call for call in calls_of(found, budget) if call.fits]
    expected, left = oracle(value, hours, budget)
    assert [(call.company_id, call.people[0].citizen_row) for call in taken] == [(f"c{j}", i) for j, i in expected]
    assert budget - sum(call.hours for call in taken) == pytest.approx(left)


def test_hours_bound_each_consultant_and_the_rest_stands_below() -> None:
    places = [place("a", hours=3), place("b", hours=3), place("c", hours=3, consultant="consultant-2")]
    value = {(0, 0): 0.9, (1, 1): 0.8, (2, 2): 0.3}
    found = calls_of(market(places, value), hours=3.0)
    assert [(call.company_id, call.fits) for call in found] == [("a", True), ("c", True), ("b", False)]
    assert [call.fits for call in calls_of(market(places, value), hours=2.99)] == [False, False, False]
    assert order(calls_of(market(places, value), hours=2.99)) == ["a", "b", "c"]


def test_the_gain_is_chance_times_improvement_over_what_needs_no_call() -> None:
    places = [place("fixed", AgreementModel.FIXED), place("a")]
    found = market(places, {(0, 0): 0.5, (0, 1): 0.9}, slot_price=[0.2, 0.0])
    (call,) = calls_of(found)
    assert call.people[0].improvement == pytest.approx(0.9 - (0.5 - 0.2))
    assert call.gain == pytest.approx(P * 0.6)
    assert call.gain_per_hour == pytest.approx(P * 0.6 / 2)


def test_shared_limits_cost_but_the_place_and_the_outreach_hours_do_not() -> None:
    prices = {ResourceKind.CASELOAD: 0.1, ResourceKind.OUTREACH_HOURS: 5.0}
    (call,) = calls_of(market([place("a")], {(0, 0): 0.9}, prices=prices, slot_price=[0.7]))
    assert call.people[0].improvement == pytest.approx(0.8)


def test_who_is_proposed_comes_first_and_a_taken_place_is_for_nobody_else() -> None:
    found = market([place("a")], {(0, 0): 0.3, (1, 0): 0.9}, proposed={0: 0})
    (call,) = calls_of(found)
    assert [(person.citizen_row, person.proposed) for person in call.people] == [(0, True)]
    assert call.others_waiting == 0


def test_a_proposal_is_called_about_even_where_it_gains_nothing() -> None:
    places = [place("fixed", AgreementModel.FIXED), place("a", PRE_AGREED)]
    (call,) = calls_of(market(places, {(0, 0): 0.9, (0, 1): 0.9}, proposed={0: 1}))
    assert (call.company_id, call.gain, call.hours) == ("a", 0.0, 0.5)


def test_a_pre_agreed_place_is_confirmed_for_proposals_alone() -> None:
    value = {(0, 0): 0.9, (1, 0): 0.8}
    assert calls_of(market([place("a", PRE_AGREED, capacity=2)], value)) == ()
    (call,) = calls_of(market([place("a", PRE_AGREED, capacity=2)], value, proposed={0: 0}))
    assert [person.citizen_row for person in call.people] == [0]


def test_somebody_with_a_proposal_is_asked_for_nowhere_else() -> None:
    places = [place("a"), place("b")]
    found = market(places, {(0, 0): 0.5, (0, 1): 0.9}, proposed={0: 0})
    assert order(calls_of(found)) == ["a"]


def test_a_waiting_citizen_joins_a_call_only_where_the_gain_an_hour_does_not_fall() -> None:
    value = {(0, 0): 0.5, (1, 0): 0.4, (2, 0): 0.5}
    (call,) = calls_of(market([place("a", capacity=3)], value, proposed={0: 0}))
    assert [person.citizen_row for person in call.people] == [0, 2]
    assert call.others_waiting == 1
    assert call.hours == 4.0


def cluster(capacity: int, places: int) -> list[tuple[Any, Any]]:
    """Two companies that share places; company b has its slot in the agreement of a."""
    (one, agreement), (other, second) = place("a", capacity=capacity), place("b", capacity=capacity)
    shared = replace(
        agreement,
        model=CLUSTER,
        company_ids=("a", "b"),
        places=places,
        outreach_hours=0.0,
        slots=(*agreement.slots, *second.slots),
    )
    return [(one, shared), (other, None)]


def cluster_market(value: Mapping[tuple[int, int], float], proposed: Mapping[int, int], places: int) -> Market:
    (one, shared), (other, _) = cluster(2, places)
    people = [a_citizen(id=f"citizen-{i}") for i in range(1 + max(row for row, _ in value))]
    match_input = vectorise(people, [one, other], [shared], on=ON)
    pairs = score_pairs(match_input, top_k=None)
    pairs = replace(
        pairs, value=np.array([value[i, j] for i, j in zip(pairs.citizen.tolist(), pairs.slot.tolist(), strict=True)])
    )
    night = plan_problem(match_input, pairs, consultants=[a_consultant()])
    return Market(match_input, night, np.zeros(2), np.zeros(len(night.resources)), proposed)


def test_the_places_of_a_cluster_bound_its_calls() -> None:
    value = {(i, j): 0.5 + 0.1 * i + 0.05 * j for i in range(3) for j in range(2)}
    for places, most in ((1, 1), (2, 2), (5, 2)):
        assert max(len(call.people) for call in calls_of(cluster_market(value, {}, places))) == most
    proposed = calls_of(cluster_market(value, {0: 0}, 1))
    assert [(call.company_id, len(call.people)) for call in proposed] == [("a", 1)]


def test_a_full_caseload_leaves_nobody_to_ask_for() -> None:
    value = {(0, 0): 0.9, (1, 1): 0.9}
    places = [place("fixed", AgreementModel.FIXED), place("a")]
    assert order(calls_of(market(places, value, proposed={0: 0}, caseload=2))) == ["a"]
    assert calls_of(market(places, value, proposed={0: 0}, caseload=1)) == ()


def test_people_who_are_kept_apart_are_not_in_one_call() -> None:
    needs = (GroupNeed.ACTIVE_SUBSTANCE_USE, GroupNeed.SUBSTANCE_FREE_GROUP, GroupNeed.NONE)
    people = [a_citizen(id=f"citizen-{i}", group_need=need) for i, need in enumerate(needs)]
    value = {(0, 0): 0.9, (1, 0): 0.9, (2, 0): 0.9}
    (call,) = calls_of(market([place("a", capacity=3)], value, citizens=people))
    assert [person.citizen_row for person in call.people] == [0, 2]
    (call,) = calls_of(market([place("a", capacity=3)], value, citizens=people, proposed={1: 0}))
    assert [person.citizen_row for person in call.people] == [1, 2]


def test_a_company_at_rest_is_not_called() -> None:
    found = market([place("a"), place("b")], {(0, 0): 0.9, (1, 1): 0.8})
    assert order(calls_of(found, resting={"a"})) == ["b"]


def test_an_improvement_that_is_too_small_is_not_worth_a_call() -> None:
    assert calls_of(market([place("a")], {(0, 0): LEAST_IMPROVEMENT - 0.001})) == ()
    assert order(calls_of(market([place("a")], {(0, 0): LEAST_IMPROVEMENT + 0.001}))) == ["a"]


def test_why_and_what_to_ask_name_nobody_in_either_language() -> None:
    found = market([place("a", capacity=2)], {(0, 0): 0.9, (1, 0): 0.9, (2, 0): 0.4})
    (call,) = calls_of(found)
    why, (main, outlook) = why_text(call), what_to_ask(found.match_input, call)
    assert why.danish == (
        "2 borgere uden forslag kan begynde her, hvis virksomheden siger ja. 1 anden uden forslag passer også "
        "til stedet. Chancen for et ja er 25\u00a0%, nok mellem 8\u00a0% og 45\u00a0% "
        "(et skøn, for der er ingen svar endnu)."
    )
    assert why.english.startswith("2 citizens without a proposal can begin here if the company says yes. 1 other ")
    assert main.danish == (
        "Kan I tage imod 2 personer i virksomhedspraktik (Opvask og anretning) fra den 1. oktober 2026, "
        "10 timer om ugen i starten?"
    )
    assert main.english.startswith(
        "Can you take 2 people in a work placement (Opvask og anretning) from 1 October 2026"
    )
    assert outlook.danish == "Spørg, om der er udsigt til ordinære timer bagefter."
    assert "Test Testesen" not in f"{why} {main}"
