"""Hypothesis strategies: random domain values that are valid, and small municipalities whose parts fit together."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from matcher.domain.agreement import AgreementModel, PlacementForm, Slot, SlotAgreement, SlotSetting
from matcher.domain.citizen import (
    Citizen,
    Competence,
    CompetenceLevel,
    DanishLevel,
    EarlierPlacement,
    GroupNeed,
    JobGoal,
    SupportProblem,
    TargetGroupProfile,
)
from matcher.domain.company import Company, CompanyMentor, Worksite
from matcher.domain.conditions import CONDITIONS, Accommodation, Condition, Demand, Scale, Strength
from matcher.domain.geography import Position, TravelMode
from matcher.domain.legal import TARGET_GROUPS
from matcher.domain.placement import Placement, PlacementStatus
from matcher.domain.schedule import Schedule, Weekday
from matcher.domain.staff import JobConsultant
from tests.builders import MUNICIPALITY, ON

FUNCTIONS = ("dish_washing", "vegetable_preparation", "office_cleaning", "mowing", "shelf_stocking", "welding")
CERTIFICATES = ("food_hygiene", "forklift", "driving_licence_b")
GROUPS = tuple(group.code for group in TARGET_GROUPS if group.valid_on(ON))[:4]
CLOSE_CONDITIONS = (Condition.LIFTING, Condition.NOISE, Condition.BREAKS_AT_NEED, Condition.PREDICTABLE_DAYS)
"""Few, so that needs and demands meet."""
HALF_HOURS = 0.5


def levels(condition: Condition) -> st.SearchStrategy[float]:
    """Levels on the scale of a condition, often its ends."""
    spec = CONDITIONS[condition]
    if spec.scale is Scale.YES_NO:
        return st.sampled_from((0.0, 1.0))
    return st.sampled_from([spec.maximum * share for share in (0, 0.2, 1 / 3, 0.5, 2 / 3, 1)])


def needs(conditions: tuple[Condition, ...] = tuple(Condition)) -> st.SearchStrategy[Accommodation]:
    """Any need of some conditions."""
    return st.sampled_from(conditions).flatmap(
        lambda condition: st.builds(Accommodation, st.just(condition), levels(condition), st.sampled_from(Strength))
    )


def demands(conditions: tuple[Condition, ...] = tuple(Condition)) -> st.SearchStrategy[Demand]:
    """Any demand of some conditions."""
    return st.sampled_from(conditions).flatmap(
        lambda condition: st.builds(Demand, st.just(condition), levels(condition))
    )


def some_of(values: tuple[str, ...], most: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the values, each once."""
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


positions = st.builds(Position, st.floats(55.8, 56.1), st.floats(8.2, 8.8))
working_days = st.lists(st.sampled_from(tuple(Weekday)), min_size=2, max_size=6, unique=True).map(tuple)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """At least two days of at least six hours; a few pass midnight."""
    start = draw(st.sampled_from((6, 7, 8, 9, 20)))
    length = draw(st.sampled_from((6, 7, 8)))
    return Schedule(draw(working_days), start * 60, (start + length) * 60 % (24 * 60) or 24 * 60)


