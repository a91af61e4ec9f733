"""The facts behind an explanation: what rules and terms read of a citizen, of a place, and of the two together.

A fact that is not recorded says so. What no rule and no term reads is not here: no age, no gender, no origin.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from matcher import english as en
from matcher import wording as da
from matcher.arrays import SlotArrays, SlotContext
from matcher.domain.agreement import AgreementModel, PlacementForm
from matcher.domain.conditions import CONDITIONS, Condition, Scale, level_of
from matcher.language import Language, Text
from matcher.once import once_for_citizen
from matcher.pair import Pair, certificate_name, function_name, goal_title
from matcher.wording.needs import level_text, need_name, need_text
from matcher.wording.rules import target_group_text

NOT_RECORDED: Final = Text("ikke oplyst", "not recorded")
NONE: Final = Text("ingen", "none")
YES, NO = Text("ja", "yes"), Text("nej", "no")
HOURS, MINUTES, SHARE = "hours per week", "minutes", "share"


class About(StrEnum):
    """Whose fact it is."""

    CITIZEN = "citizen"
    PLACE = "place"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    Attributes
    ----------
    id : stable name
    name, text : what it is and what it says, in one language
    value : the number, where it is one and is known
    unit : of the value: "hours per week", "minutes", "share"; empty where there is no number
    known : whether it is recorded
    read_by : ids of the rules and terms that read it; empty where advice alone does
    """

    id: str
    about: About
    name: str
    text: str
    value: float | None
    unit: str
    known: bool
    read_by: tuple[str, ...]


class _Said(NamedTuple):
    """A fact before a language is chosen; a text of None: not recorded."""

    id: str
    name: Text
    text: Text | None
    read_by: tuple[str, ...]
    value: float | None = None
    unit: str = ""


def facts_of(pair: Pair, language: Language) -> tuple[Fact, ...]:
    """Every fact of a pair, the citizen's first; each need stands beside what the place states of it."""
    return (
        *facts_of_citizen(pair, language),
        *_facts_of_place(pair, language),
        *(_fact(About.PLACE, said, language) for said in _stated(pair)),
        *(_fact(About.PAIR, said, language) for said in _together(pair)),
    )


def travel_fact(pair: Pair, language: Language) -> Fact:
    """How long the trip takes, and how: what a card tells beside its sentences."""
    return _fact(About.PAIR, _trip(pair), language)


@once_for_citizen
def facts_of_citizen(pair: Pair, language: Language) -> tuple[Fact, ...]:
    """The citizen's facts alone; the pair's place is not read."""
    return tuple(_fact(About.CITIZEN, said, language) for said in (*_citizen(pair), *_needs(pair)))


def _facts_of_place(pair: Pair, language: Language) -> tuple[Fact, ...]:
    """The place's facts, whoever asks."""
    known, key = _PLACES.setdefault(pair.match_input.slots, {}), (pair.slot_row, pair.match_input.on, language)
    context, facts = known.get(key, (None, ()))
    if context is not pair.context:
        said = (*_terms_of_the_place(pair), *_content(pair))
        facts = tuple(_fact(About.PLACE, one, language) for one in said)
        known[key] = pair.context, facts
    return facts


_PLACES: WeakKeyDictionary[
    SlotArrays, dict[tuple[int, date, Language], tuple[SlotContext | None, tuple[Fact, ...]]]
] = WeakKeyDictionary()
"""Facts of places by slot row, day and language: the arrays of the slots stay while only citizens change."""


def _fact(about: About, said: _Said, language: Language) -> Fact:
    return Fact(
        id=said.id,
        about=about,
        name=said.name.in_(language),
        text=(NOT_RECORDED if said.text is None else said.text).in_(language),
        value=said.value,
        unit=said.unit if said.value is not None else "",
        known=said.text is not None,
        read_by=said.read_by,
    )


def _listed(names: Sequence[Text]) -> Text:
    """Names in a row; "none" where there are none."""
    if not names:
        return NONE
    return Text(da.joined([name.danish for name in names]), en.joined([name.english for name in names]))


def _hours(value: float) -> Text:
    return Text(da.hours_per_week(value), en.hours_per_week(value))


