"""The command line `matcher`. Exit code 0 good, 1 failed, 2 wrong usage; results on standard output, the rest on error.

Commands import what they need when they run, so that `matcher --help` answers at once.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError
from rich.text import Text
from sqlalchemy.exc import DBAPIError

from matcher.depth import Depth
from matcher.language import Language
from service import (
    cli_audit,
    cli_backup,
    cli_fairness,
    cli_nightly,
    cli_openings,
    cli_output,
    cli_outreach,
    cli_personal,
    cli_quality,
    cli_reasons,
    cli_records,
    cli_rules,
    cli_taxonomy,
    cli_webhooks,
)
from service.clock import local_day
from service.danish import PHASES, problem_text
from service.logs import configure_logging
from service.problems import Problem
from service.settings import Settings
from service.terminal import console, decimal, error_console, legend, print_json, shown_as, steps

DEMO_DATABASE = Path("demo.db")

app = typer.Typer(
    name="matcher",
    help="Finder den plads, der passer til den enkelte borger.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)
app.add_typer(cli_taxonomy.app, name="taxonomy")
app.add_typer(cli_quality.app, name="weights")
app.add_typer(cli_rules.app, name="rules")
app.add_typer(cli_outreach.app, name="calls")
app.add_typer(cli_fairness.app, name="fairness")
app.add_typer(cli_audit.app, name="audit")
app.add_typer(cli_webhooks.app, name="webhooks")
app.add_typer(cli_personal.app, name="personal")
app.command()(cli_quality.evaluate)
app.command()(cli_nightly.nightly)
app.command()(cli_openings.openings)
app.command()(cli_openings.needs)
app.command()(cli_records.replay)
app.command()(cli_backup.backup)
app.command()(cli_backup.restore)
app.command()(cli_fairness.grants)

InLanguage = Annotated[Language, typer.Option("--language", help="Sproget i begrundelserne: da eller en.")]
AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]


def command_settings() -> Settings:
    """The settings; where none name a database and only the demo's is there, the demo's."""
    settings = Settings()
    unset = "database_url" not in settings.model_fields_set and settings.environment == "development"
    if unset and DEMO_DATABASE.exists() and not Path("matcher.db").exists():
        error_console().print(f"Bruger {DEMO_DATABASE} fra 'matcher demo': opdigtede borgere og virksomheder.")
        return demo_settings(settings)
    return settings


def demo_settings(settings: Settings) -> Settings:
    """The settings with the demo's database and day, and sign-in without a token."""
    from fixtures import REFERENCE_DATE

    changed = {
        "database_url": f"sqlite:///{DEMO_DATABASE}",
        "development_sign_in": True,
        "today": settings.today or REFERENCE_DATE,
    }
    return settings.model_copy(update=changed)


@app.command()
def demo(as_json: AsJson = False) -> None:
    """En hel opdigtet kommune planlagt på én nat, forklaret i terminalen. Skriver demo.db forfra."""
    from service.use_cases.demo import build_demo

    with steps(quiet=as_json) as step:
        result = build_demo(DEMO_DATABASE, lambda phase, done, total: step(PHASES[phase], done, total))
    if as_json:
        print_json(cli_output.demo_record(result))
    else:
        cli_output.show_demo(console(), result)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Adresse, der lyttes på.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port, der lyttes på.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processer, der svarer på API'et; siderne får en for sig selv.")
    ] = None,
) -> None:
    """Sider til jobkonsulenter og API til fagsystemer."""
    from service.use_cases.audit import audit_access
    from service.use_cases.database import open_database

    settings = command_settings()
    changed = {
        "host": host or settings.host,
        "port": port or settings.port,
        "workers": workers or settings.workers,
        "session_secret": settings.session_secret or SecretStr(secrets.token_urlsafe(32)),
    }
    settings = settings.model_copy(update=changed)
    configure_logging(settings.log_level)
    sessions = open_database(settings)
    audit_access(sessions, settings)
    error_console().print(Text(cli_output.how_to_sign_in(settings)))
    with cli_webhooks.sending(settings, sessions), _counting(settings):
        from service.processes import serve_here, serve_in_processes

        (serve_in_processes if settings.workers > 1 else serve_here)(settings)


