"""The reasons of a pair as they can stand in a decision letter: plain paragraphs to the citizen, in the language of the
explanation.

A letter has what the Danish Public Administration Act (forvaltningsloven) asks of reasons: the rules with their source
and the facts that weighed most (§ 24), and it says who decides and what the citizen can do (§§ 19, 21, 22, 23 and 25).
It is a draft: the person who decides reads it, adds the section that the decision itself rests on, and signs it.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.domain.agreement import PlacementForm
from matcher.domain.statute import ADDITIONAL_EMPLOYMENT, EARLIEST
from matcher.explain import Explanation
from matcher.facts import Fact
from matcher.language import Language, Text
from matcher.reasons import RuleReason
from matcher.wording.addressed import to_citizen

WEIGHTY: Final = (
    "target_group",
    "goals",
    "competences",
    "hours_now",
    "hours_target",
    "times",
    "mentor_need",
    "starts_on",
    "travel_time",
)
"""Facts that a letter about a possible place names beside the citizen's needs, by id."""
OF_ONE_FORM: Final[Mapping[str, PlacementForm]] = MappingProxyType(
    {"flexi_job": PlacementForm.FLEXI_JOB, ADDITIONAL_EMPLOYMENT: PlacementForm.WAGE_SUBSIDY}
)
"""Rules that ask something of one form only: a letter about another form does not cite them."""
_ACT: Final[Mapping[PlacementForm, Text]] = MappingProxyType(
    {
        PlacementForm.WORK_PLACEMENT: Text("virksomhedspraktik", "work placements"),
        PlacementForm.WAGE_SUBSIDY: Text("ansættelse med løntilskud", "employment with wage subsidy"),
        PlacementForm.FLEXI_JOB: Text("fleksjob", "flexi-jobs"),
    }
)

WHO_DECIDES: Final = Text(
    "Begrundelsen er lavet af kommunens matchningssystem og er ikke en afgørelse. En navngiven medarbejder i kommunen "
    "afgør sagen og kan altid vælge noget andet end det, systemet foreslår.",
    "The reasons have been made by the municipality's matching system and are not a decision. A named member of the "
    "municipality's staff decides the case and may always choose something other than what the system suggests.",
)
RIGHTS: Final = Text(
    "Du kan sige din mening om oplysningerne, før sagen bliver afgjort, og du kan bede kommunen vente med at afgøre "
    "den, til du har gjort det (forvaltningsloven §§ 19 og 21). Du kan få rettet oplysninger, der er forkerte "
    "(databeskyttelsesforordningens artikel 16), og selv pege på en anden plads. En skriftlig afgørelse, som ikke "
    "giver dig fuldt medhold, skal have en begrundelse (forvaltningsloven §§ 22 og 24) og en vejledning om, hvordan du "
    "kan klage (§ 25). Får du afgørelsen mundtligt, kan du inden 14 dage bede om en skriftlig begrundelse (§ 23).",
    "You can comment on the information before the case is decided, and you can ask the municipality to wait with the "
    "decision until you have done so (Public Administration Act, sections 19 and 21). You can have wrong information "
    "corrected (General Data Protection Regulation, article 16), and point to another place. A written decision that "
    "is not fully in your favour must give reasons (Public Administration Act, sections 22 and 24) and say how you can "
    "appeal (section 25). If you are told the decision orally, you can ask for written reasons within 14 days "
    "(section 23).",
)
_INQUIRY: Final = Text(
    "Kommunen undersøger det, der har betydning, før sagen bliver afgjort. Sig til, hvis du ved mere om det.",
    "The municipality looks into what matters before the case is decided. Please say if you know more about it.",
)


def letter(explanation: Explanation) -> str:
    """The reasons as paragraphs to the citizen, separated by empty lines."""
    possible = explanation.eligible
    paragraphs = [
        *(_suggested(explanation) if possible else _refused(explanation)),
        _facts(explanation),
        *(_weighed(explanation) if possible else [_for(explanation)]),
        WHO_DECIDES,
        RIGHTS,
        _reference(explanation),
    ]
    return paragraphs_to_citizen(paragraphs, explanation.language)


def paragraphs_to_citizen(paragraphs: Iterable[Text], language: Language) -> str:
    """Paragraphs about a citizen, said to the citizen, separated by empty lines; empty ones are left out."""
    said = (to_citizen(text.in_(language), language) for text in paragraphs)
    return "\n\n".join(text for text in said if text)


def _suggested(explanation: Explanation) -> list[Text]:
    """What is suggested, that no rule excludes it, and what the rules rest on."""
    form = _form(explanation)
    rules = [rule for rule in explanation.rules if OF_ONE_FORM.get(rule.id, form) is form]
    place, practical, sources = explanation.heading, explanation.practical, _sources(rules)
    of_form = _ACT.get(form)
    act = (
        Text("", "")
        if of_form is None
        else Text(
            f" Forløbet hører under reglerne om {of_form.danish} i lov om en aktiv beskæftigelsesindsats.",
            f" The placement comes under the rules on {of_form.english} in lov om en aktiv beskæftigelsesindsats.",
        )
    )
    return [
        Text(
            f"Forslaget er denne plads: {place}. {practical}{act.danish}",
            f"The suggestion is this place: {place}. {practical}{act.english}",
        ),
        Text(
            f"De {len(rules)} regler, der kan udelukke pladsen, er undersøgt, og ingen af dem udelukker den. "
            f"De bygger på {sources}.",
            f"The {len(rules)} rules that can rule the place out have been examined, and none of them does. "
            f"They rest on {sources}.",
        ),
    ]


