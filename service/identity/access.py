"""Who may what: every address of API and pages, and the roles that it is for. One table.

Endpoints take their typed parameters from the sets below, `docs/access.md` is printed from the table, and a test walks
every cell of it against the running application: an address without a row fails that test.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from service.settings import DEVELOPMENT_ISSUER, Role

Roles = frozenset[Role]
WITH_CITIZENS: Final[Roles] = frozenset((Role.JOB_CONSULTANT, Role.CASEWORKER, Role.TEAM_LEAD))
"""People who work with citizens."""
ON_PAGES: Final[Roles] = WITH_CITIZENS | {Role.OPERATIONS, Role.AUDITOR}
"""People who may sign in to the pages: everybody but programs."""
READS: Final[Roles] = WITH_CITIZENS | {Role.CASE_SYSTEM}
"""Read citizens, suggestions and proposals."""
DECIDES: Final[Roles] = frozenset((Role.JOB_CONSULTANT, Role.TEAM_LEAD))
"""Named persons who decide about proposals, talk with companies and answer for local rules."""
KEEPS: Final[Roles] = frozenset((Role.CASE_SYSTEM,))
"""Keep citizens, companies and agreements up to date."""
AGREES: Final[Roles] = DECIDES | KEEPS
"""Agree placements; the case system those that were decided in it."""
PLANS: Final[Roles] = frozenset((Role.OPERATIONS,))
"""Start plans."""
LEADS: Final[Roles] = frozenset((Role.TEAM_LEAD,))
"""Change rules and weights on the pages."""
LEARNS: Final[Roles] = LEADS | PLANS
"""Learn weights from ended placements, which puts nothing into force."""
FIGURES: Final[Roles] = frozenset((Role.TEAM_LEAD, Role.OPERATIONS, Role.AUDITOR))
"""Read figures of the whole municipality that name no citizen."""
RECORDS: Final[Roles] = READS | {Role.AUDITOR}
"""Read what was planned, shown and decided."""
AUDITS: Final[Roles] = frozenset((Role.AUDITOR,))
"""Read who did what."""
KNOWN: Final[Roles] = frozenset(Role)
"""Whoever is known."""
PUBLIC: Final[Roles] = frozenset()
"""Not even that: the address asks nobody who they are."""


@dataclass(frozen=True, slots=True)
class Address:
    """One method and path.

    Attributes
    ----------
    roles : who may; `PUBLIC` = anybody
    shares : the path names something that belongs to a municipality: anybody else's is answered 404
    note : what else decides
    """

    method: str
    path: str
    roles: Roles
    shares: bool = False
    note: str = ""

    @property
    def page(self) -> bool:
        """Whether it is a page; anonymous callers of a page are led to the sign-in page."""
        return not self.path.startswith(API)


API: Final = "/api/v1"
NEEDS_LEFT_OUT: Final = "without the right `needs`, what is about health-related needs is left out"
NEEDS_REQUIRED: Final = "needs the right `needs`"
ONLY_ITS_OWN: Final = "the case system changes only placements that it has agreed itself"
WHOLE_MUNICIPALITY: Final = "not for callers limited to teams or target groups"
ONLY_OWN_CONTACT: Final = "only what the person wrote down within the last hour"
ONLY_OWN_SESSIONS: Final = "only the person's own sessions, shortly after signing in"
LOCAL_ONLY: Final = "development only, from the machine itself; otherwise 404"


def _api() -> Iterator[Address]:
    yield Address("GET", "/openapi.json", PUBLIC)
    yield Address("GET", "/citizens/{id}", KEEPS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("PUT", "/citizens/{id}", KEEPS, note=NEEDS_REQUIRED)
    yield Address("DELETE", "/citizens/{id}", KEEPS, shares=True)
    yield Address("PUT", "/citizens/{citizen_id}/cpr", KEEPS)
    yield Address("DELETE", "/citizens/{citizen_id}/cpr", KEEPS, shares=True)
    yield Address("POST", "/citizens/by-cpr", KEEPS)
    yield Address("GET", "/citizens/{citizen_id}/access-log", AUDITS, shares=True)
    for kind in ("companies", "agreements"):
        yield Address("GET", f"/{kind}/{{id}}", KEEPS, shares=True)
        yield Address("PUT", f"/{kind}/{{id}}", KEEPS)
    yield Address("POST", "/imports", KEEPS, note=NEEDS_REQUIRED)
    yield Address("GET", "/imports/{import_id}", KEEPS, shares=True)
    yield Address("GET", "/citizens/{citizen_id}/suggestions", READS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/citizens/{citizen_id}/suggestions/{slot_id}", READS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/citizens/{citizen_id}/without-place", READS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/citizens/{citizen_id}/openings", READS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/slots/{slot_id}/candidates", READS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/occupations", KNOWN)
    yield Address("POST", "/runs", PLANS)
    yield Address("GET", "/runs", KNOWN)
    yield Address("GET", "/runs/{run_id}", KNOWN, shares=True)
    yield Address("GET", "/runs/{run_id}/proposals", READS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/runs/{run_id}/unplaced", READS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/runs/{run_id}/fairness", FIGURES, shares=True)
    yield Address("POST", "/proposals/{proposal_id}/decision", DECIDES, shares=True)
    yield Address("POST", "/placements", AGREES, note=ONLY_ITS_OWN)
    yield Address("GET", "/placements", READS)
    yield Address("GET", "/placements/{placement_id}", READS, shares=True)
    yield Address("PATCH", "/placements/{placement_id}", AGREES, shares=True, note=ONLY_ITS_OWN)
    yield Address("GET", "/needs", READS, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/runs/{run_id}/record", RECORDS, shares=True)
    yield Address("GET", "/lists", RECORDS)
    yield Address("GET", "/lists/{list_id}", RECORDS, shares=True)
    yield Address("GET", "/audit", AUDITS, note=WHOLE_MUNICIPALITY)
    yield Address("GET", "/webhooks", KEEPS)
    yield Address("POST", "/webhooks", KEEPS)
    yield Address("GET", "/webhooks/{webhook_id}", KEEPS, shares=True)
    yield Address("DELETE", "/webhooks/{webhook_id}", KEEPS, shares=True)
    yield Address("GET", "/outreach", READS, note=NEEDS_LEFT_OUT)
    yield Address("POST", "/companies/{company_id}/contacts", DECIDES, shares=True)
    yield Address("GET", "/companies/{company_id}/contacts", READS, shares=True)
    yield Address("GET", "/rules", KNOWN)
    yield Address("POST", "/rules/preview", DECIDES)
    yield Address("POST", "/rules/changes", DECIDES)
    yield Address("GET", "/schemas/explanation.json", PUBLIC)
    for kind in ("consultant", "company", "citizen", "agreement", "placement"):
        yield Address("GET", f"/schemas/{kind}.json", PUBLIC)


def _pages() -> Iterator[Address]:
    for path in ("/", "/livez", "/readyz", "/metrics", "/log-ind", "/log-ind/kommune", "/log-ind/svar"):
        yield Address("GET", path, PUBLIC)
    yield Address("POST", "/log-ind", PUBLIC)
    yield Address("GET", "/tilgaengelighed", PUBLIC)
    yield Address("GET", "/offline.js", PUBLIC)
    yield Address("POST", "/sprog", PUBLIC)
    yield Address("POST", "/log-ind/udvikling", PUBLIC, note=LOCAL_ONLY)
    for path in ("/.well-known/openid-configuration", "/jwks", "/authorize"):
        yield Address("GET", DEVELOPMENT_ISSUER + path, PUBLIC, note=LOCAL_ONLY)
    yield Address("POST", f"{DEVELOPMENT_ISSUER}/token", PUBLIC, note=LOCAL_ONLY)
    yield Address("POST", "/log-ud", ON_PAGES)
    yield Address("GET", "/logget-ind", ON_PAGES)
    yield Address("POST", "/logget-ind", ON_PAGES, note=ONLY_OWN_SESSIONS)
    yield Address("GET", "/adgang", WITH_CITIZENS, note="opening a citizen takes the right `break_glass`")
    yield Address("POST", "/adgang", WITH_CITIZENS, note="needs the right `break_glass`")
    yield Address("GET", "/borgere", WITH_CITIZENS)
    yield Address("POST", "/borgere", WITH_CITIZENS)
    yield Address("GET", "/borgere/{citizen_id}", WITH_CITIZENS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/borgere/{citizen_id}/pladser/{slot_id}", WITH_CITIZENS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("POST", "/borgere/{citizen_id}/pladser/{slot_id}", DECIDES, shares=True)
    yield Address("POST", "/borgere/{citizen_id}/afgoerelse", DECIDES, shares=True)
    yield Address("POST", "/borgere/{citizen_id}/afgoerelse/fortryd", DECIDES, shares=True)
    yield Address("POST", "/borgere/{citizen_id}/forloeb/{placement_id}/fortryd", DECIDES, shares=True)
    yield Address("GET", "/borgere/{citizen_id}/profil/{felt}", WITH_CITIZENS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("POST", "/borgere/{citizen_id}/profil/{felt}", WITH_CITIZENS, shares=True)
    yield Address("POST", "/borgere/{citizen_id}/profil/{felt}/fortryd", WITH_CITIZENS, shares=True)
    yield Address("POST", "/borgere/{citizen_id}/stillinger", WITH_CITIZENS, shares=True)
    yield Address("GET", "/borgere/{citizen_id}/sammenlign", WITH_CITIZENS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/borgere/{citizen_id}/kort", WITH_CITIZENS, shares=True)
    yield Address("GET", "/borgere/{citizen_id}/andre-pladser", DECIDES, shares=True)
    at = "/borgere/{citizen_id}/min-side"
    yield Address("GET", at, WITH_CITIZENS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("POST", at, WITH_CITIZENS, shares=True)
    yield Address("GET", f"{at}/pladser/{{slot_id}}", WITH_CITIZENS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", f"{at}/uden-plads", WITH_CITIZENS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("POST", f"{at}/oensker/{{request_id}}", WITH_CITIZENS, shares=True)
    yield Address("GET", "/overblik", FIGURES)
    yield Address("GET", "/overblik/ligebehandling", FIGURES)
    yield Address("GET", "/tavle", ON_PAGES)
    yield Address("GET", "/forslag", WITH_CITIZENS, note=NEEDS_LEFT_OUT)
    yield Address("POST", "/forslag", DECIDES)
    yield Address("POST", "/forslag/udvalget", DECIDES)
    yield Address("POST", "/forslag/fortryd", DECIDES)
    yield Address("POST", "/forslag/tilbage", DECIDES)
    yield Address("POST", "/forslag/soeg", WITH_CITIZENS)
    yield Address("GET", "/forslag/uden-plads", WITH_CITIZENS, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/forslag/plan.xlsx", WITH_CITIZENS, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/forslag/plan.pdf", WITH_CITIZENS, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/forslag/laeg-om", WITH_CITIZENS)
    yield Address("POST", "/forslag/laeg-om", DECIDES)
    yield Address("GET", "/forslag/laeg-om/{job_id}", WITH_CITIZENS, shares=True)
    yield Address("POST", "/forslag/laeg-om/{job_id}", DECIDES, shares=True)
    yield Address("GET", "/forslag/brug-af-pladser", WITH_CITIZENS)
    yield Address("GET", "/forslag/{proposal_id}", WITH_CITIZENS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("POST", "/forslag/{proposal_id}", DECIDES, shares=True)
    yield Address("GET", "/virksomheder", WITH_CITIZENS, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/virksomheder/{company_id}", WITH_CITIZENS, shares=True)
    yield Address("POST", "/virksomheder/{company_id}/svar", DECIDES, shares=True)
    yield Address("POST", "/virksomheder/svar/{contact_id}/fortryd", DECIDES, shares=True, note=ONLY_OWN_CONTACT)
    yield Address("GET", "/pladser", WITH_CITIZENS)
    yield Address("GET", "/pladser/{slot_id}", WITH_CITIZENS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("GET", "/behov", WITH_CITIZENS, note=NEEDS_LEFT_OUT)
    yield Address("POST", "/behov/efterproev", WITH_CITIZENS)
    yield from _administration()


def _administration() -> Iterator[Address]:
    at = "/administration"
    yield Address("GET", at, FIGURES)
    for section in ("regler", "vaegte", "koersler"):
        yield Address("GET", f"{at}/{section}", FIGURES)
    yield Address("GET", f"{at}/regler/{{rule_id}}", FIGURES, shares=True)
    yield Address("POST", f"{at}/regler/{{rule_id}}", LEADS, shares=True)
    yield Address("POST", f"{at}/vaegte", LEADS)
    yield Address("POST", f"{at}/vaegte/laer", LEARNS)
    yield Address("GET", f"{at}/vaegte/laert/{{job_id}}", LEARNS, shares=True)
    yield Address("GET", f"{at}/vaegte/{{weights_id}}", FIGURES, shares=True)
    yield Address("GET", f"{at}/proever/{{job_id}}", LEADS, shares=True)
    yield Address("POST", f"{at}/proever/{{job_id}}", LEADS, shares=True)
    yield Address("POST", f"{at}/koersler", PLANS)
    yield Address("GET", f"{at}/koersler/{{run_id}}", FIGURES, shares=True)
    yield Address("GET", f"{at}/brugere", PLANS)
    yield Address("GET", f"{at}/indlaesninger", PLANS)
    yield Address("POST", f"{at}/indlaesninger", PLANS, note=NEEDS_REQUIRED)
    yield Address("GET", f"{at}/indlaesninger/{{import_id}}", PLANS, shares=True)
    yield Address("GET", f"{at}/revision", AUDITS, note=WHOLE_MUNICIPALITY)
    yield Address("POST", f"{at}/revision/soeg", AUDITS, note=WHOLE_MUNICIPALITY)
    yield Address("POST", f"{at}/revision/kontrol", AUDITS, note=WHOLE_MUNICIPALITY)
    yield Address("GET", f"{at}/visninger", AUDITS)
    yield Address("POST", f"{at}/visninger/soeg", AUDITS)
    yield Address("GET", f"{at}/visninger/{{list_id}}", AUDITS, shares=True, note=NEEDS_LEFT_OUT)
    yield Address("POST", f"{at}/genskab/{{record_id}}", AUDITS, shares=True)
    yield Address("GET", f"{at}/genskabt/{{job_id}}", AUDITS, shares=True)


ACCESS: Final = (
    *(Address(one.method, API + one.path, one.roles, one.shares, one.note) for one in _api()),
    *_pages(),
)


_HEAD: Final = """\
# Access: every address and role

