"""Ten texts that users read, kept word for word. Renew with ``pytest tests/golden --update-golden``, then read them.

They come from the synthetic municipality. The plan behind "no place" is a simple greedy one, so that the texts change
with the words and the data and not with the solver.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from features.taxonomy import Taxonomy
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.arrays import MatchInput
from matcher.assignment.plan import Plan, make_plan
from matcher.assignment.problem import TOLERANCE, AssignmentProblem
from matcher.domain.citizen import TargetGroupProfile
from matcher.explain import Explanation
from matcher.limits import Barrier
from matcher.pair import goal_title
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from matcher.suggest import suggest
from matcher.unplaced import PlanUse, explain_unplaced
from matcher.wording import hours_per_week, joined, label, percent, sentence

TEXTS = Path(__file__).parent / "texts"
CITIZENS = 120
PRICE_OF_A_PLACE = 0.3


@cache
def world() -> tuple[MatchInput, PlanUse]:
    place = municipality(citizens=CITIZENS)
    match_input = vectorise(
        place.citizens, place.companies, place.agreements, on=REFERENCE_DATE, taxonomy=Taxonomy.builtin()
    )
    night = plan_problem(match_input, score_pairs(match_input), consultants=place.consultants, running=place.placements)
    return match_input, PlanUse.of(night, greedy(night.problem))


def greedy(problem: AssignmentProblem) -> Plan:
    """Pairs by falling value, each taken if places and resources allow; kept-apart classes are left to the others."""
    free = problem.capacity.copy()
    assert problem.resources is not None
    use = problem.resources.use.tocsc()
    left = problem.resources.limit + TOLERANCE
    placed: set[int] = set()
    chosen = []
    classes = None if problem.separations is None else problem.separations.class_of_citizen
    for e in np.argsort(-problem.value, kind="stable"):
        i, j = int(problem.citizen[e]), int(problem.slot[e])
        column = use[:, [e]].toarray().ravel()
        if i in placed or free[j] == 0 or (column > left).any() or (classes is not None and classes[i]):
            continue
        placed.add(i)
        free[j] -= 1
        left = left - column
        chosen.append(int(e))
    zeros = np.zeros(problem.n_citizens), np.zeros(problem.n_slots), np.zeros(problem.n_resources)
    return make_plan(problem, np.array(sorted(chosen), dtype=np.int64), float(problem.value.sum()), zeros)


def bullets(title: str, texts: tuple[str, ...]) -> list[str]:
    return [f"## {title}", "", *(f"- {text}" for text in texts), ""] if texts else []


def about(match_input: MatchInput, row: int) -> str:
    citizen = match_input.citizen_values[row]
    goals = joined([goal_title(goal).danish for goal in citizen.goals]) or "ikke afklaret endnu"
    start = f"{hours_per_week(citizen.hours_now)} nu, {hours_per_week(citizen.hours_target)} som mål"
    return sentence(f"Målgruppeprofil: {label(citizen.profile)}. Jobmål: {goals}. {start}")


def card(match_input: MatchInput, row: int, explanation: Explanation) -> list[str]:
    return [
        f"# {explanation.heading}",
        "",
        about(match_input, row),
        "",
        f"**{explanation.one_line}**",
        "",
        explanation.practical,
        f"Pladsen passer {percent(explanation.value)}.",
        f"{percent(explanation.confidence)} af det, der tæller, er oplyst.",
        explanation.price_text,
        "",
        *bullets("Taler for", explanation.reasons_for),
        *bullets("Taler imod", explanation.reasons_against),
        *bullets("Skal på plads først", explanation.must_confirm),
        *bullets("Mangler at blive oplyst", explanation.missing),
        *bullets("Støtte, der kan gå ved siden af", explanation.support_texts),
    ]


def first_of(profile: TargetGroupProfile, *, with_places: bool = True) -> int:
    match_input, _ = world()
    rows = [row for row, citizen in enumerate(match_input.citizen_values) if citizen.profile is profile]
    return next(row for row in rows if bool(suggest(match_input, row, k=1, near_misses=0).suggestions) is with_places)


def best_place(profile: TargetGroupProfile) -> list[str]:
    match_input, _ = world()
    row = first_of(profile)
    prices = np.full(len(match_input.slots), PRICE_OF_A_PLACE)
    (best,) = suggest(match_input, row, prices=prices, k=1).suggestions
    return card(match_input, row, best.explanation)


def near_misses(profile: TargetGroupProfile) -> list[str]:
    match_input, _ = world()
    row = first_of(profile)
    lines = ["# Tæt på: pladser, som få krav udelukker", "", about(match_input, row), ""]
    for miss in suggest(match_input, row, k=0).near_misses:
        lines += bullets(miss.explanation.heading, miss.missing)
    return lines


def impossible(profile: TargetGroupProfile) -> list[str]:
    match_input, _ = world()
    row = first_of(profile)
    return card(match_input, row, suggest(match_input, row, k=0).near_misses[0].explanation)


def without_place(reason: Barrier) -> list[str]:
    match_input, use = world()
    unplaced = np.flatnonzero(use.account.pair_of_citizen < 0).tolist()
    found = next((row, why) for row in unplaced if (why := explain_unplaced(match_input, row, use)).reason is reason)
    row, why = found
    return [f"# Ingen plads i planen: {label(reason)}", "", about(match_input, row), "", why.text, ""] + [
        f"- {text}" for text in why.details
    ]


CASES: dict[str, Callable[[], list[str]]] = {
    "01-plads-job": lambda: best_place(TargetGroupProfile.JOB),
    "02-plads-kvalificering": lambda: best_place(TargetGroupProfile.QUALIFICATION),
    "03-plads-tilpasning": lambda: best_place(TargetGroupProfile.ADAPTATION),
    "04-plads-marginalisering": lambda: best_place(TargetGroupProfile.MARGINALISATION),
    "05-ikke-mulig-plads": lambda: impossible(TargetGroupProfile.ADAPTATION),
    "06-taet-paa-uddannelse": lambda: near_misses(TargetGroupProfile.EDUCATION),
    "07-taet-paa-marginalisering": lambda: near_misses(TargetGroupProfile.MARGINALISATION),
    "08-uden-plads-ingen-passer": lambda: without_place(Barrier.NO_PLACE_FITS),
    "09-uden-plads-givet-til-andre": lambda: without_place(Barrier.GIVEN_TO_OTHERS),
    "10-uden-plads-brugt-op": lambda: without_place(Barrier.RESOURCE),
}


@pytest.mark.parametrize("name", CASES)
def test_text_is_kept_word_for_word(name: str, update_golden: bool) -> None:
    text = "\n".join(CASES[name]()).strip() + "\n"
    path = TEXTS / f"{name}.md"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "read the new text, then renew with --update-golden"


def test_no_text_without_a_case() -> None:
    assert {path.stem for path in TEXTS.glob("*.md")} == set(CASES)
