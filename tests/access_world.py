"""A small municipality with a plan, a caller of every kind, and a request for every address: what the walk over the
table of access needs."""

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from fixtures import Municipality, municipality
from matcher.domain.agreement import AgreementModel, SlotAgreement
from matcher.domain.citizen import Citizen
from service.app import create_app
from service.codec import CITIZEN, CODECS, CONSULTANT
from service.crypto import new_key
from service.db.records import StoredProposal
from service.db.session import create_database_engine, sessions_of
from service.identity.access import API, WITH_CITIZENS, Address
from service.settings import Right, Role
from service.use_cases.demo import take_in
from service.use_cases.nightly import Night, plan_night
from tests.builders import MUNICIPALITY
from tests.databases import copied, migrated
from tests.serving import ELSEWHERE, Client, access_token, settings_for

RIGHTS = tuple(Right)
CPR = "010190-0004"
WEBHOOK_KEY = new_key()
WEBHOOK = {"url": "https://case.example.dk/hooks", "event_types": ["run.published"]}
TEAM, OTHER_TEAM = "nord", "syd"
LIMITED, LIMITED_PLAIN, NO_NEEDS = "limited", "limited-plain", "no-needs"


def token_of(role: Role, place: str = MUNICIPALITY) -> str:
    """The access token of a role in a municipality."""
    return f"{role}-{place}-token"


TOKENS = (
    *(access_token(token_of(role), role, role, MUNICIPALITY, role, rights=RIGHTS) for role in Role),
    *(access_token(token_of(role, ELSEWHERE), role, role, ELSEWHERE, role, rights=RIGHTS) for role in Role),
    access_token(LIMITED, LIMITED, "Lene", MUNICIPALITY, Role.TEAM_LEAD, rights=RIGHTS, teams=(TEAM,)),
    access_token(LIMITED_PLAIN, LIMITED_PLAIN, "Lars", MUNICIPALITY, Role.JOB_CONSULTANT, teams=(TEAM,)),
    access_token(NO_NEEDS, NO_NEEDS, "Nils", MUNICIPALITY, Role.TEAM_LEAD),
    access_token("no-needs-system", "uden", "Uden", MUNICIPALITY, Role.CASE_SYSTEM),
)


@dataclass(frozen=True)
class PlannedWorld:
    """The database with its plan, to be copied by whoever writes into it, and what is in it."""

    database: Path
    invented: Municipality
    night: Night


@dataclass(frozen=True)
class World:
    """The application, what is in it, and an id for each parameter of a path."""

    app: FastAPI
    database: Path
    invented: Municipality
    night: Night
    teams: dict[str, str]
    ids: dict[str, str]
    people: dict[str, tuple[Client, str]] = field(default_factory=dict)
    unused: list[StoredProposal] = field(default_factory=list)
    """Proposals whose pairs may still be agreed."""

    def citizens_of(self, team: str) -> list[Citizen]:
        """The citizens of a team."""
        return [one for one in self.invented.citizens if self.teams[one.consultant_id] == team]

    def caller(self, token: str) -> Client:
        """A program."""
        return Client(self.app, token=token)

    def person(self, token: str) -> tuple[Client, str]:
        """Somebody signed in to the pages, and the token of that person's forms; signed in once."""
        if token not in self.people:
            client = Client(self.app)
            assert client.post("/log-ind", data={"adgangsnoegle": token}).status_code == 303
            found = re.search(r'name="csrf" value="([^"]+)"', client.get("/adgang").text)
            assert found
            self.people[token] = client, found[1]
        return self.people[token]

    def forget(self, token: str) -> None:
        """Whoever has signed out signs in anew."""
        self.people.pop(token, None)


def plan_world(database: Path) -> PlannedWorld:
    """40 citizens in two teams, planned."""
    engine = create_database_engine(migrated(database))
    sessions = sessions_of(engine)
    plain = municipality(seed=7, citizens=40)
    first = plain.consultants[0]
    consultants = (*(replace(one, team=TEAM) for one in plain.consultants), replace(first, id="K99", team=OTHER_TEAM))
    citizens = tuple(
        replace(one, consultant_id="K99") if index % 2 else one for index, one in enumerate(plain.citizens)
    )
    invented = replace(plain, consultants=consultants, citizens=citizens)
    take_in(sessions, MUNICIPALITY, invented)
    night = plan_night(sessions, MUNICIPALITY, on=invented.on, time_limit_s=20)
    engine.dispose()  # what is written stands in the file alone
    return PlannedWorld(database, invented, night)


def world_of(planned: PlannedWorld, folder: Path) -> World:
    """The application on a copy of its own."""
    database = folder / "world.db"
    copied(planned.database, database)
    invented, night = planned.invented, planned.night
    app = create_app(settings_for(database, tokens=TOKENS, today=invented.on, webhook_keys=(WEBHOOK_KEY,)))
    teams = {one.id: one.team for one in invented.consultants}
    return World(app, database, invented, night, teams, _ids(app, invented, night), unused=list(night.proposals[2:]))


