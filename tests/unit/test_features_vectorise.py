"""Domain values become the right numbers in the right rows."""

from datetime import date

import numpy as np
import pytest

from features.vectorise import slot_contexts, vectorise
from matcher.arrays import NO, OPEN_END, UNKNOWN, YES
from matcher.domain.agreement import PlacementForm
from matcher.domain.citizen import Competence, CompetenceLevel, JobGoal
from matcher.domain.company import CompanyMentor
from matcher.domain.conditions import Condition
from matcher.rules import RULES
from tests.builders import ON, a_citizen, a_company, a_slot, a_worksite, an_agreement, must, should, states
from tests.pairs import input_of, pair_of


def test_rows_follow_the_order_of_the_values() -> None:
    citizens = [a_citizen(id="b"), a_citizen(id="a")]
    first = an_agreement(id="x", slots=(a_slot(id="s2"), a_slot(id="s1")))
    second = an_agreement(id="y", slots=(a_slot(id="s3"),))
    match_input = vectorise(citizens, [a_company()], [first, second], on=ON)
    assert match_input.citizens.ids == ("b", "a")
    assert match_input.slots.ids == ("s2", "s1", "s3")
    assert [context.agreement.id for context in match_input.slot_values] == ["x", "x", "y"]


def test_days_are_the_latest_start_and_the_earliest_end() -> None:
    slots = [a_slot(id="a", starts_on=date(2026, 11, 1), ends_on=date(2027, 5, 1)), a_slot(id="b")]
    pair = input_of([a_citizen()], slots, agreement={"lead_time_days": 14, "valid_to": date(2027, 1, 1)})
    opens = [date.fromordinal(day) for day in pair.slots.opens_on]
    assert opens == [date(2026, 11, 1), date(2026, 10, 15)]
    assert [date.fromordinal(day) for day in pair.slots.closes_on] == [date(2027, 1, 1)] * 2
    assert pair_of().slots.closes_on[0] == OPEN_END
    assert pair_of({"available_from": date(2026, 10, 20)}).citizens.ready_on[0] == date(2026, 10, 20).toordinal()
    assert pair_of({"available_from": date(2026, 1, 1)}).citizens.ready_on[0] == ON.toordinal()


def test_needs_are_tabled_once_for_all_citizens() -> None:
    citizens = [
        a_citizen(accommodations=(must(Condition.NOISE, 1), should(Condition.PACE, 1))),
        a_citizen(id="b", accommodations=(must(Condition.NOISE, 1),)),
        a_citizen(id="c"),
    ]
    match_input = input_of(citizens, [a_slot(demands=(states(Condition.NOISE, 2),))])
    assert match_input.citizens.needs.tolist() == [[0, 1], [0, 2], [2, 2]]
    assert match_input.needs.state[:, 0].tolist() == [NO, UNKNOWN, YES]
    assert match_input.needs.binding.tolist() == [True, False, False]
    assert np.isnan(match_input.needs.comfort[1:, 0]).all()


def test_competences_are_held_by_level_and_the_padding_by_nobody() -> None:
    levels = (Competence("milking", CompetenceLevel.WITH_GUIDANCE), Competence("own-code", CompetenceLevel.CAN_TEACH))
    match_input = input_of([a_citizen(competences=levels)], [a_slot(required=("milking",))])
    held = dict(zip(match_input.functions, match_input.citizens.held[0], strict=False))
    assert held["milking"] == 0.5
    assert held["own-code"] == 1.0
    assert match_input.citizens.held[0, -1] == 0.0
    assert match_input.function_weight[-1] == 0.0
    assert (match_input.function_weight[:-1] > 0).all()


def test_the_functions_of_the_goal_lie_toward_the_goal() -> None:
    match_input = pair_of({"goals": (JobGoal("malker"),)})
    toward = dict(zip(match_input.functions, match_input.citizens.toward_goal[0], strict=False))
    assert toward["milking"] > toward["barn_cleaning"] > toward["dish_washing"]


@pytest.mark.parametrize(
    ("form", "months", "expected"),
    [
        (PlacementForm.WAGE_SUBSIDY, (10.0, *[20.0] * 11), NO),
        (PlacementForm.WAGE_SUBSIDY, (20.0,) * 12, YES),
        (PlacementForm.WAGE_SUBSIDY, (), UNKNOWN),
        (PlacementForm.WORK_PLACEMENT, (10.0, *[20.0] * 11), YES),
    ],
)
def test_additional_employment_concerns_wage_subsidy(
    form: PlacementForm, months: tuple[float, ...], expected: int
) -> None:
    pair = pair_of(slot={"form": form}, worksite={"ordinary_employees_by_month": months})
    assert pair.slots.additional_employment[0] == expected


def test_mentor_hours_are_those_of_the_worksite() -> None:
    mentors = (CompanyMentor("a", 3, trained=True), CompanyMentor("b", 1))
    slots = pair_of(worksite={"mentors": mentors}).slots
    assert slots.mentor_hours_per_week[0] == 4
    assert slots.trained_mentor_share[0] == 0.75


def test_lists_of_companies_leave_out_those_that_are_not_there() -> None:
    citizens = pair_of({"wishes_for": ("elsewhere", "company-1")}).citizens
    assert citizens.wishes_for.tolist() == [[0]]
    assert citizens.wishes_against.shape == (1, 0)


def test_target_groups_that_the_law_has_never_known_are_closed_by_law_and_not_by_places() -> None:
    slots = [a_slot(), a_slot(id="slot-2", target_groups=("abolished_group",))]
    arrays = input_of([a_citizen(target_group="abolished_group")], slots)
    rule = next(one for one in RULES if one.id == "group_in_law")
    unknown = [row for row, one in enumerate(arrays.citizen_values) if one.target_group == "abolished_group"]
    assert unknown
    assert not rule.passes(arrays, np.array(unknown, dtype=np.int32)).any()
    assert arrays.slots.accepts_group[:, arrays.target_groups.index("abolished_group")].all()
    assert arrays.slots.accepts_group[0].any()
    assert arrays.slots.accepts_group[1].sum() == 1


def test_the_same_p_number_at_two_companies_is_two_worksites() -> None:
    companies = [a_company(), a_company(id="company-2", worksites=(a_worksite(ordinary_employees=90),))]
    agreements = [
        an_agreement(),
        an_agreement(id="b", company_ids=("company-2",), slots=(a_slot(id="slot-2", company_id="company-2"),)),
    ]
    contexts = slot_contexts(companies, agreements)
    assert [context.worksite.ordinary_employees for context in contexts] == [20, 90]
    assert vectorise([], companies, agreements, on=ON).slots.worksite.tolist() == [0, 1]


def test_a_slot_of_an_unknown_company_or_worksite_is_refused() -> None:
    with pytest.raises(ValueError, match="slot slot-1: company company-1"):
        vectorise([a_citizen()], [], [an_agreement()], on=ON)
    with pytest.raises(ValueError, match="worksite worksite-1"):
        vectorise([a_citizen()], [a_company(worksites=(a_worksite(id="other"),))], [an_agreement()], on=ON)


def test_a_slot_id_twice_is_refused() -> None:
    twice = [an_agreement(), an_agreement(id="agreement-2")]
    with pytest.raises(ValueError, match="slots: an id occurs twice"):
        vectorise([a_citizen()], [a_company()], twice, on=ON)
