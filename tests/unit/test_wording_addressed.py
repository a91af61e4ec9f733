"""Sentences about a citizen, said to the citizen: persons, possessives and verbs of both languages."""

import pytest

from matcher.domain.statute import STATUTE
from matcher.language import Language
from matcher.wording.addressed import to_citizen


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Pladsen begynder med 8 timer; borgeren kan 7 timer nu.", "Pladsen begynder med 8 timer; du kan 7 timer nu."),
        ("Forløbet kan vokse til 20; borgerens mål er 22.", "Forløbet kan vokse til 20; dit mål er 22."),
        ("Borgerens kompetencer er ikke oplyst.", "Dine kompetencer er ikke oplyst."),
        ("Borgerens målgruppe findes ikke i loven.", "Din målgruppe findes ikke i loven."),
        ("tolket som et fag ud fra borgerens egne ord", "tolket som et fag ud fra dine egne ord"),
        ("Virksomheden er ikke borgerens tidligere arbejdsgiver.", "Virksomheden er ikke din tidligere arbejdsgiver."),
        ("Virksomheden ønsker ikke et nyt forløb med borgeren.", "Virksomheden ønsker ikke et nyt forløb med dig."),
        ("heller ikke om borgeren har prøvet opvask før", "heller ikke om du har prøvet opvask før"),
        ("2 andre borgere, men ikke mere end denne borger.", "2 andre borgere, men ikke mere end dig."),
        ("Begynder med flere timer, end borgeren kan nu.", "Begynder med flere timer, end du kan nu."),
        ("Borgeren har frabedt sig virksomheden.", "Du har frabedt dig virksomheden."),
        ("Jobmålet »hjælp til borgeren« er borgerens eget valg.", "Jobmålet »hjælp til borgeren« er dit eget valg."),
        ("Støtten aftales med borgeren.", "Støtten aftales med dig."),
        ("Målgruppen er borger i ressourceforløb.", "Målgruppen er borger i ressourceforløb."),
        ("borgerens cykel", "borgerens cykel"),
    ],
)
def test_danish_is_said_to_the_citizen(text: str, said: str) -> None:
    assert to_citizen(text, Language.DANISH) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The place starts at 8 hours; the citizen can do 7 now.", "The place starts at 8 hours; you can do 7 now."),
        ("The citizen's target is 22.", "Your target is 22."),
        ("The citizen has asked for the place.", "You have asked for the place."),
        ("the worksite has a mentor; the citizen needs 2 hours", "the worksite has a mentor; you need 2 hours"),
        ("but none of them clearly more than this citizen", "but none of them clearly more than you"),
        ("is “citizen in a resource course”", "is “citizen in a resource course”"),
    ],
)
def test_english_is_said_to_the_citizen(text: str, said: str) -> None:
    assert to_citizen(text, Language.ENGLISH) == said


def test_every_rule_can_be_said_to_the_citizen() -> None:
    for version in STATUTE.versions:
        danish, english = to_citizen(version.danish, Language.DANISH), to_citizen(version.english, Language.ENGLISH)
        assert "borgeren" not in danish.lower(), danish
        assert "the citizen " not in english.lower(), english
        assert "the citizen'" not in english.lower(), english
