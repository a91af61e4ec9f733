"""A stored night, recounted from the database by other code than the planner's; and faults planted in it are found."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from sqlalchemy import Connection, create_engine, text

from fixtures.agreements import DOCUMENTED_CITIZENS
from tests.databases import address_of, kind_in_use
from tests.integration.conftest import CITIZENS as OTHERS_CITIZENS
from tests.integration.conftest import PlannedDemo, planned_demo
from tests.recount import Recount, allowance

CITIZENS: Final = {"sqlite": DOCUMENTED_CITIZENS, "postgresql": OTHERS_CITIZENS}
"""The municipality of the documentation on SQLite; on PostgreSQL, where the same rows are read, that of other tests."""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> PlannedDemo:
    """A municipality, imported and planned."""
    return planned_demo(tmp_path_factory, CITIZENS[kind_in_use()])


@pytest.fixture
def connection(planned: PlannedDemo) -> Iterator[Connection]:
    """To the planned night; what is written is taken back."""
    engine = create_engine(address_of(planned.database))
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def test_a_night_breaks_no_limit_and_no_need(connection: Connection) -> None:
    recount = Recount(connection)
    assert len(recount.citizens) == CITIZENS[kind_in_use()]
    assert len(recount.proposals) > len(recount.citizens) / 6
    assert recount.running, "without running placements the recount would be too easy"
    assert recount.faults() == []


def test_the_limits_are_near_enough_to_bind(planned: PlannedDemo) -> None:
    used = [one for one in planned.demo.night.run.resources if one["price"] > 0]
    assert {one["kind"] for one in used} >= {"full_time_persons", "caseload", "outreach_hours"}


def test_every_citizen_is_accounted_for(planned: PlannedDemo, connection: Connection) -> None:
    recount, counts = Recount(connection), planned.demo.night.counts
    assert counts.placed == len(recount.proposals)
    assert counts.in_placement == len({placement["citizen_id"] for placement in recount.running})
    assert counts.placed + counts.unplaced + counts.in_placement == counts.citizens == CITIZENS[kind_in_use()]
    assert sum(reason.citizens for reason in counts.reasons) == counts.unplaced
    assert sum(use.proposed for use in counts.by_model) == counts.placed


def test_evenness_over_target_groups_is_that_of_the_stored_proposals(
    planned: PlannedDemo, connection: Connection
) -> None:
    recount, quality = Recount(connection), planned.demo.night.counts.quality
    assert quality is not None
    proposed = {proposal["citizen"] for proposal in recount.proposals}
    running = {placement["citizen_id"] for placement in recount.running}
    planned_for = [citizen for id_, citizen in recount.citizens.items() if id_ not in running]
    members = Counter(citizen["target_group"] for citizen in planned_for)
    placed = Counter(citizen["target_group"] for citizen in planned_for if citizen["id"] in proposed)
    share = placed.total() / members.total()
    off = sum(abs(placed[group] - share * members[group]) for group in members)
    assert quality.evenness == pytest.approx(1 - off / (2 * share * (1 - share) * members.total()))
    assert 0.5 < quality.evenness < 1.0
    assert sum(quality.ranks) == len(recount.proposals)
    assert quality.first_choices == quality.ranks[0] < quality.top_suggestions


@pytest.mark.parametrize(
    ("employees", "allowed"), [(0, 1), (4, 1), (9, 1), (10, 2), (49, 9), (50, 10), (59, 10), (60, 11)]
)
def test_the_recount_knows_the_law(employees: float, allowed: int) -> None:
    assert allowance(employees) == allowed


Fault = Callable[["Planter"], None]


class Planter:
    """Changes stored documents, to see that the recount notices."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.recount = Recount(connection)

    def change(self, table: str, id_: str, edit: Callable[[dict[str, Any]], None]) -> None:
        kept = {"citizens": self.recount.citizens, "agreements": self.recount.agreements}
        document = {**kept, "consultants": self.recount.consultants, "companies": self.recount.companies}[table][id_]
        edit(document)
        statement = text(f"UPDATE {table} SET document = :document WHERE id = :id")
        self.connection.execute(statement, {"document": json.dumps(document), "id": id_})


def _first(planter: Planter) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    proposal = planter.recount.proposals[0]
    return proposal, planter.recount.slots[proposal["slot"]], planter.recount.agreement_of[proposal["slot"]]


def _over_capacity(planter: Planter) -> None:
    _, slot, agreement = _first(planter)
    planter.change("agreements", agreement["id"], lambda _: slot.update(capacity=0))


def _over_cluster(planter: Planter) -> None:
    proposal = next(p for p in planter.recount.proposals if planter.recount.agreement_of[p["slot"]]["places"])
    agreement = planter.recount.agreement_of[proposal["slot"]]
    planter.change("agreements", agreement["id"], lambda document: document.update(places=0))


