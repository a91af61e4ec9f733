"""A run of the night as the API takes and shows it: from the moment it is asked for until its plan is published."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from service.api.models import Day
from service.db.nights import NightAttempt, RunState
from service.db.records import MatchRun
from service.use_cases.night_counts import NightCounts
from service.use_cases.nightly import PHASES


class RunIn(BaseModel):
    """A plan to make; what is left out is today, seed 0 and 60 seconds."""

    model_config = ConfigDict(extra="forbid")

    planned_on: Day | None = Field(
        default=None, description="the day that the plan is made for; null: today in Denmark", examples=["2026-10-01"]
    )
    seed: int = Field(
        default=0, ge=0, le=2**31 - 1, description="same data and seed, same plan: a number without unit", examples=[0]
    )
    time_limit_s: float = Field(
        default=60.0, ge=0.1, le=600, description="seconds the planning may take at most", examples=[60.0]
    )


class RunOut(BaseModel):
    """A run. Its figures are null until it is published; then they never change."""

    id: str = Field(description="names the run", examples=["5f1c1f0e-6c1f-4d55-9a43-0d6a1f4ce3a1"])
    state: RunState = Field(
        description="`queued` and `running` are under way; `published`: everybody sees the plan; `unchanged`: nothing "
        "has changed since the run `same_as`, which holds; `failed`: nothing was stored, `problem` says why",
        examples=["published"],
    )
    created_at: datetime = Field(
        description="when it was published, UTC; until then, when it was asked for", examples=["2026-10-01T00:15:04Z"]
    )
    planned_on: date = Field(description="the day that the plan is made for", examples=["2026-10-01"])
    seed: int = Field(description="same data and seed, same plan: a number without unit", examples=[0])
    phase: str | None = Field(default=None, description="the phase under way", examples=["plan"])
    phases_done: int = Field(description="how many phases are done: a count", examples=[4])
    phases: int = Field(description="how many phases a run has: a count", examples=[len(PHASES)])
    problem: str | None = Field(
        default=None, description="type of the problem that ended it", examples=["/problems/plan-refused"]
    )
    detail: str | None = Field(default=None, description="what the problem was", examples=["there are no citizens"])
    same_as: str | None = Field(
        default=None,
        description="the run that holds, where nothing had changed",
        examples=["0a6a7b0e-18a0-4d0d-8f52-8c1a9d1f2b11"],
    )
    status: str | None = Field(default=None, description="`optimal` or `feasible`", examples=["feasible"])
    value: float | None = Field(
        default=None, description="sum of how well each proposal fits, each 0 to 1", examples=[70.08]
    )
    upper_bound: float | None = Field(
        default=None, description="no valid plan has a larger value; same unit", examples=[70.16]
    )
    gap: float | None = Field(
        default=None,
        description="(upper_bound - value) / upper_bound, a share: how far from the best plan it can be",
        examples=[0.0011],
    )
    input_hash: str | None = Field(
        default=None,
        description="SHA-256 of all that the plan was made from, hexadecimal",
        examples=["9f86d081884c7d65"],
    )
    withdrawn_at: datetime | None = Field(
        default=None,
        description="when somebody went back to the run before, which holds again, UTC; null: nobody has",
        examples=["2026-10-01T08:12:40Z"],
    )
    seconds: dict[str, float] = Field(default={}, description="seconds of each phase", examples=[{"plan": 1.4}])
    counts: NightCounts | None = Field(default=None, description="citizens and places, as counts")
    versions: dict[str, str] = Field(
        default={}, description="versions of program, rules, weights and libraries", examples=[{"weights": "hand-set"}]
    )

    @classmethod
    def of(cls, run: MatchRun) -> "RunOut":
        """A published run as the API shows it."""
        return cls(
            id=run.id,
            state=RunState.PUBLISHED,
            created_at=run.created_at,
            planned_on=run.planned_on,
            seed=run.seed,
            phases_done=len(PHASES),
            phases=len(PHASES),
            status=run.status,
            value=run.value,
            upper_bound=run.upper_bound,
            gap=run.gap,
            input_hash=run.input_hash,
            withdrawn_at=run.withdrawn_at,
            seconds=dict(run.seconds),
            counts=NightCounts.model_validate(run.counts),
            versions=dict(run.versions),
        )

    @classmethod
    def of_attempt(cls, attempt: NightAttempt) -> "RunOut":
        """A run that is not published as the API shows it."""
        return cls(
            id=attempt.id,
            state=attempt.state,
            created_at=attempt.asked_at,
            planned_on=attempt.planned_on,
            seed=attempt.seed,
            phase=attempt.phase,
            phases_done=attempt.phases_done,
            phases=len(PHASES),
            problem=attempt.problem,
            detail=attempt.detail,
            same_as=attempt.same_as,
        )
