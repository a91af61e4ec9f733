"""Why a pair has its value, or why it is not possible: in one line, as a card of sentences, and as a full record.

Contributions are w s / (sum of known w) and sum to the value (see `matcher.scoring`). Sentences come from the
``wording_*`` modules; this module chooses which of them speak for, which against, and what must be confirmed first.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from matcher.arrays import Floats, MatchInput
from matcher.domain.agreement import COUNTED_AS_SUPPORTED, AgreementModel, PlacementForm, SlotSetting
from matcher.domain.legal import WRITTEN_STATEMENT, is_target_group, latest_end, legal_rule
from matcher.domain.placement import ParallelSupport
from matcher.pair import Pair, heading
from matcher.rules import RULES
from matcher.scoring import CitizenScores, score_citizen
from matcher.support import FirstStep, first_step, parallel_support
from matcher.terms import TERMS
from matcher.weights import Weights
from matcher.wording import counted, day, hours, hours_per_week, joined, joined_clauses, label, percent, sentence
from matcher.wording_rules import confirm_texts, failed_texts, short_failure
from matcher.wording_terms import (
    PHRASES,
    missing_text,
    open_goal,
    open_needs,
    speaks_for,
    term_text,
    unmet_wishes,
)

MUCH_WANTED: Final = 0.9
"""A place is much wanted when its price is at least this share of the pair's value. Assumption."""
PHRASES_IN_A_LINE: Final = 3
LEAST_LOSS: Final = 0.05
"""A term speaks against a pair when it takes at least this from the value: w (1 − s) / (sum of known w)."""
TOLD_BY_RULE: Final = {"hours_fit": frozenset({"hours", "schedule"}), "travel": frozenset({"travel"})}
"""Terms whose facts a failed rule has told already."""


@dataclass(frozen=True, slots=True)
class TermReason:
    """One term of the score.

    Attributes
    ----------
    value : share in [0, 1]; None where it is not known or does not concern the citizen
    applies : whether the term concerns the citizen at all
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
    """One hard rule. `texts` say why it fails, or what must be confirmed where it passes; else they are empty."""

    id: str
    danish: str
    source: str
    passed: bool
    to_confirm: bool
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All reasons of one pair. Every text is Danish and names no code.

    Attributes
    ----------
    value, confidence : shares; the value of a pair that is not possible is what it would be worth, were it possible
    price : what the place is worth to others, in units of value; None where no plan has priced it
    heading : the place's title, company and town
    practical : when, how many hours, in which form, until when
    missing : facts that are not known; asking for them makes the list surer
    support : parallel support that the study advises; it closes no place and changes no value
    weights_id : version of the weights
    """

    citizen_id: str
    slot_id: str
    eligible: bool
    value: float
    confidence: float
    price: float | None
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
    terms: tuple[TermReason, ...]
    rules: tuple[RuleReason, ...]
    support: tuple[ParallelSupport, ...]
    support_texts: tuple[str, ...]
    weights_id: str

    @property
    def failed_rules(self) -> tuple[str, ...]:
        """Ids of the rules that exclude the pair."""
        return tuple(rule.id for rule in self.rules if not rule.passed)

    def as_record(self) -> dict[str, Any]:
        """The full record, ready for JSON: dates as ISO 8601, enumerations as their values."""
        record = asdict(self)
        record["starts_on"] = self.starts_on.isoformat()
        record["support"] = [asdict(one) | {"problem": one.problem.value} for one in self.support]
        record["failed_rules"] = list(self.failed_rules)
        return record


