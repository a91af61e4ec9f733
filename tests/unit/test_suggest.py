"""Lists of one citizen and of one slot: order, prices, near misses and places that are taken."""

from dataclasses import replace

import numpy as np
import pytest

from features.vectorise import vectorise
from fixtures import municipality
from matcher.arrays import MatchInput
from matcher.budgets import running_on
from matcher.depth import Depth
from matcher.domain.citizen import Competence
from matcher.domain.conditions import Condition
from matcher.explain import Explanation, explain
from matcher.market import market
from matcher.scoring import score_pairs
from matcher.suggest import SuggestionList, candidates, suggest
from tests.builders import a_citizen, a_consultant, a_placement, a_slot, must, states
from tests.pairs import input_of


def three_places() -> MatchInput:
    """The first teaches and requires nothing, the second requires what is held, the third what is not."""
    slots = (
        a_slot(id="slot-a", hours_to=10),
        a_slot(id="slot-b", hours_to=20),
        a_slot(id="slot-c", hours_to=20, required=("welding",)),
    )
    return input_of([a_citizen(competences=(Competence("dish_washing"),))], slots)


def test_the_list_is_ranked_by_value() -> None:
    match_input = three_places()
    found = suggest(match_input, 0)
    assert [match_input.slots.ids[one.slot_row] for one in found.suggestions] == ["slot-b", "slot-a", "slot-c"]
    assert [one.rank for one in found.suggestions] == [1, 2, 3]
    assert found.eligible_count == 3
    assert found.citizen_id == "citizen-1"
    assert found.near_misses == ()


def test_values_are_those_of_the_plan() -> None:
    match_input = three_places()
    pairs = score_pairs(match_input)
    value = dict(zip(pairs.slot.tolist(), pairs.value.tolist(), strict=True))
    assert {one.slot_row: one.value for one in suggest(match_input, 0).suggestions} == value


def test_a_price_moves_a_place_down_and_is_told() -> None:
    match_input = three_places()
    first = suggest(match_input, 0).suggestions[0]
    prices = np.zeros(3)
    prices[first.slot_row] = 2 * first.value
    moved = suggest(match_input, 0, prices=prices).suggestions[-1]
    assert moved.slot_row == first.slot_row
    assert moved.value == first.value
    assert moved.worth == pytest.approx(-first.value)
    assert moved.explanation.price_text.startswith("Der er rift om pladsen")


def test_equal_places_come_in_the_order_of_their_rows() -> None:
    match_input = input_of([a_citizen()], [a_slot(id=f"slot-{name}") for name in "abc"])
    assert [one.slot_row for one in suggest(match_input, 0).suggestions] == [0, 1, 2]


def test_lists_have_at_most_k_places() -> None:
    match_input = input_of([a_citizen()], [a_slot(id=f"slot-{name}") for name in "abc"])
    assert len(suggest(match_input, 0, k=2).suggestions) == 2
    assert suggest(match_input, 0, k=0).suggestions == ()


def test_near_misses_are_those_with_fewest_rules_and_say_what_is_missing() -> None:
    slots = (
        a_slot(id="slot-a", hours_from=15),
        a_slot(id="slot-b", hours_from=15, certificates=("forklift",)),
        a_slot(id="slot-c"),
        a_slot(id="slot-d", hours_from=15, certificates=("forklift",), capacity=0, target_groups=("sick_pay",)),
    )
    match_input = input_of([a_citizen()], slots)
    misses = suggest(match_input, 0).near_misses
    assert [match_input.slots.ids[miss.slot_row] for miss in misses] == ["slot-a", "slot-b"]
    assert misses[0].failed_rules == ("hours",)
    assert misses[0].missing == ("Pladsen begynder med 15 timer om ugen; borgeren kan 10 timer nu.",)
    assert misses[1].failed_rules == ("certificates", "hours")
    assert misses[1].missing[0] == "Pladsen kræver gaffeltruckcertifikat, som borgeren ikke har."
    assert suggest(match_input, 0, near_misses=1).near_misses == misses[:1]


