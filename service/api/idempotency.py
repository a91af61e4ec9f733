"""Idempotency-Key: a request that is sent again is given the answer that it was given before.

The answer is written in the transaction of what it tells of, so that both are there or neither is. Only answers that
say something was done are kept: a request that was refused may be mended and sent again with its key.
"""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from service.db.answer_repositories import KeptAnswer, KeptAnswers
from service.db.session import read_only, unit_of_work
from service.dependencies import Services
from service.identity.callers import Caller, caller_of_token
from service.problems import FieldError, InvalidInput, KeyReused, Problem, SameRequestRunning

HEADER: Final = "Idempotency-Key"
LONGEST_KEY: Final = 255
REPLAYED: Final = "Idempotency-Replayed"
_KEPT_HEADERS: Final = ("etag", "location", "content-type")


def _documented(
    idempotency_key: Annotated[
        str | None,
        Header(
            alias=HEADER,
            max_length=LONGEST_KEY,
            description="any text of at most 255 characters, new for each thing that is to be done; the same request "
            "with the same key is done once and answered alike for 24 hours",
        ),
    ] = None,
) -> str | None:
    return idempotency_key


REPEATABLE: Final = Depends(_documented)
"""For `dependencies=` of an endpoint of a `RepeatableRoute`."""
REPEATED: Final[tuple[type[Problem], ...]] = (KeyReused, SameRequestRunning)
"""For `declares` of such an endpoint."""


class RepeatableRoute(APIRoute):
    """A route whose POST endpoints keep their answers for requests with an Idempotency-Key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the look-up before it and the writing down after it."""
        handle = super().get_route_handler()

        async def repeatable(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if request.method != "POST" or not key:
                return await handle(request)
            if len(key) > LONGEST_KEY:
                raise InvalidInput(errors=[FieldError(HEADER, "is too long", "at most 255 characters")])
            services: Services = request.app.state.services
            caller = await run_in_threadpool(_caller, request, services)
            if caller is None:
                return await handle(request)
            digest = _digest(request, await request.body())
            known = await run_in_threadpool(_known, services, caller, key)
            if known is not None:
                return _again(known, digest)
            response = await handle(request)
            if response.status_code < 300 and isinstance(response.body, bytes):
                await run_in_threadpool(_keep, request, services, caller, key, digest, response)
            return response

        return repeatable


def _caller(request: Request, services: Services) -> Caller | None:
    """Who asks; None where nobody is known, which the endpoint itself answers."""
    scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
    if scheme.lower() != "bearer" or not token:
        return None
    try:
        return caller_of_token(services.settings.tokens, token) or services.identity.caller_of_bearer(token)
    except Problem:
        return None


def _digest(request: Request, body: bytes) -> str:
    parts = (request.method, request.url.path, request.url.query)
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + body).hexdigest()


def _known(services: Services, caller: Caller, key: str) -> KeptAnswer | None:
    with read_only(services.sessions) as session:
        return KeptAnswers(session, caller.municipality).get(caller.id, key)


def _again(known: KeptAnswer, digest: str) -> Response:
    if known.request_sha256 != digest:
        raise KeyReused("send a new key for a new request")
    return Response(known.body, known.status, {**known.headers, REPLAYED: "true"})


def _keep(request: Request, services: Services, caller: Caller, key: str, digest: str, response: Response) -> None:
    """Write the answer in the request's own transaction; in one of its own where the endpoint has ended its."""
    kept = KeptAnswer(
        caller.id,
        key,
        digest,
        response.status_code,
        {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
        bytes(response.body).decode(),
    )
    session: Session | None = getattr(request.state, "session", None)
    try:
        if session is None:
            with unit_of_work(services.sessions) as own:
                KeptAnswers(own, caller.municipality).add(kept)
        else:
            KeptAnswers(session, caller.municipality).add(kept)
    except IntegrityError:
        raise SameRequestRunning("send it again in a moment; it is then given the same answer") from None
