"""The administration's pages: who sees what, changes tried before they are made, files, runs, the chain, replays."""

import json
import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import STATUTE
from matcher.weights import HAND_SET
from service.app import create_app
from service.audit_chain import Head
from service.cli_audit import ACTIONS
from service.problems import NotFound
from service.settings import Role
from service.web.administration import imports, labels
from service.web.administration.jobs import Job, JobKind, Jobs
from service.web.administration.searching import NOT_AN_ID, address_of, read_search
from tests.access_world import LIMITED, NO_NEEDS, PlannedWorld, World, token_of, world_of
from tests.builders import ON
from tests.databases import migrated
from tests.pasts import learnt_weights
from tests.serving import ELSEWHERE, Client, settings_for
from tests.serving import OPERATIONS as OPERATIONS_TOKEN

AT = "/administration"
GOOD = {"type": "consultant", "id": "K90", "municipality": "0760", "name": "Kaj", "outreach_hours": 5, "caseload": 9}
_FIGURE: dict[str, Any] = {"tal-horizon_weeks": "3"}
BAD = GOOD | {"id": "K91", "name": ""}


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(planned_world, tmp_path_factory.mktemp("administration"))


class Person:
    """Somebody signed in to the administration."""

    def __init__(self, world: World, token: str) -> None:
        self.client, self.csrf = world.person(token)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(AT + path, **options)

    def post(self, path: str, *, htmx: bool = False, files: Any = None, **data: Any) -> httpx.Response:
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.post(AT + path, data={"csrf": self.csrf, **data}, files=files, headers=headers)

    def ended(self, answer: httpx.Response) -> httpx.Response:
        """The page that an answer leads to, once it has stopped asking again."""
        assert answer.status_code == 303, text_of(answer)
        deadline = time.monotonic() + 60
        while "every 1s" in (shown := self.client.get(answer.headers["location"])).text:
            assert time.monotonic() < deadline, "the work does not end"
            time.sleep(0.02)
        return shown


@pytest.fixture
def lead(world: World) -> Person:
    return Person(world, token_of(Role.TEAM_LEAD))


@pytest.fixture
def operations(world: World) -> Person:
    return Person(world, token_of(Role.OPERATIONS))


@pytest.fixture
def auditor(world: World) -> Person:
    return Person(world, token_of(Role.AUDITOR))


def text_of(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def file_of(*rows: dict[str, Any]) -> dict[str, Any]:
    """An upload of rows, one a line."""
    return {"fil": ("nye.ndjson", "\n".join(map(json.dumps, rows)).encode())}


def tried_digest(answer: httpx.Response) -> str:
    """What the form remembers of the file that was tried."""
    found = re.search(r'name="proevet" value="([0-9a-f]{64})"', answer.text)
    assert found, text_of(answer)
    return found[1]


def test_whoever_is_unknown_signs_in_first(world: World) -> None:
    answer = Client(world.app).get(AT)
    assert (answer.status_code, answer.headers["location"]) == (303, "/log-ind")


def test_another_municipality_finds_nothing(world: World) -> None:
    for role, path in (
        (Role.TEAM_LEAD, f"/regler/{world.ids['rule_id']}"),
        (Role.OPERATIONS, f"/koersler/{world.night.run.id}"),
        (Role.OPERATIONS, f"/vaegte/{world.ids['weights_id']}"),
        (Role.OPERATIONS, f"/indlaesninger/{world.ids['import_id']}"),
        (Role.AUDITOR, f"/visninger/{world.ids['list_id']}"),
    ):
        assert Person(world, token_of(role, ELSEWHERE)).get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.TEAM_LEAD, ["Regler", "Vægte", "Kørsler"]),
        (Role.OPERATIONS, ["Regler", "Vægte", "Kørsler", "Indlæsning", "Brugere"]),
        (Role.AUDITOR, ["Regler", "Vægte", "Kørsler", "Hvem gjorde hvad", "Viste lister"]),
    ],
)
def test_each_role_sees_its_own_sections(world: World, role: Role, seen: list[str]) -> None:
    page = Person(world, token_of(role)).get("")
    assert re.findall(r"<h2><a [^>]+>([^<]+)</a></h2>", page.text) == seen


