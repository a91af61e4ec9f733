"""What the forms of a citizen's profile send, as fields of a citizen; and what they offer to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from starlette.datastructures import FormData

from features.taxonomy import Taxonomy
from matcher.domain.catalogue import JOB_FUNCTIONS
from matcher.domain.citizen import Citizen, Competence, CompetenceLevel, JobGoal, SupportProblem
from matcher.domain.conditions import CONDITIONS, Accommodation, Condition, Kind, Scale, Strength
from matcher.domain.geography import TravelMode
from matcher.domain.schedule import Schedule, Weekday
from service.use_cases.correct_citizen import Section
from service.web.translation import N_, _

Errors = dict[str, str]
LIMITS: Final[Mapping[Scale, tuple[float, ...]]] = {
    Scale.KILOGRAM: (0, 2, 5, 10, 15, 20, 25),
    Scale.SHARE: (0, 0.25, 0.5, 0.75, 1),
    Scale.LEVEL: (0, 1, 2, 3),
    Scale.YES_NO: (0, 1),
}
"""Limits that a form offers."""
USUAL: Final[Mapping[tuple[Kind, Scale], float]] = {
    (Kind.BURDEN, Scale.KILOGRAM): 5,
    (Kind.BURDEN, Scale.SHARE): 0.5,
    (Kind.BURDEN, Scale.LEVEL): 1,
    (Kind.BURDEN, Scale.YES_NO): 0,
    (Kind.OFFER, Scale.LEVEL): 2,
    (Kind.OFFER, Scale.YES_NO): 1,
}
"""The limit that a need begins with when it is added."""
MOST_GOALS: Final = 5
NOT_A_NUMBER: Final = N_("Skriv et tal.")


def usual_need(condition: Condition, strength: Strength = Strength.MUST) -> Accommodation:
    """A need as it is added: its limit can then be changed."""
    spec = CONDITIONS[condition]
    return Accommodation(condition, USUAL[spec.kind, spec.scale], strength)


def limits_of(need: Accommodation) -> list[Accommodation]:
    """The need with each limit that may be chosen, its own among them; what asks nothing is left out."""
    spec = CONDITIONS[need.condition]
    asks_nothing = spec.maximum if spec.kind is Kind.BURDEN else 0.0
    limits = {float(one) for one in LIMITS[spec.scale]} - {asks_nothing} | {need.limit}
    return [replace(need, limit=limit) for limit in sorted(limits)]


def changes_of(
    section: Section, form: FormData, citizen: Citizen, taxonomy: Taxonomy | None, errors: Errors
) -> dict[str, Any]:
    """The fields of a section as the form has them; what is wrong goes into `errors`, by the field's id."""
    if section is Section.GOALS:
        return {"goals": _goals(form, citizen, taxonomy or Taxonomy.builtin())}
    if section is Section.COMPETENCES:
        return {"competences": _competences(form, citizen)}
    if section is Section.NEEDS:
        return {"accommodations": _needs(form, citizen)}
    if section is Section.HOURS:
        return _hours(form, errors)
    if section is Section.TRAVEL:
        return _travel(form, errors)
    return _support(form, errors)


def _texts(form: FormData, name: str) -> list[str]:
    return [str(one).strip() for one in form.getlist(name)]


def _goals(form: FormData, citizen: Citizen, taxonomy: Taxonomy) -> tuple[JobGoal, ...]:
    """Goals in their order. A text that is an occupation's name means it; one that stood there before stays as it was.

    A text that is neither is kept in the citizen's own words, without an occupation.
    """
    before = {goal_text(goal, taxonomy): goal for goal in citizen.goals}
    texts = list(dict.fromkeys(filter(None, _texts(form, "maal"))))[:MOST_GOALS]
    return tuple(before.get(text) or JobGoal(text, occupation_named(text, taxonomy)) for text in texts)


def goal_text(goal: JobGoal, taxonomy: Taxonomy) -> str:
    """A goal as its field has it: the citizen's words, else the occupation's name."""
    known = taxonomy.occupations.get(goal.occupation or "")
    return goal.text or (known.danish if known else "")


