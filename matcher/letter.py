"""The reasons of a pair as they can stand in a decision letter: plain paragraphs, in the language of the explanation.

A letter has what the Danish Public Administration Act (forvaltningsloven) asks of reasons: the rules with their source
and the facts that weighed most (§ 24), and it says who decides and what the citizen can do (§§ 19, 22, 23 and 25). It
is a draft: the person who decides reads it, corrects it and signs it.
"""

from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.domain.statute import EARLIEST
from matcher.explain import Explanation
from matcher.language import Language, Text
from matcher.reasons import RuleReason

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
"""Facts that a letter names beside the citizen's needs, by id."""

WHO_DECIDES: Final = Text(
    "Forslaget er regnet ud af kommunens matchningssystem og er ikke en afgørelse. En navngiven medarbejder i kommunen "
    "afgør sagen og kan altid vælge noget andet end det, systemet foreslår.",
    "The suggestion has been computed by the municipality's matching system and is not a decision. A named member of "
    "the municipality's staff decides the case and may always choose something other than what the system suggests.",
)
RIGHTS: Final = Text(
    "Borgeren kan sige sin mening om oplysningerne, før sagen bliver afgjort (forvaltningsloven § 19), få "
    "rettet det, der er forkert, og selv pege på en anden plads. En skriftlig afgørelse, som borgeren ikke får "
    "fuldt medhold i, skal have en begrundelse (§§ 22 og 24) og en vejledning om, hvordan der kan klages (§ "
    "25). Er afgørelsen givet mundtligt, kan borgeren bede om en skriftlig begrundelse inden 14 dage (§ 23).",
    "The citizen can comment on the information before the case is decided (Public Administration Act, section "
    "19), have errors corrected, and point to another place. A written decision that is not fully in the "
    "citizen's favour must give reasons (sections 22 and 24) and say how to appeal (section 25). Where the "
    "decision was given orally, the citizen can ask for written reasons within 14 days (section 23).",
)


def letter(explanation: Explanation) -> str:
    """The reasons as paragraphs, separated by empty lines."""
    paragraphs = [*_opening(explanation), _facts(explanation), *_weighed(explanation), *_basis(explanation)]
    return "\n\n".join(
        text.in_(explanation.language) for text in (*paragraphs, WHO_DECIDES, RIGHTS) if text.in_(explanation.language)
    )


def _opening(explanation: Explanation) -> list[Text]:
    """What is suggested, or which rules exclude the place, each with its source and what is missing."""
    place, failed = explanation.heading, [rule for rule in explanation.rules if not rule.passed]
    if not failed:
        passed, sources = len(explanation.rules), _sources(explanation.rules)
        return [
            Text(
                f"Forslaget er pladsen {place}. {explanation.practical}",
                f"The suggestion is the place {place}. {explanation.practical}",
            ),
            Text(
                f"Alle {passed} regler, der kan udelukke en plads, er undersøgt, og ingen af dem udelukker den. "
                f"Reglerne bygger på: {sources}.",
                f"All {passed} rules that can exclude a place have been examined, and none of them excludes it. "
                f"The rules rest on: {sources}.",
            ),
        ]
    rules = Text(da.counted(len(failed), "regel", "regler"), en.counted(len(failed), "rule", "rules"))
    return [
        Text(
            f"Pladsen {place} kan ikke foreslås nu, fordi {rules.danish} udelukker den.",
            f"The place {place} cannot be suggested now, because {rules.english} "
            f"{'excludes' if len(failed) == 1 else 'exclude'} it.",
        ),
        *(_failed(rule) for rule in failed),
    ]


def _sources(rules: tuple[RuleReason, ...]) -> str:
    """Every source of the rules, each said once."""
    return "; ".join(dict.fromkeys(part for rule in rules for part in rule.source.split("; ")))


def _failed(rule: RuleReason) -> Text:
    """A rule that excludes the place: what it asks, what is missing, its source and, of a dated source, since when."""
    texts, dated = " ".join(rule.texts), rule.valid_from > EARLIEST
    since_danish = f", gælder fra den {da.day(rule.valid_from)}" if dated else ""
    since_english = f", valid from {en.day(rule.valid_from)}" if dated else ""
    return Text(
        f"Regel: {rule.statement} {texts} (Kilde: {rule.source}{since_danish}.)",
        f"Rule: {rule.statement} {texts} (Source: {rule.source}{since_english}.)",
    )


def _facts(explanation: Explanation) -> Text:
    """The facts that weighed most, with their names."""
    weighty = [one for one in explanation.facts if one.id in WEIGHTY or one.id.startswith("need_")]
    facts = [one for one in weighty if one.known and not (one.id == "mentor_need" and not one.value)]
    said = "; ".join(
        one.text if one.id.startswith("need_") else f"{one.name[:1].lower()}{one.name[1:]}: {one.text}" for one in facts
    )
    return Text(f"Oplysninger, der er lagt vægt på: {said}.", f"Facts that were given weight: {said}.")


def _weighed(explanation: Explanation) -> list[Text]:
    """What speaks for, what against, what must be settled first, what is not known."""
    against = explanation.reasons_against if explanation.eligible else ()
    return [
        _paragraph("Det taler for pladsen:", "This speaks for the place:", explanation.reasons_for),
        _paragraph("Det taler imod pladsen:", "This speaks against the place:", against),
        _paragraph("Før forløbet kan begynde:", "Before the placement can start:", explanation.must_confirm)
        if explanation.eligible
        else Text("", ""),
        _paragraph("Det er ikke oplyst:", "This is not known:", explanation.missing),
    ]


def _paragraph(danish: str, english: str, sentences: tuple[str, ...]) -> Text:
    if not sentences:
        return Text("", "")
    said = " ".join(sentences)
    return Text(f"{danish} {said}", f"{english} {said}")


def _basis(explanation: Explanation) -> list[Text]:
    """How the parts were weighed, and which versions the reasons rest on."""
    terms = [term for term in explanation.terms if term.value is not None]
    heaviest = sorted(terms, key=lambda term: -term.weight)[:3]
    names = [term.name for term in heaviest]
    english = explanation.language is Language.ENGLISH
    weights, rules, on = explanation.weights_id, explanation.rules_id[:12], explanation.planned_on
    said = (en if english else da).joined(names)
    return [
        Text(
            f"Tungest vejer {said}. Grundlag: oplysninger og regler pr. {da.day(on)}, vægte {weights}, "
            f"regelsæt {rules}.",
            f"{en.sentence(said)[:-1]} weigh{'s' if len(names) == 1 else ''} most. Basis: information and rules as of "
            f"{en.day(on)}, weights {weights}, rule book {rules}.",
        )
    ]
