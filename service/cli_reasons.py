"""What `matcher suggest` and `matcher explain` print, in Danish or English: a citizen's list, one place explained."""

from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

from matcher import english as en
from matcher import wording as da
from matcher.depth import Depth
from matcher.language import Language
from matcher.language import Text as Both
from service.terminal import AGAINST, ASK, FOR, decimal, heading, indented, percent, reasons, table

if TYPE_CHECKING:
    from service.use_cases.views import ExplainedPlace, ExplanationView, ListView, PlaceView, WithoutPlaceView

YES, NO, CLARIFY = Both("ja", "yes"), Both("nej", "no"), Both("afklar", "clarify")
NOT_KNOWN: Final = Both("ikke oplyst", "not known")


def show_list(out: Console, found: "ListView", *, near_misses: int = 5, language: Language = Language.DANISH) -> None:
    """A citizen's list with reasons, and what the nearest other places lack."""
    _show_citizen(out, found, language)
    for rank, place in enumerate(found.places, start=1):
        _show_place(out, rank, place, found.always_confirm, language)
    if found.places and found.always_confirm:
        out.print()
        several = Both("Gælder alle pladserne", "For all the places")
        out.print((several if len(found.places) > 1 else Both("Før start", "Before the start")).in_(language))
        reasons(out, ASK, found.always_confirm, "yellow")
    if found.near_misses and near_misses:
        out.print()
        out.print(Text(Both("Tæt på – hvorfor ikke disse?", "Close – why not these?").in_(language), style="bold"))
        for place in found.near_misses[:near_misses]:
            _show_near_miss(out, place)
    out.print()
    known, question = _percent(found.confidence, language), found.ask_first
    if found.places:
        basis = Both(f"Listen bygger på {known} af det, der tæller med.", f"The list rests on {known} of what counts.")
        out.print(Text(basis.in_(language)))
    if question:
        most = Both(
            f"Det svar, der kan ændre listen mest: {question}", f"The answer that could change it most: {question}"
        )
        out.print(Text(most.in_(language)))
    made_with = Both(f"Beregnet med {found.weights}.", f"Computed with {found.weights}.")
    out.print(Text(made_with.in_(language), style="dim"))


def _show_citizen(out: Console, found: "ListView", language: Language) -> None:
    citizen = found.citizen
    heading(out, f"{citizen.name or citizen.id} ({citizen.id})")
    goals = "; ".join(citizen.goals) or Both("endnu ikke afklaret", "not yet clear").in_(language)
    out.print(Text(Both(f"Jobmål: {goals}", f"Job goal: {goals}").in_(language)))
    group = _first_capital(citizen.target_group)
    about = Both(
        f"{group}. {_first_capital(da.hours_per_week(citizen.hours_now))} nu, mål "
        f"{da.hours_per_week(citizen.hours_target)}. Har ventet siden {da.day(citizen.waiting_since)}.",
        f"{group}. {en.hours_per_week(citizen.hours_now)} now, target {en.hours_per_week(citizen.hours_target)}. "
        f"Has waited since {en.day(citizen.waiting_since)}.",
    )
    out.print(Text(about.in_(language)))
    if found.placement:
        out.print(Text(found.placement))
    if found.unplaced:
        first, *details = found.unplaced.splitlines()
        none = Both(f"Ingen plads i nattens plan. {first}", f"No place in the night's plan. {first}")
        out.print(Text(none.in_(language), style="yellow"))
        reasons(out, "·", details, "dim", indent=0)
    if found.support_texts:
        out.print(Text(Both("Støtte, der kan gå ved siden af:", "Support that can go beside it:").in_(language)))
        reasons(out, "·", found.support_texts, "dim", indent=0)
    if not found.places:
        out.print(Text(_no_places(found.not_free).in_(language)))


def _no_places(not_free: int) -> Both:
    """Why a list is empty: no place fits, or those that fit are taken."""
    if not not_free:
        return Both("Ingen plads opfylder alle regler lige nu.", "No place meets every rule at present.")
    fits, they = da.counted(not_free, "plads", "pladser"), "den" if not_free == 1 else "de"
    meet, are = en.counted(not_free, "place meets", "places meet"), "is" if not_free == 1 else "are"
    return Both(
        f"{fits} opfylder alle regler, men {they} er optaget, eller der er for lidt tilbage af det, som forløbene "
        "deles om.",
        f"{meet} every rule, but {are} taken, or too little is left of what placements share.",
    )


def _show_place(out: Console, rank: int, place: "PlaceView", said_once: tuple[str, ...], language: Language) -> None:
    explanation = place.explanation
    out.print()
    title = Text(explanation.heading, style="bold")
    title.append(f" ({place.slot_id})", style="not bold dim")
    reasons(out, f"{rank}.", [title], "bold", indent=0)
    proposed = Both("Nattens forslag. ", "The night's suggestion. ").in_(language)
    facts = Text(proposed if place.proposed else "", style="bold green")
    fits = Both(f"Passer {percent(explanation.value)}.", f"Fits {en.percent(explanation.value)}.").in_(language)
    kind = f"{_first_capital(place.agreement)}, {place.setting}. {explanation.practical}"
    facts.append(f"{fits} {kind}", style="not bold dim default")
    indented(out, facts)
    _show_reasons(out, explanation, said_once)
    if explanation.price_text:
        reasons(out, "·", [explanation.price_text], "dim")


