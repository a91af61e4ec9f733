"""Openings of 200 citizens x 20 places of the synthetic municipality, against an oracle that reads domain values."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from features.taxonomy import Taxonomy
from features.variants import vary
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, Municipality, municipality
from matcher.arrays import MatchInput
from matcher.domain.catalogue import CERTIFICATES, JOB_FUNCTIONS
from matcher.domain.conditions import Condition
from matcher.openings.changes import Change, Situation, apply_all
from matcher.openings.remedies import remedies
from matcher.openings.search import Checked, Trial, check_trials, minimal_sets
from matcher.pair import Pair
from matcher.wording.openings import change_text, opening_text
from tests.changing import closed_by, opens, parts, single_changes, slightly_less

CITIZENS, PLACES = 200, 20
MAY_CHANGE = {
    "hours_now",
    "travel_modes",
    "longest_travel_minutes",
    "danish_level",
    "certificates",
    "former_employers_allowed",
}
"""Fields of a citizen that a change may touch: no need, no wish, no target group, no municipality."""
NOT_FOR_READERS = re.compile(r"\b(nan|None|True|False|inf)\b|_|  |\.\.|<|\d\.\d{3}|\b1 (timer|hours)\b|\{|\}")
CODE_NAMES = {name for name in (*JOB_FUNCTIONS, *CERTIFICATES, *Condition) if "_" in name}
DANISH_WORDS = {"og", "ikke", "borgeren", "virksomheden", "hvis", "pladsen", "højst", "timer", "om", "ugen"}


@cache
def world() -> tuple[Municipality, MatchInput]:
    place = municipality()
    taxonomy = Taxonomy.builtin()
    return place, vectorise(place.citizens, place.companies, place.agreements, on=REFERENCE_DATE, taxonomy=taxonomy)


@cache
def found() -> tuple[dict[tuple[int, int], tuple[str, ...]], list[Checked]]:
    """What closes each of the drawn pairs, and every smallest set of changes."""
    _, match_input = world()
    rng = np.random.default_rng(7)
    citizens = rng.choice(len(match_input.citizens), CITIZENS, replace=False)
    pairs = [(int(i), int(j)) for i in citizens for j in rng.choice(len(match_input.slots), PLACES, replace=False)]
    asked = check_trials(match_input, [Trial(*pair, ()) for pair in pairs], vary)
    return {one.trial[:2]: one.failed for one in asked}, minimal_sets(match_input, pairs, vary)


def situation(match_input: MatchInput, pair: tuple[int, int] | Trial) -> Situation:
    return Situation(match_input.citizen_values[pair[0]], match_input.slot_values[pair[1]])


def changed() -> list[Checked]:
    return [one for one in found()[1] if one.trial.changes]


def test_the_oracle_and_the_arrays_agree_on_what_closes_a_pair() -> None:
    _, match_input = world()
    failed, _ = found()
    assert len(failed) == CITIZENS * PLACES
    for pair, rules in failed.items():
        assert set(rules) == closed_by(situation(match_input, pair), REFERENCE_DATE)


def test_every_opening_makes_the_pair_eligible() -> None:
    _, match_input = world()
    assert len(changed()) > 1000
    for one in changed():
        assert opens(one.trial.changes, situation(match_input, one.trial), REFERENCE_DATE), one.trial


def test_no_part_of_an_opening_would_do() -> None:
    _, match_input = world()
    for one in changed():
        before = situation(match_input, one.trial)
        for part in parts(one.trial.changes):
            assert not opens(part, before, REFERENCE_DATE), (one.trial, part)


def test_no_amount_could_be_smaller() -> None:
    _, match_input = world()
    tried = 0
    for one in changed():
        before = situation(match_input, one.trial)
        for k, change in enumerate(one.trial.changes):
            less = slightly_less(change, before)
            if less is not None:
                tried += 1
                rest = (*one.trial.changes[:k], less, *one.trial.changes[k + 1 :])
                assert not opens(rest, before, REFERENCE_DATE), (one.trial, less)
    assert tried > 1000


def test_where_one_change_would_do_one_change_is_found() -> None:
    _, match_input = world()
    failed, opened = found()
    fewest: dict[tuple[int, int], int] = {}
    for one in opened:
        pair = one.trial[:2]
        fewest[pair] = min(fewest.get(pair, 9), len(one.trial.changes))
    for pair in failed:
        before = situation(match_input, pair)
        for change in single_changes(before):
            if opens((change,), before, REFERENCE_DATE) and _may_be_asked(match_input, pair, change):
                assert fewest.get(pair, 9) <= 1, (pair, change)


def _may_be_asked(match_input: MatchInput, pair: tuple[int, int], change: Change) -> bool:
    """Whether the change is of a kind that the rules' remedies offer for the pair: not a place's nature."""
    failed, _ = found()
    offered = [
        one for rule_id in failed[pair] for together in remedies(rule_id, Pair(match_input, *pair)) for one in together
    ]
    return type(change) in {type(one) for one in offered}


def test_nothing_is_bargained_away() -> None:
    _, match_input = world()
    for one in changed():
        before = situation(match_input, one.trial)
        after = apply_all(one.trial.changes, before)
        kept = {name: getattr(before.citizen, name) for name in MAY_CHANGE}
        assert replace(after.citizen, **kept) == before.citizen
        assert after.citizen.hours_now <= before.citizen.hours_target
        assert after.citizen.longest_travel_minutes <= before.citizen.longest_travel_minutes + 15
        assert after.context.company.not_again == before.context.company.not_again
        assert after.context.agreement.municipality == before.context.agreement.municipality
        assert not {"municipality", "flexi_job", "wishes_against", "not_again"} & set(one.closed_by)


def test_values_are_those_of_a_new_reading_of_everything() -> None:
    place, match_input = world()
    for one in changed()[::150]:
        after = apply_all(one.trial.changes, situation(match_input, one.trial))
        citizens = tuple(after.citizen if c.id == after.citizen.id else c for c in place.citizens)
        companies = tuple(after.context.company if c.id == after.context.company.id else c for c in place.companies)
        agreements = tuple(
            after.context.agreement if a.id == after.context.agreement.id else a for a in place.agreements
        )
        again = vectorise(citizens, companies, agreements, on=REFERENCE_DATE)
        trial = check_trials(again, [one.trial._replace(changes=())], vary)[0]
        assert trial.failed == ()
        assert trial.value == pytest.approx(one.value, abs=1e-9)


@pytest.mark.parametrize("language", ["danish", "english"])
def test_every_opening_reads_well(language: str) -> None:
    _, match_input = world()
    for one in changed():
        before = Pair(match_input, one.trial.citizen_row, one.trial.slot_row)
        clauses = [change_text(change, before, one.pair) for change in one.trial.changes]
        text: str = getattr(opening_text(clauses), language)
        assert not NOT_FOR_READERS.search(text), text
        assert not CODE_NAMES & set(text.split()), text
        assert text.endswith(".")
        if language == "english":
            assert not DANISH_WORDS & set(re.findall(r"\w+", text)), text
