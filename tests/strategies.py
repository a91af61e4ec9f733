"""Small random municipalities whose parts fit together: valid domain values, each made from a seed of its own."""

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
from tests.chance import Chance, seeds

FUNCTIONS = ("dish_washing", "vegetable_preparation", "office_cleaning", "mowing", "shelf_stocking", "welding")
CERTIFICATES = ("food_hygiene", "forklift", "driving_licence_b")
GROUPS = tuple(group.code for group in TARGET_GROUPS if group.valid_on(ON))[:4]
CLOSE_CONDITIONS = (Condition.LIFTING, Condition.NOISE, Condition.BREAKS_AT_NEED, Condition.PREDICTABLE_DAYS)
"""Few, so that needs and demands meet."""
HALF_HOURS = 0.5


def level(chance: Chance, condition: Condition) -> float:
    """A level on the scale of a condition, often one of its ends."""
    spec = CONDITIONS[condition]
    if spec.scale is Scale.YES_NO:
        return chance.one(0.0, 1.0)
    return spec.maximum * chance.one(0, 0.2, 1 / 3, 0.5, 2 / 3, 1)


def needs(chance: Chance) -> tuple[Accommodation, ...]:
    """Up to three needs, now and then one binding and one not about the same condition."""
    drawn = [
        Accommodation(condition, level(chance, condition), chance.mostly(Strength.SHOULD, Strength.MUST))
        for condition in (chance.of(CLOSE_CONDITIONS) for _ in range(chance.number(0, 3)))
    ]
    return tuple({(need.condition, need.strength): need for need in drawn}.values())


def demands(chance: Chance) -> tuple[Demand, ...]:
    """What a place states of some conditions."""
    return tuple(Demand(condition, level(chance, condition)) for condition in chance.some(CLOSE_CONDITIONS))


def position(chance: Chance) -> Position | None:
    """Somewhere in a municipality, or not known."""
    return chance.mostly(Position(chance.share(55.8, 56.1), chance.share(8.2, 8.8)), None)


def schedule(chance: Chance) -> Schedule:
    """At least two days of at least six hours; a few pass midnight."""
    start, length = chance.mostly(8, 6, 7, 9, 20), chance.one(6, 7, 8)
    days = chance.some(tuple(Weekday), most=4)
    rest = tuple(day for day in Weekday if day not in days)
    return Schedule((*days, *rest[: chance.mostly(3, 2)]), start * 60, (start + length) * 60 % (24 * 60) or 24 * 60)


def citizen(seed: int, name: str, companies: tuple[str, ...]) -> Citizen:
    """A citizen who knows of some companies."""
    chance = Chance(seed)
    week = schedule(chance)
    hours_now = chance.number(1, int(min(37.0, week.most_hours_per_week) * 2)) * HALF_HOURS
    wishes = chance.some(companies)
    split = chance.mostly(len(wishes), 0)
    return Citizen(
        id=name,
        municipality=MUNICIPALITY,
        name="",
        target_group=chance.of(GROUPS),
        profile=chance.of(tuple(TargetGroupProfile)),
        consultant_id="consultant-0",
        home_postcode="6900",
        home=position(chance),
        waiting_since=date(2026, 5, 1),
        hours_now=hours_now,
        hours_target=chance.number(int(hours_now * 2), 74) * HALF_HOURS,
        goals=tuple(JobGoal(text) for text in chance.some(("opvasker", "gartner", "noget med dyr"), most=2)),
        competences=tuple(
            Competence(code, chance.of(tuple(CompetenceLevel))) for code in chance.some(FUNCTIONS, most=3)
        ),
        accommodations=needs(chance),
        schedule=week,
        available_from=chance.mostly(None, ON + timedelta(chance.number(-30, 90))),
        travel_modes=chance.one((TravelMode.BUS,), (TravelMode.WALK, TravelMode.CAR)),
        longest_travel_minutes=chance.mostly(120, 45, 20),
        danish_level=chance.one(None, *DanishLevel),
        certificates=chance.some(CERTIFICATES),
        mentor_hours_per_week=chance.one(0.0, 0.0, 0.5, 2.0, 4.0),
        attendance_stability=chance.one(None, chance.share()),
        knows_workplace_rules=chance.one(None, False, True),
        group_need=chance.of(tuple(GroupNeed)),
        support_problems=chance.some(tuple(SupportProblem), most=2),
        earlier_placements=tuple(
            EarlierPlacement(company, "dish_washing", date(2024, 1, 1), date(2024, 6, 1), was_employed=True)
            for company in chance.mostly((), companies[:1])
        ),
        wishes_for=wishes[:split],
        wishes_against=wishes[split:],
    )


