"""The people of the municipality around a citizen."""

from dataclasses import dataclass, field

from matcher.domain.geography import check_municipality
from matcher.domain.validation import check_id, check_number, check_text, check_whole


@dataclass(frozen=True, slots=True)
class JobConsultant:
    """Jobkonsulent: owns the company contact and the daily contact during a placement.

    Attributes
    ----------
    outreach_hours : hours that the consultant can spend on approaching companies for one plan
    caseload : placements that the consultant can follow at the same time
    team : the team that the consultant belongs to; callers may be limited to the citizens of some teams
    """

    id: str
    municipality: str
    name: str = field(repr=False)
    outreach_hours: float
    caseload: int
    team: str = ""

    def __post_init__(self) -> None:
        check_id("id", self.id)
        check_municipality("municipality", self.municipality)
        check_text("name", self.name, required=True)
        check_number("outreach_hours", self.outreach_hours, 0, 1000, "hours a plan")
        check_whole("caseload", self.caseload, 0, 1000, "placements")
        check_text("team", self.team)
