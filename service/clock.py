"""The only clock that plans are made by; everything else is given its day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.settings import Settings

DANISH_TIME = ZoneInfo("Europe/Copenhagen")


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def local_day(settings: Settings) -> date:
    """Today in Denmark, or the day that the settings name."""
    return settings.today or now().astimezone(DANISH_TIME).date()


def day_in_utc(day: date) -> tuple[datetime, datetime]:
    """The moments, UTC, at which a day in Denmark begins and the next one does."""
    first, last = (datetime.combine(one, time(), DANISH_TIME) for one in (day, day + timedelta(days=1)))
    return first.astimezone(UTC), last.astimezone(UTC)
