"""Commands about rules: `matcher rules` with list, preview, change, centres and page."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from matcher.domain.rule_changes import ChangeKind
from matcher.domain.rulebook import Origin, RuleVersion, Severity
from matcher.domain.statute import EARLIEST
from matcher.wording import counted, day
from service.clock import local_day
from service.problems import FieldError, InvalidInput
from service.settings import Settings
from service.terminal import console, decimal, heading, indented, percent, print_json, table

AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]
Day = Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Dag. Standard: i dag.")]
ChangesFile = Annotated[
    Path, typer.Argument(metavar="FIL", exists=True, dir_okay=False, help="JSON med ændringer; se docs/rules.md.")
]
SEVERITIES: Mapping[Severity, str] = {
    Severity.CLOSES: "lukker en plads for en borger",
    Severity.LIMITS: "fælles grænse i planen",
    Severity.DUTY: "skal være på plads før start",
    Severity.ADVICE: "et råd",
}
ORIGINS: Mapping[Origin, str] = {
    Origin.LAW: "lov",
    Origin.PRACTICE: "praksis",
    Origin.AGREEMENT: "aftale eller henvisning",
    Origin.CHOICE: "eget valg",
    Origin.LOCAL: "lokal regel",
}
CHANGES: Mapping[ChangeKind, str] = {
    ChangeKind.SWITCH_OFF: "slået fra",
    ChangeKind.RESTORE: "som den fælles regel",
    ChangeKind.SET_FIGURES: "andre tal",
    ChangeKind.ADD: "tilføjet",
}
app = typer.Typer(
    help="Reglerne: se dem, prøv en ændring på nattens plan, og sæt den i kraft.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _on(settings: Settings, wanted: datetime | None) -> date:
    return wanted.date() if wanted else local_day(settings)


def _document(path: Path) -> Mapping[str, Any]:
    """The JSON object of a file; InvalidInput where it is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        found = None
    if not isinstance(found, Mapping):
        raise InvalidInput(errors=[FieldError("", "is not an object", "write fields and values in { }")])
    return found


@app.command("list")
def list_rules(on: Day = None, as_json: AsJson = False) -> None:
    """Reglerne, som de gælder en dag, med kilde og tal, og kommunens egne ændringer."""
    from service.cli import command_settings
    from service.db.session import read_only
    from service.use_cases.database import open_database
    from service.use_cases.rules import rules_overview

    settings = command_settings()
    with read_only(open_database(settings)) as session:
        found = rules_overview(session, settings.municipality, _on(settings, on))
    if as_json:
        print_json(found.as_record())
        return
    out = console()
    for severity, title in SEVERITIES.items():
        rules = [rule for rule in found.rules if rule.severity is severity]
        if rules:
            heading(out, title.capitalize())
            for rule in rules:
                _show_rule(out, rule)
    if found.changes:
        heading(out, "Kommunens ændringer, den seneste først")
        rows = [
            (
                f"{one.changed_at:%Y-%m-%d %H:%M}",
                one.change.rule_id,
                f"{CHANGES[one.change.kind]}{' (tæller ikke længere)' if one.number in found.outdated else ''}",
                _period(one.change.valid_from, one.change.valid_to),
                one.changed_by,
                one.reason,
            )
            for one in found.changes
        ]
        out.print(table(("Ændret (UTC)", "Regel", "Ændring", "Gælder", "Af", "Begrundelse"), rows))


def _show_rule(out: Console, rule: RuleVersion) -> None:
    out.print(Text(rule.danish))
    parts = [rule.id, ORIGINS[rule.origin], rule.source]
    if rule.valid_from > EARLIEST or rule.valid_to is not None:
        parts.append(_period(rule.valid_from, rule.valid_to))
    if rule.can_be_switched_off:
        parts.append("kommunen kan ændre den")
    indented(out, Text(" · ".join(parts), style="dim"))


def _period(first: date, last: date | None) -> str:
    return f"fra {day(first)}" if last is None else f"{day(first)} – {day(last)}"


