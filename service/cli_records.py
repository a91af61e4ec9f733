"""The command `matcher replay`: a run or a list made again from what was written down, and compared."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from service.terminal import console, print_json, table

if TYPE_CHECKING:
    from service.use_cases.replay import Replayed

NAMES = {"run": "Planen", "list": "Listen"}
SHOWN = 12
"""Characters of a digest that a terminal shows; `--json` has them all."""


def replay(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="En kørsel eller en vist liste.")],
    as_json: Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")] = False,
) -> None:
    """Genskaber en plan eller en vist liste af det, der blev skrevet ned, og sammenligner. Kode 0: helt ens."""
    from service.cli import command_settings
    from service.use_cases.database import open_database
    from service.use_cases.replay import Replayer, Verdict
    from service.use_cases.taxonomy import taxonomy_of

    settings = command_settings()
    found = Replayer(open_database(settings), settings.municipality, taxonomy_of(settings)).replay(record_id)
    if as_json:
        print_json(found.as_record())
    else:
        _show(found)
    if found.verdict is not Verdict.IDENTICAL:
        raise typer.Exit(1)


def _show(found: "Replayed") -> None:
    from service.use_cases.replay import Verdict

    out, name = console(), NAMES[found.kind]
    if found.verdict is Verdict.IDENTICAL:
        out.print(Text(f"{name} er genskabt og helt ens.", style="green"))
        if found.erased:
            out.print(Text("Borgere, der er slettet siden, indgik i grundlaget, men ikke i listen."))
    elif found.versions:
        out.print(Text(f"{name} er ikke ens, og den er nu lavet med en anden udgave end dengang:", style="yellow"))
    elif found.verdict is Verdict.DIFFERENT:
        out.print(Text(f"{name} er ikke ens.", style="red"))
    if found.versions:
        rows = [(change, then[:SHOWN] or "–", now[:SHOWN] or "–") for change, then, now in found.versions]
        out.print(table(("Anden udgave af", "Dengang", "Nu"), rows))
    if found.verdict is Verdict.NOT_REPEATABLE:
        out.print(
            Text(
                "Planen kan ikke gentages: Tiden slap op under beregningen, dengang eller nu. Den gemte plan er "
                "kontrolleret og holder alle grænser.",
                style="yellow",
            )
        )
    if found.difference:
        difference = found.difference
        out.print(Text(f"Første forskel: {difference.path}"))
        out.print(Text(f"  gemt: {difference.stored}"))
        out.print(Text(f"  nu:   {difference.now}"))
