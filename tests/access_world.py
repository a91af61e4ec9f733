"""A small municipality with a plan, a caller of every kind, and a request for every address: what the walk over the
table of access needs."""

import base64
import json
import re
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from fixtures import Municipality, municipality
from matcher.domain.agreement import AgreementModel, SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.weights import HAND_SET
from service.app import create_app
from service.codec import CITIZEN, CODECS, CONSULTANT
from service.db.learning import LearntWeights
from service.db.records import StoredProposal
from service.db.requests import RequestKind
from service.db.session import create_database_engine, sessions_of, unit_of_work
from service.identity.access import API, ON_PAGES, Address
from service.settings import Right, Role
from service.use_cases.citizen_requests import record_request
from service.use_cases.demo import take_in
from service.use_cases.nightly import Night, plan_night
from service.use_cases.placements import Person
from tests.builders import MUNICIPALITY
from tests.databases import address_of, copied, migrated
from tests.pasts import learnt_weights
from tests.serving import ELSEWHERE, Client, access_token, settings_for

RIGHTS = tuple(Right)
CPR = "010190-0004"
WEBHOOK_KEY = base64.urlsafe_b64encode(bytes([3]) * 32).decode()
WEBHOOK = {"url": "https://case.example.dk/hooks", "event_types": ["run.published"]}
TEAM, OTHER_TEAM = "nord", "syd"
LIMITED, LIMITED_PLAIN, NO_NEEDS = "limited", "limited-plain", "no-needs"
NO_NEEDS_AUDITOR = "no-needs-auditor"


def token_of(role: Role, place: str = MUNICIPALITY) -> str:
    """The access token of a role in a municipality."""
    return f"{role}-{place}-token"


TOKENS = (
    *(access_token(token_of(role), role, role, MUNICIPALITY, role, rights=RIGHTS) for role in Role),
    *(access_token(token_of(role, ELSEWHERE), role, role, ELSEWHERE, role, rights=RIGHTS) for role in Role),
    access_token(LIMITED, LIMITED, "Lene", MUNICIPALITY, Role.TEAM_LEAD, rights=RIGHTS, teams=(TEAM,)),
    access_token(LIMITED_PLAIN, LIMITED_PLAIN, "Lars", MUNICIPALITY, Role.JOB_CONSULTANT, teams=(TEAM,)),
    access_token(NO_NEEDS, NO_NEEDS, "Nils", MUNICIPALITY, Role.TEAM_LEAD),
    access_token(NO_NEEDS_AUDITOR, NO_NEEDS_AUDITOR, "Agnes", MUNICIPALITY, Role.AUDITOR),
    access_token("no-needs-system", "uden", "Uden", MUNICIPALITY, Role.CASE_SYSTEM),
)


@dataclass(frozen=True)
class PlannedWorld:
    """The database with its plan, to be copied by whoever writes into it, what is in it, and an id for each parameter
    of a path."""

    database: Path
    invented: Municipality
    night: Night
    ids: dict[str, str]


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
    """40 citizens in two teams, planned, and something of each kind that an address names."""
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
    with unit_of_work(sessions) as session:
        LearntWeights(session, MUNICIPALITY).add(learnt_weights())
    ids = _ids(_app(database, invented), invented, night)
    engine.dispose()  # what is written stands in the file alone
    return PlannedWorld(database, invented, night, ids)


def world_of(planned: PlannedWorld, folder: Path) -> World:
    """The application on a copy of its own."""
    database = folder / "world.db"
    copied(planned.database, database)
    invented, night = planned.invented, planned.night
    teams = {one.id: one.team for one in invented.consultants}
    return World(
        _app(database, invented), database, invented, night, teams, planned.ids, unused=list(night.proposals[2:])
    )


def _app(database: Path, invented: Municipality) -> FastAPI:
    return create_app(settings_for(database, tokens=TOKENS, today=invented.on, webhook_keys=(WEBHOOK_KEY,)))


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
        "felt": "jobmaal",
        "record_id": shown.headers["X-List-Id"],
        "rule_id": _own_rule(app),
        "weights_id": learnt_weights().id,
    }


