"""Commands about citizens' data: `matcher personal` with keys, access log, export, erasure and what it leaves."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.text import Text

from service.clock import DANISH_TIME, local_day
from service.danish import CHANNELS, READ_PURPOSES, ROLES
from service.terminal import console, print_json, table

if TYPE_CHECKING:
    from service.use_cases.retention import Erased

AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]
CitizenId = Annotated[str, typer.Argument(metavar="BORGER_ID")]
KINDS: Final = {
    "citizens": "borgere, efter målgruppe",
    "placements": "forløb, efter form",
    "outcomes": "afsluttede forløb, efter resultat",
    "proposals": "forslag, efter afgørelse",
}

app = typer.Typer(
    help="Borgernes oplysninger: nøgler til CPR-numre, hvem der har læst, udlevering og sletning.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("new-key")
def new_key() -> None:
    """En ny tilfældig nøgle til MATCHER_CPR_KEYS eller MATCHER_CPR_SEARCH_KEYS. Den gemmes ikke her."""
    from service.crypto import new_key as random_key

    typer.echo(random_key())


@app.command("rotate-keys")
def rotate_keys(as_json: AsJson = False) -> None:
    """Krypterer CPR-numrene igen med de nyeste nøgler. Derefter kan de gamle tages ud af indstillingerne."""
    from service.cli import command_settings
    from service.db.session import unit_of_work
    from service.use_cases.cpr import CprKeys
    from service.use_cases.cpr import rotate_keys as rotate
    from service.use_cases.database import open_database

    settings = command_settings()
    keys = CprKeys.of(settings)
    with unit_of_work(open_database(settings)) as session:
        renewed = rotate(session, settings.municipality, keys)
    if as_json:
        print_json({"renewed": renewed, "key_id": keys.ring.newest})
    else:
        console().print(f"Krypteret igen: {renewed}. Alle CPR-numre ligger nu under den nyeste nøgle.")


@app.command("access-log")
def access_log(
    citizen_id: CitizenId,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Hvor mange linjer, nyeste først.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Hvem der har læst om en borger: hvornår, i hvilken rolle, til hvad og i hvilken sag."""
    from service.cli import command_settings
    from service.db.session import read_only
    from service.use_cases.access_log import access_log_of
    from service.use_cases.database import open_database

    settings = command_settings()
    with read_only(open_database(settings)) as session:
        found = access_log_of(session, settings.municipality, citizen_id, limit=limit)
    if as_json:
        print_json(
            [
                {
                    "id": one.id,
                    "at": one.at.isoformat(),
                    "viewer_id": one.viewer.id,
                    "viewer_role": one.viewer.role,
                    "channel": one.viewer.channel,
                    "purpose": one.purpose,
                    "case": one.case,
                    "list_id": one.list_id,
                }
                for one in found
            ]
        )
        return
    if not found:
        console().print("Ingen har læst om borgeren, eller borgeren findes ikke.")
        return
    rows = [
        (
            one.at.astimezone(DANISH_TIME).strftime("%d.%m.%Y %H:%M"),
            f"{one.viewer.id} ({ROLES[one.viewer.role]})",
            f"{READ_PURPOSES[one.purpose]}, {CHANNELS[one.viewer.channel]}",
            one.case or "–",
        )
        for one in found
    ]
    console().print(table(("Hvornår", "Hvem", "Hvad", "Sag"), rows))


@app.command()
def export(
    citizen_id: CitizenId,
    file: Annotated[Path, typer.Argument(metavar="FIL", help="JSON; ved siden af skrives teksten, med .txt.")],
) -> None:
    """Alt, hvad der er gemt om én borger, til borgeren selv: en fil med alle tal og en tekst, der kan læses."""
    from service.cli import command_settings
    from service.db.acting import at_the_terminal
    from service.db.session import create_database_engine, sessions_of
    from service.use_cases.database import open_database
    from service.use_cases.subject_access import subject_access
    from service.use_cases.subject_text import subject_text

    text_file = file.with_suffix(".txt")
    if text_file == file:
        raise typer.BadParameter("Giv filen et andet efternavn end .txt, fx .json.")
    settings = command_settings()
    sessions = open_database(settings)
    report_url = settings.report_database_url
    traits = sessions_of(create_database_engine(report_url)) if report_url else sessions
    found = subject_access(sessions, traits, settings, citizen_id, at_the_terminal())
    for path, text in (
        (file, json.dumps(found, ensure_ascii=False, indent=2) + "\n"),
        (text_file, subject_text(found)),
    ):
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    console().print(f"Skrevet til {file} og {text_file}. Filerne kan kun læses af dig.", soft_wrap=True)


