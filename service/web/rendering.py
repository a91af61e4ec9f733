"""Templates and what they may use: Danish dates, numbers and waiting times. Text is always escaped."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from starlette.responses import HTMLResponse

from matcher.wording import counted, day, hours, hours_per_week
from matcher.wording.rules import group_name
from service.clock import DANISH_TIME
from service.terminal import decimal, percent
from service.web.session import SignedIn


def waiting(since: date, today: date) -> str:
    """How long somebody has waited: 5 dage, 3 uger, 7 måneder, 2 år og 1 måned."""
    days = max(0, (today - since).days)
    if days < 14:
        return counted(days, "dag", "dage")
    if days < 91:
        return counted(days // 7, "uge", "uger")
    months = days * 12 // 365
    if months < 24:
        return counted(months, "måned", "måneder")
    years, rest = divmod(months, 12)
    return f"{years} år" + (f" og {counted(rest, 'måned', 'måneder')}" if rest else "")


def moment(at: datetime) -> str:
    """1. oktober 2026 kl. 02.15, Danish time."""
    local = at.astimezone(DANISH_TIME)
    return f"{day(local.date())} kl. {local:%H.%M}"


templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


def first_capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


templates.env.filters |= {
    "capfirst": first_capital,
    "day": day,
    "moment": moment,
    "decimal": decimal,
    "percent": percent,
    "weekly": hours_per_week,
    "hours": hours,
}
templates.env.globals |= {"counted": counted, "waiting": waiting, "group_name": group_name}
templates.env.trim_blocks = templates.env.lstrip_blocks = True


def page(
    request: Request, template: str, user: SignedIn | None = None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page; `user` shows the menu and signs its forms."""
    context = {"user": user.caller if user else None, "csrf": user.csrf if user else "", **values}
    return templates.TemplateResponse(request, template, context, status)
