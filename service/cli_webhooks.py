"""Commands about webhooks: `matcher webhooks` with send, replay, status, new-key and rotate-keys."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from matcher.wording import counted
from service.clock import DANISH_TIME
from service.terminal import console, print_json, table

if TYPE_CHECKING:
    from service.db.session import SessionFactory
    from service.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]
STOP_S = 30.0
"""Seconds that `matcher serve` waits for messages that are on their way."""
app = typer.Typer(
    help="Beskeder til fagsystemet: send dem, send dem igen, og se, hvordan det går.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def send(
    once: Annotated[bool, typer.Option("--once", help="Send det, der venter, og stop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sender beskeder, når de opstår, til processen bliver stoppet. Flere processer må køre samtidig."""
    from service.cli import command_settings
    from service.logs import configure_logging
    from service.use_cases.database import open_database
    from service.use_cases.webhooks import keep_sending, send_everything, sender_of

    settings = command_settings()
    sessions, sender = open_database(settings), sender_of(settings)
    configure_logging(settings.log_level)
    if not once:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda _number, _frame: stop.set())
        keep_sending(sessions, sender, stop.wait)
        return
    sent = send_everything(sessions, sender)
    if as_json:
        print_json({"delivered": sent.delivered, "failed": sent.failed, "dead": sent.dead})
    else:
        console().print(
            f"Sendt: {sent.delivered}. Mislykket, prøves igen: {sent.failed}. Mislykket, opgivet: {sent.dead}."
        )


@app.command()
def replay(
    event_id: Annotated[str | None, typer.Argument(metavar="[BESKED_ID]", help="Én besked.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Alt siden da, dansk tid; højst 30 dage tilbage."),
    ] = None,
    webhook_id: Annotated[str | None, typer.Option("--webhook", metavar="ID", help="Kun til denne modtager.")] = None,
) -> None:
    """Sender beskeder igen, med samme id som første gang."""
    from service.cli import command_settings
    from service.db.session import unit_of_work
    from service.use_cases.database import open_database
    from service.use_cases.webhooks import replay as send_again

    if (event_id is None) == (since is None):
        raise typer.BadParameter("Nævn enten en besked eller --since.")
    settings = command_settings()
    moment = None if since is None else since.replace(tzinfo=DANISH_TIME).astimezone(UTC)
    with unit_of_work(open_database(settings)) as session:
        found = send_again(session, settings.municipality, event_id=event_id, since=moment, webhook_id=webhook_id)
    console().print(f"{counted(found, 'besked', 'beskeder')} er lagt klar og sendes igen.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Hver modtager, hvad den får besked om, og hvor mange beskeder der venter, er leveret eller er opgivet."""
    from service.cli import command_settings
    from service.db.outbox import DeliveryCounts
    from service.db.outbox_repositories import Webhooks
    from service.db.session import read_only
    from service.use_cases.database import open_database

    settings = command_settings()
    with read_only(open_database(settings)) as session:
        webhooks = Webhooks(session, settings.municipality)
        counts = webhooks.counts()
        found = [(one, counts.get(one.id, DeliveryCounts())) for one in webhooks.all()]
    if as_json:
        print_json(
            [
                {
                    "id": one.id,
                    "url": one.url,
                    "event_types": list(one.event_types),
                    "waiting": of.waiting,
                    "delivered": of.delivered,
                    "dead": of.dead,
                    "last_error": of.last_error,
                }
                for one, of in found
            ]
        )
        return
    if not found:
        console().print("Ingen får besked. Fagsystemet tilføjer en modtager med POST /api/v1/webhooks.")
        return
    for one, of in found:
        console().print(Text(one.url, style="bold"))
        console().print(Text(f"{one.id}: {', '.join(one.event_types)}", style="dim"))
        rows = [("venter", str(of.waiting)), ("leveret", str(of.delivered)), ("opgivet", str(of.dead))]
        console().print(table(("Beskeder, der er …", "Antal"), rows, numbers=(1,)))
        if of.last_error:
            console().print(Text(f"Seneste fejl: {of.last_error}"))


@app.command("new-key")
def new_key() -> None:
    """En ny tilfældig nøgle til MATCHER_WEBHOOK_KEYS."""
    from service.crypto import new_key as make

    typer.echo(make())


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Forsegler modtagernes hemmeligheder med den nyeste nøgle, så de ældre kan tages ud af indstillingen."""
    from service.cli import command_settings
    from service.db.session import unit_of_work
    from service.use_cases.database import open_database
    from service.use_cases.webhooks import rotate_keys as rotate

    settings = command_settings()
    with unit_of_work(open_database(settings)) as session:
        found = rotate(session, settings.municipality, settings)
    console().print(f"{counted(found, 'hemmelighed', 'hemmeligheder')} er forseglet på ny.")


@contextmanager
def sending(settings: "Settings", sessions: "SessionFactory") -> Iterator[None]:
    """Sends messages beside what is done inside, where the settings say so."""
    if not settings.webhooks_in_serve:
        yield
        return
    from service.use_cases.webhooks import keep_sending, sender_of

    stop = threading.Event()
    thread = threading.Thread(
        target=keep_sending, args=(sessions, sender_of(settings), stop.wait), name="webhooks", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_S)
