"""Domain values → aligned arrays: one pass over citizens and slots, unique values tabled once."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from features.citizens import CitizenBooks, citizen_columns, not_again
from features.columns import Codebook, flag_table, float_array, int_array, padded
from features.goals import (
    Goals,
    Jobs,
    OccupationGoalFit,
    function_occupations,
    job_occupations,
    job_text,
)
from features.postcodes import Postcodes
from features.taxonomy import Taxonomy
from features.travel import Places, StraightLineTravel
from features.vocabularies import Vocabularies
from matcher.answers import declined_on
from matcher.arrays import (
    FORMS,
    NO,
    OPEN_END,
    SETTINGS,
    UNKNOWN,
    YES,
    CitizenArrays,
    Floats,
    MatchInput,
    NeedTable,
    SlotArrays,
    SlotContext,
)
from matcher.decided import rejected_on
from matcher.domain.agreement import PlacementForm, Slot, SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company, Worksite
from matcher.domain.conditions import CONDITIONS, Accommodation, Condition, Kind
from matcher.domain.contact import Contact
from matcher.domain.decided import DecidedPair
from matcher.domain.legal import has_additional_employment
from matcher.domain.rulebook import RuleBook
from matcher.domain.schedule import Schedule
from matcher.domain.statute import ADDITIONAL_EMPLOYMENT, STATUTE
from matcher.terms import comfort


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
    books = Vocabularies(citizens, companies, contexts)
    slot_schedules, own = Codebook(s.schedule for s in slots), CitizenBooks.of(citizens)
    jobs = Codebook(_job(slot) for slot in slots)
    goals = Goals.of(own.goals.keys, _jobs(slots, jobs, taxonomy), _functions(books, taxonomy), taxonomy)
    job = int_array(jobs.code(_job(slot)) for slot in slots)
    return MatchInput(
        on=on,
        citizens=CitizenArrays(
            ids=tuple(c.id for c in citizens),
            not_again=not_again(citizens, companies, books.companies),
            **citizen_columns(citizens, books, own, goals, on),
        ),
        slots=slot_arrays(contexts, books, slot_schedules, on, rulebook),
        citizen_values=tuple(citizens),
        slot_values=contexts,
        needs=need_table(own.needs.keys, slots),
        common_hours=common_hours(own.schedules.keys, slot_schedules.keys),
        functions=books.functions.keys,
        function_weight=_function_weight(slots, books.functions),
        certificates=books.certificates.keys,
        target_groups=books.groups.keys,
        municipalities=books.municipalities.keys,
        companies=books.companies.keys,
        goal=OccupationGoalFit(goals, own.goals_of(citizens), job),
        travel=travel_between(citizens, contexts, postcodes),
        rulebook=rulebook,
        declined=declined_on(contacts, on, rulebook),
        rejected=rejected_on(decided, on, rulebook),
    )


def _job(slot: Slot) -> tuple[str, str, tuple[str, ...]]:
    """What goals are compared with: slots that agree in it are one job."""
    return slot.function, slot.title, slot.tasks


def _jobs(slots: Sequence[Slot], jobs: Codebook[tuple[str, str, tuple[str, ...]]], taxonomy: Taxonomy) -> Jobs:
    example = {_job(slot): slot for slot in reversed(slots)}
    return Jobs([(job_occupations(example[job], taxonomy), job_text(example[job])) for job in jobs.keys], taxonomy)


def _functions(books: Vocabularies, taxonomy: Taxonomy) -> Jobs:
    return Jobs([(function_occupations(code, taxonomy), "") for code in books.functions.keys], taxonomy)


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


def common_hours(own: Sequence[Schedule], others: Sequence[Schedule]) -> Floats:
    """float64 (own, others): hours a week in which both are open."""
    hours = [[one.common_hours_per_week(other) for other in others] for one in own]
    return np.array(hours, dtype=np.float64).reshape(len(own), len(others))


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
    groups = set(books.groups.keys)
    accepted = [groups & set(slot.target_groups) if slot.target_groups else groups for slot in slots]
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


def travel_between(
    citizens: Sequence[Citizen], contexts: Sequence[SlotContext], postcodes: Postcodes
) -> StraightLineTravel:
    """Minutes between homes and worksites, by each citizen's ways of travelling."""
    homes = Places.of(((citizen.home, citizen.home_postcode) for citizen in citizens), postcodes)
    sites = Places.of(((context.worksite.position, context.worksite.postcode) for context in contexts), postcodes)
    return StraightLineTravel(homes, sites, [citizen.travel_modes for citizen in citizens])
