"""The reasons of somebody who has no place, as they can stand in a letter: plain paragraphs to the citizen."""

from matcher import english as en
from matcher import wording as da
from matcher.language import Text
from matcher.letter import RIGHTS, WHO_DECIDES, failed_rule, paragraphs_to_citizen, weighty_facts
from matcher.without_place import WithoutPlace


def letter_without_place(found: WithoutPlace, told: str) -> str:
    """The reasons as paragraphs, separated by empty lines. `told`: what the plan says of the citizen; may be empty."""
    paragraphs = (
        _opening(found, told),
        _examined(found),
        *(failed_rule(one.rule) for one in found.closed),
        _open(found),
        weighty_facts(found.facts),
        WHO_DECIDES,
        RIGHTS,
        _basis(found),
    )
    return paragraphs_to_citizen(paragraphs, found.language)


def _opening(found: WithoutPlace, told: str) -> Text:
    on = found.planned_on
    return Text(
        f"Der er ikke fundet en plads til borgeren i planen for den {da.day(on)}. {told}".rstrip(),
        f"No place has been found for the citizen in the plan for {en.day(on)}. {told}".rstrip(),
    )


def _examined(found: WithoutPlace) -> Text:
    if not found.closed:
        return Text("", "")
    places = da.counted(found.places, "plads", "pladser"), en.counted(found.places, "place", "places")
    return Text(
        f"Der er undersøgt {places[0]}. De er udelukket af disse krav (en plads kan tælle flere gange):",
        f"{places[1]} {'was' if found.places == 1 else 'were'} examined. These requirements rule them out (a "
        "place can count several times):",
    )


def _open(found: WithoutPlace) -> Text:
    if not found.open_places:
        return Text("", "")
    one = found.open_places == 1
    danish, english = (
        da.counted(found.open_places, "plads", "pladser"),
        en.counted(found.open_places, "place", "places"),
    )
    return Text(
        f"{danish} opfylder alle krav, men {'den er ikke ledig' if one else 'ingen af dem er ledige'} i planen.",
        f"{english} {'meets' if one else 'meet'} every requirement, but {'it is not' if one else 'none of them is'} "
        "free in the plan.",
    )


def _basis(found: WithoutPlace) -> Text:
    on, rules = found.planned_on, found.rules_id[:12]
    return Text(
        f"Reference: oplysninger og regler pr. {da.day(on)}; regelsæt {rules}.",
        f"Reference: information and rules as of {en.day(on)}; rule book {rules}.",
    )