def slot(chance: Chance, name: str, company: Company) -> Slot:
    """A slot at one of the company's worksites."""
    hours_from = chance.number(2, 20) * HALF_HOURS
    starts_on = ON + timedelta(chance.mostly(-100, 0, 20, 80))
    return Slot(
        id=name,
        company_id=company.id,
        worksite_id=chance.of(company.worksites).id,
        title="Plads",
        function=chance.of(FUNCTIONS),
        setting=chance.of(tuple(SlotSetting)),
        form=chance.mostly(*PlacementForm),
        capacity=chance.mostly(1, 0, 2, 3),
        starts_on=starts_on,
        ends_on=chance.mostly(None, starts_on + timedelta(chance.one(1, 30, 300))),
        hours_from=hours_from,
        hours_to=chance.number(int(hours_from * 2), 74) * HALF_HOURS,
        schedule=schedule(chance),
        required=chance.some(FUNCTIONS, most=2),
        taught=chance.some(FUNCTIONS, most=2),
        certificates=chance.mostly((), chance.some(CERTIFICATES, most=1)),
        danish_level=chance.one(DanishLevel.NONE, DanishLevel.NONE, DanishLevel.A2),
        demands=demands(chance),
        breadth=chance.one(0.0, 0.5, 1.0),
        outlook=chance.one(None, chance.share()),
        tolerated_attendance=chance.one(0.0, 0.8),
        target_groups=chance.mostly((), chance.some(GROUPS, most=3)),
    )


def company(seed: int, name: str, citizen_ids: tuple[str, ...]) -> Company:
    """A company with one or two worksites."""
    chance = Chance(seed)
    worksites = tuple(
        Worksite(
            id=f"{name}-site-{index}",
            p_number=f"10{index:08d}",
            name=f"{name} {index}",
            postcode="6900",
            ordinary_employees=chance.one(0.0, 4.0, 9.5, 12.0, 60.0),
            position=position(chance),
            supported_full_time_persons=chance.one(0.0, 0.0, 0.5, 3.0),
            ordinary_employees_by_month=chance.one((), (10.0,) * 12, (5.0, *(10.0,) * 11)),
            mentors=tuple(
                CompanyMentor(f"mentor-{m}", chance.one(0.5, 2.0, 5.0), chance.one(False, True))
                for m in range(chance.number(0, 2))
            ),
        )
        for index in range(chance.number(1, 2))
    )
    return Company(name, MUNICIPALITY, "12345678", name, "562900", worksites, chance.mostly((), citizen_ids[:1]))


def agreement(seed: int, index: int, companies: tuple[Company, ...]) -> SlotAgreement:
    """An agreement of any model with one to three slots."""
    chance = Chance(seed)
    model = chance.of(tuple(AgreementModel))
    first = chance.number(0, len(companies) - 1)
    turned = companies[first:] + companies[:first]
    members = turned[: 2 if model is AgreementModel.CLUSTER else 1]
    return SlotAgreement(
        id=f"agreement-{index}",
        municipality=MUNICIPALITY,
        model=model,
        company_ids=tuple(firm.id for firm in members),
        consultant_id=f"consultant-{chance.number(0, 1)}",
        valid_from=date(2026, 1, 1),
        slots=tuple(slot(chance, f"slot-{index}-{s}", chance.of(members)) for s in range(chance.number(1, 3))),
        places=chance.number(1, 3) if model is AgreementModel.CLUSTER else None,
        lead_time_days=chance.one(0, 14),
        outreach_hours=chance.one(0.0, 2.0, 5.0),
    )


def letters(number: int) -> str:
    """A number written in letters: ten digits of an id could be a CPR number, which no id may be."""
    return str(number).translate(str.maketrans("0123456789", "abcdefghij"))


def placement(seed: int, citizen_ids: tuple[str, ...], slot_ids: tuple[str, ...]) -> Placement:
    """A placement that runs, is planned or is over, perhaps of somebody or something elsewhere."""
    chance = Chance(seed)
    return Placement(
        id=f"placement-{letters(seed)}",
        citizen_id=chance.one(*citizen_ids, "citizen-elsewhere"),
        slot_id=chance.one(*slot_ids, "slot-elsewhere"),
        form=chance.of(tuple(PlacementForm)),
        status=chance.one(PlacementStatus.PLANNED, PlacementStatus.RUNNING),
        hours_per_week=chance.one(2.0, 10.0, 37.0),
        starts_on=date(2026, 8, 1),
        ends_on=chance.one(ON - timedelta(1), ON, date(2026, 12, 1)),
        decided_by="consultant-0",
        reason="Aftalt",
    )


def consultant(seed: int, index: int) -> JobConsultant:
    """A consultant, perhaps without an hour or a place left."""
    chance = Chance(seed)
    outreach_hours = chance.one(0.0, 3.0, 9.0)
    return JobConsultant(f"consultant-{index}", MUNICIPALITY, "Konsulent", outreach_hours, chance.number(0, 4))


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

    def some(least: int, most: int, *, unique: bool = False) -> list[int]:
        return draw(st.lists(seeds, min_size=least, max_size=most, unique=unique))

    people, firms = some(1, most_citizens), some(2, 3)
    citizen_ids = tuple(f"citizen-{i}" for i in range(len(people)))
    company_ids = tuple(f"company-{i}" for i in range(len(firms)))
    companies = tuple(company(seed, name, citizen_ids) for seed, name in zip(firms, company_ids, strict=True))
    agreements = tuple(agreement(seed, index, companies) for index, seed in enumerate(some(1, most_agreements)))
    slot_ids = tuple(slot.id for agreement in agreements for slot in agreement.slots)
    return World(
        citizens=tuple(citizen(seed, name, company_ids) for seed, name in zip(people, citizen_ids, strict=True)),
        companies=companies,
        agreements=agreements,
        consultants=tuple(consultant(seed, index) for index, seed in enumerate(some(2, 2))),
        placements=tuple(placement(seed, citizen_ids, slot_ids) for seed in some(0, 2, unique=True)),
    )
