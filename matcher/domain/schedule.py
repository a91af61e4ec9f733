"""Days and times of day, for when a person can work and when a place has work."""

from dataclasses import dataclass
from enum import IntEnum

from matcher.domain.validation import InvalidValueError, check_unique, check_whole

MINUTES_PER_DAY = 24 * 60


class Weekday(IntEnum):
    """Monday is 0, as in ``datetime.date.weekday``."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


WORKING_WEEK = tuple(Weekday)[:5]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Days of the week and one time window that holds on each of them.

    `from_minutes` and `to_minutes` are minutes after midnight; a night window may pass midnight (1320-360 is 22-06).
    """

    days: tuple[Weekday, ...] = WORKING_WEEK
    from_minutes: int = 8 * 60
    to_minutes: int = 16 * 60

    def __post_init__(self) -> None:
        if not self.days:
            raise InvalidValueError("days", "is empty", "name at least one day")
        if any(not isinstance(day, Weekday) for day in self.days):
            raise InvalidValueError("days", "has an unknown day", "use 0 (Monday) to 6 (Sunday)")
        check_unique("days", self.days)
        check_whole("from_minutes", self.from_minutes, 0, MINUTES_PER_DAY - 1, "minutes after midnight")
        check_whole("to_minutes", self.to_minutes, 0, MINUTES_PER_DAY, "minutes after midnight")
        if self.from_minutes == self.to_minutes:
            raise InvalidValueError("to_minutes", "equals from_minutes", "write a window of some length")

    @property
    def window_minutes(self) -> int:
        """Length of the daily window, minutes."""
        return (self.to_minutes - self.from_minutes) % MINUTES_PER_DAY or MINUTES_PER_DAY

    @property
    def most_hours_per_week(self) -> float:
        """The most hours that fit into the days and window."""
        return len(self.days) * self.window_minutes / 60

    def common_hours_per_week(self, other: "Schedule") -> float:
        """Hours a week in which both schedules are open (windows that pass midnight included)."""
        common_days = len(set(self.days) & set(other.days))
        return common_days * _overlap_minutes(self, other) / 60


def _parts(schedule: Schedule) -> list[tuple[int, int]]:
    start, end = schedule.from_minutes, schedule.to_minutes
    return [(start, end)] if start < end else [(start, MINUTES_PER_DAY), (0, end)]


def _overlap_minutes(one: Schedule, other: Schedule) -> int:
    return sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in _parts(one) for b in _parts(other))