def _citizen(pair: Pair) -> Iterator[_Said]:
    citizen, on = pair.citizen, pair.match_input.on
    group = target_group_text(citizen.target_group, on)
    yield _Said(
        "target_group", Text("Målgruppe", "Target group"), group, ("group_in_law", "group_accepted", "flexi_job")
    )
    profile = Text(da.label(citizen.profile), en.label(citizen.profile))
    yield _Said("profile", Text("Målgruppeprofil", "Target-group profile"), profile, ("weights",))
    goals = _listed([goal_title(goal) for goal in citizen.goals])
    yield _Said(
        "goals", Text("Jobmål", "Job goals"), goals if citizen.goals else None, ("goal_fit", "stretch", "breadth")
    )
    competences = _listed([function_name(one.function) for one in citizen.competences])
    read_by = ("competence_coverage", "stretch")
    known = competences if citizen.competences else None
    yield _Said("competences", Text("Kompetencer", "Competences"), known, read_by)
    now, target = citizen.hours_now, citizen.hours_target
    yield _Said("hours_now", Text("Timer nu", "Hours now"), _hours(now), ("hours", "hours_fit", "schedule"), now, HOURS)
    yield _Said("hours_target", Text("Timer som mål", "Target hours"), _hours(target), ("hours_fit",), target, HOURS)
    times = Text(da.times(citizen.schedule), en.times(citizen.schedule))
    yield _Said("times", Text("Dage og tidspunkter", "Days and times"), times, ("schedule", "hours_fit"))
    level = citizen.danish_level
    danish = None if level is None else Text(da.label(level), en.label(level)) if level else NONE
    yield _Said("danish_level", Text("Dansk", "Danish"), danish, ("danish_level",))
    certificates = _listed([certificate_name(code) for code in citizen.certificates])
    yield _Said("certificates", Text("Certifikater", "Certificates"), certificates, ("certificates",))
    limit, modes = citizen.longest_travel_minutes, citizen.travel_modes
    longest = Text(da.minutes(limit), en.minutes(limit))
    yield _Said("longest_travel", Text("Længste rejsetid", "Longest travel time"), longest, ("travel",), limit, MINUTES)
    travels = _listed([Text(da.label(mode), en.label(mode)) for mode in modes])
    yield _Said("travel_modes", Text("Transport", "Means of travel"), travels, ("travel",))
    mentor = citizen.mentor_hours_per_week
    name = Text("Behov for mentor", "Need for a mentor")
    yield _Said("mentor_need", name, _hours(mentor) if mentor else NONE, ("mentor",), mentor, HOURS)


def _needs(pair: Pair) -> Iterator[_Said]:
    for need in pair.citizen.accommodations:
        about, says, scale = need_name(need.condition), need_text(need), CONDITIONS[need.condition].scale
        yield _Said(
            f"need_{need.condition.value}_{need.strength.value}",
            Text(f"Skånehensyn om {about.danish}", f"Accommodation need about {about.english}"),
            Text(f"borgeren {says.danish}", f"the citizen {says.english}"),
            ("must_needs_met", "must_needs_stated", "conditions_fit"),
            need.limit,
            scale.value,
        )


def _stated(pair: Pair) -> Iterator[_Said]:
    """What the place states of each condition that the citizen has a need about."""
    for condition in dict.fromkeys(need.condition for need in pair.citizen.accommodations):
        about, level = need_name(condition), level_of(pair.context.slot.demands, condition)
        yield _Said(
            f"demand_{condition.value}",
            Text(f"Oplyst om {about.danish}", f"Stated about {about.english}"),
            None if level is None else _there(condition, level),
            ("must_needs_met", "must_needs_stated", "conditions_fit"),
            level,
            CONDITIONS[condition].scale.value,
        )


def _there(condition: Condition, level: float) -> Text:
    if CONDITIONS[condition].scale is Scale.YES_NO:
        return YES if level else NO
    return level_text(condition, level)


def _terms_of_the_place(pair: Pair) -> Iterator[_Said]:
    slot, on = pair.context.slot, pair.match_input.on
    form = Text(da.label(slot.form), en.label(slot.form))
    yield _Said("form", Text("Ansættelsesform", "Form of employment"), form, ("flexi_job", "additional_employment"))
    model = Text(da.label(pair.context.agreement.model), en.label(pair.context.agreement.model))
    yield _Said("agreement", Text("Aftale", "Agreement"), model, ())
    if pair.context.agreement.model is AgreementModel.AD_HOC:
        asks = pair.context.agreement.outreach_hours
        name = Text("Tid til at opsøge virksomheden", "Time to approach the company")
        yield _Said("outreach_hours", name, Text(da.hours(asks), en.hours(asks)), ())
    groups = _listed([target_group_text(code, on) for code in slot.target_groups])
    accepted = groups if slot.target_groups else Text("alle målgrupper", "all target groups")
    yield _Said(
        "accepted_groups", Text("Målgrupper på pladsen", "Target groups at the place"), accepted, ("group_accepted",)
    )
    least, most, read_by = slot.hours_from, slot.hours_to, ("hours", "hours_fit", "schedule")
    yield _Said("hours_from", Text("Timer i starten", "Hours at the start"), _hours(least), read_by, least, HOURS)
    yield _Said("hours_to", Text("Timer højst", "Hours at most"), _hours(most), ("hours_fit",), most, HOURS)
    times = Text(da.times(slot.schedule), en.times(slot.schedule))
    name = Text("Dage og tidspunkter på pladsen", "Days and times at the place")
    yield _Said("place_times", name, times, ("schedule", "hours_fit"))
    required = slot.danish_level
    danish = Text(da.label(required), en.label(required))
    yield _Said("required_danish", Text("Krav til dansk", "Danish required"), danish, ("danish_level",))
    certificates = _listed([certificate_name(code) for code in slot.certificates])
    yield _Said(
        "required_certificates", Text("Krævede certifikater", "Required certificates"), certificates, ("certificates",)
    )
    if slot.form is PlacementForm.WAGE_SUBSIDY:
        months = pair.context.worksite.ordinary_employees_by_month
        shown = [da.number(month) for month in months], [en.number(month) for month in months]
        text = Text("; ".join(shown[0]), "; ".join(shown[1])) if months else None
        name = Text("Ordinært ansatte, seneste måned først", "Ordinary employees, latest month first")
        yield _Said("ordinary_employees", name, text, ("additional_employment",))