def _show_near_miss(out: Console, place: "PlaceView") -> None:
    out.print()
    title = Text(place.explanation.heading)
    title.append(f" ({place.slot_id})", style="dim")
    indented(out, title)
    failed = [text for rule in place.explanation.rules if not rule.passed for text in rule.texts]
    reasons(out, AGAINST, failed, "red", indent=3)


def _show_reasons(out: Console, explanation: "ExplanationView", said_once: tuple[str, ...] = ()) -> None:
    reasons(out, FOR, explanation.reasons_for, "green")
    reasons(out, AGAINST, explanation.reasons_against, "red")
    reasons(out, ASK, [text for text in explanation.must_confirm if text not in said_once], "yellow")


def show_explanation(out: Console, found: "ExplainedPlace", depth: Depth = Depth.RECORD) -> None:
    """One place for one citizen: the line alone, the reasons too, or all numbers and rules."""
    explanation = found.place.explanation
    if depth is Depth.LINE:
        out.print(Text(explanation.one_line))
        return
    heading(out, explanation.heading)
    who = f"{found.citizen.name or found.citizen.id} ({found.citizen.id})"
    out.print(Text(Both(f"Til {who}", f"For {who}").in_(explanation.language)))
    out.print(Text(explanation.one_line, style="bold"))
    out.print(Text(explanation.practical))
    _show_reasons(out, explanation)
    reasons(out, "·", [text for text in (explanation.price_text,) if text], "dim")
    if depth is Depth.RECORD:
        _show_numbers(out, found)
        _show_rules(out, explanation)


def show_without_place(out: Console, found: "WithoutPlaceView") -> None:
    """Why a citizen has no place, and the rules that close places, with their sources."""
    who = f"{found.citizen.name or found.citizen.id} ({found.citizen.id})"
    heading(out, Both(f"Plads til {who}", f"A place for {who}").in_(found.language))
    none_open = Both(
        f"{da.counted(found.open_places, 'plads', 'pladser')} opfylder alle regler nu.",
        f"{en.counted(found.open_places, 'place meets', 'places meet')} every rule now.",
    )
    out.print(Text(found.text or none_open.in_(found.language), style="bold"))
    rows = [(one.rule.statement, " ".join(one.rule.texts), one.rule.source) for one in found.closed]
    columns = (Both("Regel", "Rule"), Both("Udelukker", "Excludes"), Both("Kilde", "Source"))
    out.print(table([column.in_(found.language) for column in columns], rows))


def _show_numbers(out: Console, found: "ExplainedPlace") -> None:
    """What each term adds to the value, and the best other places beside it."""
    explanation, language = found.place.explanation, found.place.explanation.language
    heading(out, Both("Tallet bag", "The number behind it").in_(language))
    rows = [
        (
            _first_capital(term.name),
            NOT_KNOWN.in_(language) if term.value is None else _percent(term.value, language),
            _percent(term.weight, language),
            _decimal(term.contribution, language),
        )
        for term in explanation.terms
        if term.applies
    ]
    rows.append((Both("I alt", "Total").in_(language), "", "", _decimal(explanation.value, language)))
    columns = (
        Both("Vilkår", "Term"),
        Both("Opfyldt", "Met"),
        Both("Vægt", "Weight"),
        Both("Bidrag", "Contribution"),
    )
    out.print(table([column.in_(language) for column in columns], rows, numbers=(1, 2, 3)))
    known = _percent(explanation.confidence, language)
    basis = Both(
        f"{known} af det, der tæller med, er oplyst. Beregnet med {found.weights}.",
        f"{known} of what counts is known. Computed with {found.weights}.",
    )
    out.print(Text(basis.in_(language)))
    if explanation.alternatives:
        heading(out, Both("Andre pladser", "Other places").in_(language))
        reasons(out, "·", [alternative.text for alternative in explanation.alternatives], "dim", indent=0)


def _show_rules(out: Console, explanation: "ExplanationView") -> None:
    language = explanation.language
    heading(out, Both("Reglerne", "The rules").in_(language))
    rules = [
        (
            rule.statement,
            (NO if not rule.passed else CLARIFY if rule.to_confirm else YES).in_(language),
            rule.source,
        )
        for rule in explanation.rules
    ]
    columns = (Both("Regel", "Rule"), Both("Opfyldt", "Met"), Both("Kilde", "Source"))
    out.print(table([column.in_(language) for column in columns], rules))


def _percent(share: float, language: Language) -> str:
    return percent(share) if language is Language.DANISH else en.percent(share)


def _decimal(value: float, language: Language) -> str:
    return decimal(value, 3) if language is Language.DANISH else f"{value:.3f}"


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
