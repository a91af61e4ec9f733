"""Danish sentences about hard rules: why a place is not possible for a citizen, and what must be confirmed first.

One function for each rule of `matcher.rules`; each says what is missing and how much.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from matcher.domain.conditions import Accommodation, Strength, level_of
from matcher.domain.legal import is_target_group, target_group
from matcher.pair import Pair, certificate_name
from matcher.rules import LEAST_DAYS_LEFT, PLANNING_HORIZON_DAYS
from matcher.wording import counted, day, hours, hours_per_week, joined, label, minutes, sentence, times
from matcher.wording_needs import not_stated_text, unmet_text

Texts = tuple[str, ...]


def failed_texts(rule_id: str, pair: Pair) -> Texts:
    """Why the pair fails a rule, one or more full sentences. KeyError where the rule is unknown."""
    return _FAILED[rule_id](pair)


def confirm_texts(rule_id: str, pair: Pair) -> Texts:
    """What must be confirmed where the pair passes a rule only because something is not known."""
    return _CONFIRM[rule_id](pair)


def binding_needs(pair: Pair, *, stated: bool) -> list[tuple[Accommodation, float | None]]:
    """MUST needs that close the place: with the level that does not meet them, or not stated."""
    demands = pair.context.slot.demands
    levels = [(need, level_of(demands, need.condition)) for need in pair.citizen.accommodations]
    return [
        (need, level)
        for need, level in levels
        if need.strength is Strength.MUST and need.met_by(level) is (False if stated else None)
    ]


def group_name(code: str, on: date) -> str:
    """Danish name of a target group; words that name none where the law does not know it on the day."""
    return target_group(code, on).danish if is_target_group(code, on) else "ukendt målgruppe"


def travel_text(pair: Pair) -> str:
    """``Turen tager cirka 25 minutter med bus; grænsen er 45.``"""
    if pair.travel_minutes is None or pair.travel_mode is None:
        return "Rejsetiden kan ikke beregnes, fordi en adresse mangler."
    limit = pair.citizen.longest_travel_minutes
    return f"Turen tager cirka {minutes(pair.travel_minutes)} {label(pair.travel_mode)}; grænsen er {limit}."


def _municipality(_: Pair) -> Texts:
    return ("Aftalen hører til en anden kommune end borgerens.",)


def _open(pair: Pair) -> Texts:
    if pair.context.slot.capacity == 0:
        return ("Der er ingen pladser i aftalen for tiden.",)
    closes_on = date.fromordinal(int(pair.match_input.slots.closes_on[pair.slot_row]))
    if closes_on < pair.match_input.on:
        return (f"Pladsen lukkede den {day(closes_on)}.",)
    if closes_on < pair.starts_on:
        return (f"Pladsen lukker den {day(closes_on)}, før forløbet kan begynde den {day(pair.starts_on)}.",)
    weeks = counted(LEAST_DAYS_LEFT // 7, "uge", "uger")
    return (f"Pladsen lukker den {day(closes_on)}, mindre end {weeks} efter at forløbet kan begynde.",)


def _starts_soon(pair: Pair) -> Texts:
    citizen_waits = pair.match_input.citizens.ready_on[pair.citizen_row] == pair.starts_on.toordinal()
    who = "Borgeren" if citizen_waits else "Pladsen"
    weeks = PLANNING_HORIZON_DAYS // 7
    return (f"{who} kan først begynde den {day(pair.starts_on)}, mere end {weeks} uger frem.",)


def _target_group(pair: Pair) -> Texts:
    on, slot = pair.match_input.on, pair.context.slot
    name = group_name(pair.citizen.target_group, on)
    if pair.citizen.target_group in slot.target_groups or not slot.target_groups:
        return (f"Målgruppen »{name}« findes ikke i loven den {day(on)}.",)
    accepted = joined([f"»{group_name(code, on)}«" for code in slot.target_groups])
    return (f"Pladsen er for målgruppen {accepted}; borgerens målgruppe er »{name}«.",)


def _flexi_job(_: Pair) -> Texts:
    return ("Pladsen er et fleksjob, og borgeren er ikke visiteret til fleksjob.",)


def _needs_met(pair: Pair) -> Texts:
    return tuple(unmet_text(need, level) for need, level in binding_needs(pair, stated=True) if level is not None)


def _needs_stated(pair: Pair) -> Texts:
    return tuple(not_stated_text(need) for need, _ in binding_needs(pair, stated=False))


def _certificates(pair: Pair) -> Texts:
    missing = [code for code in pair.context.slot.certificates if code not in pair.citizen.certificates]
    return (f"Pladsen kræver {joined([certificate_name(code) for code in missing])}, som borgeren ikke har.",)


def _danish_level(pair: Pair) -> Texts:
    required, held = pair.context.slot.danish_level, pair.citizen.danish_level
    if not held:
        return (f"Pladsen kræver dansk på niveauet {label(required)}; borgeren kan endnu ikke dansk.",)
    return (f"Pladsen kræver dansk på niveauet {label(required)}; borgerens niveau er {label(held)}.",)


def _hours(pair: Pair) -> Texts:
    start = hours_per_week(pair.context.slot.hours_from)
    return (f"Pladsen begynder med {start}; borgeren kan {hours(pair.citizen.hours_now)} nu.",)


def _schedule(pair: Pair) -> Texts:
    there, here = times(pair.context.slot.schedule), times(pair.citizen.schedule)
    shared = f"{hours(pair.shared_hours)} til fælles" if pair.shared_hours else "ingen timer til fælles"
    needed = f"forløbet begynder med {hours(pair.hours_per_week)} om ugen"
    return (f"Pladsen er {there}, og borgeren kan {here}. Det giver {shared}; {needed}.",)


def _travel(pair: Pair) -> Texts:
    return (travel_text(pair),)


def _wishes_against(_: Pair) -> Texts:
    return ("Borgeren har sagt nej til virksomheden.",)


def _not_again(_: Pair) -> Texts:
    return ("Virksomheden ønsker ikke et nyt forløb med borgeren.",)


def _former_employer(_: Pair) -> Texts:
    return ("Borgeren har tidligere været ansat i virksomheden. En jobkonsulent kan tillade forløbet.",)


def _additional_employment(_: Pair) -> Texts:
    employment = "Arbejdspladsens ordinære beskæftigelse er lavere end gennemsnittet af de seneste 12 måneder"
    return (f"{employment}, så løntilskud er ikke muligt nu.",)


def _confirm_danish(pair: Pair) -> Texts:
    required = label(pair.context.slot.danish_level)
    return (f"Borgerens danskniveau er ikke oplyst, og pladsen kræver {required}: afklar det.",)


def _confirm_travel(pair: Pair) -> Texts:
    return (f"{travel_text(pair)} Afklar, om turen kan klares på {minutes(pair.citizen.longest_travel_minutes)}.",)


def _confirm_employment(_: Pair) -> Texts:
    not_stated = "Virksomheden har ikke oplyst antallet af ordinært ansatte de seneste 12 måneder"
    return (f"{not_stated}: bekræft, at løntilskud er muligt.",)


_FAILED: Final[Mapping[str, Callable[[Pair], Texts]]] = MappingProxyType(
    {
        "municipality": _municipality,
        "open": _open,
        "starts_soon": _starts_soon,
        "target_group": _target_group,
        "flexi_job": _flexi_job,
        "must_needs_met": _needs_met,
        "must_needs_stated": _needs_stated,
        "certificates": _certificates,
        "danish_level": _danish_level,
        "hours": _hours,
        "schedule": _schedule,
        "travel": _travel,
        "wishes_against": _wishes_against,
        "not_again": _not_again,
        "former_employer": _former_employer,
        "additional_employment": _additional_employment,
    }
)

_CONFIRM: Final[Mapping[str, Callable[[Pair], Texts]]] = MappingProxyType(
    {
        "danish_level": _confirm_danish,
        "travel": _confirm_travel,
        "additional_employment": _confirm_employment,
    }
)

SHORT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "municipality": "hører til en anden kommune",
        "open": "lukker for tidligt",
        "starts_soon": "kan ikke begynde inden for 8 uger",
        "target_group": "er for andre målgrupper",
        "flexi_job": "er fleksjob",
        "must_needs_met": "opfylder ikke et skånehensyn, som er et krav",
        "must_needs_stated": "har ikke oplyst noget, som borgeren skal have svar på",
        "certificates": "kræver et certifikat, som borgeren ikke har",
        "danish_level": "kræver mere dansk",
        "hours": "begynder med flere timer, end borgeren kan nu",
        "schedule": "er på andre dage eller tidspunkter",
        "travel": "ligger for langt væk",
        "wishes_against": "er hos en virksomhed, som borgeren har sagt nej til",
        "not_again": "er hos en virksomhed, som ikke ønsker et nyt forløb med borgeren",
        "former_employer": "er hos en tidligere arbejdsgiver",
        "additional_employment": "kan ikke bruges til løntilskud for tiden",
    }
)
"""What excluded places have in common, by rule, to follow "12 pladser"."""


def count_text(rule_id: str, places: int) -> str:
    """``12 pladser ligger for langt væk``; KeyError where the rule is unknown."""
    return f"{counted(places, 'plads', 'pladser')} {SHORT[rule_id]}"


def short_failure(rule_ids: list[str], pair: Pair) -> str:
    """The first reason in one line, and how many more there are."""
    first = failed_texts(rule_ids[0], pair)
    more = sum(len(failed_texts(rule_id, pair)) for rule_id in rule_ids) - 1
    rest = f" Der er {counted(more, 'grund', 'grunde')} mere." if more else ""
    return sentence(first[0]) + rest
