"""How sure a list is, and which answer would change it most."""

from typing import Any

import pytest

from features.vectorise import vectorise
from matcher.certainty import Certainty, certainty
from matcher.domain.catalogue import JOB_FUNCTIONS
from matcher.domain.citizen import Competence, JobGoal
from matcher.suggest import suggest
from matcher.weights import HAND_SET
from tests.builders import ON, a_citizen, a_company, a_slot, an_agreement

GOAL = JobGoal("", JOB_FUNCTIONS["dish_washing"].occupations[0])
KNOWN = {"goals": (GOAL,), "competences": (Competence("dish_washing"),)}


def sure(slots: tuple[Any, ...] = (), **citizen: Any) -> Certainty:
    person = a_citizen(**(KNOWN | citizen))
    agreement = an_agreement(slots=slots or (a_slot(outlook=0.5), a_slot(id="slot-2", outlook=0.5)))
    found = suggest(vectorise((person,), (a_company(),), (agreement,), on=ON), 0)
    assert found.suggestions
    return certainty([one.explanation for one in found.suggestions])


def test_an_empty_list_is_not_sure_of_anything() -> None:
    assert certainty(()) == Certainty(0.0, "", 0.0)


def test_without_a_goal_the_goal_is_what_to_ask_for() -> None:
    found = sure(goals=())
    weight = HAND_SET.by_profile[a_citizen().profile]["goal_fit"]
    assert "mål" in found.question
    assert found.swing == pytest.approx(weight)


def test_a_goal_in_own_words_is_to_be_confirmed_and_a_confirmed_one_is_not() -> None:
    read = sure(goals=(JobGoal("noget i et køkken"),))
    assert read.question.startswith("Jobmålet »noget i et køkken«")
    confirmed = sure()
    assert confirmed.question == ""
    assert confirmed.confidence > read.confidence


def test_what_one_company_has_not_said_counts_at_its_place_only() -> None:
    said, unsaid = a_slot(outlook=0.5), a_slot(id="slot-2", outlook=None)
    one, both = sure((said, unsaid)), sure((a_slot(outlook=None), unsaid))
    weight = HAND_SET.by_profile[a_citizen().profile]["outlook"]
    assert one.question.endswith("ordinære timer.")
    assert one.swing == pytest.approx(weight / 2)
    assert both.confidence < one.confidence


def test_when_everything_is_known_there_is_nothing_to_ask() -> None:
    found = sure()
    assert (found.question, found.swing) == ("", 0.0)
    assert found.confidence == pytest.approx(1.0)
