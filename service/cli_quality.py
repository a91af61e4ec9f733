"""Commands about how good the lists are: `matcher evaluate`, and `matcher weights` with learn, show and use."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markdown import Markdown

from matcher.domain.placement import Verdict
from service.clock import local_day
from service.danish import EVALUATION_PHASES
from service.problems import SchemaOutdated
from service.settings import Settings
from service.terminal import console, error_console, print_json, steps, table

AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]
HAND_SET_NAME = "hand-set"
"""What the hand-set weights are called on the command line."""

app = typer.Typer(
    help="Vægtene bag listerne: lær af afsluttede forløb, se tallene, vælg.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def evaluate(
    out: Annotated[
        Path, typer.Option("--out", metavar="MAPPE", file_okay=False, help="Mappe, som rapporten skrives i.")
    ] = Path("evaluation"),
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Mål på den opdigtede kommune alene.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            envvar="MATCHER_DATA", metavar="MAPPE", help="Referencedata med stillingsbetegnelser (star) og ESCO (esco)."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Måler, hvor gode listerne er, og skriver en rapport med tabeller og figurer."""
    from matcher.weights import HAND_SET
    from service.db.learning import decided_values
    from service.db.session import read_only
    from service.use_cases.database import open_database
    from service.use_cases.evaluate import evaluate as measure
    from service.use_cases.evaluate_report import write_report
    from service.use_cases.learning import weights_in_use
    from service.use_cases.matching import load
    from service.use_cases.taxonomy import taxonomy_of

    settings = Settings()
    own, weights = None, HAND_SET
    decided: tuple[tuple[Verdict, float], ...] = ()
    if not synthetic:
        try:
            with read_only(open_database(settings)) as session:
                own = load(session, settings.municipality)
                weights = weights_in_use(session, settings.municipality)
                decided = decided_values(session, settings.municipality)
        except SchemaOutdated:
            error_console().print("Databasen mangler eller er ikke opdateret. Måler på den opdigtede kommune.")
    with steps(quiet=as_json) as step:
        found = measure(
            own,
            on=local_day(settings),
            weights=weights,
            taxonomy=taxonomy_of(settings),
            data=data,
            decided=decided,
            step=lambda phase, done, total: step(EVALUATION_PHASES[phase], done, total),
        )
    files = write_report(found, out)
    if as_json:
        print_json(found.as_record())
    else:
        text = files[0].read_text(encoding="utf-8").splitlines()
        console().print(Markdown("\n".join(line for line in text if not line.startswith("!["))))
        console().print(f"Skrevet til {out}: {', '.join(file.name for file in files)}.")


@app.command()
def learn(as_json: AsJson = False) -> None:
    """Lærer vægte af kommunens afsluttede forløb og viser, hvordan de klarer sig. Ændrer ingen lister."""
    from service.use_cases.database import open_database
    from service.use_cases.evaluate_report import learnt_report
    from service.use_cases.learning import learn_weights
    from service.use_cases.matching import MatchInputs
    from service.use_cases.taxonomy import taxonomy_of

    settings = Settings()
    learnt = learn_weights(open_database(settings), settings.municipality, MatchInputs(taxonomy_of(settings)))
    if as_json:
        print_json(learnt.as_record())
    else:
        console().print(Markdown(learnt_report(learnt)))
        console().print(f"Tag dem i brug med: matcher weights use {learnt.id} --by ID --reason TEKST", soft_wrap=True)


@app.command()
def show(
    weights_id: Annotated[str | None, typer.Argument(metavar="[VÆGTE_ID]", help="Vis tallene bag disse vægte.")] = None,
    as_json: AsJson = False,
) -> None:
    """Hvilke vægte der er i brug, hvem der har valgt dem, og hvilke der er lært."""
    from service.db.session import read_only
    from service.use_cases.database import open_database
    from service.use_cases.evaluate_report import learnt_report
    from service.use_cases.learning import learnt_weights, weights_overview, weights_text

    settings = Settings()
    with read_only(open_database(settings)) as session:
        if weights_id is not None:
            learnt = learnt_weights(session, settings.municipality, weights_id)
            if as_json:
                print_json(learnt.as_record())
            else:
                console().print(Markdown(learnt_report(learnt)))
            return
        found = weights_overview(session, settings.municipality)
    if as_json:
        print_json(found.as_record())
        return
    out = console()
    out.print(f"I brug fra næste nat: {weights_text(found.in_use)}.")
    if found.choices:
        rows = [
            (f"{one.chosen_at:%Y-%m-%d %H:%M}", one.weights_id or HAND_SET_NAME, one.chosen_by, one.reason)
            for one in found.choices
        ]
        out.print(table(("Valgt (UTC)", "Vægte", "Af", "Begrundelse"), rows))
    if found.learnt:
        out.print(table(("Lært (UTC)", "Vægte"), [(f"{one.learnt_at:%Y-%m-%d %H:%M}", one.id) for one in found.learnt]))


@app.command()
def use(
    weights_id: Annotated[str, typer.Argument(metavar="VÆGTE_ID", help=f"Lærte vægte, eller {HAND_SET_NAME}.")],
    chosen_by: Annotated[str, typer.Option("--by", metavar="ID", help="Den person, der har valgt.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEKST", help="Hvorfor.")],
    yes: Annotated[bool, typer.Option("--yes", help="Spørg ikke, når tallene er vist.")] = False,
) -> None:
    """Tager vægte i brug fra næste nat, når tallene bag er vist. En navngiven person vælger, med en begrundelse."""
    from service.db.session import read_only
    from service.use_cases.database import open_database
    from service.use_cases.evaluate_report import learnt_report
    from service.use_cases.learning import choose_weights, learnt_weights

    settings = Settings()
    sessions = open_database(settings)
    chosen = None if weights_id == HAND_SET_NAME else weights_id
    if chosen is not None:
        with read_only(sessions) as session:
            console().print(Markdown(learnt_report(learnt_weights(session, settings.municipality, chosen))))
        if not yes and not typer.confirm("Skal nattens plan og listerne bruge dem fra næste nat?"):
            console().print("Intet er ændret.")
            return
    choose_weights(sessions, settings.municipality, chosen, chosen_by=chosen_by, reason=reason)
    console().print("Valgt. Næste nats plan og listerne efter den bruger dem.")
