"""Why a pair has its value, or why it is not possible: in one line, as a card of sentences, and as a full record.

Contributions are w s / (sum of known w) and sum to the value (see `matcher.scoring`). Sentences come from the
``wording_*`` modules in both languages; this module chooses which of them speak for, which against, and what must be
confirmed first, and says them in one language.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from matcher.alternatives import Alternative, best_alternatives
from matcher.arrays import Flags, Floats, MatchInput
from matcher.demand import Wanted
from matcher.depth import Depth
from matcher.domain.placement import ParallelSupport
from matcher.facts import Fact, facts_of, travel_fact
from matcher.language import Language, in_language
from matcher.limit_reasons import LimitReason, LimitReasons, limit_reasons
from matcher.market import Met
from matcher.pair import Pair, heading
from matcher.reasons import RuleReason, TermReason, bad_terms, good_terms, rule_reasons, term_reasons
from matcher.scoring import CitizenScores, score_citizen
from matcher.weights import Weights
from matcher.wording.practice import before_start, practical_text, support_of, support_texts
from matcher.wording.price import price_text
from matcher.wording.summary import not_possible, summary
from matcher.wording.terms import open_goal, open_needs, unmet_wishes

TOLD_BY_RULE: Final = {"hours_fit": frozenset({"hours", "schedule"}), "travel": frozenset({"travel"})}
"""Terms whose facts a failed rule has told already."""
CARD: Final = (
    "citizen_id",
    "slot_id",
    "language",
    "eligible",
    "value",
    "confidence",
    "heading",
    "one_line",
    "practical",
    "price_text",
    "reasons_for",
    "reasons_against",
    "must_confirm",
    "missing",
    "support_texts",
)
"""Fields of the second depth: what a list shows of a place."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All reasons of one pair. Every text is in `language` and names no code.

    Attributes
    ----------
    value, confidence : shares; the value of a pair that is not possible is what it would be worth, were it possible
    price : what the place is worth to others, in units of value; None where no plan has priced it
    wanted : how many other citizens want the place, by the plan; None where no plan says
    heading : the place's title, company and town
    practical : when, how many hours, in which form, until when
    missing : facts that are not known; asking for them makes the list surer
    facts : of the citizen, the place and the two together, as rules and terms read them
    rules : every rule that closes places, then every shared limit that the pair draws on, where they were asked for
    limits : the numbers of those limits; empty where they were not asked for
    support : parallel support that the study advises; it closes no place and changes no value
    facts, rules, limits, support : of a card only the travel time, those that fail or must be confirmed, those that are
        not enough, and none
    alternatives : the citizen's best other places, compared with this one; empty where they were not asked for
    weights_id, rules_id : versions of the weights and of the rule book
    """

    citizen_id: str
    slot_id: str
    language: Language
    planned_on: date
    eligible: bool
    value: float
    confidence: float
    price: float | None
    wanted: Wanted | None
    starts_on: date
    hours_per_week: float
    heading: str
    one_line: str
    practical: str
    price_text: str
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    must_confirm: tuple[str, ...]
    missing: tuple[str, ...]
    facts: tuple[Fact, ...]
    terms: tuple[TermReason, ...]
    rules: tuple[RuleReason, ...]
    limits: tuple[LimitReason, ...]
    support: tuple[ParallelSupport, ...]
    support_texts: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    weights_id: str
    rules_id: str

    @property
    def failed_rules(self) -> tuple[str, ...]:
        """Ids of the rules and limits that exclude the pair."""
        return tuple(rule.id for rule in self.rules if not rule.passed)

    def as_card(self) -> dict[str, Any]:
        """The second depth, ready for JSON: sentences and the two shares, no numbers behind them."""
        record = self.as_record()
        return {name: record[name] for name in CARD}

    def as_record(self) -> dict[str, Any]:
        """The full record, ready for JSON: dates as ISO 8601, enumerations as their values."""
        record: dict[str, Any] = _plain(self)
        record["failed_rules"] = list(self.failed_rules)
        return record


def _plain(value: Any) -> Any:
    """The value with what JSON knows: lists, dates as ISO 8601, enumerations as their values, fields by name."""
    if type(value) in _KEPT:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list | tuple):
        return [one if type(one) in _KEPT else _plain(one) for one in value]
    names = getattr(type(value), "__dataclass_fields__", None)
    if names is not None:
        own = [(name, getattr(value, name)) for name in names]
        return {name: one if type(one) in _KEPT else _plain(one) for name, one in own}
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value.isoformat() if isinstance(value, date) else value


_KEPT: Final = frozenset((str, float, int, bool, type(None)))
"""What JSON knows as it is."""


def explain(
    match_input: MatchInput,
    citizen_row: int,
    slot_row: int,
    *,
    scores: CitizenScores | None = None,
    prices: Floats | None = None,
    wanted: Wanted | None = None,
    weights: Weights | None = None,
    alternatives: int = 0,
    free: Flags | None = None,
    met: Met | None = None,
    language: Language = Language.DANISH,
    depth: Depth = Depth.RECORD,
    pair: Pair | None = None,
) -> Explanation:
    """Reasons of one pair, possible or not.

    Parameters
    ----------
    depth : how much is told; what a card tells is the same in a record
    pair : of the two rows, where it is at hand already
    scores : of the citizen, where they are at hand already
    prices : float64 (m,), price of a place of each slot in the latest plan, in units of value
    wanted : how many other citizens want the place (see `matcher.demand`)
    alternatives : compare with at most so many of the citizen's other places
    free : bool (m,), which slots may be compared with, for they have a place left; None: all
    met : what the pair meets of the limits that placements share (`matcher.market`); None: they are not asked
    """
    scores = scores or score_citizen(match_input, citizen_row, weights=weights)
    pair = pair or Pair(match_input, citizen_row, slot_row)
    whole = depth is Depth.RECORD
    shared = LimitReasons() if met is None else limit_reasons(pair, met, language)
    rules = (*rule_reasons(pair, scores, language, depth), *shared.rules)
    terms = term_reasons(pair, scores, language)
    failed = [rule.id for rule in rules if not rule.passed]
    told = [term.id for term in terms if not TOLD_BY_RULE.get(term.id, frozenset()).isdisjoint(failed)]
    value, price = float(scores.value[slot_row]), None if prices is None else float(prices[slot_row])
    why_not = [text for rule in rules if not rule.passed for text in rule.texts]
    line = not_possible(why_not, language) if failed else summary(pair, terms).in_(language)
    return Explanation(
        citizen_id=pair.citizen.id,
        slot_id=pair.context.slot.id,
        language=language,
        planned_on=match_input.on,
        eligible=not failed,
        value=value,
        confidence=float(scores.confidence[slot_row]),
        price=price,
        wanted=None if failed else wanted,
        starts_on=pair.starts_on,
        hours_per_week=pair.hours_per_week,
        heading=heading(pair.context),
        one_line=line,
        practical=practical_text(pair).in_(language),
        price_text="" if failed else price_text(price, value, wanted).in_(language),
        reasons_for=tuple(term.text for term in good_terms(terms) if term.id not in told),
        reasons_against=(
            *why_not,
            *(term.text for term in bad_terms(terms) if term.id not in told),
            *in_language(unmet_wishes(pair), language),
        ),
        must_confirm=(
            *(text for rule in rules if rule.passed for text in rule.texts),
            *in_language(before_start(pair), language),
        ),
        missing=_missing(pair, terms, language),
        facts=facts_of(pair, language) if whole else (travel_fact(pair, language),),
        terms=terms,
        rules=rules if whole else tuple(rule for rule in rules if rule.texts),
        limits=shared.limits if whole else tuple(limit for limit in shared.limits if not limit.passed),
        support=support_of(pair, language) if whole else (),
        support_texts=in_language(support_texts(pair), language),
        alternatives=best_alternatives(match_input, slot_row, scores, prices, free, alternatives, language),
        weights_id=scores.weights_id,
        rules_id=match_input.rules_id,
    )


def _missing(pair: Pair, terms: tuple[TermReason, ...], language: Language) -> tuple[str, ...]:
    """What is not known of goal, terms and needs, each said once."""
    unknown = (term.text for term in terms if term.applies and term.value is None)
    asked = (*in_language(open_goal(pair), language), *unknown, *in_language(open_needs(pair), language))
    return tuple(dict.fromkeys(asked))
