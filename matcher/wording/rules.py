"""Sentences about hard rules, in both languages: why a place is not possible, and what must be confirmed first.

One function for each rule of `matcher.rules`; each says what is missing and how much.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.domain.conditions import Accommodation, Strength, level_of
from matcher.domain.legal import is_target_group, target_group
from matcher.domain.rulebook import RuleVersion
from matcher.domain.statute import ADDITIONAL_EMPLOYMENT, OPEN, STARTS_SOON
from matcher.language import Text
from matcher.pair import Pair, certificate_name
from matcher.rules import rule_version
from matcher.wording.needs import not_stated_text, unmet_text
from matcher.wording.rests import rest_text

Texts = tuple[Text, ...]


def failed_texts(rule_id: str, pair: Pair) -> Texts:
    """Why the pair fails a rule, one or more full sentences. KeyError where the rule is unknown.

    A rule that the municipality has added speaks for itself.
    """
    if rule_id not in _FAILED:
        own = version_of(rule_id, pair)
        return (Text(f"Kommunens egen regel: {own.danish}", f"The municipality's own rule: {own.english}"),)
    return _FAILED[rule_id](pair)


def confirm_texts(rule_id: str, pair: Pair) -> Texts:
    """What must be confirmed where the pair passes a rule only because something is not known."""
    return _CONFIRM[rule_id](pair)


def version_of(rule_id: str, pair: Pair) -> RuleVersion:
    """The version of a rule that holds on the first day of the pair's placement; KeyError where none does."""
    version = rule_version(pair.match_input, rule_id, pair.citizen_row, pair.slot_row)
    if version is None:
        raise KeyError(rule_id)
    return version


def binding_needs(pair: Pair, *, stated: bool) -> list[tuple[Accommodation, float | None]]:
    """MUST needs that close the place: with the level that does not meet them, or not stated."""
    demands = pair.context.slot.demands
    levels = [(need, level_of(demands, need.condition)) for need in pair.citizen.accommodations]
    return [
        (need, level)
        for need, level in levels
        if need.strength is Strength.MUST and need.met_by(level) is (False if stated else None)
    ]


def target_group_text(code: str, on: date) -> Text:
    """Name of a target group; words that name none where the law does not know it on the day."""
    if not is_target_group(code, on):
        return Text("ukendt målgruppe", "unknown target group")
    group = target_group(code, on)
    return Text(group.danish, group.english)


def group_name(code: str, on: date) -> str:
    """Danish name of a target group; words that name none where the law does not know it on the day."""
    return target_group_text(code, on).danish


def travel_text(pair: Pair) -> Text:
    """``Turen tager cirka 25 minutter med bus; grænsen er 45.``"""
    if pair.travel_minutes is None or pair.travel_mode is None:
        return Text(
            "Rejsetiden kan ikke beregnes, fordi en adresse mangler.",
            "The travel time cannot be computed, since an address is missing.",
        )
    took, mode, limit = pair.travel_minutes, pair.travel_mode, pair.citizen.longest_travel_minutes
    return Text(
        f"Turen tager cirka {da.minutes(took)} {da.label(mode)}; grænsen er {limit}.",
        f"The trip takes about {en.minutes(took)} {en.label(mode)}; the limit is {limit}.",
    )


def _municipality(_: Pair) -> Texts:
    return (
        Text(
            "Aftalen hører til en anden kommune end borgerens.",
            "The agreement belongs to another municipality than the citizen's.",
        ),
    )


def _open(pair: Pair) -> Texts:
    if pair.context.slot.capacity == 0:
        return (
            Text(
                "Der er ingen pladser i aftalen for tiden.",
                "There are no places under the agreement for the time being.",
            ),
        )
    starts_on, closes_on = pair.starts_on, date.fromordinal(int(pair.match_input.slots.closes_on[pair.slot_row]))
    if closes_on < pair.match_input.on:
        return (Text(f"Pladsen lukkede den {da.day(closes_on)}.", f"The place closed on {en.day(closes_on)}."),)
    if closes_on < starts_on:
        return (
            Text(
                f"Pladsen lukker den {da.day(closes_on)}, før forløbet kan begynde den {da.day(starts_on)}.",
                f"The place closes on {en.day(closes_on)}, before the placement can start on {en.day(starts_on)}.",
            ),
        )
    least = _span(int(version_of(OPEN, pair).parameters["least_days_left"]))
    return (
        Text(
            f"Pladsen lukker den {da.day(closes_on)}, mindre end {least.danish} efter, at forløbet kan begynde.",
            f"The place closes on {en.day(closes_on)}, less than {least.english} after the placement can start.",
        ),
    )


