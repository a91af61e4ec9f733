"""Danish wording: numbers, units, lists and dates, and a label for every member of every enumeration."""

import importlib
import inspect
import pkgutil
import re
from datetime import date
from enum import Enum
from types import ModuleType

import pytest

import matcher.domain
from matcher import english, limits, support, wording
from matcher.domain.agreement import AgreementModel
from matcher.domain.citizen import DanishLevel
from matcher.domain.conditions import CONDITIONS, Accommodation, Condition, Kind, Scale, Strength
from matcher.domain.schedule import Schedule, Weekday
from matcher.language import Text
from matcher.wording.needs import level_text, need_name, need_text, not_stated_text, open_question, unmet_text


def enumerations() -> list[type[Enum]]:
    """Every enumeration that a user may meet: of the domain, of the plan's limits, of the advice.

    Without the protected traits, which what plans and lists are made by cannot import.
    """
    modules_of_domain = (module.name for module in pkgutil.iter_modules(matcher.domain.__path__))
    names = [f"matcher.domain.{name}" for name in modules_of_domain if name != "traits"]
    modules = [importlib.import_module(name) for name in names] + [limits, support]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Enum) and value.__module__ == module.__name__
    ]


@pytest.mark.parametrize("enumeration", [one for one in enumerations() if one is not Condition])
def test_every_member_has_a_danish_label(enumeration: type[Enum]) -> None:
    labels = [wording.label(member) for member in enumeration]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert not any("_" in text for text in labels)


@pytest.mark.parametrize("enumeration", [one for one in enumerations() if one is not Condition])
def test_every_member_has_an_english_label(enumeration: type[Enum]) -> None:
    labels = [english.label(member) for member in enumeration]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert not any(re.search(r"_|[æøåÆØÅ]", text) for text in labels)


def test_english_has_the_same_helpers_as_danish() -> None:
    def helpers(module: ModuleType) -> dict[str, list[str]]:
        functions = inspect.getmembers(module, inspect.isfunction)
        return {name: list(inspect.signature(found).parameters) for name, found in functions if name[0] != "_"}

    assert helpers(english) == helpers(wording)


def test_equal_members_of_different_enumerations_keep_their_own_labels() -> None:
    assert wording.label(DanishLevel.NONE) != wording.label(Weekday.MONDAY)
    assert wording.label(AgreementModel.AD_HOC) == "virksomheden skal opsøges"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (wording.number(7.5), "7,5"),
        (wording.number(10), "10"),
        (wording.number(100, 0), "100"),
        (wording.number(-0.01), "0"),
        (wording.number(-2.5), "−2,5"),
        (wording.number(0.271, 2), "0,27"),
        (wording.percent(0.8), "80\u00a0%"),
        (wording.hours(1), "1 time"),
        (wording.hours(1.5), "1,5 time"),
        (wording.hours(0), "0 timer"),
        (wording.hours(1.96), "2 timer"),
        (wording.hours_per_week(15), "15 timer om ugen"),
        (wording.minutes(24.6), "25 minutter"),
        (wording.minutes(1.2), "1 minut"),
        (wording.full_time_persons(10 / 37), "0,27 fuldtidsperson"),
        (wording.full_time_persons(2), "2 fuldtidspersoner"),
        (wording.counted(2, "plads", "pladser"), "2 pladser"),
        (wording.day(date(2026, 10, 1)), "1. oktober 2026"),
        (wording.clock(510), "kl. 8.30"),
        (wording.times(Schedule()), "mandag–fredag kl. 8–16"),
        (wording.times(Schedule((Weekday.MONDAY, Weekday.FRIDAY), 570, 840)), "mandag og fredag kl. 9.30–14"),
        (wording.joined([]), ""),
        (wording.joined(["løft"]), "løft"),
        (wording.joined(["a", "b", "c"]), "a, b og c"),
        (wording.joined(["a", "b og c"]), "a samt b og c"),
        (wording.joined_clauses(["målet passer", "timerne passer"]), "målet passer, og timerne passer"),
        (wording.joined_clauses([]), ""),
        (wording.sentence("opvask passer"), "Opvask passer."),
        (wording.sentence("Passer det?"), "Passer det?"),
    ],
)
def test_numbers_units_and_lists(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (english.number(7.5), "7.5"),
        (english.number(10), "10"),
        (english.number(-0.01), "0"),
        (english.number(-2.5), "−2.5"),
        (english.percent(0.8), "80%"),
        (english.hours(1), "1 hour"),
        (english.hours(1.04), "1 hour"),
        (english.hours(1.5), "1.5 hours"),
        (english.hours(0), "0 hours"),
        (english.hours_per_week(15), "15 hours a week"),
        (english.minutes(24.6), "25 minutes"),
        (english.minutes(1.2), "1 minute"),
        (english.full_time_persons(10 / 37), "0.27 full-time persons"),
        (english.full_time_persons(1), "1 full-time person"),
        (english.counted(2, "place", "places"), "2 places"),
        (english.day(date(2026, 10, 1)), "1 October 2026"),
        (english.clock(510), "8:30"),
        (english.times(Schedule()), "Monday–Friday 8:00–16:00"),
        (english.times(Schedule((Weekday.MONDAY, Weekday.FRIDAY), 570, 840)), "Monday and Friday 9:30–14:00"),
        (english.joined([]), ""),
        (english.joined(["a", "b", "c"]), "a, b and c"),
        (english.joined(["a", "b and c"]), "a, and b and c"),
        (english.joined_clauses(["the goal fits", "the hours fit"]), "the goal fits, and the hours fit"),
        (english.joined_clauses([]), ""),
        (english.sentence("dish-washing fits"), "Dish-washing fits."),
    ],
)
def test_numbers_units_and_lists_in_english(text: str, expected: str) -> None:
    assert text == expected


