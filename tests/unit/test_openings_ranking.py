"""What an opening is worth beside what the citizen has, and the list and the record of openings."""

import numpy as np
import pytest

from features.variants import vary
from matcher.domain.agreement import AgreementModel
from matcher.language import Language
from matcher.limits import ResourceKind
from matcher.openings.changes import Actor
from matcher.openings.limits import MoreMentorHours, OnePlaceMore
from matcher.openings.ranking import EFFORT_PRICE, best_openings, openings
from matcher.scoring import score_citizen
from tests.builders import a_citizen, a_contact, a_decided_pair, a_slot
from tests.opening import market, opened
from tests.pairs import input_of, pair_of


def test_gain_is_value_less_price_less_what_there_is_already() -> None:
    slots = [a_slot(), a_slot(id="slot-2", hours_from=15)]
    match_input = input_of([a_citizen(hours_target=10)], slots)
    seen = market(match_input, slot_price=np.array([0.1, 0.2]))
    (found,) = openings(match_input, 0, [1], vary, seen)
    values = score_citizen(match_input, 0).value
    assert seen.worth_now == pytest.approx(values[0] - 0.1)
    assert found.price == pytest.approx(0.2)
    assert found.gain == pytest.approx(found.value - 0.2 - seen.worth_now)
    assert found.merit == pytest.approx(found.gain - 2 * EFFORT_PRICE)


def test_an_open_place_that_others_want_opens_by_one_more() -> None:
    match_input = pair_of()
    (found,) = opened(match_input, slot_price=np.array([0.4]))
    assert found.changes == (OnePlaceMore(),)
    assert found.price == 0.0
    assert found.gain == pytest.approx(0.4)


def test_mentor_hours_that_others_want_are_priced_by_what_the_citizen_needs() -> None:
    match_input = pair_of(citizen={"mentor_hours_per_week": 2.0})
    prices = {(ResourceKind.MENTOR_HOURS, "worksite-1"): 0.05}
    (found,) = opened(match_input, resource_price=prices)
    assert found.changes == (MoreMentorHours(2.0),)
    assert found.gain == pytest.approx(0.1)


def test_a_list_has_each_place_once_and_only_what_is_worth_its_effort() -> None:
    slots = [a_slot(id=f"slot-{k}", hours_from=12 + k) for k in range(4)]
    match_input = input_of([a_citizen(hours_target=20)], slots)
    found = best_openings(match_input, 0, score_citizen(match_input, 0), vary, market(match_input), k=3)
    assert len({one.slot_id for one in found}) == len(found) == 3
    assert [one.merit for one in found] == sorted((one.merit for one in found), reverse=True)
    nothing = market(match_input, slot_price=np.full(4, 5.0))
    assert best_openings(match_input, 0, score_citizen(match_input, 0), vary, nothing) == ()


def test_the_record_names_actors_and_keeps_its_language() -> None:
    (first, *_) = opened(pair_of(slot={"certificates": ("forklift",)}))
    danish, english = first.as_record(Language.DANISH), first.as_record(Language.ENGLISH)
    assert danish["changes"][0]["actor"] == english["changes"][0]["actor"] == Actor.CONSULTANT.value
    assert danish["changes"][0]["actor_name"] == "jobkonsulenten"
    assert english["text"].startswith("The place opens for the citizen if the citizen takes a course of 7 days")


def test_nothing_opens_a_place_that_a_person_has_said_no_to() -> None:
    far = {"certificates": ("forklift",)}
    assert opened(pair_of(slot=far))
    assert opened(pair_of(slot=far, decided=(a_decided_pair(slot_id="slot-2"),)))
    rejected = pair_of(slot=far, decided=(a_decided_pair(),))
    assert opened(rejected) == ()
    assert opened(pair_of(decided=(a_decided_pair(),)), slot_price=np.array([0.4])) == ()
    asked_for = {"model": AgreementModel.AD_HOC}
    assert opened(pair_of(slot=far, agreement=asked_for))
    assert opened(pair_of(slot=far, agreement=asked_for, contacts=[a_contact()])) == ()
