"""CPR numbers: taken in from the case system, kept sealed, and used for one thing, finding a citizen again.

A number is valid by its form and date alone: numbers without the old check digit (modulus 11) have been given out since
2007. Source: the Central Person Register's description of the number.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session
from stdnum.dk import cpr as numbers
from stdnum.exceptions import ValidationError

from matcher.domain.validation import InvalidValueError
from service.audit_chain import Action
from service.crypto import KeyRing, Sealed, SearchKeys
from service.db.audit_repositories import audited
from service.db.personal import KeptCpr
from service.db.personal_repositories import CprNumbers
from service.db.repositories import Citizens
from service.problems import CprNotConfigured, CprTaken, NotFound
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class CprKeys:
    """What CPR numbers are sealed with and found by."""

    ring: KeyRing
    search: SearchKeys

    @classmethod
    def of(cls, settings: Settings) -> "CprKeys":
        """The keys of the settings; raises CprNotConfigured where there are none."""
        if not settings.cpr_keys:
            raise CprNotConfigured("set MATCHER_CPR_KEYS and MATCHER_CPR_SEARCH_KEYS; see docs/personal-data.md")
        return cls(
            KeyRing.of([key.get_secret_value() for key in settings.cpr_keys]),
            SearchKeys.of([key.get_secret_value() for key in settings.cpr_search_keys]),
        )


def checked(text: str) -> str:
    """Ten digits; raises InvalidValueError, without the text, where it is no CPR number."""
    try:
        return str(numbers.validate(text))
    except ValidationError:
        raise InvalidValueError("cpr", "is not a CPR number", "write DDMMYY-XXXX with a date that has been") from None


def put_cpr(session: Session, municipality: str, keys: CprKeys, citizen_id: str, text: str) -> None:
    """Keep a citizen's number; raises NotFound, InvalidValueError, and CprTaken where another citizen has it."""
    if not Citizens(session, municipality).known([citizen_id]):
        raise NotFound
    number, stored = checked(text), CprNumbers(session, municipality)
    holder = stored.with_hash(keys.search.hashes(number, municipality))
    if holder is not None and holder.citizen_id != citizen_id:
        raise CprTaken("correct the number, or remove it from the other citizen first")
    stored.put(_kept(keys, municipality, citizen_id, number))


def remove_cpr(session: Session, municipality: str, citizen_id: str) -> None:
    """Remove a citizen's number; raises NotFound where there is no such citizen."""
    if not Citizens(session, municipality).known([citizen_id]):
        raise NotFound
    CprNumbers(session, municipality).remove(citizen_id)


def citizen_with_cpr(session: Session, municipality: str, keys: CprKeys, text: str) -> str:
    """Id of the citizen who has the number; raises NotFound and InvalidValueError."""
    holder = CprNumbers(session, municipality).with_hash(keys.search.hashes(checked(text), municipality))
    if holder is None:
        raise NotFound
    return holder.citizen_id


def cpr_of(session: Session, municipality: str, keys: CprKeys, citizen_id: str) -> str | None:
    """A citizen's number in the clear; raises SealBroken. For the citizen's own access to the data, nothing else."""
    kept = CprNumbers(session, municipality).get(citizen_id)
    return None if kept is None else _opened(keys, municipality, kept)


def rotate_keys(session: Session, municipality: str, keys: CprKeys) -> int:
    """Seal anew, under the newest keys, what lies under others; how many there were. Raises SealBroken.

    Doing it again changes nothing. Once it is done, the older keys can be left out of the settings.
    """
    stored, renewed = CprNumbers(session, municipality), 0
    for kept in stored.all():
        number = _opened(keys, municipality, kept)
        newest_hash = keys.search.hashes(number, municipality)[0]
        if (kept.key_id, kept.search_hash) != (keys.ring.newest, newest_hash):
            stored.put(_kept(keys, municipality, kept.citizen_id, number))
            renewed += 1
    if renewed:
        audited(session, municipality, Action.KEYS_ROTATED, "key", keys.ring.newest, {"numbers": renewed})
    return renewed


def _kept(keys: CprKeys, municipality: str, citizen_id: str, number: str) -> KeptCpr:
    sealed = keys.ring.seal(number, _context(municipality, citizen_id))
    return KeptCpr(citizen_id, sealed.key_id, sealed.content, keys.search.hashes(number, municipality)[0])


def _opened(keys: CprKeys, municipality: str, kept: KeptCpr) -> str:
    return keys.ring.open(Sealed(kept.key_id, kept.sealed), _context(municipality, kept.citizen_id))


def _context(municipality: str, citizen_id: str) -> str:
    return f"cpr/{municipality}/{citizen_id}"
