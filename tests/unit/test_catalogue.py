"""The catalogue is coherent: codes unique, references resolve, demands valid and nearly complete."""

import csv
import os
import re
from pathlib import Path

import pytest

from matcher.domain.catalogue import AREAS, CERTIFICATES, COURSES, JOB_FUNCTIONS, OCCUPATIONS
from matcher.domain.conditions import CONDITIONS, Condition, Kind, level_of
from matcher.domain.validation import check_id, check_text

BURDENS = {condition for condition, spec in CONDITIONS.items() if spec.kind is Kind.BURDEN}
DATA = Path(os.environ.get("MATCHER_DATA", Path(__file__).parents[3] / "shared" / "data"))


def test_codes_are_ids_and_name_themselves() -> None:
    for catalogue in (AREAS, CERTIFICATES, COURSES, JOB_FUNCTIONS):
        for code, item in catalogue.items():
            check_id("code", code)
            assert item.code == code
            check_text("danish", item.danish, required=True)
            check_text("english", item.english, required=True)


def test_danish_names_tell_the_job_functions_apart() -> None:
    names = [function.danish for function in JOB_FUNCTIONS.values()]
    assert len(set(names)) == len(names) >= 60


def test_every_job_function_states_every_burden() -> None:
    for function in JOB_FUNCTIONS.values():
        stated = {demand.condition for demand in function.usual_demands}
        assert stated >= BURDENS, function.code


def test_references_resolve() -> None:
    for function in JOB_FUNCTIONS.values():
        assert function.area in AREAS
        assert set(function.certificates) <= set(CERTIFICATES)
        assert function.occupations, f"{function.code} leads to no occupation"
        assert set(function.occupations) <= set(OCCUPATIONS)
    for course in COURSES.values():
        assert set(course.functions) <= set(JOB_FUNCTIONS)
        assert set(course.certificates) <= set(CERTIFICATES)


def test_occupations_and_job_functions_name_each_other() -> None:
    for occupation in OCCUPATIONS.values():
        assert occupation.functions
        for code in occupation.functions:
            assert occupation.uri in JOB_FUNCTIONS[code].occupations


def test_every_area_has_work() -> None:
    assert {function.area for function in JOB_FUNCTIONS.values()} == set(AREAS)


@pytest.mark.parametrize("code", ["tractor_driving", "forklift_driving", "delivery_driving"])
def test_driving_asks_for_a_licence(code: str) -> None:
    function = JOB_FUNCTIONS[code]
    assert level_of(function.usual_demands, Condition.DRIVING) == 3
    assert function.certificates


def test_contact_with_children_asks_for_the_certificate() -> None:
    with_children = [
        f for f in JOB_FUNCTIONS.values() if (level_of(f.usual_demands, Condition.CHILDREN_CONTACT) or 0) > 1
    ]
    assert with_children
    assert all("child_certificate" in function.certificates for function in with_children)


def test_uris_have_the_form_of_esco() -> None:
    form = re.compile(r"http://data\.europa\.eu/esco/occupation/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    for uri, occupation in OCCUPATIONS.items():
        assert form.fullmatch(uri)
        assert re.fullmatch(r"\d{4}", occupation.isco08)


def test_occupations_stand_in_esco_with_label_and_group() -> None:
    path = DATA / "esco" / "occupations_da.csv"
    if not path.exists():
        pytest.skip("the ESCO occupations are not in the reference data folder (MATCHER_DATA)")
    with path.open(encoding="utf-8", newline="") as file:
        esco = {row["conceptUri"]: (row["preferredLabel"], row["iscoGroup"]) for row in csv.DictReader(file)}
    for uri, occupation in OCCUPATIONS.items():
        assert esco[uri] == (occupation.danish, occupation.isco08)
