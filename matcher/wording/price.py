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
            "Der er plads nok. Ingen anden mangler pladsen.", "There is room enough. Nobody else lacks the place."
        )
    if price >= value:
        return Text(
            "Der er rift om pladsen. I den samlede plan passer den bedre til en anden borger.",
            "The place is wanted by others: in the plan as a whole it fits another citizen better.",
        )
    if price >= MUCH_WANTED * value:
        return Text(
            "Der er rift om pladsen. Den passer næsten lige så godt til en anden borger.",
            "The place is wanted by others: it fits another citizen almost as well.",
        )
    return Text("Andre borgere kan også have glæde af pladsen.", "Other citizens can make good use of the place too.")


def _better(others: int) -> Text:
    """Others would benefit clearly more from the place, measured against what the plan has for them otherwise."""
    them = "vedkommende" if others == 1 else "dem"
    who = _others(others, "anden borger", "andre borgere", "other citizen", "other citizens")
    return Text(
        f"Der er rift om pladsen. Den betyder klart mere for {who.danish}, når der ses på, hvad planen ellers har "
        f"til {them}.",
        f"The place is wanted by others: {who.english} would benefit clearly more from it, considering what the plan "
        "otherwise has for them.",
    )


def _want(others: int) -> Text:
    """Others would benefit from the place, but not more than this citizen."""
    none = "ikke klart mere" if others == 1 else "ingen af dem klart mere"
    more = "not clearly more than this citizen" if others == 1 else "none of them clearly more than this citizen"
    who = _others(others, "anden borger", "andre borgere", "other citizen", "other citizens")
    return Text(
        f"Der er rift om pladsen. {_capital(who.danish)} kan også have gavn af den, men {none} end denne borger.",
        f"The place is wanted by others: {who.english} would benefit from it too, but {more}.",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _others(others: int, danish_one: str, danish_many: str, english_one: str, english_many: str) -> Text:
    """How many, as a number that somebody may have to reckon with, or as "many"."""
    if others > MANY:
        return Text(f"mange {danish_many}", f"many {english_many}")
    return Text(da.counted(others, danish_one, danish_many), en.counted(others, english_one, english_many))
