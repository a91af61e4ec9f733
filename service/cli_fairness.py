"""Commands about fairness: `matcher fairness` with import, and `matcher grants`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from service.clock import local_day
from service.settings import Settings
from service.terminal import console, decimal, heading, percent, print_json, table

if TYPE_CHECKING:
    from features.fairness import Estimate, Group, Measure
    from service.use_cases.fairness import FairnessReport
    from service.use_cases.fairness_price import FairnessPrice

AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]
HIDDEN = "skjult"

app = typer.Typer(
    help="Retfærdighed: hvad planen gav hver gruppe, og om forskelle er større end tilfældet.",
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def fairness(
    context: typer.Context,
    run_id: Annotated[str | None, typer.Option("--run", metavar="PLAN_ID", help="Standard: den seneste plan.")] = None,
    quarter: Annotated[
        str | None, typer.Option(metavar="KVARTAL", help="Alle planer i kvartalet, f.eks. 2026Q4.")
    ] = None,
    min_share: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Vis også, hvad det koster, at hver målgruppe får mindst denne andel."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hvad planen gav hver gruppe af borgere. Kun samlede tal; små grupper er skjult."""
    if context.invoked_subcommand is not None:
        return
    if quarter is not None and (run_id is not None or not re.fullmatch(r"\d{4}Q[1-4]", quarter, re.ASCII)):
        raise typer.BadParameter("Skriv kvartalet som 2026Q4, og ikke sammen med --run.")
    from service.cli import command_settings
    from service.use_cases.fairness_price_text import price_record
    from service.use_cases.fairness_record import report_record

    report, price = _reported(command_settings(), run_id, quarter, min_share)
    if as_json:
        print_json(report_record(report) | {"price": price and price_record(price)})
        return
    show_report(console(), report)
    if price is not None:
        show_price(console(), price)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FIL", exists=True, dir_okay=False, help="NDJSON.")],
    as_json: AsJson = False,
) -> None:
    """Indlæser køn, fødselsår og herkomst. Kun rapporten læser dem; lister og planer kan ikke."""
    from service.use_cases.database import open_database
    from service.use_cases.fairness_traits import import_traits

    settings = Settings()
    found = import_traits(open_database(settings), settings.municipality, file)
    if as_json:
        print_json({"citizens": found.citizens, "errors": [error.as_record() for error in found.errors]})
    elif found.errors:
        for error in found.errors:
            console().print(Text(str(error)))
        console().print("Intet er indlæst. Ret rækkerne, og indlæs filen igen.")
    else:
        console().print(f"Indlæst for {found.citizens} borgere.")
    if found.errors:
        raise typer.Exit(1)


def grants(
    apply: Annotated[bool, typer.Option("--apply", help="Udfør dem i databasen; kræver tabellernes ejer.")] = False,
) -> None:
    """SQL, der giver tjenesten alt undtagen beskyttede kendetegn, og rapporten lov til at læse (PostgreSQL)."""
    from service.audit_chain import Action
    from service.db.audit_repositories import audited
    from service.db.grants import apply_grants, grant_statements
    from service.db.session import unit_of_work
    from service.use_cases.database import open_database

    if not apply:
        for statement in grant_statements():
            typer.echo(f"{statement};")
        return
    settings = Settings()
    try:
        apply_grants(settings.database_url)
    except ValueError:
        raise typer.BadParameter("Databasen har ingen roller. Det kræver PostgreSQL.") from None
    with unit_of_work(open_database(settings)) as session:
        audited(session, settings.municipality, Action.ACCESS_CHANGED, "settings", "database_roles")
    console().print("Rettighederne er givet.")


def _reported(
    settings: Settings, run_id: str | None, quarter: str | None, min_share: float | None
) -> "tuple[FairnessReport, FairnessPrice | None]":
    from service.db.session import read_only
    from service.use_cases.database import open_database
    from service.use_cases.fairness import report_of_quarter, report_of_run
    from service.use_cases.fairness_price import price_of_shares
    from service.use_cases.learning import weights_in_use
    from service.use_cases.matching import MatchInputs, load
    from service.use_cases.taxonomy import taxonomy_of

    taxonomy = taxonomy_of(settings)
    address = settings.report_database_url or settings.database_url
    with read_only(open_database(settings.model_copy(update={"database_url": address}))) as session:
        inputs = MatchInputs(taxonomy)
        if quarter is None:
            report = report_of_run(session, settings.municipality, inputs, run_id)
        else:
            report = report_of_quarter(session, settings.municipality, inputs, quarter)
        if min_share is None:
            return report, None
        stored = load(session, settings.municipality)
        weights = weights_in_use(session, settings.municipality)
    price = price_of_shares(stored, weights, on=local_day(settings), min_share=min_share, taxonomy=taxonomy)
    return report, price


def show_report(out: Console, report: "FairnessReport") -> None:
    """The report as one table a way of grouping, and its statements."""
    from matcher.wording import counted, day
    from service.use_cases.fairness_text import DIMENSIONS, group_text, statements

    runs = counted(len(report.run_ids), "plan", "planer")
    first, last = day(report.first_on), day(report.last_on)
    heading(out, f"Hvad planen gav hver gruppe: {runs}, {first if first == last else f'{first} til {last}'}")
    meaning = (
        "Forslag: andel, der har fået et. Pladser: hvor mange der er mulige. Nr.: forslagets nummer på borgerens egen "
        "liste. Dage: ventetid. Passer: hvor godt forslaget passer. Under hvert tal står, hvad det ligger imellem med "
        "95 % sikkerhed."
    )
    out.print(Text(meaning, style="dim"))
    everybody = _row("Alle", report.figures.everybody)
    columns = ("", "Antal", "Forslag", "Pladser", "Nr.", "Dage", "Passer")
    for name, groups in report.figures.groups.items():
        rows = [_row(group_text(report, name, group.name).danish, group) for group in groups]
        out.print(table((DIMENSIONS[name].danish, *columns[1:]), [*rows, everybody], numbers=range(1, len(columns))))
    for text in statements(report):
        out.print(Text(text.danish))


def show_price(out: Console, price: "FairnessPrice") -> None:
    """The price of a least share."""
    from service.use_cases.fairness_price_text import price_statements
    from service.use_cases.fairness_text import target_group_text

    heading(out, f"Hvis mindst {percent(price.min_share)} af hver målgruppe skal have en plads")
    rows = [
        (
            target_group_text(code, price.on).danish,
            str(group.waiting),
            str(group.needed),
            str(group.placed_free),
            str(group.placed),
        )
        for code, group in price.groups
    ]
    out.print(table(("Målgruppe", "Venter", "Skal have", "Uden krav", "Med krav"), rows, numbers=range(1, 5)))
    for text in price_statements(price):
        out.print(Text(text.danish))


def _row(name: str, group: "Group") -> tuple[str, ...]:
    from features.fairness import Measure

    cells = (_cell(measure, group.estimates[measure]) for measure in Measure)
    return name, HIDDEN if group.citizens is None else str(group.citizens), *cells


def _cell(measure: "Measure", found: "Estimate | None") -> str:
    from features.fairness import Measure

    if found is None:
        return HIDDEN
    if measure in (Measure.PLACED, Measure.VALUE):
        return f"{percent(found.mean)}\n{decimal(100 * found.low, 0)}–{decimal(100 * found.high, 0)}"
    digits = 0 if measure is Measure.WAITING_DAYS else 1
    return f"{decimal(found.mean, digits)}\n{decimal(found.low, digits)}–{decimal(found.high, digits)}"
