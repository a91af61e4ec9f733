"""Import: good rows are taken beside bad ones, in any order, across files, and again without change."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from matcher.domain.citizen import DanishLevel
from matcher.domain.schedule import Schedule, Weekday
from service.db.repositories import Agreements, Citizens, Companies, Imports, Placements
from service.db.session import read_only, unit_of_work
from service.use_cases.export import export_ndjson, export_xlsx
from service.use_cases.import_files import import_sources, source_of
from service.use_cases.import_report import Errors
from service.use_cases.template import write_template
from tests.builders import MUNICIPALITY, ON, a_citizen, a_placement
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
    return Store.create(tmp_path)


def test_rows_may_stand_in_any_order(store: Store) -> None:
    report = store.bring(
        lines(placement_row(), agreement_row(), citizen_row(wishes_for=["company-1"]), company_row(), consultant_row())
    )
    assert (report.good, report.bad, report.taken) == (5, 0, True)


def test_rows_may_refer_to_one_another_across_files(store: Store) -> None:
    people, places = store.folder / "borgere.ndjson", store.folder / "steder.ndjson"
    people.write_bytes(lines(citizen_row(wishes_for=["company-1"])))
    places.write_bytes(lines(company_row(), consultant_row()))
    assert store.bring_files(people, places).good == 3


def test_good_rows_are_taken_beside_bad_ones(store: Store) -> None:
    report = store.bring(lines(consultant_row(), citizen_row(), citizen_row(id="citizen-2", hours_now=-1)))
    assert (report.good, report.bad, report.taken) == (2, 1, True)
    with read_only(store.sessions) as session:
        assert Citizens(session, MUNICIPALITY).all() == (a_citizen(),)


def test_all_or_nothing_takes_none_beside_a_bad_one(store: Store) -> None:
    before = store.dump()
    rows = lines(consultant_row(), citizen_row(), citizen_row(id="citizen-2", hours_now=-1))
    report = store.bring(rows, all_or_nothing=True)
    assert (report.good, report.bad, report.taken) == (2, 1, False)
    assert store.dump() == before
    assert store.bring(all_kinds(), all_or_nothing=True).taken


def test_importing_the_same_file_again_changes_nothing(store: Store) -> None:
    store.bring(all_kinds())
    before = store.dump()
    report = store.bring(all_kinds())
    assert {kind: count.unchanged for kind, count in report.rows.items()} == dict.fromkeys(report.rows, 1)
    assert store.dump() == before


def test_a_changed_row_is_updated(store: Store) -> None:
    store.bring(all_kinds())
    report = store.bring(lines(citizen_row(hours_now=12)))
    assert report.rows["citizen"].updated == 1
    with read_only(store.sessions) as session:
        assert Citizens(session, MUNICIPALITY).get_versioned("citizen-1") == (a_citizen(hours_now=12), 2)


def test_rows_that_refer_to_a_bad_row_say_so(store: Store) -> None:
    report = store.bring(
        lines(consultant_row(caseload=-1), company_row(), citizen_row(), agreement_row(), placement_row(decided_by=""))
    )
    found = {(error.row, error.field): error.problem for error in report.errors}
    assert found[3, "consultant_id"] == "henviser til en række, der selv har fejl"
    assert found[4, "consultant_id"] == "henviser til en række, der selv har fejl"
    assert (5, "decided_by") in found
    assert report.rows["company"].created == 1


def test_a_placement_in_a_slot_of_a_bad_agreement_says_so(store: Store) -> None:
    report = store.bring(
        lines(consultant_row(), company_row(), citizen_row(), agreement_row(model="x"), placement_row())
    )
    assert [(error.row, error.field) for error in report.errors] == [(4, "model"), (5, "slot_id")]
    assert report.errors[1].fix == "ret den række først"


def test_every_error_of_a_row_is_reported(store: Store) -> None:
    report = store.bring(lines(citizen_row(hours_now=-1, home_postcode="x", competences=[{"function": 3}], extra=1)))
    fields = {error.field for error in report.errors}
    assert fields == {"extra", "competences[0].function"}  # what the types refuse; ranges are judged on right types
    report = store.bring(lines(citizen_row(target_group="x", certificates=["y"])))
    assert {error.field for error in report.errors} == {"target_group", "certificates[0]"}


def test_an_error_reads_as_a_danish_sentence(store: Store) -> None:
    report = store.bring(lines(consultant_row(), citizen_row(hours_now=50)))
    assert str(report.errors[0]) == (
        "rows.ndjson, række 2: hours_now ligger uden for det mulige – skriv et tal fra 0,5 til 37 timer om ugen"
    )


def test_a_target_group_must_be_valid_on_the_day(store: Store) -> None:
    report = store.bring(lines(consultant_row(), citizen_row()), on=date(2020, 1, 1))
    assert [error.field for error in report.errors] == ["target_group"]


def test_bytes_before_the_text_and_blank_lines_are_no_matter(store: Store) -> None:
    content = b"\xef\xbb\xbf\r\n" + all_kinds().replace(b"\n", b"\r\n\r\n")
    report = store.bring(content.replace(b"\xef\xbb\xbf\r\n", b"\xef\xbb\xbf"))
    assert (report.good, report.errors) == (5, ())


def test_danish_letters_survive(store: Store) -> None:
    store.bring(lines(consultant_row(), citizen_row(name="Åse Ærø Ødegård")))
    with read_only(store.sessions) as session:
        assert Citizens(session, MUNICIPALITY).get("citizen-1").name == "Åse Ærø Ødegård"


def test_more_rows_than_a_batch_and_progress(store: Store) -> None:
    seen: list[tuple[int, int]] = []
    rows = lines(consultant_row(), *(citizen_row(id=f"c-{number}") for number in range(1201)))
    report = store.bring(rows, progress=lambda done, total: seen.append((done, total)))
    assert report.rows["citizen"].created == 1201
    assert seen == [(1, 1202), (501, 1202), (1001, 1202), (1202, 1202)]


def test_errors_beyond_the_list_are_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.use_cases.import_report.MOST_ERRORS", 3)
    report = store.bring(b"x\n" * 5)
    assert (len(report.errors), report.errors_left_out) == (3, 2)


def test_an_import_that_changes_something_is_logged(store: Store) -> None:
    store.bring(all_kinds(), "nat.ndjson")
    store.bring(all_kinds(), "nat.ndjson")
    with read_only(store.sessions) as session:
        [done] = Imports(session, MUNICIPALITY).newest()
    assert done.counts["citizen"] == {"created": 1, "updated": 0}
    assert done.files[0]["name"] == "nat.ndjson"
    assert len(done.files[0]["sha256"]) == 64


def test_a_caller_with_its_own_transaction_can_take_it_back(store: Store) -> None:
    path = store.folder / "rows.ndjson"
    path.write_bytes(all_kinds())
    before = store.dump()

    def bring_and_fail() -> None:
        with path.open("rb") as stream, unit_of_work(store.sessions) as session:
            report = import_sources(session, MUNICIPALITY, [source_of(path.name, stream, MUNICIPALITY)], on=ON)
            assert report.good == 5
            raise KeyError

    with pytest.raises(KeyError):
        bring_and_fail()
    assert store.dump() == before


def test_the_list_of_errors_is_false_until_there_is_one() -> None:
    assert not Errors()


# Workbooks.


def test_the_template_imports_cleanly(store: Store) -> None:
    write_template(store.folder / "skabelon.xlsx")
    report = store.bring_files(store.folder / "skabelon.xlsx")
    assert report.errors == ()
    assert {kind: count.created for kind, count in report.rows.items()} == {
        "consultant": 1,
        "company": 1,
        "citizen": 1,
        "agreement": 1,
        "placement": 0,
    }
    with read_only(store.sessions) as session:
        [citizen] = Citizens(session, MUNICIPALITY).all()
        [agreement] = Agreements(session, MUNICIPALITY).all()
    assert citizen.schedule == Schedule((Weekday.MONDAY, Weekday.TUESDAY, Weekday.THURSDAY), 540, 840)
    assert citizen.danish_level is DanishLevel.B2
    assert [need.limit for need in citizen.accommodations] == [10, 1]
    assert agreement.slots[0].tasks == ("opvask", "anretning af frokost")


def test_the_template_guides_and_offers_lists(store: Store) -> None:
    write_template(store.folder / "skabelon.xlsx")
    book = load_workbook(store.folder / "skabelon.xlsx")
    assert book.sheetnames == [
        "Vejledning", "Borgere", "Mål", "Kompetencer", "Skånehensyn", "Tidligere forløb", "Virksomheder", "P-enheder",
        "Mentorer", "Aftaler", "Pladser", "Krav", "Jobkonsulenter", "Forløb", "Lister",
    ]  # fmt: skip
    headers = [cell.value for cell in book["Jobkonsulenter"][1]]
    assert headers == ["Id *", "Navn *", "Timer til opsøgning *", "Antal forløb *", "Team"]
    offered = {
        validation.formula1: str(validation.sqref) for validation in book["Borgere"].data_validations.dataValidation
    }
    assert any(cells == "D2:D5000" for cells in offered.values())
    sheet, _, cells = next(iter(offered)).partition("!")
    assert sheet == "Lister"
    assert all(row[0].value for row in book[sheet][cells.replace("$", "")])


def _type_as_people_do(book: Workbook) -> None:
    people = book["Borgere"]
    names = {str(cell.value).rstrip(" *"): get_column_letter(at) for at, cell in enumerate(people[1], start=1)}
    typed: dict[str, Any] = {
        "Timer nu": "7,5",
        "Postnummer": 6900,
        "Ventet siden": "1.6.2026",
        "Fra kl.": "8.30",
        "Til kl.": 0.5,
        "Rejsemåder": " Til fods ;med bus; ",
        "Målgruppeprofil": "ADAPTATION",
        "Fremmøde": 1,
    }
    for header, value in typed.items():
        people[f"{names[header]}2"] = value
    book["Skånehensyn"]["C3"] = "Ja"
    book["Borgere"].insert_rows(2, 3)


def test_cells_may_be_typed_as_people_do(store: Store) -> None:
    report = store.bring_files(workbook(store.folder, _type_as_people_do))
    assert report.errors == ()
    with read_only(store.sessions) as session:
        [citizen] = Citizens(session, MUNICIPALITY).all()
    assert (citizen.hours_now, citizen.home_postcode, citizen.waiting_since) == (7.5, "6900", date(2026, 6, 1))
    assert (citizen.schedule.from_minutes, citizen.schedule.to_minutes) == (510, 720)
    assert [mode.value for mode in citizen.travel_modes] == ["walk", "bus"]
    assert (citizen.profile.value, citizen.attendance_stability) == ("adaptation", 1)
    assert citizen.accommodations[1].limit == 1


def test_a_row_that_belongs_to_nobody_is_reported(store: Store) -> None:
    def change(book: Workbook) -> None:
        book["Kompetencer"].append(["ukendt", "opvask"])
        book["Mål"].append([None, "kok"])

    report = store.bring_files(workbook(store.folder, change))
    assert {(error.sheet, error.row, error.field, error.problem) for error in report.errors} == {
        ("Kompetencer", 3, "Borger", "findes ikke i arket Borgere"),
        ("Mål", 3, "Borger", "mangler"),
    }
    assert report.rows["citizen"].created == 1


def test_a_duplicate_in_a_sheet_names_the_first(store: Store) -> None:
    def change(book: Workbook) -> None:
        book["Jobkonsulenter"].append(["EKSEMPEL-K1", "En anden", 1, 1])

    report = store.bring_files(workbook(store.folder, change))
    assert [(error.sheet, error.row, error.field) for error in report.errors] == [("Jobkonsulenter", 3, "Id")]
    assert report.errors[0].problem == "er allerede brugt i ark.xlsx, ark Jobkonsulenter, række 2"


def test_an_agreement_without_slots_points_at_the_sheet(store: Store) -> None:
    report = store.bring_files(workbook(store.folder, lambda book: book["Pladser"].delete_rows(2)))
    problems = {(error.sheet, error.row): f"{error.field} {error.problem}" for error in report.errors}
    assert problems["Aftaler", 2] == "rækkerne i arket Pladser er tomt"
    assert ("Krav", 2) in problems


def test_text_that_looks_like_a_formula_stays_text(store: Store) -> None:
    store.bring(lines(consultant_row(), citizen_row(name="=HYPERLINK(1)")))
    path = store.folder / "ud.xlsx"
    export_xlsx(store.sessions, MUNICIPALITY, path)
    assert load_workbook(path)["Borgere"]["B2"].data_type == "s"
    assert store.bring_files(path).rows["citizen"].unchanged == 1


def test_a_workbook_leaves_the_work_agreement_that_it_cannot_hold(store: Store) -> None:
    agreed = {
        "functions": ["dish_washing"],
        "sub_goals": [],
        "hours": [{"from_on": "2026-09-01", "hours_per_week": 10}],
        "call_on_absence": "Jobkonsulenten",
    }
    store.bring(all_kinds() + lines())
    store.bring(lines(placement_row(work_agreement=agreed)))
    export_xlsx(store.sessions, MUNICIPALITY, store.folder / "ud.xlsx")
    assert store.bring_files(store.folder / "ud.xlsx").rows["placement"].unchanged == 1
    with read_only(store.sessions) as session:
        assert Placements(session, MUNICIPALITY).get("placement-1").work_agreement is not None


def test_a_placement_comes_from_a_workbook_too(store: Store) -> None:
    store.bring(all_kinds())
    export_xlsx(store.sessions, MUNICIPALITY, store.folder / "ud.xlsx")
    other = Store.create_in(store.folder / "other")
    assert other.bring_files(store.folder / "ud.xlsx").errors == ()
    with read_only(other.sessions) as session:
        assert Placements(session, MUNICIPALITY).all() == (a_placement(),)
        assert Companies(session, MUNICIPALITY).count() == 1


def test_a_failed_export_leaves_no_file(store: Store) -> None:
    target = store.folder / "taken"
    target.mkdir()
    with pytest.raises(OSError, match="taken"):
        export_ndjson(store.sessions, MUNICIPALITY, target)
    assert sorted(path.name for path in store.folder.iterdir() if "partial" in path.name) == []
