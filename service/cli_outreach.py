"""The command `matcher calls`: companies to call next, and `matcher calls log` to write down what one answered."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from matcher.domain.contact import Answer, ContactKind
from matcher.wording import hours, number
from service.clock import local_day
from service.terminal import ASK, console, decimal, heading, indented, print_json, reasons, shown_as

if TYPE_CHECKING:
    from service.use_cases.outreach import CallView, OutreachView

AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]
ANSWERS = {answer.value.replace("_", "-"): answer for answer in Answer}
"""What the answers are called on the command line."""
MOST_SHOWN = 10
"""Calls shown of those that fit, and of those that do not; `--json` has them all."""

app = typer.Typer(
    help="Virksomheder at ringe til, og hvad de svarede.", invoke_without_command=True, rich_markup_mode=None
)


@app.callback()
def calls(
    context: typer.Context,
    consultant_id: Annotated[
        str | None, typer.Option("--consultant", metavar="ID", help="Kun denne jobkonsulents opkald.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Viser de næste virksomheder at ringe til: for hvem, hvorfor, og hvad der skal spørges om."""
    if context.invoked_subcommand is not None:
        return
    from service.cli import command_settings
    from service.db.session import read_only
    from service.use_cases import records

    settings = command_settings()
    recorder = records.recorder_at_the_terminal(settings)
    with read_only(recorder.sessions) as session:
        shown = records.show_calls(session, recorder, today=local_day(settings), consultant_id=consultant_id)
    shown_as(shown.list_id)
    if as_json:
        print_json(shown.view.model_dump(mode="json"))
    else:
        show_calls(console(), shown.view)


@app.command()
def log(
    company_id: Annotated[str, typer.Argument(metavar="VIRKSOMHED_ID")],
    answer: Annotated[str, typer.Option("--answer", metavar="SVAR", help=f"Et af: {', '.join(ANSWERS)}.")],
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Den person, der har haft kontakten.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEKST", help="Virksomhedens grund; kræves ved no.")] = "",
    kind: Annotated[ContactKind, typer.Option("--kind", help="Hvordan kontakten fandt sted.")] = ContactKind.CALL,
    contacted_on: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Dagen for kontakten. Standard: i dag."),
    ] = None,
    next_contact_on: Annotated[
        datetime | None,
        typer.Option("--next", formats=["%Y-%m-%d"], help="Dagen, virksomheden kan spørges igen; kræves ved later."),
    ] = None,
    agreement_id: Annotated[
        str | None, typer.Option("--agreement", metavar="ID", help="Den aftale, kontakten handlede om.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Skriver et svar ned. Listen og næste nats plan retter sig efter det."""
    if answer not in ANSWERS:
        raise typer.BadParameter(f"Brug et af: {', '.join(ANSWERS)}.", param_hint="--answer")
    from service.api.outreach import ContactOut
    from service.cli import command_settings
    from service.db.session import unit_of_work
    from service.use_cases.database import open_database
    from service.use_cases.outreach import NewContact, log_contact

    settings = command_settings()
    new = NewContact(
        ANSWERS[answer],
        reason=reason,
        kind=kind,
        contacted_on=contacted_on and contacted_on.date(),
        next_contact_on=next_contact_on and next_contact_on.date(),
        agreement_id=agreement_id,
    )
    with unit_of_work(open_database(settings)) as session:
        written = log_contact(
            session, settings.municipality, company_id, new, consultant_id=by, today=local_day(settings)
        )
    if as_json:
        print_json(ContactOut.of(written).model_dump(mode="json"))
    else:
        console().print("Svaret er skrevet ned.")


def show_calls(out: Console, found: "OutreachView") -> None:
    """The calls by consultant, those beyond the hours below a line, and the companies at rest."""
    if found.planned_on is None:
        out.print(Text("Der er ikke lagt nogen plan endnu, så listen kender ikke nattens forslag."))
    for one in found.consultants:
        own = [call for call in found.calls if call.consultant_id == one.consultant_id]
        heading(out, f"{one.consultant} ({one.consultant_id}): {hours(one.left)} tilbage af {number(one.hours)}")
        if not own:
            out.print(Text("Ingen virksomheder at ringe til lige nu."))
        fitting, beyond = [call for call in own if call.fits], [call for call in own if not call.fits]
        _show(out, fitting, first=1)
        if beyond:
            out.print()
            out.print(Text("Det er der ikke timer til:", style="dim"))
            _show(out, beyond, first=len(fitting) + 1)
    if found.resting:
        heading(out, "Skal ikke ringes op nu")
        reasons(out, "·", [rest.text for rest in found.resting[:MOST_SHOWN]], "dim", indent=0)
        if len(found.resting) > MOST_SHOWN:
            out.print(Text(f"… og {len(found.resting) - MOST_SHOWN} mere. Alle står i JSON (--json).", style="dim"))
    out.print()
    out.print(Text("Nævn ikke borgeren over for virksomheden, før borgeren har sagt ja til det.", style="dim"))


def _show(out: Console, calls: list["CallView"], *, first: int) -> None:
    for rank, call in enumerate(calls[:MOST_SHOWN], start=first):
        out.print()
        title = Text(call.worksite, style="bold")
        title.append(f" ({call.company_id})", style="not bold dim")
        reasons(out, f"{rank}.", [title], "bold", indent=0)
        for_whom = ", ".join(f"{person.name} ({person.citizen_id})" for person in call.people)
        indented(out, Text(f"Til {for_whom}", style="dim"))
        indented(out, Text(call.why))
        reasons(out, ASK, call.ask, "yellow")
        takes = f"Tager {hours(call.hours)}; forventet udbytte {decimal(call.gain_per_hour)} pr. time."
        indented(out, Text(takes, style="dim"))
        if call.last_contact:
            indented(out, Text(f"Sidst: {call.last_contact}", style="dim"))
    if len(calls) > MOST_SHOWN:
        out.print(Text(f"… og {len(calls) - MOST_SHOWN} mere. Alle står i JSON (--json).", style="dim"))
