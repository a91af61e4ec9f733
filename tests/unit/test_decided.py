"""Rejected proposals rest, and proposals on hold keep their place: how long, and as far as they can."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from matcher.decided import held_on, rejected_on
from matcher.domain.agreement import SlotSetting
from matcher.domain.citizen import GroupNeed
from matcher.domain.decided import DecidedPair
from matcher.domain.local_condition import LocalCondition
from matcher.domain.placement import Verdict
from matcher.domain.rule_changes import ChangeKind, LocalRule, RuleChange, changed
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import DECIDED_PROPOSAL, STATUTE
from matcher.domain.validation import InvalidValueError
from matcher.holding import Kept, keep_held
from matcher.language import Text
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from tests.builders import ON, a_citizen, a_consultant, a_decided_pair, a_placement, a_slot
from tests.pairs import failed, input_of, pair_of

WITHOUT = RuleBook(tuple(one for one in STATUTE.versions if one.id != DECIDED_PROPOSAL))
LAST_DAY_OF_REST = ON - timedelta(days=89)
LAST_DAY_ON_HOLD = ON - timedelta(days=27)


def on_hold(number: int, **changes: Any) -> DecidedPair:
    values = {"id": f"p{number}", "citizen_id": f"c{number}", "verdict": Verdict.HELD, "decided_on": ON}
    return a_decided_pair(**(values | changes))


def kept(held: Sequence[DecidedPair], *, places: int = 1, running: Sequence[Any] = (), **citizen: Any) -> Kept:
    """Five citizens, one slot."""
    people = [a_citizen(id=f"c{n}", **citizen) for n in range(5)]
    return kept_among(people, held, places=places, running=running)


def kept_among(
    people: Sequence[Any], held: Sequence[DecidedPair], *, places: int = 1, running: Sequence[Any] = (), **more: Any
) -> Kept:
    made = input_of(people, [a_slot(capacity=places)], **more)
    pairs = score_pairs(made)
    return keep_held(
        made,
        lambda pinned: plan_problem(made, pairs, consultants=[a_consultant()], running=running, pinned=pinned),
        held,
    )


def pinned(found: Kept) -> int:
    pins = found.night.problem.pinned
    return 0 if pins is None else len(pins)


@pytest.mark.parametrize(
    ("decided_on", "closed"), [(LAST_DAY_OF_REST, True), (LAST_DAY_OF_REST - timedelta(days=1), False), (ON, True)]
)
def test_a_rejected_pair_rests_for_ninety_days(decided_on: Any, closed: bool) -> None:
    rejected = (a_decided_pair(decided_on=decided_on),)
    assert failed(pair_of(decided=rejected)) == ({"decided_proposal"} if closed else set())
    assert failed(pair_of(decided=rejected, rulebook=WITHOUT)) == set()


def test_a_rejection_closes_no_other_pair() -> None:
    rejected = (a_decided_pair(slot_id="slot-2"), a_decided_pair(id="x", citizen_id="citizen-2"))
    assert failed(pair_of(decided=rejected)) == set()


def test_what_is_on_hold_is_not_closed_and_keeps_its_place_for_four_weeks() -> None:
    held = on_hold(1, decided_on=LAST_DAY_ON_HOLD)
    late = on_hold(2, decided_on=LAST_DAY_ON_HOLD - timedelta(days=1))
    assert held_on([held, late, a_decided_pair()], ON, STATUTE) == [held]
    assert held_on([held], ON, WITHOUT) == []
    assert rejected_on([held], ON, STATUTE) == {}
    assert failed(pair_of(decided=(replace(held, citizen_id="citizen-1"),))) == set()


def test_what_is_on_hold_is_pinned() -> None:
    found = kept([on_hold(3)])
    assert pinned(found) == 1
    assert found.refused == ()


def test_of_two_on_hold_for_one_place_the_first_keeps_it() -> None:
    found = kept([on_hold(3), on_hold(1)])
    assert pinned(found) == 1
    assert [pin.citizen_id for pin in found.refused] == ["c1"]
    assert pinned(kept([on_hold(3), on_hold(1)], places=2)) == 2


def test_what_is_on_hold_gives_way_to_a_placement_and_to_a_broken_rule() -> None:
    running = [a_placement(citizen_id="c0", ends_on=ON + timedelta(weeks=2))]
    taken = kept([on_hold(3), on_hold(0)], running=running)
    assert pinned(taken) == 0
    assert {pin.citizen_id: pin.text.danish for pin in taken.refused} == {
        "c3": "Pladsen er optaget af et forløb, der er i gang eller planlagt.",
        "c0": "Borgeren har allerede et forløb.",
    }
    refused = kept([on_hold(3)], wishes_against=("company-1",))
    assert pinned(refused) == 0
    assert refused.refused[0].text == Text(
        "Et krav er ikke opfyldt: Borgeren har ikke sagt nej til virksomheden.",
        "A requirement is not met: The citizen has not said no to the company.",
    )


def test_what_is_on_hold_gives_way_to_a_rule_of_the_municipality_in_its_own_words() -> None:
    rule = LocalRule(
        "Ingen enkeltpladser.", "No single places.", "Udvalget", LocalCondition(settings=(SlotSetting.SINGLE,))
    )
    book = changed(STATUTE, [RuleChange(ChangeKind.ADD, "lokal.single", ON, rule=rule)])
    found = kept_among([a_citizen(id="c1")], [on_hold(1)], rulebook=book)
    assert pinned(found) == 0
    assert [pin.text.english for pin in found.refused] == ["A requirement is not met: No single places."]
    assert [pin.text.danish for pin in found.refused] == ["Et krav er ikke opfyldt: Ingen enkeltpladser."]


def test_shared_limits_and_those_kept_apart_hold_among_what_is_on_hold() -> None:
    mentor_hours = kept([on_hold(n) for n in range(5)], places=5, mentor_hours_per_week=2)
    assert pinned(mentor_hours) == 3, "the worksite has 6 mentor hours"
    people = [
        a_citizen(id="c0", group_need=GroupNeed.SUBSTANCE_FREE_GROUP),
        a_citizen(id="c1", group_need=GroupNeed.ACTIVE_SUBSTANCE_USE),
        a_citizen(id="c2"),
    ]
    apart = kept_among(people, [on_hold(0), on_hold(1), on_hold(2)], places=3)
    assert [pin.citizen_id for pin in apart.refused] == ["c1"]
    assert pinned(apart) == 2


def test_an_approval_is_a_placement_and_no_decided_pair() -> None:
    with pytest.raises(InvalidValueError, match="approval"):
        a_decided_pair(verdict=Verdict.APPROVED)
