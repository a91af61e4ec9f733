"""Where messages may go, when they are tried again, and what they hold."""

import ipaddress
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.validation import InvalidValueError
from service.crypto import Sealed
from service.db.outbox import Message
from service.webhooks import (
    FIRST_DELAY_S,
    JITTER,
    LONGEST_DELAY_S,
    MOST_ATTEMPTS,
    Address,
    Outcome,
    Reach,
    Sender,
    body_of,
    delay_s,
    new_secret,
)

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
PRIVATE = (
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "2002:a00:1::1",
    "64:ff9b::a00:1",
)


def a_message(url: str = "https://case.example.dk/hooks", attempts: int = 0) -> Message:
    return Message(
        "0760",
        "w",
        "e",
        "run.published",
        AT,
        {"run_id": "r"},
        attempts,
        AT + timedelta(minutes=5),
        url,
        Sealed("k", b""),
    )


def sent(url: str, *addresses: str, reach: Reach | None = None, attempts: int = 0) -> tuple[Outcome, list[str]]:
    """What becomes of a message to a name that stands for some addresses, and the names that were looked up."""
    asked = []

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return list(addresses)

    secret = new_secret()
    sender = Sender(reach or Reach(), lambda _message: secret, resolve, timeout_s=0.5)
    (outcome,) = sender.send_all([a_message(url, attempts)], AT)
    return outcome, asked


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_out_of_reach(address: str) -> None:
    assert not Reach().permits(ipaddress.ip_address(address))
    outcome, asked = sent("https://case.example.dk/hooks", address)
    assert (outcome.error, asked) == ("address not allowed", ["case.example.dk"])
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(InvalidValueError):
        Reach().check_url(f"https://{host}/hooks")


@pytest.mark.parametrize(
    "address",
    [
        "fec0::1", "64:ff9b:1::7f00:1", "64:ff9b::7f00:1", "::7f00:1", "::ffff:0:7f00:1", "::ffff:127.0.0.1",
        "192.88.99.1", "2002:7f00:1::", "2001::7f00:1", "2001:20::1", "5f00::1", "3fff::1", "100::1", "ff0e::1",
        "240.0.0.1", "255.255.255.255", "198.18.0.1", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_addresses_with_a_purpose_of_their_own_are_out_of_reach(address: str) -> None:
    assert not Reach().permits(ipaddress.ip_address(address))


def test_what_anybody_reaches_is_within_reach() -> None:
    for address in ("8.8.8.8", "193.162.153.164", "2a00:1450:400f:80d::200e", "2606:4700:4700::1111", "2001:678::1"):
        assert Reach().permits(ipaddress.ip_address(address))


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_is_within_reach_that_python_does_not_call_global(address: Address) -> None:
    assert address.is_global or not Reach().permits(address)


def test_one_address_inside_is_enough_to_refuse_a_name() -> None:
    outcome, _ = sent("https://case.example.dk/hooks", "8.8.8.8", "10.0.0.1")
    assert outcome.error == "address not allowed"


@pytest.mark.parametrize("answer", [(), ("not an address",)])
def test_a_name_that_stands_for_nothing_is_tried_again(answer: tuple[str, ...]) -> None:
    outcome, _ = sent("https://case.example.dk/hooks", *answer)
    assert outcome.error == "unknown host"
    assert outcome.again_at is not None


def test_networks_of_the_settings_are_within_reach() -> None:
    reach = Reach((ipaddress.ip_network("10.20.0.0/16"), ipaddress.ip_network("fc00:1::/32")))
    assert reach.permits(ipaddress.ip_address("10.20.3.4"))
    assert reach.permits(ipaddress.ip_address("::ffff:10.20.3.4"))
    assert reach.permits(ipaddress.ip_address("fc00:1::5"))
    assert reach.permits(ipaddress.ip_address("8.8.8.8"))
    for address in ("10.21.0.1", "127.0.0.1", "fc00:2::5"):
        assert not reach.permits(ipaddress.ip_address(address))
    reach.check_url("https://10.20.3.4:8443/hooks")


@pytest.mark.parametrize(
    ("url", "development"),
    [
        ("https://case.example.dk/hooks", False),
        ("https://case.example.dk:8443/hooks?tenant=1", False),
        ("https://8.8.8.8/hooks", False),
        ("http://127.0.0.1:9000/hooks", True),
        ("http://localhost:9000/hooks", True),
        ("http://[::1]:9000/hooks", True),
    ],
)
def test_addresses_that_are_taken(url: str, development: bool) -> None:
    Reach(development=development).check_url(url)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://case.example.dk/hooks", "is not https"),
        ("ftp://case.example.dk/hooks", "is not https"),
        ("http://localhost:9000/hooks", "is not https"),
        ("https://localhost:9000/hooks", "is inside"),
        ("https://user:secret@case.example.dk/", "has a user"),
        ("https://case.example.dk/#part", "has a user or a fragment"),
        ("https:///hooks", "is not an address"),
        ("https://case.example.dk:99999/", "is not an address"),
        ("https://case.example.dk:0/", "is not an address"),
        ("https://case example.dk/", "is not an address"),
        ("https://børn.dk/", "is not an address"),
        ("https://case.example.dk/\r\nHost: other", "is not an address"),
        ("hooks", "is not an address"),
        ("https://[::1", "is not an address"),
        ("https://case.example.dk/" + "a" * 2000, "is not an address"),
    ],
)
def test_addresses_that_are_refused(url: str, problem: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        Reach().check_url(url)
    assert refused.value.field == "url"
    assert refused.value.problem.startswith(problem)
    assert "secret" not in str(refused.value)


def test_in_development_a_plain_address_is_still_of_the_machine_itself() -> None:
    with pytest.raises(InvalidValueError, match="is not https"):
        Reach(development=True).check_url("http://case.example.dk/hooks")
    assert not Reach(development=True).permits(ipaddress.ip_address("10.0.0.1"))


@given(st.integers(1, MOST_ATTEMPTS - 1), st.floats(0, 1, exclude_max=True))
def test_delays_grow_with_the_attempts_and_differ_by_chance(attempts: int, chance: float) -> None:
    delay = delay_s(attempts, lambda: chance)
    plain = min(LONGEST_DELAY_S, FIRST_DELAY_S * 4 ** (attempts - 1))
    assert delay is not None
    assert plain * (1 - JITTER) <= delay <= plain * (1 + JITTER)
    earlier = delay_s(attempts - 1, lambda: chance) if attempts > 1 else 0.0
    assert earlier is not None
    assert delay >= earlier


def test_a_message_is_given_up_after_its_last_attempt() -> None:
    assert delay_s(MOST_ATTEMPTS) is None
    before_last, _ = sent("https://case.example.dk/", "10.0.0.1", attempts=MOST_ATTEMPTS - 2)
    last, _ = sent("https://case.example.dk/", "10.0.0.1", attempts=MOST_ATTEMPTS - 1)
    assert before_last.again_at is not None
    assert last.again_at is None


def test_the_body_holds_type_time_and_ids() -> None:
    assert json.loads(body_of(a_message())) == {
        "type": "run.published",
        "timestamp": "2026-10-01T12:00:00Z",
        "data": {"municipality": "0760", "run_id": "r"},
    }


def test_secrets_are_as_the_standard_writes_them_and_never_the_same() -> None:
    secrets = {new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert all(one.startswith("whsec_") and len(one) == 50 for one in secrets)
