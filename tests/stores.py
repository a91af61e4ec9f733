"""Helpers for tests that import files: a database in a folder, rows as bytes, and everything a database holds."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from service.codec import AGREEMENT, CITIZEN, COMPANY, CONSULTANT, PLACEMENT
from service.db.dump import rows_of, tables
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of
from service.use_cases.import_files import import_files
from service.use_cases.import_report import ImportReport
from service.use_cases.template import write_template
from tests.builders import (
    MUNICIPALITY,
    ON,
    a_citizen,
    a_company,
    a_consultant,
    a_placement,
    an_agreement,
)
from tests.databases import migrated

CVR = "99000015"
"""A CVR number with a right check digit that no company has."""


@dataclass(frozen=True)
class Store:
    """A database of its own and the folder it lies in."""

    folder: Path
    sessions: SessionFactory

    @classmethod
    def create(cls, folder: Path) -> "Store":
        """An empty database at the program's revision."""
        return cls(folder, sessions_of(create_database_engine(migrated(folder / "store.db"))))

    @classmethod
    def create_in(cls, folder: Path) -> "Store":
        """An empty database in a new folder."""
        folder.mkdir()
        return cls.create(folder)

    def dump(self) -> list[str]:
        """Every row, behind its table's name."""
        with read_only(self.sessions) as session:
            connection = session.connection()
            return [f"{table.name} {row}" for table in tables() for row in rows_of(connection, table)]

    def bring(self, content: bytes, name: str = "rows.ndjson", **options: Any) -> ImportReport:
        """Import one file."""
        path = self.folder / name
        path.write_bytes(content)
        return self.bring_files(path, **options)

    def bring_files(self, *paths: Path, on: date = ON, **options: Any) -> ImportReport:
        """Import files."""
        return import_files(self.sessions, MUNICIPALITY, paths, on=on, **options)


def row(kind: str, document: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A row of an NDJSON file."""
    return {"type": kind, **document, **changes}


def consultant_row(**changes: Any) -> dict[str, Any]:
    """The consultant of the builders."""
    return row("consultant", CONSULTANT.encode(a_consultant()), **changes)


def company_row(**changes: Any) -> dict[str, Any]:
    """The company of the builders, with a CVR number that could be."""
    return row("company", COMPANY.encode(a_company(cvr=CVR)), **changes)


def citizen_row(**changes: Any) -> dict[str, Any]:
    """The citizen of the builders."""
    return row("citizen", CITIZEN.encode(a_citizen()), **changes)


def agreement_row(**changes: Any) -> dict[str, Any]:
    """The agreement of the builders."""
    return row("agreement", AGREEMENT.encode(an_agreement()), **changes)


def placement_row(**changes: Any) -> dict[str, Any]:
    """The placement of the builders."""
    return row("placement", PLACEMENT.encode(a_placement()), **changes)


def lines(*rows: Mapping[str, Any]) -> bytes:
    """An NDJSON file."""
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows).encode()


def all_kinds() -> bytes:
    """An NDJSON file with one row of each kind, referring to one another."""
    return lines(consultant_row(), company_row(), citizen_row(), agreement_row(), placement_row())


def workbook(folder: Path, change: Callable[[Workbook], None], name: str = "ark.xlsx") -> Path:
    """The template with its examples and a change."""
    path = folder / name
    write_template(path)
    book = load_workbook(path)
    change(book)
    book.save(path)
    return path
