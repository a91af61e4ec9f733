"""The night's problem at its limits: allowances, running placements, clusters, budgets, separations and pins."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from features.taxonomy import Taxonomy
from features.vectorise import vectorise
from matcher.arrays import MatchInput
from matcher.domain.agreement import AgreementModel, PlacementForm, SlotAgreement
from matcher.domain.citizen import Citizen, GroupNeed
from matcher.domain.company import Company
from matcher.domain.placement import Outcome, PlacementStatus
from matcher.limits import Barrier, ResourceKind
from matcher.resources import BARRIERS, NightProblem, PinsRefusedError, ResourceRow, plan_problem
from matcher.scoring import score_pairs
from tests.builders import ON, a_citizen, a_company, a_consultant, a_placement, a_slot, a_worksite, an_agreement

TAXONOMY = Taxonomy.builtin()


def input_of(
    citizens: tuple[Citizen, ...],
    agreements: tuple[SlotAgreement, ...] | None = None,
    companies: tuple[Company, ...] | None = None,
) -> MatchInput:
    return vectorise(citizens, companies or (a_company(),), agreements or (an_agreement(),), on=ON, taxonomy=TAXONOMY)


def night_of(match_input: MatchInput, **more: Any) -> NightProblem:
    consultants = more.pop("consultants", (a_consultant(),))
    top_k = more.pop("top_k", None)
    return plan_problem(match_input, score_pairs(match_input, top_k=top_k), consultants=consultants, **more)


def row(night: NightProblem, kind: ResourceKind) -> ResourceRow:
    (found,) = [one for one in night.resources if one.kind is kind]
    return found


def people(count: int, **changes: Any) -> tuple[Citizen, ...]:
    return tuple(a_citizen(id=f"citizen-{i}", **changes) for i in range(count))


def barriers(night: NightProblem) -> list[Barrier]:
    return [BARRIERS[code] for code in night.removed.barrier]


def test_full_time_persons_are_the_allowance_less_supported_and_running() -> None:
    place = a_company(worksites=(a_worksite(ordinary_employees=20, supported_full_time_persons=1),))
    match_input = input_of(people(2), companies=(place,))
    running = (a_placement(citizen_id="citizen-elsewhere", hours_per_week=18.5),)
    match_input = input_of(people(2), (an_agreement(slots=(a_slot(capacity=5),)),), (place,))
    allowance = row(night_of(match_input, running=running), ResourceKind.FULL_TIME_PERSONS)
    assert (allowance.allowed, allowance.taken, allowance.limit) == (4, 1.5, 2.5)
    assert "4 fuldtidspersoner" in allowance.danish
    assert "1,5 er brugt" in allowance.danish


def test_ordinary_hours_take_nothing_of_the_allowance() -> None:
    slots = (a_slot(form=PlacementForm.ORDINARY_HOURS),)
    night = night_of(input_of(people(1), (an_agreement(slots=slots),)))
    assert ResourceKind.FULL_TIME_PERSONS not in {one.kind for one in night.resources}


def test_use_is_the_hours_that_a_placement_starts_with() -> None:
    night = night_of(input_of(people(1, hours_now=18.5, hours_target=30)))
    assert night.problem.resources is not None
    shares = night.problem.resources.use.toarray()
    kinds = [one.kind for one in night.resources]
    assert shares[kinds.index(ResourceKind.FULL_TIME_PERSONS), 0] == pytest.approx(0.5)
    assert night.hours_per_week[0] == 18.5
    assert night.starts_on(0) == ON


def test_a_full_worksite_takes_nobody_more() -> None:
    place = a_company(worksites=(a_worksite(ordinary_employees=4, supported_full_time_persons=1),))
    night = night_of(input_of(people(1), companies=(place,)))
    assert night.problem.n_pairs == 0
    assert barriers(night) == [Barrier.RESOURCE]
    assert night.resources[night.removed.resource[0]].kind is ResourceKind.FULL_TIME_PERSONS
    assert night.removed.needs[0] == pytest.approx(10 / 37)


@pytest.mark.parametrize(("need", "fits"), [(5.9, True), (6.0, True), (6.1, False)])
def test_mentor_hours_at_the_limit(need: float, fits: bool) -> None:
    night = night_of(input_of(people(1, mentor_hours_per_week=need)))
    assert (night.problem.n_pairs == 1) is fits
    assert row(night, ResourceKind.MENTOR_HOURS).allowed == 6


def test_worksites_without_mentors_say_so() -> None:
    place = a_company(worksites=(a_worksite(mentors=()),))
    night = night_of(input_of(people(1, mentor_hours_per_week=1), companies=(place,)))
    assert barriers(night) == [Barrier.RESOURCE]
    assert "ingen mentortimer" in row(night, ResourceKind.MENTOR_HOURS).danish


def test_a_cluster_shares_its_places_between_companies() -> None:
    other = a_company(id="company-2", name="Naboen", worksites=(a_worksite(id="worksite-2"),))
    slots = (a_slot(), a_slot(id="slot-2", company_id="company-2", worksite_id="worksite-2"))
    cluster = an_agreement(model=AgreementModel.CLUSTER, company_ids=("company-1", "company-2"), places=2, slots=slots)
    running = (a_placement(citizen_id="citizen-elsewhere", slot_id="slot-2"),)
    night = night_of(input_of(people(2), (cluster,), (a_company(), other)), running=running)
    places = row(night, ResourceKind.CLUSTER_PLACES)
    assert (places.allowed, places.taken, places.limit) == (2, 1, 1)
    assert "Naboen og Testkøkkenet har 2 pladser i alt" in places.danish


def test_outreach_is_budgeted_for_ad_hoc_agreements_only() -> None:
    ad_hoc = an_agreement(model=AgreementModel.AD_HOC, outreach_hours=5)
    night = night_of(input_of(people(1), (ad_hoc,)))
    assert row(night, ResourceKind.OUTREACH_HOURS).limit == 20
    fixed = night_of(input_of(people(1), (an_agreement(outreach_hours=5),)))
    assert ResourceKind.OUTREACH_HOURS not in {one.kind for one in fixed.resources}


def test_caseload_is_less_what_the_consultant_follows_already() -> None:
    running = (a_placement(citizen_id="citizen-elsewhere"),)
    slots = (a_slot(capacity=3),)
    night = night_of(
        input_of(people(2), (an_agreement(slots=slots),)), consultants=(a_consultant(caseload=2),), running=running
    )
    assert row(night, ResourceKind.CASELOAD).limit == 1


def test_running_placements_take_their_place_and_their_citizen() -> None:
    match_input = input_of(people(2))
    night = night_of(match_input, running=(a_placement(citizen_id="citizen-0"),))
    assert night.placed == (0,)
    assert night.problem.capacity.tolist() == [0]
    assert sorted(barriers(night)) == [Barrier.ALREADY_PLACED, Barrier.PLACE_TAKEN]


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({"ends_on": ON}, True),
        ({"ends_on": date(2026, 9, 30)}, False),
        ({"status": PlacementStatus.PLANNED}, True),
        ({"status": PlacementStatus.ENDED, "outcome": Outcome.COMPLETED}, False),
    ],
)
def test_a_placement_counts_until_its_last_day(changes: dict[str, Any], counts: bool) -> None:
    night = night_of(input_of(people(1)), running=(a_placement(citizen_id="citizen-0", **changes),))
    assert (night.placed == (0,)) is counts


def test_placements_whose_slot_or_citizen_is_not_known_are_named() -> None:
    running = (
        a_placement(id="no-slot", citizen_id="citizen-0", slot_id="slot-elsewhere"),
        a_placement(id="no-citizen", citizen_id="citizen-elsewhere"),
    )
    night = night_of(input_of(people(2)), running=running)
    assert night.uncounted == ("no-slot", "no-citizen")
    assert night.placed == (0,)


def test_people_are_kept_apart_from_those_already_there() -> None:
    there = a_citizen(id="citizen-9", group_need=GroupNeed.ACTIVE_SUBSTANCE_USE)
    coming = a_citizen(id="citizen-1", group_need=GroupNeed.SUBSTANCE_FREE_GROUP)
    indifferent = a_citizen(id="citizen-2")
    slots = (a_slot(capacity=3),)
    match_input = input_of((there, coming, indifferent), (an_agreement(slots=slots),))
    night = night_of(match_input, running=(a_placement(citizen_id="citizen-9"),))
    assert night.problem.citizen.tolist() == [2]
    assert sorted(barriers(night)) == [Barrier.ALREADY_PLACED, Barrier.APART]


def test_a_missing_consultant_is_an_error_that_names_the_agreement() -> None:
    with pytest.raises(ValueError, match="'consultant-1' of agreement 'agreement-1' is missing"):
        night_of(input_of(people(1)), consultants=())


def test_a_pin_outside_the_best_places_is_added_with_its_value() -> None:
    slots = (a_slot(), a_slot(id="slot-2", hours_from=2, hours_to=3))
    match_input = input_of(people(1), (an_agreement(slots=slots),))
    everything = score_pairs(match_input, top_k=None)
    best = score_pairs(match_input, top_k=1)
    other = next(j for j in (0, 1) if j != best.slot[0])
    night = night_of(match_input, top_k=1, pinned=(("citizen-0", match_input.slots.ids[other]),))
    assert night.problem.slot.tolist() == [0, 1]
    assert night.problem.pinned is not None
    assert night.problem.slot[night.problem.pinned].tolist() == [other]
    assert np.array_equal(night.problem.value, everything.value)


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        (("citizen-9", "slot-1"), "Borgeren findes ikke"),
        (("citizen-0", "slot-9"), "Pladsen findes ikke"),
        (("citizen-1", "slot-1"), "Pladsen kan begynde med det timetal, som borgeren kan klare nu."),
        (("citizen-2", "slot-1"), "Borgeren har allerede et forløb."),
        (("citizen-3", "slot-1"), "mentortimer om ugen"),
        (("citizen-4", "slot-1"), "kan ikke kombineres med de forløb"),
    ],
)
def test_a_pin_that_cannot_be_kept_is_refused_with_the_reason(pin: tuple[str, str], reason: str) -> None:
    citizens = (
        a_citizen(id="citizen-0"),
        a_citizen(id="citizen-1", hours_now=2),
        a_citizen(id="citizen-2", group_need=GroupNeed.ACTIVE_SUBSTANCE_USE),
        a_citizen(id="citizen-3", mentor_hours_per_week=7),
        a_citizen(id="citizen-4", group_need=GroupNeed.SUBSTANCE_FREE_GROUP),
    )
    match_input = input_of(citizens, (an_agreement(slots=(a_slot(capacity=4),)),))
    with pytest.raises(PinsRefusedError) as refused:
        night_of(match_input, running=(a_placement(citizen_id="citizen-2"),), pinned=(pin,))
    (why,) = refused.value.refused
    assert (why.citizen_id, why.slot_id) == pin
    assert reason in why.text.danish
    assert pin[0] in str(refused.value)


def test_a_pin_on_a_taken_place_is_refused() -> None:
    with pytest.raises(PinsRefusedError, match="optaget"):
        night_of(
            input_of(people(2)),
            running=(a_placement(citizen_id="citizen-1"),),
            pinned=(("citizen-0", "slot-1"),),
        )


def test_the_same_pin_twice_is_one_pin() -> None:
    night = night_of(input_of(people(1)), pinned=(("citizen-0", "slot-1"), ("citizen-0", "slot-1")))
    assert night.problem.pins.tolist() == [0]
    assert night.chosen(np.array([0], dtype=np.int32)).tolist() == [0]
