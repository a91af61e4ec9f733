"""`matcher nightly`: one night for the whole municipality, and what operations reads of it in the morning."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from matcher.wording import counted, day
from service import cli_output
from service.clock import local_day
from service.danish import PHASES, problem_text
from service.problems import AlreadyRunning
from service.settings import Settings
from service.terminal import console, error_console, heading, percent, print_json, steps, table

if TYPE_CHECKING:
    from service.use_cases.night_changes import Changes

RUNNING_ALREADY = 3
"""Exit code: somebody else plans the night right now; nothing was done."""
GAP_TOO_LARGE = 4
"""Exit code: published, but it is proven less well than `--alert-gap` asks for."""

Day = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Dag, der planlægges for. Standard: i dag.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Samme data og samme tal giver samme plan.")]
Gap = Annotated[
    float | None,
    typer.Option("--gap", min=0.0, max=1.0, help="Stop, når ingen plan kan være mere end denne andel bedre."),
]
TimeLimit = Annotated[float, typer.Option("--time-limit", min=0.1, help="Sekunder, planlægningen højst må tage.")]
AlertGap = Annotated[
    float,
    typer.Option(
        "--alert-gap", min=0.0, max=1.0, help="Slut med kode 4, hvis en plan kan være mere end så meget bedre."
    ),
]


def nightly(
    date: Day = None,
    seed: Seed = 0,
    time_limit: TimeLimit = 60.0,
    gap: Gap = None,
    alert_gap: AlertGap = 0.05,
    force: Annotated[bool, typer.Option("--force", help="Planlæg igen, også når intet er ændret siden sidst.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Planlæg og kontrollér, men gem intet.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")] = False,
) -> None:
    """Lægger nattens plan for hele kommunen. Gemmer en gyldig plan eller intet."""
    from service.nightly import run_night

    settings = Settings()
    on = date.date() if date else local_day(settings)
    try:
        with steps(quiet=as_json) as step:
            night, changes = run_night(
                settings,
                on=on,
                seed=seed,
                time_limit_s=time_limit,
                gap=gap,
                keep=not dry_run,
                again=force,
                step=lambda phase, done, total: step(PHASES[phase], done, total),
            )
    except AlreadyRunning as problem:
        error_console().print(Text(f"Fejl: {problem_text(problem)}", style="bold red"))
        raise typer.Exit(RUNNING_ALREADY) from problem
    if as_json:
        changed = None if changes is None else changes.as_record()
        print_json(cli_output.night_record(night) | {"unchanged": night.unchanged, "changes": changed})
    else:
        out = console()
        cli_output.show_night(out, night)
        show_changes(out, changes)
        if night.unchanged:
            out.print(Text("Intet er ændret siden denne plan, så den gælder fortsat (--force planlægger igen)."))
    if night.run.gap > alert_gap:
        error_console().print(
            Text(
                f"Afstanden {percent(night.run.gap, 2)} er større end {percent(alert_gap, 2)}. Giv planen længere tid."
            )
        )
        raise typer.Exit(GAP_TOO_LARGE)


def show_changes(out: Console, changes: "Changes | None") -> None:
    """What is another than in the run before."""
    if changes is None:
        return
    heading(out, f"Siden planen for {day(changes.planned_on)}")
    rows = [
        ("har fået det samme forslag som sidst", str(changes.same)),
        ("har fået en anden plads foreslået", str(changes.moved)),
        ("har ikke haft et forslag før", str(changes.new)),
        ("har ikke længere et forslag", str(changes.gone)),
    ]
    out.print(table(("Borgere, der …", "Antal"), rows, numbers=(1,)))
    out.print(
        Text(
            f"Forslag: {_signed(changes.placed)}. Uden plads: {_signed(changes.unplaced)}. "
            f"I forløb: {_signed(changes.in_placement)}."
        )
    )


def _signed(difference: int) -> str:
    if difference == 0:
        return "som sidst"
    return f"{counted(abs(difference), 'borger', 'borgere')} {'flere' if difference > 0 else 'færre'}"
