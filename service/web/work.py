"""Work that a page waits for, in threads of this program: how far it has come, and what it came to.

In a small municipality what a page shows is found while it is asked for; in a large one (`takes_long`) a page says that
it is being worked on, and asks again by itself, with and without scripts.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import BoundedSemaphore, Lock, Thread
from typing import Annotated, Any, Final
from weakref import WeakKeyDictionary

import structlog
from fastapi import Depends, Request
from starlette.responses import Response

from service.dependencies import ServicesOf
from service.problems import Problem
from service.use_cases.matching import MatchInputs
from service.web.rendering import page
from service.web.session import SignedIn
from service.web.words import problem_text

MOST_KEPT: Final = 64
"""Pieces of work that are remembered, the latest."""
AT_ONCE: Final = BoundedSemaphore(4)
"""Pieces of work that go on at a time: each holds a connection to the database, and needs another at its end."""
MANY_CITIZENS: Final = 1_500
"""From how many citizens on what is asked of all their pairs takes longer than a page may, about 0.3 s."""
HX_REQUEST: Final = "hx-request"
log = structlog.get_logger("matcher.pages")


def takes_long(citizens: int) -> bool:
    """Whether finding something among all pairs of so many citizens takes longer than a page may."""
    return citizens >= MANY_CITIZENS


@dataclass(slots=True)
class Work:
    """One piece of work.

    Attributes
    ----------
    total, done : steps; what takes longest is a step
    result : what it came to; None until then
    failed : it ended without a result
    problem : why, where it is a business error
    """

    total: int
    done: int = 0
    result: Any = None
    failed: bool = False
    problem: Problem | None = None

    def step(self) -> None:
        """One step more is done."""
        self.done = min(self.done + 1, self.total)

    @property
    def under_way(self) -> bool:
        """Whether it goes on."""
        return self.result is None and not self.failed


@dataclass(eq=False)
class Works:
    """The work of one application, by what it is about. Safe for threads; the same is never done twice at a time."""

    _known: OrderedDict[Hashable, Work] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, key: Hashable) -> Work | None:
        """The latest work about something."""
        with self._lock:
            return self._known.get(key)

    def forget(self, key: Hashable) -> None:
        """Work that has been told of need not be told of again."""
        with self._lock:
            self._known.pop(key, None)

    def awaited(self, key: Hashable, total: int, make: Callable[[Callable[[], None]], Any]) -> Work:
        """Work to tell of: what failed, once; otherwise what is under way, or begins now as with `start`."""
        known = self.of(key)
        if known is not None and known.failed:
            self.forget(key)
            return known
        return self.start(key, total, make)

    def start(self, key: Hashable, total: int, make: Callable[[Callable[[], None]], Any]) -> Work:
        """Start work, unless it is under way; `make` is given what to call after each step, and returns the result."""
        with self._lock:
            known = self._known.get(key)
            if known is not None and known.under_way:
                return known
            work = self._known[key] = Work(total)
            self._known.move_to_end(key)
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        Thread(target=_carry_out, args=(work, make), name="needs", daemon=True).start()
        return work


_WORKS: WeakKeyDictionary[MatchInputs, Works] = WeakKeyDictionary()
"""By application, which has one cache of what lists are made from."""


async def works_of(services: ServicesOf) -> Works:
    """The work of this application."""
    return _WORKS.setdefault(services.match_inputs, Works())


WorksOf = Annotated[Works, Depends(works_of)]


def working_page(request: Request, user: SignedIn, work: Work, section: str) -> Response:
    """That work is under way, or that it failed; for htmx nothing new, the failure, or the whole page."""
    part = HX_REQUEST in request.headers
    if part and not work.failed:
        return Response(status_code=HTTPStatus.NO_CONTENT) if work.under_way else whole_page()
    return page(
        request,
        "_working.html" if part else "working.html",
        user,
        section=section,
        work=work,
        address=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
        failed_text=problem_text(work.problem) if work.problem else "",
    )


def whole_page() -> Response:
    """Tells htmx to load the page anew."""
    return Response(headers={"HX-Refresh": "true"})


def _carry_out(work: Work, make: Callable[[Callable[[], None]], Any]) -> None:
    try:
        with AT_ONCE:
            work.result = make(work.step)
    except Problem as problem:
        work.problem, work.failed = problem, True
        log.warning("work of a page failed", problem=problem.type)
    except Exception:
        work.failed = True
        log.exception("work of a page failed")
