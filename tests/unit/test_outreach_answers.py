"""Contacts, the rest after them, and the chance of a yes that they teach."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from fixtures import municipality
from fixtures.contacts import TRUE_CHANCE, past_contacts
from matcher.answers import (
    ASSUMED_YES,
    ChanceOfYes,
    OutreachPractice,
    YesChances,
    declined_on,
    latest_contacts,
    rest_of,
    resting_on,
)
from matcher.domain.agreement import AgreementModel
from matcher.domain.contact import Answer, Contact
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import COMPANY_ANSWER, STATUTE
from matcher.domain.validation import InvalidValueError
from service.codec import CONTACT
from tests.builders import ON, a_company, a_contact, an_agreement

PRACTICE = OutreachPractice()
ANSWERED_ON = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"company_id": "010190-1234"}, "company_id"),
        ({"agreement_id": ""}, "agreement_id"),
        ({"answer": "no"}, "answer"),
        ({"kind": "fax"}, "kind"),
        ({"reason": " "}, "reason"),
        ({"answer": Answer.LATER}, "next_contact_on"),
        ({"next_contact_on": date(2026, 8, 31)}, "next_contact_on"),
        ({"recorded_at": datetime(2026, 9, 1, 9, 30)}, "recorded_at"),  # noqa: DTZ001 - without a zone is the point
        ({"recorded_at": date(2026, 9, 1)}, "recorded_at"),
        ({"asked_for": "x" * 4001}, "asked_for"),
    ],
)
def test_a_contact_refuses(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        a_contact(**changes)
    assert refused.value.field == field


def test_only_a_no_needs_a_reason() -> None:
    for answer in (Answer.YES, Answer.NOT_REACHED):
        assert a_contact(answer=answer, reason="").reason == ""
    assert a_contact(answer=Answer.LATER, reason="", next_contact_on=ANSWERED_ON).reason == ""


def test_a_contact_comes_back_from_json_as_it_was() -> None:
    contact = a_contact(next_contact_on=date(2026, 12, 1), asked_for="1 plads")
    assert CONTACT.decode(CONTACT.encode(contact)) == contact
    assert CONTACT.decode_stored(CONTACT.encode(contact)) == contact


@pytest.mark.parametrize(("answer", "days"), [(Answer.NO, 90), (Answer.NOT_REACHED, 7), (Answer.YES, 14)], ids=str)
def test_a_company_rests_until_the_day_itself(answer: Answer, days: int) -> None:
    contact = a_contact(answer=answer, contacted_on=ANSWERED_ON)
    ends_on = ANSWERED_ON + timedelta(days=days)
    assert rest_of(contact, PRACTICE).ends_on == ends_on
    assert set(resting_on([contact], ends_on - timedelta(days=1), PRACTICE)) == {"company-1"}
    assert resting_on([contact], ends_on, PRACTICE) == {}


@pytest.mark.parametrize("answer", [one for one in Answer if one is not Answer.NOT_ASKED])
def test_the_day_that_the_company_named_comes_before_the_figures(answer: Answer) -> None:
    contact = a_contact(answer=answer, next_contact_on=date(2026, 9, 3))
    assert set(resting_on([contact], date(2026, 9, 2), PRACTICE)) == {"company-1"}
    assert resting_on([contact], date(2026, 9, 3), PRACTICE) == {}


def test_the_contact_written_down_last_on_the_latest_day_holds() -> None:
    no = a_contact()
    corrected = a_contact(id="contact-0", answer=Answer.YES, recorded_at=no.recorded_at + timedelta(minutes=1))
    written_later = a_contact(
        id="contact-2", contacted_on=date(2026, 8, 1), recorded_at=datetime(2026, 9, 20, tzinfo=UTC)
    )
    assert latest_contacts([corrected, written_later, no]) == {"company-1": corrected}


def test_the_figures_are_those_of_the_rule_book() -> None:
    version = STATUTE.version(COMPANY_ANSWER, ON)
    assert OutreachPractice.of(STATUTE, ON) == PRACTICE
    longer = replace(version, parameters={**version.parameters, "rest_after_no_days": 120})
    book = RuleBook((*(one for one in STATUTE.versions if one.id != COMPANY_ANSWER), longer))
    assert OutreachPractice.of(book, ON).rest_after_no_days == 120
    without = RuleBook(tuple(one for one in STATUTE.versions if one.id != COMPANY_ANSWER))
    assert resting_on([a_contact()], ON, OutreachPractice.of(without, ON)) == {}
    assert declined_on([a_contact()], ON, without) == {}


@pytest.mark.parametrize(
    ("answer", "declines"), [(Answer.NO, True), (Answer.LATER, True), (Answer.NOT_REACHED, False), (Answer.YES, False)]
)
def test_only_a_no_and_a_not_now_close_places(answer: Answer, declines: bool) -> None:
    contact = a_contact(answer=answer, contacted_on=ON, next_contact_on=ON + timedelta(days=5))
    assert set(declined_on([contact], ON, STATUTE)) == ({"company-1"} if declines else set())


def chances(*contacts: Contact) -> YesChances:
    agreement = an_agreement(model=AgreementModel.AD_HOC, company_ids=("company-1",))
    other = an_agreement(id="agreement-2", model=AgreementModel.AD_HOC)
    companies = (a_company(), a_company(id="company-2", industry="016100"))
    return YesChances.of(contacts, (agreement, other), companies, PRACTICE)


@pytest.mark.parametrize("model", list(ASSUMED_YES))
def test_without_answers_the_chance_is_the_assumption(model: AgreementModel) -> None:
    chance = chances().chance(model, "56")
    assert chance.mean == pytest.approx(ASSUMED_YES[model])
    assert chance.answers == 0


def test_answers_of_the_industry_and_of_others_by_hand() -> None:
    own = [a_contact(id=f"own-{k}", answer=Answer.YES) for k in range(3)]
    others = [a_contact(id=f"other-{k}", company_id="company-2") for k in range(5)]
    chance = chances(*own, *others).chance(AgreementModel.AD_HOC, "56")
    mean = (10 * 0.25 + 0) / (10 + 5)
    assert (chance.yes_weight, chance.other_weight) == pytest.approx((8 * mean + 3, 8 * (1 - mean)))
    assert chance.answers == 8
    elsewhere = chances(*own, *others).chance(AgreementModel.AD_HOC, "01")
    assert elsewhere.yes_weight == pytest.approx(8 * (10 * 0.25 + 3) / 13)
    assert elsewhere.other_weight == pytest.approx(8 * (1 - (10 * 0.25 + 3) / 13) + 5)


def test_who_was_not_reached_and_what_names_no_agreement_teach_nothing() -> None:
    assert chances(a_contact(answer=Answer.NOT_REACHED), a_contact(id="c", agreement_id=None)) == chances()
    later = chances(a_contact(answer=Answer.LATER, next_contact_on=ON)).chance(AgreementModel.AD_HOC, "56")
    assert later.mean < ASSUMED_YES[AgreementModel.AD_HOC]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_another_yes_raises_the_chance_and_another_no_lowers_it(
    yes: int, no: int, other_yes: int, other_no: int
) -> None:
    def chance(own_yes: int, own_no: int) -> ChanceOfYes:
        group, others = (AgreementModel.AD_HOC, "56"), (AgreementModel.AD_HOC, "01")
        answers = {group: own_yes + own_no, others: other_yes + other_no}
        return YesChances(PRACTICE, answers, {group: own_yes, others: other_yes}).chance(*group)

    assert chance(yes + 1, no).mean > chance(yes, no).mean > chance(yes, no + 1).mean
    found = chance(yes, no)
    low, high = found.interval()
    assert 0 <= low < high <= 1
    assert beta(found.yes_weight, found.other_weight).cdf([low, high]) == pytest.approx([0.1, 0.9], abs=1e-6)


def test_many_contacts_of_the_fixtures_teach_what_they_were_made_with() -> None:
    invented = municipality(citizens=200)
    contacts = [contact for seed in range(40) for contact in past_contacts(seed, invented.agreements, ON)]
    learnt = YesChances.of(contacts, invented.agreements, invented.companies, PRACTICE)
    for model, true_chance in TRUE_CHANCE.items():
        assert learnt.chance(model, "none").mean == pytest.approx(true_chance, abs=0.12)


def test_past_contacts_are_the_same_each_time_and_before_the_day() -> None:
    first, again = municipality(citizens=60), municipality(citizens=60)
    assert first.contacts == again.contacts
    assert len({one.id for one in first.contacts}) == len(first.contacts) > 5
    assert {one.answer for one in municipality().contacts} == set(Answer) - {Answer.NOT_ASKED}
    companies = {company.id for company in first.companies}
    assert all(one.contacted_on < first.on and one.company_id in companies for one in first.contacts)


def test_a_contact_in_which_nothing_was_asked_changes_no_answer() -> None:
    """A visit after a no: the no holds, the company rests as before, and the chance of a yes is the same."""
    no = a_contact()
    visit = a_contact(
        id="contact-2",
        answer=Answer.NOT_ASKED,
        contacted_on=no.contacted_on + timedelta(days=7),
        next_contact_on=no.contacted_on + timedelta(days=14),
        reason="Vi gik runden.",
    )
    assert not visit.asked
    assert latest_contacts([no, visit]) == {no.company_id: no}
    on = no.contacted_on + timedelta(days=20)
    assert resting_on([no, visit], on, PRACTICE) == resting_on([no], on, PRACTICE) != {}
    assert resting_on([visit], on, PRACTICE) == {}
    agreements, companies = [an_agreement(id="agreement-1")], [a_company(id="company-1")]
    assert YesChances.of([no, visit], agreements, companies, PRACTICE) == YesChances.of(
        [no], agreements, companies, PRACTICE
    )
    with pytest.raises(InvalidValueError, match="reason"):
        a_contact(answer=Answer.NOT_ASKED, reason=" ")
