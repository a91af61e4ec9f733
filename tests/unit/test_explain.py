"""Explanations: sums, sentences with amounts, what must be confirmed, and records without code names."""

import json
from datetime import date
from typing import Any

import numpy as np
import pytest

from features.vectorise import vectorise
from matcher.arrays import MatchInput
from matcher.domain.agreement import AgreementModel, PlacementForm, SlotSetting
from matcher.domain.catalogue import OCCUPATIONS
from matcher.domain.citizen import (
    Competence,
    CompetenceLevel,
    DanishLevel,
    JobGoal,
    SupportProblem,
)
from matcher.domain.company import CompanyMentor
from matcher.domain.conditions import Condition
from matcher.domain.rulebook import Severity
from matcher.domain.statute import FULL_WEEK, KEPT_APART, STATUTE
from matcher.explain import Explanation, explain
from matcher.limit_reasons import WITH_OTHERS_ID
from matcher.rules import RULES
from matcher.terms import TERMS
from matcher.wording.counts import SHORT
from matcher.wording.phrases import PHRASES
from matcher.wording.price import price_text
from matcher.wording.rules import _CONFIRM, _FAILED
from tests.builders import ON, a_citizen, a_company, an_agreement, must, should, states
from tests.pairs import pair_of, with_goal_table

DISHWASHER = next(occupation for occupation in OCCUPATIONS.values() if occupation.danish == "opvasker")


def why(match_input: MatchInput, **more: Any) -> Explanation:
    return explain(match_input, 0, 0, **more)


def test_every_rule_and_term_has_its_sentences() -> None:
    rules = {rule.id for rule in RULES}
    limits = {one.id for one in STATUTE.versions if one.severity is Severity.LIMITS}
    told = limits - {KEPT_APART, FULL_WEEK} | {WITH_OTHERS_ID}
    assert set(_FAILED) == rules
    assert set(SHORT) == rules | told
    assert set(_CONFIRM) <= rules
    assert set(PHRASES) == {term.id for term in TERMS}


def test_contributions_sum_to_the_value() -> None:
    explanation = why(pair_of({"goals": (JobGoal("opvasker"),), "mentor_hours_per_week": 2}))
    assert sum(term.contribution for term in explanation.terms) == pytest.approx(explanation.value, abs=1e-9)
    assert explanation.eligible
    assert explanation.failed_rules == ()


def test_a_goal_that_fits_is_named_with_the_job_function() -> None:
    explanation = why(pair_of({"goals": (JobGoal("opvasker", DISHWASHER.uri),)}))
    assert "Målet om at blive opvasker passer til jobfunktionen opvask." in explanation.reasons_for
    assert "jobmålet passer" in explanation.one_line.lower()


def test_a_goal_in_own_words_is_to_be_confirmed() -> None:
    explanation = why(pair_of({"goals": (JobGoal("opvasker"),)}))
    assert any("»opvasker«" in text and text.endswith("og det er ikke bekræftet.") for text in explanation.missing)


def test_a_goal_that_is_missing_or_cannot_be_read_is_asked_for() -> None:
    assert "Borgeren har ikke noget jobmål endnu." in why(pair_of()).missing
    unread = with_goal_table(pair_of({"goals": (JobGoal("xyzzy"),)}), np.full((1, 1), np.nan))
    assert [text for text in why(unread).missing if "Jobmålet" in text] == [
        "Jobmålet kan endnu ikke tolkes som et fag."
    ]


@pytest.mark.parametrize(
    ("competences", "text"),
    [
        ((Competence("dish_washing"), Competence("office_cleaning")), "Borgeren kan det, pladsen kræver: "),
        ((Competence("dish_washing"),), "Borgeren kan opvask, men ikke rengøring af kontorer."),
        ((Competence("mowing"),), "som borgeren ikke har prøvet før."),
        ((), "Borgerens kompetencer er ikke oplyst."),
    ],
)
def test_competences_are_told_against_what_is_required(competences: tuple[Competence, ...], text: str) -> None:
    explanation = why(pair_of({"competences": competences}, {"required": ("dish_washing", "office_cleaning")}))
    found = next(term for term in explanation.terms if term.id == "competence_coverage")
    assert text in found.text


