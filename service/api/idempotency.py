"""Idempotency-Key: a request that is sent again is given the answer that it was given before.

The answer is written in the transaction of what it tells of, so that both are there or neither is. Only answers that
say something was done are kept: a request that was refused may be mended and sent again with its key.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from matcher.domain.validation import check_no_cpr
from service.db.answer_repositories import KeptAnswer, KeptAnswers
from service.db.personal import ReadPurpose
from service.db.session import read_only, unit_of_work
from service.dependencies import Afterwards, AnyCaller, Services, ServicesOf, scope_of, viewer_of
from service.identity.callers import Caller
from service.problems import KeyReused, Problem, SameRequestRunning
from service.use_cases.access_log import Reading, write_down

HEADER: Final = "Idempotency-Key"
LONGEST_KEY: Final = 255
REPLAYED: Final = "Idempotency-Replayed"
_KEPT_HEADERS: Final = ("etag", "location", "content-type")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request with a key, and the SHA-256 of all that it asks."""

    key: str
    digest: str


class _AnsweredBefore(Exception):  # noqa: N818 - no error: the answer is there
    """The request was answered before; `response` is the same answer."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__()


def _look_up(
    request: Request,
    services: ServicesOf,
    caller: AnyCaller,
    after: Afterwards,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias=HEADER,
            max_length=LONGEST_KEY,
            description="any text of at most 255 characters, new for each thing that is to be done; the same request "
            "with the same key is done once and answered alike for 24 hours",
        ),
    ] = None,
) -> None:
    """The last of an endpoint's dependencies: whoever may not do it, or asks too often, is told so first."""
    if not idempotency_key:
        return
    check_no_cpr(HEADER, idempotency_key)
    request.state.asked = asked = _Asked(idempotency_key, _digest(request, caller, request.state.body))
    known = _known(request, services, caller, asked.key)
    if known is not None:
        if known.request_sha256 != asked.digest:
            raise KeyReused("send a new key for a new request")
        reading = Reading()
        reading.about(ReadPurpose.PLACEMENTS, _citizens_in(known.body))
        after.append(lambda: write_down(services.sessions, caller.municipality, viewer_of(request), reading))
        raise _AnsweredBefore(Response(known.body, known.status, {**known.headers, REPLAYED: "true"}))


Once = Annotated[None, Depends(_look_up)]
"""The last parameter of a repeatable endpoint of a `RepeatableRoute`."""
REPEATED: Final[tuple[type[Problem], ...]] = (KeyReused, SameRequestRunning)
"""For `declares` of such an endpoint."""


class RepeatableRoute(APIRoute):
    """A route whose repeatable endpoints keep their answers for requests with an Idempotency-Key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the writing down after it."""
        handle = super().get_route_handler()

        async def repeatable(request: Request) -> Response:
            if not request.headers.get(HEADER):
                return await handle(request)
            request.state.body = await request.body()
            try:
                response = await handle(request)
            except _AnsweredBefore as before:
                return before.response
            asked: _Asked | None = getattr(request.state, "asked", None)
            if asked is not None and response.status_code < 300 and isinstance(response.body, bytes):
                await run_in_threadpool(_keep, request, asked, response)
            return response

        return repeatable


def _citizens_in(body: str) -> list[str]:
    """The citizen whom an answer is about, if it is about one."""
    shown = json.loads(body)
    return [shown["citizen_id"]] if isinstance(shown, dict) and "citizen_id" in shown else []


def _digest(request: Request, caller: Caller, body: bytes) -> str:
    """Of what is asked, and of what the caller may: whoever may no longer do the same is not given the same answer."""
    may = (caller.issued, sorted(caller.roles), sorted(caller.rights), _listed(caller.teams))
    who = json.dumps([*may, _listed(caller.target_groups)])
    parts = (request.method, request.url.path, request.url.query, who)
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + body).hexdigest()


def _listed(limit: frozenset[str] | None) -> list[str] | None:
    return None if limit is None else sorted(limit)


def _known(request: Request, services: Services, caller: Caller, key: str) -> KeptAnswer | None:
    """The answer to a key, seen from the request's own transaction where it has one."""
    session: Session | None = getattr(request.state, "session", None)
    if session is not None:
        return KeptAnswers(session, caller.municipality).get(caller.id, key)
    with read_only(services.sessions) as own:
        return KeptAnswers(own, caller.municipality).get(caller.id, key)


def _keep(request: Request, asked: _Asked, response: Response) -> None:
    """Write the answer in the request's own transaction; in one of its own where the endpoint has ended its."""
    viewer, municipality = viewer_of(request), scope_of(request).municipality
    kept = KeptAnswer(
        viewer.id,
        asked.key,
        asked.digest,
        response.status_code,
        {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
        bytes(response.body).decode(),
    )
    session: Session | None = getattr(request.state, "session", None)
    services: Services = request.app.state.services
    try:
        if session is None:
            with unit_of_work(services.sessions) as own:
                KeptAnswers(own, municipality).add(kept)
        else:
            KeptAnswers(session, municipality).add(kept)
    except IntegrityError:
        raise SameRequestRunning("send it again in a moment; it is then given the same answer") from None
