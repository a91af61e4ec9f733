"""A citizen's own page: everything that is kept, who has read, and requests with their answers."""

import html
import re

import pytest

from service.db.personal import ReadPurpose
from service.db.personal_repositories import AccessLog
from service.db.purpose import Purpose
from service.db.request_repositories import CitizenRequests
from service.db.session import create_database_engine, read_only, sessions_of
from service.settings import Role
from tests.access_world import NO_NEEDS, PlannedWorld, World, token_of, world_of
from tests.builders import MUNICIPALITY
from tests.databases import address_of
from tests.serving import ELSEWHERE, Client

MARKUP = "<script>alert(1)</script>\"'&"


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(planned_world, tmp_path_factory.mktemp("own"))


def address(world: World) -> str:
    return f"/borgere/{world.ids['citizen_id']}/min-side"


def requests_of(world: World) -> dict[str, tuple[str, str | None]]:
    """Text and answer of the citizen's requests, by id."""
    with read_only(sessions_of(create_database_engine(address_of(world.database)))) as session:
        found = CitizenRequests(session, MUNICIPALITY).of_citizen(world.ids["citizen_id"])
    return {one.id: (one.text, one.answer) for one in found}


def test_nobody_reads_it_without_signing_in(world: World) -> None:
    for path in (address(world), f"{address(world)}/pladser/{world.ids['slot_id']}"):
        answer = Client(world.app).get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/log-ind")


def test_another_municipality_finds_no_such_citizen(world: World) -> None:
    client, csrf = world.person(token_of(Role.JOB_CONSULTANT, ELSEWHERE))
    assert client.get(address(world)).status_code == 404
    form = {"csrf": csrf, "slags": "correction", "tekst": "Ret det."}
    assert client.post(address(world), data=form).status_code == 404
    assert "Ret det." not in {text for text, _ in requests_of(world).values()}


def test_the_page_tells_what_is_kept_and_the_list_with_reasons(world: World) -> None:
    client, _ = world.person(token_of(Role.JOB_CONSULTANT))
    text = html.unescape(client.get(address(world)).text)
    citizen = next(one for one in world.invented.citizens if one.id == world.ids["citizen_id"])
    assert citizen.name in text
    assert citizen.home_postcode in text
    assert "Nattens forslag" in text
    assert "Hele begrundelsen" in text
    assert "artikel 16" in text
    assert "artikel 21" in text
    assert citizen.name not in (re.search(r"<title>(.*?)</title>", text) or [""])[0]
    for code in ("activity_ready", "None", "PlacementForm", "work_placement"):
        assert code not in text, code


def test_the_reasons_speak_to_the_citizen(world: World) -> None:
    client, _ = world.person(token_of(Role.JOB_CONSULTANT))
    page = html.unescape(client.get(address(world)).text)
    reasons = re.findall(r"<li>([^<]*)</li>", page[page.index('id="liste"') : page.index('id="laest"')])
    letter = html.unescape(client.get(f"{address(world)}/pladser/{world.ids['slot_id']}").text)
    said = [*reasons, *re.findall(r"<p>([^<]*)</p>", letter)]
    assert any("dit mål er" in text for text in said)
    assert not [text for text in said if re.search(r"\b[Bb]orgeren", text)]


def test_who_has_read_is_told_by_role_and_the_page_is_a_read_itself(world: World) -> None:
    client, _ = world.person(token_of(Role.CASEWORKER))
    client.get(address(world))
    text = html.unescape(client.get(address(world)).text)
    assert "Koordinerende sagsbehandler på siderne" in text
    assert "Udlevering til borgeren selv" in text
    assert "Liste med pladser til borgeren" in text
    with read_only(sessions_of(create_database_engine(address_of(world.database)))) as session:
        entries = AccessLog(session, MUNICIPALITY).of_citizen(world.ids["citizen_id"])
    assert {ReadPurpose.SUBJECT_ACCESS, Purpose.SUGGESTIONS} <= {one.purpose for one in entries}


def test_the_reasons_of_a_place_can_be_read_as_a_letter(world: World) -> None:
    client, _ = world.person(token_of(Role.JOB_CONSULTANT))
    text = html.unescape(client.get(f"{address(world)}/pladser/{world.ids['slot_id']}").text)
    assert "En navngiven medarbejder i kommunen afgør sagen" in text
    assert "forvaltningsloven §§ 19 og 21" in text
    assert client.get(f"{address(world)}/pladser/findes-ikke").status_code == 404


