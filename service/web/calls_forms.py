"""What a company said, as the forms of several pages send it: the answers to choose between, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from fastapi import Query

from matcher.domain.contact import Answer, ContactKind
from service.identity.access import DECIDES
from service.web.session import SignedIn
from service.web.translation import N_

ASK_AGAIN_DAYS: Final = 28
"""What the form proposes as the day to ask again after "not now"."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: an answer, with the reason that companies often give for it. The reason is kept in Danish."""

    button: str
    answer: Answer
    reason: str = ""


CHOICES: Final[Mapping[str, Choice]] = MappingProxyType(
    {
        "ja": Choice(N_("Ja"), Answer.YES),
        "ingen": Choice(N_("Traf ingen"), Answer.NOT_REACHED),
        "nej-opgaver": Choice(N_("Ingen opgaver lige nu"), Answer.NO, "Virksomheden har ingen opgaver lige nu"),
        "nej-tid": Choice(
            N_("Ingen tid til oplæring"), Answer.NO, "Virksomheden har ikke tid til oplæring og opfølgning"
        ),
        "nej-fyldt": Choice(N_("Har nok i forløb"), Answer.NO, "Virksomheden har allerede nok i forløb"),
        "nej-andet": Choice(N_("Skriv afslaget ned"), Answer.NO),
        "ikke-nu": Choice(N_("Skriv ned, hvornår de kan spørges"), Answer.LATER),
        "ikke-spurgt": Choice(N_("Skriv kontakten ned"), Answer.NOT_ASKED),
    }
)
OUTCOMES: Final = ("ikke-spurgt", "ja", "nej-andet", "ikke-nu", "ingen")
"""What a contact of any kind can come to, in the order that the form offers it."""

Undone = Annotated[Literal["", "ja", "nej"], Query()]
"""Whether an answer was just taken back, or could not be."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody sent that could not be written down: about which company and agreement, and what is wrong."""

    company_id: str = ""
    agreement_id: str = ""
    answer: str = ""
    text: str = ""
    ask_on: str = ""
    kind: str = ""
    held_on: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


NOTHING_TYPED: Final = Typed()


def form_values(user: SignedIn, today: date, typed: Typed = NOTHING_TYPED) -> dict[str, Any]:
    """What the templates of the forms use."""
    return {
        "decides": not user.caller.roles.isdisjoint(DECIDES),
        "choices": CHOICES,
        "outcomes": OUTCOMES,
        "kinds": tuple(ContactKind),
        "typed": typed,
        "ask_again_on": today + timedelta(days=ASK_AGAIN_DAYS),
        "today": today,
    }
