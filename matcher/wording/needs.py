"""Sentences about needs and what a place states, in both languages: met, not met, and what to ask.

A citizen may read them, so they say what the place has and what the person needs, never why. Phrases of a condition
that do not follow from its name and scale stand in `matcher.wording.conditions`.
"""

from matcher import english as en
from matcher import wording as da
from matcher.domain.conditions import CONDITIONS, Accommodation, Condition, Kind, Scale, Strength
from matcher.language import Text
from matcher.wording.conditions import AMOUNTS, DEGREES, HAPPENS, PLURAL, QUESTIONS, SHORT, SPARED, TOLERATED


def need_name(condition: Condition) -> Text:
    """What a need is about, in a few words without a comma, to stand in a row: ``løft``, ``pauser efter behov``."""
    spec = CONDITIONS[condition]
    return SHORT.get(condition, Text(spec.danish, spec.english))


def level_text(condition: Condition, level: float) -> Text:
    """What is there, as a noun phrase: ``løft på op til 15 kg``, ``lidt støj``, ``pauser efter behov``."""
    spec = CONDITIONS[condition]
    if spec.scale is Scale.YES_NO:
        return Text(spec.danish, spec.english)
    if condition in DEGREES:
        return DEGREES[condition][round(level)]
    if level == 0:
        return _none(condition)
    if spec.scale is Scale.LEVEL:
        amount = AMOUNTS[round(level)]
        return Text(f"{amount.danish} {spec.danish}", f"{amount.english} {spec.english}")
    if spec.scale is Scale.KILOGRAM:
        return Text(f"løft på op til {da.number(level)} kg", f"lifting of up to {en.number(level)} kg")
    often = _of_the_time(level)
    return Text(f"{spec.danish} {often.danish}", f"{spec.english} {often.english}")


def _none(condition: Condition) -> Text:
    """No such thing; Danish nouns in -arbejde are neuter, the others common gender."""
    spec = CONDITIONS[condition]
    article = "intet" if "arbejde" in spec.danish else "ingen"
    return Text(f"{article} {spec.danish}", f"no {spec.english}")


def _of_the_time(share: float) -> Text:
    if share >= 1:
        return Text("hele tiden", "all the time")
    return Text(f"i {da.percent(share)} af tiden", f"{en.percent(share)} of the time")


def need_text(need: Accommodation) -> Text:
    """What the person needs, to follow "Borgeren": ``skal have pauser efter behov``, ``kan højst klare lidt støj``."""
    return Text(_need_danish(need), _need_english(need))


def _need_danish(need: Accommodation) -> str:
    spec, must = CONDITIONS[need.condition], need.strength is Strength.MUST
    modal, level = "skal" if must else "bør", level_text(need.condition, need.limit).danish
    if spec.kind is Kind.OFFER:
        least = "mindst " if spec.scale is Scale.LEVEL and need.limit < spec.maximum else ""
        return f"{modal} {least}have {level}"
    if spec.scale is Scale.YES_NO:
        spared, tolerated = SPARED[need.condition].danish, TOLERATED[need.condition].danish
        return f"{modal} {spared}" if need.limit == 0 else f"kan klare {tolerated}"
    if need.limit == 0:
        return f"{modal} skånes for {spec.danish}"
    if spec.scale is Scale.KILOGRAM:
        return f"{'kan' if must else 'bør'} højst løfte {da.number(need.limit)} kg"
    return f"{'kan højst klare' if must else 'bør højst have'} {level}"


def _need_english(need: Accommodation) -> str:
    spec, must = CONDITIONS[need.condition], need.strength is Strength.MUST
    modal, level = "must" if must else "should", level_text(need.condition, need.limit).english
    if spec.kind is Kind.OFFER:
        least = "at least " if spec.scale is Scale.LEVEL and need.limit < spec.maximum else ""
        return f"{modal} have {least}{level}"
    if spec.scale is Scale.YES_NO:
        spared, tolerated = SPARED[need.condition].english, TOLERATED[need.condition].english
        return f"{modal} {spared}" if need.limit == 0 else f"can manage {tolerated}"
    if need.limit == 0:
        return f"{modal} be spared {spec.english}"
    if spec.scale is Scale.KILOGRAM:
        return f"{'can' if must else 'should'} lift {en.number(need.limit)} kg at most"
    return f"{'can manage' if must else 'should have'} {level} at most"


def unmet_text(need: Accommodation, level: float) -> Text:
    """Why a place with a level does not meet a need: one sentence with what is there and what is needed."""
    spec, must = CONDITIONS[need.condition], need.strength is Strength.MUST
    there, needs = level_text(need.condition, level), need_text(need)
    if spec.kind is Kind.OFFER and spec.scale is Scale.YES_NO:
        return Text(
            f"Arbejdspladsen kan ikke tilbyde {spec.danish}, som borgeren {'skal' if must else 'helst skal'} have.",
            f"The worksite cannot offer {spec.english}, which the citizen {'must' if must else 'should'} have.",
        )
    if spec.kind is Kind.OFFER:
        return Text(
            f"Arbejdspladsen har {there.danish}; borgeren {needs.danish}.",
            f"The worksite has {there.english}; the citizen {needs.english}.",
        )
    if spec.scale is Scale.SHARE and need.limit > 0:
        limit = _of_the_time(need.limit)
        needs = Text(
            f"{'kan højst klare' if must else 'bør højst have'} det {limit.danish}",
            f"{'can manage' if must else 'should have'} it {limit.english} at most",
        )
    is_so = _what_is_so(need.condition, level)
    return Text(
        da.sentence(f"{is_so.danish}; borgeren {needs.danish}"),
        en.sentence(f"{is_so.english}; the citizen {needs.english}"),
    )


def _what_is_so(condition: Condition, level: float) -> Text:
    """``der er en del støj``: what a place with a level of a burden is like, as a clause."""
    if condition in HAPPENS:
        return HAPPENS[condition]
    there = level_text(condition, level)
    return Text(f"der er {there.danish}", f"there {'are' if condition in PLURAL else 'is'} {there.english}")


def open_question(condition: Condition) -> Text:
    """What to ask a company about a condition, as an indirect question: ``om …``, ``hvor meget …``."""
    spec = CONDITIONS[condition]
    if condition in QUESTIONS:
        return QUESTIONS[condition]
    if spec.kind is Kind.OFFER:
        return Text(f"om arbejdspladsen kan tilbyde {spec.danish}", f"whether the worksite can offer {spec.english}")
    if condition in HAPPENS:
        return Text(f"om {HAPPENS[condition].danish}", f"whether {HAPPENS[condition].english}")
    if spec.scale is Scale.SHARE:
        return Text(f"hvor meget af tiden der er {spec.danish}", f"how much of the time there is {spec.english}")
    return Text(f"hvor meget {spec.danish} der er", f"how much {spec.english} there is")


def not_stated_text(need: Accommodation) -> Text:
    """The company has not said what the need is about, and what the person needs."""
    question, needs = open_question(need.condition), need_text(need)
    return Text(
        f"Virksomheden har ikke oplyst, {question.danish}. Borgeren {needs.danish}.",
        f"The company has not said {question.english}. The citizen {needs.english}.",
    )
