"""How goals are read, and how well a job fits them."""

from dataclasses import replace

import numpy as np
import pytest

from features.goals import (
    FUNCTIONS,
    ISCO_GRADE,
    ORDER,
    SKILLS,
    WORDS,
    job_occupations,
    read_goals,
    relation,
    typicality,
)
from features.taxonomy import Taxonomy
from matcher.domain.catalogue import OCCUPATIONS
from matcher.domain.citizen import JobGoal
from tests.builders import a_citizen, a_slot
from tests.pairs import ROW, input_of, pair_of, term

TAXONOMY = Taxonomy.builtin()
BY_NAME = {occupation.danish: uri for uri, occupation in OCCUPATIONS.items()}
MILKER, FARMER, GROOM = BY_NAME["staldmedarbejder"], BY_NAME["landmand"], BY_NAME["hestepasser"]
CLERK = BY_NAME["kontormedarbejder"]


def fit(goals: tuple[JobGoal, ...], **slot: object) -> float:
    return term(pair_of({"goals": goals}, slot), "goal_fit")


def test_a_confirmed_occupation_is_read_as_itself() -> None:
    assert read_goals([JobGoal("", MILKER)], TAXONOMY)[0].occupations == ((MILKER, 1.0),)


def test_a_free_text_is_read_with_less_certainty() -> None:
    (goal,) = read_goals([JobGoal("køre truck")], TAXONOMY)
    assert OCCUPATIONS[goal.occupations[0][0]].danish == "gaffeltruckfører"
    assert 0 < goal.confidence < 1


@pytest.mark.parametrize("text", ["helst ikke rengøring", "rengøring vil jeg ikke", "uden mennesker"])
def test_what_is_turned_down_is_no_goal(text: str) -> None:
    assert read_goals([JobGoal(text)], TAXONOMY)[0].occupations == ()


def test_a_text_that_says_nothing_cannot_be_read() -> None:
    (goal,) = read_goals([JobGoal("qzx")], TAXONOMY)
    assert goal.occupations == ()
    assert np.isnan(goal.confidence)


def test_an_occupation_that_the_taxonomy_lacks_is_read_by_its_text() -> None:
    (goal,) = read_goals([JobGoal("pedel", "http://data.europa.eu/esco/occupation/other")], TAXONOMY)
    assert OCCUPATIONS[goal.occupations[0][0]].danish == "vicevært"


def test_related_occupations_share_digits_or_functions() -> None:
    assert relation(MILKER, MILKER, TAXONOMY) == 1.0
    assert relation(MILKER, GROOM, TAXONOMY) == relation(GROOM, MILKER, TAXONOMY) >= ISCO_GRADE[4]
    assert relation(MILKER, FARMER, TAXONOMY) == pytest.approx(FUNCTIONS * 4 / 7)
    assert relation(MILKER, CLERK, TAXONOMY) == 0.0


def test_the_first_function_of_an_occupation_is_the_most_typical() -> None:
    functions = ("a", "b", "c", "d", "e", "f", "g", "h")
    shares = [typicality(functions, function) for function in functions]
    assert shares[0] == 1.0
    assert shares == sorted(shares, reverse=True)
    assert min(shares) == 0.5
    assert typicality(functions, "z") == 0.0


def test_what_is_not_typical_of_a_related_occupation_says_little() -> None:
    baker_assistant = (JobGoal("", BY_NAME["bagerekspedient"]),)
    assert fit(baker_assistant, function="shelf_stocking") >= 0.4
    assert fit(baker_assistant, function="pet_care") < 0.3


def test_shared_essential_skills_relate_occupations() -> None:
    skills = {MILKER: frozenset({"a", "b"}), CLERK: frozenset({"b", "c"}), GROOM: frozenset({"d"})}
    taxonomy = replace(TAXONOMY, essential_skills=skills)
    weight = {"a": np.log(3) + 1, "b": np.log(3 / 2) + 1, "c": np.log(3) + 1}
    overlap = 2 * weight["b"] / (weight["a"] + 2 * weight["b"] + weight["c"])
    assert taxonomy.skill_overlap([MILKER], [CLERK, GROOM, FARMER])[0] == pytest.approx([overlap, 0.0, 0.0])
    assert relation(MILKER, CLERK, taxonomy) == pytest.approx(SKILLS * overlap)
    assert relation(MILKER, CLERK, taxonomy) == relation(CLERK, MILKER, taxonomy)


def test_the_same_occupation_fits_fully_and_an_unrelated_one_hardly() -> None:
    assert fit((JobGoal("", MILKER),), function="milking") == pytest.approx(1.0)
    assert fit((JobGoal("", CLERK),), function="milking") < 0.2


def test_the_best_of_the_goals_counts_and_earlier_goals_count_more() -> None:
    second = (JobGoal("", CLERK), JobGoal("", MILKER))
    assert fit(second, function="milking") == pytest.approx(ORDER[1])
    many = (*(JobGoal("", CLERK) for _ in range(6)), JobGoal("", MILKER))
    assert fit(many, function="milking") == pytest.approx(ORDER[-1])


def test_the_goal_that_gave_the_fit_is_named() -> None:
    pair = pair_of({"goals": (JobGoal("", CLERK), JobGoal("", MILKER))}, {"function": "milking"})
    assert pair.goal.best_goal(ROW, ROW)[0] == 1
    assert pair_of().goal.best_goal(ROW, ROW)[0] == -1
    assert pair_of({"goals": (JobGoal("qzx"),)}).goal.best_goal(ROW, ROW)[0] == -1


def test_a_goal_that_cannot_be_read_is_no_goal() -> None:
    assert np.isnan(fit((JobGoal("qzx"),)))
    assert fit((JobGoal("qzx"), JobGoal("", MILKER)), function="milking") == pytest.approx(ORDER[1])


def test_words_of_the_place_count_where_its_function_is_another() -> None:
    wish = (JobGoal("køre traktor"),)
    without = fit(wish, function="cleaning", title="Hjælper på gård")
    with_words = fit(wish, function="cleaning", title="Hjælper på gård", tasks=("køre traktor",))
    assert without < with_words <= WORDS


def test_a_function_outside_the_catalogue_is_read_by_the_title() -> None:
    occupations = job_occupations(a_slot(function="own-code", title="Pedel på skole"), TAXONOMY)
    assert OCCUPATIONS[occupations[0].uri].danish == "vicevært"
    assert job_occupations(a_slot(function="own-code", title="qzx"), TAXONOMY) == ()
    assert fit((JobGoal("pedel"),), function="own-code", title="Pedel på skole") > 0.5


def test_citizens_with_the_same_goal_get_the_same_fit() -> None:
    goals = (JobGoal("gartner"),)
    slots = [a_slot(), a_slot(id="s", function="milking")]
    pair = input_of([a_citizen(goals=goals), a_citizen(id="b", goals=goals)], slots)
    rows, cols = np.arange(2, dtype=np.int32)[:, None], np.arange(2, dtype=np.int32)[None, :]
    table = pair.goal.fit(rows, cols)
    np.testing.assert_array_equal(table[0], table[1])
