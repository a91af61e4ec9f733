"""What the API answers with, beside the views that the use cases return."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from matcher.domain.placement import Placement, Verdict
from service.db.records import StoredDecision
from service.use_cases.runs import DecidedProposal

Item = TypeVar("Item")
DEFAULT_PAGE, LARGEST_PAGE = 100, 500
LIST_ID = "X-List-Id"
"""Header with the id that a shown list is recorded under."""
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A day that is sent: far enough from the ends of the calendar to count weeks and months from it."""


class Page(BaseModel, Generic[Item]):
    """Part of a list. `next` is given as `after` to read on; null at the end."""

    items: list[Item]
    next: str | None


class DecisionOut(BaseModel):
    """A named person's decision."""

    id: str
    proposal_id: str
    verdict: Verdict
    decided_by: str
    reason: str
    decided_at: datetime
    placement_id: str | None = Field(default=None, description="the placement that an approval has agreed")

    @classmethod
    def of(cls, stored: StoredDecision, placement: Placement | None = None) -> "DecisionOut":
        """The decision as the API shows it."""
        decision = stored.decision
        return cls(
            id=stored.id,
            proposal_id=stored.proposal_id,
            verdict=decision.verdict,
            decided_by=decision.decided_by,
            reason=decision.reason,
            decided_at=stored.decided_at,
            placement_id=placement.id if placement else None,
        )


class ProposalOut(BaseModel):
    """What a run suggests; a proposal, never a decision. `explanation` holds its reasons in Danish and in numbers."""

    id: str
    run_id: str
    citizen_id: str
    slot_id: str
    starts_on: date
    hours_per_week: float
    value: float
    price: float
    explanation: dict[str, Any]
    support: list[dict[str, Any]]
    decision: DecisionOut | None

    @classmethod
    def of(cls, decided: DecidedProposal) -> "ProposalOut":
        """The proposal as the API shows it."""
        proposal = decided.proposal
        return cls(
            id=proposal.id,
            run_id=proposal.run_id,
            citizen_id=proposal.citizen_id,
            slot_id=proposal.slot_id,
            starts_on=proposal.starts_on,
            hours_per_week=proposal.hours_per_week,
            value=proposal.value,
            price=proposal.price,
            explanation=proposal.explanation,
            support=list(proposal.support),
            decision=DecisionOut.of(decided.decision) if decided.decision else None,
        )


class UnplacedOut(BaseModel):
    """A citizen that a run could not place, and why."""

    citizen_id: str
    reason: str
    text: str


class DecisionIn(BaseModel):
    """A decision on a proposal."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict
    reason: str = Field(min_length=1, max_length=4000)
    overrides: dict[str, str] = Field(
        default_factory=dict,
        max_length=10,
        description="with an approval: rules that are set aside for this citizen and place, by id, each with the "
        "reason that the rule book asks for",
        examples=[{"former_employer": "Borgeren er tryg ved stedet."}],
    )
