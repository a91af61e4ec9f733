"""Explanations as a case system and a consultant at a terminal get them: languages, depths, letters."""

import html
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from matcher.language import Language
from matcher.wording.addressed import to_citizen
from service import cli
from service.app import create_app
from service.settings import Role
from tests.builders import MUNICIPALITY
from tests.databases import copied
from tests.integration.conftest import PlannedDemo
from tests.serving import CONSULTANT, TOKENS, Client, access_token, settings_for

API = "/api/v1"
NO_NEEDS = access_token("no-needs", "nils", "Nils", MUNICIPALITY, Role.TEAM_LEAD)
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


def test_somebody_without_a_place_is_told_all_of_why_in_both_languages(read: Read, planned: PlannedDemo) -> None:
    by_reason = {one.reason: one for one in planned.demo.night.unplaced}
    assert len(by_reason) > 2
    for one in by_reason.values():
        danish, english = (
            read(f"/citizens/{one.citizen_id}/suggestions?language={language}")["unplaced"] for language in ("da", "en")
        )
        assert (danish, english) == (one.text, one.text_english)
        assert len(english.splitlines()) == len(danish.splitlines()) > 1
        assert re.match(r"The citizen |None of the |\d+ places? fits? the citizen", english.splitlines()[0])
    night = planned.demo.night
    danish, english = (read(f"/runs/{night.run.id}/unplaced?language={language}") for language in ("da", "en"))
    assert {one["citizen_id"]: one["text"] for one in danish} == {one.citizen_id: one.text for one in night.unplaced}
    assert [one["text"] for one in english] == [one.text_english for one in night.unplaced]


def test_a_run_that_wrote_danish_alone_gives_the_reason_in_short_in_english(
    planned: PlannedDemo, tmp_path: Path
) -> None:
    database = tmp_path / "old.db"
    with create_engine(copied(planned.database, database)).begin() as connection:
        connection.execute(text("UPDATE unplaced SET text_english = NULL"))
    app = create_app(settings_for(database, tokens=(*TOKENS, NO_NEEDS)))
    run, one = planned.demo.night.run.id, planned.demo.night.unplaced[0]
    list_of, all_of = f"{API}/citizens/{one.citizen_id}/suggestions", f"{API}/runs/{run}/unplaced"
    consultant, without = Client(app, token=CONSULTANT), Client(app, token="no-needs")
    first = "The plan has no place for the citizen."
    found = consultant.get(list_of, params={"language": "en"}).json()["unplaced"]
    assert found.splitlines()[0] == first
    assert len(found.splitlines()) == 2
    assert {one["text"].splitlines()[0] for one in consultant.get(all_of, params={"language": "en"}).json()} == {first}
    assert consultant.get(list_of).json()["unplaced"] == one.text
    for answer in (without.get(list_of, params={"language": "en"}), without.get(all_of, params={"language": "en"})):
        texts = [answer.json()["unplaced"]] if "unplaced" in answer.json() else [one["text"] for one in answer.json()]
        assert set(texts) == {first}, "the reason may tell of a need"


