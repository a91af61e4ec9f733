"""What docs/import.md shows works, and its limits are those of the program."""

import re
from pathlib import Path

from matcher.domain.validation import MAX_TEXT
from service.use_cases import import_ndjson, import_report, import_xlsx
from tests.stores import Store

DOCS = (Path(__file__).parents[2] / "docs/import.md").read_text(encoding="utf-8")


def test_the_example_imports_cleanly(tmp_path: Path) -> None:
    [example] = re.findall(r"```ndjson\n(.*?)```", DOCS, re.DOTALL)
    report = Store.create(tmp_path).bring(example.encode())
    assert report.errors == ()
    assert {kind: count.created for kind, count in report.rows.items()} == dict.fromkeys(import_report.KINDS, 1)


def test_the_limits_are_those_of_the_program() -> None:
    for limit in (
        f"{import_ndjson.MOST_BYTES // 10**9} GB a file, {import_ndjson.MOST_LINE_BYTES // 10**6} MB a line",
        f"{import_xlsx.MOST_BYTES // 10**6} MB a file, {import_xlsx.MOST_UNPACKED_BYTES // 10**6} MB unpacked",
        f"{import_xlsx.MOST_ROWS:,} rows a sheet",
        f"{MAX_TEXT:,} characters",
        f"{import_report.MOST_ERRORS:,}; the rest is counted",
    ):
        assert limit in DOCS
