"""Whole municipalities and random pairs against independent readings of the rules and of the best K."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.arrays import MatchInput
from matcher.domain.agreement import AgreementModel, PlacementForm, Slot, SlotAgreement, SlotSetting
from matcher.domain.citizen import Citizen, Competence, CompetenceLevel, DanishLevel, JobGoal, TargetGroupProfile
from matcher.domain.conditions import CONDITIONS, Accommodation, Condition, Demand, Scale, Strength
from matcher.domain.geography import TravelMode
from matcher.domain.schedule import Schedule, Weekday
from matcher.rules import passes_all
from matcher.scoring import score_citizen, score_pairs
from tests.builders import ON, a_citizen, a_company, a_slot, a_worksite, an_agreement
from tests.pairs import excluded_by, rule_masks

FUNCTIONS = ("milking", "dish_washing", "cleaning", "own-code")
CERTIFICATES = ("forklift", "driving_b")
COMPANIES = ("company-1", "company-2")


def levels(condition: Condition) -> st.SearchStrategy[float]:
    """Levels of a condition's scale, its ends among them."""
    highest = CONDITIONS[condition].maximum
    if CONDITIONS[condition].scale is Scale.YES_NO:
        return st.sampled_from((0.0, 1.0))
    return st.sampled_from((0.0, highest / 4, highest / 2, highest))


SOME_CONDITIONS = (Condition.LIFTING, Condition.NOISE, Condition.BREAKS_AT_NEED, Condition.FIXED_ROUTINE)
NEEDS = st.lists(
    st.sampled_from(SOME_CONDITIONS).flatmap(
        lambda condition: st.builds(Accommodation, st.just(condition), levels(condition), st.sampled_from(Strength))
    ),
    max_size=3,
    unique_by=lambda need: need.condition,
).map(tuple)
DEMANDS = st.lists(
    st.sampled_from(SOME_CONDITIONS).flatmap(
        lambda condition: st.builds(Demand, st.just(condition), levels(condition))
    ),
    max_size=4,
    unique_by=lambda demand: demand.condition,
).map(tuple)
SCHEDULES = st.sampled_from(
    (
        Schedule(),
        Schedule((Weekday.MONDAY, Weekday.TUESDAY, Weekday.SUNDAY), 9 * 60, 15 * 60),
        Schedule((Weekday.SATURDAY, Weekday.SUNDAY), 10 * 60, 20 * 60),
        Schedule(tuple(Weekday), 22 * 60, 6 * 60),
    )
)
SHARES = st.sampled_from((0.0, 0.3, 1.0))


