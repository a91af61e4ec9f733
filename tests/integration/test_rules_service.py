"""A municipality's rules in the service: stored with a name and a reason, previewed, used by plans and lists."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from matcher.domain.rule_changes import ChangeKind, RuleChange
from matcher.domain.statute import CASELOAD, STARTS_SOON, STATUTE
from matcher.weights import HAND_SET
from service.app import create_app
from service.db.audit_repositories import AuditEntries
from service.db.marks import marks_of
from service.db.rule_repositories import RULE_CHANGE, RuleChanges
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from service.problems import InvalidInput
from service.use_cases.matching import MatchInputs, load
from service.use_cases.plan_comparison import Move
from service.use_cases.planning import plan_stored
from service.use_cases.rule_preview import preview_rules
from service.use_cases.rules import change_rules, read_changes, rulebook_of, rules_overview
from tests.builders import MUNICIPALITY, ON
from tests.databases import address_of
from tests.integration.test_cli import Run, run  # noqa: F401 - a fixture
from tests.serving import (
    CONSULTANT,
    CONSULTANT_ELSEWHERE,
    ELSEWHERE,
    LEAD,
    OPERATIONS,
    SYSTEM,
    Client,
    settings_for,
)
from tests.stores import Store, agreement_row, citizen_row, company_row, consultant_row, lines

API = "/api/v1/rules"
OFF = RuleChange(ChangeKind.SWITCH_OFF, CASELOAD, ON)
NO_SINGLE: dict[str, Any] = {
    "kind": "add",
    "rule_id": "lokal.enkelt",
    "valid_from": "2026-01-01",
    "rule": {
        "danish": "Ingen enkeltmandspraktik i efteråret.",
        "english": "No tailored placements in autumn.",
        "source": "Udvalgets beslutning",
        "condition": {"settings": ["single"]},
    },
}
SECRET = "hemmelig-0101901234"
"""Must never come back."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One citizen and one place that fits."""
    made = Store.create(tmp_path)
    made.bring(lines(consultant_row(), company_row(), citizen_row(), agreement_row()))
    return made


@pytest.fixture
def app(store: Store) -> FastAPI:
    return create_app(settings_for(store.folder / "store.db", today=ON))


def without_condition(condition: dict[str, Any]) -> dict[str, Any]:
    """The local rule with another condition."""
    return NO_SINGLE | {"rule": NO_SINGLE["rule"] | {"condition": condition}}


def changes_of(*documents: dict[str, Any]) -> tuple[RuleChange, ...]:
    return read_changes({"changes": list(documents)})


def test_changes_are_kept_in_their_order_with_name_and_reason(migrated_url: str) -> None:
    engine = create_database_engine(migrated_url)
    sessions = sessions_of(engine)
    decided_at = datetime(2026, 9, 1, 12, tzinfo=UTC)
    some = changes_of(
        NO_SINGLE,
        {"kind": "set_figures", "rule_id": STARTS_SOON, "valid_from": "2026-01-01", "figures": {"horizon_weeks": 4}},
    )
    with unit_of_work(sessions) as session:
        changes = RuleChanges(session, MUNICIPALITY)
        changes.add_all(some, changed_by="tove", reason="Aftalt", changed_at=decided_at)
        changes.add_all([OFF], changed_by="karen", reason="Prøve", changed_at=decided_at)
        changes.add_all([], changed_by="karen", reason="Intet", changed_at=decided_at)
    with read_only(sessions) as session:
        stored = RuleChanges(session, MUNICIPALITY).all()
        assert [one.change for one in stored] == [*some, OFF]
        assert [one.number for one in stored] == [1, 2, 3]
        assert [(one.changed_by, one.reason) for one in stored] == [("tove", "Aftalt")] * 2 + [("karen", "Prøve")]
        assert {one.changed_at for one in stored} == {decided_at}
        assert RuleChanges(session, ELSEWHERE).all() == ()
        assert rulebook_of(session, ELSEWHERE) == STATUTE
    engine.dispose()


def test_a_change_is_part_of_what_is_planned_from_and_renews_the_lists(store: Store) -> None:
    inputs = MatchInputs()
    with read_only(store.sessions) as session:
        mark, before = marks_of(session, MUNICIPALITY), load(session, MUNICIPALITY)
        assert inputs.get(session, MUNICIPALITY, ON).rulebook == STATUTE
    change_rules(store.sessions, MUNICIPALITY, [OFF], changed_by="tove", reason="Prøve")
    with read_only(store.sessions) as session:
        after = load(session, MUNICIPALITY)
        assert marks_of(session, MUNICIPALITY) != mark
        assert not inputs.get(session, MUNICIPALITY, ON).rulebook.holds(CASELOAD, ON)
    assert after.digest() != before.digest()
    assert (after.citizens, after.agreements) == (before.citizens, before.agreements)