def occupation_named(text: str, taxonomy: Taxonomy) -> str | None:
    """The occupation that has a text among its names, if any."""
    (hits,) = taxonomy.search([text], 3)
    named = text.casefold()
    return next((uri for uri, _ in hits if named in {label.casefold() for label in taxonomy.labels(uri)}), None)


def _competences(form: FormData, citizen: Citizen) -> tuple[Competence, ...]:
    before = {one.function: one for one in citizen.competences}
    found: dict[str, Competence] = {}
    for function, level in zip(_texts(form, "funktion"), _texts(form, "niveau"), strict=False):
        if function in JOB_FUNCTIONS and level in {"1", "2", "3"}:
            known = before.get(function) or Competence(function)
            found[function] = replace(known, level=CompetenceLevel(int(level)))
    return tuple(found.values())


def _needs(form: FormData, citizen: Citizen) -> tuple[Accommodation, ...]:
    notes = {(one.condition, one.strength): one.note for one in citizen.accommodations}
    found: dict[tuple[Condition, Strength], Accommodation] = {}
    rows = zip(_texts(form, "hensyn"), _texts(form, "graense"), _texts(form, "styrke"), strict=False)
    for condition, limit, strength in rows:
        if condition in set(Condition) and strength in set(Strength):
            need = usual_need(Condition(condition), Strength(strength))
            chosen = {str(one.limit): one.limit for one in limits_of(need)} | {
                str(one.limit): one.limit for one in citizen.accommodations
            }
            note = notes.get((need.condition, need.strength), "")
            found[need.condition, need.strength] = replace(need, limit=chosen.get(limit, need.limit), note=note)
    return tuple(found.values())


def _number(field: str, form: FormData, errors: Errors) -> float:
    try:
        return float(str(form.get(field, "")).strip().replace(",", "."))
    except ValueError:
        errors[field] = _(NOT_A_NUMBER)
        return 0.0


def _clock(field: str, form: FormData, errors: Errors) -> int:
    hour, _colon, minute = str(form.get(field, "")).strip().partition(":")
    if hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60:
        return int(hour) * 60 + int(minute)
    errors[field] = _("Skriv et klokkeslæt.")
    return 0


def _hours(form: FormData, errors: Errors) -> dict[str, Any]:
    now, target = _number("timer_nu", form, errors), _number("timer_maal", form, errors)
    days = tuple(day for day in Weekday if str(int(day)) in _texts(form, "dage"))
    start, end = _clock("fra", form, errors), _clock("til", form, errors)
    if not errors and not 0.5 <= now <= 37:
        errors["timer_nu"] = _("Skriv et tal fra 0,5 til 37.")
    if not errors and not now <= target <= 37:
        errors["timer_maal"] = _("Målet skal være mindst timerne nu og højst 37.")
    if not days:
        errors["dage-option1"] = _("Vælg mindst én dag.")
    if not errors and start == end:
        errors["til"] = _("Slutningen skal være en anden end begyndelsen.")
    if errors:
        return {}
    schedule = Schedule(days, start, end)
    if schedule.most_hours_per_week < now:
        errors["timer_nu"] = _("Der er ikke så mange timer i de dage og tider.")
    return {"hours_now": now, "hours_target": target, "schedule": schedule}


def _travel(form: FormData, errors: Errors) -> dict[str, Any]:
    modes = tuple(mode for mode in TravelMode if mode.value in _texts(form, "transport"))
    longest = _number("laengst", form, errors)
    if not modes:
        errors["transport-option1"] = _("Vælg mindst én måde at komme frem på.")
    if not errors and not (1 <= longest <= 240 and longest.is_integer()):
        errors["laengst"] = _("Skriv et helt antal minutter fra 1 til 240.")
    return {"travel_modes": modes, "longest_travel_minutes": int(longest)}


def _support(form: FormData, errors: Errors) -> dict[str, Any]:
    hours = _number("mentor", form, errors)
    if not errors and not 0 <= hours <= 37:
        errors["mentor"] = _("Skriv et tal fra 0 til 37.")
    problems: Sequence[str] = _texts(form, "stoette")
    return {
        "mentor_hours_per_week": hours,
        "support_problems": tuple(one for one in SupportProblem if one.value in problems),
    }
