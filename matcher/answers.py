r"""What companies' answers lead to: how long one waits before asking again, and the chance that the next answer is yes.

The chance belongs to a company's answer, never to a person. It is a beta distribution for each model of agreement and
industry, learnt from the municipality's own contacts and drawn towards a stated assumption while these are few:

    mean[m, -d] = (s μ_m + yes[m, -d]) / (s + n[m, -d])              the model's mean, without industry d
    P(yes | m, d) ~ Beta(r mean[m, -d] + yes[m, d], r (1 - mean[m, -d]) + n[m, d] - yes[m, d])

μ_m is the assumed chance of model m, s and r say how many answers the assumption and the model's mean weigh, n counts
answers and yes those that were a yes. LATER is an answer that is not a yes; NOT_REACHED is no answer and counts in
neither. Contacts in which nothing was asked change nothing here. An industry is the first two digits of DB07.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from scipy.special import betaincinv

from matcher.domain.agreement import AgreementModel, SlotAgreement
from matcher.domain.company import Company
from matcher.domain.contact import Answer, Contact
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import COMPANY_ANSWER

ASSUMED_YES: Final[Mapping[AgreementModel, float]] = MappingProxyType(
    {AgreementModel.PRE_AGREED: 0.8, AgreementModel.CLUSTER: 0.5, AgreementModel.AD_HOC: 0.25}
)
"""Assumed chance of a yes before a municipality has answers of its own. No source: a company that has said yes in
principle mostly keeps to it, a cluster has agreed to some of the places, and one in four without any agreement."""
INDUSTRY_DIGITS: Final = 2
_COUNTED: Final = frozenset({Answer.YES, Answer.NO, Answer.LATER})
_DECLINED: Final = frozenset({Answer.NO, Answer.LATER})


@dataclass(frozen=True, slots=True)
class OutreachPractice:
    """How a municipality keeps in touch with companies; every figure is an assumption.

    Attributes
    ----------
    rest_after_no_days, rest_after_not_reached_days, rest_after_yes_days : days before a company is asked again, where
        it named no day itself; after a yes it is left in peace while the agreement is made. From the rule book
    assumption_weighs_answers, model_weighs_answers : answers that the assumed chance, and the mean of the model,
        weigh against a municipality's own (s and r above)
    least_call_hours : consultant hours of a call where the agreement states none, or where nobody was reached
    """

    rest_after_no_days: int = 90
    rest_after_not_reached_days: int = 7
    rest_after_yes_days: int = 14
    assumption_weighs_answers: float = 10.0
    model_weighs_answers: float = 8.0
    least_call_hours: float = 0.5

    @classmethod
    def of(cls, rulebook: RuleBook, on: date) -> "OutreachPractice":
        """As the rule book has it on a day; without any rest where it has switched the rule off."""
        if not rulebook.holds(COMPANY_ANSWER, on):
            return cls(rest_after_no_days=0, rest_after_not_reached_days=0, rest_after_yes_days=0)
        figures = rulebook.version(COMPANY_ANSWER, on).parameters
        return cls(
            rest_after_no_days=int(figures["rest_after_no_days"]),
            rest_after_not_reached_days=int(figures["rest_after_not_reached_days"]),
            rest_after_yes_days=int(figures["rest_after_yes_days"]),
        )

    def rest_days(self, answer: Answer) -> int:
        """Days of rest after an answer; 0 after LATER, which always names its day, and where nothing was asked."""
        return {
            Answer.NO: self.rest_after_no_days,
            Answer.NOT_REACHED: self.rest_after_not_reached_days,
            Answer.YES: self.rest_after_yes_days,
            Answer.LATER: 0,
            Answer.NOT_ASKED: 0,
        }[answer]


@dataclass(frozen=True, slots=True)
class Rest:
    """A company that is not to be asked before a day, and the contact that it follows from."""

    contact: Contact
    ends_on: date
    """First day that the company may be asked again."""


def latest_contacts(contacts: Iterable[Contact]) -> dict[str, Contact]:
    """The contact that holds, by company: the latest day that it was asked, of that day the one written down last."""
    asked = (one for one in contacts if one.asked)
    ordered = sorted(asked, key=lambda one: (one.contacted_on, one.recorded_at, one.id))
    return {contact.company_id: contact for contact in ordered}


def rest_of(contact: Contact, practice: OutreachPractice) -> Rest:
    """The rest after a contact: until the day that the company named, else the days of the practice."""
    by_practice = contact.contacted_on + timedelta(days=practice.rest_days(contact.answer))
    return Rest(contact, contact.next_contact_on or by_practice)


def resting_on(contacts: Iterable[Contact], on: date, practice: OutreachPractice) -> dict[str, Rest]:
    """Companies that are at rest on a day, by id. A company may be asked on the day its rest ends."""
    rests = {company: rest_of(contact, practice) for company, contact in latest_contacts(contacts).items()}
    return {company: rest for company, rest in rests.items() if on < rest.ends_on}


def declined_on(contacts: Iterable[Contact], on: date, rulebook: RuleBook) -> dict[str, Rest]:
    """Companies that have said no, or not now, and are at rest on a day, by id: nobody is proposed to them without an
    agreement. None where the rule book has switched the rule off."""
    if not rulebook.holds(COMPANY_ANSWER, on):
        return {}
    rests = resting_on(contacts, on, OutreachPractice.of(rulebook, on))
    return {company: rest for company, rest in rests.items() if rest.contact.answer in _DECLINED}


@dataclass(frozen=True, slots=True)
class ChanceOfYes:
    """Beta(yes_weight, other_weight) of a company's answer. `answers` of the municipality's own lie behind it."""

    yes_weight: float
    other_weight: float
    answers: int

    @property
    def mean(self) -> float:
        """Expected chance of a yes, share."""
        return self.yes_weight / (self.yes_weight + self.other_weight)

    def interval(self, covers: float = 0.8) -> tuple[float, float]:
        """Central interval that holds the chance with a probability (80 % where nothing is said), shares."""
        tail = (1 - covers) / 2
        low, high = (float(betaincinv(self.yes_weight, self.other_weight, q)) for q in (tail, 1 - tail))
        return low, high


_Group = tuple[AgreementModel, str]


@dataclass(frozen=True, slots=True)
class YesChances:
    """Chances of a yes by model of agreement and industry, from counted answers."""

    practice: OutreachPractice
    answers: Mapping[_Group, int] = field(default_factory=dict)
    yes: Mapping[_Group, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        contacts: Iterable[Contact],
        agreements: Iterable[SlotAgreement],
        companies: Iterable[Company],
        practice: OutreachPractice,
    ) -> "YesChances":
        """Counted from contacts that name an agreement of a known company; others tell nothing about a model."""
        model_of = {agreement.id: agreement.model for agreement in agreements}
        industry_of = {company.id: industry_of_company(company) for company in companies}
        answers: Counter[_Group] = Counter()
        yes: Counter[_Group] = Counter()
        for contact in contacts:
            model = model_of.get(contact.agreement_id or "")
            industry = industry_of.get(contact.company_id)
            if contact.answer in _COUNTED and model is not None and industry is not None:
                answers[model, industry] += 1
                yes[model, industry] += contact.answer is Answer.YES
        return cls(practice, answers, yes)

    def chance(self, model: AgreementModel, industry: str) -> ChanceOfYes:
        """The chance of one model and industry. KeyError for a fixed agreement, which nobody has to ask about."""
        assumed, weight = ASSUMED_YES[model], self.practice.assumption_weighs_answers
        others = [key for key in self.answers if key[0] is model and key[1] != industry]
        other_yes, other_answers = sum(self.yes[key] for key in others), sum(self.answers[key] for key in others)
        mean = (weight * assumed + other_yes) / (weight + other_answers)
        own_yes, own = self.yes.get((model, industry), 0), self.answers.get((model, industry), 0)
        strength = self.practice.model_weighs_answers
        return ChanceOfYes(strength * mean + own_yes, strength * (1 - mean) + own - own_yes, own + other_answers)


def industry_of_company(company: Company) -> str:
    """The industry that answers are counted by: the first two digits of DB07."""
    return company.industry[:INDUSTRY_DIGITS]
