"""Whatever is decided, agreed, changed, taken in or out is in the audit chain under who did it, and is told."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.placement import Verdict
from service.audit_chain import AuditEntry
from service.db.audit_repositories import AuditEntries
from service.db.outbox_tables import OutboxEventRow
from service.db.personal import Category
from service.db.retention_repositories import Retention
from service.db.session import SessionFactory, read_only
from service.problems import ProposalOutdated
from service.use_cases.audit import verified
from service.use_cases.export import export_ndjson, export_xlsx
from service.use_cases.fairness_traits import import_traits
from service.use_cases.learning import choose_weights
from tests.builders import MUNICIPALITY
from tests.databases import migrated
from tests.deciding import API, Crowd, Town, crowd_on, town_on
from tests.serving import AUDITOR, CONSULTANT, LEAD, SYSTEM, Client
from tests.stores import Store, all_kinds, lines

SECRET = "Aftalt med Anna Prøve, som bor på Nørregade"


def entries(sessions: SessionFactory) -> list[AuditEntry]:
    with read_only(sessions) as session:
        assert verified(session, MUNICIPALITY).fault is None
        return list(AuditEntries(session, MUNICIPALITY).iterate())


def told(sessions: SessionFactory) -> list[tuple[str, dict[str, Any]]]:
    with read_only(sessions) as session:
        rows = session.query(OutboxEventRow).order_by(OutboxEventRow.occurred_at, OutboxEventRow.type).all()
        return [(row.type, row.data) for row in rows]


@pytest.fixture
def crowd(migrated_url: str) -> Crowd:
    """Two people whom the same place is proposed to."""
    return crowd_on(migrated_url, people=2)


def decide(crowd: Crowd, proposal: str, verdict: str, token: str = CONSULTANT) -> int:
    body = {"verdict": verdict, "reason": SECRET}
    return Client(crowd.app, token=token).post(f"{API}/proposals/{proposal}/decision", json=body).status_code


def test_a_decision_and_its_placement_are_written_down_and_told(crowd: Crowd) -> None:
    assert decide(crowd, "first-0", "approved") == 201
    decided, placed = entries(crowd.sessions)
    assert (decided.action, decided.object_id, decided.details["verdict"]) == (
        "proposal.decided",
        "first-0",
        "approved",
    )
    assert (decided.actor_id, decided.actor_role, decided.channel) == ("karen", "job_consultant", "api")
    assert (placed.action, placed.object_kind, placed.actor_id) == ("placement.created", "placement", "karen")
    assert placed.details == {
        "decided_by": "karen",
        "citizen_id": "citizen-0",
        "slot_id": "slot-1",
        "proposal_id": "first-0",
    }
    assert dict(told(crowd.sessions)) == {
        "proposal.decided": {"proposal_id": "first-0", "decision_id": decided.details["decision_id"]},
        "placement.created": {"placement_id": placed.object_id},
    }
    assert "Anna" not in str(decided) + str(placed) + str(told(crowd.sessions))


def test_a_refused_or_repeated_decision_leaves_no_trace(crowd: Crowd) -> None:
    assert decide(crowd, "first-0", "approved") == 201
    before = len(entries(crowd.sessions)), len(told(crowd.sessions))
    assert decide(crowd, "first-0", "approved") == 200
    assert decide(crowd, "first-1", "approved") == 409
    assert decide(crowd, "unknown", "approved") == 404
    assert decide(crowd, "first-1", "approved", token=SYSTEM) == 403
    assert (len(entries(crowd.sessions)), len(told(crowd.sessions))) == before


def test_a_placement_is_followed_from_change_to_removal(crowd: Crowd) -> None:
    assert decide(crowd, "first-0", "approved") == 201
    placement_id = entries(crowd.sessions)[-1].object_id
    karen, path = Client(crowd.app, token=CONSULTANT), f"{API}/placements/{placement_id}"
    version = karen.get(path).headers["ETag"]
    body = {"reason": SECRET, "starts_on": "2026-10-12"}
    assert karen.request("PATCH", path, json=body, headers={"If-Match": version}).status_code == 200
    assert decide(crowd, "first-0", "rejected", token=LEAD) == 201
    changed, decided, removed = entries(crowd.sessions)[2:]
    assert (changed.action, changed.details["fields"]) == ("placement.changed", ["starts_on"])
    assert (decided.action, decided.actor_id) == ("proposal.decided", "tove")
    assert (removed.action, removed.object_id, removed.actor_id) == ("placement.removed", placement_id, "tove")
    assert [type_ for type_, _ in told(crowd.sessions)].count("placement.removed") == 1


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A planned municipality; its tests only add to it."""
    return town_on(migrated(tmp_path_factory.mktemp("town") / "town.db"), citizens=20)


def test_a_published_plan_is_written_down_and_told(town: Town) -> None:
    published = next(one for one in entries(town.sessions) if one.action == "run.published")
    assert published.object_id == town.night.run.id
    assert published.details["placed"] == town.night.counts.placed
    assert ("run.published", {"run_id": town.night.run.id}) in told(town.sessions)


