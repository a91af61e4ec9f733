"""Explanations as a case system and a consultant at a terminal get them: languages, depths, letters."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service import cli
from service.app import create_app
from tests.databases import copied
from tests.integration.conftest import PlannedDemo
from tests.serving import CONSULTANT, Client, settings_for

API = "/api/v1"
Read = Callable[[str], Any]


@pytest.fixture
def read(planned: PlannedDemo, tmp_path: Path) -> Read:
    database = tmp_path / "api.db"
    copied(planned.database, database)
    client = Client(create_app(settings_for(database)), token=CONSULTANT)

    def answer(path: str) -> Any:
        found = client.get(f"{API}{path}")
        assert found.status_code == 200, found.text
        return found.json()

    return answer


def test_a_list_has_the_same_places_in_both_languages(read: Read, planned: PlannedDemo) -> None:
    citizen = planned.demo.night.proposals[0].citizen_id
    danish = read(f"/citizens/{citizen}/suggestions")
    english = read(f"/citizens/{citizen}/suggestions?language=en")
    assert [one["slot_id"] for one in danish["places"]] == [one["slot_id"] for one in english["places"]]
    for ours, theirs in zip(danish["places"], english["places"], strict=True):
        assert ours["explanation"]["value"] == theirs["explanation"]["value"]
        assert ours["explanation"]["one_line"] != theirs["explanation"]["one_line"]
        assert theirs["explanation"]["language"] == "en"
        assert [term["id"] for term in ours["explanation"]["terms"]] == [
            term["id"] for term in theirs["explanation"]["terms"]
        ]
    assert danish["weights"].startswith("håndsatte vægte")
    assert english["weights"].startswith("hand-set weights")


def test_an_unknown_language_is_refused(planned: PlannedDemo, tmp_path: Path) -> None:
    database = tmp_path / "api.db"
    copied(planned.database, database)
    client = Client(create_app(settings_for(database)), token=CONSULTANT)
    citizen = planned.demo.night.proposals[0].citizen_id
    assert client.get(f"{API}/citizens/{citizen}/suggestions?language=sv").status_code == 422


def test_somebody_without_a_place_is_told_so_in_english(read: Read, planned: PlannedDemo) -> None:
    citizen = planned.demo.night.unplaced[0].citizen_id
    assert read(f"/citizens/{citizen}/suggestions?language=en")["unplaced"].startswith("The plan has no place")


def test_a_proposed_place_counts_who_else_wants_it_and_is_compared(read: Read, planned: PlannedDemo) -> None:
    priced = [one for one in planned.demo.night.proposals if one.price > 0]
    found = [read(f"/citizens/{one.citizen_id}/suggestions/{one.slot_id}") for one in priced[:10]]
    for answer, proposal in zip(found, priced, strict=False):
        explanation = answer["place"]["explanation"]
        assert explanation["wanted"] == proposal.explanation["wanted"], "the list counts as the night did"
        assert 0 <= explanation["wanted"]["better"] <= explanation["wanted"]["want"]
        for other in explanation["alternatives"]:
            assert other["slot_id"] != proposal.slot_id
            assert other["worth_difference"] == pytest.approx(
                (other["value"] - other["price"]) - (explanation["value"] - explanation["price"]), abs=1e-9
            )
    assert any(answer["place"]["explanation"]["wanted"]["want"] for answer in found)


def test_the_letter_is_part_of_the_answer(read: Read, planned: PlannedDemo) -> None:
    proposal = planned.demo.night.proposals[0]
    path = f"/citizens/{proposal.citizen_id}/suggestions/{proposal.slot_id}"
    assert "forvaltningsloven § 19" in read(path)["letter"]
    assert "not a decision" in read(f"{path}?language=en")["letter"]


@pytest.mark.parametrize(
    ("options", "present", "absent"),
    [
        (("--depth", "line"), "", "Tallet bag"),
        (("--depth", "card"), "   + ", "Tallet bag"),
        (("--depth", "record"), "Tallet bag", "The rules"),
        (("--language", "en"), "The rules", "Reglerne"),
        (("--letter",), "forvaltningsloven § 19", "Tallet bag"),
    ],
)
def test_the_terminal_shows_each_depth_language_and_the_letter(
    options: tuple[str, ...],
    present: str,
    absent: str,
    planned: PlannedDemo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    copied(planned.database, tmp_path / "demo.db")
    monkeypatch.chdir(tmp_path)
    proposal = planned.demo.night.proposals[0]
    monkeypatch.setattr(sys, "argv", ["matcher", "explain", proposal.citizen_id, proposal.slot_id, *options])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    printed = " ".join(capfd.readouterr().out.split("\n"))
    assert not stopped.value.code
    assert printed.strip()
    assert present in printed
    assert absent not in printed
