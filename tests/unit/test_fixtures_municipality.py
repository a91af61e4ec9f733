"""The synthetic municipality: documented numbers, valid references, determinism, speed."""

import hashlib
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import date
from itertools import islice

import pytest
from stdnum.dk import cvr

from fixtures import REFERENCE_DATE, Municipality, municipality, names
from fixtures.draws import Draws
from matcher.domain.agreement import COUNTED_AS_SUPPORTED, AgreementModel, PlacementForm, SlotSetting
from matcher.domain.catalogue import CERTIFICATES, JOB_FUNCTIONS, OCCUPATIONS
from matcher.domain.citizen import GroupNeed
from matcher.domain.legal import as_full_time_persons, most_full_time_persons, target_group
from matcher.domain.placement import PlacementStatus

FINGERPRINT = (
    "import hashlib, fixtures; m = fixtures.municipality(seed=5, citizens=60);"
    "names = [c.name for c in (*m.citizens, *m.consultants)];"
    "print(hashlib.sha256(repr((m, names, fixtures.history(5, 40))).encode()).hexdigest())"
)


@pytest.fixture(scope="module")
def town() -> Municipality:
    return municipality()


def test_target_groups_are_the_documented_ones(town: Municipality) -> None:
    groups = Counter(citizen.target_group for citizen in town.citizens)
    assert groups == {"resource_course": 197, "activity_ready": 350}


def test_places_are_the_documented_ones(town: Municipality) -> None:
    places: Counter[SlotSetting | AgreementModel] = Counter()
    for agreement in town.agreements:
        for slot in agreement.slots:
            places[slot.setting] += slot.capacity
            places[agreement.model] += slot.capacity
    assert places[SlotSetting.COMPANY_CENTRE] == 60
    assert places[SlotSetting.TRAINING_TRACK] == 30
    assert places[AgreementModel.PRE_AGREED] == 30


def test_fifteen_centres_have_at_least_four_places_each(town: Municipality) -> None:
    centres = [a for a in town.agreements if a.slots[0].setting is SlotSetting.COMPANY_CENTRE]
    assert len(centres) == 15
    assert all(sum(slot.capacity for slot in centre.slots) >= 4 for centre in centres)
    assert len({centre.consultant_id for centre in centres}) == 15


def test_companies_to_approach_and_clusters(town: Municipality) -> None:
    models = Counter(agreement.model for agreement in town.agreements)
    assert models[AgreementModel.AD_HOC] == 120
    assert models[AgreementModel.CLUSTER] == 2
    for agreement in town.agreements:
        if agreement.model is AgreementModel.CLUSTER:
            assert agreement.places is not None
            assert agreement.places < sum(slot.capacity for slot in agreement.slots)
        assert (agreement.outreach_hours > 0) == (agreement.model is AgreementModel.AD_HOC)


@pytest.mark.parametrize("citizens", [1, 7, 60, 1000])
def test_numbers_scale_with_the_citizens(citizens: int) -> None:
    small = municipality(seed=3, citizens=citizens)
    models = Counter(agreement.model for agreement in small.agreements)
    assert len(small.citizens) == citizens
    assert models[AgreementModel.AD_HOC] == max(1, round(120 * citizens / 547))
    resource = sum(citizen.target_group == "resource_course" for citizen in small.citizens)
    assert resource == round(citizens * 197 / 547)


def test_no_citizen_is_an_error() -> None:
    with pytest.raises(ValueError, match="citizens"):
        municipality(citizens=0)


def test_every_reference_resolves(town: Municipality) -> None:
    companies = {company.id for company in town.companies}
    worksites = {(company.id, site.id) for company in town.companies for site in company.worksites}
    staff = {consultant.id for consultant in town.consultants}
    for agreement in town.agreements:
        assert set(agreement.company_ids) <= companies
        assert agreement.consultant_id in staff
        for slot in agreement.slots:
            assert (slot.company_id, slot.worksite_id) in worksites
            assert {slot.function, *slot.required, *slot.taught} <= set(JOB_FUNCTIONS)
            assert set(slot.certificates) <= set(CERTIFICATES)
    for citizen in town.citizens:
        assert citizen.consultant_id in staff
        assert {competence.function for competence in citizen.competences} <= set(JOB_FUNCTIONS)
        assert set(citizen.certificates) <= set(CERTIFICATES)
        assert {goal.occupation for goal in citizen.goals} - {None} <= set(OCCUPATIONS)
        assert {*citizen.wishes_for, *citizen.wishes_against, *citizen.former_employers} <= companies
        assert target_group(citizen.target_group, town.on)


