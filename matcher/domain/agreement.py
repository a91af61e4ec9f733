"""The company slot agreement (samarbejdsaftale) and its slots (pladser): four models, all with the same shape."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from matcher.domain.citizen import DanishLevel
from matcher.domain.conditions import Demand
from matcher.domain.geography import check_municipality
from matcher.domain.schedule import Schedule
from matcher.domain.validation import (
    InvalidValueError,
    check_id,
    check_ids,
    check_member,
    check_number,
    check_period,
    check_share,
    check_text,
    check_unique,
    check_whole,
    check_worksite_id,
)

MOST_PLACES = 1000


class AgreementModel(StrEnum):
    """How sure a place is, and what using it costs."""

    FIXED = "fixed"
    """Fast aftale: the places always stand ready; capacity is certain."""
    PRE_AGREED = "pre_agreed"
    """Forhåndsaftale: yes in principle; each use is confirmed first, can be declined and has a lead time."""
    AD_HOC = "ad_hoc"
    """Virksomheden opsøges: no agreement; a company is approached once a citizen fits; takes a consultant's time."""
    CLUSTER = "cluster"
    """Klyngevirksomheder: several companies share one number of places."""


class SlotSetting(StrEnum):
    """What kind of course a slot is part of."""

    COMPANY_CENTRE = "company_centre"
    """Virksomhedscenter: fixed places for citizens far from work, trained mentor, broad range of tasks."""
    TRAINING_TRACK = "training_track"
    """Træningsbane: exact agreement on what is trained and how."""
    JOB_PACKAGE = "job_package"
    """Jobpakke: placement, short course, placement or wage subsidy, ordinary job."""
    SINGLE = "single"
    """Enkeltmandspraktik: tailored to one citizen."""
    SMALL_JOB = "small_job"
    """Småjob: ordinary paid hours."""


class PlacementForm(StrEnum):
    """Form of employment."""

    WORK_PLACEMENT = "work_placement"
    """Virksomhedspraktik."""
    WAGE_SUBSIDY = "wage_subsidy"
    """Løntilskud."""
    ORDINARY_HOURS = "ordinary_hours"
    """Ordinære timer."""
    FLEXI_JOB = "flexi_job"
    """Fleksjob."""


COUNTED_AS_SUPPORTED = frozenset({PlacementForm.WORK_PLACEMENT, PlacementForm.WAGE_SUBSIDY})
"""Forms that count under the reasonableness rule."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Plads: what an agreement offers at one worksite.

    Attributes
    ----------
    function : code of the job function in the catalogue
    capacity : places that can be filled at the same time
    hours_from, hours_to : hours a week that the place can begin with and grow to
    required, taught : job functions that must be known before, and that are learnt there
    demands : what the place asks and offers; a condition that is absent has not been stated
    breadth : how many different job functions can be tried, as a share (0 one task, 1 very broad)
    outlook : chance of ordinary hours afterwards as the company states it, share; None = not stated
    tolerated_attendance : least share of agreed attendances that the place is ready for; informs, never bars
    """

    id: str
    company_id: str
    worksite_id: str
    title: str
    function: str
    setting: SlotSetting
    form: PlacementForm
    capacity: int
    starts_on: date
    hours_from: float
    hours_to: float
    ends_on: date | None = None
    schedule: Schedule = field(default_factory=Schedule)
    tasks: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    taught: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    danish_level: DanishLevel = DanishLevel.NONE
    demands: tuple[Demand, ...] = ()
    breadth: float = 0.0
    outlook: float | None = None
    tolerated_attendance: float = 0.0
    target_groups: tuple[str, ...] = ()
    """Target groups that the place accepts; empty = all."""

    def __post_init__(self) -> None:
        for name in ("id", "company_id", "function"):
            check_id(name, getattr(self, name))
        check_worksite_id("worksite_id", self.worksite_id)
        check_text("title", self.title, required=True)
        check_member("setting", self.setting, SlotSetting)
        check_member("form", self.form, PlacementForm)
        check_member("danish_level", self.danish_level, DanishLevel)
        check_whole("capacity", self.capacity, 0, MOST_PLACES, "places")
        check_period("starts_on", self.starts_on, "ends_on", self.ends_on)
        check_number("hours_from", self.hours_from, 0.5, 37, "hours a week")
        check_number("hours_to", self.hours_to, self.hours_from, 37, "hours a week (not below hours_from)")
        check_share("breadth", self.breadth)
        check_share("tolerated_attendance", self.tolerated_attendance)
        if self.outlook is not None:
            check_share("outlook", self.outlook)
        self._check_lists()

    def _check_lists(self) -> None:
        for name in ("required", "taught", "certificates", "target_groups"):
            values: tuple[str, ...] = getattr(self, name)
            check_ids(name, values)
            check_unique(name, values)
        for index, task in enumerate(self.tasks):
            check_text(f"tasks[{index}]", task, required=True)
        check_unique("demands", [demand.condition for demand in self.demands])
        if self.schedule.most_hours_per_week < self.hours_from:
            raise InvalidValueError(
                "schedule", "has fewer hours than hours_from", "open more days or hours, or lower hours_from"
            )


@dataclass(frozen=True, slots=True)
class SlotAgreement:
    """Samarbejdsaftale between the municipality and one company (or, for a cluster, several).

    Attributes
    ----------
    places : places that all slots of a cluster share; None for the other models, where each slot has its own
    lead_time_days : days from a yes to the first day
    outreach_hours : consultant hours that approaching the company takes (ad hoc), for each citizen
    """

    id: str
    municipality: str
    model: AgreementModel
    company_ids: tuple[str, ...]
    consultant_id: str
    valid_from: date
    slots: tuple[Slot, ...]
    valid_to: date | None = None
    places: int | None = None
    lead_time_days: int = 0
    outreach_hours: float = 0.0

    def __post_init__(self) -> None:
        check_id("id", self.id)
        check_municipality("municipality", self.municipality)
        check_member("model", self.model, AgreementModel)
        check_id("consultant_id", self.consultant_id)
        check_ids("company_ids", self.company_ids)
        check_unique("company_ids", self.company_ids)
        check_period("valid_from", self.valid_from, "valid_to", self.valid_to)
        check_whole("lead_time_days", self.lead_time_days, 0, 365, "days")
        check_number("outreach_hours", self.outreach_hours, 0, 100, "consultant hours a citizen")
        self._check_model()
        check_unique("slots", [slot.id for slot in self.slots])
        for index, slot in enumerate(self.slots):
            if slot.company_id not in self.company_ids:
                raise InvalidValueError(
                    f"slots[{index}].company_id", "is not one of company_ids", "name a company of the agreement"
                )

    def _check_model(self) -> None:
        if not self.slots:
            raise InvalidValueError("slots", "is empty", "give at least one slot")
        if self.model is AgreementModel.CLUSTER:
            if self.places is None:
                raise InvalidValueError("places", "is missing", "give the number of places that the cluster shares")
            check_whole("places", self.places, 1, MOST_PLACES, "places")
            if len(self.company_ids) < 2:
                raise InvalidValueError("company_ids", "has fewer than two companies", "a cluster has at least two")
        else:
            if self.places is not None:
                raise InvalidValueError(
                    "places", "belongs to a cluster only", "leave it out; each slot has its capacity"
                )
            if len(self.company_ids) != 1:
                raise InvalidValueError(
                    "company_ids", "does not have exactly one company", "name one, or use the model cluster"
                )
