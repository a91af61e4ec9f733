"""Sentences about a citizen, said to the citizen: ``borgeren kan 7 timer nu`` → ``du kan 7 timer nu``.

Lists and cards speak of the citizen to a consultant; a letter and the citizen's own page speak to the citizen. Both
read the same sentences, and those of rules that a municipality has written itself: what is changed is every form of
"borgeren" and "the citizen", by the tables below. What stands in quotation marks are somebody's words and stays.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher.language import Language

_QUOTED: Final = re.compile(r"(»[^«]*«|“[^”]*”)")
_OWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "arbejdsgiver": "din",
        "arbejdsplads": "din",
        "bopæl": "din",
        "grænse": "din",
        "målgruppe": "din",
        "rejsetid": "din",
        "sag": "din",
        "tur": "din",
        "behov": "dit",
        "danskniveau": "dit",
        "forløb": "dit",
        "jobmål": "dit",
        "mål": "dit",
        "niveau": "dit",
        "timetal": "dit",
        "valg": "dit",
        "ønske": "dit",
        "kompetencer": "dine",
        "muligheder": "dine",
        "oplysninger": "dine",
        "ord": "dine",
        "skånehensyn": "dine",
        "timer": "dine",
        "ønsker": "dine",
    }
)
"""The possessive that goes with what is the citizen's, by gender and number of the noun."""
_DESCRIBED: Final = r"(?:ufravigelige|tidligere|nuværende|egen|eget|egne)"
_POSSESSIVE: Final = re.compile(rf"\b([Bb])orgerens ((?:{_DESCRIBED} )?(\w+))")
_SUBJECT: Final = (
    r"(?:allerede|begynder|bor|bør|endnu|er|får|har|helst|højst|ikke|kan|må|møder|når|også|selv|skal|tager|vil|ønsker)"
)
_PREPOSITION: Final = r"(?:af|end|for|fra|hos|lader|med|mod|om|over|på|til|uden|ved)"
_OBJECT: Final = re.compile(rf"\b({_PREPOSITION}) (?:borgeren|denne borger)\b(?! {_SUBJECT}\b)")
_REFLEXIVE: Final = re.compile(r"\b([Dd]u \w+(?: \w+){0,2}) sig\b")

_VERBS: Final[Mapping[str, str]] = MappingProxyType(
    {"is": "are", "has": "have", "does": "do", "needs": "need", "knows": "know", "gets": "get", "reaches": "reach"}
)
"""Verbs that change with "you"; the others that follow "the citizen" are modal or in the past."""
_VERB: Final = re.compile(rf"\b[Tt]he citizen ({'|'.join(_VERBS)})\b")


def to_citizen(text: str, language: Language) -> str:
    """A text about a citizen as it is said to the citizen."""
    said = _danish if language is Language.DANISH else _english
    return "".join(part if _QUOTED.fullmatch(part) else said(part) for part in _QUOTED.split(text))


def _danish(text: str) -> str:
    text = _POSSESSIVE.sub(_owned, text)
    text = _OBJECT.sub(r"\1 dig", text)
    text = re.sub(r"\bborgeren\b", "du", text)
    text = re.sub(r"\bBorgeren\b", "Du", text)
    return _REFLEXIVE.sub(r"\1 dig", text)


def _owned(found: re.Match[str]) -> str:
    """``borgerens mål`` → ``dit mål``; a noun that the table lacks keeps "borgerens", which is never wrong."""
    own = _OWN.get(found[3])
    if own is None:
        return found[0]
    return f"{own.capitalize() if found[1] == 'B' else own} {found[2]}"


def _english(text: str) -> str:
    text = _VERB.sub(lambda found: f"{_you(found[0])} {_VERBS[found[1]]}", text)
    text = re.sub(r"\b[Tt]he citizen's\b", lambda found: f"{_you(found[0])}r", text)
    text = re.sub(r"\bthis citizen\b", "you", text)
    return re.sub(r"\b[Tt]he citizen\b", lambda found: _you(found[0]), text)


def _you(replaced: str) -> str:
    return "You" if replaced[0] == "T" else "you"
