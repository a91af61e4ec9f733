"""The nightly batch: from settings to a stored plan, for the command line and for whatever starts it at night."""

from datetime import date

from service.settings import Settings
from service.use_cases.database import open_database
from service.use_cases.matching import taxonomy_of
from service.use_cases.nightly import Night, Step, plan_night


def run_night(
    settings: Settings, *, on: date, seed: int, time_limit_s: float, gap: float, keep: bool, step: Step
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
        gap=gap,
        keep=keep,
        step=step,
        taxonomy=taxonomy_of(settings),
    )
