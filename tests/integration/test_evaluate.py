"""The evaluation: what it must show on the synthetic municipality, and a report whose parts hold together."""

import csv
import json
import re
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from features.taxonomy import Taxonomy
from fixtures import REFERENCE_DATE
from matcher.assignment import AssignmentProblem
from matcher.domain.agreement import AgreementModel
from matcher.domain.placement import Verdict
from matcher.domain.rule_changes import ChangeKind, RuleChange, changed
from matcher.domain.statute import STARTS_SOON, STATUTE
from matcher.weights import HAND_SET
from service import cli
from service.danish import EVALUATION_PHASES
from service.db.session import create_database_engine, sessions_of, unit_of_work
from service.use_cases.decide import decide
from service.use_cases.evaluate import BEST, PHASES, Decided, Evaluation, evaluate, synthetic, title_quality
from service.use_cases.evaluate_market import SMALLEST_GROUP, fillable_share, measure_market
from service.use_cases.evaluate_report import write_report
from service.use_cases.matching import Stored
from tests.builders import ON, a_citizen, a_company, a_consultant, a_contact, a_decided_pair, a_slot, an_agreement
from tests.databases import copied, without_settings
from tests.deciding import KAREN
from tests.integration.conftest import PlannedDemo
from tests.once import found_once

