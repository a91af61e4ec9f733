"""Changed citizens and slots as arrays, beside everything of a match input that a change leaves as it is.

`vectorise` reads goals and vocabularies of a whole municipality; a change of an agreement or of a citizen's hours
touches none of them. So a question such as "what if this place began with 6 hours?" is answered for hundreds of
changes in milliseconds, with the numbers that a new `vectorise` would give.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import product
from typing import Any

import numpy as np

from features.citizens import companies_listed, without_note
from features.columns import Codebook, flag_table, float_array, int_array, padded
from features.postcodes import Postcodes
from features.vectorise import common_hours, need_table, slot_arrays, travel_between
from features.vocabularies import Vocabularies
from matcher.arrays import UNKNOWN, CitizenArrays, Codes, Floats, GoalFit, MatchInput, SlotContext
from matcher.domain.citizen import Citizen
from matcher.domain.decided import DecidedPair


class _GoalFitOfRows:
    """The goal fit of a match input, for some of its rows and columns."""

    def __init__(self, goal: GoalFit, rows: Codes, cols: Codes) -> None:
        self._goal, self._rows, self._cols = goal, rows, cols

    def fit(self, rows: Codes, cols: Codes) -> Floats:
        """See `GoalFit`."""
        return self._goal.fit(self._rows[rows], self._cols[cols])

    def best_goal(self, rows: Codes, cols: Codes) -> Codes:
        """See `GoalFit`."""
        return self._goal.best_goal(self._rows[rows], self._cols[cols])


def vary(
    match_input: MatchInput,
    citizens: Sequence[tuple[int, Citizen]],
    contexts: Sequence[tuple[int, SlotContext]],
) -> MatchInput:
    """The given citizens and slots as a match input of their own.

    Parameters
    ----------
    citizens, contexts : the row that each is a change of, and its value after the change. A row may occur often; goals,
        competences, wishes, needs and target group are those of the row. A slot's function, title and tasks are too.

    The ids are numbers, since those of the rows would not be unique. A change undoes nothing that a person has said:
    the variants of a rejected pair are rejected.
    """
    rows, cols = (np.array([row for row, _ in given], dtype=np.int32) for given in (citizens, contexts))
    people, places = [citizen for _, citizen in citizens], [context for _, context in contexts]
    books = Vocabularies.of(match_input)
    slot_schedules = Codebook(context.slot.schedule for context in places)
    citizen_schedules = Codebook(citizen.schedule for citizen in people)
    needs = Codebook(without_note(need) for citizen in people for need in citizen.accommodations)
    slots = slot_arrays(places, books, slot_schedules, match_input.on, match_input.rulebook)
    people = [replace(citizen, id=f"v{k}") for k, citizen in enumerate(people)]
    places = [replace(context, slot=replace(context.slot, id=f"v{k}")) for k, context in enumerate(places)]
    changed: dict[str, Any] = {
        "ids": tuple(citizen.id for citizen in people),
        "hours_now": float_array(citizen.hours_now for citizen in people),
        "schedule": int_array(citizen_schedules.code(citizen.schedule) for citizen in people),
        "longest_travel_minutes": float_array(citizen.longest_travel_minutes for citizen in people),
        "danish_level": int_array(UNKNOWN if one.danish_level is None else one.danish_level for one in people),
        "needs": padded(
            [[needs.code(without_note(need)) for need in one.accommodations] for one in people], len(needs)
        ),
        "certificates": flag_table([citizen.certificates for citizen in people], books.certificates),
        "former_employers": companies_listed([sorted(one.former_employers) for one in people], books.companies),
    }
    return replace(
        match_input,
        citizens=replace(_rows_of(match_input.citizens, rows), **changed),
        slots=replace(slots, ids=tuple(context.slot.id for context in places)),
        citizen_values=tuple(people),
        slot_values=tuple(places),
        needs=need_table(needs.keys, [context.slot for context in places]),
        common_hours=common_hours(citizen_schedules.keys, slot_schedules.keys),
        goal=_GoalFitOfRows(match_input.goal, rows, cols),
        travel=travel_between(people, places, Postcodes.builtin()),
        rejected=_rejected(match_input, rows, cols),
    )


def _rejected(match_input: MatchInput, rows: Codes, cols: Codes) -> Mapping[tuple[str, str], DecidedPair]:
    """The rejected pairs of a match input, of some of its rows and columns."""
    if not match_input.rejected:
        return {}
    people = _places_of(match_input.citizens.ids[row] for row in rows.tolist())
    slots = _places_of(match_input.slots.ids[col] for col in cols.tolist())
    return {
        (f"v{k}", f"v{j}"): found
        for (citizen, slot), found in match_input.rejected.items()
        for k, j in product(people.get(citizen, ()), slots.get(slot, ()))
    }


def _places_of(ids: Iterable[str]) -> Mapping[str, list[int]]:
    """Where each id stands."""
    found = defaultdict(list)
    for k, id_ in enumerate(ids):
        found[id_].append(k)
    return found


def _rows_of(citizens: CitizenArrays, rows: Codes) -> CitizenArrays:
    taken: dict[str, Any] = {
        field.name: getattr(citizens, field.name)[rows] for field in fields(citizens) if field.name != "ids"
    }
    return replace(citizens, ids=tuple(f"v{k}" for k in range(len(rows))), **taken)
