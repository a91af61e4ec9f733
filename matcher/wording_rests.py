"""Sentences about companies that are not to be asked for a while, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.answers import Rest
from matcher.domain.contact import Answer
from matcher.language import Text

_RESTS: Final[Mapping[Answer, Text]] = MappingProxyType(
    {
        Answer.NO: Text("sagde nej", "said no"),
        Answer.LATER: Text("bad om at blive spurgt senere", "asked to be asked later"),
        Answer.NOT_REACHED: Text("blev ikke truffet", "was not reached"),
        Answer.YES: Text("sagde ja", "said yes"),
    }
)


def rest_text(rest: Rest, company: str) -> Text:
    """``Nørre Bageri sagde nej den 1. oktober 2026 (ingen opgaver) og kan spørges igen fra den 30. december 2026.``"""
    contact, what = rest.contact, _RESTS[rest.contact.answer]
    reason = f" ({contact.reason.strip().rstrip('.')})" if contact.reason.strip() else ""
    return Text(
        f"{company} {what.danish} den {da.day(contact.contacted_on)}{reason} og kan spørges igen fra den "
        f"{da.day(rest.ends_on)}.",
        f"{company} {what.english} on {en.day(contact.contacted_on)}{reason} and can be asked again from "
        f"{en.day(rest.ends_on)}.",
    )
