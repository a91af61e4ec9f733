"""The nightly batch: from settings to a stored plan, for the command line and for whatever starts it at night."""

from datetime import date

from service.settings import Settings
from service.use_cases.database import open_database
from service.use_cases.nightly import Night, Step, plan_night
from service.use_cases.planning import ENOUGH_GAP
from service.use_cases.records import at_the_terminal
from service.use_cases.taxonomy import taxonomy_of


def run_night(
    settings: Settings, *, on: date, seed: int, time_limit_s: float, gap: float | None, keep: bool, step: Step
) -> Night:
    """Plan the night of the municipality of the settings.

    Raises SchemaOutdated, NothingToPlan or PlanRefused; in each case nothing is stored and the plan of the night before
    holds.
    """
    return plan_night(
        open_database(settings),
        settings.municipality,
        on=on,
        seed=seed,
        time_limit_s=time_limit_s,
        gap=ENOUGH_GAP if gap is None else gap,
        keep=keep,
        step=step,
        taxonomy=taxonomy_of(settings),
        viewer=at_the_terminal(),
    )
