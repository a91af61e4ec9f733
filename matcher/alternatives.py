"""A citizen's other places beside the one explained: what they are worth, and which terms make the difference.

With the citizen's values v and prices p (see `matcher.suggest`), for place a that is explained and another place b:

    worth difference = (v[b] − p[b]) − (v[a] − p[a])        ranks; negative: b is worth less here
    value difference = v[b] − v[a] = sum over terms t of contribution[t, b] − contribution[t, a]
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matcher import english as en
from matcher import wording as da
from matcher.arrays import Flags, Floats, MatchInput
from matcher.language import Language, Text
from matcher.pair import heading
from matcher.scoring import CitizenScores
from matcher.terms import TERMS

TERMS_TOLD: Final = 2
LEAST_TOLD: Final = 0.005
"""Differences below half a percentage point are none."""


@dataclass(frozen=True, slots=True)
class TermDifference:
    """How much more a term adds to the other place's value than to this one's; below 0: less."""

    id: str
    name: str
    difference: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another place for the same citizen, compared with the one explained.

    Attributes
    ----------
    value, price, worth : of the other place; worth = value − price
    value_difference, worth_difference : the other place's less this one's
    terms : every term whose contribution differs, the largest difference first; they sum to `value_difference`
    text : the comparison in a sentence or two
    """

    slot_id: str
    heading: str
    value: float
    price: float
    worth: float
    value_difference: float
    worth_difference: float
    terms: tuple[TermDifference, ...]
    text: str


def best_alternatives(
    match_input: MatchInput,
    slot_row: int,
    scores: CitizenScores,
    prices: Floats | None,
    free: Flags | None,
    most: int,
    language: Language,
) -> tuple[Alternative, ...]:
    """The citizen's best possible places beside one, by value − price; ties go to the higher value, the lower row.

    `free`: which slots have a place left; None: all.
    """
    if not most:
        return ()
    price = np.zeros(len(match_input.slots)) if prices is None else prices
    rows = np.flatnonzero(scores.eligible if free is None else scores.eligible & free)
    rows = rows[rows != slot_row]
    worth = scores.value - price
    best = rows[np.lexsort((rows, -scores.value[rows], -worth[rows]))][:most]
    return tuple(_compared(match_input, slot_row, int(j), scores, worth, language) for j in best)


def _compared(
    match_input: MatchInput, this: int, other: int, scores: CitizenScores, worth: Floats, language: Language
) -> Alternative:
    value, difference = float(scores.value[other]), float(scores.value[other] - scores.value[this])
    worth_difference = float(worth[other] - worth[this])
    change = np.nan_to_num(scores.contribution[:, other]) - np.nan_to_num(scores.contribution[:, this])
    order = [int(t) for t in np.argsort(-np.abs(change), kind="stable") if change[t] != 0.0]
    name = heading(match_input.slot_values[other])
    return Alternative(
        slot_id=match_input.slots.ids[other],
        heading=name,
        value=value,
        price=value - float(worth[other]),
        worth=float(worth[other]),
        value_difference=difference,
        worth_difference=worth_difference,
        terms=tuple(TermDifference(TERMS[t].id, TERMS[t].name.in_(language), float(change[t])) for t in order),
        text=_comparison(name, value, difference, worth_difference, _telling(change, difference)).in_(language),
    )


def _telling(change: Floats, difference: float) -> list[Text]:
    """Names of the terms that pull most in the direction of the difference."""
    pull = change * np.sign(difference)
    return [TERMS[t].name for t in np.argsort(-pull, kind="stable")[:TERMS_TOLD] if pull[t] >= LEAST_TOLD]


def _comparison(name: str, value: float, difference: float, worth_difference: float, terms: list[Text]) -> Text:
    danish, english = f"{name} passer {da.percent(value)}", f"{name} fits {en.percent(value)}"
    if abs(difference) < LEAST_TOLD:
        return Text(f"{danish}: lige så godt som denne plads.", f"{english}: as well as this place.")
    points, better = round(abs(100 * difference)), difference > 0
    because = Text("", "")
    if terms:
        names = Text(da.joined([term.danish for term in terms]), en.joined([term.english for term in terms]))
        because = Text(f", mest på grund af {names.danish}", f", mostly because of {names.english}")
    texts = Text(
        f"{danish}: {da.counted(points, 'procentpoint', 'procentpoint')} {'mere' if better else 'mindre'} end denne "
        f"plads{because.danish}.",
        f"{english}: {en.counted(points, 'percentage point', 'percentage points')} {'more' if better else 'less'} than "
        f"this place{because.english}.",
    )
    if better and worth_difference < LEAST_TOLD:
        return Text(
            f"{texts.danish} Der er større rift om den.",
            f"{texts.english} It is wanted more by others.",
        )
    return texts
