"""What is kept of a citizen, written to the citizen: headings, and lines of a label and what stands there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from matcher import english, wording
from matcher.domain.catalogue import CERTIFICATES, JOB_FUNCTIONS, OCCUPATIONS
from matcher.domain.citizen import Competence, EarlierPlacement, GroupNeed, JobGoal
from matcher.wording.needs import need_text
from matcher.wording.rules import target_group_text
from service.use_cases.own_page import OwnPage
from service.use_cases.town_names import town_name
from service.web.rendering import day, first_capital, percent
from service.web.translation import _, either, spoken

_label = either(wording.label, english.label)
_weekly = either(wording.hours_per_week, english.hours_per_week)
_minutes = either(wording.minutes, english.minutes)
_times = either(wording.times, english.times)
_name = either(lambda one: str(one.danish), lambda one: str(one.english))


@dataclass(frozen=True, slots=True)
class Kept:
    """One line: what it is, and what stands there; nothing = it is not filled in."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptPart:
    """Lines under a heading."""

    heading: str
    lines: tuple[Kept, ...]


def kept_parts(own: OwnPage, today: date, *, needs: bool) -> tuple[KeptPart, ...]:
    """All of a citizen's profile; what is about health-related needs only where the reader may see it."""
    parts = [
        KeptPart(_("Dig"), tuple(_person(own, today))),
        KeptPart(_("Arbejde og tider"), tuple(_work(own))),
        KeptPart(_("Mål og erfaring"), tuple(_goals(own))),
    ]
    if needs:
        parts.append(KeptPart(_("Hensyn og støtte"), tuple(_needs(own))))
    return tuple(parts)


def _person(own: OwnPage, today: date) -> Iterator[Kept]:
    citizen = own.citizen
    yield Kept(_("Navn"), (citizen.name,) if citizen.name else ())
    yield Kept(_("CPR-nummer"), (_("Gemt krypteret") if own.has_cpr else _("Ikke gemt her"),))
    yield Kept(_("Bopæl"), (town_name(citizen.home_postcode),))
    yield Kept(_("Målgruppe"), (first_capital(spoken(target_group_text(citizen.target_group, today))),))
    yield Kept(_("Målgruppeprofil"), (first_capital(_label(citizen.profile)),))
    yield Kept(_("Jobkonsulent"), (own.consultant,) if own.consultant else ())
    yield Kept(_("Venter siden"), (day(citizen.waiting_since),))


def _work(own: OwnPage) -> Iterator[Kept]:
    citizen = own.citizen
    yield Kept(_("Timer nu"), (_weekly(citizen.hours_now),))
    yield Kept(_("Timer som mål"), (_weekly(citizen.hours_target),))
    yield Kept(_("Dage og tider"), (first_capital(_times(citizen.schedule)),))
    yield Kept(_("Kan begynde"), (day(citizen.available_from),) if citizen.available_from else ())
    yield Kept(_("Transport"), tuple(first_capital(_label(mode)) for mode in citizen.travel_modes))
    yield Kept(_("Længste rejsetid hver vej"), (_minutes(citizen.longest_travel_minutes),))


def _goals(own: OwnPage) -> Iterator[Kept]:
    citizen = own.citizen
    yield Kept(_("Jobmål i rækkefølge"), tuple(_goal(goal) for goal in citizen.goals))
    yield Kept(_("Det kan du"), tuple(_competence(one) for one in citizen.competences))
    yield Kept(_("Beviser"), tuple(_certificate(code) for code in citizen.certificates))
    level = citizen.danish_level
    yield Kept(_("Dansk"), () if level is None else (_("Ingen dansk") if level == 0 else first_capital(_label(level)),))
    yield Kept(_("Tidligere forløb og job"), tuple(_earlier(one, own) for one in citizen.earlier_placements))
    yield Kept(_("Virksomheder, du gerne vil til"), _companies(citizen.wishes_for, own))
    yield Kept(_("Virksomheder, du ikke vil til"), _companies(citizen.wishes_against, own))
    yield Kept(_("Tidligere arbejdsgivere, du gerne må komme hos"), _companies(citizen.former_employers_allowed, own))


def _needs(own: OwnPage) -> Iterator[Kept]:
    citizen = own.citizen
    needs = [
        " ".join(filter(None, (_("Du %(need)s.") % {"need": spoken(need_text(need))}, need.note)))
        for need in citizen.accommodations
    ]
    yield Kept(_("Skånehensyn"), tuple(needs))
    group = () if citizen.group_need is GroupNeed.NONE else (first_capital(_label(citizen.group_need)),)
    yield Kept(_("Hensyn til gruppen"), group)
    yield Kept(_("Det arbejder støtten med"), tuple(first_capital(_label(one)) for one in citizen.support_problems))
    mentor = citizen.mentor_hours_per_week
    yield Kept(_("Timer med mentor"), (_weekly(mentor),) if mentor else ())
    stable = citizen.attendance_stability
    yield Kept(_("Fremmøde"), () if stable is None else (_("%(share)s af det aftalte") % {"share": percent(stable)},))
    knows = citizen.knows_workplace_rules
    yield Kept(_("Kender reglerne på en arbejdsplads"), () if knows is None else (_("Ja") if knows else _("Nej"),))


def _goal(goal: JobGoal) -> str:
    occupation = OCCUPATIONS.get(goal.occupation or "")
    name = first_capital(_name(occupation)) if occupation else ""
    same = occupation is not None and goal.text.casefold() in {
        "",
        occupation.danish.casefold(),
        _name(occupation).casefold(),
    }
    return (
        name
        if same
        else goal.text
        if not name
        else _("%(text)s (%(occupation)s)")
        % {
            "text": goal.text,
            "occupation": name.lower(),
        }
    )


def _competence(one: Competence) -> str:
    known = JOB_FUNCTIONS.get(one.function)
    values = {
        "what": first_capital(_name(known)) if known else one.function,
        "how": _label(one.level),
        "where": one.learnt_at,
    }
    return (_("%(what)s: %(how)s (lært: %(where)s)") if one.learnt_at else _("%(what)s: %(how)s")) % values


def _certificate(code: str) -> str:
    known = CERTIFICATES.get(code)
    return first_capital(_name(known)) if known else code


def _earlier(one: EarlierPlacement, own: OwnPage) -> str:
    known = JOB_FUNCTIONS.get(one.function)
    values = {
        "what": first_capital(_name(known)) if known else one.function,
        "company": own.companies.get(one.company_id, _("en virksomhed, der ikke er her længere")),
        "first": day(one.started_on),
        "last": day(one.ended_on),
    }
    if one.was_employed:
        return _("%(what)s hos %(company)s, fra den %(first)s til den %(last)s, som ansat") % values
    if one.completed:
        return _("%(what)s hos %(company)s, fra den %(first)s til den %(last)s, gennemført") % values
    if one.completed is False:
        return _("%(what)s hos %(company)s, fra den %(first)s til den %(last)s, stoppet før tid") % values
    return _("%(what)s hos %(company)s, fra den %(first)s til den %(last)s") % values


def _companies(ids: Sequence[str], own: OwnPage) -> tuple[str, ...]:
    return tuple(own.companies.get(id_, _("en virksomhed, der ikke er her længere")) for id_ in ids)
