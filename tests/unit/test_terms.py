"""The formulas of the terms, against numbers worked out by hand."""

from typing import Any

import numpy as np
import pytest

from matcher.domain.agreement import PlacementForm
from matcher.domain.citizen import Competence, CompetenceLevel, JobGoal
from matcher.domain.company import CompanyMentor
from matcher.domain.conditions import Accommodation, Condition, Strength
from matcher.domain.geography import Position, TravelMode
from matcher.domain.schedule import Schedule, Weekday
from matcher.explain import explain
from matcher.terms import NOT_ASKED, TERMS, comfort, conditions_known, goal_known
from tests.builders import a_citizen, a_company, a_slot, a_worksite, must, should, states
from tests.pairs import ROW, applies, input_of, pair_of, term


def can(function: str, level: CompetenceLevel = CompetenceLevel.ALONE) -> Competence:
    return Competence(function, level)


@pytest.mark.parametrize(
    ("condition", "limit", "level", "expected"),
    [
        (Condition.LIFTING, 10, 0, 1.0),
        (Condition.LIFTING, 10, 5, 0.9),
        (Condition.LIFTING, 10, 10, 0.8),
        (Condition.LIFTING, 10, 30, 0.4),
        (Condition.LIFTING, 10, 50, 0.0),
        (Condition.LIFTING, 0, 0, 1.0),
        (Condition.LIFTING, 0, 25, 0.4),
        (Condition.NIGHT_WORK, 1, 1, 1.0),
        (Condition.NIGHT_WORK, 0, 1, 0.0),
        (Condition.FIXED_ROUTINE, 2, 3, 1.0),
        (Condition.FIXED_ROUTINE, 2, 2, 1.0),
        (Condition.FIXED_ROUTINE, 2, 1, 0.4),
        (Condition.FIXED_ROUTINE, 0, 0, 1.0),
        (Condition.BREAKS_AT_NEED, 1, 0, 0.0),
    ],
)
def test_comfort_falls_with_burdens_and_rises_with_offers(
    condition: Condition, limit: float, level: float, expected: float
) -> None:
    assert comfort(Accommodation(condition, limit, Strength.SHOULD), np.array(level)) == pytest.approx(expected)


def test_comfort_is_not_known_where_the_place_has_not_stated_the_condition() -> None:
    assert np.isnan(comfort(should(Condition.NOISE, 1), np.array(np.nan)))


def test_coverage_of_equally_rare_functions_is_the_share_that_is_mastered() -> None:
    slot = {"required": ("dish_washing", "kitchen_cleaning")}
    assert term(pair_of({"competences": (can("dish_washing"),)}, slot), "competence_coverage") == pytest.approx(0.5)
    with_guidance = (can("dish_washing", CompetenceLevel.WITH_GUIDANCE), can("kitchen_cleaning"))
    assert term(pair_of({"competences": with_guidance}, slot), "competence_coverage") == pytest.approx(0.75)


def test_a_rare_function_weighs_more_than_a_common_one() -> None:
    citizen = a_citizen(competences=(can("milking"),))
    slots = [a_slot(id="a", required=("milking", "dish_washing")), a_slot(id="b", required=("dish_washing",))]
    pair = input_of([citizen], slots)
    rare, common = np.log(3 / 2) + 1, np.log(3 / 3) + 1
    assert term(pair, "competence_coverage") == pytest.approx(rare / (rare + common))


def test_a_place_that_requires_nothing_fits_those_best_who_know_its_work() -> None:
    def at_the_sink(*competences: Competence) -> float:
        return term(pair_of({"competences": competences}, {"function": "dish_washing"}), "competence_coverage")

    assert at_the_sink(can("milking")) == NOT_ASKED
    assert at_the_sink(can("dish_washing", CompetenceLevel.WITH_GUIDANCE)) == pytest.approx(0.75)
    assert at_the_sink(can("dish_washing")) == 1.0


def test_what_is_required_counts_and_not_the_job_function() -> None:
    slot = {"function": "dish_washing", "required": ("milking",)}
    assert term(pair_of({"competences": (can("dish_washing"),)}, slot), "competence_coverage") == 0.0


@pytest.mark.parametrize("required", [(), ("milking",)])
def test_coverage_is_not_known_where_no_competence_is_recorded(required: tuple[str, ...]) -> None:
    assert np.isnan(term(pair_of(slot={"required": required}), "competence_coverage"))


MILKER = JobGoal("", "http://data.europa.eu/esco/occupation/beedd3c0-d3e2-4efe-8f39-381df669ee35")


def test_stretch_counts_what_is_new_and_on_the_way_to_the_goal() -> None:
    slot = {"taught": ("milking",)}
    assert term(pair_of({"goals": (MILKER,)}, slot), "stretch") == pytest.approx(1.0)
    assert term(pair_of({"goals": (MILKER,), "competences": (can("milking"),)}, slot), "stretch") == 0.0
    half = {"goals": (MILKER,), "competences": (can("milking", CompetenceLevel.WITH_GUIDANCE),)}
    assert term(pair_of(half, slot), "stretch") == pytest.approx(0.5)
    assert term(pair_of({"goals": (MILKER,)}), "stretch") == 0.0
    assert not applies(pair_of(), "stretch")


def test_conditions_weigh_should_needs_twice_and_leave_out_what_is_not_stated() -> None:
    needs = (should(Condition.NOISE, 1), must(Condition.LIFTING, 10), should(Condition.PACE, 1))
    demands = (states(Condition.NOISE, 3), states(Condition.LIFTING, 5))
    pair = pair_of({"accommodations": needs}, {"demands": demands})
    assert term(pair, "conditions_fit") == pytest.approx((2 * 0.0 + 1 * 0.9) / 3)
    assert conditions_known(pair, ROW, ROW)[0] == pytest.approx(3 / 5)


