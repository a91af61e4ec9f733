"""The sections of the administration, and whose they are."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from starlette.responses import Response

from service.identity.access import AUDITS, FIGURES, PLANS, Roles
from service.identity.callers import Caller
from service.web.rendering import page
from service.web.session import SignedIn
from service.web.translation import N_


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its address, its title and what is done there, and who sees it."""

    name: str
    address: str
    title: str
    about: str
    roles: Roles


SECTIONS: Final = (
    Section(
        "rules",
        "/administration/regler",
        N_("Regler"),
        N_("Hvad der lukker en plads, hvorfor, og hvad kommunen selv kan ændre."),
        FIGURES,
    ),
    Section(
        "weights",
        "/administration/vaegte",
        N_("Vægte"),
        N_("Hvad der tæller, når pladser sættes i rækkefølge for en borger."),
        FIGURES,
    ),
    Section(
        "runs",
        "/administration/koersler",
        N_("Kørsler"),
        N_("Nætternes planer: hvad de nåede, hvor lang tid de tog, og hvad de byggede på."),
        FIGURES,
    ),
    Section(
        "imports",
        "/administration/indlaesninger",
        N_("Indlæsning"),
        N_("Læs borgere, virksomheder og aftaler ind fra en fil, og se, hvad der er læst ind."),
        PLANS,
    ),
    Section(
        "users",
        "/administration/brugere",
        N_("Brugere"),
        N_("Hvem der kan logge ind, og hvad de må."),
        PLANS,
    ),
    Section(
        "audit",
        "/administration/revision",
        N_("Hvem gjorde hvad"),
        N_("Kæden af handlinger, og om den holder."),
        AUDITS,
    ),
    Section(
        "records",
        "/administration/visninger",
        N_("Viste lister"),
        N_("Hvilke lister der er vist for hvem, og hvad de byggede på."),
        AUDITS,
    ),
)


def sections_of(caller: Caller) -> tuple[Section, ...]:
    """The sections that a caller may open."""
    return tuple(one for one in SECTIONS if not caller.roles.isdisjoint(one.roles))


def section_page(request: Request, template: str, user: SignedIn, section: str, **values: Any) -> Response:
    """A page of a section, with the administration's own menu."""
    return page(
        request,
        f"administration/{template}",
        user,
        section="administration",
        sections=sections_of(user.caller),
        part=section,
        **values,
    )
