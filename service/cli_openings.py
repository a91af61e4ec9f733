"""Commands about what is missing: `matcher openings` for one citizen, `matcher needs` for everybody who waits."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from matcher.language import Language
from matcher.wording import counted
from service.clock import local_day
from service.terminal import console, heading, indented, print_json, shown_as

if TYPE_CHECKING:
    from rich.console import Console

    from service.use_cases.needs import NeedsView
    from service.use_cases.openings import OpeningsView, OpeningView

GAIN_AND_ORDER = (
    "Gevinst: hvor meget bedre pladsen passer end den bedste, der er åben nu, efter fradrag for, hvad den er værd for "
    "andre. Et trin mere af indsats (et svar, en aftale, noget hver uge, nogle uger, nogle måneder) skal give 5 "
    "procentpoint mere."
)
AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]
InLanguage = Annotated[Language, typer.Option("--language", help="Begrundelsernes sprog.")]


def openings(
    citizen_id: Annotated[str, typer.Argument(metavar="BORGER_ID")],
    slot_id: Annotated[str | None, typer.Argument(metavar="[PLADS_ID]")] = None,
    places: Annotated[int, typer.Option(min=1, max=50, help="Hvor mange åbninger, der vises.")] = 5,
    language: InLanguage = Language.DANISH,
    as_json: AsJson = False,
) -> None:
    """Hvad der kan åbne en plads for en borger: de mindste ændringer, som nogen kan lave, prøvet mod alle regler."""
    from service.cli import command_settings
    from service.db.session import read_only
    from service.use_cases.records import recorder_at_the_terminal, show_openings

    settings = command_settings()
    recorder = recorder_at_the_terminal(settings)
    with read_only(recorder.sessions) as session:
        shown = show_openings(
            session,
            recorder,
            citizen_id,
            today=local_day(settings),
            slot_id=slot_id,
            places=places,
            language=language,
        )
    found = shown.view
    shown_as(shown.list_id)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        _show(console(), found)


def _show(out: "Console", found: "OpeningsView") -> None:
    heading(out, f"Hvad kan åbne en plads for {found.citizen_id}?")
    if not found.openings:
        out.print("Ingen ændring, som nogen kan lave, giver borgeren en bedre plads end dem, der er åbne.")
    for one in found.openings:
        out.print()
        out.print(Text(one.heading, style="bold"))
        indented(out, Text(one.text))
        indented(out, Text(f"{one.gain_text} {_effort(one)}", style="dim"))
    if found.openings:
        out.print()
        out.print(Text(GAIN_AND_ORDER, style="dim"))


def _effort(one: "OpeningView") -> str:
    return f"Indsats: {'; '.join(dict.fromkeys(change.effort_text for change in one.changes))}."


def needs(
    most: Annotated[int, typer.Option(min=1, max=100, help="Hvor mange behov, der vises.")] = 10,
    confirm: Annotated[
        int, typer.Option(min=0, max=10, help="Hvor mange af de bedste, der efterprøves med en ny plan hver.")
    ] = 0,
    language: InLanguage = Language.DANISH,
    as_json: AsJson = False,
) -> None:
    """Behov, som ingen dækker: hvilken aftale, mentortime, svar eller kursus der hjælper flest af dem, der venter."""
    from service.cli import command_settings
    from service.db.session import read_only
    from service.use_cases.records import recorder_at_the_terminal, show_needs

    settings = command_settings()
    recorder = recorder_at_the_terminal(settings)
    with read_only(recorder.sessions) as session:
        shown = show_needs(session, recorder, today=local_day(settings), most=most, confirm=confirm, language=language)
    found = shown.view
    shown_as(shown.list_id)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        _show_needs(console(), found)


def _show_needs(out: "Console", found: "NeedsView") -> None:
    from matcher.wording.efforts import placements_text

    heading(out, f"Hvad vil hjælpe mest? {counted(found.waiting, 'borger', 'borgere')} uden plads i planen")
    for number, need in enumerate(found.needs, start=1):
        out.print()
        out.print(Text(f"{number}. {need.text}"))
        numbers = f"Anslået gevinst: svarer til {need.gain_text}. Indsats: {need.effort_text}."
        if need.confirmed_gain is not None and need.more_placed is not None:
            confirmed = placements_text(need.confirmed_gain).danish
            numbers += f" Efterprøvet med en ny plan: svarer til {confirmed}, {_more(need.more_placed)}."
        indented(out, Text(numbers, style="dim"))


def _more(placed: int) -> str:
    if placed == 0:
        return "lige så mange i forløb"
    return f"{counted(abs(placed), 'borger', 'borgere')} {'flere' if placed > 0 else 'færre'} i forløb"
