"""Plain values around citizens' data: reads, corrections, erasures. Repositories give and take these."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.db.purpose import Purpose, Viewer
from service.settings import Role


class ReadPurpose(StrEnum):
    """What somebody read about citizens, beside the lists that are recorded whole (`Purpose`)."""

    PROFILE = "profile"
    """All that is kept of one citizen."""
    SEARCH = "search"
    """Citizens found by name, or passed through in the list of citizens."""
    CPR_SEARCH = "cpr_search"
    """A citizen found by CPR number."""
    PROPOSALS = "proposals"
    """Proposals of a plan, with their reasons."""
    UNPLACED = "unplaced"
    """Whom a plan could not place, and why."""
    PLACEMENTS = "placements"
    """What people agreed."""
    RECORDS = "records"
    """What was planned, shown and decided."""
    EXPORT = "export"
    """A file with all citizens."""
    SUBJECT_ACCESS = "subject_access"
    """All that is kept of one citizen, for the citizen."""


@dataclass(frozen=True, slots=True)
class Read:
    """One read about citizens; `case`: the case that it was for, as the case system calls it."""

    id: str
    read_at: datetime
    viewer: Viewer
    purpose: ReadPurpose
    case: str | None
    citizen_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One line of a citizen's access log. `list_id`: the shown list that it stands for, where it is one."""

    id: str
    at: datetime
    viewer: Viewer
    purpose: ReadPurpose | Purpose
    case: str | None
    list_id: str | None


@dataclass(frozen=True, slots=True)
class KeptCpr:
    """A citizen's CPR number as it lies in the database."""

    citizen_id: str
    key_id: str
    sealed: bytes
    search_hash: str


@dataclass(frozen=True, slots=True)
class Correction:
    """Fields of a citizen that somebody changed."""

    id: str
    citizen_id: str
    corrected_at: datetime
    corrected_by: str
    role: Role
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure. `counts`: how many rows went, by table; it names nobody."""

    id: str
    erased_at: datetime
    erased_by: str
    rule: str
    reason: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, order=True)
class Category:
    """What erased rows are counted by: a year, what is counted, and its category."""

    year: int
    kind: str
    category: str
