"""Protected traits (beskyttede kendetegn) of a citizen: gender, year of birth, origin as registered.

They stand apart from `Citizen` and are read by the fairness report alone; the import rules name who may import this
module. Nothing here may steer a rule, a score, a list or a plan.
"""

from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.validation import check_id, check_member, check_whole


class Gender(StrEnum):
    """Køn, as the civil registration system has it."""

    FEMALE = "female"
    MALE = "male"


class Origin(StrEnum):
    """Herkomst: Statistics Denmark's groups. "Western" is a statistical category of countries, not a judgement.

    Source: Danmarks Statistik, Indvandrere og efterkommere (documentation of the statistics).
    """

    DANISH = "danish"
    IMMIGRANT_WESTERN = "immigrant_western"
    IMMIGRANT_NON_WESTERN = "immigrant_non_western"
    DESCENDANT_WESTERN = "descendant_western"
    DESCENDANT_NON_WESTERN = "descendant_non_western"


@dataclass(frozen=True, slots=True)
class ProtectedTraits:
    """What is registered of one citizen; None where nothing is."""

    citizen_id: str
    gender: Gender | None = None
    birth_year: int | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        check_id("citizen_id", self.citizen_id)
        if self.gender is not None:
            check_member("gender", self.gender, Gender)
        if self.birth_year is not None:
            check_whole("birth_year", self.birth_year, 1900, 2100, "")
        if self.origin is not None:
            check_member("origin", self.origin, Origin)
