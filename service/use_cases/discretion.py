"""Views without what is about health-related needs, for callers who lack the right to see it.

What is left out is said to be left out. The rule of this module is the short list: a field that it does not name is not
passed on. What is shown is computed from everything, so that everybody sees the same places in the same order; the
numbers of the terms that read needs are withheld with their words.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from matcher.language import Language, Text
from matcher.limit_reasons import WITH_OTHERS_ID
from matcher.limits import Barrier
from matcher.needs.night import TELL_OF_NEEDS
from matcher.resources import RefusedPin
from service.use_cases.needs import NeedsView
from service.use_cases.openings import OpeningsView
from service.use_cases.outreach import OutreachView
from service.use_cases.views import (
    CandidatesView,
    ExplainedPlace,
    ExplanationView,
    ListView,
    PlaceView,
    RuleView,
    TermView,
    WithoutPlaceView,
)

NEED_RULES: Final = frozenset(("must_needs_met", "must_needs_stated", WITH_OTHERS_ID))
NEED_TERMS: Final = frozenset(("conditions_fit",))
READ_NEEDS: Final = NEED_RULES | NEED_TERMS
OBSTACLES_OF_NEEDS: Final = NEED_RULES | {Barrier.APART}
"""What may stand in the way of a placement and tells of a need."""
NEED_FIELDS: Final = ("accommodations", "group_need", "support_problems")
"""Fields of a citizen that are about health-related needs."""
PASSED_ON: Final = (
    "citizen_id",
    "slot_id",
    "language",
    "planned_on",
    "eligible",
    "value",
    "confidence",
    "price",
    "wanted",
    "starts_on",
    "hours_per_week",
    "heading",
    "practical",
    "price_text",
    "weights_id",
    "rules_id",
)
"""What of an explanation never names a need."""
NO_ACCESS: Final = Text("Du har ikke adgang til skånehensyn.", "You have no access to health-related needs.")
_FITS: Final = Text(
    "Begrundelsen er vist uden skånehensyn, som du ikke har adgang til.",
    "The reasons are shown without health-related needs, to which you have no access.",
)
NOT_SHOWN: Final = Text(
    "Ikke muligt. Du har ikke adgang til skånehensyn, så grunden er ikke vist.",
    "Not possible. You have no access to health-related needs, so the reason is not shown.",
)
WITHHELD: Final = "withheld"
"""Reason of a citizen without a place, where it would tell of a need."""


def explanation_without_needs(view: ExplanationView) -> ExplanationView:
    """The same pair, with its value and the reasons that read no need."""
    language = view.language
    terms = tuple(term for term in view.terms if term.id not in READ_NEEDS)
    rules = tuple(rule for rule in view.rules if rule.id not in READ_NEEDS)
    broken = [rule.texts[0] for rule in rules if not rule.passed and rule.texts]
    line = _FITS.in_(language) if view.eligible else next(iter(broken), NOT_SHOWN.in_(language))
    shown = {text for term in terms for text in (term.text, *term.open)} | {
        text for rule in rules for text in rule.texts
    }
    needs = _need_texts(view)
    values: dict[str, Any] = {name: getattr(view, name) for name in PASSED_ON}
    return ExplanationView(
        **values,
        one_line=line,
        reasons_for=_among(view.reasons_for, shown),
        reasons_against=_among(view.reasons_against, shown),
        must_confirm=tuple(text for text in view.must_confirm if text not in needs),
        missing=(*_among(view.missing, shown), NO_ACCESS.in_(language)),
        facts=tuple(fact for fact in view.facts if fact.read_by and READ_NEEDS.isdisjoint(fact.read_by)),
        terms=tuple(_term(term, language) for term in view.terms),
        rules=tuple(_rule(rule, language) for rule in view.rules),
        limits=view.limits,
        support=(),
        support_texts=(),
        alternatives=(),
        failed_rules=tuple(id_ for id_ in view.failed_rules if id_ not in READ_NEEDS),
    )


def record_without_needs(record: dict[str, Any]) -> dict[str, Any]:
    """The same of an explanation that a run stored, ready for JSON."""
    return explanation_without_needs(ExplanationView.stored(record)).model_dump(mode="json")


def list_without_needs(view: ListView) -> ListView:
    """A citizen's list."""
    places = tuple(_place(place) for place in view.places)
    needs = {text for place in view.places for text in _need_texts(place.explanation)}
    asked = {text for place in view.places for term in place.explanation.terms for text in _open(term)}
    headings = tuple(f"{place.explanation.heading}: " for place in (*view.places, *view.near_misses))
    question = next((view.ask_first.removeprefix(one) for one in headings if view.ask_first.startswith(one)), "")
    may_ask = view.ask_first in asked or question in asked
    return view.model_copy(
        update={
            "unplaced": view.unplaced and unplaced_without_needs(view.unplaced),
            "places": places,
            "near_misses": tuple(_place(place) for place in view.near_misses),
            "support_texts": (),
            "always_confirm": tuple(text for text in view.always_confirm if text not in needs),
            "ask_first": view.ask_first if may_ask else "",
        }
    )


def unplaced_without_needs(text: str) -> str:
    """Why a run has no place for a citizen: what it says of all places, without the lines on single ones."""
    return text.splitlines()[0]


