"""The reader's language on the pages: Danish as it is written, English from the catalogues in `locale/en`.

Danish is the source: every text stands in Danish where it is used, and is looked up whole. `make messages` finds what
the catalogues lack; a test says so too.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from http.cookies import SimpleCookie
from io import BytesIO
from pathlib import Path
from typing import Final, ParamSpec

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from matcher.language import Language, Text

COOKIE: Final = "sprog"
LOCALE: Final = Path(__file__).parent / "locale"
P = ParamSpec("P")
_CURRENT: Final[ContextVar[Language]] = ContextVar("language of the page", default=Language.DANISH)


@lru_cache
def english() -> Translations:
    """The English catalogues as one; each is a part of the pages."""
    merged = Translations()
    for path in sorted((LOCALE / "en" / "LC_MESSAGES").glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as written:
            write_mo(compiled, read_po(written, locale="en"))
        compiled.seek(0)
        merged.merge(Translations(compiled))
    return merged


def current_language() -> Language:
    """The language of the page that is being made."""
    return _CURRENT.get()


def gettext(message: str) -> str:
    """A text in the page's language."""
    return message if current_language() is Language.DANISH else str(english().gettext(message))


def ngettext(singular: str, plural: str, count: int) -> str:
    """A text that goes with a count."""
    if current_language() is Language.DANISH:
        return singular if count == 1 else plural
    return str(english().ngettext(singular, plural, count))


_ = gettext


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """A text that is looked up later, where it is shown."""
    return message


def spoken(text: Text) -> str:
    """A text that is written in both languages."""
    return text.in_(current_language())


def either(danish: Callable[P, str], english: Callable[P, str]) -> Callable[P, str]:
    """Two functions that write the same in two languages, as one that writes in the page's."""

    def write(*values: P.args, **named: P.kwargs) -> str:
        return (danish if current_language() is Language.DANISH else english)(*values, **named)

    return write


class PageLanguage:
    """ASGI middleware: what is made during a request is in the language that its cookie asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
        chosen = cookies[COOKIE].value if COOKIE in cookies else ""
        before = _CURRENT.set(Language.ENGLISH if chosen == Language.ENGLISH else Language.DANISH)
        try:
            await self.app(scope, receive, send)
        finally:
            _CURRENT.reset(before)
