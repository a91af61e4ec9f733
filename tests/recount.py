"""Recounts a stored night from the database alone: plain SQL and dictionaries, nothing of the planning code.

Figures of the law are written out here once more, so that a slip in the product's table shows.
"""

import json
import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

OFFERS = {
    "fixed_routine",
    "screened_place",
    "one_instruction",
    "breaks_at_need",
    "flexible_start",
    "predictable_days",
    "same_contact_person",
    "wheelchair_access",
    "ground_floor",
}
COUNTED_FORMS = {"work_placement", "wage_subsidy"}
SLACK = 1e-6


def allowance(ordinary_employees: float) -> int:
    """BEK 2636 § 65: 1 for each 5 of the first 50 employees, always 1, then 1 for each 10."""
    first, rest = min(ordinary_employees, 50), max(ordinary_employees - 50, 0)
    return max(1, math.floor(first / 5) + math.floor(rest / 10))


class Recount:
    """Everything that is stored, and what the latest run proposes."""

    def __init__(self, connection: Connection) -> None:
        self.citizens = self._documents(connection, "citizens")
        self.companies = self._documents(connection, "companies")
        self.agreements = self._documents(connection, "agreements")
        self.consultants = self._documents(connection, "consultants")
        self.contacts = self._documents(connection, "contacts")
        placements = self._documents(connection, "placements")
        self.run = connection.execute(
            text("SELECT id, CAST(planned_on AS TEXT), value FROM match_runs ORDER BY created_at DESC LIMIT 1")
        ).one()
        self.proposals = [
            dict(zip(("citizen", "slot", "starts_on", "hours", "value"), row, strict=True))
            for row in connection.execute(
                text(
                    "SELECT citizen_id, slot_id, CAST(starts_on AS TEXT), hours_per_week, value FROM proposals "
                    "WHERE run_id = :run"
                ),
                {"run": self.run[0]},
            )
        ]
        self.running = [
            placement
            for placement in placements.values()
            if placement["status"] != "ended" and placement["ends_on"] >= self.run[1]
        ]
        self.worksites = {site["id"]: site for company in self.companies.values() for site in company["worksites"]}
        self.slots = {slot["id"]: slot for agreement in self.agreements.values() for slot in agreement["slots"]}
        self.agreement_of = {
            slot["id"]: agreement for agreement in self.agreements.values() for slot in agreement["slots"]
        }

    @staticmethod
    def _documents(connection: Connection, table: str) -> dict[str, dict[str, Any]]:
        rows = connection.execute(text(f"SELECT id, CAST(document AS TEXT) FROM {table}"))
        return {id_: json.loads(document) for id_, document in rows}

    def faults(self) -> list[str]:
        """Everything that is wrong, each beginning with a word for its kind; empty where nothing is."""
        return [*self._people(), *self._places(), *self._worksites(), *self._staff(), *self._apart(), *self._rules()]

    def everybody(self) -> list[tuple[str, str, float, bool]]:
        """(citizen, slot, hours a week, proposed) of running placements and proposals."""
        running = [(p["citizen_id"], p["slot_id"], p["hours_per_week"], False) for p in self.running]
        return running + [(p["citizen"], p["slot"], p["hours"], True) for p in self.proposals]

    def _people(self) -> list[str]:
        count = Counter(citizen for citizen, *_ in self.everybody())
        twice = [f"twice: {citizen}" for citizen, n in count.items() if n > 1]
        total = math.fsum(p["value"] for p in self.proposals)
        return twice + ([f"value: {total} is not {self.run[2]}"] if abs(total - self.run[2]) > SLACK else [])

    def _places(self) -> list[str]:
        faults, used, shared = [], Counter[str](), Counter[str]()
        proposed = {p["slot"] for p in self.proposals}
        for _, slot, _, _ in self.everybody():
            used[slot] += 1
            shared[self.agreement_of[slot]["id"]] += 1
        for slot, n in used.items():
            if slot in proposed and n > self.slots[slot]["capacity"]:
                faults.append(f"capacity: {slot} has {n}")
        for agreement_id, n in shared.items():
            agreement = self.agreements[agreement_id]
            if agreement["model"] == "cluster" and n > agreement["places"]:
                faults.append(f"cluster: {agreement_id} has {n}")
        return faults

    def _worksites(self) -> list[str]:
        faults = []
        people: dict[str, float] = defaultdict(float)
        mentor: dict[str, float] = defaultdict(float)
        proposed = set()
        for citizen, slot_id, hours, is_proposed in self.everybody():
            slot = self.slots[slot_id]
            if slot["form"] in COUNTED_FORMS:
                people[slot["worksite_id"]] += hours / 37
            mentor[slot["worksite_id"]] += self.citizens[citizen]["mentor_hours_per_week"]
            if is_proposed:
                proposed.add(slot["worksite_id"])
        for site_id in proposed:
            site = self.worksites[site_id]
            there = people[site_id] + site["supported_full_time_persons"]
            if there > allowance(site["ordinary_employees"]) + SLACK and people[site_id]:
                faults.append(f"full-time persons: {site_id} has {there}")
            if mentor[site_id] > sum(one["hours_per_week"] for one in site["mentors"]) + SLACK:
                faults.append(f"mentor: {site_id} needs {mentor[site_id]}")
        return faults

    def _staff(self) -> list[str]:
        faults, cases, outreach = [], Counter[str](), Counter[str]()
        for _, slot, _, is_proposed in self.everybody():
            agreement = self.agreement_of[slot]
            cases[agreement["consultant_id"]] += 1
            if is_proposed and agreement["model"] == "ad_hoc":
                outreach[agreement["consultant_id"]] += agreement["outreach_hours"]
        for id_, consultant in self.consultants.items():
            if cases[id_] > consultant["caseload"]:
                faults.append(f"caseload: {id_} has {cases[id_]}")
            if outreach[id_] > consultant["outreach_hours"] + SLACK:
                faults.append(f"outreach: {id_} spends {outreach[id_]}")
        return faults

    def _apart(self) -> list[str]:
        there: dict[str, set[str]] = defaultdict(set)
        for citizen, slot, _, _ in self.everybody():
            there[self.slots[slot]["worksite_id"]].add(self.citizens[citizen]["group_need"])
        return [
            f"apart: {site}"
            for site, needs in there.items()
            if {"substance_free_group", "active_substance_use"} <= needs
        ]

    def _rules(self) -> list[str]:
        faults = []
        declined = self._declined()
        for proposal in self.proposals:
            citizen, slot = self.citizens[proposal["citizen"]], self.slots[proposal["slot"]]
            agreement = self.agreement_of[slot["id"]]
            pair = f"{citizen['id']} in {slot['id']}"
            stated = {demand["condition"]: demand["level"] for demand in slot["demands"]}
            for need in citizen["accommodations"]:
                level = stated.get(need["condition"])
                if need["strength"] == "must" and not _met(need, level):
                    faults.append(f"must: {pair} {need['condition']}")
            start = proposal["starts_on"]
            ends = [day for day in (slot["ends_on"], agreement["valid_to"]) if day]
            earliest = max(self.run[1], slot["starts_on"], agreement["valid_from"], citizen["available_from"] or "")
            checks = {
                "hours": slot["hours_from"] <= proposal["hours"] <= citizen["hours_now"],
                "dates": earliest <= start and all(start <= day for day in ends),
                "lead time": (date.fromisoformat(start) - date.fromisoformat(self.run[1])).days
                >= agreement["lead_time_days"],
                "certificates": set(slot["certificates"]) <= set(citizen["certificates"]),
                "danish": citizen["danish_level"] is None or citizen["danish_level"] >= slot["danish_level"],
                "target group": not slot["target_groups"] or citizen["target_group"] in slot["target_groups"],
                "wish": slot["company_id"] not in citizen["wishes_against"],
                "declined": agreement["model"] != "ad_hoc" or slot["company_id"] not in declined,
                "not again": citizen["id"] not in self.companies[slot["company_id"]]["not_again"],
                "former employer": not any(
                    earlier["was_employed"] and earlier["company_id"] == slot["company_id"]
                    for earlier in citizen["earlier_placements"]
                )
                or slot["company_id"] in citizen["former_employers_allowed"],
            }
            faults += [f"{rule}: {pair}" for rule, holds in checks.items() if not holds]
        return faults

    def _declined(self) -> set[str]:
        """Companies whose last answer was no, less than 90 days ago, or not now, until the day that they named."""
        ordered = sorted(self.contacts.values(), key=lambda one: (one["contacted_on"], one["recorded_at"], one["id"]))
        last = {contact["company_id"]: contact for contact in ordered}
        declined = set()
        for company, contact in last.items():
            after_no = (date.fromisoformat(contact["contacted_on"]) + timedelta(days=90)).isoformat()
            if contact["answer"] in {"no", "later"} and self.run[1] < (contact["next_contact_on"] or after_no):
                declined.add(company)
        return declined


def _met(need: dict[str, Any], level: float | None) -> bool:
    if level is None:
        return False
    return bool(level >= need["limit"] if need["condition"] in OFFERS else level <= need["limit"])
