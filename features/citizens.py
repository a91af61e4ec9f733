"""Citizens as columns: each row follows from its citizen and from the vocabularies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from features.columns import Codebook, flag_table, float_array, int_array, padded
from features.goals import Goals
from features.vocabularies import Vocabularies
from matcher.arrays import PROFILES, UNKNOWN, Codes, Floats
from matcher.domain.citizen import Citizen, CompetenceLevel, JobGoal
from matcher.domain.company import Company
from matcher.domain.conditions import Accommodation
from matcher.domain.schedule import Schedule

HELD_SHARE: Final = {
    CompetenceLevel.WITH_GUIDANCE: 0.5,
    CompetenceLevel.ALONE: 1.0,
    CompetenceLevel.CAN_TEACH: 1.0,
}
"""How well a job function is mastered at each level, share. Assumption."""
NONE: Final = -1
"""Fills up lists of companies."""


@dataclass(frozen=True)
class CitizenBooks:
    """What occurs again and again among citizens, each distinct value with a number."""

    schedules: Codebook[Schedule]
    needs: Codebook[Accommodation]
    goals: Codebook[JobGoal]

    @classmethod
    def of(cls, citizens: Sequence[Citizen]) -> "CitizenBooks":
        """The values of some citizens, in the order of first sight."""
        return cls.holding((), (), ()).taking_in(citizens)

    @classmethod
    def holding(
        cls, schedules: Iterable[Schedule], needs: Iterable[Accommodation], goals: Iterable[JobGoal]
    ) -> "CitizenBooks":
        """Values that are numbered already."""
        return cls(Codebook(schedules), Codebook(needs), Codebook(goals))

    def taking_in(self, citizens: Sequence[Citizen]) -> "CitizenBooks":
        """These books, with the values of more citizens behind those that are there."""
        for citizen in citizens:
            self.schedules.code(citizen.schedule)
            for need in citizen.accommodations:
                self.needs.code(without_note(need))
            for goal in citizen.goals:
                self.goals.code(goal)
        return self

    def goals_of(self, citizens: Sequence[Citizen]) -> Codes:
        """int32 (n, most): the goals of each citizen in order, filled up with the number of all goals."""
        return padded([[self.goals.code(goal) for goal in c.goals] for c in citizens], len(self.goals))


def without_note(need: Accommodation) -> Accommodation:
    """A need without its note: needs that ask the same are one."""
    return Accommodation(need.condition, need.limit, need.strength) if need.note else need


def citizen_columns(
    citizens: Sequence[Citizen], books: Vocabularies, own: CitizenBooks, goals: Goals, on: date
) -> dict[str, Any]:
    """Every column of `CitizenArrays` but the ids and `not_again`, by name; `goals` are those of `own`."""
    codes = [[own.goals.code(goal) for goal in c.goals] for c in citizens]
    toward = np.zeros((len(citizens), len(books.functions) + 1))
    for row, goals_of_citizen in enumerate(codes):
        toward[row, :-1] = goals.toward(goals_of_citizen)
    return {
        "municipality": int_array(books.municipalities.code(c.municipality) for c in citizens),
        "target_group": int_array(books.groups.code(c.target_group) for c in citizens),
        "profile": int_array(PROFILES.index(c.profile) for c in citizens),
        "ready_on": int_array(max(on, c.available_from or on).toordinal() for c in citizens),
        "hours_now": float_array(c.hours_now for c in citizens),
        "hours_target": float_array(c.hours_target for c in citizens),
        "schedule": int_array(own.schedules.code(c.schedule) for c in citizens),
        "longest_travel_minutes": float_array(c.longest_travel_minutes for c in citizens),
        "danish_level": int_array(UNKNOWN if c.danish_level is None else c.danish_level for c in citizens),
        "mentor_hours_per_week": float_array(c.mentor_hours_per_week for c in citizens),
        "goal_confidence": float_array(map(goals.confidence, codes)),
        "held": _held(citizens, books.functions),
        "competences_known": np.array([bool(c.competences) for c in citizens], dtype=np.bool_),
        "toward_goal": toward,
        "needs": padded(
            [[own.needs.code(without_note(need)) for need in c.accommodations] for c in citizens], len(own.needs)
        ),
        "certificates": flag_table([c.certificates for c in citizens], books.certificates),
        "wishes_for": companies_listed([c.wishes_for for c in citizens], books.companies),
        "wishes_against": companies_listed([c.wishes_against for c in citizens], books.companies),
        "former_employers": companies_listed([sorted(c.former_employers) for c in citizens], books.companies),
    }


def companies_listed(lists: Sequence[Sequence[str]], companies: Codebook[str]) -> Codes:
    """int32 (lists, most): the known companies of each list, filled up with NONE."""
    known = companies.index
    return padded([[known[id_] for id_ in ids if id_ in known] if ids else () for ids in lists], NONE)


def not_again(citizens: Sequence[Citizen], companies: Sequence[Company], book: Codebook[str]) -> Codes:
    """int32 (n, most): companies that have asked not to meet each citizen again, filled up with NONE."""
    asked: dict[str, list[str]] = {}
    for company in companies:
        for citizen_id in company.not_again:
            asked.setdefault(citizen_id, []).append(company.id)
    return companies_listed([asked.get(citizen.id, ()) for citizen in citizens], book)


def _held(citizens: Sequence[Citizen], functions: Codebook[str]) -> Floats:
    held = np.zeros((len(citizens), len(functions) + 1))
    for row, citizen in enumerate(citizens):
        for competence in citizen.competences:
            column = functions.code(competence.function)
            held[row, column] = max(held[row, column], HELD_SHARE[competence.level])
    return held
