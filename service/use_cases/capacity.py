"""Whether one placement is possible now: every hard rule and every shared limit, asked anew under locks.

A proposal tells what was possible last night. Here the same rules and limits are asked of what is stored at this
moment, for one citizen and one slot, from no more than what shares a limit with the two. Whoever asks holds locks until
the end of the transaction (`service/db/placing.py`), so that the answer still holds when the placement is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from features.vectorise import vectorise
from matcher.arrays import OPEN_END, MatchInput
from matcher.domain.agreement import PlacementForm, SlotSetting
from matcher.domain.duties import small_centres
from matcher.domain.legal import is_target_group, latest_end, latest_extension
from matcher.domain.placement import Placement
from matcher.domain.rulebook import RuleBook
from matcher.domain.staff import JobConsultant
from matcher.domain.statute import COMPANY_CENTRE_PLACES, PLACEMENT_LENGTH
from matcher.domain.validation import kept_already
from matcher.language import Text
from matcher.pair import Pair
from matcher.resources import BARRIERS, Barrier, plan_problem
from matcher.rules import rule_version, rules_of
from matcher.scoring import ScoredPairs
from matcher.wording.placing import (
    GONE,
    IN_THE_WAY,
    hours_text,
    set_aside_text,
    small_centre_text,
    too_early_text,
    too_late_text,
    too_long_text,
)
from matcher.wording.rules import failed_texts
from service.db.contact_repositories import Contacts
from service.db.decided_pairs import decided_pairs
from service.db.placing import Surroundings
from service.db.repositories import Agreements, Citizens, Companies, Consultants
from service.db.scoping import whole_municipality
from service.use_cases.rules import rulebook_of

GONE_ID: Final = "gone"
DATES: Final = "dates"
HOURS: Final = "hours_per_week"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A placement that is asked for; what is None follows from citizen, slot and rule book."""

    citizen_id: str
    slot_id: str
    starts_on: date | None = None
    ends_on: date | None = None
    hours_per_week: float | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that stands in the way.

    Attributes
    ----------
    id : of the rule, the barrier or the kind of limit
    text : full sentences
    by : roles that may set it aside for this pair; empty = nobody
    """

    id: str
    text: Text
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a placement would be: its form, dates and hours."""

    form: PlacementForm
    starts_on: date
    ends_on: date
    hours_per_week: float


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in the way of a placement, and its terms; None where the slot is not there."""

    obstacles: tuple[Obstacle, ...]
    terms: Terms | None


def hold(session: Session, municipality: str, citizen_id: str, slot_id: str) -> None:
    """Only the locks of `look`."""
    with whole_municipality(session):
        Surroundings(session, municipality, citizen_id, slot_id)


def look(session: Session, municipality: str, wanted: Wanted, *, on: date, changed: str | None = None) -> Found:
    """What stands in the way of a placement on a day. Locks everything that it shares a limit with.

    `changed`: id of a placement that is agreed already and is to be changed. It takes nothing from itself, and the
    hard rules, which were asked when it was agreed, are not asked again; limits, hours and length are.
    """
    with whole_municipality(session):
        around = Surroundings(session, municipality, wanted.citizen_id, wanted.slot_id)
        if not around.known:
            return Found((Obstacle(GONE_ID, GONE),), None)
        book = rulebook_of(session, municipality)
        placements = tuple(one for one in around.placements() if one.id != changed)
        match_input, consultants = _arrays(session, municipality, around, wanted, on, book)
    pair = Pair(match_input, match_input.citizen_row(wanted.citizen_id), match_input.slot_row(wanted.slot_id))
    terms = _terms(pair, wanted, book)
    obstacles = (
        *((*_rules(pair), *_centre(pair, terms, book)) if changed is None else ()),
        *_limits(pair, placements, consultants),
        *_dates(pair, terms, book, begun=changed is not None),
        *_hours(pair, wanted),
    )
    return Found(obstacles, terms)


def _arrays(
    session: Session, municipality: str, around: Surroundings, wanted: Wanted, on: date, book: RuleBook
) -> tuple[MatchInput, tuple[JobConsultant, ...]]:
    """The arrays of what is around, and the consultants of the agreements. No rule or limit reads a goal."""
    most = wanted.hours_per_week
    with kept_already():
        citizens = [
            replace(one, goals=(), hours_now=min(one.hours_now, most))
            if most is not None and one.id == wanted.citizen_id
            else replace(one, goals=())
            for one in Citizens(session, municipality).among(around.citizens)
        ]
    agreements = Agreements(session, municipality).among(around.agreements)
    contacts = Contacts(session, municipality)
    made = vectorise(
        citizens,
        Companies(session, municipality).among(around.companies),
        agreements,
        on=on,
        rulebook=book,
        contacts=tuple(one for one in contacts.all() if one.company_id in around.companies),
        decided=decided_pairs(session, municipality, wanted.citizen_id),
    )
    return made, Consultants(session, municipality).among(one.consultant_id for one in agreements)


def _rules(pair: Pair) -> Iterator[Obstacle]:
    """Hard rules that the pair does not keep."""
    for rule in rules_of(pair.match_input):
        if rule.lets_through(pair.match_input, pair.numbers.citizen, pair.numbers.slot)[0]:
            continue
        version = rule_version(pair.match_input, rule.id, pair.citizen_row, pair.slot_row)
        override = version.override if version else None
        texts = [*failed_texts(rule.id, pair), *([set_aside_text(version)] if version and override else [])]
        yield Obstacle(rule.id, _together(texts), override.by if override else ())


def _centre(pair: Pair, terms: Terms, book: RuleBook) -> Iterator[Obstacle]:
    """A company centre with too few places, on the first day: no bar to a plan, but a person answers for it."""
    slot = pair.context.slot
    if slot.setting is not SlotSetting.COMPANY_CENTRE:
        return
    agreements = {context.agreement.id: context.agreement for context in pair.match_input.slot_values}
    for one in small_centres(agreements.values(), terms.starts_on, book):
        if one.company_id == slot.company_id:
            version = book.version(COMPANY_CENTRE_PLACES, terms.starts_on)
            texts = [small_centre_text(version, one.places), *([set_aside_text(version)] if version.override else [])]
            yield Obstacle(COMPANY_CENTRE_PLACES, _together(texts), version.override.by if version.override else ())


def _together(texts: list[Text]) -> Text:
    return Text(" ".join(one.danish for one in texts), " ".join(one.english for one in texts))


def _limits(
    pair: Pair, placements: tuple[Placement, ...], consultants: tuple[JobConsultant, ...]
) -> Iterator[Obstacle]:
    """What running and planned placements leave too little of."""
    one_pair = ScoredPairs(pair.numbers.citizen, pair.numbers.slot, np.ones(1), np.zeros(0, np.int32), "")
    night = plan_problem(pair.match_input, one_pair, consultants=consultants, running=placements)
    removed = night.removed
    for barrier, resource in zip(removed.barrier, removed.resource, strict=True):
        found = BARRIERS[barrier]
        if found is Barrier.RESOURCE:
            row = night.resources[resource]
            yield Obstacle(row.kind, row.text)
        else:
            yield Obstacle(found, IN_THE_WAY[found])


def _terms(pair: Pair, wanted: Wanted, book: RuleBook) -> Terms:
    """The terms that are asked for, and where nothing is: as soon, and as long, as rules and place allow."""
    starts_on = wanted.starts_on or pair.starts_on
    closes_on = _closes_on(pair)
    latest = _latest_end(pair, starts_on, book)
    ends_on = latest if closes_on is None else min(latest, closes_on)
    return Terms(pair.context.slot.form, starts_on, wanted.ends_on or max(starts_on, ends_on), pair.hours_per_week)


def _closes_on(pair: Pair) -> date | None:
    """Last day of the place; None where it has none."""
    closes_on = int(pair.match_input.slots.closes_on[pair.slot_row])
    return None if closes_on == OPEN_END else date.fromordinal(closes_on)


def _latest_end(pair: Pair, starts_on: date, book: RuleBook, *, begun: bool = False) -> date:
    """Last day of an ordinary work placement from a day; that day itself where no rule says.

    `begun`: it is agreed already, and may be extended, counted from the day of the decision.
    """
    group = pair.citizen.target_group
    if not is_target_group(group, starts_on) or not book.holds(PLACEMENT_LENGTH, starts_on):
        return starts_on
    if begun:
        return latest_extension(group, starts_on, pair.match_input.on, book)
    return latest_end(group, starts_on, book)


def _dates(pair: Pair, terms: Terms, book: RuleBook, *, begun: bool) -> Iterator[Obstacle]:
    """First and last day; `begun`: the placement is agreed already, and its first day is what it is."""
    closes_on, latest = _closes_on(pair), _latest_end(pair, terms.starts_on, book, begun=begun)
    if terms.starts_on < pair.starts_on and not begun:
        yield Obstacle(DATES, too_early_text(pair.starts_on))
    if closes_on is not None and terms.ends_on > closes_on:
        yield Obstacle(DATES, too_late_text(closes_on))
    if terms.form is PlacementForm.WORK_PLACEMENT and latest < terms.ends_on:
        length = book.between(PLACEMENT_LENGTH, terms.starts_on, terms.starts_on)
        yield from (Obstacle(PLACEMENT_LENGTH, too_long_text(version, latest)) for version in length)


def _hours(pair: Pair, wanted: Wanted) -> Iterator[Obstacle]:
    if wanted.hours_per_week not in {None, pair.hours_per_week}:
        yield Obstacle(HOURS, hours_text(pair.hours_per_week))
