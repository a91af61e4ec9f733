"""Webhooks: who is told of what, sending what waits, and sending it again."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matcher.domain.validation import InvalidValueError, check_no_cpr
from service.audit_chain import Action
from service.clock import now
from service.crypto import KeyRing
from service.db.acting import actor_of
from service.db.audit_repositories import audited
from service.db.outbox import EventType, Message, Webhook
from service.db.outbox_repositories import Outbox, Webhooks
from service.db.session import SessionFactory, read_only, unit_of_work
from service.problems import FieldError, InvalidInput, NotFound, Problem, SealBroken, WebhooksNotConfigured
from service.settings import Settings
from service.webhooks import Reach, Refused, Sender, new_secret

BATCH: Final = 50
"""Messages that are taken at a time."""
LEASE: Final = timedelta(minutes=5)
"""How long taken messages are a sender's own: longer than a whole batch can take."""
KEPT: Final = timedelta(days=30)
"""How long events are kept, and can be sent again."""
MOST_WEBHOOKS: Final = 20
"""Webhooks that a municipality may have."""
IDLE_S: Final = 2.0
"""Seconds between looks where nothing waits."""
PRUNE_EVERY_S: Final = 3600.0

log = structlog.get_logger("matcher.webhooks")


def keys_of(settings: Settings) -> KeyRing:
    """What secrets are sealed with; raises WebhooksNotConfigured where the settings have no key."""
    if not settings.webhook_keys:
        raise WebhooksNotConfigured("set MATCHER_WEBHOOK_KEYS; see docs/webhooks.md")
    return KeyRing.of([key.get_secret_value() for key in settings.webhook_keys])


def reach_of(settings: Settings) -> Reach:
    """Where messages may go."""
    networks = tuple(ip_network(text) for text in settings.webhook_networks)
    return Reach(networks, development=settings.environment == "development")


