"""Whole municipalities and random pairs against independent readings of the rules and of the best K."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher import scoring
from matcher.arrays import FORMS, MatchInput
from matcher.domain.agreement import AgreementModel, PlacementForm, Slot, SlotSetting
from matcher.domain.citizen import Citizen, Competence, CompetenceLevel, DanishLevel, JobGoal, TargetGroupProfile
from matcher.domain.conditions import CONDITIONS, Accommodation, Condition, Demand, Scale, Strength
from matcher.domain.geography import TravelMode
from matcher.domain.schedule import Schedule, Weekday
from matcher.rules import eligible_pairs
from matcher.scoring import score_citizen, score_pairs
from matcher.terms import TERMS
from tests.builders import ON, a_citizen, a_company, a_slot, a_worksite, an_agreement
from tests.chance import Chance, seeds
from tests.pairs import excluded_by, passes_all, rule_masks

FUNCTIONS = ("milking", "dish_washing", "cleaning", "own-code")
CERTIFICATES = ("forklift", "driving_b")
COMPANIES = ("company-1", "company-2")


SOME_CONDITIONS = (Condition.LIFTING, Condition.NOISE, Condition.BREAKS_AT_NEED, Condition.FIXED_ROUTINE)
SCHEDULES = (
    Schedule(),
    Schedule((Weekday.MONDAY, Weekday.TUESDAY, Weekday.SUNDAY), 9 * 60, 15 * 60),
    Schedule((Weekday.SATURDAY, Weekday.SUNDAY), 10 * 60, 20 * 60),
    Schedule(tuple(Weekday), 22 * 60, 6 * 60),
)


def level(chance: Chance, condition: Condition) -> float:
    """A level on a condition's scale, often one of its ends."""
    highest = CONDITIONS[condition].maximum
    if CONDITIONS[condition].scale is Scale.YES_NO:
        return chance.one(0.0, 1.0)
    return chance.one(0.0, highest / 4, highest / 2, highest)


def citizen(seed: int, number: int) -> Citizen:
    """A citizen whose every field that a rule or term reads may differ."""
    chance = Chance(seed)
    hours_now = chance.mostly(8.0, 2.0, 15.0)
    return a_citizen(
        id=f"citizen-{number}",
        target_group=chance.mostly("activity_ready", "flexi_job_approved", "unheard_of"),
        profile=chance.of(tuple(TargetGroupProfile)),
        hours_now=hours_now,
        hours_target=hours_now + chance.one(0.0, 10.0),
        goals=tuple(JobGoal(text) for text in chance.some(("malker", "opvasker", "qzx"))),
        competences=tuple(Competence(code, chance.of(tuple(CompetenceLevel))) for code in chance.some(FUNCTIONS)),
        accommodations=tuple(
            Accommodation(condition, level(chance, condition), chance.mostly(Strength.SHOULD, Strength.MUST))
            for condition in chance.some(SOME_CONDITIONS, most=3)
        ),
        schedule=chance.mostly(*SCHEDULES),
        travel_modes=chance.one((TravelMode.BUS,), (TravelMode.WALK, TravelMode.CAR)),
        longest_travel_minutes=chance.mostly(60, 15),
        danish_level=chance.mostly(DanishLevel.C1, DanishLevel.A1, None),
        certificates=chance.mostly(CERTIFICATES, CERTIFICATES[:1], ()),
        mentor_hours_per_week=chance.one(0.0, 3.0),
        attendance_stability=chance.one(None, 0.1, 0.95),
        wishes_against=chance.mostly((), COMPANIES[:1]),
        wishes_for=chance.some(COMPANIES[1:]),
    )


def slot(seed: int, number: int) -> Slot:
    """A slot whose every field that a rule or term reads may differ."""
    chance = Chance(seed)
    hours_from = chance.mostly(2.0, 8.0, 10.0)
    return a_slot(
        id=f"slot-{number}",
        company_id=chance.of(COMPANIES),
        function=chance.of(FUNCTIONS),
        setting=chance.of(tuple(SlotSetting)),
        form=chance.mostly(*PlacementForm),
        capacity=chance.mostly(1, 0, 5),
        hours_from=hours_from,
        hours_to=hours_from + chance.one(0.0, 12.0),
        ends_on=chance.mostly(None, ON, ON.replace(day=15)),
        schedule=chance.mostly(*SCHEDULES),
        required=chance.some(FUNCTIONS),
        taught=chance.some(FUNCTIONS),
        certificates=chance.some(CERTIFICATES, most=1),
        danish_level=chance.mostly(DanishLevel.NONE, DanishLevel.B1),
        demands=tuple(Demand(condition, level(chance, condition)) for condition in chance.some(SOME_CONDITIONS)),
        breadth=chance.one(0.0, 0.3, 1.0),
        outlook=chance.one(None, 0.0, 0.3, 1.0),
        target_groups=chance.one((), ("activity_ready",)),
    )


