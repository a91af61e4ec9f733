"""Duties of agreements that the rule book sets and that close no place: whether company centres are large enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from matcher.domain.agreement import SlotAgreement, SlotSetting
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import COMPANY_CENTRE_PLACES, STATUTE


@dataclass(frozen=True, slots=True)
class SmallCentre:
    """A company that is called a company centre with fewer places than the rule asks for."""

    company_id: str
    places: int
    least_places: int


def small_centres(
    agreements: Iterable[SlotAgreement], on: date, rulebook: RuleBook = STATUTE
) -> tuple[SmallCentre, ...]:
    """Companies whose open company-centre places on a day are too few, by id; empty where the rule does not hold.

    Places of a company are summed over its slots of the setting, and over all its agreements; a cluster gives each of
    its companies at most the places that the cluster shares.
    """
    if not rulebook.holds(COMPANY_CENTRE_PLACES, on):
        return ()
    least = int(rulebook.version(COMPANY_CENTRE_PLACES, on).parameters["least_places"])
    places: dict[str, int] = {}
    for agreement in agreements:
        if not _open(agreement.valid_from, agreement.valid_to, on):
            continue
        for company_id in agreement.company_ids:
            own = [
                slot.capacity
                for slot in agreement.slots
                if slot.company_id == company_id
                and slot.setting is SlotSetting.COMPANY_CENTRE
                and _open(slot.starts_on, slot.ends_on, on)
            ]
            if own:
                shared = sum(own) if agreement.places is None else min(sum(own), agreement.places)
                places[company_id] = places.get(company_id, 0) + shared
    return tuple(SmallCentre(id_, there, least) for id_, there in sorted(places.items()) if there < least)


def _open(first: date, last: date | None, on: date) -> bool:
    return first <= on and (last is None or on <= last)
