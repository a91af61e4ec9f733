"""Danish sentences about needs and what a place states: met, not met, and what to ask.

A citizen may read them, so they say what the place has and what the person needs, never why.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher.domain.conditions import CONDITIONS, Accommodation, Condition, Kind, Scale, Strength
from matcher.wording import number, percent, sentence

_AMOUNT: Final = ("", "lidt", "en del", "meget")

_DEGREES: Final[Mapping[Condition, tuple[str, str, str, str]]] = MappingProxyType(
    {
        condition: (none, little, some, much)
        for condition, none, little, some, much in (
            (Condition.HEAT_COLD, "hverken varme eller kulde", "lidt varme eller kulde", "en del varme eller kulde",
             "meget varme eller kulde"),
            (Condition.CHEMICALS, "ingen kemikalier eller rengøringsmidler", "få kemikalier eller rengøringsmidler",
             "en del kemikalier eller rengøringsmidler", "mange kemikalier eller rengøringsmidler"),
            (Condition.PEOPLE_CONTACT, "ingen mennesker i nærheden", "få mennesker i nærheden",
             "en del mennesker i nærheden", "mange mennesker i nærheden"),
            (Condition.PACE, "et roligt tempo", "et jævnt tempo", "et ret højt tempo", "et højt tempo"),
            (Condition.VARIATION, "ens opgaver", "få skiftende opgaver", "en del skiftende opgaver",
             "mange skiftende opgaver"),
            (Condition.HYGIENE_DEMANDS, "ingen hygiejnekrav", "små hygiejnekrav", "almindelige hygiejnekrav",
             "høje hygiejnekrav"),
            (Condition.READING_WRITING, "ingen læse- og skrivekrav", "små læse- og skrivekrav",
             "almindelige læse- og skrivekrav", "høje læse- og skrivekrav"),
            (Condition.NUMERACY, "ingen regnekrav", "små regnekrav", "almindelige regnekrav", "høje regnekrav"),
            (Condition.FIXED_ROUTINE, "ingen faste rutiner", "få faste rutiner", "en del faste rutiner",
             "helt faste rutiner"),
            (Condition.PREDICTABLE_DAYS, "uforudsigelige dage", "lidt forudsigelige dage", "ret forudsigelige dage",
             "helt forudsigelige dage"),
        )
    }
)  # fmt: skip
"""Noun phrases of the four levels, where amount and noun do not simply follow each other."""

_QUESTIONS: Final[Mapping[Condition, str]] = MappingProxyType(
    {
        Condition.LIFTING: "hvor tunge løft der er",
        Condition.CHEMICALS: "hvor mange kemikalier og rengøringsmidler der bruges",
        Condition.PEOPLE_CONTACT: "hvor mange mennesker der er i nærheden",
        Condition.PACE: "hvor højt tempoet er",
        Condition.VARIATION: "hvor meget opgaverne skifter",
        Condition.HYGIENE_DEMANDS: "hvor høje hygiejnekravene er",
        Condition.READING_WRITING: "hvor høje læse- og skrivekravene er",
        Condition.NUMERACY: "hvor høje regnekravene er",
        Condition.FIXED_ROUTINE: "hvor faste rutinerne er",
        Condition.PREDICTABLE_DAYS: "hvor forudsigelige dagene er",
    }
)
"""What to ask about conditions whose question does not follow from their scale."""

_SHORT: Final[Mapping[Condition, str]] = MappingProxyType(
    {
        Condition.ALCOHOL_ON_SITE: "alkohol på stedet",
        Condition.ONE_INSTRUCTION: "én klar instruktion ad gangen",
        Condition.SCREENED_PLACE: "en skærmet plads",
    }
)
"""Names that stand well in a row, where the full name does not."""

_HAPPENS: Final[Mapping[Condition, str]] = MappingProxyType(
    {
        Condition.ALCOHOL_ON_SITE: "der sælges eller serveres alkohol på stedet",
        Condition.EARLY_START: "arbejdet begynder før kl. 9",
        Condition.EVENING_WORK: "der er aftenarbejde",
        Condition.NIGHT_WORK: "der er natarbejde",
        Condition.WEEKEND_WORK: "der er weekendarbejde",
    }
)
"""What is so at a place where a yes/no burden is there."""

_SPARED: Final[Mapping[Condition, str]] = MappingProxyType(
    {
        Condition.ALCOHOL_ON_SITE: "skånes for steder med alkohol",
        Condition.EARLY_START: "møde kl. 9 eller senere",
        Condition.EVENING_WORK: "skånes for aftenarbejde",
        Condition.NIGHT_WORK: "skånes for natarbejde",
        Condition.WEEKEND_WORK: "have fri i weekenden",
    }
)
"""What the person must or should, where a yes/no burden is to be avoided."""


def _degree(condition: Condition, level: float) -> str:
    step, noun = round(level), CONDITIONS[condition].danish
    if condition in _DEGREES:
        return _DEGREES[condition][step]
    return f"{_AMOUNT[step]} {noun}" if step else _none(noun)


def _none(noun: str) -> str:
    """No such thing; nouns in -arbejde are neuter, the others common gender."""
    return f"{'intet' if 'arbejde' in noun else 'ingen'} {noun}"


def _of_the_time(share: float) -> str:
    return "hele tiden" if share >= 1 else f"i {percent(share)} af tiden"


def need_name(condition: Condition) -> str:
    """What a need is about, in a few words without a comma, to stand in a row: ``løft``, ``pauser efter behov``."""
    return _SHORT.get(condition, CONDITIONS[condition].danish)


def level_text(condition: Condition, level: float) -> str:
    """What is there, as a noun phrase: ``løft på op til 15 kg``, ``lidt støj``, ``pauser efter behov``."""
    spec = CONDITIONS[condition]
    if spec.scale is Scale.YES_NO:
        return spec.danish
    if spec.scale is Scale.LEVEL:
        return _degree(condition, level)
    if level == 0:
        return _none(spec.danish)
    if spec.scale is Scale.KILOGRAM:
        return f"løft på op til {number(level)} kg"
    return f"{spec.danish} {_of_the_time(level)}"


def need_text(need: Accommodation) -> str:
    """What the person needs, to follow "Borgeren": ``skal have pauser efter behov``, ``kan højst klare lidt støj``."""
    spec, must = CONDITIONS[need.condition], need.strength is Strength.MUST
    modal = "skal" if must else "bør"
    if spec.kind is Kind.OFFER:
        least = "mindst " if spec.scale is Scale.LEVEL and need.limit < spec.maximum else ""
        return f"{modal} {least}have {level_text(need.condition, need.limit)}"
    if spec.scale is Scale.YES_NO:
        return f"{modal} {_SPARED[need.condition]}" if need.limit == 0 else f"kan klare, at {_HAPPENS[need.condition]}"
    if need.limit == 0:
        return f"{modal} skånes for {spec.danish}"
    if spec.scale is Scale.KILOGRAM:
        return f"{'kan' if must else 'bør'} højst løfte {number(need.limit)} kg"
    return f"{'kan højst klare' if must else 'bør højst have'} {level_text(need.condition, need.limit)}"


def unmet_text(need: Accommodation, level: float) -> str:
    """Why a place with a level does not meet a need: one sentence with what is there and what is needed."""
    spec, must = CONDITIONS[need.condition], need.strength is Strength.MUST
    if spec.kind is Kind.OFFER and spec.scale is Scale.YES_NO:
        return sentence(
            f"arbejdspladsen kan ikke tilbyde {spec.danish}, som borgeren {'skal' if must else 'helst skal'} have"
        )
    if spec.kind is Kind.OFFER:
        return sentence(f"arbejdspladsen har {level_text(need.condition, level)}; borgeren {need_text(need)}")
    there = _HAPPENS.get(need.condition, f"der er {level_text(need.condition, level)}")
    if spec.scale is Scale.SHARE and need.limit > 0:
        limit = f"{'kan højst klare' if must else 'bør højst have'} det {_of_the_time(need.limit)}"
        return sentence(f"{there}; borgeren {limit}")
    return sentence(f"{there}; borgeren {need_text(need)}")


def open_question(condition: Condition) -> str:
    """What to ask a company about a condition, as an indirect question: ``om …``, ``hvor meget …``."""
    spec = CONDITIONS[condition]
    if condition in _QUESTIONS:
        return _QUESTIONS[condition]
    if spec.kind is Kind.OFFER:
        return f"om arbejdspladsen kan tilbyde {spec.danish}"
    if spec.scale is Scale.SHARE:
        return f"hvor meget af tiden der er {spec.danish}"
    return f"om {_HAPPENS[condition]}" if condition in _HAPPENS else f"hvor meget {spec.danish} der er"


def not_stated_text(need: Accommodation) -> str:
    """The company has not said what the need is about: what to ask, and what the person needs."""
    return sentence(f"virksomheden har ikke oplyst, {open_question(need.condition)}: spørg. Borgeren {need_text(need)}")