def add_webhook(
    session: Session, municipality: str, settings: Settings, url: str, event_types: Sequence[EventType]
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is told this once.

    Raises WebhooksNotConfigured, and InvalidInput where the address cannot be sent to or there are too many already.
    """
    keys, webhooks = keys_of(settings), Webhooks(session, municipality)
    try:
        reach_of(settings).check_url(url)
        check_no_cpr("url", url)
    except InvalidValueError as refused:
        raise InvalidInput(errors=[FieldError(refused.field, refused.problem, refused.fix)]) from None
    if len(webhooks.all()) >= MOST_WEBHOOKS:
        raise InvalidInput(f"a municipality has at most {MOST_WEBHOOKS} webhooks; remove one first")
    id_, secret = str(uuid4()), new_secret()
    webhook = Webhook(
        id_,
        url,
        tuple(sorted(set(event_types))),
        keys.seal(secret, _context(municipality, id_)),
        now(),
        actor_of(session).id,
    )
    webhooks.add(webhook)
    audited(
        session,
        municipality,
        Action.WEBHOOK_ADDED,
        "webhook",
        id_,
        {"event_types": [str(one) for one in webhook.event_types]},
    )
    return webhook, secret


def remove_webhook(session: Session, municipality: str, id_: str) -> None:
    """Tell an address no more; what waits for it is dropped. Raises NotFound."""
    Webhooks(session, municipality).remove(id_)
    audited(session, municipality, Action.WEBHOOK_REMOVED, "webhook", id_)


def replay(
    session: Session,
    municipality: str,
    *,
    event_id: str | None = None,
    since: datetime | None = None,
    webhook_id: str | None = None,
    at: datetime | None = None,
) -> int:
    """Send one event, or all since a time, again with their ids; how many messages that makes.

    Raises NotFound where there is no such event (any more) or webhook.
    """
    webhooks = Webhooks(session, municipality)
    if event_id is not None:
        if not webhooks.has_event(event_id):
            raise NotFound
        events = [event_id]
    else:
        events = webhooks.events_since(since or now() - KEPT)
    sent = webhooks.replay(events, webhook_id, at or now())
    what = event_id or (since or now() - KEPT).isoformat()
    audited(session, municipality, Action.WEBHOOKS_REPLAYED, "events", what, {"messages": sent})
    return sent


def rotate_keys(session: Session, municipality: str, settings: Settings) -> int:
    """Seal every secret with the newest key; how many lay under another. Raises SealBroken where one does not open."""
    keys, webhooks = keys_of(settings), Webhooks(session, municipality)
    old = [one for one in webhooks.all() if one.secret.key_id != keys.newest]
    for one in old:
        context = _context(municipality, one.id)
        webhooks.reseal(one.id, keys.seal(keys.open(one.secret, context), context))
    if old:
        audited(session, municipality, Action.KEYS_ROTATED, "keys", "webhooks", {"sealed_anew": len(old)})
    return len(old)


def sender_of(settings: Settings) -> Sender:
    """What sends messages with these settings; raises WebhooksNotConfigured."""
    keys = keys_of(settings)

    def opened(message: Message) -> str:
        try:
            return keys.open(message.secret, _context(message.municipality, message.webhook_id))
        except SealBroken:
            raise Refused("secret does not open") from None

    return Sender(reach_of(settings), opened)


@dataclass(frozen=True, slots=True)
class Sent:
    """What one look at the outbox came to."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0

    @property
    def total(self) -> int:
        """Messages that were tried."""
        return self.delivered + self.failed + self.dead

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(self.delivered + other.delivered, self.failed + other.failed, self.dead + other.dead)


def send_due(sessions: SessionFactory, sender: Sender, *, at: datetime | None = None) -> Sent:
    """Send what is due, at most `BATCH` messages. One that arrived just before a crash is sent again, with its id."""
    at = at or now()
    with read_only(sessions) as session:
        if not Outbox(session).waits(at):
            return Sent()
    with unit_of_work(sessions) as session:
        messages = Outbox(session).claim(at, most=BATCH, lease=LEASE)
    outcomes = sender.send_all(messages, at)
    with unit_of_work(sessions) as session:
        outbox = Outbox(session)
        for outcome in outcomes:
            if outcome.error:
                outbox.failed(outcome.message, outcome.error, outcome.again_at)
            else:
                outbox.delivered(outcome.message, at)
    for outcome in outcomes:
        if outcome.error:
            message = outcome.message
            log.warning(
                "webhook not delivered",
                webhook=message.webhook_id,
                event_id=message.event_id,
                error=outcome.error,
                attempts=message.attempts + 1,
                dead=outcome.again_at is None,
            )
    delivered = sum(not outcome.error for outcome in outcomes)
    dead = sum(bool(outcome.error) and outcome.again_at is None for outcome in outcomes)
    return Sent(delivered, len(outcomes) - delivered - dead, dead)


def send_everything(sessions: SessionFactory, sender: Sender) -> Sent:
    """Send until nothing is due."""
    total = Sent()
    while (sent := send_due(sessions, sender)).total:
        total += sent
    return total


def keep_sending(sessions: SessionFactory, sender: Sender, stopped: Callable[[float], bool]) -> None:
    """Send what is due as it comes, until `stopped`, which waits so many seconds, says so.

    A database that does not answer is tried again; events that are too old are removed once an hour.
    """
    pruned_at = -PRUNE_EVERY_S
    idle = False
    while not stopped(IDLE_S if idle else 0.0):
        try:
            if time.monotonic() - pruned_at >= PRUNE_EVERY_S:
                prune(sessions)
                pruned_at = time.monotonic()
            idle = send_due(sessions, sender).total == 0
        except (SQLAlchemyError, Problem):
            log.exception("webhooks wait for the database")
            idle = True


def prune(sessions: SessionFactory, *, at: datetime | None = None) -> None:
    """Remove events that are older than `KEPT`, with their messages."""
    with unit_of_work(sessions) as session:
        Outbox(session).prune((at or now()) - KEPT)


def _context(municipality: str, webhook_id: str) -> str:
    """What a sealed secret belongs to."""
    return f"webhook {municipality} {webhook_id}"