def _own_rule(app: FastAPI) -> str:
    """The id of a rule that the municipality has added itself."""
    rule = {
        "danish": "Ingen begynder med fuld tid.",
        "english": "Nobody begins full time.",
        "source": "Aftalt i ledelsen.",
        "condition": {"hours_from_above": 36},
    }
    change = {"kind": "add", "rule_id": "own_rule", "valid_from": "2027-01-01", "rule": rule}
    body = {"changes": [change], "reason": "Aftalt i ledelsen."}
    made = Client(app, token=token_of(Role.TEAM_LEAD)).post(f"{API}/rules/changes", json=body)
    assert made.status_code == 201, made.text
    return "own_rule"


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
            return _new_citizen(world), {"headers": {"If-Match": '"1"'}}
        ids["id"] = value.id
        path = address.path.format(**ids)
        if address.method == "GET":
            return path, {}
        codec = CODECS[{"citizens": "citizen", "companies": "company", "agreements": "agreement"}[kind[1]]]
        version = world.caller(token_of(Role.CASE_SYSTEM)).get(path).headers["ETag"]
        return path, {"json": codec.encode(value), "headers": {"If-Match": version}}
    if "{contact_id}" in address.path:
        ids["contact_id"] = _new_contact(world, ids["company_id"])
    if address.method == "DELETE" and address.path.endswith("/webhooks/{webhook_id}"):
        ids["webhook_id"] = world.caller(token_of(Role.CASE_SYSTEM)).post(f"{API}/webhooks", json=WEBHOOK).json()["id"]
    ids["job_id"] = _job(world, address)
    if address.path == "/forslag/tilbage":
        return address.path, {"data": {"plan": _plan_in_use(world)}}
    if address.method == "POST" and address.path.startswith("/borgere/{citizen_id}/pladser"):
        ids |= _pair(world, placed=False)
    if "{placement_id}/fortryd" in address.path:
        ids |= _pair(world, placed=True)
    if address.path.endswith("/afgoerelse/fortryd"):
        ids["decision_id"] = _new_decision(world)
    if "{request_id}" in address.path:
        ids["request_id"] = _new_request(world)
    path = address.path.format(**ids)
    if address.method == "PATCH":
        held = world.caller(token_of(Role.CASE_SYSTEM)).get(path)
        body = {"reason": "Aftalt på ny.", "hours_per_week": held.json()["hours_per_week"]}
        return path, {"json": body, "headers": {"If-Match": held.headers["ETag"]}}
    return path, _sent(world, address, ids)


def _job(world: World, address: Address) -> str:
    """The id of work that has been done, where the address names some."""
    begun = {
        "/administration/proever/{job_id}": (Role.TEAM_LEAD, "regler/starts_soon", {"aendring": "switch_off"}),
        "/administration/vaegte/laert/{job_id}": (Role.TEAM_LEAD, "vaegte/laer", {}),
        "/forslag/laeg-om/{job_id}": (Role.TEAM_LEAD, "/forslag/laeg-om", {}),
        "/administration/genskabt/{job_id}": (Role.AUDITOR, f"genskab/{world.ids['list_id']}", {}),
    }
    if address.path not in begun:
        return ""
    role, path, sent = begun[address.path]
    shown = _worked(world, role, path if path.startswith("/") else f"/administration/{path}", sent)
    return str(shown.rpartition("/")[2])


def _worked(world: World, role: Role, path: str, sent: dict[str, str]) -> str:
    """The address of work that somebody has begun, once it has ended."""
    person, csrf = world.person(token_of(role))
    shown = str(person.post(path, data={**sent, "csrf": csrf, "fra": "2027-01-01"}).headers["location"])
    deadline = time.monotonic() + 60
    while "every 1s" in person.get(shown).text:
        assert time.monotonic() < deadline, "the work does not end"
        time.sleep(0.02)
    return shown


def _plan_in_use(world: World) -> str:
    """The id of a plan that somebody has taken into use and can go back from."""
    person, _csrf = world.person(token_of(Role.TEAM_LEAD))
    named = re.compile(r'name="plan" value="([^"]+)"')
    found = named.search(person.get("/forslag").text)
    if found is None:
        _worked(world, Role.TEAM_LEAD, _worked(world, Role.TEAM_LEAD, "/forslag/laeg-om", {}), {})
        found = named.search(person.get("/forslag").text)
    assert found
    return found[1]


def _new_citizen(world: World) -> str:
    """The address of a citizen whom nothing refers to."""
    path = f"{API}/citizens/ny"
    document = CITIZEN.encode(replace(world.invented.citizens[0], id="ny"))
    added = world.caller(token_of(Role.CASE_SYSTEM)).put(path, document)
    assert added.status_code in {200, 201}
    return path


