"""Repository of protected traits. Who may import it is an import rule: the fairness report and nothing else."""

from collections.abc import Iterable

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from matcher.domain.traits import Gender, Origin, ProtectedTraits
from service.db.documents import chunks
from service.db.ordering import by_code_point
from service.db.tables import CitizenRow
from service.db.trait_tables import ProtectedTraitsRow
from service.problems import TraitsOutOfReach

_NOT_ALLOWED = "42501"
"""PostgreSQL's code of a missing right."""


class Traits:
    """Protected traits of a municipality's citizens."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def all(self) -> dict[str, ProtectedTraits]:
        """What is registered, by citizen; TraitsOutOfReach where the database refuses its user."""
        table = ProtectedTraitsRow
        query = select(table).where(table.municipality == self.municipality).order_by(by_code_point(table.citizen_id))
        try:
            return {row.citizen_id: _traits(row) for row in self.session.scalars(query)}
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) == _NOT_ALLOWED:
                raise TraitsOutOfReach("set MATCHER_REPORT_DATABASE_URL, see docs/fairness.md") from error
            raise

    def put_all(self, traits: Iterable[ProtectedTraits]) -> None:
        """Write what is registered of citizens, each named once; what was there of them is replaced."""
        given = list(traits)
        for ids in chunks([one.citizen_id for one in given]):
            table = ProtectedTraitsRow
            of_these = and_(table.municipality == self.municipality, table.citizen_id.in_(ids))
            self.session.execute(delete(table).where(of_these))
        rows = [
            {
                "municipality": self.municipality,
                "citizen_id": one.citizen_id,
                "gender": one.gender,
                "birth_year": one.birth_year,
                "origin": one.origin,
            }
            for one in given
        ]
        if rows:
            self.session.execute(insert(ProtectedTraitsRow), rows)

    def known_citizens(self) -> set[str]:
        """Ids of the municipality's citizens."""
        return set(self.session.scalars(select(CitizenRow.id).where(CitizenRow.municipality == self.municipality)))


def _traits(row: ProtectedTraitsRow) -> ProtectedTraits:
    return ProtectedTraits(
        citizen_id=row.citizen_id,
        gender=None if row.gender is None else Gender(row.gender),
        birth_year=row.birth_year,
        origin=None if row.origin is None else Origin(row.origin),
    )
