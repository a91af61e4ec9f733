"""Needs and demands in one vocabulary: what a person must be spared or offered, and what a place asks and offers.

A `Condition` is a *burden* (heavier is harder: lifting, noise, pace) or an *offer* (more is better: a quiet place,
breaks at need). A citizen's `Accommodation` (skånehensyn) sets a limit: a burden may be at most, an offer must be at
least the limit. A slot's demands give the level that is there. Health appears as such functional needs only, never as
a diagnosis. Source of the vocabulary: shielding considerations of Danish company-directed employment work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from matcher.domain.validation import InvalidValueError, check_member, check_number, check_text


class Strength(StrEnum):
    """How binding a need is."""

    MUST = "must"
    """A place that does not meet it is impossible."""
    SHOULD = "should"
    """A place that does not meet it scores lower."""


class Kind(StrEnum):
    """Which way a condition counts."""

    BURDEN = "burden"
    """The place asks it of the person; a need sets the most the person can take."""
    OFFER = "offer"
    """The place gives it; a need sets the least the person must have."""


class Scale(StrEnum):
    """What the level of a condition measures."""

    KILOGRAM = "kg"
    SHARE = "share"
    """Share of the working time, 0-1."""
    LEVEL = "level"
    """0 none, 1 little, 2 some, 3 much."""
    YES_NO = "yes_no"
    """0 no, 1 yes."""


MAXIMUM: Mapping[Scale, float] = MappingProxyType(
    {Scale.KILOGRAM: 50.0, Scale.SHARE: 1.0, Scale.LEVEL: 3.0, Scale.YES_NO: 1.0}
)


class Condition(StrEnum):
    """The vocabulary that needs and demands share."""

    # Burdens of the body.
    LIFTING = "lifting"
    STANDING_WALKING = "standing_walking"
    SITTING = "sitting"
    REPETITIVE_MOVEMENT = "repetitive_movement"
    FINE_MOTOR = "fine_motor"
    # Burdens of the surroundings.
    OUTDOOR = "outdoor"
    HEAT_COLD = "heat_cold"
    DUST = "dust"
    FLOUR = "flour"
    CHEMICALS = "chemicals"
    ANIMALS = "animals"
    NOISE = "noise"
    # Burdens of people and pace.
    PEOPLE_CONTACT = "people_contact"
    CUSTOMER_CONTACT = "customer_contact"
    CHILDREN_CONTACT = "children_contact"
    WORKING_ALONE = "working_alone"
    TEAM_WORK = "team_work"
    PACE = "pace"
    VARIATION = "variation"
    ALCOHOL_ON_SITE = "alcohol_on_site"
    # Burdens of skill.
    HYGIENE_DEMANDS = "hygiene_demands"
    READING_WRITING = "reading_writing"
    NUMERACY = "numeracy"
    DRIVING = "driving"
    # Burdens of the hours.
    EARLY_START = "early_start"
    EVENING_WORK = "evening_work"
    NIGHT_WORK = "night_work"
    WEEKEND_WORK = "weekend_work"
    # Offers.
    FIXED_ROUTINE = "fixed_routine"
    SCREENED_PLACE = "screened_place"
    ONE_INSTRUCTION = "one_instruction"
    BREAKS_AT_NEED = "breaks_at_need"
    FLEXIBLE_START = "flexible_start"
    PREDICTABLE_DAYS = "predictable_days"
    SAME_CONTACT_PERSON = "same_contact_person"
    WHEELCHAIR_ACCESS = "wheelchair_access"
    GROUND_FLOOR = "ground_floor"


@dataclass(frozen=True, slots=True)
class ConditionSpec:
    """What is known of a condition: which way it counts, its scale, and its names (nouns, indefinite)."""

    kind: Kind
    scale: Scale
    danish: str
    english: str

    @property
    def maximum(self) -> float:
        """The highest level on the condition's scale."""
        return MAXIMUM[self.scale]


def _burden(scale: Scale, danish: str, english: str) -> ConditionSpec:
    return ConditionSpec(Kind.BURDEN, scale, danish, english)


def _offer(scale: Scale, danish: str, english: str) -> ConditionSpec:
    return ConditionSpec(Kind.OFFER, scale, danish, english)