def subset(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Any selection of the values, in their order."""
    return st.sets(st.sampled_from(values)).map(lambda chosen: tuple(value for value in values if value in chosen))


@st.composite
def citizens(draw: st.DrawFn, number: int) -> Citizen:
    """A citizen whose every field that a rule or term reads may differ."""
    hours_now = draw(st.sampled_from((2.0, 8.0, 15.0)))
    return a_citizen(
        id=f"citizen-{number}",
        target_group=draw(st.sampled_from(("activity_ready", "flexi_job_approved", "unheard_of"))),
        profile=draw(st.sampled_from(TargetGroupProfile)),
        hours_now=hours_now,
        hours_target=hours_now + draw(st.sampled_from((0.0, 10.0))),
        goals=tuple(JobGoal(text) for text in draw(subset(("malker", "opvasker", "qzx")))),
        competences=tuple(Competence(code, draw(st.sampled_from(CompetenceLevel))) for code in draw(subset(FUNCTIONS))),
        accommodations=draw(NEEDS),
        schedule=draw(SCHEDULES),
        travel_modes=draw(st.sampled_from(((TravelMode.BUS,), (TravelMode.WALK, TravelMode.CAR)))),
        longest_travel_minutes=draw(st.sampled_from((15, 60))),
        danish_level=draw(st.sampled_from((None, DanishLevel.A1, DanishLevel.C1))),
        certificates=draw(subset(CERTIFICATES)),
        mentor_hours_per_week=draw(st.sampled_from((0.0, 3.0))),
        attendance_stability=draw(st.sampled_from((None, 0.1, 0.95))),
        wishes_against=draw(subset(COMPANIES[:1])),
        wishes_for=draw(subset(COMPANIES[1:])),
    )


@st.composite
def slots(draw: st.DrawFn, number: int, company: str) -> Slot:
    """A slot whose every field that a rule or term reads may differ."""
    hours_from = draw(st.sampled_from((2.0, 8.0, 10.0)))
    return a_slot(
        id=f"slot-{number}",
        company_id=company,
        function=draw(st.sampled_from(FUNCTIONS)),
        setting=draw(st.sampled_from(SlotSetting)),
        form=draw(st.sampled_from(PlacementForm)),
        capacity=draw(st.sampled_from((0, 1, 5))),
        hours_from=hours_from,
        hours_to=hours_from + draw(st.sampled_from((0.0, 12.0))),
        ends_on=draw(st.sampled_from((None, ON, ON.replace(day=15)))),
        schedule=draw(SCHEDULES),
        required=draw(subset(FUNCTIONS)),
        taught=draw(subset(FUNCTIONS)),
        certificates=draw(subset(CERTIFICATES)),
        danish_level=draw(st.sampled_from((DanishLevel.NONE, DanishLevel.B1))),
        demands=draw(DEMANDS),
        breadth=draw(SHARES),
        outlook=draw(st.one_of(st.none(), SHARES)),
        target_groups=draw(st.sampled_from(((), ("activity_ready",)))),
    )


@st.composite
def match_inputs(draw: st.DrawFn) -> MatchInput:
    """Up to 3 citizens against up to 5 slots of two companies."""
    people = [draw(citizens(number)) for number in range(draw(st.integers(1, 3)))]
    refused = draw(st.sampled_from(((), ("citizen-0",))))
    months = draw(st.sampled_from(((), (10.0, *[20.0] * 11), (20.0,) * 12)))
    position = draw(st.sampled_from((None, a_worksite().position)))
    companies = [
        a_company(not_again=refused),
        a_company(id="company-2", worksites=(a_worksite(ordinary_employees_by_month=months, position=position),)),
    ]
    places = [draw(slots(number, draw(st.sampled_from(COMPANIES)))) for number in range(draw(st.integers(1, 5)))]
    agreements: list[SlotAgreement] = [
        an_agreement(
            model=AgreementModel.CLUSTER,
            places=3,
            company_ids=COMPANIES,
            slots=tuple(places),
            lead_time_days=draw(st.sampled_from((0, 14, 80))),
        )
    ]
    return vectorise(people, companies, agreements, on=ON)


def all_minutes(match_input: MatchInput) -> np.ndarray:
    """(n, m) minutes."""
    rows = np.arange(len(match_input.citizens), dtype=np.int32)[:, None]
    return match_input.travel.minutes(rows, np.arange(len(match_input.slots), dtype=np.int32)[None, :])


def assert_masks_agree(match_input: MatchInput) -> None:
    """Every mask says of every pair what the oracle says."""
    masks, minutes = rule_masks(match_input), all_minutes(match_input)
    for i, citizen in enumerate(match_input.citizen_values):
        for j, context in enumerate(match_input.slot_values):
            excluded = {rule for rule, mask in masks.items() if not mask[i, j]}
            assert excluded == excluded_by(citizen, context, minutes[i, j], match_input.on), (i, j)


@given(match_inputs())
def test_masks_are_what_the_domain_values_say(match_input: MatchInput) -> None:
    assert_masks_agree(match_input)


def test_masks_of_a_municipality_are_what_the_domain_values_say(town: MatchInput) -> None:
    assert_masks_agree(town)


@pytest.fixture(scope="module")
def town() -> MatchInput:
    place = municipality(seed=7, citizens=60)
    return vectorise(place.citizens, place.companies, place.agreements, on=REFERENCE_DATE)


def assert_best_k_by_brute_force(match_input: MatchInput, top_k: int) -> None:
    """Pairs are exactly the best K eligible ones of each citizen, with the values of `score_citizen`."""
    pairs = score_pairs(match_input, top_k=top_k)
    for row in range(len(match_input.citizens)):
        scores = score_citizen(match_input, row)
        eligible = np.flatnonzero(scores.eligible)
        ranked = sorted(eligible, key=lambda slot: (-scores.value[slot], slot))
        mine = pairs.citizen == row
        assert pairs.slot[mine].tolist() == sorted(ranked[:top_k])
        assert pairs.value[mine].tobytes() == scores.value[pairs.slot[mine]].tobytes()
        assert pairs.eligible_count[row] == len(eligible)
    assert (pairs.value > 0).all()
    assert (pairs.value <= 1).all()


@given(match_inputs(), st.integers(1, 4))
def test_the_best_k_are_those_of_brute_force(match_input: MatchInput, top_k: int) -> None:
    assert_best_k_by_brute_force(match_input, top_k)


def test_the_best_k_of_a_municipality_are_those_of_brute_force(town: MatchInput) -> None:
    assert_best_k_by_brute_force(town, 10)


@given(match_inputs())
def test_an_unmet_or_unstated_must_need_keeps_a_pair_out(match_input: MatchInput) -> None:
    pairs = score_pairs(match_input)
    for i, j in zip(pairs.citizen, pairs.slot, strict=True):
        demands = {demand.condition: demand.level for demand in match_input.slot_values[j].slot.demands}
        for need in match_input.citizen_values[i].accommodations:
            if need.strength is Strength.MUST:
                assert need.met_by(demands.get(need.condition)) is True


@given(match_inputs())
def test_scores_are_shares_and_contributions_add_up(match_input: MatchInput) -> None:
    for row in range(len(match_input.citizens)):
        scores = score_citizen(match_input, row)
        known = scores.terms[~np.isnan(scores.terms)]
        assert ((known >= 0) & (known <= 1)).all()
        assert ((scores.confidence >= 0) & (scores.confidence <= 1)).all()
        np.testing.assert_allclose(scores.contribution.sum(axis=0), scores.value, atol=2e-9)
        assert (scores.known[np.isnan(scores.terms)] == 0).all()


PERSONAL = st.fixed_dictionaries(
    {
        "attendance_stability": st.one_of(st.none(), st.floats(0, 1)),
        "knows_workplace_rules": st.sampled_from((None, True, False)),
        "name": st.sampled_from(("Anna Andersen", "Bo Berg")),
    }
)


@given(PERSONAL, st.integers(0, 59))
def test_attendance_and_the_person_change_no_place_and_no_score(
    town: MatchInput, change: dict[str, object], row: int
) -> None:
    before = score_citizen(town, row)
    people = list(town.citizen_values)
    people[row] = replace(people[row], **change)  # type: ignore[arg-type]  # fields by name
    companies = {context.company.id: context.company for context in town.slot_values}
    agreements = {context.agreement.id: context.agreement for context in town.slot_values}
    changed = vectorise([people[row]], list(companies.values()), list(agreements.values()), on=town.on)
    after = score_citizen(changed, 0)
    assert (after.passes == before.passes).all()
    assert after.value.tobytes() == before.value.tobytes()


def test_one_citizen_at_a_time_gives_the_same_pairs(town: MatchInput) -> None:
    rows = np.arange(len(town.citizens), dtype=np.int32)
    together = passes_all(town, rows)
    for row in rows:
        assert (passes_all(town, rows[row : row + 1])[0] == together[row]).all()
