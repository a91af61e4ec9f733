"""The one line of an explanation, in both languages: the strongest reasons for, and the strongest against."""

from collections.abc import Sequence
from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.language import Language, Text
from matcher.pair import Pair
from matcher.reasons import TermReason, bad_terms, good_terms
from matcher.wording.phrases import PHRASES

PHRASES_IN_A_LINE: Final = 3


def summary(pair: Pair, terms: tuple[TermReason, ...]) -> Text:
    """A possible pair in one line."""
    telling = [term for term in good_terms(terms) if term.id != "competence_coverage" or pair.context.slot.required]
    good = [PHRASES[term.id].good for term in telling[:PHRASES_IN_A_LINE]]
    bad = [PHRASES[term.id].bad for term in bad_terms(terms)[:1]]
    if not good and not bad:
        return Text(
            "Der er for lidt oplyst til at sige, hvad der taler for.", "Too little is known to say what speaks for it."
        )
    danish, english = _clauses(good or bad)
    if good and bad:
        return Text(
            da.sentence(f"{danish}, men {bad[0].danish}"),
            en.sentence(f"{english}, but {bad[0].english}"),
        )
    return Text(da.sentence(danish), en.sentence(english))


def _clauses(texts: list[Text]) -> tuple[str, str]:
    return da.joined_clauses([text.danish for text in texts]), en.joined_clauses([text.english for text in texts])


def not_possible(reasons: Sequence[str], language: Language) -> str:
    """A pair that rules or limits exclude in one line: the first reason, and how many more there are."""
    first, more = reasons[0], len(reasons) - 1
    line = Text(f"Ikke muligt: {first}", f"Not possible: {first}")
    if more:
        line = Text(
            f"{line.danish} Der er {da.counted(more, 'grund', 'grunde')} mere.",
            f"{line.english} There {'is' if more == 1 else 'are'} {en.counted(more, 'more reason', 'more reasons')}.",
        )
    return line.in_(language)
