"""Where somebody is signed in: their own sessions of the pages, and how to end those elsewhere."""

import time
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from service.clock import now
from service.dependencies import ServicesOf, View
from service.identity.sign_ins import Way
from service.web.rendering import page
from service.web.session import CookiesOf, PageFormUser, PageUser, sessions_of_person
from service.web.sign_in import see
from service.web.translation import N_

router = APIRouter()
AT: Final = "/logget-ind"
FRESH_MINUTES: Final = 10
"""How long after signing in somebody may end sessions elsewhere: a stolen session must not end its owner's."""
WAYS: Final = {
    Way.TOKEN: N_("adgangsnøgle"),
    Way.ISSUER: N_("kommunens login"),
    Way.DEVELOPMENT: N_("uden adgangsnøgle, til afprøvning"),
}


@router.get(AT)
def show_own_sessions(
    request: Request, user: PageUser, view: View, cookies: CookiesOf, afsluttet: bool = False
) -> Response:
    """The person's sessions that somebody has used lately enough for them to go on."""
    kept = sessions_of_person(view, user.caller).all()
    alive = [one for one in kept if (now() - one.seen_at).total_seconds() < cookies.idle_s or one.digest == user.digest]
    return page(
        request,
        "sessions.html",
        user,
        sessions=alive,
        own=user.digest,
        ways=WAYS,
        ended=afsluttet,
        fresh_minutes=FRESH_MINUTES,
        idle_minutes=cookies.idle_s / 60,
        longest_hours=cookies.longest_s / 3600,
    )


@router.post(AT)
def end_own_sessions(
    user: PageFormUser,
    services: ServicesOf,
    view: View,
    cookies: CookiesOf,
    login: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """End one of the person's sessions, or all but this one. Whoever signed in a while ago signs in again first."""
    if time.time() - user.started_at > FRESH_MINUTES * 60:
        response = see("/log-ind")
        cookies.remember(response, AT)
        return response
    others = {one.digest for one in sessions_of_person(view, user.caller).all()} - {user.digest}
    services.sign_ins.end(user.caller, others & {login} if login else others, own=user.digest)
    return see(f"{AT}?afsluttet=true")
