r"""How sure a citizen's list is, and which answer would change it most.

What an answer can move is the weight that hangs on it, averaged over the P places of the list:

    swing[q] = 1 / P sum over places p, terms t that q would answer of w_t (1 - known[t, p]) / (questions behind t at p)

A question to the citizen (the goal, competences, home) counts at every place; one to a company at its own place only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matcher.explain import Explanation

ASKED_OF_COMPANY: Final = frozenset({"conditions_fit", "outlook"})
"""Terms whose open facts the company of the place knows."""
LEAST_SWING: Final = 0.01
"""An answer that moves less of the weight than this is not worth a question. Assumption."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """Of a list.

    Attributes
    ----------
    confidence : share in [0, 1], mean over the places; 0 without places
    question : the open question whose answer would change the list most, in Danish; empty where none is worth asking
    swing : share of the weight that hangs on the answer
    """

    confidence: float
    question: str
    swing: float


def certainty(places: Sequence[Explanation]) -> Certainty:
    """How sure a list of places for one citizen is."""
    if not places:
        return Certainty(0.0, "", 0.0)
    swings: dict[str, float] = {}
    for place in places:
        for term in place.terms:
            unknown = 1.0 - term.known_share if term.applies else 1.0
            for text in term.open:
                question = f"{place.heading}: {text}" if term.id in ASKED_OF_COMPANY else text
                swing = term.weight * unknown / len(term.open) / len(places)
                swings[question] = swings.get(question, 0.0) + swing
    confidence = sum(place.confidence for place in places) / len(places)
    question = max(swings, key=lambda text: swings[text], default="")
    if swings.get(question, 0.0) < LEAST_SWING:
        return Certainty(confidence, "", 0.0)
    return Certainty(confidence, question, swings[question])
