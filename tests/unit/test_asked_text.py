"""A need in the words of the profile: what is asked for, beside how strongly."""

import pytest

from matcher.domain.conditions import Condition, Strength
from service.web.citizens_fields import limits_of, usual_need
from service.web.citizens_summary import asked_text


@pytest.mark.parametrize("condition", Condition)
def test_what_is_asked_for_says_nothing_of_how_strongly(condition: Condition) -> None:
    for must in limits_of(usual_need(condition, Strength.MUST)):
        text = asked_text(must)
        assert text.danish.split()[0] not in {"skal", "bør", "kan"}
        assert text.english.split()[0] not in {"must", "should", "can"}
    texts = [asked_text(one).danish for one in limits_of(usual_need(condition))]
    assert len(set(texts)) == len(texts)
    assert texts == [asked_text(one).danish for one in limits_of(usual_need(condition, Strength.SHOULD))]
