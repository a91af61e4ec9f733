"""How many others want a place: bids against a plan, counted one by one, and in words."""

import numpy as np
import pytest
from hypothesis import given, settings

from features.vectorise import vectorise
from matcher.assignment import solve
from matcher.demand import CLEARLY, Demand, Wanted
from matcher.resources import plan_problem
from matcher.scoring import score_citizen, score_pairs
from matcher.wording.price import price_text
from tests.builders import ON
from tests.strategies import World, worlds


def demand_of(bids: list[float]) -> Demand:
    """Citizens 1, 2, … with these bids for slot 0; citizen 0 has a value of 0.5 and a price of 0.1."""
    n = len(bids)
    return Demand.of(
        np.arange(1, n + 1, dtype=np.int32),
        np.zeros(n, dtype=np.int32),
        np.array(bids) + 0.2,
        np.array([0.1, *([0.2] * n)]),
    )


@pytest.mark.parametrize(
    ("bids", "expected"),
    [
        ([], Wanted(0, 0)),
        ([-0.1, 0.0, 0.049], Wanted(0, 0)),
        ([0.051, 0.4, 0.449], Wanted(3, 0)),
        ([0.3, 0.4], Wanted(2, 0)),
        ([0.3, 0.451, 0.5], Wanted(3, 2)),
    ],
)
def test_bids_above_nothing_want_and_bids_above_the_citizens_own_are_better(
    bids: list[float], expected: Wanted
) -> None:
    assert demand_of(bids).others(0, 0, 0.5) == expected


def test_a_citizen_is_not_one_of_the_others() -> None:
    assert demand_of([0.5]).others(1, 0, 0.7) == Wanted(0, 0)


@settings(max_examples=40)
@given(worlds())
def test_counted_one_by_one_and_nobody_bids_above_whom_a_proven_plan_gives_the_place(world: World) -> None:
    match_input = vectorise(world.citizens, world.companies, world.agreements, on=ON)
    night = plan_problem(match_input, score_pairs(match_input, top_k=None), consultants=world.consultants)
    plan = solve(night.problem, time_limit_s=5)
    prices = plan.citizen_price
    slots = np.arange(len(match_input.slots), dtype=np.int32)
    demand = Demand.of(night.problem.citizen, night.problem.slot, night.problem.value, prices)
    waits = set(zip(night.problem.citizen.tolist(), night.problem.slot.tolist(), strict=True))
    scores = [score_citizen(match_input, i) for i in range(len(match_input.citizens))]
    for i, own in enumerate(scores):
        for j in range(len(slots)):
            value = float(own.value[j])
            bids = [other.value[j] - prices[k] for k, other in enumerate(scores) if k != i and (k, j) in waits]
            bar = max(value - prices[i], 0.0)
            expected = Wanted(sum(bid > CLEARLY for bid in bids), sum(bid > bar + CLEARLY for bid in bids))
            assert demand.others(i, j, value) == expected


@pytest.mark.parametrize(
    ("wanted", "danish", "english"),
    [
        (
            Wanted(5, 4),
            (
                "Der er rift om pladsen. Den betyder klart mere for 4 andre borgere, når der ses på, hvad planen "
                "ellers har til dem."
            ),
            (
                "The place is wanted by others: 4 other citizens would benefit clearly more from it, considering what "
                "the plan otherwise has for them."
            ),
        ),
        (
            Wanted(1, 1),
            (
                "Der er rift om pladsen. Den betyder klart mere for 1 anden borger, når der ses på, hvad planen ellers "
                "har til vedkommende."
            ),
            (
                "The place is wanted by others: 1 other citizen would benefit clearly more from it, considering what "
                "the plan otherwise has for them."
            ),
        ),
        (
            Wanted(2, 0),
            (
                "Der er rift om pladsen. 2 andre borgere kan også have gavn af den, men ingen af dem klart mere end "
                "denne borger."
            ),
            (
                "The place is wanted by others: 2 other citizens would benefit from it too, but none of them clearly "
                "more than this citizen."
            ),
        ),
        (
            Wanted(83, 10),
            (
                "Der er rift om pladsen. Den betyder klart mere for mange andre borgere, når der ses på, hvad planen "
                "ellers har til dem."
            ),
            (
                "The place is wanted by others: many other citizens would benefit clearly more from it, considering "
                "what the plan otherwise has for them."
            ),
        ),
        (
            Wanted(0, 0),
            "Andre borgere kan også have glæde af pladsen.",
            "Other citizens can make good use of the place too.",
        ),
    ],
)
def test_the_count_is_told_in_words(wanted: Wanted, danish: str, english: str) -> None:
    text = price_text(0.3, 0.8, wanted)
    assert (text.danish, text.english) == (danish, english)
