"""The only clock that plans are made by; everything else is given its day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from service.settings import Settings

DANISH_TIME = ZoneInfo("Europe/Copenhagen")


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def local_day(settings: Settings) -> date:
    """Today in Denmark, or the day that the settings name."""
    return settings.today or now().astimezone(DANISH_TIME).date()
