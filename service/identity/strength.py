"""How strong a person's sign-in at the issuer must have been, by the issuer's claims (OpenID Connect Core 1.0, 2)."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.identity.tokens import LEEWAY_S
from service.sign_in_problems import SignInTooWeak


@dataclass(frozen=True, slots=True)
class Strength:
    """What is asked of the claims of a person's sign-in; nothing where all is empty.

    Attributes
    ----------
    acr : classes, one of which the claim `acr` must be
    amr : methods, each of which the claim `amr` must hold, such as `mfa` (RFC 8176)
    max_age_s : seconds since the person last proved who they are (`auth_time`); None = any
    """

    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    max_age_s: int | None = None

    def wanted(self) -> dict[str, str]:
        """What a client asks the issuer for."""
        asked = {"acr_values": " ".join(self.acr), "max_age": "" if self.max_age_s is None else str(self.max_age_s)}
        return {name: value for name, value in asked.items() if value}

    def check(self, claims: Mapping[str, Any]) -> None:
        """Raises SignInTooWeak, which names the claim and not its value."""
        if self.acr and claims.get("acr") not in self.acr:
            raise self._refusal("the token's claim acr is none of those that are asked for")
        methods = claims.get("amr")
        if not all(isinstance(methods, list) and one in methods for one in self.amr):
            raise self._refusal("the token's claim amr lacks a method that is asked for")
        if self.max_age_s is not None and not _seconds_since(claims.get("auth_time")) <= self.max_age_s + LEEWAY_S:
            raise self._refusal("the token's claim auth_time is missing or too long ago")

    def _refusal(self, detail: str) -> SignInTooWeak:
        return SignInTooWeak(detail, self.wanted())


def _seconds_since(moment: object) -> float:
    return time.time() - moment if isinstance(moment, int | float) else math.inf
