"""What a municipality's own rule closes: pairs for which every stated part holds. Data only, nothing is executed."""

import re
from dataclasses import dataclass, fields
from typing import Any

from matcher.domain.agreement import AgreementModel, PlacementForm, SlotSetting
from matcher.domain.citizen import TargetGroupProfile
from matcher.domain.validation import (
    InvalidValueError,
    check_ids,
    check_member,
    check_number,
    check_pattern,
    check_unique,
)

_INDUSTRY = re.compile(r"\d{2,6}", re.ASCII)
_OF_THE_CITIZEN = frozenset({"target_groups", "profiles"})


@dataclass(frozen=True, slots=True)
class LocalCondition:
    """A conjunction: a pair is closed where all parts that are stated hold; within a list one element is enough.

    At least one part speaks of the place or of the way there: a rule may not close every place to a group of people.

    Attributes
    ----------
    industries : first digits of DB07 codes, two to six
    hours_from_above : hours a week that the place begins with, above which the part holds
    travel_minutes_above : minutes one way, above which the part holds; a travel time that is not known is not above
    """

    target_groups: tuple[str, ...] = ()
    profiles: tuple[TargetGroupProfile, ...] = ()
    settings: tuple[SlotSetting, ...] = ()
    forms: tuple[PlacementForm, ...] = ()
    models: tuple[AgreementModel, ...] = ()
    company_ids: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    hours_from_above: float | None = None
    travel_minutes_above: float | None = None

    def __post_init__(self) -> None:
        for name in ("target_groups", "company_ids"):
            check_ids(name, getattr(self, name))
        for name, kind in (
            ("profiles", TargetGroupProfile),
            ("settings", SlotSetting),
            ("forms", PlacementForm),
            ("models", AgreementModel),
        ):
            for index, value in enumerate(getattr(self, name)):
                check_member(f"{name}[{index}]", value, kind)
        for index, industry in enumerate(self.industries):
            check_pattern(
                f"industries[{index}]",
                industry,
                _INDUSTRY,
                "is not the beginning of a DB07 code",
                "write its first two to six digits",
            )
        for name in ("target_groups", "profiles", "settings", "forms", "models", "company_ids", "industries"):
            check_unique(name, getattr(self, name))
        if self.hours_from_above is not None:
            check_number("hours_from_above", self.hours_from_above, 0, 37, "hours a week")
        if self.travel_minutes_above is not None:
            check_number("travel_minutes_above", self.travel_minutes_above, 0, 240, "minutes one way")
        if not self._stated() - _OF_THE_CITIZEN:
            raise InvalidValueError(
                "settings", "says nothing about the place", "name a setting, form, company, industry, hours or travel"
            )

    def _stated(self) -> set[str]:
        return {one.name for one in fields(self) if getattr(self, one.name) not in ((), None)}

    def as_record(self) -> dict[str, Any]:
        """The stated parts, ready for JSON."""
        record: dict[str, Any] = {}
        for name in sorted(self._stated()):
            value = getattr(self, name)
            record[name] = [str(one) for one in value] if isinstance(value, tuple) else float(value)
        return record
