"""The fairness report of planned nights: what it says, who may read it, and that it finds a bias only where one is."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from features.fairness import Measure, fairness_figures
from fixtures import REFERENCE_DATE
from fixtures.traits import protected_traits
from matcher.domain.geography import Position
from matcher.language import Text
from service.app import create_app
from service.db.repositories import Citizens, MatchRuns
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.db.trait_repositories import Traits
from service.identity.callers import token_digest
from service.problems import InvalidInput, NotFound
from service.settings import AccessToken, Role
from service.use_cases.fairness import Measured, measured, quarter_days, report_of_quarter, report_of_run
from service.use_cases.fairness_groups import (
    AGE,
    AGE_FROM,
    GENDER,
    KM_FROM,
    ORIGIN,
    band_names,
    dimensions_of,
    kilometres_to_town,
)
from service.use_cases.fairness_record import report_record
from service.use_cases.fairness_text import group_text, statements
from service.use_cases.matching import MatchInputs
from tests.builders import MUNICIPALITY
from tests.databases import address_of, copied
from tests.integration.conftest import PlannedDemo
from tests.serving import CONSULTANT, ELSEWHERE, OPERATIONS, SYSTEM, TOKENS, Client, settings_for

PROTECTED = {GENDER, AGE, ORIGIN}
OPERATIONS_ELSEWHERE = "operations-elsewhere-token"
PATH = "/api/v1/runs/{}/fairness"


@pytest.fixture(scope="module")
def database(planned: PlannedDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planned demonstration with traits that are independent of everything."""
    path = tmp_path_factory.mktemp("fairness") / "fair.db"
    copied(planned.database, path)
    with unit_of_work(sessions_of(create_database_engine(address_of(path)))) as session:
        ids = [citizen.id for citizen in planned.demo.municipality.citizens]
        Traits(session, MUNICIPALITY).put_all(protected_traits(ids))
    return path


