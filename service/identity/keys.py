"""An issuer's signing keys: fetched from its discovery document, kept for a while, renewed when they rotate."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from service.problems import IssuerUnavailable

LIFETIME_S: Final = 600.0
"""Seconds that what the issuer published is believed before it is asked again."""
GRACE_S: Final = 3600.0
"""Seconds that known keys are still believed after that, while the issuer does not answer."""
BETWEEN_S: Final = 30.0
"""Seconds between two questions to the issuer at least: made-up key ids must not become requests."""
TIMEOUT_S: Final = 5.0
LARGEST_BYTES: Final = 200_000
SHORTEST_RSA_BITS: Final = 2048

PublicKey = RSAKey | ECKey
log = structlog.get_logger("matcher.identity")


@dataclass(frozen=True, slots=True)
class Discovery:
    """Addresses from an issuer's discovery document (OpenID Connect Discovery 1.0)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class IssuerKeys:
    """Public keys of one issuer by key id. Safe for threads.

    A key is believed for `LIFETIME_S` from when the issuer last published it; an unknown key id asks again at once, but
    not more than every `BETWEEN_S`. So a new key works immediately, and one that is withdrawn ends within the lifetime.
    While the issuer does not answer, known keys live on for `GRACE_S`; then `key` raises IssuerUnavailable.
    """

    def __init__(self, issuer: str, http: httpx.Client, clock: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        self._http = http
        self._clock = clock
        self._lock = Lock()
        self._discovery: Discovery | None = None
        self._published: dict[str, tuple[PublicKey, float]] = {}
        """Key and moment (of `clock`) when the issuer last published it, by key id."""
        self._asked_at = self._answered_at = -float("inf")

    def key(self, key_id: str) -> PublicKey | None:
        """The key with an id; None where the issuer has none. Raises IssuerUnavailable where that cannot be known."""
        found = self._published.get(key_id)
        if found is not None and self._clock() - found[1] < LIFETIME_S:
            return found[0]
        with self._lock:
            now = self._clock()
            self._renew(now)
            found = self._published.get(key_id)
            if found is not None and now - found[1] < self._believed_s():
                return found[0]
            if self._answered_at < self._asked_at:
                raise IssuerUnavailable
            return None

    def discovery(self) -> Discovery:
        """The issuer's addresses; raises IssuerUnavailable."""
        with self._lock:
            if self._discovery is None:
                self._renew(self._clock())
            if self._discovery is None:
                raise IssuerUnavailable
            return self._discovery

    def _believed_s(self) -> float:
        return LIFETIME_S if self._answered_at >= self._asked_at else LIFETIME_S + GRACE_S

    def _renew(self, now: float) -> None:
        """Ask the issuer for its keys, unless it was asked a moment ago; known keys stay where it does not answer."""
        if now - self._asked_at < BETWEEN_S:
            return
        self._asked_at = now
        try:
            self._discovery = self._discover()
            keys = _public_keys(self._fetch(self._discovery.jwks_uri))
        except (httpx.HTTPError, ValueError) as error:
            log.warning("the issuer's keys could not be fetched", error=type(error).__name__)
            return
        self._answered_at = now
        self._published = {
            **{key_id: known for key_id, known in self._published.items() if now - known[1] < LIFETIME_S},
            **{key_id: (key, now) for key_id, key in keys.items()},
        }

    def _discover(self) -> Discovery:
        document = self._fetch(f"{self.issuer}/.well-known/openid-configuration")
        if document.get("issuer") != self.issuer:
            raise ValueError("the discovery document is another issuer's")
        found = Discovery(*(str(document.get(name, "")) for name in Discovery.__slots__))
        scheme = urlsplit(self.issuer).scheme
        for name in Discovery.__slots__:
            if urlsplit(getattr(found, name)).scheme not in {"https", scheme}:
                raise ValueError(f"{name} is no address as safe as the issuer's")
        return found

    def _fetch(self, address: str) -> Mapping[str, Any]:
        answer = self._http.get(address, headers={"Accept": "application/json"}, timeout=TIMEOUT_S)
        answer.raise_for_status()
        if len(answer.content) > LARGEST_BYTES:
            raise ValueError("the answer is too large")
        document = answer.json()
        if not isinstance(document, dict):
            raise ValueError("the answer is no JSON object")
        return document


def _public_keys(key_set: Mapping[str, Any]) -> dict[str, PublicKey]:
    """The keys of a JSON Web Key Set (RFC 7517) that may sign, by key id; secret, short and unknown kinds are left out.

    A symmetric key is never taken: whoever can read it could sign with it.
    """
    keys: dict[str, PublicKey] = {}
    published = key_set.get("keys")
    for one in published if isinstance(published, list) else ():
        if not isinstance(one, dict) or not isinstance(one.get("kid"), str) or one.get("use", "sig") != "sig":
            continue
        kind = _KINDS.get(str(one.get("kty")))
        if kind is None or (kind is RSAKey and 6 * len(str(one.get("n", ""))) < SHORTEST_RSA_BITS):
            continue  # base64: six bits a character
        try:
            key: PublicKey = kind.import_key({name: value for name, value in one.items() if name in _PUBLIC})
        except (JoseError, ValueError, TypeError):
            continue
        keys[one["kid"]] = key
    return keys


_KINDS: Final[Mapping[str, type[RSAKey] | type[ECKey]]] = {"RSA": RSAKey, "EC": ECKey}
_PUBLIC: Final = frozenset(("kty", "kid", "alg", "n", "e", "crv", "x", "y"))
