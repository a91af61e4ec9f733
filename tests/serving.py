"""A client for the application inside the test's process, and callers of two municipalities."""

import asyncio
import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from fastapi import FastAPI

from fixtures import staff
from service.identity.callers import token_digest
from service.settings import AccessToken, Right, Role, Settings
from tests.builders import MUNICIPALITY
from tests.databases import address_of

ELSEWHERE = "0671"
CONSULTANT, SYSTEM, OPERATIONS = "consultant-token", "system-token", "operations-token"
OPERATIONS_WITH_NEEDS = "operations-with-needs-token"
"""Somebody in operations who may import citizens, with their needs."""
CASEWORKER, LEAD, AUDITOR = "caseworker-token", "lead-token", "auditor-token"
OWN_CITIZENS = "own-citizens-token"
"""The job consultant whom the first citizens of the synthetic municipality belong to."""
CONSULTANT_ELSEWHERE, SYSTEM_ELSEWHERE = "consultant-elsewhere-token", "system-elsewhere-token"
OPERATIONS_ELSEWHERE = "operations-elsewhere-token"
CPR_KEY, CPR_SEARCH_KEY = (base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2))
LOCAL = ("127.0.0.1", 50_000)
REMOTE = ("192.0.2.7", 50_000)
NEEDS = (Right.NEEDS,)


def access_token(token: str, id_: str, name: str, municipality: str, role: Role, **more: Any) -> AccessToken:
    """A caller that the settings know."""
    return AccessToken(
        id=id_, name=name, municipality=municipality, role=role, token_sha256=token_digest(token), **more
    )


TOKENS = (
    access_token(CONSULTANT, "karen", "Karen Konsulent", MUNICIPALITY, Role.JOB_CONSULTANT, rights=NEEDS),
    access_token(OWN_CITIZENS, staff()[0].id, staff()[0].name, MUNICIPALITY, Role.JOB_CONSULTANT, rights=NEEDS),
    access_token(SYSTEM, "fagsystem", "Fagsystemet", MUNICIPALITY, Role.CASE_SYSTEM, rights=NEEDS),
    access_token(OPERATIONS, "drift", "Driften", MUNICIPALITY, Role.OPERATIONS),
    access_token(OPERATIONS_WITH_NEEDS, "ida", "Ida Indlæser", MUNICIPALITY, Role.OPERATIONS, rights=NEEDS),
    access_token(CASEWORKER, "sofie", "Sofie Sagsbehandler", MUNICIPALITY, Role.CASEWORKER, rights=NEEDS),
    access_token(LEAD, "tove", "Tove Teamleder", MUNICIPALITY, Role.TEAM_LEAD, rights=NEEDS),
    access_token(AUDITOR, "rita", "Rita Revisor", MUNICIPALITY, Role.AUDITOR),
    access_token(CONSULTANT_ELSEWHERE, "anders", "Anders Andetsteds", ELSEWHERE, Role.JOB_CONSULTANT, rights=NEEDS),
    access_token(SYSTEM_ELSEWHERE, "andetsteds", "Fagsystemet andetsteds", ELSEWHERE, Role.CASE_SYSTEM, rights=NEEDS),
    access_token(OPERATIONS_ELSEWHERE, "drift-andetsteds", "Driften andetsteds", ELSEWHERE, Role.OPERATIONS),
)


def settings_for(database: Path, **changes: Any) -> Settings:
    """Settings on the database that a path stands for, with the callers above."""
    values: dict[str, Any] = {
        "database_url": address_of(database),
        "tokens": TOKENS,
        "session_secret": "s" * 32,
        "failed_sign_ins_at_once": 10_000,
        "cpr_keys": (CPR_KEY,),
        "cpr_search_keys": (CPR_SEARCH_KEY,),
    }
    return Settings(**(values | changes))


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """An event loop that runs as long as the process, as a server's does: it keeps its threads from request to
    request."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_until_complete, args=(asyncio.Event().wait(),), name="requests", daemon=True).start()
    return loop


class Client:
    """Sends requests to an application and keeps its cookies; follows no redirect."""

    def __init__(self, app: FastAPI, *, token: str | None = None, address: tuple[str, int] = LOCAL) -> None:
        transport = httpx.ASGITransport(app=app, client=address, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers)

    @property
    def cookies(self) -> httpx.Cookies:
        """The cookies that were set."""
        return self._http.cookies

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request."""

        return asyncio.run_coroutine_threadsafe(self._http.request(method, path, **options), _loop()).result()

    def get(self, path: str, **options: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """POST."""
        return self.request("POST", path, **options)

    def put(self, path: str, document: Mapping[str, Any], **options: Any) -> httpx.Response:
        """PUT of a JSON object."""
        return self.request("PUT", path, json=document, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        """DELETE."""
        return self.request("DELETE", path, **options)
