"""The issuer that the settings name, ready to use: its keys for the API, and sign-in to the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from service.identity.access import ON_PAGES
from service.identity.callers import Caller, caller_of_claims
from service.identity.client import SignInClient
from service.identity.issuer import CLIENT_ID, DevelopmentIssuer, InProcess
from service.identity.keys import IssuerKeys
from service.identity.strength import Strength
from service.identity.tokens import verified_claims
from service.settings import DEVELOPMENT_ISSUER, Settings
from service.sign_in_problems import UnknownCredentials


@dataclass(frozen=True, slots=True)
class Identity:
    """How callers without an access token of the settings are known. All None: not at all.

    Attributes
    ----------
    audience : what a bearer token for the API must name
    municipalities : those whose people the issuer may vouch for
    sign_in : sign-in to the pages, where they are known to the issuer
    strength : how strong a person's sign-in must have been
    development : the service's own issuer, where it is switched on
    """

    audience: str = ""
    municipalities: frozenset[str] = frozenset()
    keys: IssuerKeys | None = None
    sign_in: SignInClient | None = None
    development: DevelopmentIssuer | None = field(default=None)
    strength: Strength = field(default_factory=Strength)

    def caller_of_bearer(self, token: str) -> Caller:
        """The caller that an issuer's token names; raises NotSignedIn, IssuerUnavailable."""
        if self.keys is None:
            raise UnknownCredentials("send a known access token as `Authorization: Bearer …`")
        return self.caller_of_sign_in(verified_claims(token, self.keys, self.audience))

    def caller_of_sign_in(self, claims: Mapping[str, Any]) -> Caller:
        """The caller that the claims of a verified token name, whose sign-in was strong enough; raises NotSignedIn.

        Programs sign nobody in: of a caller who is the case system alone, no strength is asked.
        """
        caller = self.caller_of_claims(claims)
        if caller.roles & ON_PAGES:
            self.strength.check(claims)
        return caller

    def caller_of_claims(self, claims: Mapping[str, Any]) -> Caller:
        """The caller that verified claims name; raises NotSignedIn."""
        return caller_of_claims(claims, self.municipalities)


def identity_of(settings: Settings) -> Identity:
    """The identity of the settings: their issuer; else, where development sign-in is on, the service's own."""
    municipalities = frozenset(settings.oidc_municipalities or (settings.municipality,))
    development, issuer, client_id = None, settings.oidc_issuer, settings.oidc_client_id
    strength = strength_of(settings)
    if issuer is not None:
        http = httpx.Client(follow_redirects=False)
    elif settings.development_sign_in:
        address = settings.public_url or f"http://127.0.0.1:{settings.port}"
        development = DevelopmentIssuer(address + DEVELOPMENT_ISSUER, settings.municipality, settings.oidc_audience)
        issuer, client_id, http = development.issuer, CLIENT_ID, httpx.Client(transport=InProcess(development))
        strength = Strength()  # invented people prove nothing
    else:
        return Identity()
    keys = IssuerKeys(issuer, http)
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
    sign_in = SignInClient(keys, http, client_id, secret, strength) if client_id else None
    return Identity(settings.oidc_audience, municipalities, keys, sign_in, development, strength)


def strength_of(settings: Settings) -> Strength:
    """What the settings ask of sign-ins at their issuer."""
    minutes = settings.oidc_max_age_minutes
    return Strength(settings.oidc_acr_values, settings.oidc_amr_values, None if minutes is None else minutes * 60)
