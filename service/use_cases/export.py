"""Writes all that a municipality has stored to a file that the import reads."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from service.audit_chain import Action
from service.codec import CODECS
from service.db.audit_repositories import audited
from service.db.documents import Documents
from service.db.repositories import REPOSITORIES
from service.db.session import SessionFactory, read_only, unit_of_work
from service.use_cases.template import write_workbook


def export_ndjson(sessions: SessionFactory, municipality: str, path: Path) -> int:
    """Write one JSON object a line, each kind after those it refers to and by id; gives the number of lines.

    The same database always gives the same bytes. The file appears whole or not at all.
    """
    _write_down(sessions, municipality, "ndjson")
    partial = path.with_name(f".{path.name}.partial")
    lines = 0
    try:
        with read_only(sessions) as session, partial.open("w", encoding="utf-8", newline="\n") as file:
            for kind in REPOSITORIES:
                for found in _objects(session, municipality, kind):
                    file.write(json.dumps({"type": kind, **found}, ensure_ascii=False) + "\n")
                    lines += 1
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return lines


def export_xlsx(sessions: SessionFactory, municipality: str, path: Path) -> None:
    """Write the template filled with all that is stored, but for the work agreements of placements."""
    _write_down(sessions, municipality, "xlsx")
    with read_only(sessions) as session:
        write_workbook(path, {kind: _objects(session, municipality, kind) for kind in REPOSITORIES})


def _write_down(sessions: SessionFactory, municipality: str, format_: str) -> None:
    """Before anything leaves: that somebody takes everything out."""
    with unit_of_work(sessions) as session:
        audited(session, municipality, Action.DATA_EXPORTED, "municipality", municipality, {"format": format_})


def _objects(session: Session, municipality: str, kind: str) -> Iterator[dict[str, Any]]:
    repository: Documents[Any, Any] = REPOSITORIES[kind](session, municipality)
    return map(CODECS[kind].encode, repository.iterate())
