"""What the price of a place means for a citizen, in words and in both languages; a price is never shown as a number."""

from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.demand import Wanted
from matcher.language import Text

MUCH_WANTED: Final = 0.9
"""A place is much wanted when its price is at least this share of the pair's value. Assumption."""

MANY: Final = 9
"""More others than this are "many": nobody acts on whether it is 40 or 80. Assumption."""


def price_text(price: float | None, value: float, wanted: Wanted | None = None) -> Text:
    """What the price means for this citizen; empty where no plan has priced the place.

    `wanted` counts the others who want it; without, the price alone speaks.
    """
    if price is None:
        return Text("", "")
    if wanted is not None and wanted.better:
        return _better(wanted.better)
    if wanted is not None and wanted.want:
        return _want(wanted.want)
    if price <= 0:
        return Text(
            "Der er plads nok: ingen anden mangler pladsen.", "There is room enough: nobody else lacks the place."
        )
    if price >= value:
        return Text(
            "Pladsen er eftertragtet: i den samlede plan passer den bedre til en anden borger.",
            "The place is wanted by others: in the plan as a whole it fits another citizen better.",
        )
    if price >= MUCH_WANTED * value:
        return Text(
            "Pladsen er eftertragtet: den passer næsten lige så godt til en anden borger.",
            "The place is wanted by others: it fits another citizen almost as well.",
        )
    return Text("Andre borgere kan også have glæde af pladsen.", "Other citizens can make good use of the place too.")


def _better(others: int) -> Text:
    """Others gain clearly more by the place, measured against what the plan has for them otherwise."""
    them = "vedkommende" if others == 1 else "dem"
    gain = _others(others, "anden borger", "andre borgere", "other citizen gains", "other citizens gain")
    return Text(
        f"Pladsen er eftertragtet: {gain.danish} vinder klart mere ved den, når der ses på, hvad planen ellers har "
        f"til {them}.",
        f"The place is wanted by others: {gain.english} clearly more by it, considering what the plan has for them "
        "otherwise.",
    )


def _want(others: int) -> Text:
    """Others would gain by the place, but not more than this citizen."""
    none = "vedkommende vinder ikke klart mere" if others == 1 else "ingen af dem vinder klart mere"
    more = "not clearly more than this citizen" if others == 1 else "none of them clearly more than this citizen"
    who = _others(others, "anden borger", "andre borgere", "other citizen", "other citizens")
    return Text(
        f"Pladsen er eftertragtet: {who.danish} vil også vinde ved den, men {none} end denne borger.",
        f"The place is wanted by others: {who.english} would gain by it too, but {more}.",
    )


def _others(others: int, danish_one: str, danish_many: str, english_one: str, english_many: str) -> Text:
    """How many, as a number that somebody may have to reckon with, or as "many"."""
    if others > MANY:
        return Text(f"mange {danish_many}", f"many {english_many}")
    return Text(da.counted(others, danish_one, danish_many), en.counted(others, english_one, english_many))