def test_rules_stand_with_their_sources_and_who_may_set_them_aside(lead: Person) -> None:
    page = text_of(lead.get("/regler"))
    assert "BEK nr. 2636 af 28/12/2021 § 65" in page
    assert "Jobkonsulenten kan se bort fra den for én borger og én plads" in page
    law = lead.get("/regler/reasonableness")
    assert "Kommunen kan ikke svække den." in text_of(law)
    assert "<fieldset" not in law.text
    assert lead.get("/regler/findes-ikke").status_code == 404
    assert "20. marts 2021" in text_of(lead.get("/regler?dag=2021-03-20"))


def test_a_change_is_tried_and_then_made_by_name(lead: Person, auditor: Person) -> None:
    shown = lead.ended(lead.post("/regler/starts_soon", aendring="set_figures", fra="2026-10-01", **_FIGURE))
    assert "Hvad ændringen ville gøre ved nattens plan" in text_of(shown)
    assert "8 uger" in text_of(lead.get("/regler/starts_soon"))  # trying changes nothing
    address = shown.request.url.path.removeprefix(AT)
    refused = lead.post(address, begrundelse="  ")
    assert refused.status_code == 422
    assert "Skriv, hvorfor ændringen sættes i kraft." in text_of(refused)
    assert lead.post(address, begrundelse="x" * 4_001).status_code == 422
    made = lead.post(address, begrundelse="Aftalt i ledelsen.")
    after = text_of(lead.client.get(made.headers["location"]))
    assert "Ændringen er sat i kraft." in after
    assert "Forløbet kan begynde inden for 3 uger." in after
    assert "Aftalt i ledelsen." in after
    assert "Regler ændret" in text_of(auditor.get("/revision?slags=rules.changed"))


def test_a_preview_names_only_citizens_whom_the_reader_may_see(world: World) -> None:
    limited = Person(world, LIMITED)
    shown = limited.ended(limited.post("/regler/caseload", aendring="switch_off", fra="2026-10-01"))
    named = set(re.findall(r'href="/borgere/([^"]+)"', shown.text))
    assert named <= {one.id for one in world.citizens_of("nord")}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"fra": "2026-10-01"}, "Vælg, hvad der skal ske med reglen."),
        ({"aendring": "add", "fra": "2026-10-01"}, "Vælg, hvad der skal ske med reglen."),
        ({"aendring": "switch_off"}, "Skriv den dag, ændringen skal gælde fra."),
        ({"aendring": "switch_off", "fra": "i går"}, "Skriv den dag, ændringen skal gælde fra."),
        ({"aendring": "switch_off", "fra": "2026-10-02", "til": "2026-10-01"}, "ikke ligge før første dag"),
        ({"aendring": "switch_off", "fra": "2026-10-02", "til": "snart"}, "Skriv en dag, eller lad feltet være tomt."),
        ({"aendring": "switch_off", "fra": "0001-01-01"}, "Skriv en dag mellem 2000 og 2100."),
        ({"aendring": "set_figures", "fra": "2026-10-01"}, "Skriv mindst ét nyt tal."),
        (
            {"aendring": "set_figures", "fra": "2026-10-01", "tal-horizon_weeks": "53"},
            "Skriv et helt tal fra 2 til",
        ),
        ({"aendring": "set_figures", "fra": "2026-10-01", "tal-horizon_weeks": "²"}, "Skriv et helt tal fra 2 til"),
    ],
)
def test_a_change_that_cannot_be_read_keeps_what_was_typed(lead: Person, sent: dict[str, str], said: str) -> None:
    answer = lead.post("/regler/starts_soon", **dict[str, Any](sent))
    assert answer.status_code == 422
    assert said in text_of(answer)
    for value in (sent.get("fra"), sent.get("tal-horizon_weeks")):
        assert not value or f'value="{value}"' in answer.text


