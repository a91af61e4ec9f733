"""Commands about what is missing: `matcher openings` for one citizen, `matcher needs` for everybody who waits."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from matcher.language import Language
from matcher.wording import counted
from service.clock import local_day
from service.terminal import console, decimal, heading, indented, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from service.use_cases.needs import NeedsView
    from service.use_cases.openings import OpeningsView, OpeningView

GAIN_AND_ORDER = (
    "Gevinst: hvor meget bedre pladsen passer end den bedste, der er åben nu, efter fradrag for, hvad den er værd for "
    "andre. Et trin mere af indsats (et spørgsmål, en aftale, en fast udgift, uger, måneder) skal give 5 procentpoint "
    "mere."
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
    from service.db.personal import ReadPurpose
    from service.db.session import read_only
    from service.use_cases.access_log import shown_at_the_terminal
    from service.use_cases.database import open_database
    from service.use_cases.matching import MatchInputs
    from service.use_cases.openings import openings_for_citizen
    from service.use_cases.taxonomy import taxonomy_of

    settings = command_settings()
    sessions = open_database(settings)
    with read_only(sessions) as session:
        found = openings_for_citizen(
            session,
            settings.municipality,
            MatchInputs(taxonomy_of(settings)),
            citizen_id,
            today=local_day(settings),
            slot_id=slot_id,
            places=places,
            language=language,
        )
    shown_at_the_terminal(sessions, settings.municipality, ReadPurpose.OPENINGS, [citizen_id])
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
    if len(one.changes) == 1:
        return f"Indsats: {one.changes[0].effort_text}."
    return f"Indsats: {'; '.join(f'{change.text} ({change.effort_text})' for change in one.changes)}."


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
    from service.use_cases.database import open_database
    from service.use_cases.matching import MatchInputs
    from service.use_cases.needs import needs as find_needs
    from service.use_cases.taxonomy import taxonomy_of

    settings = command_settings()
    with read_only(open_database(settings)) as session:
        found = find_needs(
            session,
            settings.municipality,
            MatchInputs(taxonomy_of(settings)),
            today=local_day(settings),
            most=most,
            confirm=confirm,
            language=language,
        )
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        _show_needs(console(), found)


def _show_needs(out: "Console", found: "NeedsView") -> None:
    heading(out, f"Hvad vil hjælpe mest? {counted(found.waiting, 'borger', 'borgere')} uden plads i planen")
    for number, need in enumerate(found.needs, start=1):
        out.print()
        out.print(Text(f"{number}. {need.text}"))
        numbers = f"Anslået gevinst: som {need.gain_text}. Indsats: {need.effort_text}."
        if need.confirmed_gain is not None and need.more_placed is not None:
            numbers += (
                f" Efterprøvet med en ny plan: som {decimal(need.confirmed_gain)} forløb, {_more(need.more_placed)}."
            )
        indented(out, Text(numbers, style="dim"))


def _more(placed: int) -> str:
    if placed == 0:
        return "lige så mange i forløb"
    return f"{counted(abs(placed), 'borger', 'borgere')} {'flere' if placed > 0 else 'færre'} i forløb"
