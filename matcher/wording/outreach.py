"""Sentences about calls to companies, in both languages: why a call, and what to ask.

What a company is asked never says who a place is for: questions are about the worksite alone.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np

from matcher import english as en
from matcher import wording as da
from matcher.answers import ChanceOfYes
from matcher.arrays import UNKNOWN, MatchInput, SlotContext
from matcher.domain.agreement import AgreementModel, PlacementForm
from matcher.domain.citizen import Citizen
from matcher.domain.conditions import Condition, level_of
from matcher.language import Text
from matcher.outreach import Beneficiary, Call
from matcher.pair import Pair
from matcher.wording.needs import open_question
from matcher.wording.rules import months_counted

_FORMS: Final[Mapping[PlacementForm, Text]] = MappingProxyType(
    {
        PlacementForm.WORK_PLACEMENT: Text("i virksomhedspraktik", "in a work placement"),
        PlacementForm.WAGE_SUBSIDY: Text("i et job med løntilskud", "in a job with wage subsidy"),
        PlacementForm.ORDINARY_HOURS: Text("til ordinære timer", "for ordinary paid hours"),
        PlacementForm.FLEXI_JOB: Text("i et fleksjob", "in a flexi-job"),
    }
)
_ASKED_FOR: Final[Mapping[AgreementModel, Text]] = MappingProxyType(
    {
        AgreementModel.AD_HOC: Text("Kan I tage imod", "Can you take"),
        AgreementModel.CLUSTER: Text("Kan I bruge klyngens pladser til", "Can you use places of the cluster for"),
        AgreementModel.PRE_AGREED: Text(
            "Kan I bekræfte, at aftalen gælder for", "Can you confirm that the agreement holds for"
        ),
    }
)


def why_text(call: Call) -> Text:
    """For whom a call is made, and how likely a yes is; names nobody."""
    for_whom, chance = _for_whom(call), chance_text(call.chance)
    return Text(f"{for_whom.danish} {chance.danish}", f"{for_whom.english} {chance.english}")


def _for_whom(call: Call) -> Text:
    proposed = sum(person.proposed for person in call.people)
    waiting = len(call.people) - proposed
    danish, english = da.counted(waiting, "borger", "borgere"), en.counted(waiting, "citizen", "citizens")
    if not proposed:
        text = Text(
            f"{danish} uden forslag kan begynde her, hvis virksomheden siger ja.",
            f"{english} without a proposal can begin here if the company says yes.",
        )
    else:
        danish_proposed = f"Nattens plan foreslår {da.counted(proposed, 'borger', 'borgere')} her"
        english_proposed = f"The night's plan proposes {en.counted(proposed, 'citizen', 'citizens')} here"
        if waiting:
            danish_proposed += f", og {danish} uden forslag kan også begynde her"
            english_proposed += f", and {english} without a proposal can begin here too"
        text = Text(f"{danish_proposed}.", f"{english_proposed}.")
    if not call.others_waiting:
        return text
    more, fits = call.others_waiting, "fits" if call.others_waiting == 1 else "fit"
    return Text(
        f"{text.danish} {more} {'anden' if more == 1 else 'andre'} uden forslag passer også til stedet.",
        f"{text.english} {more} {'other' if more == 1 else 'others'} without a proposal {fits} the place as well.",
    )


def chance_text(chance: ChanceOfYes) -> Text:
    """The chance of a yes with its uncertainty, and what it is built on."""
    low, high = chance.interval()
    if not chance.answers:
        built_on = Text("et skøn, for der er ingen svar endnu", "an estimate, since there are no answers yet")
    else:
        built_on = Text(
            f"bygget på {chance.answers} svar", f"built on {en.counted(chance.answers, 'answer', 'answers')}"
        )
    return Text(
        f"Chancen for et ja er {da.percent(chance.mean)}, nok mellem {da.percent(low)} og {da.percent(high)} "
        f"({built_on.danish}).",
        f"The chance of a yes is {en.percent(chance.mean)}, likely between {en.percent(low)} and {en.percent(high)} "
        f"({built_on.english}).",
    )


def what_to_ask(match_input: MatchInput, call: Call) -> tuple[Text, ...]:
    """What to ask the company, the main question first, then what it has not stated and a placement there needs."""
    slots = dict.fromkeys(person.slot_row for person in call.people)
    main = [_main_question(match_input, call, row) for row in slots]
    return (*main, *dict.fromkeys(text for row in slots for text in _open_questions(match_input, call, row)))


def _main_question(match_input: MatchInput, call: Call, slot_row: int) -> Text:
    """``Kan I tage imod 2 personer i virksomhedspraktik (Opvask) fra den 8. oktober 2026, 5–10 timer om ugen?``"""
    people = _at(call, slot_row)
    rows = np.array([person.citizen_row for person in people], dtype=np.int32)
    cols = np.full_like(rows, slot_row)
    start = date.fromordinal(int(match_input.start_day(rows, cols).min()))
    hours = match_input.weekly_hours(rows, cols)
    low, high = float(hours.min()), float(hours.max())
    context, asked = match_input.slot_values[slot_row], _ASKED_FOR[call.model]
    form, title = _FORMS[context.slot.form], context.slot.title
    span_danish = da.hours_per_week(high) if low == high else f"{da.number(low)}–{da.hours_per_week(high)}"
    span_english = en.hours_per_week(high) if low == high else f"{en.number(low)}–{en.hours_per_week(high)}"
    return Text(
        f"{asked.danish} {da.counted(len(people), 'person', 'personer')} {form.danish} ({title}) "
        f"fra den {da.day(start)}, {span_danish} i starten?",
        f"{asked.english} {en.counted(len(people), 'person', 'people')} {form.english} ({title}) "
        f"from {en.day(start)}, {span_english} to begin with?",
    )


def _at(call: Call, slot_row: int) -> list[Beneficiary]:
    return [person for person in call.people if person.slot_row == slot_row]


def _open_questions(match_input: MatchInput, call: Call, slot_row: int) -> list[Text]:
    """What the company has not stated of what counts for the people of the call."""
    context = match_input.slot_values[slot_row]
    questions = [open_question(one) for one in _not_stated(context, _citizens(match_input, call, slot_row))]
    texts = [Text(f"Spørg, {one.danish}.", f"Ask {one.english}.") for one in questions]
    if context.slot.outlook is None and context.slot.form is not PlacementForm.ORDINARY_HOURS:
        texts.append(
            Text(
                "Spørg, om der er udsigt til ordinære timer bagefter.",
                "Ask whether there is an outlook for ordinary hours afterwards.",
            )
        )
    if int(match_input.slots.additional_employment[slot_row]) == UNKNOWN:
        months = months_counted(Pair(match_input, _at(call, slot_row)[0].citizen_row, slot_row))
        texts.append(
            Text(
                f"Bed om antallet af ordinært ansatte i hver af de seneste {months} måneder; "
                "det kræves ved løntilskud.",
                f"Ask for the number of ordinary employees in each of the last {months} months; "
                "wage subsidy requires it.",
            )
        )
    return texts


def _citizens(match_input: MatchInput, call: Call, slot_row: int) -> list[Citizen]:
    return [match_input.citizen_values[person.citizen_row] for person in _at(call, slot_row)]


def _not_stated(context: SlotContext, citizens: Sequence[Citizen]) -> list[Condition]:
    """Conditions that somebody of the call has a need about and the place has not stated, in the catalogue's order."""
    wanted = {need.condition for citizen in citizens for need in citizen.accommodations}
    return [one for one in Condition if one in wanted and level_of(context.slot.demands, one) is None]