def test_law_and_agreements_cannot_be_changed(lead: Person) -> None:
    for rule in ("reasonableness", "must_needs_met"):
        answer = lead.post(f"/regler/{rule}", aendring="switch_off", fra="2026-10-01")
        assert answer.status_code == 422
        assert "Ændringen er ikke mulig for denne regel." in text_of(answer)
    assert lead.post("/regler/findes-ikke", aendring="switch_off", fra="2026-10-01").status_code == 404


def test_the_weights_are_shown_compared_and_chosen_by_name(lead: Person, operations: Person) -> None:
    page = text_of(lead.get("/vaegte"))
    assert "Håndsatte vægte" in page
    assert HAND_SET.id in page
    assert "Ingen har valgt. De håndsatte vægte gælder." in page
    assert lead.post("/vaegte", vaegte="findes-ikke").status_code == 422
    learnt = learnt_weights().id
    shown = text_of(operations.get(f"/vaegte/{learnt}"))
    assert "De lærte vægte rammer bedre end de håndsatte." in shown
    assert "Sammenlign på nattens plan" not in shown  # operations may see them
    assert operations.post("/vaegte", vaegte=learnt).status_code == 403
    for weights, called in ((learnt, "Lærte vægte"), (HAND_SET.id, "Håndsatte vægte")):  # on, and back
        tried = lead.ended(lead.post("/vaegte", vaegte=weights))
        assert f"Ændring: {called} ({weights}) tages i brug." in text_of(tried)
        assert f"I brug fra næste nat: {called} ({weights})" not in text_of(lead.get("/vaegte"))
        made = lead.post(tried.request.url.path.removeprefix(AT), begrundelse=f"{called} er set igennem.")
        after = text_of(lead.client.get(made.headers["location"]))
        assert "Vægtene er valgt og bruges fra næste nat." in after
        assert f"I brug fra næste nat: {called} ({weights})" in after
        assert f"{called} er set igennem." in after
        assert ("Gå tilbage til de håndsatte vægte" in text_of(lead.get(f"/vaegte/{learnt}"))) == (weights == learnt)


def test_what_cannot_be_learnt_is_told_and_changes_nothing(operations: Person) -> None:
    shown = operations.ended(operations.post("/vaegte/laer"))
    assert "Der er for få afsluttede forløb at lære af." in text_of(shown)


def test_runs_show_what_they_came_to_and_a_new_one_is_asked_for(world: World, operations: Person) -> None:
    page = text_of(operations.get("/koersler"))
    assert "Offentliggjorte planer" in page
    run = text_of(operations.get(f"/koersler/{world.night.run.id}"))
    for said in ("Hvad tiden gik med", "Hvad den byggede på", "Lægger planen"):
        assert said in run
    refused = operations.post("/koersler", dag="snart")
    assert refused.status_code == 422
    assert 'value="snart"' in refused.text
    shown = operations.ended(operations.post("/koersler", dag=world.invented.on.isoformat()))
    assert "Offentliggjort" in text_of(shown)
    assert operations.get(f"/koersler/{world.night.run.id}", headers={"HX-Request": "true"}).headers["hx-refresh"]


def test_users_are_shown_without_secrets(operations: Person) -> None:
    page = operations.get("/brugere")
    assert "Lene" in page.text
    assert "Ser og skriver skånehensyn" in page.text
    assert "nord" in page.text
    assert not re.search(r"[0-9a-f]{64}", page.text)


