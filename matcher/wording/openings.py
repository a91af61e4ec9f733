"""What opens a place, in words: each change as a clause to follow "hvis" or "if", with its amounts.

A clause says who does what; it never says why the citizen needs it.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from matcher import english as en
from matcher import wording as da
from matcher.domain.conditions import CONDITIONS, Condition, Kind, Scale
from matcher.domain.geography import TravelMode
from matcher.language import Text
from matcher.openings.changes import Change
from matcher.openings.citizen import (
    AnotherMode,
    DanishCourse,
    FewerHours,
    FormerEmployerAllowed,
    GetsCertificate,
    LongerTravel,
    MoreHours,
    course_for,
)
from matcher.openings.limits import (
    EmployeesStated,
    MoreMentorHours,
    MoreOutreachHours,
    OneClusterPlaceMore,
    OnePlacementMore,
    OnePlaceMore,
)
from matcher.openings.place import (
    AcceptsGroup,
    AdaptedPlace,
    CompanyAnswers,
    EmploymentStatement,
    FewerStartHours,
    OpensEarlier,
    OtherTimes,
    ShorterLeadTime,
    StaysOpen,
    WorkPlacementInstead,
)
from matcher.pair import Pair, certificate_name
from matcher.wording.conditions import HAPPENS, PLURAL
from matcher.wording.needs import level_text, open_question
from matcher.wording.rules import target_group_text

ATTESTATION_TEXTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "child_certificate": Text(
            "virksomheden indhenter en børneattest, og den er i orden",
            "the company obtains a child certificate, and it is in order",
        ),
        "criminal_record": Text(
            "borgeren kan vise en ren straffeattest", "the citizen can show a clean criminal record"
        ),
    }
)
_BY_MODE: Final[Mapping[TravelMode, Text]] = MappingProxyType(
    {
        TravelMode.BUS: Text("borgeren kan tage bussen", "the citizen can take the bus"),
        TravelMode.BICYCLE: Text("borgeren kan cykle", "the citizen can cycle"),
        TravelMode.CAR: Text("borgeren kan køre med i en bil", "the citizen can get a lift by car"),
        TravelMode.WALK: Text("borgeren kan gå", "the citizen can walk"),
    }
)
_WITHOUT: Final[Mapping[Condition, Text]] = MappingProxyType(
    {
        Condition.EARLY_START: Text(
            "virksomheden lader borgeren møde kl. 9 eller senere", "the company lets the citizen start at 9:00 or later"
        ),
        Condition.EVENING_WORK: Text(
            "virksomheden planlægger forløbet uden aftenarbejde", "the company plans the placement without evening work"
        ),
        Condition.NIGHT_WORK: Text(
            "virksomheden planlægger forløbet uden natarbejde", "the company plans the placement without night work"
        ),
        Condition.WEEKEND_WORK: Text(
            "virksomheden planlægger forløbet uden weekendarbejde",
            "the company plans the placement without weekend work",
        ),
    }
)
_NOT_SO: Final[Mapping[Condition, Text]] = MappingProxyType(
    {
        Condition.ALCOHOL_ON_SITE: Text(
            "der ikke sælges eller serveres alkohol på stedet", "no alcohol is sold or served on site"
        ),
        Condition.EARLY_START: Text("arbejdet ikke begynder før kl. 9", "the work does not start before 9:00"),
        Condition.EVENING_WORK: Text("der ikke er aftenarbejde", "there is no evening work"),
        Condition.NIGHT_WORK: Text("der ikke er natarbejde", "there is no night work"),
        Condition.WEEKEND_WORK: Text("der ikke er weekendarbejde", "there is no weekend work"),
    }
)


def change_text(change: Change, before: Pair, after: Pair) -> Text:
    """A change as a clause to follow "hvis" or "if". `before` and `after` are the pair without and with the changes."""
    return _CLAUSES[type(change)](change, before, after)


def opening_text(clauses: Sequence[Text]) -> Text:
    """``Pladsen åbner for borgeren, hvis …, og hvis …``: a full sentence."""
    danish = da.joined_clauses([f"hvis {clause.danish}" for clause in clauses])
    english = en.joined_clauses([f"if {clause.english}" for clause in clauses])
    return Text(f"Pladsen åbner for borgeren, {danish}.", f"The place opens for the citizen {english}.")


def _fewer_start_hours(change: FewerStartHours, before: Pair, _: Pair) -> Text:
    now, instead = change.hours_per_week, before.context.slot.hours_from
    return Text(
        f"virksomheden lader forløbet begynde med {da.hours_per_week(now)} i stedet for {da.number(instead)}",
        f"the company lets the placement begin with {en.hours_per_week(now)} instead of {en.number(instead)}",
    )


def _more_hours(change: MoreHours, before: Pair, _: Pair) -> Text:
    now, instead = change.hours_per_week, before.citizen.hours_now
    return Text(
        f"borgeren kan begynde med {da.hours_per_week(now)} i stedet for {da.number(instead)}",
        f"the citizen can begin with {en.hours_per_week(now)} instead of {en.number(instead)}",
    )


def _fewer_hours(change: FewerHours, before: Pair, _: Pair) -> Text:
    now, instead = change.hours_per_week, before.hours_per_week
    return Text(
        f"borgeren begynder med {da.hours_per_week(now)} i stedet for {da.number(instead)}",
        f"the citizen begins with {en.hours_per_week(now)} instead of {en.number(instead)}",
    )


def _employees_stated(change: EmployeesStated, _before: Pair, _: Pair) -> Text:
    months = Text(da.counted(change.months, "måned", "måneder"), en.counted(change.months, "month", "months"))
    return Text(
        f"virksomheden oplyser, hvor mange ordinært ansatte den har haft i de seneste {months.danish}, og det i "
        f"gennemsnit er mindst {change.employees} (omregnet til fuld tid)",
        f"the company states how many ordinary employees it has had in the latest {months.english}, and the average is "
        f"at least {change.employees} (as full-time persons)",
    )


def _other_times(change: OtherTimes, before: Pair, _: Pair) -> Text:
    now, instead = change.schedule, before.context.slot.schedule
    return Text(
        f"pladsen kan bruges {da.times(now)} i stedet for {da.times(instead)}",
        f"the place can be used {en.times(now)} instead of {en.times(instead)}",
    )


def _opens_earlier(change: OpensEarlier, _before: Pair, _: Pair) -> Text:
    return Text(
        f"pladsen kan bruges allerede fra den {da.day(change.opens_on)}",
        f"the place can be used as early as {en.day(change.opens_on)}",
    )


def _shorter_lead_time(change: ShorterLeadTime, before: Pair, _: Pair) -> Text:
    instead = before.context.agreement.lead_time_days
    return Text(
        f"forløbet kan begynde {da.counted(change.days, 'dag', 'dage')} efter virksomhedens ja i stedet for {instead}",
        f"the placement can begin {en.counted(change.days, 'day', 'days')} after the company's yes "
        f"instead of {instead}",
    )


def _stays_open(change: StaysOpen, _before: Pair, _: Pair) -> Text:
    return Text(
        f"pladsen holdes åben til den {da.day(change.until)}", f"the place is kept open until {en.day(change.until)}"
    )


def _offer(condition: Condition, level: float) -> Text:
    """What is offered, with the least that will do."""
    there, spec = level_text(condition, level), CONDITIONS[condition]
    if spec.scale is Scale.LEVEL and level < spec.maximum:
        return Text(f"mindst {there.danish}", f"at least {there.english}")
    return there


def _at_most(condition: Condition, level: float) -> Text:
    """``der højst er lidt støj``: a clause to follow "så" or "at"."""
    there, spec = level_text(condition, level), CONDITIONS[condition]
    verb = "are" if condition in PLURAL else "is"
    if spec.scale is Scale.KILOGRAM and level > 0:
        return Text(f"der højst løftes {da.number(level)} kg", f"at most {en.number(level)} kg is lifted")
    if spec.scale is Scale.SHARE and level > 0:
        return Text(
            f"højst {da.percent(level)} af tiden er {spec.danish}",
            f"at most {en.percent(level)} of the time is {spec.english}",
        )
    if level == 0:
        return Text(f"der er {there.danish}", f"there {verb} {there.english}")
    return Text(f"der højst er {there.danish}", f"there {verb} {there.english} at most")


def _adapted_place(change: AdaptedPlace, _before: Pair, _: Pair) -> Text:
    condition, spec = change.condition, CONDITIONS[change.condition]
    if condition in _WITHOUT:
        return _WITHOUT[condition]
    if spec.kind is Kind.OFFER:
        offered = _offer(condition, change.level)
        return Text(f"virksomheden kan tilbyde {offered.danish}", f"the company can offer {offered.english}")
    becomes = _at_most(condition, change.level)
    return Text(
        f"virksomheden tilpasser pladsen, så {becomes.danish}",
        f"the company adapts the place so that {becomes.english}",
    )


def _company_answers(change: CompanyAnswers, _before: Pair, _: Pair) -> Text:
    condition, spec = change.condition, CONDITIONS[change.condition]
    anything = 0.0 if spec.kind is Kind.OFFER else spec.maximum
    if change.level == anything:
        question = open_question(condition)
        return Text(f"virksomheden oplyser, {question.danish}", f"the company says {question.english}")
    if spec.kind is Kind.OFFER:
        offered = _offer(condition, change.level)
        return Text(
            f"virksomheden svarer, at den kan tilbyde {offered.danish}",
            f"the company answers that it can offer {offered.english}",
        )
    is_so = _NOT_SO[condition] if condition in HAPPENS else _at_most(condition, change.level)
    return Text(f"virksomheden svarer, at {is_so.danish}", f"the company answers that {is_so.english}")


def _accepts_group(change: AcceptsGroup, before: Pair, _: Pair) -> Text:
    group = target_group_text(change.code, before.match_input.on)
    return Text(
        f"pladsen også må bruges til målgruppen »{group.danish}«",
        f"the place may also be used for the target group “{group.english}”",
    )


def _employment_statement(change: EmploymentStatement, _before: Pair, _: Pair) -> Text:
    return Text(
        "virksomheden oplyser, hvor mange ordinært ansatte den havde i den seneste måned, og det var mindst "
        f"{da.number(change.employees)} (omregnet til fuld tid)",
        "the company states how many ordinary employees it had last month, and it was at least "
        f"{en.number(change.employees)} (counted as full-time)",
    )


def _work_placement_instead(_change: Change, _before: Pair, _: Pair) -> Text:
    return Text(
        "forløbet begynder som virksomhedspraktik i stedet for job med løntilskud",
        "the placement begins as a work placement instead of a job with wage subsidy",
    )


def _certificate(change: GetsCertificate, _before: Pair, _: Pair) -> Text:
    if change.code in ATTESTATION_TEXTS:
        return ATTESTATION_TEXTS[change.code]
    name, course = certificate_name(change.code), course_for(change.code)
    article = "an" if name.english[0] in "aeiou" else "a"
    if course is None:
        return Text(f"borgeren får {name.danish}", f"the citizen gets {article} {name.english}")
    return Text(
        f"borgeren tager et {course.danish} på {da.counted(course.days, 'dag', 'dage')} og får {name.danish}",
        f"the citizen takes a course of {en.counted(course.days, 'day', 'days')} in {course.english} "
        f"and gets {article} {name.english}",
    )


def _danish_course(change: DanishCourse, _before: Pair, _: Pair) -> Text:
    return Text(
        f"borgeren når dansk på niveauet {da.label(change.level)}",
        f"the citizen reaches Danish at the level {en.label(change.level)}",
    )


def _another_mode(change: AnotherMode, _: Pair, after: Pair) -> Text:
    way, there = _BY_MODE[change.mode], after.travel_minutes or 0
    return Text(
        f"{way.danish}, så turen tager cirka {da.minutes(there)}",
        f"{way.english}, so that the journey takes about {en.minutes(there)}",
    )


def _longer_travel(change: LongerTravel, before: Pair, _: Pair) -> Text:
    instead = before.citizen.longest_travel_minutes
    return Text(
        f"borgeren kan klare en tur på {da.minutes(change.minutes)} i stedet for {instead}",
        f"the citizen can manage a journey of {en.minutes(change.minutes)} instead of {instead}",
    )


def _former_employer(_change: Change, _before: Pair, _: Pair) -> Text:
    return Text(
        "en jobkonsulent tillader et forløb hos borgerens tidligere arbejdsgiver",
        "a job consultant allows a placement at the citizen's former employer",
    )


def _one_place_more(_change: Change, _before: Pair, _: Pair) -> Text:
    return Text("virksomheden opretter én plads mere", "the company adds one more place")


def _one_cluster_place_more(_change: Change, _before: Pair, _: Pair) -> Text:
    return Text("klyngen af virksomheder får én plads mere", "the cluster of companies gets one more place")


def _more_mentor_hours(change: MoreMentorHours, before: Pair, _: Pair) -> Text:
    extra = change.extra_hours_per_week
    if before.context.worksite.mentor_hours_per_week == 0:
        return Text(
            f"arbejdspladsen får en mentor med {da.hours_per_week(extra)}",
            f"the worksite gets a mentor with {en.hours_per_week(extra)}",
        )
    return Text(
        f"arbejdspladsen får {da.counted(extra, 'mentortime', 'mentortimer')} mere om ugen",
        f"the worksite gets {en.counted(extra, 'more mentor hour', 'more mentor hours')} a week",
    )


def _one_placement_more(_change: Change, _before: Pair, _: Pair) -> Text:
    return Text("jobkonsulenten kan følge ét forløb mere", "the job consultant can follow one more placement")


def _more_outreach_hours(change: MoreOutreachHours, _before: Pair, _: Pair) -> Text:
    return Text(
        f"jobkonsulenten får {da.hours(change.extra_hours)} mere til at opsøge virksomheder",
        f"the job consultant gets {en.hours(change.extra_hours)} more to approach companies",
    )


_CLAUSES: Final[Mapping[type[Change], Callable[[Any, Pair, Pair], Text]]] = MappingProxyType(
    {
        FewerStartHours: _fewer_start_hours,
        MoreHours: _more_hours,
        FewerHours: _fewer_hours,
        EmployeesStated: _employees_stated,
        OtherTimes: _other_times,
        OpensEarlier: _opens_earlier,
        ShorterLeadTime: _shorter_lead_time,
        StaysOpen: _stays_open,
        AdaptedPlace: _adapted_place,
        CompanyAnswers: _company_answers,
        AcceptsGroup: _accepts_group,
        EmploymentStatement: _employment_statement,
        WorkPlacementInstead: _work_placement_instead,
        GetsCertificate: _certificate,
        DanishCourse: _danish_course,
        AnotherMode: _another_mode,
        LongerTravel: _longer_travel,
        FormerEmployerAllowed: _former_employer,
        OnePlaceMore: _one_place_more,
        OneClusterPlaceMore: _one_cluster_place_more,
        MoreMentorHours: _more_mentor_hours,
        OnePlacementMore: _one_placement_more,
        MoreOutreachHours: _more_outreach_hours,
    }
)
