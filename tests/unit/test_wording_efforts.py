"""What each kind of change asks, in words of its own, and of whom."""

import pytest

from matcher.domain.conditions import Condition
from matcher.openings.changes import Change
from matcher.openings.limits import OnePlaceMore
from matcher.openings.place import CompanyAnswers
from matcher.wording.efforts import EFFORTS, EFFORTS_BY_SIZE, effort_text, efforts_text


def kinds_of_change(kind: type[Change] = Change) -> set[str]:
    """Every kind of change that there is."""
    found = {name for below in kind.__subclasses__() for name in kinds_of_change(below)}
    return found | ({kind.kind} if hasattr(kind, "kind") else set())


@pytest.mark.parametrize("kind", sorted(kinds_of_change()))
def test_every_kind_of_change_says_what_it_asks(kind: str) -> None:
    sizes = EFFORTS_BY_SIZE.get(kind) or {1: EFFORTS[kind]}
    for size, text in sizes.items():
        assert effort_text(kind, size) == text
        assert text.danish != text.english


def test_words_are_for_kinds_that_there_are() -> None:
    assert EFFORTS.keys() | EFFORTS_BY_SIZE.keys() == kinds_of_change() | {"new_place"}


def test_a_kind_without_words_of_its_own_is_told_by_its_size() -> None:
    assert effort_text("something_else", 2).danish == "en aftale"
    assert effort_text("something_else", 9) == effort_text("something_else", 5)


def test_what_several_changes_ask_is_said_once() -> None:
    changes = (CompanyAnswers(Condition.NOISE, 1.0), CompanyAnswers(Condition.PACE, 1.0), OnePlaceMore())
    assert efforts_text(changes).danish == "et svar fra virksomheden; en udvidet aftale med virksomheden"
