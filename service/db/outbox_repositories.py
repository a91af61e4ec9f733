"""Repositories of webhooks: who is told, the events, and the messages that wait; and the one function that tells."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.clock import now
from service.crypto import Sealed
from service.db.outbox import DeliveryCounts, DeliveryStatus, EventType, Message, Webhook
from service.db.outbox_tables import DeliveryRow, OutboxEventRow, WebhookRow
from service.problems import NotFound

CHUNK = 1000
"""Rows that are written at a time."""


def announce(session: Session, municipality: str, type_: EventType, ids: Mapping[str, str]) -> str:
    """Tell those who want to know, in the transaction of `session`: they are told if, and only if, it happened.

    `ids`: what it happened to, e.g. ``{"placement_id": "…"}``; ids of the case system and the service, nothing else.
    Returns the event's id.
    """
    event_id, at = str(uuid4()), now()
    event = {"municipality": municipality, "id": event_id, "type": type_, "occurred_at": at, "data": dict(ids)}
    session.execute(insert(OutboxEventRow), [event])
    wanted = [one.id for one in Webhooks(session, municipality).all() if type_ in one.event_types]
    if wanted:
        session.execute(insert(DeliveryRow), [_new(municipality, webhook_id, event_id, at) for webhook_id in wanted])
    return event_id


def _new(municipality: str, webhook_id: str, event_id: str, due_at: datetime) -> dict[str, object]:
    return {
        "municipality": municipality,
        "webhook_id": webhook_id,
        "event_id": event_id,
        "status": DeliveryStatus.WAITING,
        "attempts": 0,
        "due_at": due_at,
        "claimed_until": None,
        "delivered_at": None,
        "last_error": "",
    }


class Webhooks:
    """Webhooks of a municipality."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add(self, webhook: Webhook) -> None:
        """Write a new one."""
        row = {
            "municipality": self.municipality,
            "id": webhook.id,
            "url": webhook.url,
            "event_types": [str(one) for one in webhook.event_types],
            "key_id": webhook.secret.key_id,
            "secret": webhook.secret.content,
            "created_at": webhook.created_at,
            "created_by": webhook.created_by,
        }
        self.session.execute(insert(WebhookRow), [row])

    def all(self) -> tuple[Webhook, ...]:
        """Every one, oldest first."""
        query = (
            select(WebhookRow)
            .where(WebhookRow.municipality == self.municipality)
            .order_by(WebhookRow.created_at, WebhookRow.id)
        )
        return tuple(_webhook(row) for row in self.session.scalars(query))

    def get(self, id_: str) -> Webhook:
        """One; raises NotFound."""
        row = self.session.scalars(select(WebhookRow).where(self._is(id_))).one_or_none()
        if row is None:
            raise NotFound
        return _webhook(row)

    def remove(self, id_: str) -> None:
        """Remove one with what waits for it; raises NotFound."""
        self.get(id_)
        self.session.execute(delete(WebhookRow).where(self._is(id_)))

    def reseal(self, id_: str, secret: Sealed) -> None:
        """Put the same secret, sealed under another key, in the place of the old."""
        self.session.execute(
            update(WebhookRow).where(self._is(id_)).values(key_id=secret.key_id, secret=secret.content)
        )

    def counts(self) -> dict[str, DeliveryCounts]:
        """Messages by webhook."""
        of_this = DeliveryRow.municipality == self.municipality
        query = (
            select(DeliveryRow.webhook_id, DeliveryRow.status, func.count(), func.max(DeliveryRow.last_error))
            .where(of_this)
            .group_by(DeliveryRow.webhook_id, DeliveryRow.status)
        )
        found: dict[str, DeliveryCounts] = {}
        for webhook_id, status, count, error in self.session.execute(query):
            before = found.get(webhook_id, DeliveryCounts())
            changes: dict[str, int | str] = {str(status): count}
            if status != DeliveryStatus.DELIVERED and error:
                changes["last_error"] = error
            found[webhook_id] = replace(before, **changes)  # type: ignore[arg-type]  # counts and a text, by name
        return found

    def replay(self, event_ids: Iterable[str], webhook_id: str | None, at: datetime) -> int:
        """Send events again to those who want them, with their ids; how many messages that is.

        Raises NotFound where the municipality has no such webhook.
        """
        ids = set(event_ids)
        webhooks = self.all() if webhook_id is None else (self.get(webhook_id),)
        messages = [
            _new(self.municipality, webhook.id, event_id, at)
            for webhook in webhooks
            for event_id, type_ in self._types(ids)
            if type_ in webhook.event_types
        ]
        pair = tuple_(DeliveryRow.webhook_id, DeliveryRow.event_id)
        for start in range(0, len(messages), CHUNK):
            chunk = messages[start : start + CHUNK]
            keys = [(one["webhook_id"], one["event_id"]) for one in chunk]
            self.session.execute(
                delete(DeliveryRow).where(DeliveryRow.municipality == self.municipality, pair.in_(keys))
            )
            self.session.execute(insert(DeliveryRow), chunk)
        return len(messages)

    def events_since(self, since: datetime) -> list[str]:
        """Ids of what has happened since."""
        query = select(OutboxEventRow.id).where(
            OutboxEventRow.municipality == self.municipality, OutboxEventRow.occurred_at >= since
        )
        return list(self.session.scalars(query))

    def has_event(self, event_id: str) -> bool:
        """Whether an event is kept."""
        return bool(self._types({event_id}))

    def _types(self, event_ids: set[str]) -> list[tuple[str, str]]:
        ids, found = sorted(event_ids), list[tuple[str, str]]()
        for start in range(0, len(ids), CHUNK):
            query = select(OutboxEventRow.id, OutboxEventRow.type).where(
                OutboxEventRow.municipality == self.municipality, OutboxEventRow.id.in_(ids[start : start + CHUNK])
            )
            found += [(row.id, row.type) for row in self.session.execute(query)]
        return found

    def _is(self, id_: str) -> ColumnElement[bool]:
        return and_(WebhookRow.municipality == self.municipality, WebhookRow.id == id_)


