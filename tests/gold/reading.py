"""Reads the cases of ``sager.md``: what the words of its tables mean as domain values. See the head of that file."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from features.vectorise import vectorise
from matcher.arrays import MatchInput
from matcher.domain.agreement import AgreementModel, PlacementForm, Slot
from matcher.domain.catalogue import CERTIFICATES, JOB_FUNCTIONS, OCCUPATIONS
from matcher.domain.citizen import Citizen, Competence, CompetenceLevel, DanishLevel, JobGoal, TargetGroupProfile
from matcher.domain.citizen import EarlierPlacement as Earlier
from matcher.domain.company import Company, CompanyMentor
from matcher.domain.conditions import CONDITIONS, Accommodation, Demand, Kind, Scale, Strength
from matcher.domain.contact import Contact
from matcher.domain.decided import DecidedPair
from matcher.domain.geography import TravelMode
from matcher.domain.legal import TARGET_GROUPS
from matcher.domain.schedule import Schedule, Weekday
from matcher.wording import label
from tests.builders import ON, a_citizen, a_company, a_contact, a_decided_pair, a_slot, a_worksite, an_agreement

FILE: Final = Path(__file__).with_name("sager.md")
_FUNCTIONS = {function.danish: code for code, function in JOB_FUNCTIONS.items()}
_OCCUPATIONS = {occupation.danish: uri for uri, occupation in OCCUPATIONS.items()}
_CERTIFICATES = {certificate.danish: code for code, certificate in CERTIFICATES.items()}
_GROUPS = {group.danish: group.code for group in TARGET_GROUPS}
_CONDITIONS = {spec.danish: condition for condition, spec in CONDITIONS.items()}
_FORMS = {label(form): form for form in PlacementForm}
_PROFILES = {label(profile): profile for profile in TargetGroupProfile}
_MODES = {"gang": "walk", "cykel": "bicycle", "bus": "bus", "bil": "car"}
_MODELS = {label(model): model for model in AgreementModel}
_DAYS = {name: Weekday(index) for index, name in enumerate(("man", "tirs", "ons", "tors", "fre", "lør", "søn"))}


@dataclass(frozen=True)
class Case:
    """A citizen, place A, and either the rules that exclude it, or place B that it is better than."""

    name: str
    citizen: Mapping[str, str]
    place: Mapping[str, str]
    excluded_by: frozenset[str]
    other: Mapping[str, str] | None

    def match_input(self) -> MatchInput:
        """The citizen against A and, where there is one, B."""
        places = [self.place] if self.other is None else [self.place, self.other]
        companies = [_company(name, place) for name, place in zip("AB", places, strict=False)]
        agreements = [
            an_agreement(
                **({"id": f"aftale-{name}", "company_ids": (name,), "slots": (_slot(name, place),)} | _agreement(place))
            )
            for name, place in zip("AB", places, strict=False)
        ]
        said = [_history(name, place) for name, place in zip("AB", places, strict=False)]
        return vectorise(
            [_citizen(self.citizen)],
            companies,
            agreements,
            on=ON,
            contacts=[one for contacts, _ in said for one in contacts],
            decided=[one for _, decided in said for one in decided],
        )


def cases() -> Iterator[Case]:
    """Every row of every table."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or not cells[0].isdigit():
            continue
        number, why, citizen, place, expected = cells
        kind, _, rest = expected.partition(" ")
        excluded = frozenset(re.findall(r"`(\w+)`", rest)) if kind == "umulig:" else frozenset()
        other = _fields(rest.removeprefix("end").strip()) if kind == "bedre" else None
        if not excluded and other is None and expected != "mulig":
            raise ValueError(f"case {number}: write umulig: `rule`, bedre end …, or mulig")
        yield Case(f"{number} {why}", _fields(citizen), _fields(place), excluded, other)


