"""Webhooks: told with what happened, signed, sent again until they arrive, and to nobody else."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from fixtures import municipality
from service.clock import now
from service.crypto import new_key
from service.db.outbox import DeliveryCounts, EventType, Message
from service.db.outbox_repositories import Outbox, Webhooks, announce
from service.db.outbox_tables import OutboxEventRow
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.problems import NotFound, SealBroken
from service.settings import Settings
from service.use_cases.audit import audit_page
from service.use_cases.demo import take_in
from service.use_cases.webhooks import (
    KEPT,
    LEASE,
    Sent,
    add_webhook,
    keep_sending,
    prune,
    remove_webhook,
    replay,
    rotate_keys,
    send_due,
    send_everything,
    sender_of,
)
from service.webhooks import MOST_ATTEMPTS, Outcome, Sender
from tests.builders import MUNICIPALITY
from tests.integration.test_cli import Run, run  # noqa: F401 - a fixture
from tests.receiving import DROPS, Receiver, receiver
from tests.serving import ELSEWHERE
from tests.stores import Store

KEY = new_key()


@dataclass(frozen=True)
class Post:
    """A database, and a case system that is told of plans and decisions."""

    sessions: SessionFactory
    settings: Settings
    receiver: Receiver
    webhook_id: str
    secret: str

    @property
    def sender(self) -> Sender:
        return sender_of(self.settings)

    def tell(self, type_: EventType = EventType.RUN_PUBLISHED, municipality: str = MUNICIPALITY, **ids: str) -> str:
        with unit_of_work(self.sessions) as session:
            return announce(session, municipality, type_, ids or {"run_id": "r"})

    def send(self, at: datetime | None = None) -> Sent:
        return send_due(self.sessions, self.sender, at=at)

    def counts(self) -> DeliveryCounts:
        with read_only(self.sessions) as session:
            return Webhooks(session, MUNICIPALITY).counts().get(self.webhook_id, DeliveryCounts())


@pytest.fixture(scope="module")
def case_system() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def post(migrated_url: str, case_system: Receiver) -> Iterator[Post]:
    """One case system that is told of two kinds of event."""
    case_system.answers.clear()
    case_system.received.clear()
    engine = create_database_engine(migrated_url)
    sessions, settings = sessions_of(engine), Settings(webhook_keys=(KEY,))
    with unit_of_work(sessions) as session:
        types = (EventType.RUN_PUBLISHED, EventType.PROPOSAL_DECIDED)
        webhook, secret = add_webhook(session, MUNICIPALITY, settings, case_system.url, types)
    yield Post(sessions, settings, case_system, webhook.id, secret)
    engine.dispose()


def test_what_happened_is_told_once_signed_and_with_ids_only(post: Post) -> None:
    event_id = post.tell(run_id="r-1")
    post.tell(EventType.CITIZEN_ERASED, citizen_id="c-1")
    post.tell(municipality=ELSEWHERE, run_id="r-2")
    assert post.send() == Sent(delivered=1)
    assert post.send() == Sent()
    (body,) = post.receiver.verified(post.secret)
    assert (body["type"], body["data"]) == ("run.published", {"municipality": MUNICIPALITY, "run_id": "r-1"})
    headers = post.receiver.received[0][0]
    assert post.receiver.ids == [event_id]
    assert headers["host"] in post.receiver.url
    assert headers["content-type"] == "application/json"
    assert post.counts() == DeliveryCounts(delivered=1)


def test_what_is_taken_back_is_told_to_nobody(post: Post) -> None:
    def fails() -> None:
        with unit_of_work(post.sessions) as session:
            announce(session, MUNICIPALITY, EventType.RUN_PUBLISHED, {"run_id": "r"})
            raise RuntimeError("before the commit")

    with pytest.raises(RuntimeError, match="before the commit"):
        fails()
    assert post.send() == Sent()


@pytest.mark.parametrize("answer", [500, 404, 302, DROPS])
def test_a_message_that_is_not_taken_is_sent_again_with_its_id(post: Post, answer: int) -> None:
    event_id = post.tell()
    post.receiver.answers.append(answer)
    at = now()
    assert post.send(at) == Sent(failed=1)
    assert post.counts().last_error in {f"status {answer}", "RemoteProtocolError"}
    assert post.send(at + timedelta(seconds=1)) == Sent()
    assert post.send(at + timedelta(seconds=10)) == Sent(delivered=1)
    assert post.receiver.ids == [event_id, event_id]
    assert len(post.receiver.verified(post.secret)) == 2
    assert post.counts() == DeliveryCounts(delivered=1)


def test_a_receiver_that_does_not_answer_is_asked_again(post: Post) -> None:
    post.tell()
    post.receiver.held.clear()
    at = now()
    try:
        impatient = replace(post.sender, timeout_s=0.3)
        assert send_due(post.sessions, impatient, at=at) == Sent(failed=1)
    finally:
        post.receiver.held.set()
    assert post.counts().last_error == "timeout"
    assert post.send(at + timedelta(seconds=10)) == Sent(delivered=1)


def test_a_message_is_given_up_in_the_end_and_replayed_on_demand(post: Post) -> None:
    event_id = post.tell()
    at = now()
    post.receiver.answers.extend([503] * MOST_ATTEMPTS)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert post.send(at) == (Sent(failed=1) if attempt < MOST_ATTEMPTS else Sent(dead=1))
        at += timedelta(days=2)
    assert post.send(at) == Sent()
    assert post.counts() == DeliveryCounts(dead=1, last_error="status 503")
    with unit_of_work(post.sessions) as session:
        assert replay(session, MUNICIPALITY, event_id=event_id) == 1
    assert post.send() == Sent(delivered=1)
    assert set(post.receiver.ids) == {event_id}


def test_an_address_that_is_gone_is_not_asked_again(post: Post) -> None:
    post.tell()
    post.receiver.answers.append(410)
    assert post.send() == Sent(dead=1)


def test_a_crash_between_sending_and_writing_it_down_sends_twice_with_the_same_id(post: Post) -> None:
    event_id = post.tell()

    class Crash(BaseException):
        """The process dies."""

    class Dying(Sender):
        """Sends, and dies before that is written down."""

        def send_all(self, messages: Any, at: datetime) -> list[Outcome]:
            super().send_all(messages, at)
            raise Crash

    plain = post.sender
    dying = Dying(plain.reach, plain.opened, plain.resolve, plain.timeout_s)
    at = now()
    with pytest.raises(Crash):
        send_due(post.sessions, dying, at=at)
    assert post.send(at + timedelta(seconds=30)) == Sent()  # still the other sender's
    assert post.send(at + LEASE) == Sent(delivered=1)
    assert post.receiver.ids == [event_id, event_id]


def test_senders_at_the_same_time_send_each_message_once(post: Post) -> None:
    told = {post.tell(run_id=f"r-{k}") for k in range(60)}
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: send_everything(post.sessions, post.sender), range(4)))
    assert sum(one.delivered for one in sent) == 60
    assert sorted(post.receiver.ids) == sorted(told)


def test_a_sender_that_was_too_slow_changes_nothing_that_another_has_taken(post: Post) -> None:
    post.tell()
    at = now()
    with unit_of_work(post.sessions) as session:
        (slow,) = Outbox(session).claim(at, most=1, lease=LEASE)
    with unit_of_work(post.sessions) as session:
        (fast,) = Outbox(session).claim(at + LEASE, most=1, lease=LEASE)
    with unit_of_work(post.sessions) as session:
        Outbox(session).failed(slow, "timeout", None)
    assert post.counts() == DeliveryCounts(waiting=1)
    with unit_of_work(post.sessions) as session:
        Outbox(session).delivered(fast, at)
    assert post.counts() == DeliveryCounts(delivered=1)


def test_replay_takes_what_has_happened_since_for_those_who_want_it(post: Post, case_system: Receiver) -> None:
    first = post.tell(run_id="r-1")
    between = now()
    second, third = post.tell(run_id="r-2"), post.tell(EventType.PLACEMENT_CREATED, placement_id="p")
    send_everything(post.sessions, post.sender)
    with unit_of_work(post.sessions) as session:
        later, _ = add_webhook(
            session, MUNICIPALITY, post.settings, case_system.url + "/2", [EventType.PLACEMENT_CREATED]
        )
        assert replay(session, MUNICIPALITY, since=between) == 2
        with pytest.raises(NotFound):
            replay(session, MUNICIPALITY, event_id="unknown")
        with pytest.raises(NotFound):
            replay(session, MUNICIPALITY, event_id=first, webhook_id="unknown")
        with pytest.raises(NotFound):
            replay(session, ELSEWHERE, event_id=first)
    send_everything(post.sessions, post.sender)
    assert sorted(post.receiver.ids[2:]) == sorted([second, third])
    with unit_of_work(post.sessions) as session:
        assert replay(session, MUNICIPALITY, since=now() - timedelta(days=1), webhook_id=later.id) == 1
        newest = audit_page(session, MUNICIPALITY, after=None, limit=10)
    assert [one.action for one in newest[:2]] == ["webhooks.replayed", "webhook.added"]


def test_a_removed_webhook_is_told_no_more(post: Post) -> None:
    post.tell()
    with unit_of_work(post.sessions) as session:
        with pytest.raises(NotFound):
            remove_webhook(session, ELSEWHERE, post.webhook_id)
        remove_webhook(session, MUNICIPALITY, post.webhook_id)
    post.tell()
    assert post.send() == Sent()


def test_old_events_are_removed(post: Post) -> None:
    event_id = post.tell()
    prune(post.sessions)
    with read_only(post.sessions) as session:
        assert Webhooks(session, MUNICIPALITY).has_event(event_id)
    prune(post.sessions, at=now() + KEPT)
    with read_only(post.sessions) as session:
        assert not Webhooks(session, MUNICIPALITY).has_event(event_id)
    assert post.counts() == DeliveryCounts()


def test_a_night_removes_old_events_also_where_nobody_sends(
    post: Post,
    run: Run,  # noqa: F811 - the fixture
    migrated_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event_id, invented = post.tell(), municipality(seed=7, citizens=12)
    take_in(post.sessions, MUNICIPALITY, invented)
    with unit_of_work(post.sessions) as session:
        session.execute(update(OutboxEventRow).values(occurred_at=now() - KEPT - timedelta(days=1)))
    monkeypatch.setenv("MATCHER_DATABASE_URL", migrated_url)
    monkeypatch.setenv("MATCHER_TODAY", invented.on.isoformat())
    assert run("nightly", "--time-limit", "5", "--force").code in {0, 4}
    with read_only(post.sessions) as session:
        assert not Webhooks(session, MUNICIPALITY).has_event(event_id)


def test_secrets_lie_sealed_and_their_keys_can_be_changed(post: Post) -> None:
    with read_only(post.sessions) as session:
        (before,) = Webhooks(session, MUNICIPALITY).all()
    assert post.secret.encode() not in before.secret.content
    newer = post.settings.model_copy(
        update={"webhook_keys": (*Settings(webhook_keys=(new_key(),)).webhook_keys, *post.settings.webhook_keys)}
    )
    with unit_of_work(post.sessions) as session:
        assert rotate_keys(session, MUNICIPALITY, newer) == 1
        assert rotate_keys(session, MUNICIPALITY, newer) == 0
    only_new = newer.model_copy(update={"webhook_keys": newer.webhook_keys[:1]})
    post.tell()
    assert send_due(post.sessions, sender_of(only_new)) == Sent(delivered=1)
    assert len(post.receiver.verified(post.secret)) == 1
    post.tell()
    assert post.send() == Sent(failed=1)  # with the old key only
    assert post.counts().last_error == "secret does not open"
    with unit_of_work(post.sessions) as session, pytest.raises(SealBroken):
        rotate_keys(session, MUNICIPALITY, post.settings.model_copy(update={"webhook_keys": _other_key()}))


def _other_key() -> tuple[Any, ...]:
    return Settings(webhook_keys=(new_key(),)).webhook_keys


def test_sending_goes_on_until_it_is_stopped(post: Post) -> None:
    post.tell()
    waits: list[float] = []

    def stopped(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 2:
            post.tell()
        return len(post.receiver.received) == 2 and seconds > 0

    keep_sending(post.sessions, post.sender, stopped)
    assert len(post.receiver.received) == 2
    assert waits[0] == 0.0
    assert post.counts() == DeliveryCounts(delivered=2)


def test_a_database_that_does_not_answer_is_waited_for(tmp_path: Path) -> None:
    broken = Store.create(tmp_path).sessions
    with unit_of_work(broken) as session:
        session.execute(text("DROP TABLE webhook_deliveries"))
    waits: list[float] = []

    def stopped(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 3

    keep_sending(broken, sender_of(Settings(webhook_keys=(KEY,))), stopped)
    assert waits[1:] == [2.0, 2.0]


def test_a_message_names_nobody(post: Post) -> None:
    post.tell(EventType.PROPOSAL_DECIDED, proposal_id="p", decision_id="d")
    with unit_of_work(post.sessions) as session:
        (message,) = Outbox(session).claim(now(), most=5, lease=LEASE)
    assert isinstance(message, Message)
    assert set(message.data) == {"proposal_id", "decision_id"}