@pytest.mark.parametrize(
    ("competences", "text"),
    [
        ((Competence("mowing"),), "Pladsen kræver ingen kompetencer på forhånd."),
        (
            (Competence("dish_washing", CompetenceLevel.WITH_GUIDANCE),),
            "Pladsen kræver ingen kompetencer på forhånd, og borgeren har prøvet opvask.",
        ),
        ((Competence("dish_washing"),), "Pladsen kræver ingen kompetencer på forhånd, og borgeren kan opvask."),
        ((), "Borgerens kompetencer er ikke oplyst, heller ikke om borgeren har prøvet opvask før."),
    ],
)
def test_competences_are_told_where_nothing_is_required(competences: tuple[Competence, ...], text: str) -> None:
    explanation = why(pair_of({"competences": competences}, {"required": ()}))
    assert next(term for term in explanation.terms if term.id == "competence_coverage").text == text


@pytest.mark.parametrize(
    ("taught", "held", "text"),
    [
        ((), (), "Det er ikke aftalt, hvad der læres på pladsen."),
        (("dish_washing",), (), "Her kan borgeren lære noget, der fører mod målet: opvask."),
        (("dish_washing",), ("dish_washing",), "Borgeren kan allerede det, der læres her: opvask."),
        (("welding",), (), "Det, der læres her (svejsning), fører ikke direkte mod målet."),
        (("dish_washing", "welding", "mowing"), (), "Noget af det, der læres her, fører mod målet: opvask."),
    ],
)
def test_what_is_learnt_is_told_against_the_goal(taught: tuple[str, ...], held: tuple[str, ...], text: str) -> None:
    competences = tuple(Competence(code, CompetenceLevel.ALONE) for code in held)
    goal = JobGoal("opvasker", DISHWASHER.uri)
    explanation = why(pair_of({"goals": (goal,), "competences": competences}, {"taught": taught}))
    assert next(term for term in explanation.terms if term.id == "stretch").text == text


@pytest.mark.parametrize(
    ("citizen", "slot", "text"),
    [
        ({}, {}, "Forløbet kan begynde med 10 timer om ugen og vokse til 20; borgerens mål er 20."),
        (
            {"hours_now": 20, "hours_target": 30},
            {"hours_to": 12},
            (
                "Forløbet begynder med 12 timer om ugen (borgeren kan 20 nu), og timetallet kan ikke sættes op; "
                "borgerens mål er 30."
            ),
        ),
    ],
)
def test_hours_are_told_with_start_growth_and_goal(citizen: dict[str, Any], slot: dict[str, Any], text: str) -> None:
    explanation = why(pair_of(citizen, slot))
    assert next(term for term in explanation.terms if term.id == "hours_fit").text == text


@pytest.mark.parametrize(
    ("mentors", "text"),
    [
        ((), "Arbejdspladsen har ingen mentor; borgeren har brug for 2 timer om ugen."),
        ((CompanyMentor("m", 3),), "Arbejdspladsen har en mentor 3 timer om ugen; borgeren har brug for 2 timer."),
        (
            (CompanyMentor("m", 3, trained=True),),
            "Arbejdspladsen har en uddannet mentor 3 timer om ugen; borgeren har brug for 2 timer.",
        ),
    ],
)
def test_mentor_hours_are_told_against_the_need(mentors: tuple[CompanyMentor, ...], text: str) -> None:
    explanation = why(pair_of({"mentor_hours_per_week": 2}, worksite={"mentors": mentors}))
    assert next(term for term in explanation.terms if term.id == "mentor").text == text


def test_needs_are_counted_and_an_unmet_wish_speaks_against() -> None:
    needs = (must(Condition.BREAKS_AT_NEED, 1), should(Condition.NOISE, 1), should(Condition.LIFTING, 5))
    demands = (states(Condition.BREAKS_AT_NEED, 1), states(Condition.NOISE, 3))
    explanation = why(pair_of({"accommodations": needs}, {"demands": demands}))
    found = next(term for term in explanation.terms if term.id == "conditions_fit")
    assert found.text == "Pladsen opfylder 1 af 3 skånehensyn: pauser efter behov."
    assert "Der er meget støj; borgeren bør højst have lidt støj." in explanation.reasons_against
    assert any(text.startswith("Virksomheden har ikke oplyst, hvor tunge løft") for text in explanation.missing)
    assert explanation.confidence < 1


