"""Why a pair is not possible: one true sentence for each rule that fails, with what is missing and how much."""

from datetime import date
from typing import Any

import pytest

from matcher.arrays import MatchInput
from matcher.domain.agreement import AgreementModel, PlacementForm
from matcher.domain.citizen import DanishLevel, EarlierPlacement
from matcher.domain.conditions import Condition
from matcher.domain.geography import Position
from matcher.domain.schedule import Schedule, Weekday
from matcher.explain import Explanation, explain
from matcher.rules import RULES
from tests.builders import a_contact, a_decided_pair, must, states
from tests.pairs import pair_of

FAR_AWAY = Position(56.35, 8.49)


def why(match_input: MatchInput) -> Explanation:
    return explain(match_input, 0, 0)


NOT_POSSIBLE: list[tuple[str, dict[str, Any], str]] = [
    ("hours", {"slot": {"hours_from": 15}}, "Pladsen begynder med 15 timer om ugen; borgeren kan 10 timer nu."),
    (
        "certificates",
        {"slot": {"certificates": ("forklift", "food_hygiene")}},
        "Pladsen kræver gaffeltruckcertifikat og certifikat i fødevarehygiejne, som borgeren ikke har.",
    ),
    (
        "must_needs_met",
        {
            "citizen": {"accommodations": (must(Condition.BREAKS_AT_NEED, 1),)},
            "slot": {"demands": (states(Condition.BREAKS_AT_NEED, 0),)},
        },
        "Arbejdspladsen kan ikke tilbyde pauser efter behov, som borgeren skal have.",
    ),
    (
        "must_needs_stated",
        {"citizen": {"accommodations": (must(Condition.BREAKS_AT_NEED, 1),)}},
        (
            "Virksomheden har ikke oplyst, om arbejdspladsen kan tilbyde pauser efter behov. "
            "Borgeren skal have pauser efter behov."
        ),
    ),
    (
        "danish_level",
        {"citizen": {"danish_level": DanishLevel.A1}, "slot": {"danish_level": DanishLevel.B1}},
        "Pladsen kræver dansk på niveauet mellemniveau (B1); borgerens niveau er begynder (A1).",
    ),
    (
        "danish_level",
        {"citizen": {"danish_level": DanishLevel.NONE}, "slot": {"danish_level": DanishLevel.A2}},
        "Pladsen kræver dansk på niveauet let øvet (A2); borgeren kan endnu ikke dansk.",
    ),
    (
        "schedule",
        {"slot": {"schedule": Schedule((Weekday.SATURDAY, Weekday.SUNDAY), 540, 900)}},
        (
            "Pladsen er lørdag og søndag kl. 9–15, og borgeren kan mandag–fredag kl. 8–16. "
            "Det giver ingen timer, hvor begge kan; forløbet begynder med 10 timer om ugen."
        ),
    ),
    (
        "open",
        {"slot": {"ends_on": date(2026, 9, 20)}},
        "Pladsen lukkede den 20. september 2026.",
    ),
    (
        "open",
        {"slot": {"ends_on": date(2026, 10, 10)}},
        "Pladsen lukker den 10. oktober 2026, mindre end 2 uger efter, at forløbet kan begynde.",
    ),
    (
        "open",
        {"slot": {"ends_on": date(2026, 10, 10)}, "agreement": {"lead_time_days": 14}},
        "Pladsen lukker den 10. oktober 2026, før forløbet kan begynde den 15. oktober 2026.",
    ),
    ("open", {"slot": {"capacity": 0}}, "Der er ingen pladser i aftalen for tiden."),
    (
        "starts_soon",
        {"citizen": {"available_from": date(2026, 12, 1)}},
        "Borgeren kan først begynde den 1. december 2026, mere end 8 uger frem.",
    ),
    (
        "starts_soon",
        {"slot": {"starts_on": date(2026, 12, 1)}},
        "Pladsen kan først begynde den 1. december 2026, mere end 8 uger frem.",
    ),
    (
        "group_accepted",
        {"slot": {"target_groups": ("resource_course", "sick_pay")}},
        (
            "Pladsen er for målgrupperne »borger i ressourceforløb« og »sygedagpengemodtager«; "
            "borgerens målgruppe er »aktivitetsparat kontanthjælpsmodtager«."
        ),
    ),
    (
        "group_in_law",
        {"citizen": {"target_group": "group_of_tomorrow"}},
        "Borgerens målgruppe findes ikke i loven den 1. oktober 2026.",
    ),
    (
        "flexi_job",
        {"slot": {"form": PlacementForm.FLEXI_JOB}},
        "Pladsen er et fleksjob, og borgeren er ikke visiteret til fleksjob.",
    ),
    (
        "wishes_against",
        {"citizen": {"wishes_against": ("company-1",)}},
        "Borgeren har sagt nej til virksomheden.",
    ),
    (
        "not_again",
        {"company": {"not_again": ("citizen-1",)}},
        "Virksomheden ønsker ikke et nyt forløb med borgeren.",
    ),
    (
        "former_employer",
        {
            "citizen": {
                "earlier_placements": (
                    EarlierPlacement(
                        "company-1", "dish_washing", date(2024, 1, 1), date(2024, 2, 1), was_employed=True
                    ),
                )
            }
        },
        "Borgeren har tidligere været ansat i virksomheden. En jobkonsulent kan tillade forløbet.",
    ),
    (
        "additional_employment",
        {
            "slot": {"form": PlacementForm.WAGE_SUBSIDY},
            "worksite": {"ordinary_employees_by_month": (9.0, *(10.0,) * 11)},
        },
        (
            "Arbejdspladsens ordinære beskæftigelse er lavere end gennemsnittet af de seneste 12 måneder, "
            "så løntilskud er ikke muligt nu."
        ),
    ),
    (
        "company_answer",
        {"agreement": {"model": AgreementModel.AD_HOC}, "contacts": (a_contact(),)},
        "Testkøkkenet sagde nej den 1. september 2026 og kan spørges igen fra den 30. november 2026.",
    ),
    (
        "decided_proposal",
        {"decided": (a_decided_pair(),)},
        "Forslaget blev afvist den 1. september 2026.",
    ),
    ("municipality", {"citizen": {"municipality": "0657"}}, "Aftalen hører til en anden kommune end borgerens."),
]


@pytest.mark.parametrize(("rule", "parts", "text"), NOT_POSSIBLE, ids=[case[0] for case in NOT_POSSIBLE])
def test_a_failed_rule_says_what_is_missing_and_how_much(rule: str, parts: dict[str, Any], text: str) -> None:
    explanation = why(pair_of(**parts))
    assert explanation.failed_rules == (rule,)
    assert explanation.reasons_against[0] == text
    assert explanation.one_line == f"Ikke muligt: {text}"
    assert not explanation.eligible


def test_every_rule_is_among_the_cases() -> None:
    assert {case[0] for case in NOT_POSSIBLE} | {"travel"} == {rule.id for rule in RULES}


def test_travel_is_told_once_with_time_mode_and_limit() -> None:
    explanation = why(pair_of({"home": FAR_AWAY, "longest_travel_minutes": 30}))
    assert explanation.failed_rules == ("travel",)
    (text,) = [one for one in explanation.reasons_against if "Turen" in one]
    assert text.startswith("Turen tager cirka ")
    assert text.endswith("minutter med bus; grænsen er 30.")


def test_two_failed_rules_are_both_told() -> None:
    explanation = why(pair_of({"wishes_against": ("company-1",)}, {"hours_from": 15}))
    assert explanation.failed_rules == ("hours", "wishes_against")
    assert explanation.one_line.endswith("Der er 1 grund mere.")