CONDITIONS: Mapping[Condition, ConditionSpec] = MappingProxyType(
    {
        Condition.LIFTING: _burden(Scale.KILOGRAM, "løft", "lifting"),
        Condition.STANDING_WALKING: _burden(Scale.SHARE, "stående og gående arbejde", "standing and walking work"),
        Condition.SITTING: _burden(Scale.SHARE, "stillesiddende arbejde", "sitting work"),
        Condition.REPETITIVE_MOVEMENT: _burden(Scale.LEVEL, "ensidigt gentaget arbejde", "repetitive work"),
        Condition.FINE_MOTOR: _burden(Scale.LEVEL, "finmotorisk arbejde", "fine motor work"),
        Condition.OUTDOOR: _burden(Scale.SHARE, "udendørs arbejde", "outdoor work"),
        Condition.HEAT_COLD: _burden(Scale.LEVEL, "varme eller kulde", "heat or cold"),
        Condition.DUST: _burden(Scale.LEVEL, "støv", "dust"),
        Condition.FLOUR: _burden(Scale.LEVEL, "melstøv", "flour dust"),
        Condition.CHEMICALS: _burden(Scale.LEVEL, "kemikalier og rengøringsmidler", "chemicals and cleaning agents"),
        Condition.ANIMALS: _burden(Scale.LEVEL, "kontakt med dyr", "contact with animals"),
        Condition.NOISE: _burden(Scale.LEVEL, "støj", "noise"),
        Condition.PEOPLE_CONTACT: _burden(Scale.LEVEL, "mange mennesker i nærheden", "many people nearby"),
        Condition.CUSTOMER_CONTACT: _burden(Scale.LEVEL, "kundekontakt", "customer contact"),
        Condition.CHILDREN_CONTACT: _burden(Scale.LEVEL, "kontakt med børn", "contact with children"),
        Condition.WORKING_ALONE: _burden(Scale.SHARE, "alenearbejde", "work alone"),
        Condition.TEAM_WORK: _burden(Scale.SHARE, "arbejde i team", "teamwork"),
        Condition.PACE: _burden(Scale.LEVEL, "højt tempo", "a fast pace"),
        Condition.VARIATION: _burden(Scale.LEVEL, "variation i opgaverne", "variation in the tasks"),
        Condition.ALCOHOL_ON_SITE: _burden(
            Scale.YES_NO, "salg eller servering af alkohol", "sale or serving of alcohol"
        ),
        Condition.HYGIENE_DEMANDS: _burden(Scale.LEVEL, "hygiejnekrav", "hygiene requirements"),
        Condition.READING_WRITING: _burden(Scale.LEVEL, "læse- og skrivekrav", "reading and writing requirements"),
        Condition.NUMERACY: _burden(Scale.LEVEL, "regnekrav", "arithmetic requirements"),
        Condition.DRIVING: _burden(Scale.LEVEL, "kørsel", "driving"),
        Condition.EARLY_START: _burden(Scale.YES_NO, "møde før kl. 9", "a start before 9:00"),
        Condition.EVENING_WORK: _burden(Scale.YES_NO, "aftenarbejde", "evening work"),
        Condition.NIGHT_WORK: _burden(Scale.YES_NO, "natarbejde", "night work"),
        Condition.WEEKEND_WORK: _burden(Scale.YES_NO, "weekendarbejde", "weekend work"),
        Condition.FIXED_ROUTINE: _offer(Scale.LEVEL, "faste rutiner", "fixed routines"),
        Condition.SCREENED_PLACE: _offer(Scale.YES_NO, "en skærmet, rolig plads", "a screened, quiet place"),
        Condition.ONE_INSTRUCTION: _offer(
            Scale.YES_NO, "klare instruktioner, én ad gangen", "clear instructions, one at a time"
        ),
        Condition.BREAKS_AT_NEED: _offer(Scale.YES_NO, "pauser efter behov", "breaks as needed"),
        Condition.FLEXIBLE_START: _offer(Scale.YES_NO, "fleksibel mødetid", "a flexible starting time"),
        Condition.PREDICTABLE_DAYS: _offer(Scale.LEVEL, "forudsigelige dage", "predictable days"),
        Condition.SAME_CONTACT_PERSON: _offer(
            Scale.YES_NO, "den samme kontaktperson hver dag", "the same contact person every day"
        ),
        Condition.WHEELCHAIR_ACCESS: _offer(Scale.YES_NO, "adgang for kørestol", "wheelchair access"),
        Condition.GROUND_FLOOR: _offer(Scale.YES_NO, "arbejde i stueetagen", "work on the ground floor"),
    }
)


def check_level(field: str, condition: Condition, level: float) -> None:
    """The level lies on the condition's scale; a yes/no condition is 0 or 1."""
    check_member("condition", condition, Condition)
    spec = CONDITIONS[condition]
    check_number(
        field, level, 0, spec.maximum, {Scale.KILOGRAM: "kg", Scale.SHARE: "(a share)"}.get(spec.scale, "(a level)")
    )
    if spec.scale is Scale.YES_NO and level not in (0, 1):
        raise InvalidValueError(field, "is neither yes nor no", "write 1 for yes or 0 for no")


@dataclass(frozen=True, slots=True)
class Accommodation:
    """Skånehensyn: a functional need. A burden may be at most `limit`, an offer must be at least `limit`."""

    condition: Condition
    limit: float
    strength: Strength
    note: str = ""

    def __post_init__(self) -> None:
        check_level("limit", self.condition, self.limit)
        check_member("strength", self.strength, Strength)
        check_text("note", self.note)

    def met_by(self, level: float | None) -> bool | None:
        """Whether a place with this level meets the need; None where the place has not said."""
        if level is None:
            return None
        return level <= self.limit if CONDITIONS[self.condition].kind is Kind.BURDEN else level >= self.limit


@dataclass(frozen=True, slots=True)
class Demand:
    """The level of a condition at a place. A condition without a demand has not been stated by the place."""

    condition: Condition
    level: float

    def __post_init__(self) -> None:
        check_level("level", self.condition, self.level)


def level_of(demands: tuple[Demand, ...], condition: Condition) -> float | None:
    """The stated level of a condition; None where it has not been stated."""
    for demand in demands:
        if demand.condition is condition:
            return demand.level
    return None