def _span(days: int) -> Text:
    """Whole weeks where they are whole, else days."""
    if days % 7 == 0:
        return Text(da.counted(days // 7, "uge", "uger"), en.counted(days // 7, "week", "weeks"))
    return Text(da.counted(days, "dag", "dage"), en.counted(days, "day", "days"))


def _starts_soon(pair: Pair) -> Texts:
    citizen_waits = pair.match_input.citizens.ready_on[pair.citizen_row] == pair.starts_on.toordinal()
    who = Text("Borgeren", "The citizen") if citizen_waits else Text("Pladsen", "The place")
    weeks = int(version_of(STARTS_SOON, pair).parameters["horizon_weeks"])
    ahead = Text(f"{da.counted(weeks, 'uge', 'uger')} frem", f"{en.counted(weeks, 'week', 'weeks')} ahead")
    return (
        Text(
            f"{who.danish} kan først begynde den {da.day(pair.starts_on)}, mere end {ahead.danish}.",
            f"{who.english} can start on {en.day(pair.starts_on)} at the earliest, more than {ahead.english}.",
        ),
    )


def _group_in_law(pair: Pair) -> Texts:
    on = pair.starts_on
    return (
        Text(
            f"Borgerens målgruppe findes ikke i loven den {da.day(on)}.",
            f"The citizen's target group does not exist in law on {en.day(on)}.",
        ),
    )


def _group_accepted(pair: Pair) -> Texts:
    on, slot = pair.starts_on, pair.context.slot
    own = target_group_text(pair.citizen.target_group, on)
    accepted = [target_group_text(code, on) for code in slot.target_groups]
    danish, english = (
        da.joined([f"»{group.danish}«" for group in accepted]),
        [f"“{group.english}”" for group in accepted],
    )
    plural = len(accepted) > 1
    return (
        Text(
            f"Pladsen er for {'målgrupperne' if plural else 'målgruppen'} {danish}; "
            f"borgerens målgruppe er »{own.danish}«.",
            f"The place is for the target group{'s' if plural else ''} {en.joined(english)}; "
            f"the citizen's target group is “{own.english}”.",
        ),
    )


def _flexi_job(_: Pair) -> Texts:
    return (
        Text(
            "Pladsen er et fleksjob, og borgeren er ikke visiteret til fleksjob.",
            "The place is a flexi-job, and the citizen is not approved for a flexi-job.",
        ),
    )


def _needs_met(pair: Pair) -> Texts:
    return tuple(unmet_text(need, level) for need, level in binding_needs(pair, stated=True) if level is not None)


def _needs_stated(pair: Pair) -> Texts:
    return tuple(not_stated_text(need) for need, _ in binding_needs(pair, stated=False))


def _certificates(pair: Pair) -> Texts:
    missing = [code for code in pair.context.slot.certificates if code not in pair.citizen.certificates]
    names = [certificate_name(code) for code in missing]
    return (
        Text(
            f"Pladsen kræver {da.joined([name.danish for name in names])}, som borgeren ikke har.",
            f"The citizen does not have what the place requires: {en.joined([name.english for name in names])}.",
        ),
    )


def _danish_level(pair: Pair) -> Texts:
    required, held = pair.context.slot.danish_level, pair.citizen.danish_level
    if not held:
        return (
            Text(
                f"Pladsen kræver dansk på niveauet {da.label(required)}; borgeren kan endnu ikke dansk.",
                f"The place requires Danish at the level {en.label(required)}; "
                "the citizen does not yet know any Danish.",
            ),
        )
    return (
        Text(
            f"Pladsen kræver dansk på niveauet {da.label(required)}; borgerens niveau er {da.label(held)}.",
            f"The place requires Danish at the level {en.label(required)}; the citizen's level is {en.label(held)}.",
        ),
    )


def _hours(pair: Pair) -> Texts:
    start, now = pair.context.slot.hours_from, pair.citizen.hours_now
    return (
        Text(
            f"Pladsen begynder med {da.hours_per_week(start)}; borgeren kan {da.hours(now)} nu.",
            f"The place starts at {en.hours_per_week(start)}; the citizen can do {en.hours(now)} now.",
        ),
    )


def _schedule(pair: Pair) -> Texts:
    there, here, shared = pair.context.slot.schedule, pair.citizen.schedule, pair.shared_hours
    danish = f"{da.hours(shared)}, hvor begge kan" if shared else "ingen timer, hvor begge kan"
    english = f"{en.hours(shared)} that suit both" if shared else "no hours that suit both"
    return (
        Text(
            f"Pladsen er {da.times(there)}, og borgeren kan {da.times(here)}. "
            f"Det giver {danish}; forløbet begynder med {da.hours_per_week(pair.hours_per_week)}.",
            f"The place is {en.times(there)}, and the citizen can come {en.times(here)}. "
            f"That leaves {english}; the placement starts at {en.hours_per_week(pair.hours_per_week)}.",
        ),
    )


def _travel(pair: Pair) -> Texts:
    return (travel_text(pair),)


def _wishes_against(_: Pair) -> Texts:
    return (Text("Borgeren har sagt nej til virksomheden.", "The citizen has said no to the company."),)


def _not_again(_: Pair) -> Texts:
    return (
        Text(
            "Virksomheden ønsker ikke et nyt forløb med borgeren.",
            "The company does not wish another placement with the citizen.",
        ),
    )


def _former_employer(_: Pair) -> Texts:
    return (
        Text(
            "Borgeren har tidligere været ansat i virksomheden. En jobkonsulent kan tillade forløbet.",
            "The citizen has been employed at the company before. A job consultant can allow the placement.",
        ),
    )


def _company_answer(pair: Pair) -> Texts:
    rest = pair.match_input.declined[pair.context.company.id]
    return (rest_text(rest, pair.context.company.name),)


def _decided_proposal(pair: Pair) -> Texts:
    found = pair.match_input.rejected[pair.citizen.id, pair.context.slot.id]
    return (
        Text(
            f"Forslaget blev afvist den {da.day(found.decided_on)}.",
            f"The proposal was rejected on {en.day(found.decided_on)}.",
        ),
    )


def _additional_employment(pair: Pair) -> Texts:
    months = months_counted(pair)
    return (
        Text(
            f"Arbejdspladsens ordinære beskæftigelse er lavere end gennemsnittet af de seneste {months} måneder, "
            "så løntilskud er ikke muligt nu.",
            f"The worksite's ordinary employment is below the average of the last {months} months, "
            "so that wage subsidy is not possible now.",
        ),
    )


def months_counted(pair: Pair) -> int:
    """Months that additional employment is averaged over, on the first day of the placement."""
    return int(version_of(ADDITIONAL_EMPLOYMENT, pair).parameters["months"])


def _confirm_danish(pair: Pair) -> Texts:
    required = pair.context.slot.danish_level
    return (
        Text(
            f"Borgerens danskniveau er ikke oplyst, og pladsen kræver {da.label(required)}.",
            f"The citizen's level of Danish is not recorded, and the place requires {en.label(required)}.",
        ),
    )


def _confirm_travel(pair: Pair) -> Texts:
    travel, limit = travel_text(pair), pair.citizen.longest_travel_minutes
    return (
        Text(
            f"{travel.danish} Det er ikke afklaret, om turen kan klares på {da.minutes(limit)}.",
            f"{travel.english} It is not clear whether the trip can be made in {en.minutes(limit)}.",
        ),
    )


def _confirm_employment(pair: Pair) -> Texts:
    months = months_counted(pair)
    return (
        Text(
            f"Virksomheden har ikke oplyst antallet af ordinært ansatte de seneste {months} måneder, "
            "så det er ikke afklaret, om løntilskud er muligt.",
            f"The company has not stated its number of ordinary employees over the last {months} months, "
            "so that it is not clear whether wage subsidy is possible.",
        ),
    )


_FAILED: Final[Mapping[str, Callable[[Pair], Texts]]] = MappingProxyType(
    {
        "municipality": _municipality,
        "open": _open,
        "starts_soon": _starts_soon,
        "group_in_law": _group_in_law,
        "group_accepted": _group_accepted,
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
        "company_answer": _company_answer,
        "decided_proposal": _decided_proposal,
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
