"""The figures of a night that every report shows: who was placed, who was not and why, how places were used."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from matcher.arrays import MatchInput, SlotContext
from matcher.assignment import Plan
from matcher.domain.agreement import AgreementModel, SlotSetting
from matcher.domain.placement import Placement, PlacementStatus
from matcher.limits import Barrier, ResourceKind
from matcher.resources import NightProblem
from matcher.wording import label
from service.db.records import Unplaced
from service.use_cases.night_quality import PlanQuality, quality_of

REASONS: Mapping[str, str] = MappingProxyType(
    {
        Barrier.NO_PLACE_FITS: "ingen plads opfylder alle regler",
        Barrier.GIVEN_TO_OTHERS: "pladserne, der passer, er foreslået til andre",
        Barrier.PLACE_TAKEN: "pladserne, der passer, er optaget af forløb i gang",
        Barrier.APART: "pladsen kan ikke kombineres med de forløb, der allerede er på arbejdspladsen",
        ResourceKind.FULL_TIME_PERSONS: "arbejdspladsen må ikke have flere i praktik, løntilskud og nytteindsats",
        ResourceKind.MENTOR_HOURS: "mentoren på arbejdspladsen har ikke timer nok",
        ResourceKind.CLUSTER_PLACES: "klyngens fælles pladser er brugt",
        ResourceKind.OUTREACH_HOURS: "jobkonsulenten har ikke tid til at opsøge flere virksomheder",
        ResourceKind.CASELOAD: "jobkonsulenten kan ikke følge flere forløb",
        Barrier.LEFT_FREE: "der er en ledig plads, som planen ikke har brugt",
    }
)
"""Why citizens are without a place, to follow "fordi". By what stands in the way, or by which shared limit."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlaceUse(_Frozen):
    """Places of one kind of agreement or of one company centre: all, taken by running placements, and proposed."""

    label: str
    places: int
    running: int
    proposed: int

    @property
    def free(self) -> int:
        """Places that neither a running placement nor a proposal takes."""
        return self.places - self.running - self.proposed


class ReasonCount(_Frozen):
    """Citizens without a place for one reason."""

    reason: str
    text: str
    citizens: int


class NightCounts(_Frozen):
    """What a night came to. `in_placement` are citizens whose placement runs already: they are not planned for.

    `quality` is None in nights that were stored before it was written down.
    """

    citizens: int
    in_placement: int
    placed: int
    unplaced: int
    reasons: tuple[ReasonCount, ...]
    by_model: tuple[PlaceUse, ...]
    by_centre: tuple[PlaceUse, ...]
    quality: PlanQuality | None = None


def count_night(
    match_input: MatchInput,
    night: NightProblem,
    plan: Plan,
    placements: Iterable[Placement],
    unplaced: Iterable[Unplaced],
) -> NightCounts:
    """The figures of a plan. Places are those of slots that are open on the day; a cluster's are the shared ones."""
    day = match_input.on
    running = Counter(placement.slot_id for placement in placements if takes_a_place(placement, day))
    proposed = Counter(match_input.slots.ids[slot] for slot in plan.slot_of_citizen if slot >= 0)
    models: dict[AgreementModel, list[int]] = {model: [0, 0, 0] for model in AgreementModel}
    centres: dict[str, list[int]] = {}
    clusters: set[str] = set()
    for context in match_input.slot_values:
        slot, agreement = context.slot, context.agreement
        places = slot.capacity if _open(context, day) else running[slot.id]
        if agreement.model is AgreementModel.CLUSTER:
            places = 0 if agreement.id in clusters else agreement.places or 0
            clusters.add(agreement.id)
        use = (places, running[slot.id], proposed[slot.id])
        _add(models[agreement.model], use)
        if slot.setting is SlotSetting.COMPANY_CENTRE:
            _add(centres.setdefault(context.company.name, [0, 0, 0]), use)
    reasons = Counter(one.reason for one in unplaced)
    return NightCounts(
        citizens=len(match_input.citizens.ids),
        in_placement=len(night.placed),
        placed=plan.n_placed,
        unplaced=sum(reasons.values()),
        reasons=tuple(
            ReasonCount(reason=reason, text=REASONS[reason], citizens=citizens)
            for reason, citizens in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        ),
        by_model=tuple(
            PlaceUse(label=label(model), places=use[0], running=use[1], proposed=use[2])
            for model, use in models.items()
            if any(use)
        ),
        by_centre=tuple(
            PlaceUse(label=name, places=use[0], running=use[1], proposed=use[2])
            for name, use in sorted(centres.items())
        ),
        quality=quality_of(match_input, night, plan),
    )


def takes_a_place(placement: Placement, day: date) -> bool:
    """Whether a placement takes its place in a plan for a day: it is planned or runs, and has not ended."""
    return placement.status is not PlacementStatus.ENDED and placement.ends_on >= day


def _open(context: SlotContext, day: date) -> bool:
    slot_ends, agreement_ends = context.slot.ends_on or day, context.agreement.valid_to or day
    return min(slot_ends, agreement_ends) >= day


def _add(total: list[int], more: tuple[int, int, int]) -> None:
    for index, number in enumerate(more):
        total[index] += number
