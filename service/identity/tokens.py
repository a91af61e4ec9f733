"""Verification of an issuer's tokens: signature by its own key, algorithm by a short list, claims by name."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jws import extract_compact

from service.identity.keys import IssuerKeys, PublicKey
from service.problems import NotSignedIn
from service.sign_in_problems import UnknownCredentials

ALGORITHMS: Final[Mapping[str, str]] = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""Signatures that are accepted, and the kind of key of each. Never `none`, never a shared secret (HS256 …)."""
LEEWAY_S: Final = 30
"""Seconds that clocks may differ by."""
LONGEST_TOKEN: Final = 8192


def verified_claims(
    token: str,
    keys: IssuerKeys,
    audience: str,
    *,
    required: tuple[str, ...] = ("sub", "municipality", "roles"),
    nonce: str | None = None,
    now: Callable[[], int] | None = None,
) -> dict[str, Any]:
    """Claims of a token that the issuer signed for this audience and that holds now.

    Checked, in this order: size, form, algorithm (`ALGORITHMS`), key id, signature, that the `required` claims are
    there, then issuer, audience, nonce, expiry (required), not before and issued at (where given), with `LEEWAY_S`.

    Raises NotSignedIn, naming what is wrong and no value, and of it UnknownCredentials where the issuer has not signed
    the token; IssuerUnavailable where the issuer's keys cannot be had.
    """
    if len(token) > LONGEST_TOKEN:
        raise UnknownCredentials("the token is too long")
    try:
        header = extract_compact(token.encode("ascii")).protected
    except (JoseError, ValueError, UnicodeError):
        raise UnknownCredentials(_UNKNOWN) from None
    key = _key(header, keys)
    options = {name: {"essential": True} for name in (*required, "exp")}
    if nonce is not None:
        options["nonce"] = {"essential": True, "value": nonce}  # type: ignore[dict-item]
    registry = jwt.JWTClaimsRegistry(
        now=now,
        leeway=LEEWAY_S,
        iss={"essential": True, "value": keys.issuer},
        aud={"essential": True, "value": audience},
        **options,  # type: ignore[arg-type]
    )
    try:
        claims = jwt.decode(token, key, algorithms=[header["alg"]]).claims
        registry.validate(claims)
    except ExpiredTokenError:
        raise NotSignedIn("the token has expired") from None
    except MissingClaimError as error:
        raise NotSignedIn(f"the token lacks the claim {error.claim}") from None
    except InvalidClaimError as error:
        raise NotSignedIn(f"the token's claim {error.claim} does not hold here") from None
    except (JoseError, ValueError):
        raise UnknownCredentials("the token's signature does not hold") from None
    return claims


_UNKNOWN = "send a known access token or the issuer's token as `Authorization: Bearer …`"


def _key(header: Mapping[str, Any], keys: IssuerKeys) -> PublicKey:
    """The issuer's key that the header names, of the kind that its algorithm signs with."""
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise UnknownCredentials(f"the token's algorithm is none of {', '.join(ALGORITHMS)}")
    if not isinstance(key_id, str) or not key_id:
        raise UnknownCredentials("the token names no key id")
    key = keys.key(key_id)
    if key is None or key.key_type != ALGORITHMS[algorithm]:
        raise UnknownCredentials("the token is signed by no key of the issuer")
    return key