def test_ids_and_numbers_are_unique(town: Municipality) -> None:
    sites = [site for company in town.companies for site in company.worksites]
    slots = [slot for agreement in town.agreements for slot in agreement.slots]
    for values in (
        [citizen.id for citizen in town.citizens],
        [company.cvr for company in town.companies],
        [company.name for company in town.companies],
        [site.id for site in sites],
        [site.p_number for site in sites],
        [slot.id for slot in slots],
        [placement.id for placement in town.placements],
    ):
        assert len(set(values)) == len(values) > 0


def test_cvr_numbers_have_a_right_check_digit_and_invented_names(town: Municipality) -> None:
    for company in town.companies:
        assert cvr.is_valid(company.cvr)
        assert company.cvr.startswith("99")
        assert " Den " in company.name


def test_running_placements_keep_places_and_budgets(town: Municipality) -> None:
    agreements = {slot.id: agreement for agreement in town.agreements for slot in agreement.slots}
    slots = {slot.id: slot for agreement in town.agreements for slot in agreement.slots}
    sites = {site.id: site for company in town.companies for site in company.worksites}
    citizens = {citizen.id: citizen for citizen in town.citizens}
    used: Counter[str] = Counter()
    persons: defaultdict[str, float] = defaultdict(float)
    mentor: defaultdict[str, float] = defaultdict(float)
    cases: Counter[str] = Counter()
    assert len(town.placements) == 40
    for placement in town.placements:
        slot, citizen = slots[placement.slot_id], citizens[placement.citizen_id]
        assert placement.status is PlacementStatus.RUNNING
        assert placement.starts_on < town.on <= placement.ends_on
        assert placement.form is slot.form is not PlacementForm.WAGE_SUBSIDY
        used[slot.id] += 1
        cases[agreements[slot.id].consultant_id] += 1
        mentor[slot.worksite_id] += citizen.mentor_hours_per_week
        if slot.form in COUNTED_AS_SUPPORTED:
            persons[slot.worksite_id] += as_full_time_persons(placement.hours_per_week, town.on)
    assert len({placement.citizen_id for placement in town.placements}) == len(town.placements)
    assert all(count <= slots[slot].capacity for slot, count in used.items())
    assert all(hours <= sites[site].mentor_hours_per_week for site, hours in mentor.items())
    for site_id, taken in persons.items():
        site = sites[site_id]
        assert taken + site.supported_full_time_persons <= most_full_time_persons(site.ordinary_employees, town.on)
    for consultant in town.consultants:
        assert cases[consultant.id] <= consultant.caseload


def test_running_placements_keep_groups_apart(town: Municipality) -> None:
    site_of = {slot.id: slot.worksite_id for agreement in town.agreements for slot in agreement.slots}
    group_of = {citizen.id: citizen.group_need for citizen in town.citizens}
    groups: dict[str, set[GroupNeed]] = {}
    for placement in town.placements:
        groups.setdefault(site_of[placement.slot_id], set()).add(group_of[placement.citizen_id])
    apart = {GroupNeed.SUBSTANCE_FREE_GROUP, GroupNeed.ACTIVE_SUBSTANCE_USE}
    assert not any(apart <= found for found in groups.values())


def test_same_seed_same_values_in_two_processes() -> None:
    prints = []
    for hash_seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", FINGERPRINT], env=environment, capture_output=True, text=True, check=True
        )
        prints.append(done.stdout)
    assert prints[0] == prints[1]
    assert len(prints[0].strip()) == hashlib.sha256().digest_size * 2


def test_another_seed_gives_other_people(town: Municipality) -> None:
    assert municipality(seed=761, citizens=547).citizens != town.citizens


def test_dates_follow_the_day_asked_for() -> None:
    earlier = municipality(seed=2, citizens=30, on=date(2025, 1, 15))
    assert earlier.on == date(2025, 1, 15) != REFERENCE_DATE
    assert all(citizen.waiting_since <= earlier.on for citizen in earlier.citizens)
    assert all(agreement.valid_from <= earlier.on for agreement in earlier.agreements)


def test_a_municipality_is_made_in_seconds() -> None:
    start = time.process_time()
    municipality(seed=9)
    assert time.process_time() - start < 3


def test_names_do_not_run_out() -> None:
    drawn = list(islice(names.companies(Draws(1, "test")), 5000))
    assert len(set(drawn)) == len(drawn)
    assert drawn[-1].endswith(" 3")
