"""Citizens and slots as aligned arrays: row i of a citizen array is one citizen, row j of a slot array one slot.

Sets: citizens i < n, slots j < m, job functions f < F, certificates c < C, unique needs k < K, unique schedules.
What depends on a citizen only or a slot only is a column. What depends on both is a *factor table* over unique values
(needs x slots, schedules x schedules) or a *pair feature* that is computed for the rows and columns asked for.
Nothing of size n x m is ever held. Lists of different length are padded: functions and needs with the index of a
neutral last entry, companies with -1. Missing is NaN in float columns and -1 in coded ones, where the column allows it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Annotated, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher import columns
from matcher.answers import Rest
from matcher.domain.agreement import AgreementModel, PlacementForm, Slot, SlotAgreement, SlotSetting
from matcher.domain.citizen import Citizen, DanishLevel, TargetGroupProfile
from matcher.domain.company import Company, Worksite
from matcher.domain.conditions import Accommodation, Strength
from matcher.domain.decided import DecidedPair
from matcher.domain.geography import TravelMode
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import STATUTE

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]

PROFILES: Final = tuple(TargetGroupProfile)
FORMS: Final = tuple(PlacementForm)
SETTINGS: Final = tuple(SlotSetting)
MODELS: Final = tuple(AgreementModel)
MODES: Final = tuple(TravelMode)
OPEN_END: Final = date.max.toordinal()
"""Ordinal of the last day of something without an end."""
SHOULD_WEIGHT: Final = 2.0
MUST_WEIGHT: Final = 1.0
"""Weights of needs in a mean. A MUST need is met wherever the rules let a pair through: only its margin tells places
apart, so it weighs half. Assumption."""
NO: Final = 0
YES: Final = 1
UNKNOWN: Final = -1
_CODE_OR_UNKNOWN = columns.Column(np.int32, low=UNKNOWN)
_DAY = columns.Column(np.int32, low=1, high=OPEN_END)


@dataclass(frozen=True, kw_only=True, eq=False)
class CitizenArrays:
    """n citizens. Codes index the vocabularies of `MatchInput`; days are ordinals (``date.toordinal``)."""

    ids: tuple[str, ...]
    municipality: Annotated[Codes, columns.CODE]
    target_group: Annotated[Codes, columns.CODE]
    profile: Annotated[Codes, columns.CODE]
    """Index into PROFILES."""
    ready_on: Annotated[Codes, _DAY]
    """First day that the citizen can start: the day of the plan or `available_from`."""
    hours_now: Annotated[Floats, columns.HOURS]
    hours_target: Annotated[Floats, columns.HOURS]
    schedule: Annotated[Codes, columns.CODE]
    longest_travel_minutes: Annotated[Floats, columns.Column(np.float64, low=1, high=240)]
    danish_level: Annotated[Codes, _CODE_OR_UNKNOWN]
    mentor_hours_per_week: Annotated[Floats, columns.HOURS]
    goal_confidence: Annotated[Floats, columns.SHARE_OR_MISSING]
    """How sure the reading of the first goal is: 1 for a confirmed occupation, NaN without any goal."""
    held: Annotated[Floats, columns.SHARES]
    """(n, F + 1): how well each job function is mastered, share; last column 0 (padding)."""
    competences_known: Annotated[Flags, columns.FLAG]
    """Whether any competence is recorded; an empty list says nothing."""
    toward_goal: Annotated[Floats, columns.SHARES]
    """(n, F + 1): how much each job function belongs to the goals, share; last column 0 (padding)."""
    needs: Annotated[Codes, columns.CODES]
    """(n, most needs): indices into `NeedTable`, padded with K."""
    certificates: Annotated[Flags, columns.FLAGS]
    """(n, C)."""
    wishes_for: Annotated[Codes, columns.CODES_OR_NONE]
    wishes_against: Annotated[Codes, columns.CODES_OR_NONE]
    not_again: Annotated[Codes, columns.CODES_OR_NONE]
    """Companies that have asked not to meet the citizen again."""
    former_employers: Annotated[Codes, columns.CODES_OR_NONE]
    """Former employers that no consultant has allowed. All four: (n, most) indices of companies, padded with -1."""

    def __post_init__(self) -> None:
        columns.check_columns(self, len(self.ids))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def to_learn(self) -> Floats:
        """(n, F + 1): how much each job function is both new and on the way to the goals, share."""
        return (1 - self.held) * self.toward_goal


@dataclass(frozen=True, kw_only=True, eq=False)
class SlotArrays:
    """m slots, each with what its agreement, company and worksite add."""

    ids: tuple[str, ...]
    municipality: Annotated[Codes, columns.CODE]
    company: Annotated[Codes, columns.CODE]
    worksite: Annotated[Codes, columns.CODE]
    setting: Annotated[Codes, columns.CODE]
    """Index into SETTINGS."""
    form: Annotated[Codes, columns.CODE]
    """Index into FORMS."""
    capacity: Annotated[NDArray[np.int64], columns.Column(np.int64, low=0)]
    opens_on: Annotated[Codes, _DAY]
    """First possible day: slot and agreement open, and the lead time after the day of the plan has passed."""
    closes_on: Annotated[Codes, _DAY]
    """Last day of slot and agreement; OPEN_END if neither ends."""
    accepts_group: Annotated[Flags, columns.FLAGS]
    """(m, T): target groups that the slot accepts; False for groups that the law has never known."""
    hours_from: Annotated[Floats, columns.HOURS]
    hours_to: Annotated[Floats, columns.HOURS]
    schedule: Annotated[Codes, columns.CODE]
    danish_level: Annotated[Codes, columns.Column(np.int32, low=DanishLevel.NONE, high=DanishLevel.C1)]
    certificates: Annotated[Flags, columns.FLAGS]
    """(m, C): certificates that the slot requires."""
    function: Annotated[Codes, columns.CODE]
    """The slot's own job function."""
    required: Annotated[Codes, columns.CODES]
    taught: Annotated[Codes, columns.CODES]
    """(m, most): job functions required and taught, padded with F."""
    breadth: Annotated[Floats, columns.SHARE]
    outlook: Annotated[Floats, columns.SHARE_OR_MISSING]
    mentor_hours_per_week: Annotated[Floats, columns.Column(np.float64, low=0)]
    """Mentor hours that the whole worksite has."""
    trained_mentor_share: Annotated[Floats, columns.SHARE]
    """Share of the worksite's mentor hours that trained mentors have; 0 without mentors."""
    additional_employment: Annotated[Codes, columns.Column(np.int32, low=UNKNOWN, high=YES)]
    """Whether the worksite's employment allows wage subsidy: YES, NO, UNKNOWN; YES for forms that do not need it."""

    def __post_init__(self) -> None:
        columns.check_columns(self, len(self.ids))

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, kw_only=True, eq=False)
class NeedTable:
    """K unique needs against m slots; row K is the neutral padding (met, comfort missing).

    Attributes
    ----------
    needs : the K unique pairs of condition, limit and strength (notes left out)
    state : int8 (K + 1, m): YES met, NO not met, UNKNOWN the slot has not stated the condition
    comfort : float64 (K + 1, m), share in [0, 1]: how well the slot meets the need; NaN where not stated
    """

    needs: tuple[Accommodation, ...]
    state: Annotated[NDArray[np.int8], columns.Column(np.int8, 2, low=UNKNOWN, high=YES)]
    comfort: Annotated[Floats, columns.Column(np.float64, 2, low=0, high=1, missing=True)]

    def __post_init__(self) -> None:
        columns.check_columns(self, len(self.needs) + 1)

    @cached_property
    def binding(self) -> Flags:
        """(K + 1,): whether the need is a MUST."""
        return np.array([need.strength is Strength.MUST for need in self.needs] + [False])

    @cached_property
    def _closed_by(self) -> dict[int, Flags]:
        return {state: (self.state == state) & self.binding[:, None] for state in (NO, UNKNOWN)}

    def closed_by(self, state: int) -> Flags:
        """(K + 1, m): whether a MUST need closes the slot by being in a state, NO or UNKNOWN."""
        return self._closed_by[state]

    @cached_property
    def weight(self) -> Floats:
        """(K + 1,): SHOULD_WEIGHT or MUST_WEIGHT, 0 for the padding."""
        return np.append(np.where(self.binding[:-1], MUST_WEIGHT, SHOULD_WEIGHT), 0.0)

    @cached_property
    def stated_weight(self) -> Floats:
        """(K + 1, m): the weight where the slot has stated the condition, else 0."""
        return np.where(np.isnan(self.comfort), 0.0, self.weight[:, None])

    @cached_property
    def weighted_comfort(self) -> Floats:
        """(K + 1, m): weight x comfort where the slot has stated the condition, else 0."""
        return np.where(np.isnan(self.comfort), 0.0, self.weight[:, None] * self.comfort)


