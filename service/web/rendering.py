"""Templates and what they may use: dates, numbers and waiting times in the page's language. Text is always escaped."""

from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from fastapi import Request
from fastapi.templating import Jinja2Templates
from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from starlette.responses import HTMLResponse

from matcher import english, wording
from matcher.wording.rules import target_group_text
from matcher.wording.sources import source_text
from service.clock import DANISH_TIME
from service.web.menu import menu_of
from service.web.session import SignedIn
from service.web.translation import current_language, either, gettext, ngettext, spoken

STATIC: Final = Path(__file__).parent / "static"


def _waiting_danish(since: date, today: date) -> str:
    days = max(0, (today - since).days)
    if days < 14:
        return wording.counted(days, "dag", "dage")
    if days < 91:
        return wording.counted(days // 7, "uge", "uger")
    months = days * 12 // 365
    if months < 24:
        return wording.counted(months, "måned", "måneder")
    years, rest = divmod(months, 12)
    return f"{years} år" + (f" og {wording.counted(rest, 'måned', 'måneder')}" if rest else "")


def _waiting_english(since: date, today: date) -> str:
    days = max(0, (today - since).days)
    if days < 14:
        return english.counted(days, "day", "days")
    if days < 91:
        return english.counted(days // 7, "week", "weeks")
    months = days * 12 // 365
    if months < 24:
        return english.counted(months, "month", "months")
    years, rest = divmod(months, 12)
    return f"{years} years" + (f" and {english.counted(rest, 'month', 'months')}" if rest else "")


waiting = either(_waiting_danish, _waiting_english)
"""How long somebody has waited: 5 dage, 3 uger, 7 måneder, 2 år og 1 måned."""
day = either(wording.day, english.day)


def moment(at: datetime) -> str:
    """1. oktober 2026 kl. 02.15, Danish time."""
    local = at.astimezone(DANISH_TIME)
    return either(lambda: f"{day(local.date())} kl. {local:%H.%M}", lambda: f"{day(local.date())} at {local:%H:%M}")()


def decimal(value: float, decimals: int = 2) -> str:
    """0,42 or 0.42."""
    text = f"{value:.{decimals}f}"
    return either(lambda: text.replace(".", ","), lambda: text)()


def count(value: int) -> str:
    """23.278 or 23,278."""
    return either(lambda: f"{value:,}".replace(",", "."), lambda: f"{value:,}")()


def percent(share: float, decimals: int = 0) -> str:
    """78 %, or with one decimal 0,4 %; in English 78% and 0.4%."""
    written = decimal(100 * share, decimals)
    return either(lambda: f"{written}\N{NO-BREAK SPACE}%", lambda: f"{written}%")()


def group_name(code: str, on: date) -> str:
    """What a target group is called on a day."""
    return spoken(target_group_text(code, on))


def first_capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


@lru_cache
def static(path: str) -> str:
    """The address of a served file, another one whenever its content is another: browsers may keep it for good."""
    return f"/static/{path}?v={sha256((STATIC / path).read_bytes()).hexdigest()[:12]}"


def own_address(address: str) -> str:
    """An address of these pages; the first page in place of anything else."""
    plain = unquote(address)
    own = plain.isprintable() and plain.startswith("/") and not plain.startswith(("//", "/\\"))
    return address if own else "/"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=ChainableUndefined,  # the design system's macros ask for what they were not given
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # i18n adds it
    made.filters |= {
        "capfirst": first_capital,
        "day": day,
        "moment": moment,
        "count": count,
        "decimal": decimal,
        "percent": percent,
        "weekly": either(wording.hours_per_week, english.hours_per_week),
        "hours": either(wording.hours, english.hours),
        "plain": either(wording.number, english.number),
        "amount": lambda value: either(wording.number, english.number)(value, 2),
        "minutes": either(wording.minutes, english.minutes),
        "times": either(wording.times, english.times),
        "label": either(wording.label, english.label),
        "spoken": spoken,
        "source": lambda source: spoken(source_text(source)),
    }
    made.globals |= {
        "static": static,
        "language": current_language,
        "counted": either(wording.counted, english.counted),
        "waiting": waiting,
        "group_name": group_name,
    }
    return made


templates = Jinja2Templates(env=_environment())


def page(
    request: Request, template: str, user: SignedIn | None = None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page, or a part of one that htmx puts in place; `user` shows the menu and signs its forms.

    Of the values a page may give, the frame reads `section` (an entry of the menu that the page belongs to).
    """
    context = {
        "user": user.caller if user else None,
        "csrf": user.csrf if user else "",
        "menu": menu_of(user.caller) if user else (),
        "here": own_address(request.url.path),
        "answered": status,
        **values,
    }
    return templates.TemplateResponse(request, template, context, status)