def pins_without_needs(refused: Iterable[RefusedPin]) -> list[RefusedPin]:
    """Pins that cannot be kept, each once, without a reason that tells of a need."""
    told = [
        one._replace(text=NOT_SHOWN, reason=WITHHELD) if one.reason in OBSTACLES_OF_NEEDS else one for one in refused
    ]
    return list(dict.fromkeys(told))


def explained_without_needs(view: ExplainedPlace) -> ExplainedPlace:
    """One place explained; the letter is for those who may know its facts."""
    language = view.place.explanation.language
    return view.model_copy(update={"place": _place(view.place), "letter": NO_ACCESS.in_(language)})


def without_place_without_needs(view: WithoutPlaceView) -> WithoutPlaceView:
    """Why there is no place, by the rules that read no need; the letter is for those who may know its facts."""
    return view.model_copy(
        update={
            "closed": tuple(one for one in view.closed if one.rule.id not in READ_NEEDS),
            "facts": tuple(fact for fact in view.facts if READ_NEEDS.isdisjoint(fact.read_by)),
            "letter": NO_ACCESS.in_(view.language) if view.letter else "",
        }
    )


def candidates_without_needs(view: CandidatesView) -> CandidatesView:
    """Citizens for a slot."""
    return view.model_copy(
        update={
            "candidates": tuple(
                one.model_copy(update={"explanation": explanation_without_needs(one.explanation)})
                for one in view.candidates
            )
        }
    )


def candidates_among(view: CandidatesView, visible: frozenset[str] | None) -> CandidatesView:
    """Those candidates whom the caller may see; None = all."""
    if visible is None:
        return view
    seen = tuple(one for one in view.candidates if one.citizen.id in visible)
    return view.model_copy(update={"candidates": seen})


def openings_without_needs(view: OpeningsView) -> OpeningsView:
    """Openings of places that no need closes; how a place could meet a need would tell the need."""
    kept = tuple(one for one in view.openings if READ_NEEDS.isdisjoint(one.failed_rules))
    return view.model_copy(update={"openings": kept})


def calls_among(view: OutreachView, visible: frozenset[str] | None) -> OutreachView:
    """Companies to call, with those citizens whom the caller may see; None = all."""
    if visible is None:
        return view
    calls = [
        call.model_copy(update={"people": tuple(one for one in call.people if one.citizen_id in visible)})
        for call in view.calls
    ]
    return view.model_copy(update={"calls": tuple(calls)})


def calls_without_needs(view: OutreachView, language: Language = Language.DANISH) -> OutreachView:
    """Companies to call, without questions that tell of needs."""
    withheld = (NO_ACCESS.in_(language),)
    calls = [call.model_copy(update={"ask": withheld if call.ask else ()}) for call in view.calls]
    return view.model_copy(update={"calls": tuple(calls)})


def needs_without_health_needs(view: NeedsView) -> NeedsView:
    """What would help those who wait, without what somebody cannot do or must have, not even of people without name."""
    return view.model_copy(update={"needs": tuple(one for one in view.needs if one.kind not in TELL_OF_NEEDS)})


def result_without_needs(result: Mapping[str, Any]) -> dict[str, Any]:
    """What a shown list came to, without openings, needs and counts that tell of a need; rules about needs unnamed."""
    return {
        name: [_line_without_needs(one) for one in found if not _tells(name, one)] if isinstance(found, list) else found
        for name, found in result.items()
    }


def _tells(name: str, line: Mapping[str, Any]) -> bool:
    opened = name == "openings" and not READ_NEEDS.isdisjoint(line["failed_rules"])
    return opened or (name == "needs" and line["kind"] in TELL_OF_NEEDS) or line.get("rule") in READ_NEEDS


def _line_without_needs(line: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(line)
    if "failed_rules" in kept:
        kept["failed_rules"] = [rule for rule in kept["failed_rules"] if rule not in READ_NEEDS]
    return kept


def document_without_needs(document: dict[str, Any]) -> dict[str, Any]:
    """A citizen's document without the fields of needs; `left_out` names them, so that it is not written back."""
    kept = {name: value for name, value in document.items() if name not in NEED_FIELDS}
    return {**kept, "left_out": list(NEED_FIELDS)}


def _place(view: PlaceView) -> PlaceView:
    return view.model_copy(update={"explanation": explanation_without_needs(view.explanation)})


def _need_texts(view: ExplanationView) -> set[str]:
    of_terms = {text for term in view.terms if term.id in READ_NEEDS for text in (term.text, *term.open)}
    return of_terms | {text for rule in view.rules if rule.id in READ_NEEDS for text in rule.texts}


def _open(term: TermView) -> tuple[str, ...]:
    return () if term.id in READ_NEEDS else (term.text, *term.open)


def _among(texts: Iterable[str], shown: set[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text in shown)


def _term(view: TermView, language: Language) -> TermView:
    if view.id not in READ_NEEDS:
        return view
    withheld = {"value": None, "applies": True, "known_share": 0.0, "contribution": 0.0, "open": ()}
    return view.model_copy(update={**withheld, "text": NO_ACCESS.in_(language)})


def _rule(view: RuleView, language: Language) -> RuleView:
    if view.id not in READ_NEEDS:
        return view
    return view.model_copy(update={"passed": True, "to_confirm": True, "texts": (NO_ACCESS.in_(language),)})