def _needs(condition: Condition) -> list[Accommodation]:
    spec = CONDITIONS[condition]
    limits_of_scale = {
        Scale.KILOGRAM: (0, 8),
        Scale.SHARE: (0, 0.5, 1),
        Scale.LEVEL: (0, 1, 2, 3),
        Scale.YES_NO: (0, 1),
    }
    return [Accommodation(condition, limit, strength) for limit in limits_of_scale[spec.scale] for strength in Strength]


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_reads_as_danish_and_as_english(condition: Condition) -> None:
    spec = CONDITIONS[condition]
    worst = spec.maximum if spec.kind is Kind.BURDEN else 0.0
    texts = [open_question(condition), need_name(condition), level_text(condition, worst), level_text(condition, 0)]
    for need in _needs(condition):
        texts += [
            need_text(need),
            not_stated_text(need),
            *([unmet_text(need, worst)] if not need.met_by(worst) else []),
        ]
    for text in texts:
        assert text.danish
        assert not re.search(r"_|  |\b(None|nan)\b", text.danish)
        assert text.english
        assert not re.search(r"_|  |[æøåÆØÅ]|\b(None|nan|og|ikke|borgeren|er|om)\b", text.english), text.english


@pytest.mark.parametrize(
    ("need", "level", "danish", "english"),
    [
        (
            Accommodation(Condition.BREAKS_AT_NEED, 1, Strength.MUST),
            0,
            "Arbejdspladsen kan ikke tilbyde pauser efter behov, som borgeren skal have.",
            "The worksite cannot offer breaks as needed, which the citizen must have.",
        ),
        (
            Accommodation(Condition.LIFTING, 5, Strength.MUST),
            15,
            "Der er løft på op til 15 kg; borgeren kan højst løfte 5 kg.",
            "There is lifting of up to 15 kg; the citizen can lift 5 kg at most.",
        ),
        (
            Accommodation(Condition.STANDING_WALKING, 0.5, Strength.SHOULD),
            0.8,
            "Der er stående og gående arbejde i 80\u00a0% af tiden; borgeren bør højst have det i 50\u00a0% af tiden.",
            "There is standing and walking work 80% of the time; the citizen should have it 50% of the time at most.",
        ),
        (
            Accommodation(Condition.EARLY_START, 0, Strength.MUST),
            1,
            "Arbejdet begynder før kl. 9; borgeren skal møde kl. 9 eller senere.",
            "The work starts before 9:00; the citizen must start at 9:00 or later.",
        ),
        (
            Accommodation(Condition.PREDICTABLE_DAYS, 2, Strength.SHOULD),
            0,
            "Arbejdspladsen har uforudsigelige dage; borgeren bør mindst have ret forudsigelige dage.",
            "The worksite has unpredictable days; the citizen should have at least fairly predictable days.",
        ),
        (
            Accommodation(Condition.PACE, 1, Strength.MUST),
            3,
            "Der er et højt tempo; borgeren kan højst klare et jævnt tempo.",
            "There is a fast pace; the citizen can manage a steady pace at most.",
        ),
    ],
)
def test_an_unmet_need_says_what_is_there_and_what_is_needed(
    need: Accommodation, level: float, danish: str, english: str
) -> None:
    assert unmet_text(need, level) == Text(danish, english)


def test_what_is_not_stated_is_asked_for() -> None:
    need = Accommodation(Condition.NOISE, 1, Strength.MUST)
    assert not_stated_text(need) == Text(
        "Virksomheden har ikke oplyst, hvor meget støj der er. Borgeren kan højst klare lidt støj.",
        "The company has not said how much noise there is. The citizen can manage a little noise at most.",
    )
