"""The nightly batch: from settings to a published plan, for the command line and for whatever starts it at night."""

from datetime import date

from service.db.acting import at_the_terminal
from service.settings import Settings
from service.use_cases.database import open_database
from service.use_cases.night_changes import Changes, changes_since
from service.use_cases.night_run import Order, carry_out, take_up
from service.use_cases.nightly import Night, Step, plan_night
from service.use_cases.planning import ENOUGH_GAP
from service.use_cases.taxonomy import taxonomy_of
from service.use_cases.webhooks import prune


def run_night(
    settings: Settings,
    *,
    on: date,
    seed: int,
    time_limit_s: float,
    gap: float | None,
    keep: bool,
    again: bool,
    step: Step,
) -> tuple[Night, Changes | None]:
    """Plan the night of the municipality of the settings; with it, what is another than in the run before.

    Raises SchemaOutdated, AlreadyRunning, NothingToPlan, PlanRefused or NightTakenOver; in each case nothing is stored
    and the plan of the night before holds.
    """
    sessions, municipality, viewer = open_database(settings), settings.municipality, at_the_terminal()
    order = Order(on, viewer, seed, time_limit_s, ENOUGH_GAP if gap is None else gap, again)
    taxonomy = taxonomy_of(settings)
    if keep:
        attempt = take_up(sessions, municipality, order)
        night = carry_out(sessions, municipality, attempt, again=again, step=step, taxonomy=taxonomy)
        prune(sessions)  # also where nobody sends webhooks
    else:
        night = plan_night(
            sessions,
            municipality,
            on=on,
            seed=seed,
            time_limit_s=time_limit_s,
            gap=order.gap,
            keep=False,
            step=step,
            taxonomy=taxonomy,
            viewer=viewer,
        )
    return night, changes_since(sessions, municipality, night)