def test_of_places_that_one_rule_closes_the_one_with_fewer_unmet_needs_is_nearer() -> None:
    needs = (must(Condition.BREAKS_AT_NEED, 1), must(Condition.NOISE, 1))
    unmet = (states(Condition.BREAKS_AT_NEED, 0), states(Condition.NOISE, 3))
    half_met = (states(Condition.BREAKS_AT_NEED, 1), states(Condition.NOISE, 3))
    slots = (a_slot(id="slot-a", demands=unmet), a_slot(id="slot-b", demands=half_met))
    misses = suggest(input_of([a_citizen(accommodations=needs)], slots), 0).near_misses
    assert [(miss.slot_row, len(miss.missing)) for miss in misses] == [(1, 1), (0, 2)]


def test_places_that_are_taken_are_in_neither_list() -> None:
    slots = (a_slot(id="slot-a"), a_slot(id="slot-b"), a_slot(id="slot-c", hours_from=15))
    match_input = input_of([a_citizen()], slots)
    running = [a_placement(id=f"p-{id_}", citizen_id=id_, slot_id=f"slot-{id_}") for id_ in "ac"]
    beside = market(
        match_input,
        np.zeros(3, dtype=np.int32),
        np.arange(3, dtype=np.int32),
        consultants={"consultant-1": a_consultant()},
        running=running_on(match_input, running),
    )
    found = suggest(match_input, 0, market=beside)
    assert [one.slot_row for one in found.suggestions] == [1]
    assert found.near_misses == ()


def test_candidates_are_ranked_and_explained() -> None:
    citizens = (
        a_citizen(id="citizen-1", hours_now=6, hours_target=30),
        a_citizen(id="citizen-2", hours_now=10, hours_target=20),
        a_citizen(id="citizen-3", hours_now=2, hours_target=20),
    )
    match_input = input_of(citizens, [a_slot()])
    found = candidates(match_input, 0)
    assert found.slot_id == "slot-1"
    assert found.eligible_count == 2
    assert [one.citizen_row for one in found.candidates] == [1, 0]
    assert found.candidates[0].explanation.citizen_id == "citizen-2"
    assert found.candidates[0].explanation.value == found.candidates[0].value


def test_candidates_with_other_good_chances_stand_lower() -> None:
    citizens = (a_citizen(id="citizen-1"), a_citizen(id="citizen-2"))
    match_input = input_of(citizens, [a_slot()])
    assert [one.citizen_row for one in candidates(match_input, 0).candidates] == [0, 1]
    priced = candidates(match_input, 0, citizen_prices=np.array([0.5, 0.0]))
    assert [one.citizen_row for one in priced.candidates] == [1, 0]


def test_citizens_in_a_placement_are_no_candidates() -> None:
    citizens = (a_citizen(id="citizen-1"), a_citizen(id="citizen-2"))
    match_input = input_of(citizens, [a_slot()])
    assert [one.citizen_row for one in candidates(match_input, 0, free=np.array([False, True])).candidates] == [1]


def test_a_card_tells_the_same_as_a_record_and_leaves_out_what_is_as_it_should_be() -> None:
    world = municipality(citizens=40)
    match_input = vectorise(world.citizens, world.companies, world.agreements, on=world.on)
    shorter = ("facts", "rules", "limits", "support")
    for row in range(len(match_input.citizens)):
        cards, records = (suggest(match_input, row, depth=depth) for depth in (Depth.CARD, Depth.RECORD))
        for brief, whole in zip(_told(cards), _told(records), strict=True):
            assert whole == explain(match_input, row, match_input.slot_row(whole.slot_id))
            assert replace(brief, **{name: getattr(whole, name) for name in shorter}) == whole
            assert brief.facts == tuple(fact for fact in whole.facts if fact.id == "travel_time")
            assert brief.rules == tuple(rule for rule in whole.rules if rule.to_confirm or not rule.passed)
            assert brief.failed_rules == whole.failed_rules
    assert cards.near_misses[0].explanation.failed_rules


def _told(found: SuggestionList) -> list[Explanation]:
    return [one.explanation for one in found.suggestions] + [one.explanation for one in found.near_misses]
