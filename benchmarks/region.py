"""A region for benchmarks: one invented municipality again and again, side by side over Denmark."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, product

from features.postcodes import Postcodes
from fixtures import municipality
from matcher.domain.agreement import Slot, SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company, Worksite
from matcher.domain.geography import Position

TOWN_CITIZENS = 10_000
"""With them come some 4,400 slots."""
SHIFTS = tuple(product((0.0, -1.1, 1.1), (0.0, 1.4, 2.8, 4.2, 5.6)))
"""Degrees north and east: some 40 km of empty land between two copies, and all of them within Denmark's box."""


@dataclass(frozen=True)
class Region:
    """Domain values of one municipality that is as large as many."""

    citizens: tuple[Citizen, ...]
    companies: tuple[Company, ...]
    agreements: tuple[SlotAgreement, ...]


@dataclass(frozen=True)
class _Copy:
    """One copy of the town: ids of its own, moved by some degrees. Homes known by postcode get its centre."""

    number: int
    north: float
    east: float

    def id(self, name: str) -> str:
        return f"{self.number}-{name}"

    def ids(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.id(name) for name in names)

    def moved(self, place: Position | None) -> Position | None:
        return place and Position(place.latitude + self.north, place.longitude + self.east)

    def citizen(self, one: Citizen, postcodes: Postcodes) -> Citizen:
        return replace(
            one,
            id=self.id(one.id),
            home=self.moved(one.home or postcodes.position(one.home_postcode)),
            wishes_for=self.ids(one.wishes_for),
            wishes_against=self.ids(one.wishes_against),
            earlier_placements=tuple(
                replace(was, company_id=self.id(was.company_id)) if was.company_id else was
                for was in one.earlier_placements
            ),
        )

    def company(self, one: Company) -> Company:
        return replace(
            one,
            id=self.id(one.id),
            not_again=self.ids(one.not_again),
            worksites=tuple(self._worksite(site) for site in one.worksites),
        )

    def _worksite(self, one: Worksite) -> Worksite:
        return replace(one, id=self.id(one.id), position=self.moved(one.position))

    def agreement(self, one: SlotAgreement) -> SlotAgreement:
        return replace(
            one,
            id=self.id(one.id),
            company_ids=self.ids(one.company_ids),
            slots=tuple(self._slot(slot) for slot in one.slots),
        )

    def _slot(self, one: Slot) -> Slot:
        return replace(
            one, id=self.id(one.id), company_id=self.id(one.company_id), worksite_id=self.id(one.worksite_id)
        )


def _first_slots(agreements: tuple[SlotAgreement, ...], most: int) -> Iterator[SlotAgreement]:
    """The first agreements with `most` slots in all; the last of them may lose some."""
    before = accumulate((len(one.slots) for one in agreements), initial=0)
    for one, already in zip(agreements, before, strict=False):
        if already < most:
            yield replace(one, slots=one.slots[: most - already])


def region(citizens: int, slots: int) -> Region:
    """So many citizens and slots, spread evenly over as few copies of the town as hold them.

    ValueError where more copies would be needed than there is room for.
    """
    town, postcodes = municipality(citizens=TOWN_CITIZENS), Postcodes.builtin()
    town_slots = sum(len(one.slots) for one in town.agreements)
    count = max(-(-citizens // TOWN_CITIZENS), -(-slots // town_slots))
    if count > len(SHIFTS):
        raise ValueError(f"citizens, slots: {count} copies of the town are needed, there is room for {len(SHIFTS)}")
    copies = [_Copy(number, *shift) for number, shift in enumerate(SHIFTS[:count])]
    people = [citizens // count + (copy.number < citizens % count) for copy in copies]
    places = [slots // count + (copy.number < slots % count) for copy in copies]
    return Region(
        tuple(
            c.citizen(one, postcodes) for c, most in zip(copies, people, strict=True) for one in town.citizens[:most]
        ),
        tuple(c.company(one) for c in copies for one in town.companies),
        tuple(
            c.agreement(one)
            for c, most in zip(copies, places, strict=True)
            for one in _first_slots(town.agreements, most)
        ),
    )
