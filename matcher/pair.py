"""One citizen and one slot, with what texts about them read; several of them, with the numbers of all at once."""

import math
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from matcher.arrays import MODES, Codes, Floats, MatchInput, SlotContext
from matcher.domain.catalogue import CERTIFICATES, JOB_FUNCTIONS, OCCUPATIONS
from matcher.domain.citizen import Citizen, JobGoal
from matcher.domain.geography import TravelMode
from matcher.domain.rulebook import RuleVersion
from matcher.language import Text


@dataclass(frozen=True, eq=False)
class Pairs:
    """The pairs (citizen[e], slot[e]) of a match input, int32 (E,); a number is computed for all of them at once."""

    match_input: MatchInput
    citizen: Codes
    slot: Codes

    def pair(self, e: int) -> "Pair":
        """One of them."""
        return Pair(self.match_input, int(self.citizen[e]), int(self.slot[e]), self, e)

    @cached_property
    def start_day(self) -> Codes:
        """int32 (E,), first day that each placement can start, an ordinal."""
        return self.match_input.start_day(self.citizen, self.slot)

    @cached_property
    def weekly_hours(self) -> Floats:
        """float64 (E,), hours a week that each placement can start with."""
        return self.match_input.weekly_hours(self.citizen, self.slot)

    @cached_property
    def shared_hours(self) -> Floats:
        """float64 (E,), hours a week in which citizen and slot both have time."""
        return self.match_input.shared_hours(self.citizen, self.slot)

    @cached_property
    def travel_minutes(self) -> Floats:
        """float64 (E,), minutes one way by the fastest of the citizen's modes; NaN: a position is not known."""
        return self.match_input.travel.minutes(self.citizen, self.slot)

    @cached_property
    def travel_mode(self) -> Codes:
        """int32 (E,), index into MODES of the fastest mode; -1: a position is not known."""
        return self.match_input.travel.best_mode(self.citizen, self.slot)

    @cached_property
    def best_goal(self) -> Codes:
        """int32 (E,), which of the citizen's goals fits the slot best; -1: none that can be read."""
        return self.match_input.goal.best_goal(self.citizen, self.slot)


@dataclass(frozen=True)
class Pair:
    """A citizen row and a slot row of a match input; `among` and `at`: the pairs that its numbers are computed with."""

    match_input: MatchInput
    citizen_row: int
    slot_row: int
    among: Pairs | None = field(default=None, repr=False, compare=False)
    at: int = field(default=0, repr=False, compare=False)

    @property
    def citizen(self) -> Citizen:
        """The citizen."""
        return self.match_input.citizen_values[self.citizen_row]

    @property
    def context(self) -> SlotContext:
        """The slot with its agreement, company and worksite."""
        return self.match_input.slot_values[self.slot_row]

    @cached_property
    def numbers(self) -> Pairs:
        """The pairs that it is one of, or itself alone."""
        if self.among is not None:
            return self.among
        rows = np.array([[self.citizen_row], [self.slot_row]], dtype=np.int32)
        return Pairs(self.match_input, rows[0], rows[1])

    @cached_property
    def starts_on(self) -> date:
        """First day that a placement can start."""
        return date.fromordinal(int(self.numbers.start_day[self.at]))

    @cached_property
    def hours_per_week(self) -> float:
        """Hours a week that a placement can start with."""
        return float(self.numbers.weekly_hours[self.at])

    @cached_property
    def shared_hours(self) -> float:
        """Hours a week in which citizen and slot both have time."""
        return float(self.numbers.shared_hours[self.at])

    @cached_property
    def travel_minutes(self) -> float | None:
        """Minutes one way by the fastest of the citizen's modes; None where a position is not known."""
        found = float(self.numbers.travel_minutes[self.at])
        return None if math.isnan(found) else found

    @cached_property
    def travel_mode(self) -> TravelMode | None:
        """The fastest of the citizen's modes; None where a position is not known."""
        mode = int(self.numbers.travel_mode[self.at])
        return None if mode < 0 else MODES[mode]

    @cached_property
    def goal(self) -> JobGoal | None:
        """The goal that fits the slot best; None where there is none that can be read."""
        index = int(self.numbers.best_goal[self.at])
        return None if index < 0 else self.citizen.goals[index]

    def version(self, rule_id: str) -> RuleVersion | None:
        """The version of a rule that holds on the first day of the placement; None where none does."""
        periods = self.match_input.rulebook.periods(rule_id)
        return next((one for one in periods if one.valid_on(self.starts_on)), None)

    @property
    def function_name(self) -> Text:
        """Name of the slot's job function."""
        return function_name(self.context.slot.function)


def heading(context: SlotContext) -> str:
    """``Opvask og anretning – Testkøkkenet, Skjern``: names that are data, the same in every language."""
    return f"{context.slot.title} – {context.worksite.name}"


@lru_cache(maxsize=1024)
def function_name(code: str) -> Text:
    """Name of a job function; a code that the catalogue does not have is not shown."""
    if code not in JOB_FUNCTIONS:
        return Text("en anden jobfunktion", "another job function")
    return Text(JOB_FUNCTIONS[code].danish, JOB_FUNCTIONS[code].english)


def certificate_name(code: str) -> Text:
    """Name of a certificate; a code that the catalogue does not have is not shown."""
    if code not in CERTIFICATES:
        return Text("et andet certifikat", "another certificate")
    return Text(CERTIFICATES[code].danish, CERTIFICATES[code].english)


def goal_name(goal: JobGoal) -> Text:
    """The goal as a noun phrase: ``målet om at blive opvasker``, or the citizen's own words, which are data."""
    title = goal_title(goal)
    if goal.occupation is not None and goal.occupation in OCCUPATIONS:
        return Text(f"målet om at blive {title.danish}", f"the job goal “{title.english}”")
    if not goal.text.strip():
        return Text("jobmålet", "the job goal")
    return Text(f"jobmålet {title.danish}", f"the job goal {title.english}")


def goal_title(goal: JobGoal) -> Text:
    """The goal to stand after "Jobmål:": ``opvasker``, or the citizen's own words, which are data."""
    if goal.occupation is not None and goal.occupation in OCCUPATIONS:
        name, _, _ = OCCUPATIONS[goal.occupation].danish.partition(" - ")
        return Text(name, OCCUPATIONS[goal.occupation].english)
    words = goal.text.strip()
    return Text(f"»{words}«", f"“{words}”") if words else Text("uden ord", "without words")