@pytest.mark.parametrize(
    ("outlook", "field", "text"),
    [
        (0.4, "reasons_for", "Virksomheden vurderer, at chancen for ordinære timer bagefter er 40\u00a0%."),
        (0.0, "reasons_against", "Virksomheden regner ikke med, at der bliver ordinære timer bagefter."),
        (None, "missing", "Virksomheden har ikke oplyst, om der er udsigt til ordinære timer."),
    ],
)
def test_the_outlook_is_the_companys_own(outlook: float | None, field: str, text: str) -> None:
    assert text in getattr(why(pair_of(slot={"outlook": outlook})), field)


@pytest.mark.parametrize(
    ("wished", "text"),
    [
        ("company-1", "Borgeren har selv ønsket Testkøkkenet."),
        ("company-2", "Borgeren har ønsket andre virksomheder."),
    ],
)
def test_the_citizens_wish_is_told(wished: str, text: str) -> None:
    companies = (a_company(), a_company(id="company-2", name="Naboen"))
    explanation = why(vectorise([a_citizen(wishes_for=(wished,))], companies, [an_agreement()], on=ON))
    assert next(term for term in explanation.terms if term.id == "wish").text == text
    assert (text in explanation.reasons_for) == (wished == "company-1")


@pytest.mark.parametrize(
    ("breadth", "text"), [(1.0, "Her kan mange forskellige opgaver prøves"), (0.0, "Her er få forskellige opgaver")]
)
def test_breadth_matters_while_the_goal_is_unclear(breadth: float, text: str) -> None:
    explanation = why(pair_of(slot={"breadth": breadth}))
    assert next(term for term in explanation.terms if term.id == "breadth").text.startswith(text)
    with_goal = why(pair_of({"goals": (JobGoal("opvasker", DISHWASHER.uri),)}, {"breadth": breadth}))
    assert next(term for term in with_goal.terms if term.id == "breadth").text == ""


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (
            {"agreement": {"model": AgreementModel.PRE_AGREED, "lead_time_days": 1}},
            "Der går 1 dag fra aftalen til den første dag.",
        ),
        (
            {"agreement": {"model": AgreementModel.PRE_AGREED}},
            "Virksomheden har sagt ja på forhånd, men skal bekræfte hvert forløb.",
        ),
        (
            {"agreement": {"model": AgreementModel.AD_HOC, "outreach_hours": 3}},
            "Der er ingen aftale med virksomheden endnu. Kommunen skal spørge den først.",
        ),
        (
            {"agreement": {"model": AgreementModel.AD_HOC}},
            "Der er ingen aftale med virksomheden endnu. Kommunen skal spørge den først.",
        ),
        (
            {"slot": {"danish_level": DanishLevel.A2}},
            "Borgerens danskniveau er ikke oplyst, og pladsen kræver let øvet (A2).",
        ),
        (
            {"slot": {"form": PlacementForm.WAGE_SUBSIDY}},
            (
                "Virksomheden har ikke oplyst antallet af ordinært ansatte de seneste 12 måneder, "
                "så det er ikke afklaret, om løntilskud er muligt."
            ),
        ),
        (
            {"citizen": {"home": None, "home_postcode": "0999"}},
            (
                "Rejsetiden kan ikke beregnes, fordi en adresse mangler. "
                "Det er ikke afklaret, om turen kan klares på 60 minutter."
            ),
        ),
    ],
)
def test_what_must_be_confirmed_first(parts: dict[str, Any], text: str) -> None:
    explanation = why(pair_of(**parts))
    assert explanation.eligible
    assert text in explanation.must_confirm


@pytest.mark.parametrize(
    ("form", "named"),
    [
        (PlacementForm.WORK_PLACEMENT, {"rimelighed"}),
        (PlacementForm.WAGE_SUBSIDY, {"rimelighed", "merbeskæftigelse"}),
        (PlacementForm.ORDINARY_HOURS, set()),
    ],
)
def test_the_written_statement_belongs_to_forms_that_count_and_names_what_is_asked_of_each(
    form: PlacementForm, named: set[str]
) -> None:
    texts = " ".join(text for text in why(pair_of(slot={"form": form})).must_confirm if "skriftligt" in text)
    assert {
        requirement for requirement in ("rimelighed", "merbeskæftigelse") if f"kravet om {requirement}" in texts
    } == named