SMALL = {"placements": 900, "lists": 20}
"""Sizes that measure nothing well, but measure everything."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return found_once(tmp_path_factory, "evaluation", lambda: evaluate(None, on=REFERENCE_DATE))


@pytest.mark.slow
@pytest.mark.databases("none")
def test_hand_set_weights_rank_near_the_truth(found: Evaluation) -> None:
    assert found.ranking.hand_set.estimate >= 0.90
    assert found.ranking.random.high < found.ranking.hand_set.low
    assert found.ranking.places > BEST


@pytest.mark.slow
@pytest.mark.databases("none")
def test_learnt_weights_beat_the_hand_set_ones_on_a_later_year(found: Evaluation) -> None:
    assert found.learning.better
    assert found.learning.model.gain.low > 0
    assert found.learning.gain_in_truth is not None
    assert found.learning.gain_in_truth.low > 0
    assert found.ranking.gain.low > 0
    assert found.learning.model.from_truth is not None
    assert found.learning.model.from_truth <= 0.02


@pytest.mark.slow
@pytest.mark.databases("none")
def test_in_the_null_world_there_is_no_gain(found: Evaluation) -> None:
    assert found.null_world.learnt_weights.gain.holds_zero
    assert found.null_world.model.gain.holds_zero
    assert not found.null_world.better


@pytest.mark.slow
@pytest.mark.databases("none")
def test_prices_ease_the_crowding(found: Evaluation) -> None:
    market = found.market
    assert market.fillable < market.fillable_with_prices <= 1
    assert 0 < market.with_five <= market.with_a_place <= 1
    assert market.proposed <= min(market.citizens, market.places)


@pytest.mark.slow
@pytest.mark.databases("none")
def test_the_report_has_every_part_with_its_numbers(found: Evaluation, tmp_path: Path) -> None:
    files = write_report(found, tmp_path / "new" / "folder")
    text = files[0].read_text(encoding="utf-8")
    for part in ("Stillingsbetegnelser", "Rækkefølgen", "Chancen", "uden sammenhæng", "Trængsel", "Lige muligheder"):
        assert re.search(f"^##+ .*{part}", text, flags=re.MULTILINE)
    for image in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text):
        assert ElementTree.parse(files[0].parent / image).getroot().tag.endswith("svg")
    for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        assert len({line.count("|") for line in block.splitlines()}) == 1
    record = json.loads(files[1].read_text(encoding="utf-8"))
    assert record["market"]["proposed"] == found.market.proposed
    assert record["learning"]["model"]["brier"] == found.learning.model.brier
    assert "opdigtet kommune" in text


def test_every_phase_has_a_danish_name() -> None:
    assert set(EVALUATION_PHASES) == set(PHASES)


@pytest.mark.databases("none")
def test_decisions_are_counted_and_held_against_the_values() -> None:
    values = [(Verdict.APPROVED, 0.8), (Verdict.APPROVED, 0.4), (Verdict.REJECTED, 0.6), (Verdict.HELD, 0.2)]
    decided = Decided.of(values)
    assert decided.counts == {"approved": 2, "rejected": 1, "held": 1}
    assert decided.mean_value["approved"] == pytest.approx(0.6)
    assert decided.order == 0.5
    assert Decided.of(values[3:]).order is None
    assert Decided.of([]) == Decided({}, {}, None)


@pytest.mark.slow
def test_the_command_writes_a_report_on_the_planned_municipality(
    planned: PlannedDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    without_settings(monkeypatch, tmp_path / "matcher.db")
    url = copied(planned.database, tmp_path / "matcher.db")
    monkeypatch.setenv("MATCHER_DATABASE_URL", url)
    monkeypatch.setattr(evaluate, "__kwdefaults__", {**(evaluate.__kwdefaults__ or {}), **SMALL})
    proposal = planned.demo.night.proposals[0]
    for verdict in (Verdict.HELD, Verdict.APPROVED):
        with unit_of_work(sessions_of(create_database_engine(url))) as session:
            decide(session, "0760", proposal.id, verdict=verdict, person=KAREN, reason="Fordi", today=REFERENCE_DATE)
    monkeypatch.setattr(sys, "argv", ["matcher", "evaluate", "--out", "report"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert not stopped.value.code
    text = (tmp_path / "report" / "evaluation.md").read_text(encoding="utf-8")
    assert "kommunens egne data" in text
    assert "| godkendt | 1 |" in text
    assert "| sat på hold |" not in text
    printed = capfd.readouterr()
    assert "Skrevet til report" in printed.out
    assert [line.split(" ", 1)[1] for line in printed.err.splitlines()] == list(EVALUATION_PHASES.values())


@pytest.mark.databases("none")
def test_small_groups_are_left_out_and_the_others_add_up() -> None:
    market = measure_market(synthetic(60), on=REFERENCE_DATE, weights=HAND_SET)
    assert min(group.citizens for group in market.groups) >= SMALLEST_GROUP
    for kind in ("target_group", "profile", "travel"):
        assert sum(group.citizens for group in market.groups if group.kind == kind) <= market.citizens
    by_group = [group for group in market.groups if group.kind == "target_group"]
    if sum(group.citizens for group in by_group) == market.citizens:
        placed = sum(group.proposed * group.citizens for group in by_group)
        assert placed == pytest.approx(market.proposed)


@pytest.mark.databases("none")
def test_the_market_is_that_of_the_municipality_with_all_that_was_said_there() -> None:
    """What a company and a person have said no to, its own rules, and what is on hold: as the night plans."""
    citizens = (a_citizen(id="citizen-1"), a_citizen(id="citizen-2"))
    asked = an_agreement(model=AgreementModel.AD_HOC, slots=(a_slot(capacity=2),))
    stored = Stored(citizens, (a_company(),), (asked,), (a_consultant(),), ())

    def measured(**said: Any) -> tuple[float, int]:
        market = measure_market(replace(stored, **said), on=ON, weights=HAND_SET)
        return market.with_a_place, market.proposed

    assert measured() == (1.0, 2)
    assert measured(contacts=(a_contact(),)) == (0.0, 0)
    assert measured(decided=(a_decided_pair(),)) == (0.5, 1)
    far = replace(citizens[0], available_from=ON + timedelta(weeks=9))
    assert measured(citizens=(far, citizens[1])) == (0.5, 1)
    book = changed(STATUTE, [RuleChange(ChangeKind.SWITCH_OFF, STARTS_SOON, ON)])
    assert measured(citizens=(far, citizens[1]), rulebook=book) == (1.0, 2)


@pytest.mark.databases("none")
def test_top_suggestions_of_one_place_fill_it_once() -> None:
    problem = AssignmentProblem(
        n_citizens=3,
        n_slots=2,
        citizen=np.array([0, 0, 1, 2, 2], dtype=np.int32),
        slot=np.array([0, 1, 0, 0, 1], dtype=np.int32),
        value=np.array([0.9, 0.8, 0.7, 0.6, 0.5]),
        capacity=np.array([1, 1], dtype=np.int64),
    )
    assert fillable_share(problem, problem.value) == pytest.approx(1 / 3)
    priced = problem.value - np.array([0.7, 0.5])[problem.slot]
    assert fillable_share(problem, priced) == pytest.approx(2 / 3)


@pytest.mark.databases("none")
def test_titles_are_measured_where_the_reference_is_there(tmp_path: Path) -> None:
    taxonomy = Taxonomy.builtin()
    assert title_quality(tmp_path, taxonomy) is None
    (uri, occupation), (other, _) = list(taxonomy.occupations.items())[:2]
    rows = [(occupation.danish, uri), (occupation.danish, other), (f"erfaren {occupation.danish}", uri), ("?", "gone")]
    (tmp_path / "star").mkdir()
    with (tmp_path / "star" / "titles_dev.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("title_da", "esco_uri"), *rows])
    quality = title_quality(tmp_path, taxonomy)
    assert quality is not None
    assert (quality.titles, quality.hard_titles) == (2, 1)
    assert 0 < quality.hard_mrr <= 1
    assert quality.mrr == pytest.approx((1 + quality.hard_mrr) / 2)
    assert title_quality(tmp_path) is None
