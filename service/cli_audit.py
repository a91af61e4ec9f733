"""Commands about the chain of who did what: `matcher audit` with verify, show and head."""

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.text import Text

from service.audit_chain import Action, Fault, Head
from service.clock import DANISH_TIME
from service.terminal import console, print_json, table

AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]
FAULTS: Mapping[Fault, str] = {
    Fault.MISSING: "den findes ikke",
    Fault.ALTERED: "indholdet er ændret, siden den blev skrevet",
    Fault.UNCHAINED: "den hænger ikke sammen med posten før, som er skiftet ud",
    Fault.NOT_AS_KEPT: "den er en anden end den, der blev gemt et andet sted",
}
ACTIONS: Mapping[Action, str] = {
    Action.RUN_PUBLISHED: "plan offentliggjort",
    Action.RUN_WITHDRAWN: "plan taget tilbage",
    Action.PROPOSAL_DECIDED: "forslag afgjort",
    Action.DECISION_TAKEN_BACK: "afgørelse fortrudt",
    Action.PAIR_DECIDED: "plads fastholdt eller udelukket",
    Action.PLACES_CHANGED: "antal pladser ændret",
    Action.PLACEMENT_CREATED: "forløb oprettet",
    Action.PLACEMENT_CHANGED: "forløb ændret",
    Action.PLACEMENT_REMOVED: "forløb fortrudt",
    Action.RULES_PREVIEWED: "regelændring prøvet",
    Action.RULES_CHANGED: "regler ændret",
    Action.WEIGHTS_CHOSEN: "vægte valgt",
    Action.DATA_IMPORTED: "data indlæst",
    Action.DATA_EXPORTED: "data skrevet til fil",
    Action.TRAITS_IMPORTED: "beskyttede kendetegn indlæst",
    Action.CITIZEN_OPENED: "borger åbnet uden for egen adgang",
    Action.CITIZEN_CORRECTED: "borgerens oplysninger rettet",
    Action.CITIZEN_EXPORTED: "borgerens oplysninger udleveret",
    Action.CITIZEN_ERASED: "borger slettet",
    Action.KEYS_ROTATED: "nøgler skiftet",
    Action.SESSION_BEGUN: "logget ind",
    Action.SESSION_ENDED: "logget ud",
    Action.SIGN_IN_REFUSED: "login afvist",
    Action.ACCESS_CHANGED: "adgange ændret",
    Action.WEBHOOK_ADDED: "webhook tilføjet",
    Action.WEBHOOK_REMOVED: "webhook fjernet",
    Action.WEBHOOKS_REPLAYED: "beskeder sendt igen",
}
app = typer.Typer(
    help="Sporet af, hvem der har gjort hvad: kontrollér det, se det, og gem dets hoved et andet sted.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _head(text: str | None) -> Head | None:
    try:
        return None if text is None else Head.parse(text)
    except ValueError:
        raise typer.BadParameter("Skriv hovedet, som 'matcher audit head' viste det: 17:3b5c…") from None


@app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(metavar="NR:HASH", help="Et hoved, der er gemt et andet sted; så ses også afkortning.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Regner hele kæden efter. Kode 0: intet er ændret. Kode 1: den første brudte post er nævnt."""
    from service.cli import command_settings
    from service.db.session import read_only
    from service.use_cases.audit import verified
    from service.use_cases.database import open_database

    kept, settings = _head(head), command_settings()
    with read_only(open_database(settings)) as session:
        found = verified(session, settings.municipality, kept)
    if as_json:
        print_json(
            {
                "valid": found.broken is None,
                "entries": found.entries,
                "head": str(found.head),
                "broken": found.broken,
                "fault": found.fault,
            }
        )
    elif found.fault is None:
        console().print(Text(f"Kæden holder. Antal poster: {found.entries}.", style="green"))
        console().print(Text(f"Hoved: {found.head}"), soft_wrap=True)
    else:
        console().print(Text(f"Kæden er brudt ved post {found.broken}: {FAULTS[found.fault]}.", style="bold red"))
        console().print(f"Posterne før den holder. Antal: {found.entries}.")
    if found.fault is not None:
        raise typer.Exit(1)


@app.command()
def head() -> None:
    """Kædens seneste post som NR:HASH. Gem linjen et andet sted, fx hver nat, og giv den til verify --head."""
    from service.cli import command_settings
    from service.db.audit_repositories import AuditEntries
    from service.db.session import read_only
    from service.use_cases.database import open_database

    settings = command_settings()
    with read_only(open_database(settings)) as session:
        typer.echo(str(AuditEntries(session, settings.municipality).head()))


@app.command()
def show(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Hvor mange poster, nyeste først.")] = 20,
    action: Annotated[Action | None, typer.Option(help="Kun poster af denne slags.")] = None,
    object_id: Annotated[str | None, typer.Option("--about", metavar="ID", help="Kun poster om dette id.")] = None,
    actor_id: Annotated[str | None, typer.Option("--by", metavar="ID", help="Kun, hvad denne har gjort.")] = None,
    as_json: AsJson = False,
) -> None:
    """De seneste poster: hvem, hvad og hvornår."""
    from service.cli import command_settings
    from service.db.session import read_only
    from service.use_cases.audit import audit_page
    from service.use_cases.database import open_database

    settings = command_settings()
    with read_only(open_database(settings)) as session:
        found = audit_page(
            session,
            settings.municipality,
            after=None,
            limit=limit,
            action=action,
            object_id=object_id,
            actor_id=actor_id,
        )
    if as_json:
        print_json([entry.as_record() for entry in found])
        return
    if not found:
        console().print("Der er ingen poster.")
        return
    known = {action.value: text for action, text in ACTIONS.items()}
    rows = [
        (
            str(entry.n),
            entry.at.astimezone(DANISH_TIME).strftime("%d.%m.%Y %H:%M"),
            entry.actor_id,
            known.get(entry.action, entry.action),
            entry.object_id,
        )
        for entry in found
    ]
    console().print(table(("Nr.", "Hvornår", "Hvem", "Hvad", "Om"), rows, numbers=(0,)))