def test_a_decision_at_no_endpoint_is_of_the_terminal(town: Town) -> None:
    proposal = town.night.proposals[0]
    town.decide(proposal.id, Verdict.HELD)
    last = entries(town.sessions)[-1]
    assert (last.action, last.actor_role, last.channel) == ("proposal.decided", "operations", "command_line")
    with pytest.raises(ProposalOutdated):
        town.decide(proposal.id, Verdict.APPROVED, today=town.invented.on.replace(year=2035))
    assert entries(town.sessions)[-1].n == last.n


def test_rules_and_weights_name_who_chose_them(town: Town) -> None:
    change = {
        "kind": "set_figures",
        "rule_id": "starts_soon",
        "valid_from": "2027-01-01",
        "figures": {"horizon_weeks": 6},
    }
    body = {"changes": [change], "reason": SECRET}
    assert town.caller(CONSULTANT).post(f"{API}/rules/changes", json=body).status_code == 201
    choose_weights(town.sessions, MUNICIPALITY, None, chosen_by="tove", reason=SECRET)
    ruled, weighed = entries(town.sessions)[-2:]
    assert (ruled.action, ruled.actor_id, ruled.details["rule_id"]) == ("rules.changed", "karen", "starts_soon")
    assert (weighed.action, weighed.details) == ("weights.chosen", {"chosen_by": "tove"})
    assert SECRET not in str(ruled) + str(weighed)


def test_taking_everything_out_is_written_down(town: Town, tmp_path: Path) -> None:
    export_ndjson(town.sessions, MUNICIPALITY, tmp_path / "alt.ndjson")
    export_xlsx(town.sessions, MUNICIPALITY, tmp_path / "alt.xlsx")
    assert [(one.action, one.details) for one in entries(town.sessions)[-2:]] == [
        ("data.exported", {"format": "ndjson"}),
        ("data.exported", {"format": "xlsx"}),
    ]


def test_protected_traits_that_are_taken_in_are_counted(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "kendetegn.ndjson"
    citizen = town.invented.citizens[0]
    file.write_bytes(lines({"type": "traits", "citizen_id": citizen.id, "gender": "female"}))
    assert import_traits(town.sessions, MUNICIPALITY, file).citizens == 1
    last = entries(town.sessions)[-1]
    assert (last.action, last.details) == ("traits.imported", {"citizens": 1})


def test_an_import_is_written_down_if_it_changed_anything(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    store.bring(all_kinds())
    agreed, imported = entries(store.sessions)
    assert (agreed.action, agreed.object_kind) == ("placement.created", "placement")
    assert imported.action == "data.imported"
    assert imported.details["rows"]["citizen"] == {"created": 1, "updated": 0}
    assert len(imported.details["sha256"][0]) == 64
    store.bring(all_kinds())
    assert entries(store.sessions) == [agreed, imported]


def test_an_import_and_a_removal_over_http_are_the_case_systems(town: Town) -> None:
    system = town.caller(SYSTEM)
    citizen = {"type": "citizen", **_document(town, town.invented.citizens[0].id), "id": "ny"}
    sent = {"content": json.dumps(citizen).encode(), "headers": {"Content-Type": "application/x-ndjson"}}
    assert system.post(f"{API}/imports", **sent).status_code == 200
    before = _counted(town)
    assert system.delete(f"{API}/citizens/ny", headers={"If-Match": '"1"'}).status_code == 204
    imported, erased = entries(town.sessions)[-2:]
    assert (imported.action, imported.actor_id, imported.channel) == ("data.imported", "fagsystem", "api")
    assert (erased.action, erased.object_id, erased.actor_id) == ("citizen.erased", "ny", "fagsystem")
    assert told(town.sessions)[-1] == ("citizen.erased", {"citizen_id": "ny"})
    shown = town.caller(AUDITOR).get(f"{API}/audit", params={"object_id": "ny"}).json()["items"]
    assert [one["action"] for one in shown] == ["citizen.erased"]
    gone = town.invented.citizens[0]
    category = Category(gone.waiting_since.year, "citizens", gone.target_group)
    assert _counted(town) == before + Counter({category: 1})


def _counted(town: Town) -> Counter[Category]:
    with read_only(town.sessions) as session:
        return Counter(Retention(session, MUNICIPALITY).kept())


def _document(town: Town, citizen_id: str) -> dict[str, Any]:
    found: dict[str, Any] = town.caller(SYSTEM).get(f"{API}/citizens/{citizen_id}").json()
    return found


def test_nobody_is_named_in_the_chain_or_in_what_is_told(town: Town) -> None:
    everything = str(entries(town.sessions)) + str(told(town.sessions))
    names = [one.name for one in town.invented.citizens] + [one.name for one in town.invented.companies]
    assert [name for name in (*names, SECRET) if name in everything] == []
