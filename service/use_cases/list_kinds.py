"""The kinds of lists that are shown: how each is made from a desk, whom it names, and what it came to in short."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel

from matcher.depth import Depth
from matcher.language import Language
from service.db.purpose import Purpose
from service.use_cases.desk import Desk
from service.use_cases.discretion import calls_among, candidates_among
from service.use_cases.needs import NeedsView, needs
from service.use_cases.openings import OpeningsView, openings_for_citizen
from service.use_cases.outreach import OutreachView, outreach_list
from service.use_cases.suggest import citizen_list, place_explained, slot_candidates
from service.use_cases.views import CandidatesView, ExplainedPlace, ExplanationView, ListView, WithoutPlaceView
from service.use_cases.without_place import citizen_without_place

AnyView = TypeVar("AnyView", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is to answer; what does not apply to its kind is left out.

    Attributes
    ----------
    places : how long it is;  confirm : how many of the needs are confirmed by planning
    on : the day on which it is asked for, where the answer depends on it
    depth : how much is told of each place or citizen of a list
    """

    citizen_id: str = ""
    slot_id: str = ""
    consultant_id: str = ""
    places: int = 0
    confirm: int = 0
    on: date | None = None
    language: Language = Language.DANISH
    depth: Depth = Depth.RECORD

    def parameters(self) -> dict[str, Any]:
        """As JSON, without what does not apply."""
        values = {name: getattr(self, name) for name in _PLAIN} | {"on": self.on and self.on.isoformat()}
        values["depth"] = "" if self.depth is Depth.RECORD else self.depth.value
        return {name: value for name, value in values.items() if value} | {"language": self.language.value}

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "Asked":
        """What `parameters` came from."""
        own = {name: parameters[name] for name in _PLAIN if name in parameters}
        on = date.fromisoformat(parameters["on"]) if "on" in parameters else None
        depth = Depth(parameters.get("depth", Depth.RECORD))
        return cls(**own, on=on, language=Language(parameters["language"]), depth=depth)


_PLAIN: Final = ("citizen_id", "slot_id", "consultant_id", "places", "confirm")


@dataclass(frozen=True, slots=True)
class ListKind(Generic[AnyView]):
    """A kind of list.

    Attributes
    ----------
    make : the same for whoever asks now and for a replay; only citizens whom the desk may show are named
    named : ids of the citizens whom a view names
    compact : what a view came to in ids and numbers: ranked, with what was not possible and why
    """

    purpose: Purpose
    make: Callable[[Desk, Asked], AnyView]
    named: Callable[[AnyView], set[str]]
    compact: Callable[[AnyView], dict[str, Any]]


def _suggestions(desk: Desk, asked: Asked) -> ListView:
    return citizen_list(desk, asked.citizen_id, places=asked.places, language=asked.language, depth=asked.depth)


def _explanation(desk: Desk, asked: Asked) -> ExplainedPlace:
    return place_explained(desk, asked.citizen_id, asked.slot_id, language=asked.language)


def _without_place(desk: Desk, asked: Asked) -> WithoutPlaceView:
    return citizen_without_place(desk, asked.citizen_id, language=asked.language)


def _candidates(desk: Desk, asked: Asked) -> CandidatesView:
    found = slot_candidates(desk, asked.slot_id, places=asked.places, language=asked.language, depth=asked.depth)
    return candidates_among(found, desk.visible)


def _openings(desk: Desk, asked: Asked) -> OpeningsView:
    slot_id = asked.slot_id or None
    return openings_for_citizen(desk, asked.citizen_id, slot_id=slot_id, places=asked.places, language=asked.language)


def _needs(desk: Desk, asked: Asked) -> NeedsView:
    return needs(desk, most=asked.places, confirm=asked.confirm, language=asked.language)


def _calls(desk: Desk, asked: Asked) -> OutreachView:
    if asked.on is None:
        raise ValueError("on: calls are asked for on a day")
    consultant_id = asked.consultant_id or None
    found = outreach_list(desk, today=asked.on, consultant_id=consultant_id, language=asked.language)
    return calls_among(found, desk.visible)


