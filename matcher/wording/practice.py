"""Sentences, in both languages, about how a placement would be, what comes before its first day, support beside it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.domain.agreement import COUNTED_AS_SUPPORTED, AgreementModel, PlacementForm, SlotSetting
from matcher.domain.legal import is_target_group, latest_end
from matcher.domain.placement import ParallelSupport
from matcher.domain.statute import PARALLEL_SUPPORT, WRITTEN_STATEMENT
from matcher.language import Language, Text
from matcher.once import once_for_citizen
from matcher.pair import Pair
from matcher.support import Advice, FirstStep, advice_for, first_step
from matcher.wording.sources import source_text

_FORMS: Final[Mapping[PlacementForm, Text]] = MappingProxyType(
    {
        PlacementForm.WAGE_SUBSIDY: Text("job med løntilskud", "job with wage subsidy"),
        PlacementForm.ORDINARY_HOURS: Text("ordinære timer med almindelig løn", "ordinary paid hours"),
    }
)
"""Forms whose label is too short for a sentence."""


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
    form = _FORMS.get(slot.form) or Text(da.label(slot.form), en.label(slot.form))
    return Text(
        da.sentence(f"{form.danish} fra den {da.day(starts_on)}{until_danish}, {da.hours_per_week(hours)} i starten"),
        en.sentence(f"{form.english} from {en.day(starts_on)}{until_english}, {en.hours_per_week(hours)} at the start"),
    )


def before_start(pair: Pair) -> list[Text]:
    """What the kind of agreement, the law and the place ask for before the first day."""
    slot, rulebook = pair.context.slot, pair.match_input.rulebook
    texts = _agreement_first(pair)
    if slot.form in COUNTED_AS_SUPPORTED and rulebook.holds(WRITTEN_STATEMENT, pair.starts_on):
        texts.append(_STATEMENT_OF_SUBSIDY if slot.form is PlacementForm.WAGE_SUBSIDY else _STATEMENT)
    attendance = pair.citizen.attendance_stability
    if attendance is not None and attendance < slot.tolerated_attendance:
        texts.append(
            Text(
                f"Pladsen forudsætter, at mindst {da.percent(slot.tolerated_attendance)} af de aftalte dage bliver "
                "holdt. Støtten til det, og hvad virksomheden skal vide om den, aftales med borgeren.",
                f"The place expects at least {en.percent(slot.tolerated_attendance)} of the agreed days to be kept. "
                "The support for that, and what the company should know about it, is agreed with the citizen.",
            )
        )
    return texts


def _agreement_first(pair: Pair) -> list[Text]:
    agreement, texts = pair.context.agreement, []
    if agreement.model is AgreementModel.PRE_AGREED:
        texts.append(
            Text(
                "Virksomheden har sagt ja på forhånd, men skal bekræfte hvert forløb.",
                "The company has said yes in principle, but must confirm each placement.",
            )
        )
    if agreement.model is AgreementModel.AD_HOC:
        texts.append(
            Text(
                "Der er ingen aftale med virksomheden endnu. Kommunen skal spørge den først.",
                "There is no agreement with the company yet. The municipality must ask it first.",
            )
        )
    days = agreement.lead_time_days
    if days:
        texts.append(
            Text(
                f"Der går {da.counted(days, 'dag', 'dage')} fra aftalen til den første dag.",
                f"It takes {en.counted(days, 'day', 'days')} from the agreement to the first day.",
            )
        )
    return texts


def support_of(pair: Pair, language: Language) -> tuple[ParallelSupport, ...]:
    """Advice on parallel support as values of the domain; none where the rule does not hold on the first day."""
    version = pair.version(PARALLEL_SUPPORT)
    if version is None:
        return ()
    source = source_text(version.source)
    return tuple(advice.in_(language, source) for advice in advice_for(pair.citizen, version))


_STATEMENT: Final = Text(
    "Før start bekræfter arbejdsgiver og en repræsentant for de ansatte skriftligt, at der ikke er for mange i "
    "praktik, løntilskud og nytteindsats i forhold til antallet af ansatte (kravet om rimelighed).",
    "Before the start the employer and a representative of the employees confirm in writing that not too many people "
    "are in work placement, wage subsidy and nytteindsats for the number of employees (the requirement of "
    "reasonableness).",
)
_STATEMENT_OF_SUBSIDY: Final = Text(
    "Før start bekræfter arbejdsgiver og en repræsentant for de ansatte skriftligt, at der ikke er for mange i "
    "praktik, løntilskud og nytteindsats i forhold til antallet af ansatte (kravet om rimelighed), og at "
    "der i den seneste måned ikke var færre ordinært ansatte end gennemsnittet (kravet om merbeskæftigelse).",
    "Before the start the employer and a representative of the employees confirm in writing that not too many people "
    "are in work placement, wage subsidy and nytteindsats for the number of employees (the requirement of "
    "reasonableness), and that there were no fewer ordinary employees last month than the average (the requirement of "
    "additional employment).",
)
"""The written statement by form: additional employment is asked of wage subsidy alone."""


def support_texts(pair: Pair) -> list[Text]:
    """Advice on parallel support, and for a company centre whether it is the right first step."""
    version = pair.version(PARALLEL_SUPPORT)
    if version is None:
        return []
    texts = list(_advised(pair, version.valid_from))
    if pair.context.slot.setting is not SlotSetting.COMPANY_CENTRE:
        return texts
    step = first_step(pair.citizen, version)
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
                "Afklar først med borgeren, hvordan fremmødet er, og om reglerne på en arbejdsplads er kendt.",
                "First clarify with the citizen how attendance is, and whether the rules of a workplace are known.",
            )
        )
    return texts


@once_for_citizen
def _advised(pair: Pair, _since: date) -> tuple[Text, ...]:
    """Each kind of support that the rule's version of a first day advises for the citizen, whichever the place."""
    version = pair.version(PARALLEL_SUPPORT)
    if version is None:
        return ()
    found: dict[Text, list[Advice]] = {}
    for advice in advice_for(pair.citizen, version):
        found.setdefault(advice.support, []).append(advice)
    source = source_text(version.source)
    return tuple(_support_text(support, for_problems, source) for support, for_problems in found.items())


def _support_text(support: Text, advice: list[Advice], source: Text) -> Text:
    """One kind of support with the problems that it is for, how it works, what it is to reach, and who says so."""
    danish_goals = da.joined([one.sub_goal.danish.lower() for one in advice])
    english_goals = en.joined([one.sub_goal.english.lower() for one in advice])
    return Text(
        f"Overvej {support.danish} ({da.joined([da.label(one.problem) for one in advice])}). "
        f"{' '.join(one.mechanism.danish for one in advice)} Delmål: {danish_goals}. Kilde: {source.danish}.",
        f"Consider {support.english} ({en.joined([en.label(one.problem) for one in advice])}). "
        f"{' '.join(one.mechanism.english for one in advice)} Sub-goal: {english_goals}. Source: {source.english}.",
    )
