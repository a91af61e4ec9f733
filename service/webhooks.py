"""Sending one message to one address: where it may go, how it is signed, what counts as arrived, when to try again.

Signed as https://www.standardwebhooks.com describes (HMAC-SHA256 over id, time and body). An address inside the network
that the service runs in is refused, unless the settings name its network: whoever may add an address must not reach
what only the service can reach. The name is looked up once and the connection goes to the very address that was
checked, so that a name cannot mean something else a moment later. Redirects are not followed; what is answered is not
read.
"""

import ipaddress
import json
import random
import re
import secrets
import socket
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import anyio
import httpx
from standardwebhooks import Webhook as Signer

from matcher.domain.validation import InvalidValueError
from service.clock import now
from service.db.outbox import Message

MOST_ATTEMPTS: Final = 10
"""Times that a message is sent before it is given up, over some two and a half days."""
FIRST_DELAY_S: Final = 5.0
GROWTH: Final = 4.0
LONGEST_DELAY_S: Final = 86_400.0
JITTER: Final = 0.25
"""A delay is this share shorter or longer by chance, so that what failed together is not sent together again."""
TIMEOUT_S: Final = 15.0
"""Seconds that sending a message may take, from looking up the name to the status of the answer."""
AT_ONCE: Final = 10
"""Messages that are on their way at the same time."""
LONGEST_URL: Final = 2000
SECRET_BYTES: Final = 32
GONE: Final = 410

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.ASCII)
_PUBLIC_V6: Final = ipaddress.IPv6Network("2000::/3")
"""What was given out to be reached by anybody; what stands for an IPv4 address lies elsewhere, or in the list below."""
_SPECIAL: Final[tuple[Network, ...]] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
"""Addresses with a purpose of their own, which may lead inside. Source: IANA's registries of special-purpose addresses
(RFC 6890) and of multicast. Written out: what Python calls global differs between its versions."""


class Refused(Exception):  # noqa: N818 - what happened to a message, not a fault of the program
    """A message was not sent; the text is a short code without the address."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where messages may go: everywhere in public, and into the networks that are named.

    `development`: to the machine itself too, and there without TLS.
    """

    networks: tuple[Network, ...] = ()
    development: bool = False

    def permits(self, address: Address) -> bool:
        """Whether a message may go to an address."""
        plain = getattr(address, "ipv4_mapped", None) or address
        if any(plain.version == network.version and plain in network for network in self.networks):
            return True
        if self.development and plain.is_loopback:
            return True
        given_out = plain.version == 4 or plain in _PUBLIC_V6
        return given_out and not any(plain.version == one.version and plain in one for one in _SPECIAL)

    def check_url(self, url: str) -> None:
        """Raises InvalidValueError where an address can never be sent to."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise _not_an_address() from None
        literal = _literal(host)
        written = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
        if not written or port == 0 or not (literal or _NAME.fullmatch(host)):
            raise _not_an_address()
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise InvalidValueError("url", "has a user or a fragment", "leave them out; the signature says who sends")
        local = host == "localhost" or (literal is not None and literal.is_loopback)
        if parts.scheme != "https" and not (parts.scheme == "http" and local and self.development):
            raise InvalidValueError("url", "is not https", "write an address that begins with https://")
        if (local and not self.development and literal is None) or (literal and not self.permits(literal)):
            raise InvalidValueError(
                "url", "is inside the service's own network", "name the network in MATCHER_WEBHOOK_NETWORKS"
            )


def _not_an_address() -> InvalidValueError:
    return InvalidValueError("url", "is not an address", "write an address such as https://case.example.dk/hooks")


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def new_secret() -> str:
    """A random secret as Standard Webhooks writes it."""
    return "whsec_" + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def delay_s(attempts: int, chance: Callable[[], float] = random.random) -> float | None:
    """Seconds until a message is sent again after so many attempts; None = never.

    delay[k] = min(86400, 5 · 4^(k - 1)) · (1 + 0.25 · (2 u - 1)),   u uniform in [0, 1)
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    delay = min(LONGEST_DELAY_S, FIRST_DELAY_S * GROWTH ** (attempts - 1))
    return delay * (1 + JITTER * (2 * chance() - 1))


def body_of(message: Message) -> str:
    """What is sent: type, time and ids."""
    content = {
        "type": message.type,
        "timestamp": message.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {"municipality": message.municipality, **message.data},
    }
    return json.dumps(content, separators=(",", ":"), ensure_ascii=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message. `error`: empty where it has arrived; `again_at`: when to try again, None = never."""

    message: Message
    error: str = ""
    again_at: datetime | None = None


async def looked_up(host: str, port: int) -> list[str]:
    """The addresses that a name stands for."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends messages. `opened` gives the secret of each."""

    reach: Reach
    opened: Callable[[Message], str]
    resolve: Resolve = looked_up
    timeout_s: float = TIMEOUT_S

    def send_all(self, messages: Sequence[Message], at: datetime) -> list[Outcome]:
        """Send messages, some at a time; what became of each. Delays count from `at`."""
        return anyio.run(self._send_all, messages, at)

    async def _send_all(self, messages: Sequence[Message], at: datetime) -> list[Outcome]:
        outcomes: list[Outcome] = []
        limit = anyio.CapacityLimiter(AT_ONCE)
        async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=self.timeout_s) as client:

            async def send(message: Message) -> None:
                async with limit:
                    outcomes.append(await self._outcome(client, message, at))

            async with anyio.create_task_group() as group:
                for message in messages:
                    group.start_soon(send, message)
        return outcomes

    async def _outcome(self, client: httpx.AsyncClient, message: Message, at: datetime) -> Outcome:
        try:
            with anyio.fail_after(self.timeout_s):
                status = await self._post(client, message)
        except (TimeoutError, httpx.TimeoutException):
            error, final = "timeout", False
        except Refused as refused:
            error, final = str(refused), False
        except Exception as failed:  # whatever it is, it must not keep the others from being sent
            error, final = type(failed).__name__, False
        else:
            if 200 <= status < 300:
                return Outcome(message)
            error, final = f"status {status}", status == GONE
        delay = None if final else delay_s(message.attempts + 1)
        return Outcome(message, error, None if delay is None else at + timedelta(seconds=delay))

    async def _post(self, client: httpx.AsyncClient, message: Message) -> int:
        """Send a message to the address that its name stands for now; the status of the answer."""
        url = httpx.URL(message.url)
        host = url.host
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await self._checked(host, port)
        body, sent_at = body_of(message), now()
        headers = {
            "host": url.netloc.decode("ascii"),
            "content-type": "application/json",
            "user-agent": "matcher-webhooks",
            "webhook-id": message.event_id,
            "webhook-timestamp": str(int(sent_at.timestamp())),
            "webhook-signature": Signer(self.opened(message)).sign(message.event_id, sent_at, body),
        }
        to = url.copy_with(host=str(address))
        request = client.build_request("POST", to, content=body, headers=headers, extensions={"sni_hostname": host})
        response = await client.send(request, stream=True)
        await response.aclose()
        return response.status_code

    async def _checked(self, host: str, port: int) -> Address:
        """The address of a name; Refused where it has none, or where any is one that messages may not go to."""
        literal = _literal(host)
        try:
            found = [literal] if literal else [ipaddress.ip_address(one) for one in await self.resolve(host, port)]
        except (OSError, ValueError):
            raise Refused("unknown host") from None
        if not found:
            raise Refused("unknown host")
        if not all(map(self.reach.permits, found)):
            raise Refused("address not allowed")
        return found[0]