def _pair(one: ExplanationView) -> dict[str, Any]:
    return {
        "citizen_id": one.citizen_id,
        "slot_id": one.slot_id,
        "eligible": one.eligible,
        "value": one.value,
        "price": one.price,
        "failed_rules": list(one.failed_rules),
    }


def _compact_suggestions(view: ListView) -> dict[str, Any]:
    return {
        "places": [_pair(one.explanation) for one in view.places],
        "near_misses": [_pair(one.explanation) for one in view.near_misses],
        "eligible": view.eligible,
        "proposal_id": view.proposal_id,
    }


def _compact_without_place(view: WithoutPlaceView) -> dict[str, Any]:
    closed = [{"rule": one.rule.id, "places": one.places} for one in view.closed]
    return {"citizen_id": view.citizen.id, "open_places": view.open_places, "closed": closed}


def _compact_openings(view: OpeningsView) -> dict[str, Any]:
    names = ("slot_id", "value", "price", "gain", "effort")
    return {
        "openings": [
            {name: getattr(one, name) for name in names} | {"failed_rules": list(one.failed_rules)}
            for one in view.openings
        ],
        "worth_now": view.worth_now,
    }


def _compact_needs(view: NeedsView) -> dict[str, Any]:
    names = ("kind", "citizens", "placed", "effort", "estimated_gain", "confirmed_gain", "more_placed")
    return {"needs": [{name: getattr(one, name) for name in names} for one in view.needs], "waiting": view.waiting}


def _compact_calls(view: OutreachView) -> dict[str, Any]:
    """Companies in their order, and for whom: a line for each citizen."""
    return {
        "companies": [
            {"company_id": one.company_id, "agreement_id": one.agreement_id, "gain_per_hour": one.gain_per_hour}
            for one in view.calls
        ],
        "calls": [
            {"citizen_id": one.citizen_id, "slot_id": one.slot_id, "company_id": call.company_id, "value": one.value}
            for call in view.calls
            for one in call.people
        ],
    }


SUGGESTIONS: Final = ListKind(Purpose.SUGGESTIONS, _suggestions, lambda view: {view.citizen.id}, _compact_suggestions)
EXPLANATION: Final = ListKind(
    Purpose.EXPLANATION,
    _explanation,
    lambda view: {view.citizen.id},
    lambda view: {"places": [_pair(view.place.explanation)]},
)
WITHOUT_PLACE: Final = ListKind(
    Purpose.EXPLANATION, _without_place, lambda view: {view.citizen.id}, _compact_without_place
)
"""Written down like the explanation of a place, but without one."""
CANDIDATES: Final = ListKind(
    Purpose.CANDIDATES,
    _candidates,
    lambda view: {one.citizen.id for one in view.candidates},
    lambda view: {"candidates": [_pair(one.explanation) for one in view.candidates], "eligible": view.eligible},
)
OPENINGS: Final = ListKind(Purpose.OPENINGS, _openings, lambda view: {view.citizen_id}, _compact_openings)
NEEDS: Final = ListKind(Purpose.NEEDS, _needs, lambda _: set(), _compact_needs)
CALLS: Final = ListKind(Purpose.CALLS, _calls, OutreachView.named, _compact_calls)
_EVERY: Final[tuple[ListKind[Any], ...]] = (SUGGESTIONS, EXPLANATION, CANDIDATES, OPENINGS, NEEDS, CALLS)
KINDS: Final[Mapping[Purpose, ListKind[Any]]] = MappingProxyType({kind.purpose: kind for kind in _EVERY})


def kind_of(purpose: Purpose, asked: Asked) -> ListKind[Any]:
    """The kind of a list that was shown for a purpose."""
    return WITHOUT_PLACE if purpose is Purpose.EXPLANATION and not asked.slot_id else KINDS[purpose]
