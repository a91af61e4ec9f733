"""Domain values → aligned arrays: one pass over citizens and slots, unique values tabled once."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

import numpy as np

from features.goals import (
    ORDER,
    OccupationGoalFit,
    fit_table,
    function_occupations,
    job_occupations,
    job_text,
    read_goals,
)
from features.postcodes import Postcodes
from features.taxonomy import Taxonomy
from features.travel import Places, StraightLineTravel
from matcher.answers import declined_on
from matcher.arrays import (
    FORMS,
    NO,
    OPEN_END,
    PROFILES,
    SETTINGS,
    UNKNOWN,
    YES,
    CitizenArrays,
    Codes,
    Flags,
    Floats,
    MatchInput,
    NeedTable,
    SlotArrays,
    SlotContext,
)
from matcher.decided import rejected_on
from matcher.domain.agreement import PlacementForm, Slot, SlotAgreement
from matcher.domain.catalogue import JOB_FUNCTIONS
from matcher.domain.citizen import Citizen, CompetenceLevel, JobGoal
from matcher.domain.company import Company, Worksite
from matcher.domain.conditions import CONDITIONS, Accommodation, Condition, Kind
from matcher.domain.contact import Contact
from matcher.domain.decided import DecidedPair
from matcher.domain.legal import TARGET_GROUPS, has_additional_employment
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import ADDITIONAL_EMPLOYMENT, STATUTE
from matcher.terms import comfort

HELD_SHARE = {CompetenceLevel.WITH_GUIDANCE: 0.5, CompetenceLevel.ALONE: 1.0, CompetenceLevel.CAN_TEACH: 1.0}
"""How well a job function is mastered at each level, share. Assumption."""

_Key = TypeVar("_Key", bound=Hashable)


class Codebook(Generic[_Key]):
    """Gives each distinct key the next index, in the order of first sight."""

    def __init__(self, keys: Iterable[_Key] = ()) -> None:
        self.index: dict[_Key, int] = {}
        for key in keys:
            self.code(key)

    def code(self, key: _Key) -> int:
        """Index of a key, a new one where it is first seen."""
        known = self.index.get(key)
        return self.index.setdefault(key, len(self.index)) if known is None else known

    @property
    def keys(self) -> tuple[_Key, ...]:
        """The distinct keys by index."""
        return tuple(self.index)

    def __len__(self) -> int:
        return len(self.index)


def vectorise(
    citizens: Sequence[Citizen],
    companies: Sequence[Company],
    agreements: Sequence[SlotAgreement],
    *,
    on: date,
    taxonomy: Taxonomy | None = None,
    postcodes: Postcodes | None = None,
    rulebook: RuleBook = STATUTE,
    contacts: Iterable[Contact] = (),
    decided: Iterable[DecidedPair] = (),
) -> MatchInput:
    """All that matching reads, as arrays, for one day.

    Rows follow the order of `citizens`, and of the slots in `agreements`. ValueError where a slot names a company or
    worksite that is not among `companies`, or where an id occurs twice.
    """
    taxonomy, postcodes = taxonomy or Taxonomy.builtin(), postcodes or Postcodes.builtin()
    contexts = slot_contexts(companies, agreements)
    slots = [context.slot for context in contexts]
    groups = Codebook([group.code for group in TARGET_GROUPS] + sorted({c.target_group for c in citizens}))
    books = Vocabularies(citizens, companies, contexts, groups)
    slot_schedules, citizen_schedules = Codebook(s.schedule for s in slots), Codebook(c.schedule for c in citizens)
    common = [[own.common_hours_per_week(other) for other in slot_schedules.keys] for own in citizen_schedules.keys]
    needs = Codebook(without_note(need) for citizen in citizens for need in citizen.accommodations)
    goal, confidence, toward = _goals(citizens, slots, books, taxonomy)
    citizen_arrays = CitizenArrays(
        ids=tuple(c.id for c in citizens),
        municipality=int_array(books.municipalities.code(c.municipality) for c in citizens),
        target_group=int_array(groups.code(c.target_group) for c in citizens),
        profile=int_array(PROFILES.index(c.profile) for c in citizens),
        ready_on=int_array(max(on, c.available_from or on).toordinal() for c in citizens),
        hours_now=float_array(c.hours_now for c in citizens),
        hours_target=float_array(c.hours_target for c in citizens),
        schedule=int_array(citizen_schedules.code(c.schedule) for c in citizens),
        longest_travel_minutes=float_array(c.longest_travel_minutes for c in citizens),
        danish_level=int_array(UNKNOWN if c.danish_level is None else c.danish_level for c in citizens),
        mentor_hours_per_week=float_array(c.mentor_hours_per_week for c in citizens),
        goal_confidence=confidence,
        held=_held(citizens, books.functions),
        competences_known=np.array([bool(c.competences) for c in citizens], dtype=np.bool_),
        toward_goal=toward,
        needs=padded([[needs.code(without_note(need)) for need in c.accommodations] for c in citizens], len(needs)),
        certificates=flag_table([c.certificates for c in citizens], books.certificates),
        **_company_lists(citizens, companies, books.companies),
    )
    return MatchInput(
        on=on,
        citizens=citizen_arrays,
        slots=slot_arrays(contexts, books, slot_schedules, on, rulebook),
        citizen_values=tuple(citizens),
        slot_values=contexts,
        needs=need_table(needs.keys, slots),
        common_hours=np.array(common, dtype=np.float64).reshape(len(citizen_schedules), len(slot_schedules)),
        functions=books.functions.keys,
        function_weight=_function_weight(slots, books.functions),
        certificates=books.certificates.keys,
        target_groups=groups.keys,
        municipalities=books.municipalities.keys,
        companies=books.companies.keys,
        goal=goal,
        travel=travel_between(citizens, contexts, postcodes),
        rulebook=rulebook,
        declined=declined_on(contacts, on, rulebook),
        rejected=rejected_on(decided, on, rulebook),
    )


def slot_contexts(companies: Sequence[Company], agreements: Sequence[SlotAgreement]) -> tuple[SlotContext, ...]:
    """Every slot with its agreement, company and worksite; ValueError where one of them is missing."""
    by_id = {company.id: company for company in companies}
    worksites = {(company.id, site.id): site for company in companies for site in company.worksites}
    contexts = []
    for agreement in agreements:
        for slot in agreement.slots:
            site = worksites.get((slot.company_id, slot.worksite_id))
            if site is None:
                raise ValueError(
                    f"slot {slot.id}: company {slot.company_id} with worksite {slot.worksite_id} is not among companies"
                )
            contexts.append(SlotContext(slot, agreement, by_id[slot.company_id], site))
    return tuple(contexts)


class Vocabularies:
    """The vocabularies that citizens and slots share."""

    def __init__(
        self,
        citizens: Sequence[Citizen],
        companies: Sequence[Company],
        contexts: Sequence[SlotContext],
        groups: Codebook[str],
    ) -> None:
        slots = [context.slot for context in contexts]
        used = {code for slot in slots for code in (slot.function, *slot.required, *slot.taught)}
        used |= {competence.function for citizen in citizens for competence in citizen.competences}
        self.functions = Codebook([*JOB_FUNCTIONS, *sorted(used)])
        certificates = {code for citizen in citizens for code in citizen.certificates}
        self.certificates = Codebook(sorted(certificates | {code for slot in slots for code in slot.certificates}))
        municipalities = {citizen.municipality for citizen in citizens}
        municipalities |= {context.agreement.municipality for context in contexts}
        self.municipalities = Codebook(sorted(municipalities))
        self.companies = Codebook(company.id for company in companies)
        self.groups = groups


def int_array(values: Iterable[int]) -> Codes:
    """The values as int32."""
    return np.fromiter(values, dtype=np.int32)


def float_array(values: Iterable[float]) -> Floats:
    """The values as float64."""
    return np.fromiter(values, dtype=np.float64)


def padded(lists: Sequence[Sequence[int]], pad: int) -> Codes:
    """Lists as rows of one int32 array, filled up with `pad`."""
    widest = max((len(values) for values in lists), default=0)
    return np.array([[*values, *[pad] * (widest - len(values))] for values in lists], dtype=np.int32).reshape(
        len(lists), widest
    )


def flag_table(lists: Sequence[Sequence[str]], book: Codebook[str]) -> Flags:
    """Which entries of a codebook each list names, bool of shape (n_lists, n_entries)."""
    flags = np.zeros((len(lists), len(book)), dtype=np.bool_)
    for row, values in enumerate(lists):
        flags[row, [book.code(value) for value in values]] = True
    return flags


def without_note(need: Accommodation) -> Accommodation:
    """A need without its note: needs that ask the same are one."""
    return Accommodation(need.condition, need.limit, need.strength) if need.note else need


def _held(citizens: Sequence[Citizen], functions: Codebook[str]) -> Floats:
    held = np.zeros((len(citizens), len(functions) + 1))
    for row, citizen in enumerate(citizens):
        for competence in citizen.competences:
            column = functions.code(competence.function)
            held[row, column] = max(held[row, column], HELD_SHARE[competence.level])
    return held


def _company_lists(citizens: Sequence[Citizen], companies: Sequence[Company], book: Codebook[str]) -> dict[str, Codes]:
    not_again: dict[str, list[str]] = {}
    for company in companies:
        for citizen_id in company.not_again:
            not_again.setdefault(citizen_id, []).append(company.id)
    lists: dict[str, Callable[[Citizen], Iterable[str]]] = {
        "wishes_for": lambda citizen: citizen.wishes_for,
        "wishes_against": lambda citizen: citizen.wishes_against,
        "not_again": lambda citizen: not_again.get(citizen.id, ()),
        "former_employers": lambda citizen: sorted(citizen.former_employers),
    }
    return {
        name: padded([[book.index[id_] for id_ in listed(c) if id_ in book.index] for c in citizens], -1)
        for name, listed in lists.items()
    }


def need_table(needs: Sequence[Accommodation], slots: Sequence[Slot]) -> NeedTable:
    """How each slot meets each need; the last row stands for no need at all."""
    levels = _levels({need.condition for need in needs}, slots)
    state = np.full((len(needs) + 1, len(slots)), YES, dtype=np.int8)
    how_well = np.full((len(needs) + 1, len(slots)), np.nan)
    for k, need in enumerate(needs):
        level = levels[need.condition]
        burden = CONDITIONS[need.condition].kind is Kind.BURDEN
        met = np.where(level <= need.limit if burden else level >= need.limit, YES, NO)
        state[k] = np.where(np.isnan(level), UNKNOWN, met)
        how_well[k] = comfort(need, level)
    return NeedTable(needs=tuple(needs), state=state, comfort=how_well)


def _levels(conditions: Collection[Condition], slots: Sequence[Slot]) -> dict[Condition, Floats]:
    """For each condition the level that each slot has stated, NaN where it has not."""
    levels = {condition: np.full(len(slots), np.nan) for condition in conditions}
    for j, slot in enumerate(slots):
        for demand in slot.demands:
            if demand.condition in levels:
                levels[demand.condition][j] = demand.level
    return levels


def _function_weight(slots: Sequence[Slot], functions: Codebook[str]) -> Floats:
    """ln((1 + m) / (1 + slots that require or teach the function)) + 1, and 0 for the padding."""
    count = np.zeros(len(functions))
    for slot in slots:
        count[[functions.code(code) for code in {*slot.required, *slot.taught}]] += 1
    return np.append(np.log((1 + len(slots)) / (1 + count)) + 1, 0.0)


def slot_arrays(
    contexts: Sequence[SlotContext], books: Vocabularies, schedules: Codebook[Any], on: date, rulebook: RuleBook
) -> SlotArrays:
    """Slots as arrays, numbered by the vocabularies that they share with citizens."""
    slots, functions = [context.slot for context in contexts], books.functions
    worksites = Codebook((context.company.id, context.worksite.id) for context in contexts)
    known = {group.code for group in TARGET_GROUPS}
    accepted = [known & set(slot.target_groups) if slot.target_groups else known for slot in slots]
    return SlotArrays(
        ids=tuple(slot.id for slot in slots),
        municipality=int_array(books.municipalities.code(context.agreement.municipality) for context in contexts),
        company=int_array(books.companies.code(slot.company_id) for slot in slots),
        worksite=int_array(worksites.code((context.company.id, context.worksite.id)) for context in contexts),
        setting=int_array(SETTINGS.index(slot.setting) for slot in slots),
        form=int_array(FORMS.index(slot.form) for slot in slots),
        capacity=np.array([slot.capacity for slot in slots], dtype=np.int64),
        opens_on=int_array(_opens_on(context, on).toordinal() for context in contexts),
        closes_on=int_array(_closes_on(context) for context in contexts),
        accepts_group=flag_table([sorted(codes) for codes in accepted], books.groups),
        hours_from=float_array(slot.hours_from for slot in slots),
        hours_to=float_array(slot.hours_to for slot in slots),
        schedule=int_array(schedules.code(slot.schedule) for slot in slots),
        danish_level=int_array(slot.danish_level for slot in slots),
        certificates=flag_table([slot.certificates for slot in slots], books.certificates),
        function=int_array(functions.code(slot.function) for slot in slots),
        required=padded([[functions.code(code) for code in slot.required] for slot in slots], len(functions)),
        taught=padded([[functions.code(code) for code in slot.taught] for slot in slots], len(functions)),
        breadth=float_array(slot.breadth for slot in slots),
        outlook=float_array(np.nan if slot.outlook is None else slot.outlook for slot in slots),
        mentor_hours_per_week=float_array(context.worksite.mentor_hours_per_week for context in contexts),
        trained_mentor_share=float_array(_trained_share(context.worksite) for context in contexts),
        additional_employment=int_array(_additional_employment(context, on, rulebook) for context in contexts),
    )


def _opens_on(context: SlotContext, on: date) -> date:
    first_possible = on + timedelta(days=context.agreement.lead_time_days)
    return max(context.slot.starts_on, context.agreement.valid_from, first_possible)


def _closes_on(context: SlotContext) -> int:
    ends = [end.toordinal() for end in (context.slot.ends_on, context.agreement.valid_to) if end is not None]
    return min(ends, default=OPEN_END)


def _trained_share(worksite: Worksite) -> float:
    whole = worksite.mentor_hours_per_week
    return sum(mentor.hours_per_week for mentor in worksite.mentors if mentor.trained) / whole if whole > 0 else 0.0


def _additional_employment(context: SlotContext, on: date, rulebook: RuleBook) -> int:
    """By the version of the rule on the first day that the place is open; YES where the law asks for nothing then."""
    opens_on = _opens_on(context, on)
    if context.slot.form is not PlacementForm.WAGE_SUBSIDY or not rulebook.holds(ADDITIONAL_EMPLOYMENT, opens_on):
        return YES
    holds = has_additional_employment(context.worksite.ordinary_employees_by_month, opens_on, rulebook)
    return UNKNOWN if holds is None else YES if holds else NO


def _goals(
    citizens: Sequence[Citizen], slots: Sequence[Slot], books: Vocabularies, taxonomy: Taxonomy
) -> tuple[OccupationGoalFit, Floats, Floats]:
    """(goal fit, confidence of the first goal (n,), how much each function belongs to the goals (n, F + 1))."""
    goals: Codebook[JobGoal] = Codebook(goal for citizen in citizens for goal in citizen.goals)
    read = read_goals(goals.keys, taxonomy)
    jobs = Codebook((slot.function, slot.title, slot.tasks) for slot in slots)
    example = {(slot.function, slot.title, slot.tasks): slot for slot in reversed(slots)}
    described = [(job_occupations(example[job], taxonomy), job_text(example[job])) for job in jobs.keys]
    table = np.vstack([fit_table(goals.keys, read, described, taxonomy), np.zeros((1, len(jobs)))])
    rows = padded([[goals.code(goal) for goal in citizen.goals] for citizen in citizens], len(goals))
    readable = np.array([bool(goal.occupations) for goal in read] + [False], dtype=np.bool_)
    job = int_array(jobs.code((slot.function, slot.title, slot.tasks)) for slot in slots)
    confidence, toward = np.full(len(citizens), np.nan), np.zeros((len(citizens), len(books.functions) + 1))
    functions = [(function_occupations(code, taxonomy), "") for code in books.functions.keys]
    by_goal = fit_table(goals.keys, read, functions, taxonomy)
    for row, citizen in enumerate(citizens):
        own = [goals.code(goal) for goal in citizen.goals]
        confidence[row] = next((read[goal].confidence for goal in own if readable[goal]), np.nan)
        for k, goal in enumerate(own):
            toward[row, :-1] = np.maximum(toward[row, :-1], ORDER[min(k, len(ORDER) - 1)] * by_goal[goal])
    return OccupationGoalFit(table, rows, readable, job), confidence, toward


def travel_between(
    citizens: Sequence[Citizen], contexts: Sequence[SlotContext], postcodes: Postcodes
) -> StraightLineTravel:
    """Minutes between homes and worksites, by each citizen's ways of travelling."""
    homes = Places.of(((citizen.home, citizen.home_postcode) for citizen in citizens), postcodes)
    sites = Places.of(((context.worksite.position, context.worksite.postcode) for context in contexts), postcodes)
    return StraightLineTravel(homes, sites, [citizen.travel_modes for citizen in citizens])
