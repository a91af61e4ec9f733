"""Sign-ins: how many may fail from one address, and who signed in and out, in the log and in the audit chain.

An address has a bucket of attempts. An attempt takes one before anything is looked at, and gets it back unless nobody
knows what was sent: guessing stops when the bucket is empty. What was once good from an address goes on being taken,
so that nobody's mistakes lock out the systems beside them.
"""

import hashlib
import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Final

import structlog

from service.audit_chain import Action
from service.db.audit_repositories import audited
from service.db.failures import FAILURES
from service.db.purpose import OPERATIONS, Channel, Viewer
from service.db.session import SessionFactory, unit_of_work
from service.db.shared_repositories import PageSession, PageSessions, end_replaced
from service.identity.callers import Caller
from service.problems import NotSignedIn, Problem, TooManyRequests
from service.rate_limits import Limits
from service.sign_in_problems import TooManyFailedSignIns, UnknownCredentials

MOST_KNOWN: Final = 10_000
"""Addresses with what was good from them that are remembered."""
_OF_NO_CALLER: Final = ""
_WRITTEN: Final = (_OF_NO_CALLER, "written")
"""Refusals in the audit chain have a bucket too, one for all addresses: what anybody may cause is bounded."""
_SESSION: Final = "session"
log = structlog.get_logger("matcher.sign_in")


class Way(StrEnum):
    """How somebody signs in."""

    TOKEN = "token"  # nosec B105 - a word
    ISSUER = "issuer"
    DEVELOPMENT = "development"
    BEARER = "bearer"
    """A program, or whoever uses the API."""


@dataclass(frozen=True, slots=True)
class SignIns:
    """Sign-ins of the service. `municipality`: whose chain tells of attempts by nobody that is known."""

    sessions: SessionFactory
    municipality: str
    limits: Limits
    _known: OrderedDict[tuple[Way, str, str], None] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def attempt(self, way: Way, address: str, sent: str, look: Callable[[], Caller]) -> Caller:
        """Whom `look` finds behind what was sent from an address; an attempt that fails is counted and written down.

        Raises TooManyFailedSignIns, without looking, where the address has failed too often; and what `look` raises:
        NotSignedIn, of which only UnknownCredentials counts.
        """
        good = (way, address, _digest(sent))
        bucket = None if self._remembers(good) else (_OF_NO_CALLER, f"{way} {_digest(network_of(address))[:32]}")
        if bucket:
            self._take(way, address, bucket)
        counts = False
        try:
            caller = look()
        except NotSignedIn as problem:
            counts = isinstance(problem, UnknownCredentials)
            self._forget(good)
            self.refused(way, address, problem)
            raise
        finally:
            if bucket and not counts:
                self.limits.give_back(bucket)
        if bucket:
            self._remember(good)
            if way is Way.BEARER:
                log.info("signed in", way=way, address=address, **_named(caller))
        return caller

    def refused(self, way: Way, address: str, problem: Problem, caller: Caller | None = None) -> None:
        """Write down that somebody was not let in: in the log always, in the chain as far as its bucket reaches."""
        reason = problem.type.rpartition("/")[2]
        told = {"caller": caller.id, "municipality": caller.municipality} if caller else {}
        log.warning("sign-in refused", way=way, reason=reason, detail=problem.detail, address=address, **told)
        try:
            self.limits.take(_WRITTEN)
        except (TooManyRequests, *FAILURES):
            return
        channel = Channel.API if way is Way.BEARER else Channel.PAGE
        by = caller or OPERATIONS
        actor, municipality = Viewer(by.id, by.role, channel), caller.municipality if caller else self.municipality
        try:
            with unit_of_work(self.sessions) as session:
                details = {"reason": reason}
                audited(session, municipality, Action.SIGN_IN_REFUSED, "sign_in", way, details, actor=actor)
        except FAILURES as error:  # nobody is let in for that
            log.error("a refusal could not be written down", error=type(error).__name__)

    def begin(self, caller: Caller, new: PageSession, replaces: str = "") -> None:
        """Begin a session of the pages, in place of the one that the browser has (SHA-256 of its id), if any."""
        with unit_of_work(self.sessions) as session:
            replaced = end_replaced(session, replaces) if replaces else 0
            PageSessions(session, caller.municipality, caller.id, issued=caller.issued).add(new)
            details = {"way": new.way, "replaced": replaced}
            actor = Viewer(caller.id, caller.role, Channel.PAGE)
            audited(session, caller.municipality, Action.SESSION_BEGUN, _SESSION, new.digest[:16], details, actor=actor)
        log.info("signed in", session=new.digest[:16], **details, **_named(caller))

    def end(self, caller: Caller, digests: Collection[str], *, own: str) -> int:
        """End sessions of a person, whose own is `own`; how many there were."""
        actor = Viewer(caller.id, caller.role, Channel.PAGE)
        with unit_of_work(self.sessions) as session:
            ended = PageSessions(session, caller.municipality, caller.id, issued=caller.issued).end(digests)
            for digest in ended:
                details = {"from": "itself" if digest == own else "another"}
                audited(session, caller.municipality, Action.SESSION_ENDED, _SESSION, digest[:16], details, actor=actor)
        for digest in ended:
            log.info("signed out", session=digest[:16], **_named(caller))
        return len(ended)

    def _take(self, way: Way, address: str, bucket: tuple[str, str]) -> None:
        try:
            self.limits.take(bucket)
        except TooManyRequests as problem:
            log.warning("sign-in held back", way=way, address=address)
            raise TooManyFailedSignIns(problem.retry_after_seconds) from None

    def _remembers(self, good: tuple[Way, str, str]) -> bool:
        with self._lock:
            if good in self._known:
                self._known.move_to_end(good)
                return True
        return False

    def _forget(self, good: tuple[Way, str, str]) -> None:
        with self._lock:
            self._known.pop(good, None)

    def _remember(self, good: tuple[Way, str, str]) -> None:
        with self._lock:
            self._known[good] = None
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)


def network_of(address: str) -> str:
    """What attempts are counted by: the address, or the network of 64 bits that one household or firm has in IPv6."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    return str(read.ipv4_mapped or ipaddress.ip_network((int(read) >> 64 << 64, 64)))


def _named(caller: Caller) -> dict[str, str]:
    return {"caller": caller.id, "role": caller.role, "municipality": caller.municipality}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
