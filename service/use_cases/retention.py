"""Erasure: when citizens' data goes, by rule or for one citizen, and what is counted before it does.

One erasure is one transaction: everything about the citizens goes, or nothing. Doing it again finds nobody. What stays
is numbers, the log of reads under a random name, and, in the chain of who did what, that it was done.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import uuid4

from sqlalchemy.orm import Session

from matcher.domain.validation import InvalidValueError, check_number, check_text
from service.audit_chain import Action
from service.clock import now
from service.db.audit_repositories import audited
from service.db.outbox import EventType
from service.db.outbox_repositories import announce
from service.db.personal import Category, Erasure
from service.db.purpose import Viewer
from service.db.retention_repositories import Activity, Retention
from service.db.session import SessionFactory, read_only, unit_of_work
from service.problems import FieldError, InvalidInput, NotErasable


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """When data is no longer needed.

    Attributes
    ----------
    text : what the rule says, in Danish
    years : how long after the last that happened; the municipality may decide otherwise
    source : where it is from, or that it is assumed
    valid_from : since when the rule stands here
    """

    id: str
    text: str
    years: float
    source: str
    valid_from: date


INACTIVE: Final = RetentionRule(
    id="inactive",
    text="En borger slettes, når intet er sket i fem år: profilen er ikke ændret, intet forløb er i gang eller "
    "sluttet, og ingen har taget stilling til et forslag.",
    years=5,
    source="Databeskyttelsesforordningen art. 5, stk. 1, litra e (ikke længere end nødvendigt). Antallet af år er en "
    "antagelse; kommunen fastsætter det, og det, der skal bevares, afleveres først (arkivbekendtgørelsen § 5).",
    valid_from=date(2026, 1, 1),
)
ON_REQUEST: Final = RetentionRule(
    id="on_request",
    text="En borger slettes, når en navngiven medarbejder har afgjort, at oplysningerne ikke længere skal bruges.",
    years=0,
    source="Databeskyttelsesforordningen art. 17; art. 17, stk. 3, litra b og d, kan stå imod.",
    valid_from=date(2026, 1, 1),
)
RULES: Final = (INACTIVE, ON_REQUEST)
DISCLOSED_FROM: Final = 5
"""Smallest count that is shown: fewer people could be recognised. An assumption; the municipality may want more."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure came to, or would. `rows`: by table; `kept`: citizens with a placement that has not ended."""

    rule: RetentionRule
    citizen_ids: tuple[str, ...]
    rows: Mapping[str, int]
    kept: tuple[str, ...]
    dry_run: bool


def erase_inactive(
    sessions: SessionFactory,
    municipality: str,
    *,
    on: date,
    by: Viewer,
    reason: str,
    years: float = INACTIVE.years,
    dry_run: bool = False,
) -> Erased:
    """Erase every citizen for whom nothing has happened for `years` years on the day `on`; all of them or none."""
    _check(reason, years)
    before = _years_before(on, years)
    with _session(sessions, dry_run) as session:
        old = [one for one in Retention(session, municipality).activity() if one.last_on < before]
        return _erase(session, municipality, INACTIVE, old, by, reason, dry_run)


def erase_citizen(
    sessions: SessionFactory, municipality: str, citizen_id: str, *, by: Viewer, reason: str, dry_run: bool = False
) -> Erased:
    """Erase one citizen; nobody where there is none of that id (any more). Raises NotErasable while there is a
    placement that has not ended."""
    _check(reason)
    with _session(sessions, dry_run) as session:
        found = Retention(session, municipality).activity(citizen_id)
        if any(one.placed for one in found):
            raise NotErasable("end the placement first")
        return _erase(session, municipality, ON_REQUEST, found, by, reason, dry_run)


def kept_statistics(session: Session, municipality: str) -> dict[Category, int | None]:
    """What is left of those who were erased: counts by year, kind and category; None where a count is too small."""
    kept = Retention(session, municipality).kept()
    return {category: count if count >= DISCLOSED_FROM else None for category, count in kept.items()}


def _session(sessions: SessionFactory, dry_run: bool) -> AbstractContextManager[Session]:
    return read_only(sessions) if dry_run else unit_of_work(sessions)


def _erase(
    session: Session,
    municipality: str,
    rule: RetentionRule,
    found: Sequence[Activity],
    by: Viewer,
    reason: str,
    dry_run: bool,
) -> Erased:
    retention = Retention(session, municipality)
    ids = tuple(one.citizen_id for one in found if not one.placed)
    kept = tuple(one.citizen_id for one in found if one.placed)
    rows = retention.rows_about(ids)
    if ids and not dry_run:
        retention.keep(retention.statistics(ids))
        retention.erase(ids)
        erasure = Erasure(str(uuid4()), now(), by.id, rule.id, reason.strip(), rows)
        retention.add(erasure)
        for id_ in ids:
            details = {"erasure": erasure.id, "rule": rule.id}
            audited(session, municipality, Action.CITIZEN_ERASED, "citizen", id_, details, actor=by)
            announce(session, municipality, EventType.CITIZEN_ERASED, {"citizen_id": id_})
    return Erased(rule, ids, rows, kept, dry_run)


def _check(reason: str, years: float = INACTIVE.years) -> None:
    """Raises InvalidInput."""
    try:
        check_text("reason", reason, required=True)
        check_number("years", years, 0.5, 50, "years")
    except InvalidValueError as error:
        raise InvalidInput(errors=[FieldError(error.field, error.problem, error.fix)]) from None


def _years_before(on: date, years: float) -> date:
    """The day that lies `years` years before a day, in whole months."""
    months = on.year * 12 + on.month - 1 - round(12 * years)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(on.day, 28))