def test_the_night_keeps_a_local_rule(store: Store) -> None:
    with read_only(store.sessions) as session:
        free = plan_stored(load(session, MUNICIPALITY), HAND_SET, on=ON)
    change_rules(store.sessions, MUNICIPALITY, changes_of(NO_SINGLE), changed_by="tove", reason="Prøve")
    with read_only(store.sessions) as session:
        held = plan_stored(load(session, MUNICIPALITY), HAND_SET, on=ON)
    assert [int(plan.plan.slot_of_citizen[0]) for plan in (free, held)] == [0, -1]


def test_a_preview_shows_who_loses_and_who_gains_and_writes_nothing(store: Store) -> None:
    with read_only(store.sessions) as session:
        stored = load(session, MUNICIPALITY)
    dump = store.dump()
    loses = preview_rules(stored, HAND_SET, changes_of(NO_SINGLE), on=ON)
    assert [(one.citizen_id, one.move, one.slot_before, one.slot_after) for one in loses.differences] == [
        ("citizen-1", Move.LOSES, "slot-1", None)
    ]
    assert (loses.before.proposals, loses.after.proposals) == (1, 0)
    assert (loses.before.eligible_pairs, loses.after.eligible_pairs) == (1, 0)
    assert loses.before.value > loses.after.value == 0
    change_rules(store.sessions, MUNICIPALITY, changes_of(NO_SINGLE), changed_by="tove", reason="Prøve")
    with read_only(store.sessions) as session:
        stored = load(session, MUNICIPALITY)
    again = {"kind": "switch_off", "rule_id": "lokal.enkelt", "valid_from": "2026-01-01"}
    gains = preview_rules(stored, HAND_SET, changes_of(again), on=ON)
    assert [one.move for one in gains.differences] == [Move.GAINS]
    assert gains.as_record()["gains"] == 1
    written = ("rule_changes", "audit_entries", "data_marks")
    assert [line for line in store.dump() if not line.startswith(written)] == [
        line for line in dump if not line.startswith(written)
    ]


def test_a_change_that_begins_after_every_start_changes_no_proposal(store: Store) -> None:
    with read_only(store.sessions) as session:
        stored = load(session, MUNICIPALITY)
    later = changes_of(NO_SINGLE | {"valid_from": "2027-06-01"})
    assert preview_rules(stored, HAND_SET, later, on=ON).differences == ()