def test_why_there_is_no_place_can_be_read_as_a_letter(world: World) -> None:
    client, _ = world.person(token_of(Role.JOB_CONSULTANT))
    citizen = world.night.unplaced[0].citizen_id
    assert "/min-side/uden-plads" in client.get(f"/borgere/{citizen}/min-side").text
    text = html.unescape(client.get(f"/borgere/{citizen}/min-side/uden-plads").text)
    assert "Der er ikke fundet en plads til dig" in text
    assert "§§ 22 og 24" in text
    assert "/min-side/uden-plads" not in client.get(address(world)).text
    hidden, _ = world.person(NO_NEEDS)
    assert "skånehensyn" in html.unescape(hidden.get(f"/borgere/{citizen}/min-side/uden-plads").text)


def test_a_request_and_an_answer_that_are_sent_twice_are_written_down_once(world: World) -> None:
    client, csrf = world.person(token_of(Role.JOB_CONSULTANT))
    before = requests_of(world)
    for text in ("Jeg kan køre truck.", "Jeg kan køre truck.", "Jeg kan også køre bil."):
        sent = client.post(address(world), data={"csrf": csrf, "slags": "correction", "tekst": text})
        assert sent.status_code == 303
    made = {id_: text for id_, (text, _) in requests_of(world).items() if id_ not in before}
    assert sorted(made.values()) == ["Jeg kan køre truck.", "Jeg kan også køre bil."]
    at = f"{address(world)}/oensker/{next(iter(made))}"
    given = [client.post(at, data={"csrf": csrf, "svar": text}).status_code for text in ("Rettet.", "Rettet.", "Nej.")]
    assert given == [303, 303, 404]


def test_needs_are_left_out_for_those_who_may_not_see_them(world: World) -> None:
    client, _ = world.person(NO_NEEDS)
    text = html.unescape(client.get(address(world)).text)
    assert "Du har ikke adgang til skånehensyn." in text
    assert "Hensyn og støtte" not in text
    letter = html.unescape(client.get(f"{address(world)}/pladser/{world.ids['slot_id']}").text)
    assert "Oplysninger, der er lagt vægt på" not in letter


def test_a_request_is_written_down_shown_as_text_and_answered(world: World) -> None:
    client, csrf = world.person(token_of(Role.JOB_CONSULTANT))
    sent = client.post(address(world), data={"csrf": csrf, "slags": "objection", "tekst": f"Uenig {MARKUP}"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{address(world)}?gemt=oenske#oensker")
    (id_,) = (id_ for id_, (text, _) in requests_of(world).items() if MARKUP in text)
    page = client.get(f"{address(world)}?gemt=oenske").text
    assert "Ønsket er skrevet ned." in page
    assert "Venter på svar" in page
    assert "<script>alert" not in page
    assert f"Uenig {MARKUP}" in html.unescape(page)
    done = client.post(f"{address(world)}/oensker/{id_}", data={"csrf": csrf, "svar": f"Set på {MARKUP}"})
    assert done.status_code == 303
    answered = client.get(f"{address(world)}?gemt=svar").text
    assert "<script>alert" not in answered
    assert f"Set på {MARKUP}" in html.unescape(answered)
    again = client.post(f"{address(world)}/oensker/{id_}", data={"csrf": csrf, "svar": "Igen"})
    assert again.status_code == 404
    assert requests_of(world)[id_] == (f"Uenig {MARKUP}", f"Set på {MARKUP}")


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({"slags": "", "tekst": "Ret timerne."}, ["Vælg, hvad det handler om."]),
        ({"slags": "correction", "tekst": "  "}, ["Skriv, hvad du gerne vil have rettet"]),
        ({"slags": "noget", "tekst": ""}, ["Vælg, hvad det handler om.", "Skriv, hvad du gerne vil have rettet"]),
        ({"slags": "correction", "tekst": "x" * 5000}, ["Teksten er for lang"]),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(world: World, form: dict[str, str], errors: list[str]) -> None:
    client, csrf = world.person(token_of(Role.JOB_CONSULTANT))
    before = requests_of(world)
    answer = client.post(address(world), data={"csrf": csrf, **form})
    text = html.unescape(answer.text)
    assert answer.status_code == 422
    assert f">{form['tekst']}</textarea>" in text
    for error in errors:
        assert text.count(error) >= 2, "in the summary and at the field"
    assert requests_of(world) == before


def test_an_empty_answer_is_refused_and_a_foreign_form_too(world: World) -> None:
    client, csrf = world.person(token_of(Role.CASEWORKER))
    assert client.post(address(world), data={"csrf": csrf, "slags": "correction", "tekst": "Ny."}).status_code == 303
    (id_,) = (id_ for id_, (text, _) in requests_of(world).items() if text == "Ny.")
    empty = client.post(f"{address(world)}/oensker/{id_}", data={"csrf": csrf, "svar": " "})
    assert empty.status_code == 422
    assert "Skriv, hvad I har gjort, eller hvorfor ikke." in html.unescape(empty.text)
    assert client.post(f"{address(world)}/oensker/{id_}", data={"csrf": "andet", "svar": "Ja"}).status_code == 403
    assert requests_of(world)[id_] == ("Ny.", None)
