"""The parts of an explanation: what each hard rule and each term of the score says about one pair, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from matcher.arrays import MatchInput
from matcher.depth import Depth
from matcher.domain.rulebook import RuleVersion
from matcher.language import Language, Text, in_language
from matcher.once import once_for_input
from matcher.pair import Pair
from matcher.rules import rules_of
from matcher.scoring import CitizenScores
from matcher.terms import TERMS
from matcher.wording.rules import confirm_texts, failed_texts
from matcher.wording.sources import source_text
from matcher.wording.terms import missing_text, open_goal, open_needs, speaks_for, term_text

LEAST_LOSS: Final = 0.05
"""A term speaks against a pair when it takes at least this from the value: w (1 − s) / (sum of known w)."""


@dataclass(frozen=True, slots=True)
class TermReason:
    """One term of the score.

    Attributes
    ----------
    value : share in [0, 1]; None where it is not known or does not concern the citizen
    applies : whether the term concerns the citizen, and the pair, at all
    weight : of the citizen's profile; the weights of all terms sum to 1
    contribution : what the term adds to the pair's value; the contributions sum to it
    text : what was found, or what is not known; empty where the term does not apply
    open : what is not known behind the term, a question each; for a citizen without a goal also where it does not apply
    """

    id: str
    name: str
    value: float | None
    applies: bool
    known_share: float
    weight: float
    contribution: float
    text: str
    source: str
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleReason:
    """One hard rule.

    Attributes
    ----------
    statement : what the rule asks, as it reads on the day that the placement starts
    valid_from, valid_to : first and last day of that version; None: without end
    to_confirm : whether it passes only because something is not known
    texts : why it fails, or what must be confirmed where it passes; else empty
    """

    id: str
    statement: str
    source: str
    valid_from: date
    valid_to: date | None
    passed: bool
    to_confirm: bool
    texts: tuple[str, ...]


def rule_reasons(pair: Pair, scores: CitizenScores, language: Language, depth: Depth) -> tuple[RuleReason, ...]:
    """Rules that hold on the day that the placement starts, in the order of `rules_of`: every one for a record, else
    those that exclude the pair or leave something to confirm."""
    reasons, kept = [], kept_rules(pair, language)
    passes, to_confirm = scores.passes[:, pair.slot_row].tolist(), scores.to_confirm[:, pair.slot_row].tolist()
    for rule, passed, unsure in zip(rules_of(pair.match_input), passes, to_confirm, strict=True):
        if rule.id not in kept or (passed and not unsure and depth is not Depth.RECORD):
            continue
        if passed and not unsure:
            reasons.append(kept[rule.id])
        else:
            texts = in_language(confirm_texts(rule.id, pair) if passed else failed_texts(rule.id, pair), language)
            reasons.append(replace(kept[rule.id], passed=passed, to_confirm=passed and unsure, texts=texts))
    return tuple(reasons)


def kept_rules(pair: Pair, language: Language) -> Mapping[str, RuleReason]:
    """By id, what each rule that holds when the placement starts says of a pair that keeps it: the same of all."""
    known, key = _kept(pair.match_input), (pair.starts_on, language)
    if key not in known:
        versions = pair.match_input.rulebook.valid_on(pair.starts_on)
        known[key] = MappingProxyType({version.id: reason_of(version, language) for version in versions})
    return known[key]


@once_for_input
def _kept(_match_input: MatchInput) -> dict[tuple[date, Language], Mapping[str, RuleReason]]:
    """What was said before of pairs that keep rules: most pairs keep most of them."""
    return {}


def reason_of(version: RuleVersion, language: Language, failed: tuple[str, ...] = ()) -> RuleReason:
    """What a version of a rule says of a pair that keeps it, or that fails it for the reasons given."""
    return RuleReason(
        id=version.id,
        statement=Text(version.danish, version.english).in_(language),
        source=source_text(version.source).in_(language),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        passed=not failed,
        to_confirm=False,
        texts=failed,
    )


def term_reasons(pair: Pair, scores: CitizenScores, language: Language) -> tuple[TermReason, ...]:
    """Every term, in the order of `TERMS`."""
    reasons, j = [], pair.slot_row
    of_citizen = scores.applies.tolist(), scores.weight.tolist()
    of_pair = scores.terms[:, j].tolist(), scores.known[:, j].tolist(), scores.contribution[:, j].tolist()
    for term, concerns, weight, score, known_share, contribution in zip(TERMS, *of_citizen, *of_pair, strict=True):
        known = score == score
        applies = concerns and (known or known_share < 1)
        text = term_text(term.id, pair, score) if known else missing_text(term.id, pair) if applies else None
        unknown = [text] if text is not None and not known else []
        reasons.append(
            TermReason(
                id=term.id,
                name=term.name.in_(language),
                value=score if known else None,
                applies=applies,
                known_share=known_share,
                weight=weight,
                contribution=contribution,
                text="" if text is None else text.in_(language),
                source=term.source.in_(language),
                open=in_language(_open(term.id, pair, unknown), language),
            )
        )
    return tuple(reasons)


def _open(term_id: str, pair: Pair, unknown: list[Text]) -> list[Text]:
    """Questions behind a term; `unknown` is what there is to ask where it has no score at all."""
    if term_id == "goal_fit":
        return open_goal(pair)
    if term_id == "conditions_fit":
        return open_needs(pair)
    return unknown


def loss(term: TermReason, known_weight: float) -> float:
    """What the term takes from a value of 1: w (1 − s) / (sum of known w)."""
    return 0.0 if term.value is None else term.weight * (1 - term.value) / known_weight


def good_terms(terms: tuple[TermReason, ...]) -> list[TermReason]:
    """Known terms that speak for the pair, the largest contribution first."""
    good = [term for term in terms if term.value is not None and speaks_for(term.id, term.value)]
    return sorted(good, key=lambda term: -term.contribution)


def bad_terms(terms: tuple[TermReason, ...]) -> list[TermReason]:
    """Known terms that speak against the pair, the largest loss first."""
    known_weight = sum(term.weight for term in terms if term.value is not None)
    bad = [term for term in terms if term.value is not None and not speaks_for(term.id, term.value)]
    bad = [term for term in bad if loss(term, known_weight) >= LEAST_LOSS]
    return sorted(bad, key=lambda term: -loss(term, known_weight))