def _over_full_time_persons(planter: Planter) -> None:
    slot = next(
        planter.recount.slots[p["slot"]]
        for p in planter.recount.proposals
        if planter.recount.slots[p["slot"]]["form"] == "work_placement"
    )
    site = planter.recount.worksites[slot["worksite_id"]]
    planter.change("companies", slot["company_id"], lambda _: site.update(supported_full_time_persons=99))


def _over_mentor_hours(planter: Planter) -> None:
    citizen = planter.recount.proposals[0]["citizen"]
    planter.change("citizens", citizen, lambda document: document.update(mentor_hours_per_week=37))


def _over_caseload(planter: Planter) -> None:
    _, _, agreement = _first(planter)
    planter.change("consultants", agreement["consultant_id"], lambda document: document.update(caseload=0))


def _over_outreach(planter: Planter) -> None:
    proposal = next(p for p in planter.recount.proposals if planter.recount.agreement_of[p["slot"]]["outreach_hours"])
    consultant = planter.recount.agreement_of[proposal["slot"]]["consultant_id"]
    planter.change("consultants", consultant, lambda document: document.update(outreach_hours=0))


def _unmet_need(planter: Planter) -> None:
    proposal, demand = next(
        (proposal, demand)
        for proposal in planter.recount.proposals
        for demand in planter.recount.slots[proposal["slot"]]["demands"]
        if demand["condition"] == "standing_walking" and demand["level"] > 0
    )
    need = {"condition": demand["condition"], "limit": 0, "strength": "must", "note": ""}
    planter.change("citizens", proposal["citizen"], lambda document: document["accommodations"].append(need))


def _unstated_need(planter: Planter) -> None:
    proposal, slot, agreement = _first(planter)
    need = {"condition": "lifting", "limit": 50, "strength": "must", "note": ""}
    others = [demand for demand in slot["demands"] if demand["condition"] != "lifting"]
    planter.change("agreements", agreement["id"], lambda _: slot.update(demands=others))
    planter.change("citizens", proposal["citizen"], lambda document: document.update(accommodations=[need]))


def _kept_apart(planter: Planter) -> None:
    placed = [(one[0], planter.recount.slots[one[1]]["worksite_id"]) for one in planter.recount.everybody()]
    one, other = next(
        (a, b) for i, (a, site) in enumerate(placed) for b, elsewhere in placed[i + 1 :] if site == elsewhere
    )
    planter.change("citizens", one, lambda document: document.update(group_need="substance_free_group"))
    planter.change("citizens", other, lambda document: document.update(group_need="active_substance_use"))


def _too_few_hours(planter: Planter) -> None:
    citizen = planter.recount.proposals[0]["citizen"]
    planter.change("citizens", citizen, lambda document: document.update(hours_now=0.5))


def _missing_certificate(planter: Planter) -> None:
    _, slot, agreement = _first(planter)
    planter.change("agreements", agreement["id"], lambda _: slot.update(certificates=["pilot"]))


def _not_again(planter: Planter) -> None:
    proposal, slot, _ = _first(planter)
    planter.change("companies", slot["company_id"], lambda document: document.update(not_again=[proposal["citizen"]]))


def _declined(planter: Planter) -> None:
    recount = planter.recount
    slot_id = next(p["slot"] for p in recount.proposals if recount.agreement_of[p["slot"]]["model"] == "ad_hoc")
    contact = {"id": "planted", "company_id": recount.slots[slot_id]["company_id"], "consultant_id": "K01"}
    contact |= {"contacted_on": recount.run[1], "recorded_at": f"{recount.run[1]}T08:00:00Z", "answer": "no"}
    document = json.dumps({**contact, "next_contact_on": None})
    values = {"municipality": "0760", **contact, "document": document}
    statement = f"INSERT INTO contacts ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})"
    planter.connection.execute(text(statement), values)


def _unwanted(planter: Planter) -> None:
    proposal, slot, _ = _first(planter)
    planter.change(
        "citizens", proposal["citizen"], lambda document: document.update(wishes_against=[slot["company_id"]])
    )


def _closed(planter: Planter) -> None:
    _, slot, agreement = _first(planter)
    planter.change("agreements", agreement["id"], lambda _: slot.update(ends_on="2026-09-01"))


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (_over_capacity, "capacity"),
        (_over_cluster, "cluster"),
        (_over_full_time_persons, "full-time persons"),
        (_over_mentor_hours, "mentor"),
        (_over_caseload, "caseload"),
        (_over_outreach, "outreach"),
        (_unmet_need, "must"),
        (_unstated_need, "must"),
        (_kept_apart, "apart"),
        (_too_few_hours, "hours"),
        (_missing_certificate, "certificates"),
        (_not_again, "not again"),
        (_declined, "declined"),
        (_unwanted, "wish"),
        (_closed, "dates"),
    ],
)
def test_the_recount_finds_a_planted_fault(connection: Connection, plant: Fault, kind: str) -> None:
    plant(Planter(connection))
    assert kind in {fault.split(":")[0] for fault in Recount(connection).faults()}