def test_the_terminal_says_in_english_why_there_is_no_place(
    planned: PlannedDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", copied(planned.database, tmp_path / "terminal.db"))
    one = planned.demo.night.unplaced[0]
    done = CliRunner().invoke(cli.app, ["suggest", one.citizen_id, "--language", "en", "--places", "1"])
    printed = " ".join(done.stdout.split())
    first, *details = (one.text_english or "").splitlines()
    assert f"No place in the night's plan. {first}" in printed
    assert details
    assert all(line in printed for line in details)


def test_the_page_of_those_without_a_place_speaks_the_readers_language(planned: PlannedDemo, tmp_path: Path) -> None:
    database = tmp_path / "page.db"
    copied(planned.database, database)
    client = Client(create_app(settings_for(database)))
    assert client.post("/log-ind", data={"adgangsnoegle": CONSULTANT}).status_code == 303
    one = planned.demo.night.unplaced[0]
    danish = html.unescape(client.get("/forslag/uden-plads").text)
    assert client.post("/sprog", data={"til": "en"}).status_code == 303
    english = html.unescape(client.get("/forslag/uden-plads").text)
    for written, page in ((one.text, danish), (one.text_english or "", english)):
        assert all(line in page for line in written.splitlines())
    assert one.text.splitlines()[0] not in english


def test_without_the_right_to_needs_english_says_what_holds_of_all_places_alone(
    planned: PlannedDemo, tmp_path: Path
) -> None:
    database = tmp_path / "needs.db"
    copied(planned.database, database)
    client = Client(create_app(settings_for(database, tokens=(*TOKENS, NO_NEEDS))), token="no-needs")
    one = planned.demo.night.unplaced[0]
    first = (one.text_english or "").splitlines()[0]
    run = planned.demo.night.run.id
    assert client.get(f"{API}/citizens/{one.citizen_id}/suggestions?language=en").json()["unplaced"] == first
    listed = client.get(f"{API}/runs/{run}/unplaced?language=en").json()
    assert [found["text"] for found in listed if found["citizen_id"] == one.citizen_id] == [first]
    assert not any("\n" in found["text"] for found in listed)


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
    assert "forvaltningsloven §§ 19 og 21" in read(path)["letter"]
    assert "not a decision" in read(f"{path}?language=en")["letter"]


@pytest.mark.parametrize(
    ("options", "present", "absent"),
    [
        (("--depth", "line"), "", "Tallet bag"),
        (("--depth", "card"), "   + ", "Tallet bag"),
        (("--depth", "record"), "Tallet bag", "The rules"),
        (("--language", "en"), "The rules", "Reglerne"),
        (("--letter",), "databeskyttelsesforordningens artikel 16", "Tallet bag"),
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
    monkeypatch.setenv("MATCHER_DATABASE_URL", copied(planned.database, tmp_path / "copy.db"))
    proposal = planned.demo.night.proposals[0]
    monkeypatch.setattr(sys, "argv", ["matcher", "explain", proposal.citizen_id, proposal.slot_id, *options])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    printed = " ".join(capfd.readouterr().out.split("\n"))
    assert not stopped.value.code
    assert printed.strip()
    assert present in printed
    assert absent not in printed


def waiting(planned: PlannedDemo, reason: str | None = None) -> str:
    """Somebody whom the plan has no place for."""
    return next(one.citizen_id for one in planned.demo.night.unplaced if reason is None or one.reason == reason)


def test_somebody_without_a_place_has_a_letter_with_rules_and_sources(read: Read, planned: PlannedDemo) -> None:
    for one in planned.demo.night.unplaced[:10]:
        found = read(f"/citizens/{one.citizen_id}/without-place")
        assert found["text"] == one.text.splitlines()[0]
        assert to_citizen(found["text"], Language.DANISH) in found["letter"]
        assert (found["placement"], found["proposed"]) == (None, None)
        assert found["closed"]
        for closed in found["closed"]:
            assert to_citizen(closed["rule"]["source"], Language.DANISH) in found["letter"]
            assert to_citizen(closed["rule"]["texts"][0], Language.DANISH) in found["letter"]
        listed = read(f"/citizens/{one.citizen_id}/suggestions")
        assert found["open_places"] == listed["eligible"] - listed["not_free"]
        english = read(f"/citizens/{one.citizen_id}/without-place?language=en")
        assert [each["rule"]["id"] for each in english["closed"]] == [each["rule"]["id"] for each in found["closed"]]
        assert "not a decision" in english["letter"]


def test_whoever_has_a_proposal_has_no_letter_of_having_none(read: Read, planned: PlannedDemo) -> None:
    proposal = planned.demo.night.proposals[0]
    found = read(f"/citizens/{proposal.citizen_id}/without-place")
    assert (found["proposed"], found["letter"]) == (proposal.slot_id, "")


def test_needs_are_left_out_of_why_there_is_no_place(planned: PlannedDemo, tmp_path: Path) -> None:
    database = tmp_path / "api.db"
    copied(planned.database, database)
    app = create_app(settings_for(database, tokens=(*TOKENS, NO_NEEDS)))
    address = f"{API}/citizens/{waiting(planned, 'no_place_fits')}/without-place"
    found = Client(app, token="no-needs").get(address).json()
    assert not {"must_needs_met", "must_needs_stated", "with_others"} & {one["rule"]["id"] for one in found["closed"]}
    assert not [fact for fact in found["facts"] if fact["id"].startswith("need_")]
    assert found["letter"] == "Du har ikke adgang til skånehensyn."


def test_the_terminal_prints_the_letter_of_somebody_without_a_place(
    planned: PlannedDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", copied(planned.database, tmp_path / "without.db"))
    citizen = waiting(planned)
    letter = CliRunner().invoke(cli.app, ["explain", citizen, "--letter"])
    assert letter.exit_code == 0, letter.output
    assert "Der er ikke fundet en plads til dig" in letter.output
    plain = CliRunner().invoke(cli.app, ["explain", citizen])
    assert plain.exit_code == 0, plain.output
    assert "Kilde" in plain.output
