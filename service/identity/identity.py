"""The issuer that the settings name, ready to use: its keys for the API, and sign-in to the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from service.identity.callers import Caller, caller_of_claims
from service.identity.client import SignInClient
from service.identity.issuer import CLIENT_ID, DevelopmentIssuer, InProcess
from service.identity.keys import IssuerKeys
from service.identity.tokens import verified_claims
from service.problems import NotSignedIn
from service.settings import DEVELOPMENT_ISSUER, Settings


@dataclass(frozen=True, slots=True)
class Identity:
    """How callers without an access token of the settings are known. All None: not at all.

    Attributes
    ----------
    audience : what a bearer token for the API must name
    municipalities : those whose people the issuer may vouch for
    sign_in : sign-in to the pages, where they are known to the issuer
    development : the service's own issuer, where it is switched on
    """

    audience: str = ""
    municipalities: frozenset[str] = frozenset()
    keys: IssuerKeys | None = None
    sign_in: SignInClient | None = None
    development: DevelopmentIssuer | None = field(default=None)

    def caller_of_bearer(self, token: str) -> Caller:
        """The caller that an issuer's token names; raises NotSignedIn, IssuerUnavailable."""
        if self.keys is None:
            raise NotSignedIn("send a known access token as `Authorization: Bearer …`")
        return self.caller_of_claims(verified_claims(token, self.keys, self.audience))

    def caller_of_claims(self, claims: Mapping[str, Any]) -> Caller:
        """The caller that verified claims name; raises NotSignedIn."""
        return caller_of_claims(claims, self.municipalities)


def identity_of(settings: Settings) -> Identity:
    """The identity of the settings: their issuer; else, where development sign-in is on, the service's own."""
    municipalities = frozenset(settings.oidc_municipalities or (settings.municipality,))
    development, http = None, httpx.Client(follow_redirects=False)
    issuer, client_id = settings.oidc_issuer, settings.oidc_client_id
    if issuer is None:
        if not settings.development_sign_in:
            return Identity()
        address = settings.public_url or f"http://127.0.0.1:{settings.port}"
        development = DevelopmentIssuer(address + DEVELOPMENT_ISSUER, settings.municipality, settings.oidc_audience)
        issuer, client_id, http = development.issuer, CLIENT_ID, httpx.Client(transport=InProcess(development))
    keys = IssuerKeys(issuer, http)
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
    sign_in = SignInClient(keys, http, client_id, secret) if client_id else None
    return Identity(settings.oidc_audience, municipalities, keys, sign_in, development)
