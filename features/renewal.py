"""A match input with some citizens changed, added or gone, as `vectorise` would make it from the start.

A row follows from its citizen, from the slots and from the vocabularies, never from another citizen. So the rows of
citizens who are the same value as before are taken over, and only the others are read: 10,000 citizens of whom one has
changed cost little more than the one. Numbers of schedules, needs and goals follow from the order of first sight, which
a change may move: rows and tables are renumbered, so that every array is the one of `vectorise` to the last bit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.citizens import NONE, CitizenBooks, citizen_columns, not_again
from features.goals import Goals, OccupationGoalFit
from features.postcodes import Postcodes
from features.taxonomy import Taxonomy
from features.travel import StraightLineTravel
from features.vectorise import common_hours, need_table, slot_contexts, travel_between, vectorise
from features.vocabularies import Vocabularies
from matcher.answers import declined_on
from matcher.arrays import CitizenArrays, Codes, Floats, MatchInput, NeedTable, SlotContext
from matcher.decided import rejected_on
from matcher.domain.agreement import SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.domain.contact import Contact
from matcher.domain.decided import DecidedPair
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import STATUTE

MOST_CHANGED: Final = 0.5
"""Share of the citizens above which nothing is gained by taking rows over."""
_COMPANY_LISTS: Final = ("wishes_for", "wishes_against", "former_employers")


class _Source(NamedTuple):
    """Where each citizen's row comes from.

    Attributes
    ----------
    rows : int32 (n,), counts through the rows before and then through `changed`
    changed : citizens who are another value than before, or new
    replaced : int64 (changed,), their rows, where everybody else stands in the same row as before; None elsewhere
    """

    rows: Codes
    changed: tuple[Citizen, ...]
    replaced: NDArray[np.int64] | None

    @classmethod
    def of(cls, before: MatchInput, citizens: Sequence[Citizen]) -> "_Source":
        """Who is the same object as before, and who is not."""
        row_of = {id(citizen): row for row, citizen in enumerate(before.citizen_values)}
        rows = np.fromiter((row_of.get(id(citizen), -1) for citizen in citizens), dtype=np.int32, count=len(citizens))
        changed = np.flatnonzero(rows < 0)
        in_place = np.arange(len(citizens), dtype=np.int32)
        stays = len(rows) == len(row_of) and bool(np.all((rows == in_place) | (rows < 0)))
        rows[changed] = len(row_of) + np.arange(len(changed), dtype=np.int32)
        return cls(rows, tuple(citizens[row] for row in changed.tolist()), changed if stays else None)


def renewed(
    before: MatchInput,
    citizens: Sequence[Citizen],
    companies: Sequence[Company],
    agreements: Sequence[SlotAgreement],
    *,
    on: date,
    taxonomy: Taxonomy | None = None,
    postcodes: Postcodes | None = None,
    rulebook: RuleBook = STATUTE,
    contacts: Iterable[Contact] = (),
    decided: Iterable[DecidedPair] = (),
) -> MatchInput:
    """The match input of `vectorise`, which says what the parameters are; `before` is an earlier one.

    What is taken over is known by being the same object as before. Where slots, rules, day or vocabularies are others,
    everything is read anew. ValueError as in `vectorise`.
    """
    taxonomy, postcodes = taxonomy or Taxonomy.builtin(), postcodes or Postcodes.builtin()
    contexts = slot_contexts(companies, agreements)
    source = _Source.of(before, citizens)
    books = Vocabularies(citizens, companies, contexts)
    goal, travel = before.goal, before.travel
    if (
        not isinstance(goal, OccupationGoalFit)
        or not isinstance(travel, StraightLineTravel)
        or goal.goals.taxonomy is not taxonomy
        or (before.on, before.rulebook) != (on, rulebook)
        or len(source.changed) > MOST_CHANGED * len(citizens)
        or not _same_slots(before, contexts)
        or not _same_vocabularies(before, books)
    ):
        return vectorise(
            citizens,
            companies,
            agreements,
            on=on,
            taxonomy=taxonomy,
            postcodes=postcodes,
            rulebook=rulebook,
            contacts=contacts,
            decided=decided,
        )
    own = _books_of(before, goal).taking_in(source.changed)
    goals = goal.goals.and_more(own.goals.keys[len(goal.goals) :])
    new = citizen_columns(source.changed, books, own, goals, on)
    needs, need_order = _renumbered(
        _taken(
            _repadded(before.citizens.needs, len(before.needs.needs), len(own.needs)),
            new["needs"],
            source,
            len(own.needs),
        ),
        len(own.needs),
    )
    schedule, schedule_order = _renumbered(
        _stacked(before.citizens.schedule, new["schedule"], source), len(own.schedules)
    )
    of_citizen, goal_order = _renumbered(
        _taken(
            _repadded(goal.of_citizen, len(goal.goals), len(goals)), own.goals_of(source.changed), source, len(goals)
        ),
        len(goals),
    )
    columns = {
        field.name: _stacked(getattr(before.citizens, field.name), new[field.name], source)
        for field in fields(CitizenArrays)
        if field.name in new and field.name not in ("needs", "schedule", *_COMPANY_LISTS)
    }
    columns |= {
        name: _narrowed(_taken(getattr(before.citizens, name), new[name], source, NONE), NONE)
        for name in _COMPANY_LISTS
    }
    return replace(
        before,
        citizens=CitizenArrays(
            ids=tuple(citizen.id for citizen in citizens),
            needs=needs,
            schedule=schedule,
            not_again=not_again(citizens, companies, books.companies),
            **columns,
        ),
        citizen_values=tuple(citizens),
        needs=_needs(before, own, need_order),
        common_hours=_common_hours(before, own, schedule_order),
        goal=OccupationGoalFit(_goals(goals, goal_order), of_citizen, goal.job),
        travel=travel.with_homes_of(travel_between(source.changed, (), postcodes), source.rows),
        declined=declined_on(contacts, on, rulebook),
        rejected=rejected_on(decided, on, rulebook),
    )


def _same_slots(before: MatchInput, contexts: Sequence[SlotContext]) -> bool:
    return len(before.slot_values) == len(contexts) and all(
        one.slot is other.slot
        and one.agreement is other.agreement
        and one.company is other.company
        and one.worksite is other.worksite
        for one, other in zip(before.slot_values, contexts, strict=True)
    )


def _same_vocabularies(before: MatchInput, books: Vocabularies) -> bool:
    return (
        books.functions.keys == before.functions
        and books.certificates.keys == before.certificates
        and books.groups.keys == before.target_groups
        and books.municipalities.keys == before.municipalities
        and books.companies.keys == before.companies
    )


def _books_of(before: MatchInput, goal: OccupationGoalFit) -> CitizenBooks:
    """What the citizens of a match input have in common, by the numbers that it gives them."""
    _, first = np.unique(before.citizens.schedule, return_index=True)
    return CitizenBooks.holding(
        [before.citizen_values[row].schedule for row in first.tolist()], before.needs.needs, goal.goals.keys
    )


def _stacked(old: Any, new: Any, source: _Source) -> Any:
    """Rows of both, in the order of the citizens."""
    if source.replaced is None:
        return np.concatenate((old, new))[source.rows]
    stacked = old.copy()
    stacked[source.replaced] = new
    return stacked


def _taken(old: Codes, new: Codes, source: _Source, pad: int) -> Codes:
    """Rows of lists of different width, as `_stacked`."""
    width = max(old.shape[1], new.shape[1])
    old, new = (np.pad(codes, ((0, 0), (0, width - codes.shape[1])), constant_values=pad) for codes in (old, new))
    taken: Codes = _stacked(old, new, source)
    return taken


def _repadded(codes: Codes, pad: int, new_pad: int) -> Codes:
    repadded: Codes = np.where(codes == pad, np.int32(new_pad), codes)
    return repadded


def _narrowed(codes: Codes, pad: int) -> Codes:
    """Lists without the columns that only fill them up."""
    filled = np.flatnonzero((codes != pad).any(axis=0))
    return codes[:, : int(filled[-1]) + 1 if len(filled) else 0]


def _renumbered(codes: Codes, count: int) -> tuple[Codes, Codes]:
    """Codes numbered in the order of first sight, row by row, and the old code of each number.

    `count`: how many codes there are; the lists are filled up with it, and in the answer with how many are used.
    """
    flat = codes[codes != count]
    used, first = np.unique(flat, return_index=True)
    order = used[np.argsort(first)].astype(np.int32)
    number = np.full(count + 1, len(order), dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    new = number[codes]
    return (_narrowed(new, len(order)) if new.ndim > 1 else new), order


def _as_it_was(order: Codes, count: int) -> bool:
    return len(order) == count and bool(np.all(order == np.arange(count)))


def _needs(before: MatchInput, own: CitizenBooks, order: Codes) -> NeedTable:
    known = len(before.needs.needs)
    if _as_it_was(order, known):
        return before.needs
    keys = own.needs.keys
    more = need_table(keys[known:], [context.slot for context in before.slot_values])
    rows = np.append(order, len(keys))  # the last row of both tables stands for no need
    return NeedTable(
        needs=tuple(keys[k] for k in order),
        state=np.concatenate((before.needs.state[:-1], more.state))[rows],
        comfort=np.concatenate((before.needs.comfort[:-1], more.comfort))[rows],
    )


def _common_hours(before: MatchInput, own: CitizenBooks, order: Codes) -> Floats:
    known, n_slot_schedules = before.common_hours.shape
    if _as_it_was(order, known):
        return before.common_hours
    _, first = np.unique(before.slots.schedule, return_index=True)
    of_slots = [before.slot_values[row].slot.schedule for row in first.tolist()]
    more = common_hours(own.schedules.keys[known:], of_slots)
    hours: Floats = np.concatenate((before.common_hours, more.reshape(-1, n_slot_schedules)))[order]
    return hours


def _goals(goals: Goals, order: Codes) -> Goals:
    return goals if _as_it_was(order, len(goals)) else goals.only(order)