Printed from `service/identity/access.py` by `python -m service.identity.access`; a test walks every cell of it.

- **anonymous**: the API answers 401, the pages lead to `/log-ind`.
- **403**: the caller is known, but the role may not. On the pages other roles cannot sign in: `–`.
- **404**: what belongs to another municipality, or to a citizen outside the caller's teams and target groups, does not
  exist; lists leave it out.
- **own**: the address names something of a municipality, so the line above is tested on it.
- What the roles are, and the rights and limits beside them: [guide](guide-case-system.md), [identity](identity.md)."""


def page() -> str:
    """`docs/access.md`: the table as people read it."""
    heads = [role.value for role in Role]
    lines = [_HEAD]
    for title, rows in (
        ("API", [one for one in ACCESS if not one.page]),
        ("Pages", [one for one in ACCESS if one.page]),
    ):
        lines += [
            "",
            f"## {title}",
            f"| address | anonymous | {' | '.join(f'`{head}`' for head in heads)} | own | note |",
        ]
        lines.append("|---" * (len(heads) + 4) + "|")
        lines += [_line(one) for one in rows]
    return "\n".join(lines) + "\n"


def _line(address: Address) -> str:
    if address.roles == PUBLIC:
        cells = ["yes"] * (len(Role) + 1)
    else:
        refused = {role: "–" if address.page and role not in ON_PAGES else "403" for role in Role}
        cells = ["`/log-ind`" if address.page else "401"]
        cells += ["yes" if role in address.roles else refused[role] for role in Role]
    own = "own" if address.shares else ""
    return f"| `{address.method} {address.path}` | {' | '.join(cells)} | {own} | {address.note} |"


if __name__ == "__main__":
    print(page(), end="")