class GoalFit(Protocol):
    """Fit of the citizens' goals to the slots' jobs. `rows` and `cols` are index arrays that broadcast."""

    def fit(self, rows: Codes, cols: Codes) -> Floats:
        """Share in [0, 1]; NaN where the citizen has no goal or none that could be read."""

    def best_goal(self, rows: Codes, cols: Codes) -> Codes:
        """Index into the citizen's goals of the goal that gave the fit; -1 where there is none."""


class Travel(Protocol):
    """Travel from home to the worksite. `rows` and `cols` are index arrays that broadcast."""

    def minutes(self, rows: Codes, cols: Codes) -> Floats:
        """Minutes one way by the fastest of the citizen's modes; NaN where a position is not known."""

    def best_mode(self, rows: Codes, cols: Codes) -> Codes:
        """Index into MODES of the fastest mode; -1 where a position is not known."""

    def neighbourhoods(self, longest_minutes: Floats) -> Iterator[tuple[Codes, Codes]]:
        """Citizens in groups, each citizen in one, with the slots that may be within their `longest_minutes` (n,).

        Rows and columns ascend. A slot that is left out is too far away for everybody in the group.
        """


@dataclass(frozen=True, slots=True)
class SlotContext:
    """A slot with the agreement, company and worksite it belongs to."""

    slot: Slot
    agreement: SlotAgreement
    company: Company
    worksite: Worksite


