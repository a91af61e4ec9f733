"""Needs that nobody covers: what is counted, what is grouped, what is told, and that planning again agrees."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.taxonomy import Taxonomy
from features.variants import vary
from features.vectorise import vectorise
from matcher.arrays import MatchInput
from matcher.assignment import solve
from matcher.domain.agreement import Slot, SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.domain.conditions import Accommodation, Condition, Strength
from matcher.language import Text
from matcher.limits import ResourceKind
from matcher.needs.changes import needs_from_changes, towns_of
from matcher.needs.limits import needs_from_limits
from matcher.needs.night import Gainer, Need, Night, Step, best_gain, night_of, ranked
from matcher.needs.places import PLACES, needs_for_places
from matcher.needs.words import certificate_text, citizens_text, new_place_text
from matcher.openings.limits import MoreMentorHours, OnePlaceMore
from matcher.openings.place import AdaptedPlace
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from matcher.weights import HAND_SET
from tests.builders import ON, a_citizen, a_company, a_consultant, a_placement, a_slot, a_worksite, an_agreement

TAXONOMY = Taxonomy.builtin()


def night(citizens: Sequence[Citizen], slots: Sequence[Slot], company: Company | None = None) -> Night:
    """The night of citizens and the slots of one company, by a plan that is solved for it."""
    agreements = [an_agreement(slots=tuple(slots))]
    match_input = vectorise(citizens, [company or a_company()], agreements, on=ON, taxonomy=TAXONOMY)
    pairs = score_pairs(match_input)
    consultants = (a_consultant(),)
    problem = plan_problem(match_input, pairs, consultants=consultants)
    plan = solve(problem.problem, time_limit_s=10)
    prices = zip(problem.resources, plan.resource_price.tolist(), strict=True)
    return night_of(
        match_input,
        pairs,
        HAND_SET,
        placed=[citizens[row].id for row in np.flatnonzero(plan.slot_of_citizen >= 0).tolist()],
        consultants=consultants,
        running=(),
        slot_price=plan.slot_price,
        resource_price={(row.kind, row.owner_id): price for row, price in prices},
    )


def people(count: int, **changes: object) -> list[Citizen]:
    return [a_citizen(id=f"citizen-{k}", **changes) for k in range(count)]


def by_kind(needs: Sequence[Need], kind: str) -> Need:
    (found,) = [need for need in needs if need.kind == kind]
    return found


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.25, 0.5, 0.9]), st.integers(0, 3), st.just(0)), min_size=0, max_size=6),
    st.integers(0, 3),
)
def test_the_best_of_one_slot_is_what_trying_everything_finds(rows: list[tuple[float, int, int]], places: int) -> None:
    gainers = [Gainer(*row) for row in rows]
    best = 0.0
    for picks in product((False, True), repeat=len(gainers)):
        chosen = [one for one, picked in zip(gainers, picks, strict=True) if picked]
        if len(chosen) <= places and len({one.citizen_row for one in chosen}) == len(chosen):
            best = max(best, sum(one.gain for one in chosen))
    total, counted = best_gain(gainers, {0: places})
    assert total == pytest.approx(best)
    assert len(counted) <= places


def test_one_answer_is_counted_once_for_everybody_it_helps() -> None:
    quiet = (Accommodation(Condition.NOISE, 1, Strength.MUST),)
    found = needs_from_changes(night(people(4, accommodations=quiet), [a_slot(capacity=2)]), vary)
    answer = by_kind(found, "company_answers")
    assert (answer.citizens, answer.placed) == (4, 2)
    assert answer.text.danish == (
        "4 borgere venter på et svar fra Testkøkkenet, Skjern: De kan bruge en plads der, hvis virksomheden svarer, at "
        "der højst er lidt støj."
    )
    assert len(answer.steps) == 1


def test_fewer_hours_are_asked_for_at_the_level_that_does_for_those_who_are_counted() -> None:
    citizens = [a_citizen(id=f"citizen-{hours}", hours_now=hours, hours_target=hours) for hours in (4, 5, 6)]
    found = needs_from_changes(night(citizens, [a_slot(hours_from=10, capacity=3)]), vary)
    fewer = by_kind(found, "fewer_start_hours")
    assert (fewer.citizens, fewer.placed) == (3, 3)
    assert "begynde med 4 timer om ugen i stedet for 10" in fewer.text.danish


def test_what_each_citizen_decides_alone_is_no_common_need() -> None:
    found = needs_from_changes(night(people(3, hours_now=8), [a_slot(hours_from=10)]), vary)
    assert {need.kind for need in found} == {"fewer_start_hours"}


def test_who_has_a_place_is_not_counted_as_waiting() -> None:
    seen = night(people(3), [a_slot(capacity=1)])
    assert len(seen.waiting) == 2
    more = by_kind(needs_from_limits(seen), "one_place_more")
    assert more.citizens == 2
    assert more.gain == pytest.approx(float(seen.slot_price[0]))
    assert more.text.danish.endswith("vil hjælpe: færre end 3 borgere kan bruge den.")


def test_mentor_hours_that_a_worksite_does_not_have() -> None:
    company = a_company(worksites=(a_worksite(mentors=()),))
    seen = night(people(3, mentor_hours_per_week=1.7), [a_slot(capacity=3)], company)
    assert len(seen.waiting) == 3
    (found,) = needs_from_limits(seen)
    assert found.steps[0].change == MoreMentorHours(2.0)
    assert found.gain == pytest.approx(float(seen.problem.removed.value.max()))
    assert found.text.danish == (
        "2 mentortimer mere om ugen på Testkøkkenet, Skjern vil hjælpe: 3 borgere har brug for en mentor der."
    )
    assert found.text.english.startswith("2 more mentor hours a week at Testkøkkenet, Skjern would help: 3 citizens")


def test_mentor_hours_that_others_have_used_are_worth_their_price() -> None:
    seen = night(people(4, mentor_hours_per_week=3), [a_slot(capacity=4)])
    assert len(seen.waiting) == 2
    price = seen.resource_price[ResourceKind.MENTOR_HOURS, "worksite-1"]
    assert by_kind(needs_from_limits(seen), "more_mentor_hours").gain == pytest.approx(price)
    assert price > 0


def test_a_place_that_nobody_offers_is_found_where_people_wait() -> None:
    citizens = people(5, accommodations=(Accommodation(Condition.SCREENED_PLACE, 1, Strength.MUST),))
    seen = night(citizens, [a_slot(demands=())])

    def arrays(
        some: Sequence[Citizen], companies: Sequence[Company], agreements: Sequence[SlotAgreement], on: date
    ) -> MatchInput:
        return vectorise(some, companies, agreements, on=on, taxonomy=TAXONOMY)

    found = needs_for_places(seen, arrays, most=3)
    assert found[0].citizens == 5
    assert found[0].placed == PLACES
    assert found[0].agreement is not None
    assert found[0].text.danish.startswith("5 borgere højst ")
    assert "fra Skjern venter på en rolig" in found[0].text.danish
    assert all(need.gain > 0 for need in found)


def test_a_new_place_is_for_a_consultant_whom_running_placements_leave_time() -> None:
    citizens = people(5, accommodations=(Accommodation(Condition.SCREENED_PLACE, 1, Strength.MUST),))
    full, free = a_consultant(caseload=2), a_consultant(id="consultant-2", name="Fri", caseload=1)
    running = tuple(a_placement(id=f"p-{k}", citizen_id=f"elsewhere-{k}") for k in range(2))
    seen = replace(night(citizens, [a_slot(demands=(), capacity=2)]), consultants=(full, free))

    def whose(night: Night) -> set[str]:
        found = needs_for_places(night, lambda *values: vectorise(*values[:3], on=values[3], taxonomy=TAXONOMY), most=1)
        return {need.agreement.consultant_id for need in found if need.agreement is not None}

    assert whose(seen) == {"consultant-1"}
    assert whose(replace(seen, running=running)) == {"consultant-2"}


def test_small_groups_are_not_counted_out() -> None:
    assert citizens_text(2) == citizens_text(1) == Text("færre end 3 borgere", "fewer than 3 citizens")
    assert citizens_text(3) == Text("3 borgere", "3 citizens")


def test_a_ranking_shows_what_is_worth_its_effort_and_few_of_a_kind() -> None:
    text = Text("Test", "Test")
    needs = [Need("a", text, 3, 1, gain, 2) for gain in (0.5, 0.6, 0.7, 0.02)] + [Need("b", text, 3, 1, 0.3, 1)]
    assert [need.gain for need in ranked(needs, most=10, of_each_kind=2)] == [0.7, 0.6, 0.3]
    assert [need.gain for need in ranked(needs, most=1)] == [0.7]


def test_the_same_citizens_at_the_same_place_are_one_need_with_other_ways() -> None:
    def need(kind: str, gain: float, slot_row: int, *citizens: int) -> Need:
        step = Step(OnePlaceMore(), slot_row)
        return Need(kind, Text(kind, kind), len(citizens), 1, gain, 1, (step,), helped=frozenset(citizens))

    statement, placement = need("statement", 0.9, 0, 1, 2, 3), need("placement", 0.8, 0, 3, 2, 1)
    apart = [need("others", 0.7, 0, 1, 2, 4), need("elsewhere", 0.6, 1, 1, 2, 3)]
    adapted = need(AdaptedPlace.kind, 0.5, 0, 1, 2, 3)
    found = ranked([*apart, adapted, placement, statement], most=10)
    assert [one.kind for one in found] == ["statement", "others", "elsewhere", AdaptedPlace.kind]
    assert [[other.kind for other in one.other_ways] for one in found] == [["placement"], [], [], []]


def test_a_town_has_the_name_behind_the_comma() -> None:
    assert towns_of(night(people(1), [a_slot()]).match_input) == {"6900": "Skjern"}
    nameless = a_company(worksites=(a_worksite(name="Testkøkkenet"),))
    assert towns_of(night(people(1), [a_slot()], nameless).match_input) == {}


def test_texts_of_places_and_papers() -> None:
    place = new_place_text(
        12, 30, "Skjern", Text("opvask", "dish-washing"), 10, quiet=True, light=False, outdoor_share=0
    )
    assert place.danish == (
        "12 borgere højst 30 minutter fra Skjern venter på en rolig indendørs plads (opvask), som kan begynde med "
        "10 timer om ugen."
    )
    assert place.english == (
        "12 citizens within 30 minutes of Skjern are waiting for a quiet indoor place (dish-washing) that can begin "
        "with 10 hours a week."
    )
    plain = new_place_text(1, 5, "Tarm", Text("opvask", "dish-washing"), 1, quiet=False, light=False, outdoor_share=1)
    assert "Færre end 3 borgere højst 5 minutter fra Tarm venter på en udendørs plads" in plain.danish
    licence = certificate_text(3, "driving_licence_b", None, 0)
    assert licence.danish == "3 borgere kan få en plads med kørekort til personbil (B)."