@pytest.mark.parametrize(
    ("field", "document"),
    [
        ("changes", {}),
        ("changes", {"changes": []}),
        ("changes", {"changes": [{}] * 101}),
        ("changes[0].kind", {"changes": [{"rule_id": "x", "valid_from": "2026-01-01"}]}),
        ("changes[1].valid_from", {"changes": [NO_SINGLE, NO_SINGLE | {"valid_from": "i går"}]}),
        ("changes[0].rule.condition.settings", {"changes": [without_condition({})]}),
        ("changes[0].rule.condition.age", {"changes": [without_condition({"age": 30})]}),
    ],
)
def test_what_cannot_be_read_is_refused_by_field(field: str, document: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_changes(document)
    assert field in [error.field for error in refused.value.errors]


def test_what_is_not_allowed_is_refused_and_nothing_is_written(store: Store) -> None:
    law = {"kind": "switch_off", "rule_id": "reasonableness", "valid_from": "2026-01-01"}
    with pytest.raises(InvalidInput, match=r"changes\[1\]\.rule_id: is a rule of law"):
        change_rules(store.sessions, MUNICIPALITY, changes_of(NO_SINGLE, law), changed_by="tove", reason="Prøve")
    for by, reason in (("tove", " "), ("", "Prøve")):
        with pytest.raises(InvalidInput):
            change_rules(store.sessions, MUNICIPALITY, [OFF], changed_by=by, reason=reason)
    with read_only(store.sessions) as session:
        assert RuleChanges(session, MUNICIPALITY).count() == 0


def test_a_change_that_has_become_impossible_counts_for_nothing_and_is_shown(store: Store) -> None:
    law = RuleChange(ChangeKind.SWITCH_OFF, "reasonableness", ON)
    with unit_of_work(store.sessions) as session:
        RuleChanges(session, MUNICIPALITY).add_all(
            [law, OFF], changed_by="tove", reason="Før loven", changed_at=datetime(2020, 1, 1, tzinfo=UTC)
        )
    with read_only(store.sessions) as session:
        found = rules_overview(session, MUNICIPALITY, ON)
        assert rulebook_of(session, MUNICIPALITY).holds("reasonableness", ON)
        assert not rulebook_of(session, MUNICIPALITY).holds(CASELOAD, ON)
    assert found.outdated == (1,)
    assert [one["outdated"] for one in found.as_record()["changes"]] == [False, True]


# HTTP.


@pytest.fixture
def as_caller(app: FastAPI) -> Callable[[str | None], Client]:
    return lambda token: Client(app, token=token)


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/preview"), ("POST", "/changes")])
def test_anonymous_callers_are_turned_away(as_caller: Callable[[str | None], Client], method: str, path: str) -> None:
    assert as_caller(None).request(method, f"{API}{path}").status_code == 401


def test_another_municipality_s_rules_are_not_touched(as_caller: Callable[[str | None], Client]) -> None:
    body = {"changes": [NO_SINGLE], "reason": "Prøve"}
    assert as_caller(CONSULTANT_ELSEWHERE).post(f"{API}/changes", json=body).status_code == 201
    assert as_caller(CONSULTANT).get(API).json()["changes"] == []
    assert len(as_caller(CONSULTANT_ELSEWHERE).get(API).json()["changes"]) == 1


@pytest.mark.parametrize("token", [OPERATIONS, SYSTEM])
def test_only_named_persons_who_decide_change_rules(as_caller: Callable[[str | None], Client], token: str) -> None:
    body = {"changes": [NO_SINGLE], "reason": "Prøve"}
    assert as_caller(token).post(f"{API}/changes", json=body).status_code == 403
    assert as_caller(token).get(API).status_code == 200


def test_a_change_is_listed_with_who_decided_it_and_its_rule_holds_from_its_day(
    as_caller: Callable[[str | None], Client],
) -> None:
    client = as_caller(LEAD)
    wanted = NO_SINGLE | {"valid_from": "2026-11-01"}
    body = {"changes": [wanted], "reason": "Besluttet i udvalget"}
    made = client.post(f"{API}/changes", json=body)
    assert made.status_code == 201
    (change,) = made.json()
    assert (change["changed_by"], change["reason"]) == ("tove", "Besluttet i udvalget")
    before, after = (
        {rule["id"] for rule in client.get(API, params={"on": day}).json()["rules"]}
        for day in ("2026-10-31", "2026-11-01")
    )
    assert after - before == {"lokal.enkelt"}
    assert client.get(API).json()["changes"] == [change]
    assert change["change"] == RULE_CHANGE.encode(*changes_of(wanted))


def test_a_preview_over_http_writes_nothing(as_caller: Callable[[str | None], Client]) -> None:
    client = as_caller(CONSULTANT)
    found = client.post(f"{API}/preview", json={"changes": [NO_SINGLE]})
    assert found.status_code == 200
    assert (found.json()["on"], found.json()["loses"], found.json()["gains"]) == (ON.isoformat(), 1, 0)
    (difference,) = found.json()["differences"]
    assert difference["place_before"] == "Opvask og anretning – Testkøkkenet, Skjern"
    assert "Testesen" not in found.text
    assert client.get(API).json()["changes"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "switch_off", "rule_id": SECRET, "valid_from": "2026-01-01"},
        {"kind": "switch_off", "rule_id": "reasonableness", "valid_from": "2026-01-01", SECRET: 1},
        NO_SINGLE | {"rule": {"danish": SECRET}},
    ],
)
def test_a_refusal_echoes_nothing(as_caller: Callable[[str | None], Client], change: dict[str, Any]) -> None:
    for path, more in (("/preview", {}), ("/changes", {"reason": SECRET})):
        refused = as_caller(CONSULTANT).post(f"{API}{path}", json={"changes": [change], **more})
        assert refused.status_code == 422
        assert SECRET not in refused.text
        assert refused.json()["errors"][0]["field"].startswith("changes[0]")


