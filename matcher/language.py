"""The two languages that reasons are written in, and a text in both."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """Language of a text; Danish is the first."""

    DANISH = "da"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One statement in both languages, each written as a whole: neither is put together from the other."""

    danish: str
    english: str

    def in_(self, language: Language) -> str:
        """The statement in a language."""
        return self.danish if language is Language.DANISH else self.english


def in_language(texts: Iterable[Text], language: Language) -> tuple[str, ...]:
    """Several statements in a language."""
    return tuple(text.in_(language) for text in texts)