@st.composite
def citizens(draw: st.DrawFn, name: str, companies: tuple[str, ...]) -> Citizen:
    """A citizen who knows of some companies."""
    schedule = draw(schedules())
    most = min(37.0, schedule.most_hours_per_week)
    hours_now = draw(st.integers(1, int(most * 2))) * HALF_HOURS
    wishes = draw(some_of(companies))
    split = draw(st.integers(0, len(wishes)))
    employers = draw(some_of(companies, most=1))
    return Citizen(
        id=name,
        municipality=MUNICIPALITY,
        name="",
        target_group=draw(st.sampled_from(GROUPS)),
        profile=draw(st.sampled_from(TargetGroupProfile)),
        consultant_id="consultant-0",
        home_postcode="6900",
        home=draw(st.none() | positions),
        waiting_since=date(2026, 5, 1),
        hours_now=hours_now,
        hours_target=draw(st.integers(int(hours_now * 2), 74)) * HALF_HOURS,
        goals=tuple(JobGoal(text) for text in draw(some_of(("opvasker", "gartner", "noget med dyr"), most=2))),
        competences=tuple(
            Competence(code, draw(st.sampled_from(CompetenceLevel))) for code in draw(some_of(FUNCTIONS))
        ),
        accommodations=tuple(
            draw(st.lists(needs(CLOSE_CONDITIONS), max_size=3, unique_by=lambda need: (need.condition, need.strength)))
        ),
        schedule=schedule,
        available_from=draw(st.none() | st.integers(-30, 90).map(lambda days: ON + timedelta(days))),
        travel_modes=draw(st.sampled_from(((TravelMode.BUS,), (TravelMode.WALK, TravelMode.CAR)))),
        longest_travel_minutes=draw(st.sampled_from((20, 45, 120))),
        danish_level=draw(st.none() | st.sampled_from(DanishLevel)),
        certificates=draw(some_of(CERTIFICATES)),
        mentor_hours_per_week=draw(st.sampled_from((0.0, 0.0, 0.5, 2.0, 4.0))),
        attendance_stability=draw(st.none() | st.floats(0, 1)),
        knows_workplace_rules=draw(st.sampled_from((None, False, True))),
        group_need=draw(st.sampled_from(GroupNeed)),
        support_problems=tuple(draw(st.lists(st.sampled_from(SupportProblem), max_size=2, unique=True))),
        earlier_placements=tuple(
            EarlierPlacement(company, "dish_washing", date(2024, 1, 1), date(2024, 6, 1), was_employed=True)
            for company in employers
        ),
        wishes_for=wishes[:split],
        wishes_against=wishes[split:],
    )


@st.composite
def slots(draw: st.DrawFn, name: str, company: Company) -> Slot:
    """A slot at one of the company's worksites."""
    hours_from = draw(st.integers(2, 20)) * HALF_HOURS
    function = draw(st.sampled_from(FUNCTIONS))
    starts_on = ON + timedelta(draw(st.sampled_from((-100, 0, 20, 80))))
    return Slot(
        id=name,
        company_id=company.id,
        worksite_id=draw(st.sampled_from(company.worksites)).id,
        title="Plads",
        function=function,
        setting=draw(st.sampled_from(SlotSetting)),
        form=draw(st.sampled_from(PlacementForm)),
        capacity=draw(st.integers(0, 3)),
        starts_on=starts_on,
        ends_on=draw(st.none() | st.sampled_from((1, 30, 300)).map(lambda days: starts_on + timedelta(days))),
        hours_from=hours_from,
        hours_to=draw(st.integers(int(hours_from * 2), 74)) * HALF_HOURS,
        schedule=draw(schedules()),
        required=draw(some_of(FUNCTIONS, most=2)),
        taught=draw(some_of(FUNCTIONS, most=2)),
        certificates=draw(st.just(()) | some_of(CERTIFICATES, most=1)),
        danish_level=draw(st.sampled_from((DanishLevel.NONE, DanishLevel.NONE, DanishLevel.A2))),
        demands=tuple(draw(st.lists(demands(CLOSE_CONDITIONS), max_size=4, unique_by=lambda one: one.condition))),
        breadth=draw(st.sampled_from((0.0, 0.5, 1.0))),
        outlook=draw(st.none() | st.floats(0, 1)),
        tolerated_attendance=draw(st.sampled_from((0.0, 0.8))),
        target_groups=draw(st.just(()) | some_of(GROUPS)),
    )


