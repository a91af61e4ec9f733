"""A match input with some citizens changed, added or gone, as `vectorise` would make it from the start.

A row follows from its citizen, from the slots and from the vocabularies, never from another citizen. So the rows of
citizens who are the same value as before are taken over, and only the others are read: 10,000 citizens of whom one has
changed cost little more than the one. Numbers of schedules, needs and goals follow from the order of first sight, which
a change may move: rows and tables are renumbered, so that every array is the one of `vectorise` to the last bit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from itertools import count
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

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


_MADE_OF: WeakKeyDictionary[MatchInput, tuple[tuple[Company, ...], tuple[SlotAgreement, ...]]] = WeakKeyDictionary()
"""The very lists of companies and agreements that a match input was made of."""


class _Source(NamedTuple):
    """Where each citizen's row comes from.

    Attributes
    ----------
    ids : of the citizens
    rows : int32 (n,), counts through the rows before and then through `changed`
    changed : citizens who are another value than before, or new
    replaced : int64 (changed,), their rows, where everybody else stands in the same row as before; None elsewhere
    same_lists : whether companies and agreements are the same objects as before
    """

    ids: tuple[str, ...]
    rows: Codes
    changed: tuple[Citizen, ...]
    replaced: NDArray[np.int64] | None
    same_lists: bool

    @classmethod
    def of(
        cls,
        before: MatchInput,
        citizens: Sequence[Citizen],
        companies: Sequence[Company],
        agreements: Sequence[SlotAgreement],
    ) -> "_Source":
        """Who is the same object as before, and who is not."""
        row_of = dict(zip(map(id, before.citizen_values), count()))
        rows = np.array([row_of.get(known, -1) for known in map(id, citizens)], dtype=np.int32)
        changed = np.flatnonzero(rows < 0)
        in_place = np.arange(len(citizens), dtype=np.int32)
        stays = len(rows) == len(row_of) and bool(np.all((rows == in_place) | (rows < 0)))
        rows[changed] = len(row_of) + np.arange(len(changed), dtype=np.int32)
        made_of = _MADE_OF.get(before)
        return cls(
            tuple(citizen.id for citizen in citizens),
            rows,
            tuple(citizens[row] for row in changed.tolist()),
            changed if stays else None,
            made_of is not None and made_of[0] is companies and made_of[1] is agreements,
        )

    def same_ids(self, before: MatchInput) -> bool:
        """Whether the lists are the same, and everybody has the same id in the same row."""
        return self.same_lists and self.ids == before.citizens.ids

    def same_words(self, before: MatchInput) -> bool:
        """Whether the lists are the same, and those who came use the words that those who went away used."""
        stayed = self.rows[self.rows < len(before.citizen_values)]
        gone = np.setdiff1d(np.arange(len(before.citizen_values)), stayed, assume_unique=True).tolist()
        return self.same_lists and _words(self.changed) == _words(before.citizen_values[row] for row in gone)


def _words(citizens: Iterable[Citizen]) -> set[tuple[str, str]]:
    """What the citizens bring into the vocabularies."""
    found: set[tuple[str, str]] = set()
    for one in citizens:
        found |= {("function", competence.function) for competence in one.competences}
        found |= {("certificate", code) for code in one.certificates}
        found |= {("municipality", one.municipality), ("group", one.target_group)}
    return found


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
    source, goal = _Source.of(before, citizens, companies, agreements), before.goal
    contexts = before.slot_values if source.same_lists else slot_contexts(companies, agreements)
    books = Vocabularies.of(before) if source.same_words(before) else Vocabularies(citizens, companies, contexts)
    declined, rejected = declined_on(contacts, on, rulebook), rejected_on(decided, on, rulebook)
    if (
        isinstance(goal, OccupationGoalFit)
        and isinstance(before.travel, StraightLineTravel)
        and goal.goals.taxonomy is taxonomy
        and (before.on, before.rulebook) == (on, rulebook)
        and len(source.changed) <= MOST_CHANGED * len(citizens)
        and _same_slots(before, contexts)
        and _same_vocabularies(before, books)
    ):
        again = (
            before.citizens.not_again if source.same_ids(before) else not_again(citizens, companies, books.companies)
        )
        travel = before.travel.with_homes_of(travel_between(source.changed, (), postcodes), source.rows)
        found = replace(
            before,
            citizen_values=tuple(citizens),
            travel=travel,
            declined=declined,
            rejected=rejected,
            **_parts(before, goal, source, books, again),
        )
    else:
        found = vectorise(
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
    if isinstance(companies, tuple) and isinstance(agreements, tuple):
        _MADE_OF[found] = companies, agreements
    return found


def _parts(
    before: MatchInput, goal: OccupationGoalFit, source: _Source, books: Vocabularies, again: Codes
) -> dict[str, Any]:
    """What follows from the citizens and their needs, schedules and goals, by its name in the match input."""
    own = _books_of(before, goal).taking_in(source.changed)
    goals = goal.goals.and_more(own.goals.keys[len(goal.goals) :])
    new = citizen_columns(source.changed, books, own, goals, before.on)
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
    return {
        "citizens": CitizenArrays(ids=source.ids, needs=needs, schedule=schedule, not_again=again, **columns),
        "needs": _needs(before, own, need_order),
        "common_hours": _common_hours(before, own, schedule_order),
        "goal": OccupationGoalFit(_goals(goals, goal_order), of_citizen, goal.job),
    }


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
