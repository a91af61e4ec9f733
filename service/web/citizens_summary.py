"""A citizen's profile as the page shows it and its forms begin with it."""

from dataclasses import dataclass, replace
from typing import Any

from features.taxonomy import Taxonomy
from matcher import english, wording
from matcher.domain.catalogue import AREAS, JOB_FUNCTIONS
from matcher.domain.citizen import Citizen, SupportProblem
from matcher.domain.conditions import Accommodation, Condition, Strength
from matcher.domain.geography import TravelMode
from matcher.domain.schedule import Weekday
from matcher.language import Text
from matcher.wording.needs import need_name, need_text
from service.use_cases.town_names import town_name
from service.web.citizens_fields import MOST_GOALS, goal_text, limits_of, usual_need
from service.web.translation import either

times = either(wording.times, english.times)
joined = either(wording.joined, english.joined)
label = either(wording.label, english.label)
minutes = either(wording.minutes, english.minutes)


@dataclass(frozen=True, slots=True)
class Need:
    """One need in words, and what its row of the form offers.

    Attributes
    ----------
    name : what it is about
    text : what is asked for, to follow how strongly it is
    """

    condition: str
    strength: str
    limit: str
    name: Text
    text: Text
    limits: tuple[tuple[str, Text], ...]


def function_name(code: str) -> Text:
    """What a job function is called."""
    found = JOB_FUNCTIONS.get(code)
    return Text(code, code) if found is None else Text(found.danish, found.english)


def asked_text(need: Accommodation) -> Text:
    """A need without how strongly it is asked for: ``have pauser efter behov``, ``højst løfte 5 kg``."""
    whole = need_text(replace(need, strength=Strength.SHOULD))
    return Text(whole.danish.partition(" ")[2], whole.english.partition(" ")[2])


def summary(citizen: Citizen, version: int, taxonomy: Taxonomy | None, *, sees_needs: bool) -> dict[str, Any]:
    """What the profile shows; without needs where the user may not see them."""
    known = taxonomy or Taxonomy.builtin()
    shown: dict[str, Any] = {
        "version": version,
        "goals": [goal_text(goal, known) for goal in citizen.goals],
        "most_goals": MOST_GOALS,
        "competences": [(one.function, function_name(one.function), one.level) for one in citizen.competences],
        "hours_now": citizen.hours_now,
        "hours_target": citizen.hours_target,
        "times": times(citizen.schedule),
        "schedule": citizen.schedule,
        "modes": citizen.travel_modes,
        "travel": joined([label(mode) for mode in citizen.travel_modes]),
        "longest": citizen.longest_travel_minutes,
        "longest_text": minutes(citizen.longest_travel_minutes),
        "town": town_name(citizen.home_postcode),
    }
    if sees_needs:
        shown |= {
            "needs": [
                Need(
                    one.condition,
                    one.strength,
                    str(one.limit),
                    need_name(one.condition),
                    asked_text(one),
                    tuple((str(other.limit), asked_text(other)) for other in limits_of(one)),
                )
                for one in citizen.accommodations
            ],
            "mentor_hours": citizen.mentor_hours_per_week,
            "problems": citizen.support_problems,
        }
    return shown


def choices() -> dict[str, Any]:
    """What forms of the profile offer to choose from."""
    functions = sorted(JOB_FUNCTIONS.values(), key=lambda one: one.danish)
    return {
        "areas": [
            (
                Text(area.danish, area.english),
                [(one.code, function_name(one.code)) for one in functions if one.area == code],
            )
            for code, area in AREAS.items()
        ],
        "conditions": sorted(
            ((one.value, asked_text(usual_need(one))) for one in Condition), key=lambda one: one[1].danish
        ),
        "strengths": tuple(Strength),
        "modes": tuple(TravelMode),
        "days": tuple(Weekday),
        "problems": tuple(SupportProblem),
    }