def explain(
    match_input: MatchInput,
    citizen_row: int,
    slot_row: int,
    *,
    scores: CitizenScores | None = None,
    prices: Floats | None = None,
    weights: Weights | None = None,
) -> Explanation:
    """Reasons of one pair, possible or not.

    Parameters
    ----------
    scores : of the citizen, where they are at hand already
    prices : float64 (m,), price of a place of each slot in the latest plan, in units of value
    """
    scores = scores or score_citizen(match_input, citizen_row, weights=weights)
    pair = Pair(match_input, citizen_row, slot_row)
    rules = _rules(pair, scores)
    terms = _terms(pair, scores)
    failed = [rule.id for rule in rules if not rule.passed]
    value, confidence = float(scores.value[slot_row]), float(scores.confidence[slot_row])
    price = None if prices is None else float(prices[slot_row])
    return Explanation(
        citizen_id=pair.citizen.id,
        slot_id=pair.context.slot.id,
        eligible=not failed,
        value=value,
        confidence=confidence,
        price=price,
        starts_on=pair.starts_on,
        hours_per_week=pair.hours_per_week,
        heading=heading(pair.context),
        one_line=f"Ikke muligt: {short_failure(failed, pair)}" if failed else _one_line(pair, terms),
        practical=_practical(pair),
        price_text="" if failed else price_text(price, value),
        reasons_for=tuple(
            term.text for term in _good(terms) if TOLD_BY_RULE.get(term.id, frozenset()).isdisjoint(failed)
        ),
        reasons_against=(
            *(text for rule in rules if not rule.passed for text in rule.texts),
            *(term.text for term in _bad(terms) if TOLD_BY_RULE.get(term.id, frozenset()).isdisjoint(failed)),
            *unmet_wishes(pair),
        ),
        must_confirm=(*(text for rule in rules if rule.passed for text in rule.texts), *_before_start(pair)),
        missing=_missing(pair, terms),
        terms=terms,
        rules=rules,
        support=parallel_support(pair.citizen),
        support_texts=_support_texts(pair),
        weights_id=scores.weights_id,
    )


def price_text(price: float | None, value: float) -> str:
    """What the price of a place means for this citizen, in words; empty where no plan has priced it."""
    if price is None:
        return ""
    if price <= 0:
        return "Der er plads nok: ingen anden mangler pladsen."
    if price >= value:
        return "Pladsen er eftertragtet: i den samlede plan passer den bedre til en anden borger."
    if price >= MUCH_WANTED * value:
        return "Pladsen er eftertragtet: den passer næsten lige så godt til en anden borger."
    return "Andre borgere kan også have glæde af pladsen."


def _rules(pair: Pair, scores: CitizenScores) -> tuple[RuleReason, ...]:
    reasons = []
    for r, rule in enumerate(RULES):
        passed, unsure = bool(scores.passes[r, pair.slot_row]), bool(scores.to_confirm[r, pair.slot_row])
        texts = failed_texts(rule.id, pair) if not passed else confirm_texts(rule.id, pair) if unsure else ()
        reasons.append(RuleReason(rule.id, rule.danish, rule.source, passed, passed and unsure, texts))
    return tuple(reasons)


def _terms(pair: Pair, scores: CitizenScores) -> tuple[TermReason, ...]:
    reasons = []
    for t, term in enumerate(TERMS):
        score, applies = float(scores.terms[t, pair.slot_row]), bool(scores.applies[t])
        known = score == score
        text = term_text(term.id, pair, score) if known else missing_text(term.id, pair) if applies else ""
        reasons.append(
            TermReason(
                id=term.id,
                name=term.danish,
                value=score if known else None,
                applies=applies,
                known_share=float(scores.known[t, pair.slot_row]),
                weight=float(scores.weight[t]),
                contribution=float(scores.contribution[t, pair.slot_row]),
                text=text,
                source=term.source,
                open=_open(term.id, pair, text if applies and not known else ""),
            )
        )
    return tuple(reasons)


def _open(term_id: str, pair: Pair, unknown: str) -> tuple[str, ...]:
    """Questions behind a term; `unknown` is what there is to ask where it has no score at all."""
    if term_id == "goal_fit":
        return tuple(open_goal(pair))
    if term_id == "conditions_fit":
        return tuple(open_needs(pair))
    return (unknown,) if unknown else ()


def _loss(term: TermReason, known_weight: float) -> float:
    """What the term takes from a value of 1: w (1 − s) / (sum of known w)."""
    return 0.0 if term.value is None else term.weight * (1 - term.value) / known_weight


def _good(terms: tuple[TermReason, ...]) -> list[TermReason]:
    """Known terms that speak for the pair, the largest contribution first."""
    good = [term for term in terms if term.value is not None and speaks_for(term.id, term.value)]
    return sorted(good, key=lambda term: -term.contribution)