class Outbox:
    """What waits to be sent, of all municipalities: for the sender alone."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def waits(self, at: datetime) -> bool:
        """Whether something is to be sent."""
        return self.session.scalars(select(DeliveryRow.event_id).where(_is_due(at)).limit(1)).first() is not None

    def claim(self, at: datetime, *, most: int, lease: timedelta) -> tuple[Message, ...]:
        """Take messages that are due, the longest waiting first; nobody else takes them until the lease has run out.

        Rows that another sender is taking at the moment are passed over (PostgreSQL: SKIP LOCKED; SQLite has one writer
        at a time).
        """
        query = (
            select(DeliveryRow, WebhookRow, OutboxEventRow)
            .join(WebhookRow, _same(WebhookRow, DeliveryRow.webhook_id))
            .join(OutboxEventRow, _same(OutboxEventRow, DeliveryRow.event_id))
            .where(_is_due(at))
            .order_by(DeliveryRow.due_at, DeliveryRow.event_id)
            .limit(most)
            .with_for_update(of=DeliveryRow, skip_locked=True)
        )
        until, messages = at + lease, []
        for delivery, webhook, event in self.session.execute(query):
            delivery.claimed_until = until
            messages.append(
                Message(
                    municipality=delivery.municipality,
                    webhook_id=webhook.id,
                    event_id=event.id,
                    type=event.type,
                    occurred_at=event.occurred_at,
                    data=event.data,
                    attempts=delivery.attempts,
                    claimed_until=until,
                    url=webhook.url,
                    secret=Sealed(webhook.key_id, webhook.secret),
                )
            )
        return tuple(messages)

    def delivered(self, message: Message, at: datetime) -> None:
        """It has arrived."""
        self._set(message, status=DeliveryStatus.DELIVERED, delivered_at=at, last_error="")

    def failed(self, message: Message, error: str, next_at: datetime | None) -> None:
        """It has not arrived; it is sent again at `next_at`, or never.

        Nothing changes where another sender has taken it since.
        """
        if next_at is None:
            self._set(message, own=True, status=DeliveryStatus.DEAD, last_error=error)
        else:
            self._set(message, own=True, due_at=next_at, last_error=error)

    def prune(self, before: datetime) -> None:
        """Remove events that happened before a time, with their messages."""
        self.session.execute(delete(OutboxEventRow).where(OutboxEventRow.occurred_at < before))

    def _set(self, message: Message, *, own: bool = False, **values: object) -> None:
        condition = and_(
            DeliveryRow.municipality == message.municipality,
            DeliveryRow.webhook_id == message.webhook_id,
            DeliveryRow.event_id == message.event_id,
        )
        if own:
            condition &= DeliveryRow.claimed_until == message.claimed_until
        self.session.execute(
            update(DeliveryRow)
            .where(condition)
            .values(attempts=message.attempts + 1, claimed_until=None, **values)
            .execution_options(synchronize_session=False)
        )


def _is_due(at: datetime) -> ColumnElement[bool]:
    free = or_(DeliveryRow.claimed_until.is_(None), DeliveryRow.claimed_until <= at)
    return and_(DeliveryRow.status == DeliveryStatus.WAITING, DeliveryRow.due_at <= at, free)


def _same(table: type[WebhookRow] | type[OutboxEventRow], id_: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The row of a table that a message names."""
    return and_(table.municipality == DeliveryRow.municipality, table.id == id_)


def _webhook(row: WebhookRow) -> Webhook:
    return Webhook(
        row.id,
        row.url,
        tuple(EventType(one) for one in row.event_types),
        Sealed(row.key_id, row.secret),
        row.created_at,
        row.created_by,
    )
