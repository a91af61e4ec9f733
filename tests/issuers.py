"""An issuer for tests: keys that rotate, a network that fails, a clock that is set, tokens that are right or wrong."""

import time
from collections.abc import Mapping
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from service.identity.keys import IssuerKeys
from tests.builders import MUNICIPALITY

ISSUER = "https://login.example.dk"
AUDIENCE = "matcher"
Key = RSAKey | ECKey | OctKey


class Issuer:
    """Publishes keys; counts how often it is asked."""

    def __init__(self, *keys: Key) -> None:
        self.published: list[Key] = list(keys)
        self.extra: list[dict[str, Any]] = []
        self.answers = True
        self.asked = 0
        self.now = 1000.0
        self.discovery: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
        }
        self.http = httpx.Client(transport=httpx.MockTransport(self._answer))
        self.keys = IssuerKeys(ISSUER, self.http, clock=lambda: self.now)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if not self.answers:
            raise httpx.ConnectError("no route")
        if request.url.path == "/jwks":
            self.asked += 1
            keys = [key.as_dict(private=False) for key in self.published if not isinstance(key, OctKey)]
            return httpx.Response(200, json={"keys": [*keys, *self.extra]})
        if request.url.path == "/.well-known/openid-configuration":
            return httpx.Response(200, json=self.discovery)
        return httpx.Response(404)


def rsa_key() -> RSAKey:
    """A new RSA key with an id."""
    return RSAKey.generate_key(2048, auto_kid=True)


def ec_key() -> ECKey:
    """A new key on P-256 with an id."""
    return ECKey.generate_key("P-256", auto_kid=True)


def claims(**changes: Any) -> dict[str, Any]:
    """Claims of a job consultant that hold for an hour; a change to None leaves the claim out."""
    now = int(time.time())
    values: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "karen",
        "name": "Karen Konsulent",
        "municipality": MUNICIPALITY,
        "roles": ["job_consultant"],
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def signed(key: Key, contents: Mapping[str, Any] | None = None, algorithm: str = "", **header: Any) -> str:
    """A token signed with a key; by default with the algorithm of its kind, and its id in the header."""
    default = {"RSA": "RS256", "EC": "ES256", "oct": "HS256"}[key.key_type]
    algorithm = algorithm or default
    whole = {"alg": algorithm, "kid": key.kid, **header}
    values = dict(claims() if contents is None else contents)
    return jwt.encode({name: value for name, value in whole.items() if value is not None}, values, key, [algorithm])