@dataclass(frozen=True, kw_only=True, eq=False)
class MatchInput:
    """All that rules, terms and plans read, for one day. ValueError where the parts do not go together.

    Attributes
    ----------
    on : the day that the plan is made for
    citizen_values, slot_values : the domain values, aligned with the arrays by row
    common_hours : float64 (citizen schedules, slot schedules), hours a week that both are open
    functions, certificates, target_groups, municipalities, companies : vocabularies that the codes index
    function_weight : float64 (F + 1,), > 0 but for the padding, unit: inverse document frequency over the slots
    rulebook : the rules; for each pair those count that hold on the first day of its placement
    declined : companies by id that have said no, or not now, and are not to be asked on the day
    rejected : proposals that were rejected and are not to be made on the day, by citizen and slot id
    """

    on: date
    citizens: CitizenArrays
    slots: SlotArrays
    citizen_values: tuple[Citizen, ...]
    slot_values: tuple[SlotContext, ...]
    needs: NeedTable
    common_hours: Floats
    functions: tuple[str, ...]
    function_weight: Floats
    certificates: tuple[str, ...]
    target_groups: tuple[str, ...]
    municipalities: tuple[str, ...]
    companies: tuple[str, ...]
    goal: GoalFit
    travel: Travel
    rulebook: RuleBook = STATUTE
    declined: Mapping[str, Rest] = field(default_factory=dict)
    rejected: Mapping[tuple[str, str], DecidedPair] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if tuple(citizen.id for citizen in self.citizen_values) != self.citizens.ids:
            raise ValueError("citizen_values: are not the citizens of the arrays, in their order")
        if tuple(context.slot.id for context in self.slot_values) != self.slots.ids:
            raise ValueError("slot_values: are not the slots of the arrays, in their order")
        for name, ids in (("citizens", self.citizens.ids), ("slots", self.slots.ids)):
            if len(set(ids)) != len(ids):
                raise ValueError(f"{name}: an id occurs twice")
        for name, values, count in self._indices():
            if values.size and values.max() >= count:
                raise ValueError(f"{name}: an index is {values.max()}, must be below {count}")
        for name, there, width in self._widths():
            if there != width:
                raise ValueError(f"{name}: has {there} columns, must have {width}")

    def _indices(self) -> tuple[tuple[str, Codes, int], ...]:
        citizens, slots, padded = self.citizens, self.slots, len(self.functions) + 1
        company_lists = ("wishes_for", "wishes_against", "not_again", "former_employers")
        return (
            ("citizens.municipality", citizens.municipality, len(self.municipalities)),
            ("citizens.target_group", citizens.target_group, len(self.target_groups)),
            ("citizens.profile", citizens.profile, len(PROFILES)),
            ("citizens.schedule", citizens.schedule, self.common_hours.shape[0]),
            ("citizens.needs", citizens.needs, len(self.needs.needs) + 1),
            *((f"citizens.{name}", getattr(citizens, name), len(self.companies)) for name in company_lists),
            ("slots.municipality", slots.municipality, len(self.municipalities)),
            ("slots.company", slots.company, len(self.companies)),
            ("slots.setting", slots.setting, len(SETTINGS)),
            ("slots.form", slots.form, len(FORMS)),
            ("slots.schedule", slots.schedule, self.common_hours.shape[1]),
            ("slots.function", slots.function, len(self.functions)),
            ("slots.required", slots.required, padded),
            ("slots.taught", slots.taught, padded),
        )

    def _widths(self) -> tuple[tuple[str, int, int], ...]:
        padded, certificates = len(self.functions) + 1, len(self.certificates)
        return (
            ("citizens.held", self.citizens.held.shape[1], padded),
            ("citizens.toward_goal", self.citizens.toward_goal.shape[1], padded),
            ("citizens.certificates", self.citizens.certificates.shape[1], certificates),
            ("slots.certificates", self.slots.certificates.shape[1], certificates),
            ("slots.accepts_group", self.slots.accepts_group.shape[1], len(self.target_groups)),
            ("needs.state", self.needs.state.shape[1], len(self.slots)),
            ("needs.comfort", self.needs.comfort.shape[1], len(self.slots)),
            ("function_weight", self.function_weight.shape[0], padded),
        )

    @cached_property
    def declined_slots(self) -> Flags:
        """(m,): slots without an agreement at companies that have said no, or not now."""
        return np.array(
            [
                context.agreement.model is AgreementModel.AD_HOC and context.company.id in self.declined
                for context in self.slot_values
            ],
            dtype=np.bool_,
        )

    @cached_property
    def rejected_pairs(self) -> NDArray[np.int64]:
        """(r,), ascending: row * m + column of the pairs in `rejected` that have both."""
        keys = [
            self._citizen_rows[citizen] * len(self.slots) + self._slot_rows[slot]
            for citizen, slot in self.rejected
            if citizen in self._citizen_rows and slot in self._slot_rows
        ]
        return np.array(sorted(keys), dtype=np.int64)

    @cached_property
    def required_weight(self) -> Floats:
        """(m,): sum of the weights of the job functions that each slot requires."""
        return np.asarray(self.function_weight[self.slots.required].sum(axis=1))

    @cached_property
    def taught_weight(self) -> Floats:
        """(m,): sum of the weights of the job functions that each slot teaches."""
        return np.asarray(self.function_weight[self.slots.taught].sum(axis=1))

    @cached_property
    def needs_weight(self) -> Floats:
        """(n,): sum of the weights of each citizen's needs."""
        return np.asarray(self.needs.weight[self.citizens.needs].sum(axis=1))

    @cached_property
    def rules_id(self) -> str:
        """Version of the rule book: its fingerprint."""
        return self.rulebook.fingerprint()

    @cached_property
    def last_start_day(self) -> int:
        """Latest first day of a placement among all pairs (ordinal), never before the day of the plan."""
        days = (self.citizens.ready_on, self.slots.opens_on)
        return max([self.on.toordinal(), *(int(column.max()) for column in days if column.size)])

    @cached_property
    def model_of_slot(self) -> Codes:
        """int32 (m,): index into MODELS of the agreement that each slot belongs to."""
        return np.array([MODELS.index(context.agreement.model) for context in self.slot_values], dtype=np.int32)

    @cached_property
    def industry_of_slot(self) -> NDArray[np.str_]:
        """str (m,): DB07 code of the company of each slot."""
        return np.array([context.company.industry for context in self.slot_values], dtype=np.str_)

    @cached_property
    def function_rows(self) -> dict[str, int]:
        """Index of each job function in `functions`."""
        return {code: row for row, code in enumerate(self.functions)}

    @cached_property
    def _citizen_rows(self) -> dict[str, int]:
        return {citizen_id: row for row, citizen_id in enumerate(self.citizens.ids)}

    @cached_property
    def _slot_rows(self) -> dict[str, int]:
        return {slot_id: row for row, slot_id in enumerate(self.slots.ids)}

    def citizen_row(self, citizen_id: str) -> int:
        """Row of a citizen; KeyError where the id is unknown."""
        return self._citizen_rows[citizen_id]

    def slot_row(self, slot_id: str) -> int:
        """Row of a slot; KeyError where the id is unknown."""
        return self._slot_rows[slot_id]

    def start_day(self, rows: Codes, cols: Codes) -> Codes:
        """First day of a placement of each pair (ordinal): both can start. `rows` and `cols` broadcast."""
        return np.maximum(self.citizens.ready_on[rows], self.slots.opens_on[cols])

    def weekly_hours(self, rows: Codes, cols: Codes) -> Floats:
        """Hours a week that each pair can start with: max(hours_from, min(hours_now, hours_to)); above `hours_now`
        only where the slot asks for more than the citizen has, which the hours rule excludes."""
        hours_now, hours_from = self.citizens.hours_now[rows], self.slots.hours_from[cols]
        return np.maximum(hours_from, np.minimum(hours_now, self.slots.hours_to[cols]))

    def shared_hours(self, rows: Codes, cols: Codes) -> Floats:
        """Hours a week in which citizen and slot both have time."""
        shared: Floats = self.common_hours[self.citizens.schedule[rows], self.slots.schedule[cols]]
        return shared