@contextmanager
def _counting(settings: Settings) -> Iterator[None]:
    """Where there are several processes, their counts are kept together, in a folder that goes away with them. What
    counts looks for the folder when it is imported."""
    if settings.workers == 1:
        yield
        return
    with TemporaryDirectory(prefix="matcher-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


@app.command()
def migrate() -> None:
    """Opretter databasen eller bringer den op til programmets udgave."""
    from service.db.migrate import migrate as migrate_database

    settings = Settings()
    migrate_database(settings.database_url)
    console().print("Databasen er klar.")


@app.command()
def prepare() -> None:
    """Oversætter planlægningens beregninger én gang, så den første nat ikke skal vente på det."""
    from service.use_cases.prepare import prepare as prepare_machine

    console().print(f"Klar på {decimal(prepare_machine(), 1)} sekunder.")


@app.command("import")
def import_(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FIL]…", help="NDJSON eller XLSX.")] = None,
    template: Annotated[Path | None, typer.Option(metavar="FIL", help="Skriv skabelonen (XLSX) til FIL.")] = None,
    all_or_nothing: Annotated[bool, typer.Option("--all-or-nothing", help="Tag alle rækker eller ingen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Indlæser borgere, virksomheder, aftaler, jobkonsulenter og placeringer fra filer."""
    if template is not None:
        from service.use_cases.template import write_template

        write_template(template)
        console().print(f"Skabelonen ligger i {template}.")
        return
    if not files:
        raise typer.BadParameter("Nævn mindst én fil, eller brug --template FIL.")
    for file in files:
        if not file.is_file():
            raise typer.BadParameter(f"Filen {file} findes ikke.")
    from service.use_cases.database import open_database
    from service.use_cases.import_files import import_files

    settings = Settings()
    report = import_files(open_database(settings), settings.municipality, files, all_or_nothing=all_or_nothing)
    if as_json:
        print_json(report.as_record())
    else:
        cli_output.show_import(console(), report)
    if report.errors:
        raise typer.Exit(1)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FIL", help="Fil, der skrives: NDJSON, eller XLSX ved .xlsx.")],
) -> None:
    """Skriver alt, hvad kommunen har indlæst, til en fil, som 'matcher import' kan læse."""
    from service.use_cases.access_log import all_exported
    from service.use_cases.database import open_database
    from service.use_cases.export import export_ndjson, export_xlsx

    settings = command_settings()
    write = export_xlsx if file.suffix.lower() == ".xlsx" else export_ndjson
    sessions = open_database(settings)
    all_exported(sessions, settings.municipality)
    write(sessions, settings.municipality, file)
    console().print(f"Skrevet til {file}.")


@app.command()
def suggest(
    citizen_id: Annotated[str, typer.Argument(metavar="BORGER_ID")],
    places: Annotated[int, typer.Option(min=1, max=50, help="Hvor mange pladser, listen har.")] = 5,
    language: InLanguage = Language.DANISH,
    as_json: AsJson = False,
) -> None:
    """En borgers liste: pladser, der passer bedst, hver med begrundelse, og hvad der mangler for de nærmeste andre."""
    from service.db.session import read_only
    from service.use_cases.records import recorder_at_the_terminal, show_list

    settings = command_settings()
    recorder = recorder_at_the_terminal(settings)
    with read_only(recorder.sessions) as session:
        shown = show_list(
            session,
            recorder,
            citizen_id,
            today=local_day(settings),
            places=places,
            language=language,
            depth=Depth.RECORD if as_json else Depth.CARD,
        )
    found = shown.view
    shown_as(shown.list_id)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        cli_reasons.show_list(out := console(), found, language=language)
        out.print()
        legend(out)


@app.command()
def explain(
    citizen_id: Annotated[str, typer.Argument(metavar="BORGER_ID")],
    slot_id: Annotated[
        str | None, typer.Argument(metavar="PLADS_ID", help="Udeladt: hvorfor borgeren ikke har en plads.")
    ] = None,
    language: InLanguage = Language.DANISH,
    depth: Annotated[Depth, typer.Option(help="En linje, begrundelserne eller alle tal og regler.")] = Depth.RECORD,
    as_letter: Annotated[
        bool, typer.Option("--letter", help="Begrundelsen som tekst, der kan stå i et afgørelsesbrev.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Hvorfor en plads passer til en borger eller ikke: hver regel, hvert vilkår, hver vægt."""
    from service.db.session import read_only
    from service.use_cases.records import recorder_at_the_terminal, show_place, show_without_place
    from service.use_cases.views import ExplainedPlace, WithoutPlaceView

    settings = command_settings()
    recorder, today = recorder_at_the_terminal(settings), local_day(settings)
    found: ExplainedPlace | WithoutPlaceView
    with read_only(recorder.sessions) as session:
        if slot_id is None:
            without = show_without_place(session, recorder, citizen_id, today=today, language=language)
            list_id, found = without.list_id, without.view
        else:
            place = show_place(session, recorder, citizen_id, slot_id, today=today, language=language)
            list_id, found = place.list_id, place.view
    shown_as(list_id)
    if as_json:
        print_json(found.model_dump(mode="json"))
    elif as_letter and found.letter:
        console().print(Text(found.letter))
    elif isinstance(found, ExplainedPlace):
        cli_reasons.show_explanation(console(), found, depth)
    else:
        cli_reasons.show_without_place(console(), found)


@app.command()
def bench(name: Annotated[str, typer.Argument(metavar="NAVN", help="En fil i benchmarks/ uden .py.")]) -> None:
    """Kører en måling fra benchmarks/ og skriver JSON-linjer."""
    import runpy

    folder = Path(__file__).resolve().parents[1] / "benchmarks"
    known = sorted(file.stem for file in folder.glob("[a-z]*.py"))
    if name not in known:
        raise typer.BadParameter(f"Kendte målinger: {', '.join(known) or 'ingen'}.")
    sys.path.insert(0, str(folder.parent))
    sys.argv = [f"{name}.py"]
    runpy.run_path(str(folder / f"{name}.py"), run_name="__main__")


def main() -> None:
    """Run the command line; every expected error is one clear line and an exit code, never a traceback."""
    configure_logging("error")
    try:
        app()
    except Problem as problem:
        from service.use_cases.import_wording import danish

        errors = [f"{error.field}: {danish(error.problem)}; {danish(error.fix)}" for error in problem.errors]
        _fail(problem_text(problem), [problem.detail, *errors])
    except ValidationError as error:
        names = sorted({f"MATCHER_{str(found['loc'][0]).upper()}" for found in error.errors() if found["loc"]})
        _fail(f"Indstillingen er forkert: {', '.join(names)}.", code=2)
    except DBAPIError as error:
        _fail("Databasen kan ikke bruges. Er den oprettet (matcher migrate), og er adressen rigtig?", [str(error.orig)])
    except OSError as error:
        _fail(f"{error.filename or ''}: {os.strerror(error.errno)}" if error.errno else str(error))


def _fail(text: str, details: list[str] | None = None, code: int = 1) -> None:
    err = error_console()
    err.print(Text(f"Fejl: {text}", style="bold red"))
    for detail in filter(None, details or []):
        err.print(Text(f"      {detail}", style="dim"))
    raise SystemExit(code)