def test_a_change_names_its_preview_or_says_that_there_is_none(
    as_caller: Callable[[str | None], Client], store: Store
) -> None:
    karen = as_caller(CONSULTANT)
    document = {"changes": [NO_SINGLE]}
    preview_id = karen.post(f"{API}/preview", json=document).json()["preview_id"]
    other = NO_SINGLE | {"rule_id": "lokal.anden"}

    def change(*changes: dict[str, Any], **more: str) -> httpx.Response:
        return karen.post(f"{API}/changes", json={"changes": list(changes), "reason": "Besluttet."} | more)

    refused = change(other, preview_id=preview_id)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "preview_id")
    both = change(NO_SINGLE, preview_id=preview_id, without_preview="Haster.")
    assert (both.status_code, both.json()["errors"][0]["field"]) == (422, "without_preview")
    assert change(NO_SINGLE, preview_id=preview_id).status_code == 201
    without = change(other, without_preview="Loven træder i kraft i morgen.").json()
    assert without[0]["reason"] == "Besluttet. (Sat i kraft uden forhåndsvisning: Loven træder i kraft i morgen.)"
    assert change(NO_SINGLE | {"rule_id": "lokal.tredje"}).status_code == 201
    with read_only(sessions_of(create_database_engine(address_of(store.folder / "store.db")))) as session:
        found = AuditEntries(session, MUNICIPALITY).page(action="rules.changed")
    assert [one.details["tried"] for one in reversed(found)] == [preview_id, "without", "not_said"]


# The command line.


@pytest.fixture
def command(run: Run, store: Store, monkeypatch: pytest.MonkeyPatch) -> Run:  # noqa: F811 - the fixture
    monkeypatch.setenv("MATCHER_DATABASE_URL", address_of(store.folder / "store.db"))
    monkeypatch.setenv("MATCHER_TODAY", ON.isoformat())
    (store.folder / "changes.json").write_text(json.dumps({"changes": [NO_SINGLE]}), encoding="utf-8")
    return run


def test_rules_are_listed_previewed_and_changed_on_the_command_line(command: Run) -> None:
    assert "Forløbet kan begynde inden for 8 uger." in command("rules", "list").out
    shown = command("rules", "preview", "changes.json")
    assert shown.code == 0
    assert "Mister deres forslag: 1" in shown.out
    assert command("rules", "preview", "changes.json", "--json").record["loses"] == 1
    assert "lokal.enkelt" not in command("rules", "list").out
    done = command("rules", "change", "changes.json", "--by", "tove", "--reason", "Besluttet")
    assert (done.code, done.out) == (0, "1 ændring er skrevet og gælder i de perioder, de nævner.\n")
    listed = command("rules", "list").out
    assert "Ingen enkeltmandspraktik i efteråret." in listed
    assert "Besluttet" in listed
    record = command("rules", "list", "--date", "2025-12-31", "--json").record
    assert "lokal.enkelt" not in {rule["id"] for rule in record["rules"]}
    assert record["changes"][0]["changed_by"] == "tove"
    assert "| `lokal.enkelt` |" in command("rules", "page").out
    assert command("rules", "centres").out == "Alle virksomhedscentre har pladser nok.\n"
    assert command("rules", "centres", "--json").record == []


def test_a_change_names_its_preview_on_the_command_line(command: Run) -> None:
    preview_id = command("rules", "preview", "changes.json", "--json").record["preview_id"]
    change = ("rules", "change", "changes.json", "--by", "tove", "--reason", "Besluttet")
    wrong = command(*change, "--preview", "en-anden")
    assert wrong.code == 1
    assert "er ikke en forhåndsvisning af disse ændringer" in wrong.err
    assert command(*change, "--preview", preview_id, "--without-preview", "Haster").code == 1
    assert command(*change, "--preview", preview_id).code == 0
    assert command("audit", "verify").code == 0


def test_a_refused_change_says_so_in_danish(command: Run, store: Store) -> None:
    law = {"kind": "switch_off", "rule_id": "reasonableness", "valid_from": "2026-01-01"}
    (store.folder / "changes.json").write_text(json.dumps({"changes": [law]}), encoding="utf-8")
    refused = command("rules", "change", "changes.json", "--by", "tove", "--reason", "Prøve")
    assert refused.code == 1
    assert "er en lovregel og kan ikke lempes; lad den stå; en strengere lokal regel kan tilføjes" in refused.err
    (store.folder / "changes.json").write_text("[]", encoding="utf-8")
    assert "er ikke et objekt" in command("rules", "preview", "changes.json").err
