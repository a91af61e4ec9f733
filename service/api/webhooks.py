"""Webhooks: which addresses of the case system are told of what."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, status
from pydantic import BaseModel, ConfigDict, Field

from service.api.errors import declares
from service.db.outbox import DeliveryCounts, EventType, Webhook
from service.db.outbox_repositories import Webhooks
from service.dependencies import CaseSystem, Db, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NotFound, NotSignedIn, WebhooksNotConfigured
from service.use_cases.webhooks import add_webhook, remove_webhook

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

WebhookId = Annotated[str, Path(max_length=64, description="id of the webhook")]


class WebhookIn(BaseModel):
    """An address that is to be told of something."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        min_length=1,
        max_length=2000,
        description="https address that messages are sent to; it may not be inside the service's own network",
        examples=["https://case.example.dk/hooks/matcher"],
    )
    event_types: list[EventType] = Field(
        min_length=1, max_length=len(EventType), description="what to tell of", examples=[["run.published"]]
    )


class WebhookOut(BaseModel):
    """An address that is told of events, and how its messages fare."""

    id: str = Field(description="id of the webhook")
    url: str = Field(description="where messages are sent to", examples=["https://case.example.dk/hooks/matcher"])
    event_types: list[EventType] = Field(description="what it is told of", examples=[["run.published"]])
    created_at: datetime = Field(description="UTC")
    created_by: str = Field(description="the caller who added it", examples=["fagsystem"])
    waiting: int = Field(description="messages that are to be sent (again)")
    delivered: int = Field(description="messages of the last 30 days that were answered with 2xx")
    dead: int = Field(description="messages of the last 30 days that were given up; they can be replayed")
    last_error: str = Field(description="why the last attempt of a waiting or dead message failed; empty = none did")

    @classmethod
    def of(cls, webhook: Webhook, counts: DeliveryCounts) -> "WebhookOut":
        """The webhook as the API shows it."""
        return cls(
            id=webhook.id,
            url=webhook.url,
            event_types=list(webhook.event_types),
            created_at=webhook.created_at,
            created_by=webhook.created_by,
            waiting=counts.waiting,
            delivered=counts.delivered,
            dead=counts.dead,
            last_error=counts.last_error,
        )


class WebhookCreated(WebhookOut):
    """A new webhook with its secret. The secret is shown this once."""

    secret: str = Field(description="what signatures are verified with (Standard Webhooks)", examples=["whsec_…"])


@router.get("", summary="List webhooks", responses=declares(NotSignedIn, Forbidden))
def list_webhooks(caller: CaseSystem, view: View) -> list[WebhookOut]:
    """Every webhook of the municipality, oldest first; there are at most 20."""
    webhooks = Webhooks(view, caller.municipality)
    counts = webhooks.counts()
    return [WebhookOut.of(one, counts.get(one.id, DeliveryCounts())) for one in webhooks.all()]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    summary="Add a webhook",
    responses=declares(NotSignedIn, Forbidden, InvalidInput, WebhooksNotConfigured),
)
def create_webhook(wanted: WebhookIn, caller: CaseSystem, services: ServicesOf, db: Db) -> WebhookCreated:
    """Tell an address of what happens from now on. The answer has the secret that its messages are signed with.

    The answer is kept for no Idempotency-Key, since it holds the secret: a webhook that was added twice is removed.
    """
    webhook, secret = add_webhook(db, caller.municipality, services.settings, wanted.url, wanted.event_types)
    return WebhookCreated(**WebhookOut.of(webhook, DeliveryCounts()).model_dump(), secret=secret)


@router.get("/{webhook_id}", summary="Read a webhook", responses=declares(NotSignedIn, Forbidden, NotFound))
def read_webhook(webhook_id: WebhookId, caller: CaseSystem, view: View) -> WebhookOut:
    """One webhook, and how its messages fare."""
    webhooks = Webhooks(view, caller.municipality)
    return WebhookOut.of(webhooks.get(webhook_id), webhooks.counts().get(webhook_id, DeliveryCounts()))


@router.delete(
    "/{webhook_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Remove a webhook",
    responses=declares(NotSignedIn, Forbidden, NotFound),
)
def delete_webhook(webhook_id: WebhookId, caller: CaseSystem, db: Db) -> None:
    """Tell an address no more. What waits for it is dropped."""
    remove_webhook(db, caller.municipality, webhook_id)