def test_practical_facts_name_the_legal_length_and_the_end_of_the_place() -> None:
    assert why(pair_of()).practical == (
        "Virksomhedspraktik fra den 1. oktober 2026 til senest den 30. december 2026, 10 timer om ugen i starten."
    )
    closing = why(pair_of(slot={"ends_on": date(2026, 11, 15)}))
    assert "til senest den 15. november 2026" in closing.practical
    paid = why(pair_of(slot={"form": PlacementForm.ORDINARY_HOURS}))
    assert paid.practical == "Ordinære timer med almindelig løn fra den 1. oktober 2026, 10 timer om ugen i starten."


@pytest.mark.parametrize(
    ("price", "text"),
    [
        (None, ""),
        (0.0, "Der er plads nok. Ingen anden mangler pladsen."),
        (0.3, "Andre borgere kan også have glæde af pladsen."),
        (0.75, "Der er rift om pladsen. Den passer næsten lige så godt til en anden borger."),
        (0.8, "Der er rift om pladsen. I den samlede plan passer den bedre til en anden borger."),
    ],
)
def test_a_price_is_told_in_words(price: float | None, text: str) -> None:
    assert price_text(price, 0.8).danish == text


def test_the_price_of_an_impossible_place_is_not_told() -> None:
    prices = np.array([0.3])
    assert why(pair_of(), prices=prices).price_text
    assert why(pair_of(slot={"hours_from": 15}), prices=prices).price_text == ""


def test_unsteady_attendance_attaches_support_and_closes_nothing() -> None:
    unsteady = why(pair_of({"attendance_stability": 0.4}, {"tolerated_attendance": 0.8}))
    steady = why(pair_of({"attendance_stability": 1.0}, {"tolerated_attendance": 0.8}))
    assert unsteady.eligible
    assert unsteady.value == steady.value
    assert [one.problem for one in unsteady.support] == [SupportProblem.ATTENDANCE]
    assert any("mindst 80\u00a0% af de aftalte dage" in text for text in unsteady.must_confirm)
    assert not steady.support


def test_the_same_support_for_two_problems_is_one_piece_of_advice() -> None:
    problems = (SupportProblem.ATTENDANCE, SupportProblem.MOTIVATION)
    explanation = why(pair_of({"support_problems": problems}))
    (text,) = explanation.support_texts
    assert text.startswith(
        "Overvej en fast kontaktperson med ugentlige samtaler (ustabilt fremmøde og manglende motivation)."
    )


@pytest.mark.parametrize(
    ("citizen", "text"),
    [
        ({"knows_workplace_rules": False}, "Begynd med støtte før eller ved siden af forløbet i virksomhedscentret."),
        ({}, "Afklar først med borgeren, hvordan fremmødet er, og om reglerne på en arbejdsplads er kendt."),
    ],
)
def test_a_company_centre_comes_with_advice_on_the_first_step(citizen: dict[str, Any], text: str) -> None:
    assert why(pair_of(citizen, {"setting": SlotSetting.COMPANY_CENTRE})).support_texts[-1] == text


def test_the_record_is_json_with_the_same_numbers() -> None:
    explanation = why(pair_of({"support_problems": (SupportProblem.PAIN,)}), prices=np.array([0.25]))
    record = json.loads(json.dumps(explanation.as_record()))
    assert record["value"] == explanation.value
    assert record["price"] == 0.25
    assert record["starts_on"] == "2026-10-01"
    assert record["support"][0]["problem"] == "pain"
    assert [term["id"] for term in record["terms"]] == [term.id for term in TERMS]
    assert [rule["id"] for rule in record["rules"]] == [rule.id for rule in RULES]
    assert record["failed_rules"] == []


def test_a_code_that_the_catalogue_does_not_have_is_not_shown() -> None:
    explanation = why(pair_of(slot={"required": ("secret_skill",), "certificates": ("secret_paper",)}))
    texts = " ".join((*explanation.reasons_against, *(term.text for term in explanation.terms)))
    assert "secret" not in texts
    assert "et andet certifikat" in texts