@pytest.fixture
def sessions(database: Path) -> Iterator[SessionFactory]:
    engine = create_database_engine(address_of(database))
    yield sessions_of(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def inputs() -> MatchInputs:
    return MatchInputs()


@pytest.fixture(scope="module")
def outcomes(database: Path, inputs: MatchInputs) -> Measured:
    """What the night came to, without traits."""
    with read_only(sessions_of(create_database_engine(address_of(database)))) as session:
        run = MatchRuns(session, MUNICIPALITY).latest()
        assert run is not None
        return measured(session, MUNICIPALITY, inputs, [run])


# The figures.


def test_the_outcomes_are_those_of_the_night(outcomes: Measured, planned: PlannedDemo) -> None:
    night = planned.demo.night
    placed = {one.citizen_id: one for one in night.proposals}
    assert [one.id for one in outcomes.citizens] == sorted([*placed, *(one.citizen_id for one in night.unplaced)])
    for row, citizen in enumerate(outcomes.citizens):
        found = placed.get(citizen.id)
        assert outcomes.outcomes.placed[row] == (found is not None)
        assert outcomes.outcomes.waiting_days[row] == (REFERENCE_DATE - citizen.waiting_since).days
        if found is None:
            assert np.isnan(outcomes.outcomes.rank[row])
        else:
            assert outcomes.outcomes.value[row] == found.value
            assert 1 <= outcomes.outcomes.rank[row] <= outcomes.outcomes.eligible_places[row]
    assert outcomes.outcomes.rank[outcomes.outcomes.placed > 0].min() == 1


def test_the_report_names_groups_and_no_person(
    sessions: SessionFactory, inputs: MatchInputs, planned: PlannedDemo
) -> None:
    with read_only(sessions) as session:
        report = report_of_run(session, MUNICIPALITY, inputs)
        again = report_of_run(session, MUNICIPALITY, inputs, planned.demo.night.run.id)
    assert again == report
    record = report_record(report)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    everybody = record["everybody"]
    assert everybody["citizens"] == len(planned.demo.night.proposals) + len(planned.demo.night.unplaced)
    assert everybody["estimates"]["placed"]["count"] == everybody["citizens"]
    text = json.dumps(record)
    assert not [citizen.id for citizen in planned.demo.municipality.citizens if f'"{citizen.id}"' in text]
    assert [one["dimension"] for one in record["dimensions"]] == [
        "gender",
        "age",
        "origin",
        "target_group",
        "distance_to_town",
    ]
    for one in record["dimensions"]:
        shown = [group["citizens"] for group in one["groups"] if group["citizens"] is not None]
        assert min(shown) >= 5
        hidden = len(one["groups"]) - len(shown)
        assert hidden != 1
        assert sum(shown) == everybody["citizens"] or everybody["citizens"] - sum(shown) >= 5


def test_without_traits_the_report_says_so(planned: PlannedDemo, inputs: MatchInputs) -> None:
    with read_only(sessions_of(create_database_engine(address_of(planned.database)))) as session:
        report = report_of_run(session, MUNICIPALITY, inputs)
    assert not report.has_traits
    assert not PROTECTED & {one.dimension for one in report.figures.comparisons}
    assert [group.name for group in report.figures.groups[GENDER]] == ["not_registered"]
    assert any("ikke indlæst køn" in text.danish for text in statements(report))


# A quarter.


def test_a_quarter_counts_each_citizen_once(planned: PlannedDemo, tmp_path: Path, inputs: MatchInputs) -> None:
    path = tmp_path / "quarter.db"
    copied(planned.database, path)
    sessions = sessions_of(create_database_engine(address_of(path)))
    night = planned.demo.night
    later = replace(night.run, id="later", planned_on=date(2026, 12, 31), created_at=datetime(2027, 1, 1, tzinfo=UTC))
    left = replace(night.unplaced[0], run_id="later")
    moved = [replace(one, id=f"{one.id[:30]}-later", run_id="later") for one in night.proposals[1:3]]
    next_year = replace(later, id="next-year", planned_on=date(2027, 1, 1))
    gone = replace(night.proposals[0], id="next-year", run_id="next-year")
    with unit_of_work(sessions) as session:
        runs = MatchRuns(session, MUNICIPALITY)
        runs.add(later, moved, [left])
        runs.add(next_year, [gone])
    with read_only(sessions) as session:
        report = report_of_quarter(session, MUNICIPALITY, inputs, "2026Q4")
        assert report.run_ids == (night.run.id, "later")
        assert (report.first_on, report.last_on) == (REFERENCE_DATE, date(2026, 12, 31))
        runs = MatchRuns(session, MUNICIPALITY)
        found = measured(session, MUNICIPALITY, inputs, [runs.get(id_) for id_ in report.run_ids])
        with pytest.raises(NotFound):
            report_of_quarter(session, MUNICIPALITY, inputs, "2025Q1")
    assert len(found.citizens) == len(night.proposals) + len(night.unplaced)
    assert found.outcomes.placed.sum() == len(night.proposals)
    known = {one.id for one, places in zip(found.citizens, found.outcomes.eligible_places, strict=True) if places >= 0}
    assert known == {left.citizen_id, *(one.citizen_id for one in moved)}
    row = [one.id for one in found.citizens].index(moved[0].citizen_id)
    waited = date(2026, 12, 31) - found.citizens[row].waiting_since
    assert found.outcomes.waiting_days[row] == waited.days


def test_eligible_places_and_rank_are_those_of_the_run_whatever_has_changed_since(
    outcomes: Measured, planned: PlannedDemo, tmp_path: Path, inputs: MatchInputs
) -> None:
    path = tmp_path / "changed.db"
    copied(planned.database, path)
    sessions = sessions_of(create_database_engine(address_of(path)))
    run = planned.demo.night.run
    first, second, gone = (one for one in planned.demo.municipality.citizens if one.id in _ids(outcomes)[:3])
    with unit_of_work(sessions) as session:
        citizens = Citizens(session, MUNICIPALITY)
        citizens.put_many(
            [replace(one, longest_travel_minutes=1, waiting_since=date(2020, 1, 1)) for one in (first, second)]
        )
        citizens.delete(gone.id)
    with read_only(sessions) as session:
        found = measured(session, MUNICIPALITY, inputs, [run])
    kept = [row for row, id_ in enumerate(_ids(outcomes)) if id_ != gone.id]
    assert _ids(found) == [_ids(outcomes)[row] for row in kept]
    for measure in ("eligible_places", "rank", "waiting_days"):
        before, after = getattr(outcomes.outcomes, measure)[kept], getattr(found.outcomes, measure)
        np.testing.assert_array_equal(after, before)


def _ids(found: Measured) -> list[str]:
    return [one.id for one in found.citizens]


def test_a_quarter_has_three_months() -> None:
    assert quarter_days("2026Q4") == (date(2026, 10, 1), date(2026, 12, 31))
    assert quarter_days("2024Q1") == (date(2024, 1, 1), date(2024, 3, 31))
    for wrong in ("2026Q5", "2026", "26Q1", ""):
        with pytest.raises(InvalidInput, match="quarter: is not a quarter"):
            quarter_days(wrong)


# A world without signal, and one with.


def test_traits_without_signal_are_flagged_in_at_most_one_of_twenty_worlds(outcomes: Measured) -> None:
    flagged, worlds = 0, 50
    ids = [citizen.id for citizen in outcomes.citizens]
    for seed in range(worlds):
        traits = {one.citizen_id: one for one in protected_traits(ids, seed=seed)}
        dimensions = dimensions_of(outcomes.citizens, outcomes.slots, traits, REFERENCE_DATE)
        found = fairness_figures(
            outcomes.outcomes, [one for one in dimensions if one.name in PROTECTED], permutations=1
        )
        flagged += any(one.exceeds_chance for one in found.comparisons)
    assert flagged <= binom.ppf(0.95, worlds, 0.05)  # one of twenty, as far as so many worlds can tell


def test_a_planted_bias_is_flagged_as_what_it_is(outcomes: Measured) -> None:
    ids = [citizen.id for citizen in outcomes.citizens]
    placed = [id_ for id_, got in zip(ids, outcomes.outcomes.placed, strict=True) if got]
    traits = {one.citizen_id: one for one in protected_traits(ids, women_among=placed, bias=0.3)}
    dimensions = dimensions_of(outcomes.citizens, outcomes.slots, traits, REFERENCE_DATE)
    found = fairness_figures(outcomes.outcomes, [one for one in dimensions if one.name in PROTECTED])
    flagged = {(one.dimension, one.group, one.measure) for one in found.comparisons if one.exceeds_chance}
    assert flagged == {(GENDER, "female", Measure.PLACED)}
    checks = {check.dimension: check.p_value for check in found.null_checks}
    assert checks[GENDER] < 0.01
    assert min(checks[AGE], checks[ORIGIN]) > 0.05


# Groups and words.


def test_bands_are_named_by_their_ends() -> None:
    assert band_names(AGE_FROM, 1) == ("0-24", "25-29", "30-39", "40-49", "50-59", "60+")
    assert band_names(KM_FROM, 0) == ("0-5", "5-10", "10-20", "20+")


def test_the_distance_to_town_follows_the_homes(outcomes: Measured) -> None:
    far = replace(outcomes.citizens[0], home=Position(57.5, 10.0))
    near, unknown = replace(far, home=None), replace(far, home=None, home_postcode="9999")
    distances = kilometres_to_town([far, near, unknown], outcomes.slots)
    assert distances[0] > 150
    assert distances[1] < 60
    assert np.isnan(distances[2])
    assert np.isnan(kilometres_to_town([far], [])).all()


def test_every_group_has_a_name_in_both_languages(sessions: SessionFactory, inputs: MatchInputs) -> None:
    with read_only(sessions) as session:
        report = report_of_run(session, MUNICIPALITY, inputs)
    names = {
        name: [group_text(report, name, group.name) for group in groups]
        for name, groups in report.figures.groups.items()
    }
    assert names[GENDER] == [Text("Kvinder", "Women"), Text("Mænd", "Men")]
    assert names[AGE][0] == Text("Op til 24 år", "Aged up to 24")
    assert names[AGE][-1] == Text("60 år og derover", "Aged 60 and over")
    assert names["distance_to_town"][1] == Text("5–10 km", "5–10 km")
    for found in names.values():
        assert len({text.danish for text in found}) == len({text.english for text in found}) == len(found)
    said = statements(report)
    assert all(text.danish.endswith(".") and text.english.endswith(".") for text in said)
    assert not [text for text in said if "_" in text.danish + text.english or "{" in text.danish + text.english]


# Over HTTP.


@pytest.fixture(scope="module")
def as_caller(database: Path) -> Callable[[str | None], Client]:
    elsewhere = AccessToken(
        id="andendrift",
        name="Driften andetsteds",
        municipality=ELSEWHERE,
        role=Role.OPERATIONS,
        token_sha256=token_digest(OPERATIONS_ELSEWHERE),
    )
    app = create_app(settings_for(database, tokens=(*TOKENS, elsewhere)))
    return lambda token: Client(app, token=token)


def test_anonymous_callers_are_turned_away(as_caller: Callable[[str | None], Client], planned: PlannedDemo) -> None:
    assert as_caller(None).get(PATH.format(planned.demo.night.run.id)).status_code == 401


def test_another_municipality_finds_nothing(as_caller: Callable[[str | None], Client], planned: PlannedDemo) -> None:
    answer = as_caller(OPERATIONS_ELSEWHERE).get(PATH.format(planned.demo.night.run.id))
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize("token", [CONSULTANT, SYSTEM])
def test_who_works_with_citizens_does_not_read_it(
    as_caller: Callable[[str | None], Client], planned: PlannedDemo, token: str
) -> None:
    assert as_caller(token).get(PATH.format(planned.demo.night.run.id)).status_code == 403


def test_the_report_over_http_is_the_report(
    as_caller: Callable[[str | None], Client], planned: PlannedDemo, sessions: SessionFactory, inputs: MatchInputs
) -> None:
    answer = as_caller(OPERATIONS).get(PATH.format(planned.demo.night.run.id))
    assert answer.status_code == 200
    with read_only(sessions) as session:
        assert answer.json() == report_record(report_of_run(session, MUNICIPALITY, inputs))