def test_conditions_are_not_known_where_the_place_states_none_of_them() -> None:
    pair = pair_of({"accommodations": (should(Condition.NOISE, 1),)})
    assert np.isnan(term(pair, "conditions_fit"))
    assert applies(pair, "conditions_fit")
    assert not applies(pair_of(), "conditions_fit")


@pytest.mark.parametrize(
    ("citizen", "slot", "expected"),
    [
        ({"hours_now": 10, "hours_target": 20}, {"hours_from": 5, "hours_to": 20}, 1.0),
        ({"hours_now": 10, "hours_target": 20}, {"hours_from": 5, "hours_to": 15}, 0.75),
        ({"hours_now": 10, "hours_target": 20}, {"hours_from": 5, "hours_to": 10}, 0.5),
        ({"hours_now": 10, "hours_target": 20}, {"hours_from": 5, "hours_to": 5}, 0.25),
        ({"hours_now": 10, "hours_target": 10}, {"hours_from": 5, "hours_to": 5}, 0.5),
        ({"hours_now": 10, "hours_target": 10}, {"hours_from": 5, "hours_to": 37}, 1.0),
    ],
)
def test_hours_count_the_start_and_the_ramp(citizen: dict[str, Any], slot: dict[str, Any], expected: float) -> None:
    assert term(pair_of(citizen, slot), "hours_fit") == pytest.approx(expected)


def test_the_ramp_stops_at_the_hours_that_both_have() -> None:
    two_days = Schedule((Weekday.MONDAY, Weekday.TUESDAY), 8 * 60, 15 * 60)
    pair = pair_of({"hours_now": 10, "hours_target": 20, "schedule": two_days}, {"hours_to": 20})
    assert term(pair, "hours_fit") == pytest.approx(0.5 + 0.5 * 0.4)


def test_breadth_concerns_those_without_a_clear_goal() -> None:
    assert term(pair_of(slot={"breadth": 0.6}), "breadth") == 0.6
    assert applies(pair_of(), "breadth")
    assert not applies(pair_of({"goals": (MILKER,)}), "breadth")


def test_outlook_is_the_companys_own_estimate() -> None:
    assert term(pair_of(slot={"outlook": 0.3}), "outlook") == 0.3
    assert np.isnan(term(pair_of(), "outlook"))


def test_ordinary_hours_have_no_outlook_for_ordinary_hours() -> None:
    pair = pair_of(slot={"outlook": 0.3, "form": PlacementForm.ORDINARY_HOURS})
    assert np.isnan(term(pair, "outlook"))
    explanation = explain(pair, 0, 0)
    assert not next(one for one in explanation.terms if one.id == "outlook").applies
    assert not [text for text in (*explanation.reasons_for, *explanation.missing) if "ordinære timer" in text]
    unsaid = explain(pair_of(slot={"outlook": None, "form": PlacementForm.ORDINARY_HOURS}), 0, 0)
    assert (unsaid.value, unsaid.confidence) == (explanation.value, explanation.confidence)


def test_a_mentor_counts_by_hours_and_training() -> None:
    untrained = {"mentors": (CompanyMentor("m", 2),)}
    mixed = {"mentors": (CompanyMentor("m", 2, trained=True), CompanyMentor("k", 2))}
    need = {"mentor_hours_per_week": 4}
    assert term(pair_of(need, worksite=untrained), "mentor") == pytest.approx(0.3)
    assert term(pair_of(need, worksite=mixed), "mentor") == pytest.approx(0.6 + 0.2)
    assert term(pair_of(need, worksite={"mentors": ()}), "mentor") == 0.0
    assert applies(pair_of(need), "mentor")
    assert not applies(pair_of(), "mentor")


def test_travel_is_the_share_of_the_longest_time_that_is_left() -> None:
    home = {"travel_modes": (TravelMode.BUS,), "longest_travel_minutes": 80}
    assert term(pair_of(home), "travel") == pytest.approx(0.75)
    assert np.isnan(term(pair_of({"home": None, "home_postcode": "9999"}), "travel"))
    far = pair_of({"longest_travel_minutes": 21}, worksite={"position": Position(56.2, 8.5)})
    assert term(far, "travel") == 0.0


def test_a_wish_counts_where_one_was_made() -> None:
    assert term(pair_of({"wishes_for": ("company-1",)}), "wish") == 1.0
    other = a_company(id="company-2", worksites=(a_worksite(),))
    elsewhere = input_of(
        [a_citizen(wishes_for=("company-1",))],
        [a_slot(company_id="company-2")],
        company=other,
        agreement={"company_ids": ("company-2",)},
    )
    assert term(elsewhere, "wish") == 0.0
    assert not applies(pair_of(), "wish")


def test_goal_fit_is_sure_for_a_confirmed_occupation_and_less_so_for_free_text() -> None:
    assert goal_known(pair_of({"goals": (MILKER,)}), ROW, ROW)[0] == 1.0
    assert 0 < goal_known(pair_of({"goals": (JobGoal("noget med dyr"),)}), ROW, ROW)[0] < 1
    assert goal_known(pair_of(), ROW, ROW)[0] == 0.0
    assert not applies(pair_of(), "goal_fit")


def test_terms_have_unique_ids_and_say_where_they_come_from() -> None:
    assert len({one.id for one in TERMS}) == len(TERMS)
    for one in TERMS:
        assert one.name.danish
        assert one.name.english
        assert one.source