def test_a_file_is_tried_and_then_taken_in(operations: Person) -> None:
    tried = operations.post("/indlaesninger", files=file_of(GOOD, BAD))
    assert "Intet er gemt endnu." in text_of(tried)
    assert "skriv en tekst" in text_of(tried)
    other = operations.post("/indlaesninger", files=file_of(GOOD), handling="indlaes", proevet=tried_digest(tried))
    assert other.status_code == 422
    assert "Det er ikke den fil, der lige er prøvet." in text_of(other)
    taken = operations.ended(
        operations.post("/indlaesninger", files=file_of(GOOD, BAD), handling="indlaes", proevet=tried_digest(tried))
    )
    assert "Rækkerne uden fejl er læst ind." in text_of(taken)
    again = operations.post("/indlaesninger", files=file_of(GOOD))
    assert "Jobkonsulenter 0 0 1 0" in text_of(again)  # it is stored now


def test_a_file_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, operations: Person) -> None:
    assert "Vælg en fil, der ikke er tom." in text_of(operations.post("/indlaesninger"))
    empty = operations.post("/indlaesninger", files={"fil": ("tom.xlsx", b"")})
    assert empty.status_code == 422
    part = operations.post("/indlaesninger", files=file_of(BAD), htmx=True)
    assert "<html" not in part.text
    assert "skriv en tekst" in text_of(part)
    unread = operations.post("/indlaesninger", files={"fil": ("side.html", b"<html>")})
    assert "ligner HTML" in text_of(unread)
    monkeypatch.setattr(imports, "LARGEST_FILE_BYTES", 10)
    large = operations.post("/indlaesninger", files=file_of(GOOD))
    assert large.status_code == 422
    assert "Filen er for stor til siden." in text_of(large)


def test_importing_needs_the_right_to_see_needs(tmp_path: Path) -> None:
    migrated(tmp_path / "own.db")
    client = Client(create_app(settings_for(tmp_path / "own.db", today=ON)))
    client.post("/log-ind", data={"adgangsnoegle": OPERATIONS_TOKEN})
    page = client.get(f"{AT}/indlaesninger")
    assert 'type="file"' not in page.text
    assert "ret til at se og skrive skånehensyn" in text_of(page)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    sent = client.post(f"{AT}/indlaesninger", data={"csrf": csrf[1]}, files=file_of(GOOD))
    assert sent.status_code == 403
    for path in ("/koersler", "/regler"):
        assert client.get(AT + path).status_code == 200
    assert "Der er ikke lagt nogen plan endnu." in text_of(client.get(f"{AT}/koersler"))


def test_entries_are_found_by_person_object_kind_and_day(world: World, auditor: Person) -> None:
    everything = text_of(auditor.get("/revision"))
    assert "Plan offentliggjort" in everything
    found = auditor.post("/revision/soeg", om=world.night.run.id, slags="run.published")
    page = auditor.client.get(found.headers["location"])
    assert page.text.count('<th scope="row"') == 1
    nobody = auditor.client.get(auditor.post("/revision/soeg", af="Karen Konsulent").headers["location"])
    assert "Ingen handlinger passer." in text_of(nobody)
    assert "Ingen handlinger passer." in text_of(auditor.get("/revision?dag=2001-01-01"))


def test_a_name_or_a_cpr_number_comes_into_no_address(auditor: Person) -> None:
    for path in ("/revision/soeg", "/visninger/soeg"):
        for typed in ("010190-0004", "0101900004", "Anna Andersen"):
            address = auditor.post(path, om=typed).headers["location"]
            assert "0101" not in address
            assert "Anna" not in address
    assert read_search("", "", "010190-0004").about == NOT_AN_ID
    assert address_of("/x", read_search("2026-10-01", " karen ", "B1")) == "/x?dag=2026-10-01&af=karen&om=B1"
    assert address_of("/x", read_search("i går", "", "")) == "/x"


def test_the_chain_is_for_those_who_see_the_whole_municipality(auditor: Person, world: World) -> None:
    assert "Alle" in text_of(auditor.post("/revision/kontrol"))
    assert Person(world, NO_NEEDS).get("/revision").status_code == 403