def _form(explanation: Explanation) -> PlacementForm:
    """The form of the place, which the facts name."""
    named = next(fact.text for fact in explanation.facts if fact.id == "form")
    label = en.label if explanation.language is Language.ENGLISH else da.label
    return next(form for form in PlacementForm if label(form) == named)


def _sources(rules: list[RuleReason]) -> str:
    """Every source of the rules, each said once, to stand inside a sentence: only a number of a law has a capital."""
    parts = dict.fromkeys(part for rule in rules for part in rule.source.split("; "))
    return "; ".join(part if part[1:2].isupper() else part[:1].lower() + part[1:] for part in parts)


def _refused(explanation: Explanation) -> list[Text]:
    """Which rules exclude the place, each with what is missing, its source and, of a dated source, since when."""
    place, failed = explanation.heading, [rule for rule in explanation.rules if not rule.passed]
    missing = Text(
        f"{da.counted(len(failed), 'krav', 'krav')} ikke er opfyldt",
        f"{en.counted(len(failed), 'requirement is', 'requirements are')} not met",
    )
    return [
        Text(
            f"Denne plads kan ikke foreslås nu, fordi {missing.danish}: {place}.",
            f"This place cannot be suggested now, because {missing.english}: {place}.",
        ),
        *(failed_rule(rule) for rule in failed),
    ]


def failed_rule(rule: RuleReason) -> Text:
    """A rule that excludes the place."""
    texts, dated = " ".join(rule.texts), rule.valid_from > EARLIEST
    since_danish = f", gælder fra den {da.day(rule.valid_from)}" if dated else ""
    since_english = f", valid from {en.day(rule.valid_from)}" if dated else ""
    return Text(
        f"Krav: {rule.statement} {texts} (Kilde: {rule.source}{since_danish}.)",
        f"Requirement: {rule.statement} {texts} (Source: {rule.source}{since_english}.)",
    )


def _facts(explanation: Explanation) -> Text:
    """The facts that weighed most: of a refusal those that the failed rules read."""
    if explanation.eligible:
        return weighty_facts(explanation.facts)
    failed = set(explanation.failed_rules)
    return _named([fact for fact in explanation.facts if not failed.isdisjoint(fact.read_by)])


def weighty_facts(facts: Iterable[Fact]) -> Text:
    """The facts that a comparison of places weighs most, and every need."""
    needed = (fact for fact in facts if fact.id != "mentor_need" or fact.value)
    return _named([fact for fact in needed if fact.id in WEIGHTY or fact.id.startswith("need_")])


def _named(facts: list[Fact]) -> Text:
    """Facts that are known, with their names; a need is a sentence of its own."""
    said = "; ".join(
        fact.text if fact.id.startswith("need_") else f"{fact.name[:1].lower()}{fact.name[1:]}: {fact.text}"
        for fact in facts
        if fact.known
    )
    if not said:
        return Text("", "")
    return Text(f"Oplysninger, der er lagt vægt på: {said}.", f"Facts that were given weight: {said}.")


def _weighed(explanation: Explanation) -> list[Text]:
    """What speaks for, what against, what weighed most, what must be settled first, what is not known."""
    missing = explanation.missing and (*explanation.missing, _INQUIRY.in_(explanation.language))
    return [
        _for(explanation),
        _paragraph("Det taler imod pladsen:", "Against the place:", explanation.reasons_against),
        _heaviest(explanation),
        _paragraph("Før forløbet kan begynde:", "Before the placement can start:", explanation.must_confirm),
        _paragraph("Endnu uafklaret:", "Not yet clear:", missing),
    ]


def _for(explanation: Explanation) -> Text:
    return _paragraph("Det taler for pladsen:", "In favour of the place:", explanation.reasons_for)


def _paragraph(danish: str, english: str, sentences: tuple[str, ...]) -> Text:
    if not sentences:
        return Text("", "")
    said = " ".join(sentences)
    return Text(f"{danish} {said}", f"{english} {said}")


def _heaviest(explanation: Explanation) -> Text:
    """Which parts of the comparison weigh most."""
    terms = [term for term in explanation.terms if term.value is not None]
    names = [term.name for term in sorted(terms, key=lambda term: -term.weight)[:3]]
    return Text(
        f"Der er lagt mest vægt på {da.joined(names)}.",
        f"Most weight was given to {en.joined(names)}.",
    )


def _reference(explanation: Explanation) -> Text:
    """Which day and versions the reasons rest on, so that they can be made again."""
    weights, rules, on = explanation.weights_id, explanation.rules_id[:12], explanation.planned_on
    return Text(
        f"Reference: oplysninger og regler pr. {da.day(on)}; vægte {weights}; regelsæt {rules}.",
        f"Reference: information and rules as of {en.day(on)}; weights {weights}; rule book {rules}.",
    )
