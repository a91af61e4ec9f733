"""Sign-in of people through an issuer: authorisation code with PKCE, state and nonce (OpenID Connect Core 1.0)."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from service.identity.keys import TIMEOUT_S, IssuerKeys
from service.identity.strength import Strength
from service.identity.tokens import verified_claims
from service.problems import IssuerUnavailable, NotSignedIn

SCOPES: Final = "openid profile"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in under way: kept in a signed cookie of the browser that began it, for a few minutes.

    `replaces`: SHA-256 of the id of the session that the browser has and that the new one takes the place of.
    """

    state: str
    nonce: str
    verifier: str
    replaces: str = ""

    @classmethod
    def new(cls, replaces: str = "") -> "Attempt":
        """Three random values, 256 bits each."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, replaces)

    @property
    def challenge(self) -> str:
        """S256 challenge of the verifier (RFC 7636)."""
        return code_challenge(self.verifier)


def code_challenge(verifier: str) -> str:
    """BASE64URL(SHA-256(verifier)) without padding (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class SignInClient:
    """The pages as a client of the issuer."""

    keys: IssuerKeys
    http: httpx.Client
    client_id: str
    client_secret: str | None = None
    strength: Strength = field(default_factory=Strength)

    def address(self, attempt: Attempt, redirect_uri: str, *, anew: bool = False) -> str:
        """Where the browser goes to sign in; raises IssuerUnavailable.

        `anew`: the person proves once more who they are, also where the issuer still knows.
        """
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPES,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            **self.strength.wanted(),
            **({"prompt": "login"} if anew else {}),
        }
        return f"{self.keys.discovery().authorization_endpoint}?{urlencode(query)}"

    def claims(self, attempt: Attempt, *, state: str, code: str, redirect_uri: str) -> dict[str, Any]:
        """Claims of the person who comes back with a code.

        Raises NotSignedIn where the answer is not to this attempt or the issuer refuses the code, and
        IssuerUnavailable where it does not answer.
        """
        if not hmac.compare_digest(attempt.state.encode(), state.encode()):
            raise NotSignedIn("the sign-in was begun elsewhere, or has run out")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self.client_id,
            "code_verifier": attempt.verifier,
        }
        auth = httpx.BasicAuth(self.client_id, self.client_secret) if self.client_secret else httpx.Auth()
        try:
            answer = self.http.post(self.keys.discovery().token_endpoint, data=form, auth=auth, timeout=TIMEOUT_S)
            document = answer.json() if answer.status_code == httpx.codes.OK else {}
        except (httpx.HTTPError, ValueError):
            raise IssuerUnavailable from None
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise IssuerUnavailable
        token = document.get("id_token") if isinstance(document, dict) else None
        if not isinstance(token, str):
            raise NotSignedIn("the issuer refused the sign-in")
        return verified_claims(token, self.keys, self.client_id, nonce=attempt.nonce)
