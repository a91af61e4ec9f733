"""Cookies of the pages: signed with the moment they were written, sealed where they tell of people."""

import base64
import hashlib
from datetime import datetime
from typing import Any, Final, Literal

from fastapi import Request
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer
from starlette.responses import Response

from service.crypto import KeyRing, Sealed
from service.identity.client import Attempt
from service.problems import SealBroken

ATTEMPT_COOKIE = "matcher_sign_in"
NEXT_COOKIE = "matcher_next"
OWN_HOST: Final = "__Host-"
"""Prefix of a cookie that browsers take over HTTPS only, from this very host, for all of it (RFC 6265bis)."""
ATTEMPT_SECONDS = 600
"""How long somebody may take to sign in at the issuer."""
_SIGNING: Final[dict[str, Any]] = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


class SignInCookies:
    """What a browser keeps while somebody signs in: the attempt under way, and where to go on."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._attempts = URLSafeTimedSerializer(secret, salt="matcher sign-in", signer_kwargs=_SIGNING)
        self._next_signer = signer(secret, "matcher next page")
        self._ring = KeyRing((hashlib.sha256(b"matcher session content\n" + secret.encode()).digest(),))
        self._secure = secure

    def named(self, name: str) -> str:
        """What a cookie is called here."""
        return (OWN_HOST if self._secure else "") + name

    def write_attempt(self, response: Response, attempt: Attempt) -> None:
        """Remember a sign-in under way. It must come along when the issuer sends the browser back: lax, not strict."""
        value = self._attempts.dumps([attempt.state, attempt.nonce, attempt.verifier, attempt.replaces])
        self._set(response, ATTEMPT_COOKIE, str(value), ATTEMPT_SECONDS, "lax")

    def read_attempt(self, request: Request) -> Attempt | None:
        """The sign-in that this browser began; None where it began none or took too long."""
        try:
            value = request.cookies.get(self.named(ATTEMPT_COOKIE), "")
            return Attempt(*self._attempts.loads(value, max_age=ATTEMPT_SECONDS))
        except (BadSignature, TypeError):
            return None

    def clear_attempt(self, response: Response) -> None:
        """An attempt is good once."""
        self._delete(response, ATTEMPT_COOKIE, "lax")

    def remember(self, response: Response, address: str) -> None:
        """Where to go on once somebody has signed in; sealed, since it may name a citizen by id, and kept for as long
        as a sign-in may take."""
        self._set(response, NEXT_COOKIE, self._sealed(self._next_signer, address, NEXT_COOKIE), ATTEMPT_SECONDS, "lax")

    def remembers(self, request: Request) -> bool:
        """Whether something was asked for before the sign-in."""
        return self.named(NEXT_COOKIE) in request.cookies

    def take_remembered(self, request: Request, response: Response) -> str | None:
        """Where to go on, once; None where nothing was asked for before the sign-in."""
        if not self.remembers(request):
            return None
        self._delete(response, NEXT_COOKIE, "lax")
        value = request.cookies[self.named(NEXT_COOKIE)]
        try:
            return self._opened(self._next_signer, value, NEXT_COOKIE, ATTEMPT_SECONDS)[0]
        except (BadSignature, SealBroken):
            return None

    def _set(
        self, response: Response, name: str, value: str, seconds: float, same_site: Literal["lax", "strict"]
    ) -> None:
        """Set a cookie that scripts cannot read."""
        response.set_cookie(
            self.named(name),
            value,
            max_age=int(seconds),
            httponly=True,
            secure=self._secure,
            samesite=same_site,
            path="/",
        )

    def _delete(self, response: Response, name: str, same_site: Literal["lax", "strict"]) -> None:
        response.delete_cookie(self.named(name), path="/", httponly=True, secure=self._secure, samesite=same_site)

    def _sealed(self, by: TimestampSigner, held: str, purpose: str) -> str:
        content: bytes = by.sign(base64.urlsafe_b64encode(self._ring.seal(held, purpose).content))
        return content.decode()

    def _opened(self, by: TimestampSigner, value: str, purpose: str, longest_s: float) -> tuple[str, datetime]:
        """What was sealed, and when. Raises BadSignature, SealBroken."""
        content, at = by.unsign(value, max_age=int(longest_s), return_timestamp=True)
        return self._ring.open(Sealed(self._ring.newest, base64.urlsafe_b64decode(content)), purpose), at


def signer(secret: str, salt: str) -> TimestampSigner:
    """What signs with the moment it was done."""
    return TimestampSigner(secret, salt=salt, **_SIGNING)