def _fields(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(";") if part.strip() and part.strip() != "–")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _list(text: str) -> list[str]:
    return [item.strip() for item in text.split(" + ")]


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _need(text: str, strength: Strength) -> Accommodation:
    """``løft højst 5``, ``faste rutiner mindst 2``, ``ikke natarbejde``, ``pauser efter behov``."""
    bounded = re.fullmatch(r"(.+) (?:højst|mindst) ([\d,]+)", text)
    if bounded:
        return Accommodation(_CONDITIONS[bounded[1]], _number(bounded[2]), strength)
    condition = _CONDITIONS[text.removeprefix("ikke ")]
    spec = CONDITIONS[condition]
    if spec.scale is not Scale.YES_NO or (spec.kind is Kind.BURDEN) is not text.startswith("ikke "):
        raise ValueError(f"{text}: write højst or mindst with a number")
    return Accommodation(condition, 0.0 if spec.kind is Kind.BURDEN else 1.0, strength)


def _demand(text: str) -> Demand:
    """``løft 10``, ``natarbejde ja``."""
    name, _, level = text.rpartition(" ")
    return Demand(_CONDITIONS[name], {"ja": 1.0, "nej": 0.0}[level] if level in ("ja", "nej") else _number(level))


def _schedule(text: str) -> Schedule:
    """``man-fre 9-13``."""
    days, hours = text.split(" ")
    first, last = (_DAYS[day] for day in days.split("-"))
    start, end = (60 * int(hour) for hour in hours.split("-"))
    return Schedule(tuple(day for day in Weekday if first <= day <= last), start, end)


def _needs(text: str, strength: Strength) -> tuple[Accommodation, ...]:
    return tuple(_need(item, strength) for item in _list(text))


def _can(text: str, level: CompetenceLevel) -> tuple[Competence, ...]:
    return tuple(Competence(_FUNCTIONS[item], level) for item in _list(text))


_CITIZEN: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "profil": lambda text: {"profile": _PROFILES[text]},
    "mål": lambda text: {"goals": tuple(JobGoal(goal) for goal in _list(text))},
    "fag": lambda text: {"goals": tuple(JobGoal("", _OCCUPATIONS[goal]) for goal in _list(text))},
    "kan": lambda text: {"competences": _can(text, CompetenceLevel.ALONE)},
    "har prøvet": lambda text: {"competences": _can(text, CompetenceLevel.WITH_GUIDANCE)},
    "skal": lambda text: {"accommodations": _needs(text, Strength.MUST)},
    "bør": lambda text: {"accommodations": _needs(text, Strength.SHOULD)},
    "timer": lambda text: dict(zip(("hours_now", "hours_target"), map(_number, text.split(" → ")), strict=True)),
    "bor": lambda text: {"home_postcode": text},
    "rejse": lambda text: {
        "travel_modes": (TravelMode(_MODES[text.split()[0]]),),
        "longest_travel_minutes": int(text.split()[1]),
    },
    "dansk": lambda text: {"danish_level": DanishLevel[text]},
    "bevis": lambda text: {"certificates": tuple(_CERTIFICATES[item] for item in _list(text))},
    "målgruppe": lambda text: {"target_group": _GROUPS[text]},
    "tid": lambda text: {"schedule": _schedule(text)},
    "ønsker": lambda text: {"wishes_for": (text,)},
    "ikke hos": lambda text: {"wishes_against": (text,)},
    "har været ansat hos": lambda text: {
        "earlier_placements": (
            Earlier(text, "dish_washing", date(2025, 1, 1), date(2025, 6, 1), True, was_employed=True),
        )
    },
    "jobkonsulent tillader": lambda text: {"former_employers_allowed": (text,)},
    "mentor": lambda text: {"mentor_hours_per_week": _number(text)},
    "fremmøde": lambda text: {"attendance_stability": _number(text) / 100},
    "kan begynde": lambda text: {"available_from": date.fromisoformat(text)},
}
_SLOT: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "arbejde": lambda text: {"function": _FUNCTIONS[text], "title": text.capitalize()},
    "andet arbejde": lambda text: {"function": "own-code", "title": text},
    "opgaver": lambda text: {"tasks": tuple(_list(text))},
    "kræver": lambda text: {"required": tuple(_FUNCTIONS[item] for item in _list(text))},
    "lærer fra sig": lambda text: {"taught": tuple(_FUNCTIONS[item] for item in _list(text))},
    "vilkår": lambda text: {"demands": tuple(_demand(item) for item in _list(text))},
    "timer": lambda text: dict(zip(("hours_from", "hours_to"), map(_number, text.split("-")), strict=True)),
    "form": lambda text: {"form": _FORMS[text]},
    "dansk": lambda text: {"danish_level": DanishLevel[text]},
    "bevis": lambda text: {"certificates": tuple(_CERTIFICATES[item] for item in _list(text))},
    "for": lambda text: {"target_groups": tuple(_GROUPS[item] for item in _list(text))},
    "tid": lambda text: {"schedule": _schedule(text)},
    "bredde": lambda text: {"breadth": _number(text) / 100},
    "udsigt": lambda text: {"outlook": _number(text) / 100},
    "åbner": lambda text: {"starts_on": date.fromisoformat(text)},
    "lukker": lambda text: {"ends_on": date.fromisoformat(text)},
    "pladser": lambda text: {"capacity": int(text)},
}
_SITE: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "by": lambda text: {"postcode": text},
    "mentor": lambda text: {"mentors": (CompanyMentor("mentor", _number(text)),)},
    "uddannet mentor": lambda text: {"mentors": (CompanyMentor("mentor", _number(text), trained=True),)},
    "ordinære ansatte, seneste måned først": lambda text: {
        "ordinary_employees_by_month": tuple(float(item) for item in text.split())
    },
}
_COMPANY: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "vil ikke have borgeren igen": lambda _: {"not_again": ("citizen-1",)},
}
_AGREEMENT: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "aftale": lambda text: {"model": _MODELS[text]},
}
_HISTORY: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "sagde nej": lambda text: {"no_on": date.fromisoformat(text)},
    "forslag afvist": lambda text: {"rejected_on": date.fromisoformat(text)},
}
_PLACE: Final = (_SLOT, _SITE, _COMPANY, _AGREEMENT, _HISTORY)


