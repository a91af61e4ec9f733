"""What the domain cannot check by itself: codes of the catalogue, target groups of the day, check digits."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import singledispatch

from stdnum.dk import cvr

from matcher.domain.agreement import SlotAgreement
from matcher.domain.catalogue import CERTIFICATES, JOB_FUNCTIONS, OCCUPATIONS
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.domain.legal import target_group
from matcher.domain.placement import Placement
from matcher.domain.validation import InvalidValueError
from service.problems import FieldError

ESCO_OCCUPATION = "http://data.europa.eu/esco/occupation/"


@singledispatch
def known_codes(value: object, on: date) -> Iterator[FieldError]:  # noqa: ARG001 - the day is for other kinds
    """Fields of a domain value that name a code nobody knows on a day, each with its fix."""
    return iter(())


@known_codes.register
def _(value: Company, on: date) -> Iterator[FieldError]:  # noqa: ARG001 - the same for all kinds
    if not cvr.is_valid(value.cvr):
        yield FieldError("cvr", "has a wrong check digit", "check the number in the CVR register")


@known_codes.register
def _(value: Citizen, on: date) -> Iterator[FieldError]:
    yield from _target_group("target_group", value.target_group, on)
    functions = [competence.function for competence in value.competences]
    yield from _functions("competences[{}].function", functions)
    yield from _functions("earlier_placements[{}].function", [earlier.function for earlier in value.earlier_placements])
    yield from _certificates("certificates[{}]", value.certificates)
    for index, goal in enumerate(value.goals):
        known = goal.occupation is None or goal.occupation in OCCUPATIONS or goal.occupation.startswith(ESCO_OCCUPATION)
        if not known:
            yield FieldError(
                f"goals[{index}].occupation", "is not a known occupation", "use the address of an ESCO occupation"
            )


@known_codes.register
def _(value: SlotAgreement, on: date) -> Iterator[FieldError]:
    for index, slot in enumerate(value.slots):
        at = f"slots[{index}]"
        yield from _functions(f"{at}.function", [slot.function])
        yield from _functions(f"{at}.required[{{}}]", slot.required)
        yield from _functions(f"{at}.taught[{{}}]", slot.taught)
        yield from _certificates(f"{at}.certificates[{{}}]", slot.certificates)
        for number, group in enumerate(slot.target_groups):
            yield from _target_group(f"{at}.target_groups[{number}]", group, on)


@known_codes.register
def _(value: Placement, on: date) -> Iterator[FieldError]:  # noqa: ARG001 - the same for all kinds
    if value.work_agreement is not None:
        yield from _functions("work_agreement.functions[{}]", value.work_agreement.functions)
        goals = [goal.function for goal in value.work_agreement.sub_goals]
        yield from _functions("work_agreement.sub_goals[{}].function", goals)


def _functions(path: str, codes: Iterable[str]) -> Iterator[FieldError]:
    for index, code in enumerate(codes):
        if code not in JOB_FUNCTIONS:
            yield FieldError(path.format(index), "is not a known job function", "use a code of the catalogue")


def _certificates(path: str, codes: Iterable[str]) -> Iterator[FieldError]:
    for index, code in enumerate(codes):
        if code not in CERTIFICATES:
            yield FieldError(path.format(index), "is not a known certificate", "use a code of the catalogue")


def _target_group(path: str, code: str, on: date) -> Iterator[FieldError]:
    try:
        target_group(code, on)
    except InvalidValueError as error:
        yield FieldError(path, error.problem, error.fix)
