"""What a shared limit is called and what it comes to: one row of the resources of a plan."""

from dataclasses import dataclass
from datetime import date

from matcher.arrays import SlotContext
from matcher.domain.legal import average_employees, most_full_time_persons
from matcher.domain.rulebook import RuleBook
from matcher.domain.staff import JobConsultant
from matcher.domain.statute import REASONABLENESS
from matcher.language import Text
from matcher.limits import ResourceKind
from matcher.wording.limits import caseload_text, cluster_text, full_time_text, mentor_text, outreach_text


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """One row of the problem's resources.

    Attributes
    ----------
    owner_id : id of the worksite, agreement or consultant
    unit : Danish, plural
    allowed, taken : the whole limit, and what running placements (and people placed by others) take of it
    text : the limit as a full sentence
    """

    kind: ResourceKind
    owner_id: str
    unit: str
    allowed: float
    taken: float
    text: Text

    @property
    def danish(self) -> str:
        """The limit as a full Danish sentence."""
        return self.text.danish

    @property
    def limit(self) -> float:
        """What is left for the plan, never below 0; in the row's unit."""
        return max(0.0, self.allowed - self.taken)


def full_time_row(context: SlotContext, running_taken: float, days: tuple[date, ...], book: RuleBook) -> ResourceRow:
    """Full-time persons of a slot's worksite: the lowest allowance of some days."""
    site = context.worksite
    allowed = min(most_full_time_persons(average_employees(site, day, book), day, book) for day in days)
    taken = running_taken + site.supported_full_time_persons
    source = book.version(REASONABLENESS, days[0]).source
    text = full_time_text(site.name, allowed, taken, source)
    return ResourceRow(ResourceKind.FULL_TIME_PERSONS, site.id, "fuldtidspersoner", allowed, taken, text)


def mentor_row(context: SlotContext, taken: float) -> ResourceRow:
    """Mentor hours of a slot's worksite."""
    site = context.worksite
    hours = site.mentor_hours_per_week
    text = mentor_text(site.name, hours, taken)
    return ResourceRow(ResourceKind.MENTOR_HOURS, site.id, "mentortimer om ugen", hours, taken, text)


def cluster_row(context: SlotContext, taken: float, companies: list[str]) -> ResourceRow:
    """Places that the companies of a slot's agreement share."""
    places = context.agreement.places or 0
    text = cluster_text(companies, places, taken)
    return ResourceRow(ResourceKind.CLUSTER_PLACES, context.agreement.id, "pladser", places, taken, text)


def outreach_row(consultant: JobConsultant) -> ResourceRow:
    """Hours that a consultant has for outreach."""
    hours = consultant.outreach_hours
    return ResourceRow(ResourceKind.OUTREACH_HOURS, consultant.id, "timer til opsøgning", hours, 0.0, outreach_text())


def caseload_row(consultant: JobConsultant, taken: float) -> ResourceRow:
    """Placements that a consultant can follow."""
    text = caseload_text(consultant.caseload, taken)
    return ResourceRow(ResourceKind.CASELOAD, consultant.id, "forløb", consultant.caseload, taken, text)
