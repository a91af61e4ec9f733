"""The pages' menu: what is there, and for whom."""

from dataclasses import dataclass
from typing import Final

from service.identity.access import FIGURES, ON_PAGES, WITH_CITIZENS, Roles
from service.identity.callers import Caller
from service.web.translation import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes
    ----------
    section : what pages that belong to it call it
    title : in Danish, looked up where it is shown
    roles : who sees it; the page itself asks for them again
    """

    section: str
    address: str
    title: str
    roles: Roles


MENU: Final = (
    Entry("citizens", "/borgere", N_("Borgere"), WITH_CITIZENS),
    Entry("proposals", "/forslag", N_("Nattens plan"), WITH_CITIZENS),
    Entry("places", "/pladser", N_("Pladser"), WITH_CITIZENS),
    Entry("calls", "/virksomheder", N_("Opkald"), WITH_CITIZENS),
    Entry("needs", "/behov", N_("Behov"), WITH_CITIZENS),
    Entry("overview", "/overblik", N_("Overblik"), FIGURES),
    Entry("board", "/tavle", N_("Tavle"), ON_PAGES),
    Entry("administration", "/administration", N_("Administration"), FIGURES),
)
HELP: Final = "/tilgaengelighed"


def menu_of(caller: Caller) -> tuple[Entry, ...]:
    """What a caller may open."""
    return tuple(one for one in MENU if not caller.roles.isdisjoint(one.roles))


def first_page(caller: Caller) -> str:
    """Where a caller comes after signing in: the first entry of the menu."""
    return next((one.address for one in menu_of(caller)), HELP)