def _new_request(world: World) -> str:
    """A citizen's request that waits for its answer."""
    by = Person("karen", "Karen", frozenset())
    with unit_of_work(sessions_of(create_database_engine(address_of(world.database)))) as session:
        citizen_id = world.ids["citizen_id"]
        return record_request(session, MUNICIPALITY, citizen_id, RequestKind.CORRECTION, "Ret adressen.", by).id


def _new_decision(world: World) -> str:
    """A decision that holds, on the proposal of the ids."""
    path = f"{API}/proposals/{world.ids['proposal_id']}/decision"
    body = {"verdict": "held", "reason": "Vi venter på svar."}
    return str(world.caller(token_of(Role.TEAM_LEAD)).post(path, json=body).json()["id"])


def _pair(world: World, *, placed: bool) -> dict[str, str]:
    """A citizen and a slot of whom a placement is agreed, or is not any more; none of it has begun."""
    system, proposal = world.caller(token_of(Role.CASE_SYSTEM)), world.unused[0]
    ids = {"citizen_id": proposal.citizen_id, "slot_id": proposal.slot_id}
    agreed = system.get(f"{API}/placements", params={"citizen_id": proposal.citizen_id}).json()["items"]
    if placed and not agreed:
        agreed = [system.post(f"{API}/placements", json=_placement(proposal) | {"decided_by": "karen"}).json()]
    if agreed and not placed:
        person, csrf = world.person(token_of(Role.TEAM_LEAD))
        back = f"/borgere/{proposal.citizen_id}/forloeb/{agreed[0]['id']}/fortryd"
        assert person.post(back, data={"csrf": csrf}).status_code == 303
    return ids | ({"placement_id": agreed[0]["id"]} if placed else {})


def _new_contact(world: World, company_id: str) -> str:
    """A contact that the consultant of these tests has just written down."""
    path, sent = f"{API}/companies/{company_id}/contacts", {"answer": "not_reached"}
    written = world.caller(token_of(Role.JOB_CONSULTANT)).post(path, json=sent)
    return str(written.json()["id"])


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
        "/afgoerelse/fortryd": {"data": {"afgoerelse": ids.get("decision_id", "")}},
        "/afgoerelse": {
            "data": {"afgoerelse": "held", "forslag": ids["proposal_id"], "begrundelse": "Vi venter på svar."}
        },
        "/borgere/{citizen_id}/pladser/{slot_id}": {"data": {"begrundelse": "Borgeren ønsker det."}},
        "/stillinger": {"data": {"tekst": "køkken"}},
        "/profil/{felt}": {"data": {"find": "1", "maal": "kok"}},
        "/profil/{felt}/fortryd": {"data": {"liste": ids["list_id"]}},
        "/forslag": {
            "data": {"afgoerelse": "held", "forslag": ids["proposal_id"], "begrundelse": "Vi venter på svar."}
        },
        "/forslag/udvalget": {"data": {"aftale": "findes-ikke", "begrundelse": "Aftalt på mødet."}},
        "/forslag/fortryd": {"data": {"afgoerelse": "findes-ikke"}},
        "/forslag/soeg": {"data": {"navn": "Anna"}},
        "/forslag/{proposal_id}": {"data": {"afgoerelse": "held", "begrundelse": "Vi venter på svar."}},
        "/svar": {"data": {"svar": "ingen", "aftale": agreement.id}},
        "/min-side": {"data": {"slags": "correction", "tekst": "Timetallet er forkert."}},
        "/oensker/{request_id}": {"data": {"svar": "Det er rettet."}},
        "/adgang": {"data": {"borger": ids["citizen_id"], "begrundelse": "Vikar for en syg kollega."}},
        "/administration/regler/{rule_id}": {"data": {"aendring": "switch_off", "fra": "2027-01-01"}},
        "/administration/proever/{job_id}": {"data": {"begrundelse": "Aftalt i ledelsen."}},
        "/administration/vaegte": {"data": {"vaegte": HAND_SET.id}},
        "/administration/koersler": {"data": {"dag": world.invented.on.isoformat()}},
        "/administration/indlaesninger": {"files": {"fil": ("ny.ndjson", json.dumps(line).encode())}},
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
    return role in ON_PAGES
