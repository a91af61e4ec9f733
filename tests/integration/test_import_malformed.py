"""Malformed files: each is reported by file, row, field and fix, and leaves the database as it was."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from service.use_cases import import_ndjson, import_xlsx
from service.use_cases.template_sheets import SHEETS
from tests.stores import (
    Store,
    agreement_row,
    all_kinds,
    citizen_row,
    company_row,
    consultant_row,
    lines,
    placement_row,
    workbook,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A database that holds one of each kind already."""
    store = Store.create(tmp_path)
    report = store.bring(all_kinds())
    assert (report.good, report.errors) == (5, ())
    return store


def new_citizen(**changes: Any) -> bytes:
    return lines(citizen_row(id="citizen-2", **changes))


def new_agreement(**changes: Any) -> bytes:
    slot = {**agreement_row()["slots"][0], "id": "slot-2", **changes}
    return lines(agreement_row(id="agreement-2", slots=[slot]))


def nested(depth: int) -> bytes:
    return b'{"type": "citizen", "goals": ' + b"[" * depth + b"]" * depth + b"}"


BAD_FILES: dict[str, tuple[bytes, int, str, str]] = {
    # name: content, row, field, a part of the problem
    "empty": (b"", 0, "", "er tom"),
    "blank": (b"\n \n\t\n", 0, "", "er tom"),
    "wrong type": (new_citizen(hours_now="ti"), 1, "hours_now", "ikke et tal"),
    "number where text belongs": (new_citizen(name=7), 1, "name", "ikke tekst"),
    "text where a list belongs": (new_citizen(wishes_for="company-1"), 1, "wishes_for", "ikke en liste"),
    "list where an object belongs": (new_citizen(home=[55.9, 8.4]), 1, "home", "ikke et objekt"),
    "unknown field": (new_citizen(cpr="x"), 1, "cpr", "ikke et kendt felt"),
    "missing field": (lines({"type": "citizen", "id": "citizen-2"}), 1, "municipality", "mangler"),
    "unknown type": (lines(citizen_row(type="borger")), 1, "type", "ukendt"),
    "no type": (lines({"id": "citizen-2"}), 1, "type", "mangler"),
    "unknown choice": (new_citizen(profile="rask"), 1, "profile", "ukendt"),
    "unknown job function": (
        new_citizen(competences=[{"function": "x"}]),
        1,
        "competences[0].function",
        "ikke en kendt jobfunktion",
    ),
    "unknown certificate": (new_agreement(certificates=["x"]), 1, "slots[0].certificates[0]", "ikke et kendt"),
    "unknown occupation": (
        new_citizen(goals=[{"text": "kok", "occupation": "kok"}]),
        1,
        "goals[0].occupation",
        "ikke en kendt stilling",
    ),
    "unknown target group": (new_citizen(target_group="kendt"), 1, "target_group", "ikke en målgruppe på den dag"),
    "unknown target group of a slot": (new_agreement(target_groups=["x"]), 1, "slots[0].target_groups[0]", "målgruppe"),
    "duplicate id": (
        lines(citizen_row(name="En"), citizen_row(name="To")),
        2,
        "id",
        "er allerede brugt i rows.ndjson, række 1",
    ),
    "duplicate field": (b'{"type": "citizen", "id": "a", "id": "b"}\n', 1, "", "det samme felt to gange"),
    "negative hours": (new_citizen(hours_now=-5), 1, "hours_now", "uden for det mulige"),
    "negative places": (new_agreement(capacity=-1), 1, "slots[0].capacity", "uden for det mulige"),
    "impossible date": (new_citizen(waiting_since="2026-02-30"), 1, "waiting_since", "ikke en dato"),
    "date with a time": (new_citizen(waiting_since="2026-02-01T10:00:00"), 1, "waiting_since", "ikke en dato"),
    "ends before it starts": (new_agreement(ends_on="2020-01-01"), 1, "slots[0].ends_on", "ligger før startdatoen"),
    "NaN": (new_citizen(hours_now=float("nan")), 1, "", "NaN"),
    "infinity": (new_citizen(hours_now=float("inf")), 1, "", "Infinity"),
    "infinity in disguise": (
        new_citizen(hours_now=0).replace(b'"hours_now": 0', b'"hours_now": 1e999'),
        1,
        "hours_now",
        "ikke et almindeligt tal",
    ),
    "huge whole number": (new_citizen(longest_travel_minutes=10**300), 1, "longest_travel_minutes", "uden for"),
    "number of 10,000 digits": (b'{"type": "citizen", "id": ' + b"9" * 10_000 + b"}", 1, "", "alt for langt"),
    "huge text": (new_citizen(name="x" * 5000), 1, "name", "over 4000 tegn"),
    "huge line": (new_citizen(name="x" * import_ndjson.MOST_LINE_BYTES), 1, "", "længere end 5 MB"),
    "control characters": (new_citizen(name="\x07"), 1, "name", "styretegn"),
    "half a character": (new_citizen(name="x").replace(b'"x"', b'"\\ud800"'), 1, "", "tekst, der ikke er gyldig"),
    "Latin-1": (new_citizen(name="Åse").decode().encode("latin-1"), 1, "", "ikke i UTF-8"),
    "UTF-16": (new_citizen().decode().encode("utf-16"), 0, "", "UTF-16"),
    "CPR as id": (lines(citizen_row(id="0101701234")), 1, "id", "ligner et CPR-nummer"),
    "CPR with hyphen as id": (lines(consultant_row(id="010170-1234")), 1, "id", "ligner et CPR-nummer"),
    "CPR as reference": (lines(placement_row(id="p-2", citizen_id="0101701234")), 1, "citizen_id", "CPR"),
    "CVR with a wrong check digit": (lines(company_row(id="c-2", cvr="12345678")), 1, "cvr", "kontrolciffer"),
    "CVR with letters": (lines(company_row(id="c-2", cvr="DK123456")), 1, "cvr", "ikke et CVR-nummer"),
    "unknown company": (new_citizen(wishes_against=["company-9"]), 1, "wishes_against[0]", "der ikke findes"),
    "unknown consultant": (new_citizen(consultant_id="k-9"), 1, "consultant_id", "en jobkonsulent, der ikke findes"),
    "unknown worksite": (new_agreement(worksite_id="w-9"), 1, "slots[0].worksite_id", "der ikke findes"),
    "another municipality": (new_citizen(municipality="0671"), 1, "municipality", "en anden kommune"),
    "P-number in use": (
        lines(company_row(id="c-2", worksites=[{**company_row()["worksites"][0], "id": "w-2"}])),
        1,
        "worksites[0].p_number",
        "tilhører en anden P-enhed",
    ),
    "drops a slot with placements": (
        lines(agreement_row(slots=[{**agreement_row()["slots"][0], "id": "slot-2"}])),
        1,
        "slots",
        "udelader en plads, der har forløb",
    ),
    "not JSON": (b"id;navn\n", 1, "", "ikke JSON"),
    "cut off": (new_citizen()[:100], 1, "", "ikke JSON"),
    "not an object": (b"17\n", 1, "", "ikke et objekt"),
    "one large list": (json.dumps([citizen_row()]).encode(), 0, "", "én stor liste"),
    "HTML": (b"<html></html>", 0, "", "HTML"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, 0, "", "ældre Excel-fil"),
    "zeros": (b"\0" * 100, 0, "", "ikke tekst"),
    "bottomless": (nested(100_000), 1, "", "for mange lag"),
    "broken ZIP": (b"PK\x03\x04" + b"\1" * 200, 0, "", "ikke en Excel-fil"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_malformed_file_is_reported_and_changes_nothing(store: Store, name: str) -> None:
    content, row, field, problem = BAD_FILES[name]
    if name == "duplicate id":  # the first of the two is a good row and is taken: here it is the stored one
        content = lines(citizen_row(), citizen_row(name="To"))
    before = store.dump()
    report = store.bring(content)
    first = report.errors[0]
    assert (first.file, first.row, first.field) == ("rows.ndjson", row, field)
    assert problem in first.problem
    assert first.fix
    assert store.dump() == before
    shown = json.dumps(report.as_record(), ensure_ascii=False) + "".join(map(str, report.errors))
    for secret in ("0101701234", "010170-1234", "Åse", "xxxx", "rask", "company-9"):
        assert secret not in shown


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in parts.items():
            package.writestr(part, content)
    return buffer.getvalue()


BAD_PACKAGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "no workbook": (lambda: zipped({"hello.txt": b"hello"}), "ikke en Excel-fil"),
    "an entity bomb": (
        lambda: zipped({"xl/workbook.xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}),
        "ikke en Excel-fil",
    ),
    "an entity bomb that comes late": (
        lambda: zipped(
            {"xl/workbook.xml": b"<?xml version='1.0'?>" + b" " * 2000 + b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}
        ),
        "ikke en Excel-fil",
    ),
    "an entity bomb in UTF-16": (
        lambda: zipped({"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'.encode("utf-16")}),
        "ikke en Excel-fil",
    ),
    "unpacks to far too much": (
        lambda: zipped({f"xl/{part}.xml": b" " * 60_000_000 for part in range(9)}),
        "fylder over 500 MB, når den er pakket ud",
    ),
    "far too many parts": (lambda: zipped({f"{part}.xml": b"" for part in range(1001)}), "fylder over 500 MB"),
}


@pytest.mark.parametrize("name", BAD_PACKAGES)
def test_a_package_that_is_no_workbook_is_refused_before_it_is_read(store: Store, name: str) -> None:
    build, problem = BAD_PACKAGES[name]
    before = store.dump()
    report = store.bring(build(), "ark.xlsx")
    assert [(error.row, problem in error.problem) for error in report.errors] == [(0, True)]
    assert store.dump() == before


def _set(sheet: str, cell: str, value: Any) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


def _column(sheet: str, header: str) -> str:
    """Letter of a column of the template."""
    [found] = [one for one in SHEETS if one.name == sheet]
    names = [column.header for column in found.all_columns]
    return get_column_letter(names.index(header) + 1)


BAD_CELLS: dict[str, tuple[str, str, object, str]] = {
    # name: sheet, header, what stands there, a part of the problem
    "a number that is none": ("Borgere", "Timer nu", "mange", "er ikke et tal"),
    "a formula": ("Borgere", "Timer nu", "=4+4", "er en formel"),
    "an unknown choice": ("Borgere", "Målgruppeprofil", "rask", "er ukendt"),
    "a CPR number": ("Borgere", "Id", "010170-1234", "ligner et CPR-nummer"),
    "an empty cell that must be filled": ("Borgere", "Postnummer", None, "mangler"),
    "an impossible date": ("Borgere", "Ventet siden", "30-02-2026", "er ikke en dato, der findes"),
    "a time of day that is none": ("Borgere", "Fra kl.", "25:99", "er ikke et klokkeslæt"),
    "neither yes nor no": ("Mentorer", "Uddannet", "måske", "er hverken ja eller nej"),
    "an unknown job function": ("Kompetencer", "Jobfunktion", "trylleri", "er ikke en kendt jobfunktion"),
    "a level off the scale": ("Skånehensyn", "Grænse", 900, "ligger uden for det mulige"),
    "a worksite that is not there": ("Pladser", "P-enhed", "P9", "henviser til en P-enhed hos virksomheden"),
    "half a place": ("Pladser", "Antal", 1.5, "er ikke et helt tal"),
    "an unknown condition": ("Krav", "Forhold", "vejrlig", "er ukendt"),
}


@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_bad_cell_is_reported_by_sheet_row_and_header(tmp_path: Path, name: str) -> None:
    sheet, header, value, problem = BAD_CELLS[name]
    store = Store.create(tmp_path)
    before = store.dump()
    path = workbook(tmp_path, _set(sheet, f"{_column(sheet, header)}2", value))
    report = store.bring_files(path, all_or_nothing=True)
    found = [error for error in report.errors if (error.sheet, error.row, error.field) == (sheet, 2, header)]
    assert [problem in error.problem for error in found] == [True]
    assert not report.taken
    assert store.dump() == before


BAD_SHEETS: dict[str, tuple[Callable[[Workbook], None], str]] = {
    "an unknown column": (_set("Borgere", "AZ1", "Diagnose"), "har en ukendt kolonne i arket Borgere (celle AZ1)"),
    "a column twice": (_set("Borgere", "AZ1", "Navn"), "har kolonnen Navn to gange"),
    "a column gone": (_set("Borgere", "A1", None), "mangler kolonner i arket Borgere: Id"),
}


@pytest.mark.parametrize("name", BAD_SHEETS)
def test_a_sheet_with_other_columns_is_refused_whole(tmp_path: Path, name: str) -> None:
    change, problem = BAD_SHEETS[name]
    store = Store.create(tmp_path)
    before = store.dump()
    report = store.bring_files(workbook(tmp_path, change))
    assert [error.problem for error in report.errors] == [f"filen {problem}"] or problem in report.errors[0].problem
    assert len(report.errors) == 1
    assert store.dump() == before


def test_a_workbook_without_the_sheets_of_the_template_is_refused(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    book = Workbook()
    book.save(tmp_path / "andet.xlsx")
    report = store.bring_files(tmp_path / "andet.xlsx")
    assert ["har ingen af skabelonens ark" in error.problem for error in report.errors] == [True]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet2.xml", "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", [b"<worksheet><sheetData><row>", b"\0\0", b""])
def test_a_damaged_workbook_is_refused(tmp_path: Path, part: str, content: bytes) -> None:
    store = Store.create(tmp_path)
    before = store.dump()
    with zipfile.ZipFile(workbook(tmp_path, lambda _book: None)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    report = store.bring(zipped(parts | {part: content}), "skadet.xlsx")
    assert [(error.row, "ikke en Excel-fil" in error.problem) for error in report.errors] == [(0, True)]
    assert store.dump() == before


def test_a_workbook_with_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_xlsx, "MOST_ROWS", 1)
    report = Store.create(tmp_path).bring_files(workbook(tmp_path, lambda _book: None))
    assert ["har over 1 rækker" in error.problem for error in report.errors] == [True]


@pytest.mark.parametrize(("module", "name"), [(import_ndjson, "rows.ndjson"), (import_xlsx, "ark.xlsx")])
def test_a_file_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    content = all_kinds() if name == "rows.ndjson" else workbook(tmp_path, lambda _book: None).read_bytes()
    report = Store.create(tmp_path).bring(content, name)
    assert [(error.row, "fylder over" in error.problem) for error in report.errors] == [(0, True)]


def test_files_that_cannot_be_opened_are_reported(tmp_path: Path) -> None:
    report = Store.create(tmp_path).bring_files(tmp_path / "nowhere.ndjson", tmp_path)
    assert [error.problem for error in report.errors] == ["filen findes ikke", "filen er en mappe"]
