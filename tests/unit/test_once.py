"""What follows from places alone stays while only citizens change, and no longer."""

from dataclasses import replace

from features.renewal import renewed
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import STATUTE
from matcher.once import Places, once_for_places


@once_for_places
def _told(places: Places) -> list[str]:
    return [*places.slots.ids, *(one.id for one in places.rulebook.versions)]


def test_what_follows_from_places_is_shared_while_only_citizens_change() -> None:
    town = municipality(citizens=20)
    before = vectorise(town.citizens, town.companies, town.agreements, on=REFERENCE_DATE)
    people = (replace(town.citizens[0], hours_now=2.0), *town.citizens[1:])
    after = renewed(before, people, town.companies, town.agreements, on=REFERENCE_DATE)
    assert _told(after) is _told(before)


def test_other_rules_places_or_days_are_looked_at_anew() -> None:
    town = municipality(citizens=20)
    before = vectorise(town.citizens, town.companies, town.agreements, on=REFERENCE_DATE)
    fewer = RuleBook(STATUTE.versions[1:])
    known = _told(before)
    assert _told(replace(before, rulebook=fewer)) == [*before.slots.ids, *(one.id for one in fewer.versions)]
    assert _told(before) == known
    for other in (replace(before, on=REFERENCE_DATE.replace(day=2)), replace(before, slots=replace(before.slots))):
        assert _told(other) is not _told(before)
        assert _told(other) == known


def test_companies_that_ask_not_to_meet_somebody_again_count_after_an_earlier_renewal() -> None:
    """Lists that were taken over once are compared with those of the match input at hand."""
    town = municipality(citizens=20)
    people = (replace(town.citizens[0], hours_now=2.0), *town.citizens[1:])
    before = vectorise(town.citizens, town.companies, town.agreements, on=REFERENCE_DATE)
    asked = (replace(town.companies[0], not_again=(people[3].id,)), *town.companies[1:])
    first = renewed(before, people, town.companies, town.agreements, on=REFERENCE_DATE)
    second = renewed(first, people, asked, town.agreements, on=REFERENCE_DATE)
    third = renewed(second, town.citizens, asked, town.agreements, on=REFERENCE_DATE)
    fresh = vectorise(people, asked, town.agreements, on=REFERENCE_DATE)
    assert (second.citizens.not_again == fresh.citizens.not_again).all()
    assert (third.citizens.not_again == fresh.citizens.not_again).all()
