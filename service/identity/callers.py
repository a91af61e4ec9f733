"""Who is calling: a named person or system, from an access token or from the claims of an issuer's token."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from matcher.domain.geography import check_municipality
from matcher.domain.validation import InvalidValueError, check_id
from service.problems import Forbidden, NotSignedIn
from service.scope import Scope
from service.settings import AccessToken, Right, Role

LONGEST_NAME = 64
Member = TypeVar("Member", Role, Right)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: a named person or system, in one municipality.

    Attributes
    ----------
    role : the role that is written beside what the caller does: the first that the token names
    other_roles : further roles of the same person
    rights : what no role brings with it
    teams, target_groups : citizens whom the caller sees, see `Scope`; None = all
    issued : known from the issuer's claims; else from the settings, whose ids are others'
    """

    id: str
    name: str
    municipality: str
    role: Role
    other_roles: tuple[Role, ...] = ()
    rights: frozenset[Right] = frozenset()
    teams: frozenset[str] | None = None
    target_groups: frozenset[str] | None = None
    issued: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        """Every role of the caller."""
        return frozenset((self.role, *self.other_roles))

    @property
    def scope(self) -> Scope:
        """Whose data the caller may see."""
        return Scope(self.municipality, self.teams, self.target_groups)

    @property
    def sees_needs(self) -> bool:
        """Whether health-related needs are shown to the caller."""
        return Right.NEEDS in self.rights

    def needs_right(self, right: Right) -> None:
        """Raises Forbidden where the caller does not have a right."""
        if right not in self.rights:
            raise Forbidden(f"this needs the right {right}")

    def needs_whole_municipality(self) -> None:
        """Raises Forbidden where the caller is limited to some citizens: a file may change anybody."""
        if self.scope.limited:
            raise Forbidden("this is for callers who may see every citizen; change one citizen at a time instead")


def token_digest(token: str) -> str:
    """SHA-256 of an access token, hexadecimal: what the settings keep instead of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def caller_of(known: AccessToken) -> Caller:
    """The caller that an access token of the settings stands for."""
    return Caller(
        known.id,
        known.name,
        known.municipality,
        known.role,
        rights=frozenset(known.rights),
        teams=_limit(known.teams),
        target_groups=_limit(known.target_groups),
    )


def caller_of_token(tokens: tuple[AccessToken, ...], token: str) -> Caller | None:
    """The caller that a token stands for. Every known token is compared, each in constant time."""
    digest = token_digest(token)
    found: Caller | None = None
    for known in tokens:
        if hmac.compare_digest(known.token_sha256, digest):
            found = caller_of(known)
    return found


def caller_of_claims(claims: Mapping[str, Any], municipalities: Iterable[str]) -> Caller:
    """The caller that verified claims name; raises NotSignedIn where they name nobody whom this service knows.

    Parameters
    ----------
    claims : `sub`, `municipality` and `roles` are required; `name`, `rights`, `teams` and `target_groups` are not
    municipalities : those whose people the issuer may vouch for

    A role or right that this service does not know is passed over: an issuer serves other programs too.
    """
    subject, municipality = str(claims.get("sub", "")), str(claims.get("municipality", ""))
    try:
        check_id("sub", subject)
        check_municipality("municipality", municipality)
    except InvalidValueError as error:
        raise NotSignedIn(f"the token's claim {error.field} {error.problem}") from None
    if municipality not in municipalities:
        raise NotSignedIn("the token's issuer does not vouch for people of that municipality")
    roles = _members(Role, claims, "roles")
    if not roles:
        raise NotSignedIn("the token's claim roles names no role of this service")
    name = claims.get("name")
    return Caller(
        id=subject,
        name=name[:LONGEST_NAME] if isinstance(name, str) and name.strip() else subject,
        municipality=municipality,
        role=roles[0],
        other_roles=tuple(roles[1:]),
        rights=frozenset(_members(Right, claims, "rights")),
        teams=_limit(_texts(claims, "teams")),
        target_groups=_limit(_texts(claims, "target_groups")),
        issued=True,
    )


def claims_of(caller: Caller) -> dict[str, Any]:
    """The claims that `caller_of_claims` reads the same caller from."""
    claims: dict[str, Any] = {
        "sub": caller.id,
        "name": caller.name,
        "municipality": caller.municipality,
        "roles": [caller.role, *caller.other_roles],
        "rights": sorted(caller.rights),
    }
    for name in ("teams", "target_groups"):
        limit: frozenset[str] | None = getattr(caller, name)
        if limit is not None:
            claims[name] = sorted(limit)
    return claims


def _members(kind: type[Member], claims: Mapping[str, Any], name: str) -> list[Member]:
    known = {str(member): member for member in kind}
    return [known[text] for text in dict.fromkeys(_texts(claims, name) or ()) if text in known]


def _texts(claims: Mapping[str, Any], name: str) -> list[str] | None:
    """A claim that is a list of texts (or one text); None where it is absent. Anything else is refused: a limit that
    cannot be read must not become no limit."""
    if name not in claims:
        return None
    value = claims[name]
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise NotSignedIn(f"the token's claim {name} is not a list of texts")
    return values


def _limit(values: Iterable[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
