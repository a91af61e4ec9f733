"""What each command prints, in Danish: a night, an import, the demo. Lists and explanations: `service.cli_reasons`."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from matcher.wording import counted, day
from service.cli_reasons import show_list
from service.danish import PHASES
from service.settings import Settings
from service.terminal import decimal, heading, legend, percent, table

if TYPE_CHECKING:
    from service.use_cases.demo import Demo
    from service.use_cases.import_report import ImportReport
    from service.use_cases.night_counts import PlaceUse
    from service.use_cases.night_quality import PlanQuality
    from service.use_cases.nightly import Night

ERRORS_SHOWN = 50
"""Errors of an import that a terminal shows; `--json` has them all."""


def night_record(night: "Night") -> dict[str, Any]:
    """A night as JSON."""
    run = night.run
    return {
        "run_id": run.id,
        "stored": night.stored,
        "planned_on": run.planned_on.isoformat(),
        "seed": run.seed,
        "status": run.status,
        "value": run.value,
        "upper_bound": run.upper_bound,
        "gap": run.gap,
        "input_hash": run.input_hash,
        "plan_sha256": night.plan_digest(),
        "weights": run.versions["weights"],
        "seconds": dict(run.seconds),
        "counts": night.counts.model_dump(mode="json"),
    }


def show_night(out: Console, night: "Night") -> None:
    """A night in figures."""
    from service.use_cases.learning import weights_text

    run, counts = night.run, night.counts
    heading(out, f"Planen for {day(run.planned_on)}")
    out.print(f"{counted(counts.citizens, 'borger', 'borgere')} i alt")
    rows = [
        ("har fået et forslag", str(counts.placed)),
        ("er i forløb i forvejen", str(counts.in_placement)),
        ("er uden plads", str(counts.unplaced)),
    ]
    out.print(table(("Borgere, der …", "Antal"), rows, numbers=(1,)))
    if counts.reasons:
        rows = [(reason.text, str(reason.citizens)) for reason in counts.reasons]
        out.print(table(("Uden plads, fordi …", "Borgere"), rows, numbers=(1,)))
    heading(out, "Brug af pladserne")
    _show_use(out, "Aftale", counts.by_model)
    if counts.by_centre:
        _show_use(out, "Virksomhedscenter", counts.by_centre)
    heading(out, "Hvor god er planen?")
    rows = [
        ("Planens værdi", decimal(run.value, 3)),
        ("Øvre grænse: ingen gyldig plan kan nå højere", decimal(run.upper_bound, 3)),
        ("Afstand", percent(run.gap, 2)),
    ]
    if counts.quality is not None:
        rows += _quality_rows(counts.quality)
    out.print(table(("", ""), rows, numbers=(1,)))
    out.print(
        Text(
            "Værdien er summen af, hvor godt hvert forslag passer (0 til 1). Den bedst tænkelige plan, der holder alle "
            f"grænser, er højst {percent(run.gap, 2)} bedre end denne. "
            f"Beregnet med {weights_text(run.versions['weights'])}."
        )
    )
    heading(out, "Tid")
    rows = [(PHASES[phase], decimal(seconds, 2)) for phase, seconds in run.seconds.items()]
    rows.append(("I alt", decimal(sum(run.seconds.values()), 2)))
    out.print(table(("Trin", "Sekunder"), rows, numbers=(1,)))
    if not night.stored:
        out.print("Planen er kontrolleret, men ikke gemt (--dry-run).")


def _quality_rows(quality: "PlanQuality") -> list[tuple[str, str]]:
    ranks = quality.ranks
    return [
        ("Borgere, der foreslås deres bedste plads", f"{quality.first_choices} af {quality.top_suggestions}"),
        ("… deres næstbedste eller tredjebedste plads", str(sum(ranks[1:3]))),
        ("… en plads længere nede på deres liste", str(sum(ranks[3:]))),
        ("Borgere, der passer bedre til en plads end den borger, planen giver pladsen", str(quality.envious)),
        ("Tomme pladser, som en borger uden forslag opfylder reglerne for", str(quality.wanted_unused_places)),
        ("Jævnt fordelt mellem målgrupperne (100 %: samme andel i hver gruppe)", percent(quality.evenness)),
    ]


def _show_use(out: Console, name: str, rows: "tuple[PlaceUse, ...]") -> None:
    lines = [
        (_first_capital(row.label), str(row.places), str(row.running), str(row.proposed), str(row.free)) for row in rows
    ]
    total = [sum(numbers) for numbers in zip(*((r.places, r.running, r.proposed, r.free) for r in rows), strict=True)]
    if len(lines) > 1:
        lines.append(("I alt", str(total[0]), str(total[1]), str(total[2]), str(total[3])))
    out.print(table((name, "Pladser", "I gang", "Foreslået", "Ledige"), lines, numbers=(1, 2, 3, 4)))


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def show_import(out: Console, report: "ImportReport") -> None:
    """What an import took and what it did not."""
    from service.use_cases.import_report import KINDS

    rows = [
        (_first_capital(KINDS[kind]), str(n.created), str(n.updated), str(n.unchanged), str(n.bad))
        for kind, n in report.rows.items()
        if n.good or n.bad
    ]
    if rows:
        out.print(table(("", "Nye", "Ændrede", "Uændrede", "Med fejl"), rows, numbers=(1, 2, 3, 4)))
    for error in report.errors[:ERRORS_SHOWN]:
        out.print(Text(str(error)))
    more = len(report.errors) - ERRORS_SHOWN + report.errors_left_out
    if more > 0:
        out.print(Text(f"… og {counted(more, 'fejl', 'fejl')} mere. Alle står i JSON (--json)."))
    if not report.taken:
        out.print(Text("Intet er indlæst, fordi --all-or-nothing er valgt og mindst én række har fejl."))
    elif report.errors:
        out.print(Text("Rækkerne uden fejl er indlæst. Ret de andre, og indlæs filen igen."))
    elif not rows:
        out.print(Text("Filerne har ingen rækker."))


def demo_record(demo: "Demo") -> dict[str, Any]:
    """The demonstration as JSON."""
    return {"night": night_record(demo.night), "lists": [found.model_dump(mode="json") for found in demo.lists]}


def show_demo(out: Console, demo: "Demo") -> None:
    """The whole demonstration."""
    out.print(Text("En opdigtet vestjysk kommune, planlagt på én nat", style="bold"))
    out.print(
        Text(
            f"{counted(len(demo.municipality.citizens), 'borger', 'borgere')}, "
            f"{counted(len(demo.municipality.companies), 'virksomhed', 'virksomheder')} og "
            f"{counted(len(demo.municipality.agreements), 'aftale', 'aftaler')}. "
            "Alle navne og oplysninger er fundet på."
        )
    )
    show_night(out, demo.night)
    out.print()
    out.print(Text("Tre borgeres lister", style="bold underline"))
    legend(out)
    for found in demo.lists:
        show_list(out, found, near_misses=2)
    heading(out, "Se videre")
    citizen = demo.lists[0].citizen.id if demo.lists else "BORGER_ID"
    slot = demo.lists[0].places[0].slot_id if demo.lists and demo.lists[0].places else "PLADS_ID"
    for command, what in (
        ("make serve", "sider til jobkonsulenten på http://127.0.0.1:8760"),
        (f".venv/bin/matcher suggest {citizen}", "en borgers liste"),
        (f".venv/bin/matcher explain {citizen} {slot}", "hver regel og hvert tal bag en plads"),
        ("docs/guide-job-consultant.md", "vejledning til jobkonsulenter"),
        ("docs/guide-nightly.md", "vejledning til drift"),
        ("docs/guide-case-system.md", "vejledning til fagsystemer"),
        ("docs/import.md", "egne data"),
    ):
        out.print(Text(f"  {command}", style="bold"))
        out.print(Text(f"      {what}"))


def how_to_sign_in(settings: Settings) -> str:
    """Where the pages are and how to sign in."""
    address = f"http://{settings.host}:{settings.port}"
    lines = [f"Siderne: {address}", f"API:     {address}/api/v1/openapi.json"]
    if settings.development_sign_in:
        lines.append("Log ind med knappen på forsiden; det virker kun fra denne maskine.")
    elif settings.tokens:
        lines.append("Log ind med den adgangsnøgle, som MATCHER_TOKENS har SHA-256 af.")
    else:
        lines.append("Ingen kan logge ind: MATCHER_TOKENS er ikke sat. Se docs/guide-case-system.md.")
    lines.append("Stop med Ctrl+C.")
    return "\n".join(lines)
