"""Sentences about companies that are not to be asked for a while, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.answers import Rest
from matcher.domain.contact import Answer, Contact
from matcher.language import Text

_SAID: Final[Mapping[Answer, Text]] = MappingProxyType(
    {
        Answer.NO: Text("sagde nej den {day}", "said no on {day}"),
        Answer.LATER: Text("bad den {day} om at blive spurgt senere", "asked on {day} to be asked later"),
        Answer.NOT_REACHED: Text("blev ikke truffet den {day}", "was not reached on {day}"),
        Answer.NOT_ASKED: Text("blev kontaktet den {day}", "was contacted on {day}"),
        Answer.YES: Text("sagde ja den {day}", "said yes on {day}"),
    }
)


def contact_text(contact: Contact, company: str) -> Text:
    """``Nørre Bageri sagde nej den 1. oktober 2026 (ingen opgaver lige nu).`` With the reason: not for citizens."""
    said, reason = _said(contact, company), _reason(contact)
    return Text(f"{said.danish}{reason}.", f"{said.english}{reason}.")


def rest_text(rest: Rest, company: str, *, with_reason: bool = False) -> Text:
    """``Nørre Bageri sagde nej den 1. oktober 2026 og kan spørges igen fra den 30. december 2026.``

    The reason is in the words of whoever wrote it down, and may be about others: a citizen does not see it.
    """
    said, reason = _said(rest.contact, company), _reason(rest.contact) if with_reason else ""
    return Text(
        f"{said.danish}{reason} og kan spørges igen fra den {da.day(rest.ends_on)}.",
        f"{said.english}{reason} and can be asked again from {en.day(rest.ends_on)}.",
    )


def _said(contact: Contact, company: str) -> Text:
    said = _SAID[contact.answer]
    return Text(
        f"{company} {said.danish.format(day=da.day(contact.contacted_on))}",
        f"{company} {said.english.format(day=en.day(contact.contacted_on))}",
    )


def _reason(contact: Contact) -> str:
    reason = contact.reason.strip().rstrip(".")
    return f" ({reason})" if reason else ""
