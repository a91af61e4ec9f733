"""Import of protected traits from NDJSON: apart from all other imports, every row or none."""

from dataclasses import dataclass
from pathlib import Path

from matcher.domain.traits import ProtectedTraits
from service.audit_chain import Action
from service.codec import Codec
from service.db.audit_repositories import audited
from service.db.session import SessionFactory, unit_of_work
from service.db.trait_repositories import Traits
from service.problems import FieldError, InvalidInput
from service.use_cases.import_ndjson import NdjsonFile
from service.use_cases.import_report import Record, RowError, UnreadableFile

KIND = "traits"
"""What a row's `type` is."""
TRAITS: Codec[ProtectedTraits] = Codec(ProtectedTraits)

_UNKNOWN = FieldError("citizen_id", "names a citizen that does not exist", "correct the id, or add it first")
_TWICE = FieldError("citizen_id", "has an element twice", "name each once")


@dataclass(frozen=True, slots=True)
class TraitsReport:
    """What an import of traits did: citizens written, or everything that is wrong and nothing written."""

    citizens: int
    errors: tuple[RowError, ...]


def import_traits(sessions: SessionFactory, municipality: str, file: Path) -> TraitsReport:
    """Write the traits of a file's citizens; what was registered of them before is replaced.

    A row: ``{"type": "traits", "citizen_id": "…", "gender": "female", "birth_year": 1990, "origin": "danish"}``.
    """
    with unit_of_work(sessions) as session, file.open("rb") as stream:
        traits = Traits(session, municipality)
        source = NdjsonFile(file.name, stream, (KIND,))
        try:
            errors = source.scan()
        except UnreadableFile as refused:
            return TraitsReport(0, (RowError(file.name, 0, "", refused.problem, refused.fix),))
        known, given = traits.known_citizens(), dict[str, ProtectedTraits]()
        for record in source.records(KIND):
            found = _read(record, known, given)
            errors.extend(found)
        if not errors:
            traits.put_all(given.values())
            details = {"citizens": len(given)}
            audited(session, municipality, Action.TRAITS_IMPORTED, "traits", municipality, details)
        return TraitsReport(0 if errors else len(given), tuple(sorted(errors, key=lambda error: error.row)))


def _read(record: Record, known: set[str], given: dict[str, ProtectedTraits]) -> list[RowError]:
    """Add a row's traits to those given; what is wrong with it otherwise."""
    try:
        one = TRAITS.decode(record.payload)
    except InvalidInput as refused:
        return [record.error(error) for error in refused.errors]
    if one.citizen_id not in known:
        return [record.error(_UNKNOWN)]
    if one.citizen_id in given:
        return [record.error(_TWICE)]
    given[one.citizen_id] = one
    return []