def _ids(app: FastAPI, invented: Municipality, night: Night) -> dict[str, str]:
    proposal = night.proposals[0]
    shown = Client(app, token=token_of(Role.TEAM_LEAD)).get(f"{API}/citizens/{proposal.citizen_id}/suggestions")
    agreed = Client(app, token=token_of(Role.CASE_SYSTEM)).post(
        f"{API}/placements", json=_placement(night.proposals[1]) | {"decided_by": "karen"}
    )
    webhook = Client(app, token=token_of(Role.CASE_SYSTEM)).post(f"{API}/webhooks", json=WEBHOOK)
    imported = Client(app, token=token_of(Role.CASE_SYSTEM)).post(f"{API}/imports", content=b"")
    return {
        "import_id": imported.headers["X-Import-Id"],
        "webhook_id": webhook.json()["id"],
        "placement_id": agreed.json()["id"],
        "citizen_id": proposal.citizen_id,
        "slot_id": proposal.slot_id,
        "proposal_id": proposal.id,
        "run_id": night.run.id,
        "company_id": _asked(invented).company_ids[0],
        "list_id": shown.headers["X-List-Id"],
    }


def _placement(proposal: StoredProposal) -> dict[str, Any]:
    """The body that agrees what was proposed."""
    return {"citizen_id": proposal.citizen_id, "slot_id": proposal.slot_id, "reason": "Aftalt med borger og sted."}


def _asked(invented: Municipality) -> SlotAgreement:
    """An agreement whose company is asked each time."""
    return next(one for one in invented.agreements if one.model is AgreementModel.AD_HOC)


def request_of(world: World, address: Address) -> tuple[str, dict[str, Any]]:
    """The path of a request, and what is sent, so that it works for whoever may."""
    ids = dict(world.ids)
    kind = re.match(rf"{API}/(citizens|companies|agreements)/{{id}}", address.path)
    if kind:
        values: dict[str, Any] = {
            "citizens": world.citizens_of(OTHER_TEAM)[-1],
            "companies": world.invented.companies[-1],
            "agreements": world.invented.agreements[-1],
        }
        value = values[kind[1]]
        if address.method == "DELETE":
            return _new_citizen(world), {}
        ids["id"] = value.id
        path = address.path.format(**ids)
        if address.method == "GET":
            return path, {}
        codec = CODECS[{"citizens": "citizen", "companies": "company", "agreements": "agreement"}[kind[1]]]
        version = world.caller(token_of(Role.CASE_SYSTEM)).get(path).headers["ETag"]
        return path, {"json": codec.encode(value), "headers": {"If-Match": version}}
    if address.method == "DELETE" and address.path.endswith("/webhooks/{webhook_id}"):
        ids["webhook_id"] = world.caller(token_of(Role.CASE_SYSTEM)).post(f"{API}/webhooks", json=WEBHOOK).json()["id"]
    path = address.path.format(**ids)
    if address.method == "PATCH":
        held = world.caller(token_of(Role.CASE_SYSTEM)).get(path)
        body = {"reason": "Aftalt på ny.", "hours_per_week": held.json()["hours_per_week"]}
        return path, {"json": body, "headers": {"If-Match": held.headers["ETag"]}}
    return path, _sent(world, address, ids)


def _new_citizen(world: World) -> str:
    """The address of a citizen whom nothing refers to."""
    path = f"{API}/citizens/ny"
    document = CITIZEN.encode(replace(world.invented.citizens[0], id="ny"))
    added = world.caller(token_of(Role.CASE_SYSTEM)).put(path, document)
    assert added.status_code in {201, 428}
    return path


def _sent(world: World, address: Address, ids: dict[str, str]) -> dict[str, Any]:
    change = {
        "kind": "set_figures",
        "rule_id": "starts_soon",
        "valid_from": "2027-01-01",
        "valid_to": "2027-12-31",
        "figures": {"horizon_weeks": 6},
    }
    line = {"type": "consultant", **CONSULTANT.encode(world.invented.consultants[0])}
    agreement = _asked(world.invented)
    bodies: dict[str, dict[str, Any]] = {
        "/imports": {"content": json.dumps(line).encode(), "headers": {"Content-Type": "application/x-ndjson"}},
        "/runs": {"json": {"time_limit_s": 5, "planned_on": world.invented.on.isoformat()}},
        "/decision": {"json": {"verdict": "held", "reason": "Vi venter på svar."}},
        "/placements": {"json": _placement(world.unused[-1])},
        "/contacts": {"json": {"answer": "not_reached", "agreement_id": agreement.id}},
        "/rules/preview": {"json": {"changes": [change], "time_limit_s": 5}},
        "/rules/changes": {"json": {"changes": [change], "reason": "Aftalt i ledelsen."}},
        "/webhooks": {"json": WEBHOOK},
        "/cpr": {"json": {"cpr": CPR}},
        "/by-cpr": {"json": {"cpr": CPR}},
        "/borgere": {"data": {"navn": "Anna"}},
        "/forslag/{proposal_id}": {"data": {"afgoerelse": "held", "begrundelse": "Vi venter på svar."}},
        "/svar": {"data": {"svar": "ingen", "aftale": agreement.id}},
        "/adgang": {"data": {"borger": ids["citizen_id"], "begrundelse": "Vikar for en syg kollega."}},
    }
    if address.path.endswith("/by-cpr"):
        path = f"{API}/citizens/{ids['citizen_id']}/cpr"
        world.caller(token_of(Role.CASE_SYSTEM)).put(path, {"cpr": CPR})
    if address.method == "DELETE":
        return {}
    if address.method == "GET":
        return {"params": {"q": "køkken"}} if address.path.endswith("/occupations") else {}
    return next((sent for path, sent in bodies.items() if address.path.endswith(path)), {})


def may_sign_in(role: Role) -> bool:
    """Whether the pages are for a role."""
    return role in WITH_CITIZENS