@st.composite
def match_inputs(draw: st.DrawFn) -> MatchInput:
    """Up to 6 citizens against up to 10 slots of two companies."""
    people, places = draw(st.lists(seeds, min_size=1, max_size=6)), draw(st.lists(seeds, min_size=1, max_size=10))
    chance = Chance(draw(seeds))
    months = chance.one((), (10.0, *[20.0] * 11), (20.0,) * 12)
    site = a_worksite(ordinary_employees_by_month=months, position=chance.one(None, a_worksite().position))
    companies = [
        a_company(not_again=chance.mostly((), ("citizen-0", "citizen-2"))),
        a_company(id="company-2", worksites=(site,)),
    ]
    cluster = an_agreement(
        model=AgreementModel.CLUSTER,
        places=3,
        company_ids=COMPANIES,
        slots=tuple(slot(seed, number) for number, seed in enumerate(places)),
        lead_time_days=chance.mostly(0, 14, 80),
    )
    return vectorise([citizen(seed, number) for number, seed in enumerate(people)], companies, [cluster], on=ON)


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
        beside = np.zeros(scores.terms.shape, dtype=np.bool_)
        beside[[term.id for term in TERMS].index("outlook")] = match_input.slots.form == FORMS.index(
            PlacementForm.ORDINARY_HOURS
        )
        assert (scores.known[np.isnan(scores.terms)] == beside[np.isnan(scores.terms)]).all()


@given(match_inputs(), seeds)
def test_some_slots_have_the_scores_that_they_have_among_all(match_input: MatchInput, seed: int) -> None:
    only = np.array(Chance(seed).some(tuple(range(len(match_input.slots)))), dtype=np.int32)
    others = np.setdiff1d(np.arange(len(match_input.slots)), only)
    for row in range(len(match_input.citizens)):
        whole, some = score_citizen(match_input, row), score_citizen(match_input, row, only=only)
        for name in ("passes", "to_confirm", "terms", "known", "contribution", "value", "confidence"):
            expected, found = getattr(whole, name), getattr(some, name)
            assert found[..., only].tobytes() == expected[..., only].tobytes(), name
        assert not some.eligible[others].any()


@pytest.mark.parametrize("seed", range(4))
def test_attendance_and_the_person_change_no_place_and_no_score(town: MatchInput, seed: int) -> None:
    chance = Chance(seed)
    people = [
        replace(
            citizen,
            attendance_stability=chance.one(None, chance.share()),
            knows_workplace_rules=chance.one(None, True, False),
            name=chance.one("Anna Andersen", "Bo Berg"),
        )
        for citizen in town.citizen_values
    ]
    companies = {context.company.id: context.company for context in town.slot_values}
    agreements = {context.agreement.id: context.agreement for context in town.slot_values}
    changed = vectorise(people, list(companies.values()), list(agreements.values()), on=town.on)
    for row in range(len(people)):
        before, after = score_citizen(town, row), score_citizen(changed, row)
        assert (after.passes == before.passes).all()
        assert after.value.tobytes() == before.value.tobytes()


def test_eligible_pairs_are_those_that_every_mask_lets_through(town: MatchInput) -> None:
    together = passes_all(town)
    rows, cols = np.arange(len(town.citizens), dtype=np.int32), np.arange(len(town.slots), dtype=np.int32)
    for some_rows, some_cols in ((rows, cols), (rows[::7], cols[1::3]), (rows[5:6], cols), (rows, cols[2:3])):
        citizen, slot = eligible_pairs(town, some_rows, some_cols)
        local_row, local_col = np.nonzero(together[np.ix_(some_rows, some_cols)])
        assert citizen.tolist() == some_rows[local_row].tolist()
        assert slot.tolist() == some_cols[local_col].tolist()


@pytest.mark.parametrize("block", [1, 97, 2_000])
@pytest.mark.parametrize("threads", [1, 3])
def test_neither_blocks_nor_threads_change_a_pair(
    town: MatchInput, monkeypatch: pytest.MonkeyPatch, block: int, threads: int
) -> None:
    whole = score_pairs(town, top_k=10)
    assert len(town.citizens) * len(town.slots) <= scoring.PAIRS_A_BLOCK, "the whole town is one block"
    monkeypatch.setattr(scoring, "PAIRS_A_BLOCK", block)
    monkeypatch.setattr(scoring, "MOST_THREADS", threads)
    parts = score_pairs(town, top_k=10)
    for name in ("citizen", "slot", "value", "eligible_count"):
        assert getattr(parts, name).tobytes() == getattr(whole, name).tobytes()
