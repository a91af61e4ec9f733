"""An issuer of the service's own, for development: invented people, one a role, signed by a key made at each start.

It is a small but whole OpenID Connect issuer (discovery, key set, authorisation code with PKCE, client credentials), so
that sign-in and bearer tokens can be tried without a municipality's. The pages serve it to the machine itself only, and
production settings refuse it.
"""

import hmac
import ipaddress
import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from fixtures import staff
from service.identity.callers import Caller, claims_of
from service.identity.client import code_challenge
from service.settings import Right, Role

CLIENT_ID: Final = "matcher-sider"
ALGORITHM: Final = "ES256"
TOKEN_LIFETIME_S: Final = 3600
CODE_LIFETIME_S: Final = 60.0
MOST_CODES: Final = 100


@lru_cache
def development_people(municipality: str) -> tuple[Caller, ...]:
    """Invented people and systems of a municipality, one a role; only those who work with citizens see needs.

    The job consultant is the demonstration's first, with the citizens that are hers there.
    """
    needs, all_rights = frozenset({Right.NEEDS}), frozenset(Right)
    consultant = staff()[0]
    named = (
        (consultant.id, consultant.name, Role.JOB_CONSULTANT, needs),
        ("demo.sagsbehandler", "Demo Sagsbehandler", Role.CASEWORKER, needs),
        ("demo.teamleder", "Demo Teamleder", Role.TEAM_LEAD, all_rights),
        ("demo.drift", "Demo Drift", Role.OPERATIONS, frozenset[Right]()),
        ("demo.revisor", "Demo Revisor", Role.AUDITOR, frozenset[Right]()),
        ("demo.fagsystem", "Demo Fagsystem", Role.CASE_SYSTEM, needs),
    )
    return tuple(Caller(id_, name, municipality, role, rights=rights) for id_, name, role, rights in named)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asks the issuer for: whose code, where it goes, and what it is bound to."""

    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Refused(Exception):  # noqa: N818 - an answer of the protocol
    """What the issuer refuses; `error` is a code of RFC 6749."""

    error: str


class DevelopmentIssuer:
    """Issues codes and tokens for invented people. Safe for threads."""

    def __init__(
        self, issuer: str, municipality: str, audience: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.issuer = issuer
        self.audience = audience
        self.people = development_people(municipality)
        self._key = ECKey.generate_key("P-256", auto_kid=True)
        self._clock = clock
        self._lock = Lock()
        self._codes: OrderedDict[str, tuple[Wanted, Caller, float]] = OrderedDict()

    def discovery(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
        }

    def key_set(self) -> dict[str, Any]:
        """The public key, as a JSON Web Key Set."""
        return {"keys": [{**self._key.as_dict(private=False), "use": "sig", "alg": ALGORITHM}]}

    def check(self, wanted: Wanted, *, response_type: str, method: str) -> None:
        """Raises Refused where the issuer could not answer what is wanted."""
        if wanted.client_id != CLIENT_ID or not _is_local(wanted.redirect_uri):
            raise Refused("unauthorized_client")
        if response_type != "code":
            raise Refused("unsupported_response_type")
        if method != "S256" or not wanted.challenge:
            raise Refused("invalid_request")

    def code(self, wanted: Wanted, person_id: str) -> str:
        """A code for a person, good once and for `CODE_LIFETIME_S`; raises Refused."""
        person = self._person(person_id)
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._codes[code] = (wanted, person, self._clock())
            while len(self._codes) > MOST_CODES:
                self._codes.popitem(last=False)
        return code

    def tokens(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer of the token endpoint; raises Refused."""
        grant = form.get("grant_type")
        if grant == "client_credentials":
            return self._answer(self._person(form.get("client_id", "")))
        if grant != "authorization_code":
            raise Refused("unsupported_grant_type")
        with self._lock:
            wanted, person, made_at = self._codes.pop(form.get("code", ""), (None, None, 0.0))
        if wanted is None or person is None or self._clock() - made_at > CODE_LIFETIME_S:
            raise Refused("invalid_grant")
        challenge = code_challenge(form.get("code_verifier", ""))
        same = (form.get("client_id"), form.get("redirect_uri")) == (wanted.client_id, wanted.redirect_uri)
        if not same or not hmac.compare_digest(challenge, wanted.challenge):
            raise Refused("invalid_grant")
        return {**self._answer(person), "id_token": self._signed(person, wanted.client_id, {"nonce": wanted.nonce})}

    def _answer(self, person: Caller) -> dict[str, Any]:
        token = self._signed(person, self.audience, {})
        kind = "Bearer"  # nosec B105 - the name of a kind of token
        return {"access_token": token, "token_type": kind, "expires_in": TOKEN_LIFETIME_S}

    def _signed(self, person: Caller, audience: str, more: Mapping[str, Any]) -> str:
        now = int(time.time())
        times = {"iat": now, "nbf": now, "exp": now + TOKEN_LIFETIME_S}
        claims = {"iss": self.issuer, "aud": audience, **times, **claims_of(person), **more}
        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid}, claims, self._key, algorithms=[ALGORITHM])

    def _person(self, person_id: str) -> Caller:
        for person in self.people:
            if person.id == person_id:
                return person
        raise Refused("invalid_client")


class InProcess(httpx.BaseTransport):
    """The issuer as the service's own HTTP client sees it: answered here, without the network."""

    def __init__(self, issuer: DevelopmentIssuer) -> None:
        self._issuer = issuer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        address = str(request.url)
        if address == f"{self._issuer.issuer}/.well-known/openid-configuration":
            return httpx.Response(200, json=self._issuer.discovery())
        if address == f"{self._issuer.issuer}/jwks":
            return httpx.Response(200, json=self._issuer.key_set())
        if address == f"{self._issuer.issuer}/token" and request.method == "POST":
            try:
                return httpx.Response(200, json=self._issuer.tokens(dict(parse_qsl(request.read().decode()))))
            except Refused as refused:
                return httpx.Response(400, content=json.dumps({"error": refused.error}))
        return httpx.Response(404)


def _is_local(address: str) -> bool:
    """Whether an address leads to this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