def _content(pair: Pair) -> Iterator[_Said]:
    slot, site = pair.context.slot, pair.context.worksite
    yield _Said(
        "function", Text("Jobfunktion", "Job function"), pair.function_name, ("goal_fit", "competence_coverage")
    )
    required = _listed([function_name(code) for code in slot.required])
    yield _Said("required", Text("Krævede kompetencer", "Required competences"), required, ("competence_coverage",))
    taught = _listed([function_name(code) for code in slot.taught])
    yield _Said("taught", Text("Det, der læres", "What is learnt"), taught, ("stretch",))
    breadth = Text(da.percent(slot.breadth), en.percent(slot.breadth))
    yield _Said("breadth", Text("Bredde i opgaver", "Breadth of tasks"), breadth, ("breadth",), slot.breadth, SHARE)
    outlook = slot.outlook
    chance = None if outlook is None else Text(da.percent(outlook), en.percent(outlook))
    name = Text("Udsigt til ordinære timer", "Outlook for ordinary hours")
    yield _Said("outlook", name, chance, ("outlook",), outlook, SHARE)
    mentor = site.mentor_hours_per_week
    yield _Said("mentor_hours", Text("Mentortimer", "Mentor hours"), _hours(mentor), ("mentor",), mentor, HOURS)
    trained = YES if any(one.trained for one in site.mentors) else NO
    yield _Said("trained_mentor", Text("Uddannet mentor", "Trained mentor"), trained, ("mentor",))


def _together(pair: Pair) -> Iterator[_Said]:
    start = Text(da.day(pair.starts_on), en.day(pair.starts_on))
    yield _Said("starts_on", Text("Tidligste start", "Earliest start"), start, ("open", "starts_soon"))
    begins, shared = pair.hours_per_week, pair.shared_hours
    yield _Said(
        "weekly_hours",
        Text("Timer fra starten", "Hours from the start"),
        _hours(begins),
        ("hours", "schedule", "hours_fit"),
        begins,
        HOURS,
    )
    name = Text("Timer, hvor begge kan", "Hours when both can")
    yield _Said("shared_hours", name, _hours(shared), ("schedule", "hours_fit"), shared, HOURS)
    yield _trip(pair)
    company, citizen = pair.context.company, pair.citizen
    wish = (
        Text("har ønsket virksomheden", "has asked for the company")
        if company.id in citizen.wishes_for
        else (
            Text("har sagt nej til virksomheden", "has said no to the company")
            if company.id in citizen.wishes_against
            else NONE
        )
    )
    yield _Said("wish", Text("Borgerens ønske", "The citizen's wish"), wish, ("wish", "wishes_against"))
    refused = YES if citizen.id in company.not_again else NO
    name = Text("Virksomheden har frabedt sig et nyt forløb", "The company has declined another placement")
    yield _Said("not_again", name, refused, ("not_again",))
    former = YES if company.id in citizen.former_employers else NO
    yield _Said("former_employer", Text("Tidligere arbejdsgiver", "Former employer"), former, ("former_employer",))
    same = YES if citizen.municipality == pair.context.agreement.municipality else NO
    yield _Said("same_municipality", Text("Samme kommune", "Same municipality"), same, ("municipality",))


def _trip(pair: Pair) -> _Said:
    minutes, mode = pair.travel_minutes, pair.travel_mode
    trip = None
    if minutes is not None and mode is not None:
        trip = Text(f"{da.minutes(minutes)} {da.label(mode)}", f"{en.minutes(minutes)} {en.label(mode)}")
    return _Said("travel_time", Text("Rejsetid", "Travel time"), trip, ("travel",), minutes, MINUTES)
