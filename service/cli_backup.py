"""The commands `matcher backup` and `matcher restore`: all of a database as one file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.wording import counted
from service.cli_audit import FAULTS
from service.terminal import console, print_json

if TYPE_CHECKING:
    from service.use_cases.backup import Backup

AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FIL", help="Ny fil. Den rummer personoplysninger.")],
    as_json: AsJson = False,
) -> None:
    """Skriver hele databasen, som den er lige nu, til en ny fil. Tjenesten kan køre imens."""
    from service.cli import command_settings
    from service.use_cases.backup import write_backup
    from service.use_cases.database import open_database

    if file.exists():
        raise typer.BadParameter(f"Filen {file} findes allerede og bliver ikke overskrevet.")
    made = write_backup(open_database(command_settings()), file)
    if as_json:
        print_json(_record(made))
        return
    console().print(f"{_rows(made)} fra {_tables(made)} er skrevet til {file}.")
    console().print(f"Sum: {made.sha256}", style="dim")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FIL", exists=True, dir_okay=False, help="Fra 'matcher backup'.")],
    as_json: AsJson = False,
) -> None:
    """Læser en sikkerhedskopi ind i en tom database og sammenligner hver række. Alt eller intet.

    Bagefter regnes sporet af, hvem der har gjort hvad, efter for hver kommune. Kode 1: et spor er brudt.
    """
    from service.db.migrate import migrate
    from service.db.session import read_only, session_factory
    from service.settings import Settings
    from service.use_cases.audit import verified_all
    from service.use_cases.backup import restore_backup

    settings = Settings()
    migrate(settings.database_url)
    sessions = session_factory(settings)
    made = restore_backup(sessions, file)
    with read_only(sessions) as session:
        chains = verified_all(session)
    broken = {municipality: one for municipality, one in chains.items() if one.fault is not None}
    if as_json:
        audit = {municipality: {"entries": one.entries, "broken": one.broken} for municipality, one in chains.items()}
        print_json(_record(made) | {"audit": audit})
    else:
        console().print(f"{_rows(made)} i {_tables(made)} er læst ind, og hver række er som i filen.")
        console().print(f"Sum: {made.sha256}", style="dim")
        for municipality, one in chains.items():
            if one.fault is None:
                console().print(f"Kommune {municipality}: sporet holder. Antal poster: {one.entries}.")
            else:
                said = f"Kommune {municipality}: sporet er brudt ved post {one.broken}: {FAULTS[one.fault]}."
                console().print(said, style="bold red")
    if broken:
        raise typer.Exit(1)


def _rows(made: "Backup") -> str:
    return counted(made.rows, "række", "rækker")


def _tables(made: "Backup") -> str:
    return counted(len(made.tables), "tabel", "tabeller")


def _record(made: "Backup") -> dict[str, object]:
    return {"revision": made.revision, "tables": len(made.tables), "rows": made.rows, "sha256": made.sha256}
