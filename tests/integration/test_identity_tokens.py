"""Bearer tokens of an issuer: what is believed, and every way in which a token is not."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from service.identity.callers import Caller, caller_of_claims, claims_of
from service.identity.keys import BETWEEN_S, GRACE_S, LIFETIME_S, IssuerKeys
from service.identity.tokens import LEEWAY_S, LONGEST_TOKEN, verified_claims
from service.problems import IssuerUnavailable, NotSignedIn
from service.settings import Right, Role
from tests.builders import MUNICIPALITY
from tests.issuers import AUDIENCE, ISSUER, Issuer, claims, ec_key, rsa_key, signed
from tests.serving import ELSEWHERE

pytestmark = pytest.mark.databases("none")

KEY = rsa_key()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(KEY)


def refused(issuer: Issuer, token: str) -> str:
    with pytest.raises(NotSignedIn) as caught:
        verified_claims(token, issuer.keys, AUDIENCE)
    return caught.value.detail


@pytest.mark.parametrize(("key", "algorithm"), [(KEY, "RS256"), (KEY, "PS256"), (ec_key(), "ES256")])
def test_a_token_that_the_issuer_signed_is_believed(key: RSAKey | ECKey, algorithm: str) -> None:
    found = verified_claims(signed(key, algorithm=algorithm), Issuer(key).keys, AUDIENCE)
    assert (found["sub"], found["municipality"]) == ("karen", MUNICIPALITY)


def test_one_of_several_audiences_is_enough(issuer: Issuer) -> None:
    assert verified_claims(signed(KEY, claims(aud=["other", AUDIENCE])), issuer.keys, AUDIENCE)["sub"] == "karen"


NOW = int(time.time())
A_DAY_S = 86_400
"""Far enough from now, however long it takes until the test has its turn."""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"aud": "another-service"}, "aud"),
        ({"aud": ["another-service"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"iss": "https://login.example.com"}, "iss"),
        ({"iss": None}, "iss"),
        ({"exp": NOW - LEEWAY_S - 5}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"nbf": NOW + LEEWAY_S + A_DAY_S}, "nbf"),
        ({"iat": NOW + LEEWAY_S + A_DAY_S}, "iat"),
        ({"sub": None}, "sub"),
        ({"municipality": None}, "municipality"),
        ({"roles": None}, "roles"),
    ],
)
def test_claims_that_do_not_hold_are_named_and_their_values_never(
    issuer: Issuer, changes: dict[str, Any], told: str
) -> None:
    detail = refused(issuer, signed(KEY, claims(**changes)))
    assert told in detail
    assert "another-service" not in detail
    assert "example.com" not in detail


def test_clocks_may_differ_a_little(issuer: Issuer) -> None:
    late, early = claims(exp=int(time.time()) - LEEWAY_S + 20), claims(nbf=int(time.time()) + LEEWAY_S - 20)
    for contents in (late, early):
        assert verified_claims(signed(KEY, contents), issuer.keys, AUDIENCE)["sub"] == "karen"


def _part(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def test_an_unsigned_token_is_refused(issuer: Issuer) -> None:
    for algorithm in ("none", "None", "NONE", ""):
        token = f"{_part({'alg': algorithm, 'kid': KEY.kid})}.{_part(claims())}."
        assert "algorithm" in refused(issuer, token)


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(issuer: Issuer) -> None:
    for secret in (KEY.as_pem(private=False), json.dumps(KEY.as_dict(private=False)).encode()):
        unsigned = f"{_part({'alg': 'HS256', 'kid': KEY.kid})}.{_part(claims())}"
        signature = hmac.new(secret, unsigned.encode(), hashlib.sha256).digest()
        assert "algorithm" in refused(issuer, f"{unsigned}.{_base64(signature)}")


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS512"])
def test_algorithms_outside_the_list_are_refused(issuer: Issuer, algorithm: str) -> None:
    assert "algorithm" in refused(issuer, signed(KEY, algorithm=algorithm))


def test_the_header_cannot_claim_another_kind_of_key(issuer: Issuer) -> None:
    elliptic = ec_key()
    assert "key" in refused(issuer, signed(elliptic, kid=KEY.kid))


def test_a_key_of_somebody_else_is_refused(issuer: Issuer) -> None:
    other = rsa_key()
    assert refused(issuer, signed(other)) == "the token is signed by no key of the issuer"
    assert refused(issuer, signed(other, kid=KEY.kid)) == "the token's signature does not hold"
    assert refused(issuer, signed(KEY, kid=None)) == "the token names no key id"


def test_a_key_inside_the_token_is_not_listened_to(issuer: Issuer) -> None:
    own = rsa_key()
    for token in (signed(own, jwk=own.as_dict(private=False)), signed(own, jku="https://login.example.com/jwks")):
        assert refused(issuer, token)
    assert issuer.asked == 1


def test_a_changed_payload_or_signature_is_refused(issuer: Issuer) -> None:
    header, _, signature = signed(KEY).split(".")
    changed = f"{header}.{_part(claims(roles=['operations']))}.{signature}"
    assert refused(issuer, changed) == "the token's signature does not hold"
    whole = signed(KEY)
    assert refused(issuer, whole[:-6] + ("AAAAAA" if whole[-6:] != "AAAAAA" else "BBBBBB"))


@pytest.mark.parametrize(
    "token", ["", "abc", "a.b.c", "a.b", "....", "æ.ø.å", "x" * (LONGEST_TOKEN + 1), f"{_part({})}.."]
)
def test_what_is_no_token_is_refused_without_asking_the_issuer(issuer: Issuer, token: str) -> None:
    refused(issuer, token)
    assert issuer.asked == 0


def test_a_nonce_must_be_the_one_that_was_sent(issuer: Issuer) -> None:
    token = signed(KEY, claims(nonce="one"))
    assert verified_claims(token, issuer.keys, AUDIENCE, nonce="one")["sub"] == "karen"
    for other in (token, signed(KEY)):
        with pytest.raises(NotSignedIn, match="nonce"):
            verified_claims(other, issuer.keys, AUDIENCE, nonce="two")


# Keys that rotate.


def test_a_new_key_works_at_once_and_the_old_one_until_its_time_runs_out(issuer: Issuer) -> None:
    old, new = KEY, rsa_key()
    verified_claims(signed(old), issuer.keys, AUDIENCE)
    issuer.published = [new]
    issuer.now += BETWEEN_S + 1
    verified_claims(signed(new), issuer.keys, AUDIENCE)
    verified_claims(signed(old), issuer.keys, AUDIENCE)
    issuer.now += LIFETIME_S
    verified_claims(signed(new), issuer.keys, AUDIENCE)
    assert refused(issuer, signed(old)) == "the token is signed by no key of the issuer"


def test_known_keys_are_not_asked_for_again_within_their_lifetime(issuer: Issuer) -> None:
    for _ in range(5):
        verified_claims(signed(KEY), issuer.keys, AUDIENCE)
        issuer.now += LIFETIME_S / 10
    assert issuer.asked == 1
    issuer.now += LIFETIME_S
    verified_claims(signed(KEY), issuer.keys, AUDIENCE)
    assert issuer.asked == 2


def test_made_up_key_ids_do_not_become_requests(issuer: Issuer) -> None:
    other = rsa_key()
    for _ in range(20):
        refused(issuer, signed(other))
    assert issuer.asked == 1
    issuer.now += BETWEEN_S + 1
    refused(issuer, signed(other))
    assert issuer.asked == 2


def test_while_the_issuer_is_silent_known_keys_go_on_for_a_while(issuer: Issuer) -> None:
    verified_claims(signed(KEY), issuer.keys, AUDIENCE)
    issuer.answers = False
    issuer.now += LIFETIME_S + GRACE_S - 1
    verified_claims(signed(KEY), issuer.keys, AUDIENCE)
    issuer.now += 2
    with pytest.raises(IssuerUnavailable):
        verified_claims(signed(KEY), issuer.keys, AUDIENCE)
    issuer.answers = True
    issuer.now += BETWEEN_S
    verified_claims(signed(KEY), issuer.keys, AUDIENCE)


def test_an_issuer_that_never_answered_is_unavailable_not_a_wrong_token(issuer: Issuer) -> None:
    issuer.answers = False
    for _ in range(2):
        with pytest.raises(IssuerUnavailable):
            verified_claims(signed(KEY), issuer.keys, AUDIENCE)
    with pytest.raises(IssuerUnavailable):
        issuer.keys.discovery()


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://login.example.com"},
        {"jwks_uri": "http://login.example.dk/jwks"},
        {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint": ""},
    ],
)
def test_a_discovery_document_that_leads_elsewhere_is_not_followed(issuer: Issuer, changes: dict[str, str]) -> None:
    issuer.discovery |= changes
    with pytest.raises(IssuerUnavailable):
        verified_claims(signed(KEY), issuer.keys, AUDIENCE)
    assert issuer.asked == 0


def test_only_public_signing_keys_of_known_kinds_are_taken() -> None:
    shared, encryption = OctKey.generate_key(256, auto_kid=True), rsa_key()
    issuer = Issuer(KEY)
    issuer.extra = [
        {"kty": "RSA", "kid": "short", "n": _base64(b"\xff" * 128), "e": "AQAB"},
        shared.as_dict(private=True),
        encryption.as_dict(private=False) | {"use": "enc"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
        {"kty": "XYZ", "kid": "unknown"},
        {"kty": "RSA"},
        "no key at all",  # type: ignore[list-item]
    ]
    verified_claims(signed(KEY), issuer.keys, AUDIENCE)
    assert refused(issuer, signed(encryption)) == "the token is signed by no key of the issuer"
    assert all(issuer.keys.key(name) is None for name in (shared.kid or "", "short", "broken", "unknown"))


def test_keys_belong_to_one_issuer() -> None:
    issuer = Issuer(KEY)
    other = IssuerKeys("https://login.example.com", issuer.http)
    with pytest.raises(IssuerUnavailable):
        verified_claims(signed(KEY), other, AUDIENCE)
    assert issuer.keys.issuer == ISSUER


# The caller that claims name.


def test_claims_become_a_caller_with_limits_and_rights() -> None:
    found = caller_of_claims(
        claims(
            roles=["unknown", "team_lead", "job_consultant"],
            rights=["needs", "everything"],
            teams=["nord"],
            target_groups=["activity_ready", "sick_pay"],
        ),
        [MUNICIPALITY],
    )
    assert (found.role, found.roles) == (Role.TEAM_LEAD, frozenset({Role.TEAM_LEAD, Role.JOB_CONSULTANT}))
    assert found.rights == {Right.NEEDS}
    assert found.scope.teams == frozenset({"nord"})
    assert found.scope.target_groups == frozenset({"activity_ready", "sick_pay"})
    assert caller_of_claims(claims_of(found), [MUNICIPALITY]) == found


def test_without_limits_a_caller_sees_the_municipality_and_no_right_comes_by_itself() -> None:
    for role in Role:
        found = caller_of_claims(claims(roles=[role]), [MUNICIPALITY])
        assert (found.rights, found.scope.limited) == (frozenset(), False)


def test_an_empty_limit_is_a_limit() -> None:
    assert caller_of_claims(claims(teams=[]), [MUNICIPALITY]).scope.teams == frozenset()


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": []},
        {"roles": ["unknown"]},
        {"roles": {"job_consultant": True}},
        {"roles": [1]},
        {"teams": {"nord": 1}},
        {"target_groups": 7},
        {"rights": [None]},
        {"municipality": ELSEWHERE},
        {"municipality": "9999"},
        {"municipality": 760},
        {"sub": ""},
        {"sub": "0101901234"},
        {"sub": "../x"},
    ],
)
def test_claims_that_name_nobody_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn) as caught:
        caller_of_claims(claims(**changes), [MUNICIPALITY])
    assert "0101901234" not in caught.value.detail


def test_a_caller_has_a_name_to_show() -> None:
    assert caller_of_claims(claims(name=None), [MUNICIPALITY]).name == "karen"
    assert caller_of_claims(claims(name=" "), [MUNICIPALITY]).name == "karen"
    assert isinstance(caller_of_claims(claims(name="K" * 500), [MUNICIPALITY]), Caller)
    assert len(caller_of_claims(claims(name="K" * 500), [MUNICIPALITY]).name) <= 64