def _bad(terms: tuple[TermReason, ...]) -> list[TermReason]:
    """Known terms that speak against the pair, the largest loss first."""
    known_weight = sum(term.weight for term in terms if term.value is not None)
    bad = [term for term in terms if term.value is not None and not speaks_for(term.id, term.value)]
    bad = [term for term in bad if _loss(term, known_weight) >= LEAST_LOSS]
    return sorted(bad, key=lambda term: -_loss(term, known_weight))


def _one_line(pair: Pair, terms: tuple[TermReason, ...]) -> str:
    telling = [term for term in _good(terms) if term.id != "competence_coverage" or pair.context.slot.required]
    good = [PHRASES[term.id].good for term in telling[:PHRASES_IN_A_LINE]]
    bad = [PHRASES[term.id].bad for term in _bad(terms)[:1]]
    if good and bad:
        return sentence(f"{joined_clauses(good)}, men {bad[0]}")
    return sentence(joined_clauses(good or bad or ["der er for lidt oplyst til at sige, hvad der taler for"]))


def _missing(pair: Pair, terms: tuple[TermReason, ...]) -> tuple[str, ...]:
    """What is not known of goal, terms and needs, each said once."""
    unknown = (term.text for term in terms if term.applies and term.value is None)
    return tuple(dict.fromkeys((*open_goal(pair), *unknown, *open_needs(pair))))


def _practical(pair: Pair) -> str:
    slot, starts_on = pair.context.slot, pair.starts_on
    text = f"{label(slot.form)} fra den {day(starts_on)}"
    if slot.form is PlacementForm.WORK_PLACEMENT and is_target_group(pair.citizen.target_group, starts_on):
        closes_on = date.fromordinal(int(pair.match_input.slots.closes_on[pair.slot_row]))
        text += f" til senest den {day(min(latest_end(pair.citizen.target_group, starts_on), closes_on))}"
    return sentence(f"{text}, {hours_per_week(pair.hours_per_week)} i starten")


def _before_start(pair: Pair) -> tuple[str, ...]:
    """What the kind of agreement, the law and the place ask for before the first day."""
    agreement, slot, citizen = pair.context.agreement, pair.context.slot, pair.citizen
    texts = []
    if agreement.model is AgreementModel.PRE_AGREED:
        texts.append("Forhåndsaftale: virksomheden skal sige ja til borgeren, før forløbet kan aftales.")
    if agreement.model is AgreementModel.AD_HOC:
        time = f": regn med {hours(agreement.outreach_hours)} til det" if agreement.outreach_hours else ""
        texts.append(f"Der er ingen aftale endnu. Virksomheden skal opsøges{time}.")
    if agreement.lead_time_days:
        texts.append(f"Der går {counted(agreement.lead_time_days, 'dag', 'dage')} fra aftale til første dag.")
    if slot.form in COUNTED_AS_SUPPORTED:
        texts.append(legal_rule(WRITTEN_STATEMENT, pair.match_input.on).text)
    attendance = citizen.attendance_stability
    if attendance is not None and attendance < slot.tolerated_attendance:
        texts.append(
            f"Pladsen regner med, at mindst {percent(slot.tolerated_attendance)} af de aftalte dage bliver holdt. "
            "Aftal med borgeren, hvilken støtte der skal til, og hvad virksomheden skal vide om den."
        )
    return tuple(texts)


def _support_texts(pair: Pair) -> tuple[str, ...]:
    """Advice on parallel support, and for a company centre whether it is the right first step."""
    advice: dict[str, list[ParallelSupport]] = {}
    for one in parallel_support(pair.citizen):
        advice.setdefault(one.support, []).append(one)
    texts = [
        sentence(
            f"overvej {support} ({joined([label(one.problem) for one in found])}). "
            f"{' '.join(one.mechanism for one in found)} Delmål: {joined([one.sub_goal.lower() for one in found])}"
        )
        for support, found in advice.items()
    ]
    step = first_step(pair.citizen)
    if pair.context.slot.setting is SlotSetting.COMPANY_CENTRE and step is FirstStep.PARALLEL_SUPPORT:
        texts.append("Begynd med støtte før eller ved siden af forløbet i virksomhedscentret.")
    if pair.context.slot.setting is SlotSetting.COMPANY_CENTRE and step is FirstStep.ASK_FIRST:
        texts.append("Afklar først fremmøde og kendskab til arbejdspladsens regler med borgeren.")
    return tuple(texts)
