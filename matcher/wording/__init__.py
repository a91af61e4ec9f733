"""Danish words for what the project counts, dates and names. Everything that a user reads is written with these.

Numbers have a decimal comma, units agree in number, lists end with "og", and every member of every enumeration of the
domain has a label: a code name never reaches a reader.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from matcher.domain.agreement import AgreementModel, PlacementForm, SlotSetting
from matcher.domain.citizen import CompetenceLevel, DanishLevel, GroupNeed, SupportProblem, TargetGroupProfile
from matcher.domain.conditions import Kind, Scale, Strength
from matcher.domain.contact import Answer, ContactKind
from matcher.domain.geography import TravelMode
from matcher.domain.placement import Outcome, PlacementStatus, Verdict
from matcher.domain.rule_changes import ChangeKind
from matcher.domain.rulebook import Origin, Severity
from matcher.domain.schedule import Schedule, Weekday
from matcher.limits import Barrier, ResourceKind
from matcher.support import FirstStep

_MONTHS: Final = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip

_NAMED: Final[tuple[tuple[Enum, str], ...]] = (
    (AgreementModel.FIXED, "fast aftale"),
    (AgreementModel.PRE_AGREED, "forhåndsaftale"),
    (AgreementModel.AD_HOC, "virksomheden skal opsøges"),
    (AgreementModel.CLUSTER, "klyngeaftale"),
    (SlotSetting.COMPANY_CENTRE, "virksomhedscenter"),
    (SlotSetting.TRAINING_TRACK, "træningsbane"),
    (SlotSetting.JOB_PACKAGE, "jobpakke"),
    (SlotSetting.SINGLE, "enkeltmandspraktik"),
    (SlotSetting.SMALL_JOB, "småjob"),
    (PlacementForm.WORK_PLACEMENT, "virksomhedspraktik"),
    (PlacementForm.WAGE_SUBSIDY, "løntilskud"),
    (PlacementForm.ORDINARY_HOURS, "ordinære timer"),
    (PlacementForm.FLEXI_JOB, "fleksjob"),
    (TargetGroupProfile.JOB, "job"),
    (TargetGroupProfile.EDUCATION, "uddannelse"),
    (TargetGroupProfile.QUALIFICATION, "kvalificering"),
    (TargetGroupProfile.ADAPTATION, "tilpasning"),
    (TargetGroupProfile.MARGINALISATION, "marginalisering"),
    (DanishLevel.NONE, "ingen krav om dansk"),
    (DanishLevel.A1, "begynder (A1)"),
    (DanishLevel.A2, "let øvet (A2)"),
    (DanishLevel.B1, "mellemniveau (B1)"),
    (DanishLevel.B2, "øvet (B2)"),
    (DanishLevel.C1, "flydende (C1)"),
    (CompetenceLevel.WITH_GUIDANCE, "kan det med vejledning"),
    (CompetenceLevel.ALONE, "kan det selv"),
    (CompetenceLevel.CAN_TEACH, "kan lære det fra sig"),
    (GroupNeed.NONE, "intet særligt hensyn til gruppen"),
    (GroupNeed.SUBSTANCE_FREE_GROUP, "en gruppe uden aktivt misbrug"),
    (GroupNeed.ACTIVE_SUBSTANCE_USE, "aktivt misbrug"),
    (SupportProblem.ATTENDANCE, "ustabilt fremmøde"),
    (SupportProblem.CONFIDENCE, "manglende tro på egne evner"),
    (SupportProblem.EVERYDAY_LIFE, "en hverdag, der er svær at få til at hænge sammen"),
    (SupportProblem.ILLNESS_COPING, "en sygdom, der er svær at håndtere"),
    (SupportProblem.MOTIVATION, "manglende motivation"),
    (SupportProblem.PAIN, "smerter"),
    (SupportProblem.SUBSTANCE_USE, "misbrug"),
    (SupportProblem.BASIC_SCHOOL_SKILLS, "vanskeligheder med at læse, skrive eller regne"),
    (SupportProblem.WORKPLACE_RULES, "manglende kendskab til reglerne på en arbejdsplads"),
    (Strength.MUST, "skal opfyldes"),
    (Strength.SHOULD, "bør opfyldes"),
    (Kind.BURDEN, "belastning"),
    (Kind.OFFER, "tilbud"),
    (Scale.KILOGRAM, "kg"),
    (Scale.SHARE, "andel af arbejdstiden"),
    (Scale.LEVEL, "grad"),
    (Scale.YES_NO, "ja eller nej"),
    (TravelMode.WALK, "til fods"),
    (TravelMode.BICYCLE, "på cykel"),
    (TravelMode.BUS, "med bus"),
    (TravelMode.CAR, "i bil"),
    (Verdict.APPROVED, "godkendt"),
    (Verdict.HELD, "sat på hold"),
    (Verdict.REJECTED, "afvist"),
    (PlacementStatus.PLANNED, "planlagt"),
    (PlacementStatus.RUNNING, "i gang"),
    (PlacementStatus.ENDED, "afsluttet"),
    (Outcome.ORDINARY_JOB, "ordinært job"),
    (Outcome.EDUCATION, "uddannelse"),
    (Outcome.FLEXI_JOB, "fleksjob"),
    (Outcome.WAGE_SUBSIDY, "løntilskud"),
    (Outcome.NEXT_PLACEMENT, "nyt forløb"),
    (Outcome.COMPLETED, "gennemført"),
    (Outcome.MOVED, "flyttet"),
    (Outcome.PARENTAL_LEAVE, "barsel"),
    (Outcome.DROPPED_OUT_ATTENDANCE, "afbrudt på grund af fremmøde"),
    (Outcome.DROPPED_OUT_MOTIVATION, "afbrudt på grund af motivation"),
    (Outcome.PRISON, "afsoning"),
    (Outcome.DISABILITY_PENSION, "førtidspension"),
    (Weekday.MONDAY, "mandag"),
    (Weekday.TUESDAY, "tirsdag"),
    (Weekday.WEDNESDAY, "onsdag"),
    (Weekday.THURSDAY, "torsdag"),
    (Weekday.FRIDAY, "fredag"),
    (Weekday.SATURDAY, "lørdag"),
    (Weekday.SUNDAY, "søndag"),
    (ContactKind.CALL, "opringning"),
    (ContactKind.VISIT, "besøg"),
    (ContactKind.MAIL, "mail"),
    (Answer.YES, "ja"),
    (Answer.NO, "nej"),
    (Answer.LATER, "ikke nu"),
    (Answer.NOT_REACHED, "ikke truffet"),
    (Answer.NOT_ASKED, "ikke spurgt om en plads"),
    (Severity.CLOSES, "udelukker pladsen"),
    (Severity.LIMITS, "begrænser planen"),
    (Severity.DUTY, "skal være på plads"),
    (Severity.ADVICE, "råd"),
    (Origin.LAW, "lov"),
    (Origin.PRACTICE, "praksis"),
    (Origin.AGREEMENT, "aftale eller henvisning"),
    (Origin.CHOICE, "eget valg"),
    (Origin.LOCAL, "kommunens egen regel"),
    (ChangeKind.SWITCH_OFF, "slået fra"),
    (ChangeKind.RESTORE, "sat tilbage"),
    (ChangeKind.SET_FIGURES, "andre tal"),
    (ChangeKind.ADD, "tilføjet"),
    (ResourceKind.FULL_TIME_PERSONS, "fuldtidspersoner efter rimelighedskravet"),
    (ResourceKind.MENTOR_HOURS, "mentortimer"),
    (ResourceKind.CLUSTER_PLACES, "pladser i klyngen"),
    (ResourceKind.OUTREACH_HOURS, "timer til at opsøge virksomheder"),
    (ResourceKind.CASELOAD, "forløb, som en jobkonsulent kan følge"),
    (Barrier.ALREADY_PLACED, "er allerede i forløb"),
    (Barrier.PLACE_TAKEN, "pladsen er optaget af et forløb"),
    (Barrier.APART, "pladsen kan ikke kombineres med de forløb, der allerede er på arbejdspladsen"),
    (Barrier.RESOURCE, "timer, pladser eller fuldtidspersoner er brugt op"),
    (Barrier.GIVEN_TO_OTHERS, "pladserne er givet til andre"),
    (Barrier.LEFT_FREE, "der er en ledig plads, som planen ikke har brugt"),
    (Barrier.NO_PLACE_FITS, "ingen plads opfylder alle krav"),
    (FirstStep.COMPANY_CENTRE, "virksomhedscenter"),
    (FirstStep.PARALLEL_SUPPORT, "støtte før eller ved siden af forløbet"),
    (FirstStep.ASK_FIRST, "fremmøde og kendskab til reglerne på en arbejdsplads bør afklares først"),
)

_LABELS: Final[Mapping[tuple[type[Enum], str], str]] = MappingProxyType(
    {(type(member), member.name): danish for member, danish in _NAMED}
)
"""By class and name, since members of different enumerations may be equal as texts or numbers."""


def label(member: Enum) -> str:
    """Danish label of a member of an enumeration: lower case, to stand inside a sentence."""
    return _LABELS[type(member), member.name]


def sentence(text: str) -> str:
    """The text with a capital first letter and a full stop, if it has no end sign."""
    text = text.strip()
    end = "" if text.endswith((".", "!", "?", ":")) else "."
    return text[:1].upper() + text[1:] + end


def joined(parts: Sequence[str], word: str = "og") -> str:
    """``a, b og c``; where a part has an "og" of its own, the last is joined with "samt"."""
    if word == "og" and any(" og " in part for part in parts):
        word = "samt"
    return f" {word} ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""


def joined_clauses(clauses: Sequence[str]) -> str:
    """Main clauses in a row, with the comma that Danish has before "og" there: ``a, b, og c``."""
    return ", og ".join(filter(None, (", ".join(clauses[:-1]), clauses[-1]))) if clauses else ""


@lru_cache(maxsize=4096)  # the same hours and minutes stand in every text of a list
def number(value: float, decimals: int = 1) -> str:
    """With a decimal comma, and without decimals that are zero: 7,5 and 10; a number below zero has a real minus."""
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return text.replace(".", ",").replace("-", "−")


def percent(share: float) -> str:
    """A share as whole per cent, with a space before the sign that no line breaks at: 80 %."""
    return f"{number(100 * share, 0)}\u00a0%"


def counted(value: float, singular: str, plural: str) -> str:
    """A number with its noun: 1 plads, 1,5 time, 2 pladser; Danish has the singular below 2, but for 0."""
    shown = number(value)
    return f"{shown} {singular if 0 < value < 2 and shown != '2' else plural}"


def hours(value: float) -> str:
    """1 time, 7,5 timer."""
    return counted(value, "time", "timer")


def hours_per_week(value: float) -> str:
    """15 timer om ugen."""
    return f"{hours(value)} om ugen"


def minutes(value: float) -> str:
    """25 minutter, rounded."""
    return counted(round(value), "minut", "minutter")


def full_time_persons(value: float) -> str:
    """0,27 fuldtidsperson, 2 fuldtidspersoner."""
    shown = number(value, 2)
    return f"{shown} {'fuldtidsperson' if 0 < value < 2 and shown != '2' else 'fuldtidspersoner'}"


def day(value: date) -> str:
    """1. oktober 2026."""
    return f"{value.day}. {_MONTHS[value.month - 1]} {value.year}"


def clock(minutes_after_midnight: int) -> str:
    """kl. 8, kl. 8.30."""
    hour, minute = divmod(minutes_after_midnight, 60)
    return f"kl. {hour}.{minute:02d}" if minute else f"kl. {hour}"


def weekdays(days: Iterable[Weekday]) -> str:
    """``mandag–fredag`` for three days or more in a row, else ``mandag, onsdag og fredag``."""
    ordered = sorted(days)
    names = [label(one) for one in ordered]
    in_a_row = [int(one) for one in ordered] == list(range(ordered[0], ordered[0] + len(ordered)))
    return f"{names[0]}–{names[-1]}" if in_a_row and len(names) > 2 else joined(names)


def times(schedule: Schedule) -> str:
    """mandag–fredag kl. 8–16."""
    return f"{weekdays(schedule.days)} {clock(schedule.from_minutes)}–{clock(schedule.to_minutes)[4:]}"