@st.composite
def companies(draw: st.DrawFn, name: str, citizen_ids: tuple[str, ...]) -> Company:
    """A company with one or two worksites."""
    worksites = tuple(
        Worksite(
            id=f"{name}-site-{index}",
            p_number=f"10{index:08d}",
            name=f"{name} {index}",
            postcode="6900",
            ordinary_employees=draw(st.sampled_from((0.0, 4.0, 9.5, 12.0, 60.0))),
            position=draw(st.none() | positions),
            supported_full_time_persons=draw(st.sampled_from((0.0, 0.0, 0.5, 3.0))),
            ordinary_employees_by_month=draw(st.sampled_from(((), (10.0,) * 12, (5.0, *(10.0,) * 11)))),
            mentors=tuple(
                CompanyMentor(f"mentor-{m}", draw(st.sampled_from((0.5, 2.0, 5.0))), draw(st.booleans()))
                for m in range(draw(st.integers(0, 2)))
            ),
        )
        for index in range(draw(st.integers(1, 2)))
    )
    return Company(name, MUNICIPALITY, "12345678", name, "562900", worksites, draw(some_of(citizen_ids, most=1)))


@dataclass(frozen=True)
class World:
    """A small municipality."""

    citizens: tuple[Citizen, ...]
    companies: tuple[Company, ...]
    agreements: tuple[SlotAgreement, ...]
    consultants: tuple[JobConsultant, ...]
    placements: tuple[Placement, ...]


@st.composite
def worlds(draw: st.DrawFn, most_citizens: int = 4, most_agreements: int = 3) -> World:
    """Citizens, companies, agreements of every model, consultants, and placements that run, are planned or are over."""
    citizen_ids = tuple(f"citizen-{i}" for i in range(draw(st.integers(1, most_citizens))))
    company_ids = tuple(f"company-{i}" for i in range(draw(st.integers(2, 3))))
    firms = tuple(draw(companies(name, citizen_ids)) for name in company_ids)
    people = tuple(draw(citizens(name, company_ids)) for name in citizen_ids)
    agreements = []
    for index in range(draw(st.integers(1, most_agreements))):
        model = draw(st.sampled_from(AgreementModel))
        count = 2 if model is AgreementModel.CLUSTER else 1
        members = tuple(draw(st.permutations(firms)))[:count]
        offered = tuple(
            draw(slots(f"slot-{index}-{s}", draw(st.sampled_from(members)))) for s in range(draw(st.integers(1, 3)))
        )
        agreements.append(
            SlotAgreement(
                id=f"agreement-{index}",
                municipality=MUNICIPALITY,
                model=model,
                company_ids=tuple(firm.id for firm in members),
                consultant_id=f"consultant-{draw(st.integers(0, 1))}",
                valid_from=date(2026, 1, 1),
                slots=offered,
                places=draw(st.integers(1, 3)) if model is AgreementModel.CLUSTER else None,
                lead_time_days=draw(st.sampled_from((0, 14))),
                outreach_hours=draw(st.sampled_from((0.0, 2.0, 5.0))),
            )
        )
    consultants = tuple(
        JobConsultant(
            f"consultant-{c}",
            MUNICIPALITY,
            "Konsulent",
            draw(st.sampled_from((0.0, 3.0, 9.0))),
            draw(st.integers(0, 4)),
        )
        for c in range(2)
    )
    slot_ids = tuple(slot.id for agreement in agreements for slot in agreement.slots)
    placements = tuple(draw(st.lists(_placements(citizen_ids, slot_ids), max_size=2)))
    return World(people, firms, tuple(agreements), consultants, placements)


def _placements(citizen_ids: tuple[str, ...], slot_ids: tuple[str, ...]) -> st.SearchStrategy[Placement]:
    return st.builds(
        Placement,
        id=st.uuids().map(str),
        citizen_id=st.sampled_from((*citizen_ids, "citizen-elsewhere")),
        slot_id=st.sampled_from((*slot_ids, "slot-elsewhere")),
        form=st.sampled_from(PlacementForm),
        status=st.sampled_from((PlacementStatus.PLANNED, PlacementStatus.RUNNING)),
        hours_per_week=st.sampled_from((2.0, 10.0, 37.0)),
        starts_on=st.just(date(2026, 8, 1)),
        ends_on=st.sampled_from((ON - timedelta(1), ON, date(2026, 12, 1))),
        decided_by=st.just("consultant-0"),
        reason=st.just("Aftalt"),
    )