@app.command()
def erase(
    reason: Annotated[str, typer.Option("--reason", metavar="TEKST", help="Hvorfor; uden navne og CPR-numre.")],
    citizen: Annotated[str | None, typer.Option("--citizen", metavar="BORGER_ID", help="Kun denne borger.")] = None,
    older_than: Annotated[
        float | None, typer.Option("--older-than", metavar="ÅR", help="Alle, som intet er sket for i så mange år.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Vis, hvad der ville blive slettet; slet intet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sletter borgere med alt, hvad der er gemt om dem; tallene til statistikken bliver. Alt eller intet."""
    from service.cli import command_settings
    from service.db.acting import at_the_terminal
    from service.use_cases.database import open_database
    from service.use_cases.retention import erase_citizen, erase_inactive

    settings = command_settings()
    sessions, by = open_database(settings), at_the_terminal()
    if citizen is not None and older_than is None:
        erased = erase_citizen(sessions, settings.municipality, citizen, by=by, reason=reason, dry_run=dry_run)
    elif citizen is None and older_than is not None:
        erased = erase_inactive(
            sessions,
            settings.municipality,
            on=local_day(settings),
            by=by,
            reason=reason,
            years=older_than,
            dry_run=dry_run,
        )
    else:
        raise typer.BadParameter("Nævn enten --citizen BORGER_ID eller --older-than ÅR.")
    if as_json:
        print_json(_erased_record(erased))
    else:
        _show_erased(erased)


@app.command()
def statistics(as_json: AsJson = False) -> None:
    """Tallene, der er tilbage efter sletning: pr. år og kategori. Små tal vises ikke, for de kan kendes igen."""
    from service.cli import command_settings
    from service.db.session import read_only
    from service.use_cases.database import open_database
    from service.use_cases.retention import DISCLOSED_FROM, kept_statistics

    settings = command_settings()
    with read_only(open_database(settings)) as session:
        kept = kept_statistics(session, settings.municipality)
    if as_json:
        print_json(
            [
                {"year": one.year, "kind": one.kind, "category": one.category, "count": count}
                for one, count in kept.items()
            ]
        )
        return
    if not kept:
        console().print("Ingen borgere er slettet endnu.")
        return
    rows = [
        (str(one.year), KINDS[one.kind], one.category, f"under {DISCLOSED_FROM}" if count is None else str(count))
        for one, count in kept.items()
    ]
    console().print(table(("År", "Hvad", "Kategori", "Antal"), rows, numbers=(3,)))


def _erased_record(erased: "Erased") -> dict[str, object]:
    """The erasure as JSON; ids only while nobody has been erased."""
    return {
        "rule": erased.rule.id,
        "dry_run": erased.dry_run,
        "citizens": len(erased.citizen_ids),
        "citizen_ids": erased.citizen_ids if erased.dry_run else (),
        "kept": len(erased.kept),
        "rows": erased.rows,
    }


def _show_erased(erased: "Erased") -> None:
    out = console()
    if not erased.citizen_ids:
        out.print("Der er ingen borgere at slette.")
    elif erased.dry_run:
        out.print(Text(f"Ville slette {len(erased.citizen_ids)}: {', '.join(erased.citizen_ids)}. Intet er slettet."))
    else:
        out.print(Text(f"Slettet: {len(erased.citizen_ids)}. Tallene til statistikken er gemt.", style="green"))
    if erased.kept:
        out.print(f"Beholdt, fordi et forløb ikke er afsluttet: {len(erased.kept)}.")
    if erased.rows:
        out.print(table(("Tabel", "Rækker"), [(name, str(n)) for name, n in erased.rows.items()], numbers=(1,)))
    out.print(Text(f"Regel: {erased.rule.text}", style="dim"))