def _values(
    fields: Mapping[str, str], *readers: Mapping[str, Callable[[str], dict[str, Any]]]
) -> tuple[dict[str, Any], ...]:
    """One dictionary of values for each group of readers; KeyError where no group knows a word."""
    found: tuple[dict[str, Any], ...] = tuple({} for _ in readers)
    for name, text in fields.items():
        group = next((index for index, known in enumerate(readers) if name in known), None)
        if group is None:
            raise KeyError(f"{name}: is no known word")
        for key, value in readers[group][name](text).items():
            found[group][key] = found[group].get(key, ()) + value if isinstance(value, tuple) else value
    return found


def _citizen(fields: Mapping[str, str]) -> Citizen:
    (values,) = _values(fields, _CITIZEN)
    return a_citizen(home=None, **values)


def _slot(name: str, fields: Mapping[str, str]) -> Slot:
    values = _values(fields, *_PLACE)[0]
    return a_slot(**({"id": f"plads-{name}", "company_id": name, "worksite_id": f"sted-{name}"} | values))


def _company(name: str, fields: Mapping[str, str]) -> Company:
    _, site, values, _, _ = _values(fields, *_PLACE)
    worksite = a_worksite(**({"id": f"sted-{name}", "name": f"Virksomhed {name}", "position": None} | site))
    return a_company(**({"id": name, "name": f"Virksomhed {name}", "worksites": (worksite,)} | values))


def _agreement(fields: Mapping[str, str]) -> dict[str, Any]:
    return _values(fields, *_PLACE)[3]


def _history(name: str, fields: Mapping[str, str]) -> tuple[tuple[Contact, ...], tuple[DecidedPair, ...]]:
    """What the company has said, and what a person has decided about the place for the citizen."""
    values = _values(fields, *_PLACE)[4]
    no_on, rejected_on = values.get("no_on"), values.get("rejected_on")
    call = a_contact(company_id=name, agreement_id=f"aftale-{name}", contacted_on=no_on) if no_on else None
    rejected = a_decided_pair(slot_id=f"plads-{name}", decided_on=rejected_on) if rejected_on else None
    return (call,) if call else (), (rejected,) if rejected else ()