@app.command()
def preview(file: ChangesFile, on: Day = None, as_json: AsJson = False) -> None:
    """Viser, hvad ændringer ville gøre ved nattens plan. Intet gemmes."""
    from service.cli import command_settings
    from service.db.session import read_only, unit_of_work
    from service.use_cases.database import open_database
    from service.use_cases.learning import weights_in_use
    from service.use_cases.matching import load
    from service.use_cases.plan_comparison import Move
    from service.use_cases.rule_preview import preview_rules
    from service.use_cases.rule_tried import record_preview
    from service.use_cases.rules import read_changes
    from service.use_cases.taxonomy import taxonomy_of

    settings = command_settings()
    changes = read_changes(_document(file))
    sessions = open_database(settings)
    with read_only(sessions) as session:
        stored = load(session, settings.municipality)
        weights = weights_in_use(session, settings.municipality)
    found = preview_rules(stored, weights, changes, on=_on(settings, on), taxonomy=taxonomy_of(settings))
    with unit_of_work(sessions) as session:
        preview_id = record_preview(session, settings.municipality, changes)
    if as_json:
        print_json(found.as_record() | {"preview_id": preview_id})
        return
    out = console()
    heading(out, f"Planen for {day(found.on)} uden og med {counted(len(changes), 'ændring', 'ændringer')}")
    pairs = (("Uden", found.before), ("Med", found.after))
    rows = [
        ("Borgere med et forslag", *(str(one.proposals) for _, one in pairs)),
        ("Borgere med mindst én mulig plads", *(str(one.with_a_place) for _, one in pairs)),
        ("Mulige par af borger og plads", *(decimal(one.eligible_pairs, 0) for _, one in pairs)),
        ("Planens værdi", *(decimal(one.value) for _, one in pairs)),
        ("Kan højst være så meget bedre", *(percent(one.gap, 2) for _, one in pairs)),
    ]
    out.print(table(("", *(name for name, _ in pairs)), rows, numbers=(1, 2)))
    for move, title in (
        (Move.LOSES, "Mister deres forslag"),
        (Move.GAINS, "Får et forslag"),
        (Move.CHANGES, "Får forslag om en anden plads"),
    ):
        moved = [one for one in found.differences if one.move is move]
        if moved:
            heading(out, f"{title}: {len(moved)}")
            lines = [(one.citizen_id, one.place_before or "–", one.place_after or "–") for one in moved]
            out.print(table(("Borger", "Uden", "Med"), lines))
    if not found.differences:
        out.print("Ingen borger får et andet forslag.")
    out.print(f"Sæt ændringen i kraft med: matcher rules change {file} --preview {preview_id}", soft_wrap=True)


@app.command()
def change(
    file: ChangesFile,
    changed_by: Annotated[str, typer.Option("--by", metavar="ID", help="Den person, der har besluttet det.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEKST", help="Hvorfor.")],
    preview_id: Annotated[str, typer.Option("--preview", metavar="ID", help="Forhåndsvisningen af ændringen.")] = "",
    without_preview: Annotated[
        str, typer.Option("--without-preview", metavar="TEKST", help="Hvorfor der ikke er en forhåndsvisning.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Sætter ændringer i kraft fra den dag, de nævner. En navngiven person beslutter, med en begrundelse."""
    from service.cli import command_settings
    from service.use_cases.database import open_database
    from service.use_cases.rule_tried import Tried
    from service.use_cases.rules import change_record, change_rules, read_changes

    settings = command_settings()
    changes = read_changes(_document(file))
    stored = change_rules(
        open_database(settings),
        settings.municipality,
        changes,
        changed_by=changed_by,
        reason=reason,
        tried=Tried(preview_id, without_preview),
    )
    if as_json:
        print_json([change_record(one) for one in stored])
    else:
        console().print(
            f"{counted(len(stored), 'ændring', 'ændringer')} er skrevet og gælder i de perioder, de nævner."
        )


@app.command()
def centres(on: Day = None, as_json: AsJson = False) -> None:
    """Virksomhedscentre med færre pladser end reglen om mindste antal."""
    from matcher.domain.duties import small_centres
    from service.cli import command_settings
    from service.db.session import read_only
    from service.use_cases.database import open_database
    from service.use_cases.matching import load

    settings = command_settings()
    with read_only(open_database(settings)) as session:
        stored = load(session, settings.municipality)
    found = small_centres(stored.agreements, _on(settings, on), stored.rulebook)
    names = {company.id: company.name for company in stored.companies}
    if as_json:
        rows = [{"company_id": one.company_id, "places": one.places, "least_places": one.least_places} for one in found]
        print_json(rows)
        return
    out = console()
    if not found:
        out.print("Alle virksomhedscentre har pladser nok.")
        return
    shown = [(names.get(one.company_id, one.company_id), str(one.places), str(one.least_places)) for one in found]
    out.print(table(("Virksomhed", "Pladser", "Mindst"), shown, numbers=(1, 2)))


@app.command()
def page(on: Day = None) -> None:
    """Kommunens regler en dag som en side i Markdown med tekst på dansk og engelsk, kilder og tal."""
    from service.cli import command_settings
    from service.db.session import read_only
    from service.use_cases.database import open_database
    from service.use_cases.rule_page import rules_page
    from service.use_cases.rules import rulebook_of

    settings = command_settings()
    with read_only(open_database(settings)) as session:
        book = rulebook_of(session, settings.municipality)
    typer.echo(rules_page(book, _on(settings, on)))
