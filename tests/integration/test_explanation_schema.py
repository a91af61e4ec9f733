"""The published schema of an explanation: the same in the docs, over HTTP and in the model, and records keep to it."""

from pathlib import Path

import numpy as np
import pytest

from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.explain import CARD, explain
from matcher.language import Language
from service.app import create_app
from service.use_cases.record_schema import explanation_schema, schema_text
from service.use_cases.views import ExplanationView
from tests.databases import copied
from tests.integration.conftest import PlannedDemo
from tests.json_schemas import validator_of
from tests.serving import Client, settings_for

PUBLISHED = Path(__file__).parents[2] / "docs" / "schemas" / "explanation.json"
RECORDS = 200
API = "/api/v1"


@pytest.mark.databases("none")
def test_the_schema_in_the_docs_is_that_of_the_model(update_golden: bool) -> None:
    text = schema_text(explanation_schema())
    if update_golden:
        PUBLISHED.write_text(text, encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == text, "renew with --update-golden, then read what changed"


def test_the_schema_is_served_to_everybody(planned: PlannedDemo, tmp_path: Path) -> None:
    database = tmp_path / "api.db"
    copied(planned.database, database)
    answer = Client(create_app(settings_for(database))).get(f"{API}/schemas/explanation.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json() == explanation_schema()


@pytest.mark.databases("none")
@pytest.mark.parametrize("language", Language)
def test_records_keep_to_the_schema_and_lose_nothing_in_the_view(language: Language) -> None:
    place = municipality(citizens=RECORDS)
    match_input = vectorise(place.citizens, place.companies, place.agreements, on=REFERENCE_DATE)
    validator = validator_of(explanation_schema())
    validator.check_schema(explanation_schema())
    prices = np.linspace(0, 1, len(match_input.slots))
    for row in range(RECORDS):
        slot_row = row % len(match_input.slots)
        explanation = explain(match_input, row, slot_row, prices=prices, alternatives=2, language=language)
        record = explanation.as_record()
        assert not list(validator.iter_errors(record))
        assert ExplanationView.of(explanation).model_dump(mode="json") == record
        assert explanation.as_card() == {name: record[name] for name in CARD}


@pytest.mark.databases("none")
def test_the_schema_refuses_a_record_without_its_rules() -> None:
    validator = validator_of(explanation_schema())
    assert not validator.is_valid({"citizen_id": "citizen-1", "slot_id": "slot-1"})