def test_a_check_goes_on_part_by_part(monkeypatch: pytest.MonkeyPatch, auditor: Person) -> None:
    monkeypatch.setattr("service.web.administration.audit.PART", 2)
    answer, parts = auditor.post("/revision/kontrol", htmx=True), 1
    while found := re.search(r'name="fra" value="([^"]+)"', answer.text):
        answer, parts = auditor.post("/revision/kontrol", htmx=True, fra=found[1]), parts + 1
    assert parts > 1
    assert "Kæden holder" in answer.text
    head = re.search(r'<code class="digest">([^<]+)</code>', answer.text)
    assert head
    assert "Kæden holder" in auditor.post("/revision/kontrol", gemt_hoved=head[1]).text
    longer = Head(Head.parse(head[1]).n + 50, "a" * 64)
    assert "Den findes ikke." in auditor.post("/revision/kontrol", gemt_hoved=str(longer)).text
    assert auditor.post("/revision/kontrol", gemt_hoved="17").status_code == 422


def test_shown_lists_and_plans_are_made_again(world: World, auditor: Person) -> None:
    page = text_of(auditor.get(f"/visninger?om={world.ids['citizen_id']}"))
    assert "Hvem har læst om borgeren" in page
    shown = text_of(auditor.get(f"/visninger/{world.ids['list_id']}"))
    for said in ("Pladser til borgeren", "Hvad der stod", "Genskab listen"):
        assert said in shown
    for id_ in (world.ids["list_id"], world.night.run.id):
        assert "Genskabt og helt ens" in text_of(auditor.ended(auditor.post(f"/genskab/{id_}")))
    assert auditor.post("/genskab/findes-ikke").status_code == 404
    assert "Ingen lister passer." in text_of(auditor.get("/visninger?dag=2001-01-01"))


def test_reading_records_is_written_down(world: World, auditor: Person) -> None:
    citizen = world.ids["citizen_id"]
    auditor.get(f"/visninger?om={citizen}")
    assert "Revision af planer og visninger" in text_of(auditor.get(f"/visninger?om={citizen}"))


def test_work_that_fails_says_so() -> None:
    jobs = Jobs(most=2)
    refused = jobs.start(Job("0760", JobKind.RULES, None, 1), _refuse)
    broken = jobs.start(Job("0760", JobKind.RULES, None, 1), _break)
    for job in (refused, broken):
        deadline = time.monotonic() + 10
        while not job.ended:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert isinstance(refused.problem, NotFound)
    assert (broken.failed, broken.problem, broken.result) == (True, None, None)
    with pytest.raises(NotFound):
        jobs.get("0671", broken.id, JobKind.RULES)
    with pytest.raises(NotFound):
        jobs.get("0760", broken.id, JobKind.REPLAY)
    jobs.start(Job("0760", JobKind.RULES, None, 1), lambda _phase: True)
    with pytest.raises(NotFound):  # the newest only are kept
        jobs.get("0760", refused.id, JobKind.RULES)


def _refuse(_phase: object) -> None:
    raise NotFound


def _break(_phase: object) -> None:
    raise RuntimeError("nobody foresaw this")


def test_every_code_has_a_name() -> None:
    assert dict(labels.ACTIONS) == dict(ACTIONS)
    assert set(labels.FIGURES) == _bounded(STATUTE)
    for names, kind in (
        (labels.ORIGINS, "Origin"),
        (labels.SEVERITIES, "Severity"),
        (labels.MOVES, "Move"),
        (labels.RUN_STATES, "RunState"),
        (labels.IMPORT_STATES, "ImportState"),
        (labels.FAULTS, "Fault"),
        (labels.CHANNELS, "Channel"),
        (labels.VERDICTS, "Verdict"),
        (labels.RIGHTS, "Right"),
    ):
        member = next(iter(names))
        assert (type(member).__name__, set(names)) == (kind, set(type(member)))


def _bounded(book: RuleBook) -> set[str]:
    return {name for version in book.versions for name in version.bounds}
