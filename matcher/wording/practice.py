"""Sentences, in both languages, about how a placement would be, what comes before its first day, support beside it."""

from datetime import date

from matcher import english as en
from matcher import wording as da
from matcher.domain.agreement import COUNTED_AS_SUPPORTED, AgreementModel, PlacementForm, SlotSetting
from matcher.domain.legal import is_target_group, latest_end
from matcher.domain.statute import WRITTEN_STATEMENT
from matcher.language import Text
from matcher.pair import Pair
from matcher.support import Advice, FirstStep, advice_for, first_step


def practical_text(pair: Pair) -> Text:
    """When, how many hours, in which form, until when."""
    slot, starts_on = pair.context.slot, pair.starts_on
    until_danish = until_english = ""
    if slot.form is PlacementForm.WORK_PLACEMENT and is_target_group(pair.citizen.target_group, starts_on):
        closes_on = date.fromordinal(int(pair.match_input.slots.closes_on[pair.slot_row]))
        last = min(latest_end(pair.citizen.target_group, starts_on, pair.match_input.rulebook), closes_on)
        until_danish = f" til senest den {da.day(last)}"
        until_english = f" until {en.day(last)} at the latest"
    hours = pair.hours_per_week
    return Text(
        da.sentence(
            f"{da.label(slot.form)} fra den {da.day(starts_on)}{until_danish}, {da.hours_per_week(hours)} i starten"
        ),
        en.sentence(
            f"{en.label(slot.form)} from {en.day(starts_on)}{until_english}, {en.hours_per_week(hours)} at the start"
        ),
    )


def before_start(pair: Pair) -> list[Text]:
    """What the kind of agreement, the law and the place ask for before the first day."""
    slot, rulebook = pair.context.slot, pair.match_input.rulebook
    texts = _agreement_first(pair)
    if slot.form in COUNTED_AS_SUPPORTED and rulebook.holds(WRITTEN_STATEMENT, pair.starts_on):
        statement = rulebook.version(WRITTEN_STATEMENT, pair.starts_on)
        texts.append(Text(statement.danish, statement.english))
    attendance = pair.citizen.attendance_stability
    if attendance is not None and attendance < slot.tolerated_attendance:
        texts.append(
            Text(
                f"Pladsen regner med, at mindst {da.percent(slot.tolerated_attendance)} af de aftalte dage bliver "
                "holdt. Aftal med borgeren, hvilken støtte der skal til, og hvad virksomheden skal vide om den.",
                f"The place counts on at least {en.percent(slot.tolerated_attendance)} of the agreed days being kept. "
                "Agree with the citizen which support is needed and what the company should know about it.",
            )
        )
    return texts


def _agreement_first(pair: Pair) -> list[Text]:
    agreement, texts = pair.context.agreement, []
    if agreement.model is AgreementModel.PRE_AGREED:
        texts.append(
            Text(
                "Forhåndsaftale: virksomheden skal sige ja til borgeren, før forløbet kan aftales.",
                "Agreement in principle: the company must say yes to the citizen before the placement can be agreed.",
            )
        )
    if agreement.model is AgreementModel.AD_HOC and agreement.outreach_hours:
        texts.append(
            Text(
                "Der er ingen aftale endnu. Virksomheden skal opsøges: "
                f"regn med {da.hours(agreement.outreach_hours)} til det.",
                "There is no agreement yet. The company must be approached: "
                f"allow {en.hours(agreement.outreach_hours)} for it.",
            )
        )
    elif agreement.model is AgreementModel.AD_HOC:
        texts.append(
            Text(
                "Der er ingen aftale endnu. Virksomheden skal opsøges.",
                "There is no agreement yet. The company must be approached.",
            )
        )
    days = agreement.lead_time_days
    if days:
        texts.append(
            Text(
                f"Der går {da.counted(days, 'dag', 'dage')} fra aftale til første dag.",
                f"It takes {en.counted(days, 'day', 'days')} from the agreement to the first day.",
            )
        )
    return texts


def support_texts(pair: Pair) -> list[Text]:
    """Advice on parallel support, and for a company centre whether it is the right first step."""
    found: dict[Text, list[Advice]] = {}
    for advice in advice_for(pair.citizen):
        found.setdefault(advice.support, []).append(advice)
    texts = [_support_text(support, for_problems) for support, for_problems in found.items()]
    if pair.context.slot.setting is not SlotSetting.COMPANY_CENTRE:
        return texts
    step = first_step(pair.citizen)
    if step is FirstStep.PARALLEL_SUPPORT:
        texts.append(
            Text(
                "Begynd med støtte før eller ved siden af forløbet i virksomhedscentret.",
                "Begin with support before or beside the placement at the company centre.",
            )
        )
    if step is FirstStep.ASK_FIRST:
        texts.append(
            Text(
                "Afklar først fremmøde og kendskab til arbejdspladsens regler med borgeren.",
                "First clarify attendance and knowledge of the rules of a workplace with the citizen.",
            )
        )
    return texts


def _support_text(support: Text, advice: list[Advice]) -> Text:
    """One kind of support with the problems that it is for, how it works, what it is to reach, and who says so."""
    source = advice[0].source
    danish_goals = da.joined([one.sub_goal.danish.lower() for one in advice])
    english_goals = en.joined([one.sub_goal.english.lower() for one in advice])
    return Text(
        f"Overvej {support.danish} ({da.joined([da.label(one.problem) for one in advice])}). "
        f"{' '.join(one.mechanism.danish for one in advice)} Delmål: {danish_goals}. Kilde: {source.danish}.",
        f"Consider {support.english} ({en.joined([en.label(one.problem) for one in advice])}). "
        f"{' '.join(one.mechanism.english for one in advice)} Sub-goal: {english_goals}. Source: {source.english}.",
    )
