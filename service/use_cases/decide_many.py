"""Many proposals decided at once by one person: each by itself, so that one that cannot be leaves the others be."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from matcher.domain.placement import Placement, Verdict
from service.db.repositories import Decisions
from service.problems import NotFound, Problem
from service.use_cases.decide import decide, take_back
from service.use_cases.placements import Person

Begin = Callable[[], AbstractContextManager[Session]]
"""Begins a transaction that commits at its end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one proposal: the placement of an approval, or why it was not decided.

    `decision_id`: the decision that was made or taken back.
    """

    proposal_id: str
    placement: Placement | None = None
    problem: Problem | None = None
    decision_id: str = ""


def decide_each(
    begin: Begin,
    municipality: str,
    proposal_ids: Iterable[str],
    *,
    verdict: Verdict,
    person: Person,
    reason: str,
    today: date,
) -> tuple[Answer, ...]:
    """Decide proposals one by one, each in a transaction of its own, in the order given.

    Raises InvalidValueError where the reason cannot be kept: then nothing is decided.
    """
    answers = []
    for proposal_id in dict.fromkeys(proposal_ids):
        try:
            with begin() as session:
                decided = decide(
                    session, municipality, proposal_id, verdict=verdict, person=person, reason=reason, today=today
                )
            answers.append(Answer(proposal_id, decided.placement, decision_id=decided.decision.id))
        except Problem as problem:
            answers.append(Answer(proposal_id, problem=problem))
    return tuple(answers)


def take_back_each(
    begin: Begin, municipality: str, decision_ids: Iterable[str], *, person: Person, today: date
) -> tuple[Answer, ...]:
    """Take decisions back one by one, each in a transaction of its own, in the order given."""
    answers = []
    for decision_id in dict.fromkeys(decision_ids):
        try:
            with begin() as session:
                proposal_id = Decisions(session, municipality).get(decision_id).proposal_id
        except NotFound as problem:
            answers.append(Answer("", problem=problem, decision_id=decision_id))
            continue
        try:
            with begin() as session:
                take_back(session, municipality, decision_id, person=person, today=today)
            answers.append(Answer(proposal_id, decision_id=decision_id))
        except Problem as problem:
            answers.append(Answer(proposal_id, problem=problem, decision_id=decision_id))
    return tuple(answers)
