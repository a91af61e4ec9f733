"""Webhooks as plain values: what one can be told of, who is told, and what waits to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.crypto import Sealed


class EventType(StrEnum):
    """What a case system can be told of."""

    RUN_PUBLISHED = "run.published"
    PROPOSAL_DECIDED = "proposal.decided"
    PLACEMENT_CREATED = "placement.created"
    PLACEMENT_CHANGED = "placement.changed"
    PLACEMENT_REMOVED = "placement.removed"
    CITIZEN_ERASED = "citizen.erased"


class DeliveryStatus(StrEnum):
    """How far a message has come."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up; it is sent again only when somebody asks for it."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events of some types; `secret` signs what it is sent."""

    id: str
    url: str
    event_types: tuple[EventType, ...]
    secret: Sealed
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Message:
    """An event on its way to one address.

    Attributes
    ----------
    event_id : the same each time it is sent, so that the receiver can tell that it has had it
    data : ids
    attempts : how often it has been sent before
    claimed_until : when another sender may take it
    """

    municipality: str
    webhook_id: str
    event_id: str
    type: str
    occurred_at: datetime
    data: Mapping[str, str]
    attempts: int
    claimed_until: datetime
    url: str
    secret: Sealed


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """Messages to one address, by how far they have come; and the last error of those that wait or are dead."""

    waiting: int = 0
    delivered: int = 0
    dead: int = 0
    last_error: str = ""
