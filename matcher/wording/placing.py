"""Sentences about why a placement cannot be agreed now, in both languages."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.domain.rulebook import RuleVersion
from matcher.language import Text
from matcher.limits import Barrier

IN_THE_WAY: Final[Mapping[Barrier, Text]] = MappingProxyType(
    {
        Barrier.ALREADY_PLACED: Text(
            "Borgeren har allerede et forløb, der er aftalt eller i gang.",
            "The citizen already has a placement that is agreed or runs.",
        ),
        Barrier.PLACE_TAKEN: Text(
            "Pladsen er optaget af et forløb, der er aftalt eller i gang.",
            "The place is taken by a placement that is agreed or runs.",
        ),
        Barrier.APART: Text(
            "Pladsen kan ikke kombineres med de forløb, der allerede er på arbejdspladsen.",
            "The place does not go together with the placements that are already at the worksite.",
        ),
    }
)
"""What stands in the way of one placement beside the rules; a shared limit speaks for itself."""
GONE: Final = Text("Pladsen findes ikke længere.", "The place no longer exists.")


def set_aside_text(version: RuleVersion) -> Text:
    """How a rule that may be set aside is set aside: what the reason must say. The rule must have an override."""
    if version.override is None:
        raise ValueError(f"rule {version.id}: nobody may set it aside")
    return Text(
        f"En jobkonsulent kan tillade det med en begrundelse: {version.override.danish}",
        f"A job consultant may allow it with a reason: {version.override.english}",
    )


def small_centre_text(version: RuleVersion, places: int) -> Text:
    """That a company centre has fewer places than the rule asks for."""
    return Text(
        f"{version.danish} Her er der {da.counted(places, 'plads', 'pladser')}.",
        f"{version.english} Here there {'is' if places == 1 else 'are'} {en.counted(places, 'place', 'places')}.",
    )


def too_early_text(starts_on: date) -> Text:
    """That the first day lies before the first possible one."""
    return Text(
        f"Forløbet kan tidligst begynde den {da.day(starts_on)}.",
        f"The placement cannot begin before {en.day(starts_on)}.",
    )


def too_late_text(closes_on: date) -> Text:
    """That the last day lies after the last day of the place."""
    return Text(
        f"Pladsen er kun åben til den {da.day(closes_on)}.",
        f"The place is open only until {en.day(closes_on)}.",
    )


def too_long_text(version: RuleVersion, latest: date) -> Text:
    """That the work placement is longer than the rule on the length allows."""
    return Text(
        f"Forløbet kan højst vare til den {da.day(latest)}. {version.danish}",
        f"The placement can last until {en.day(latest)} at most. {version.english}",
    )


def hours_text(hours_per_week: float) -> Text:
    """The hours that the place can begin with for this citizen, where others are asked for."""
    return Text(
        f"Pladsen kan begynde med {da.hours_per_week(hours_per_week)}.",
        f"The place can begin with {en.hours_per_week(hours_per_week)}.",
    )
