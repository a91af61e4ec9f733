"""A company's page: what is agreed, used and left there, whom it is about, and contacts of any kind written down."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from matcher.domain.agreement import AgreementModel, SlotAgreement
from matcher.domain.contact import Answer, ContactKind
from service.app import create_app
from service.db.contact_repositories import Contacts
from service.db.repositories import Agreements, Companies, Placements
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from tests.builders import MUNICIPALITY, ON
from tests.databases import address_of, copied
from tests.integration.conftest import PlannedDemo
from tests.serving import CASEWORKER, CONSULTANT, CONSULTANT_ELSEWHERE, Client, settings_for

MARKUP = "<script>alert(1)</script>\"'&"


@pytest.fixture(scope="module")
def database(planned: PlannedDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("companies") / "companies.db"
    copied(planned.database, database)
    return database


@pytest.fixture(scope="module")
def app(database: Path) -> FastAPI:
    return create_app(settings_for(database, today=ON))


@pytest.fixture(scope="module")
def sessions(database: Path) -> SessionFactory:
    return sessions_of(create_database_engine(address_of(database)))


@pytest.fixture(scope="module")
def consultant(app: FastAPI) -> Client:
    return _signed_in(app, CONSULTANT)


def _signed_in(app: FastAPI, token: str) -> Client:
    client = Client(app)
    assert client.post("/log-ind", data={"adgangsnoegle": token}).status_code == 303
    return client


def _csrf(client: Client) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/pladser").text)
    assert found
    return found[1]


def _fixed(planned: PlannedDemo) -> SlotAgreement:
    """An agreement of a company that nobody has to ask, with a proposal of last night."""
    proposed = {one.slot_id for one in planned.demo.night.proposals}
    return next(
        one
        for one in planned.demo.municipality.agreements
        if one.model is AgreementModel.FIXED and any(slot.id in proposed for slot in one.slots)
    )


def test_without_signing_in_one_sees_the_sign_in_page(app: FastAPI, planned: PlannedDemo) -> None:
    answer = Client(app).get(f"/virksomheder/{_fixed(planned).company_ids[0]}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/log-ind")


def test_another_municipality_finds_nothing(app: FastAPI, planned: PlannedDemo) -> None:
    elsewhere = _signed_in(app, CONSULTANT_ELSEWHERE)
    path = f"/virksomheder/{_fixed(planned).company_ids[0]}"
    assert elsewhere.get(path).status_code == 404
    sent = {"csrf": _csrf(elsewhere), "svar": "ikke-spurgt", "tekst": "Ringet.", "tilbage": path}
    assert elsewhere.post(f"{path}/svar", data=sent).status_code == 404
    assert elsewhere.get("/virksomheder/findes-ikke").status_code == 404


def test_a_company_shows_what_belongs_to_it(consultant: Client, planned: PlannedDemo, sessions: SessionFactory) -> None:
    agreement = _fixed(planned)
    company_id = agreement.company_ids[0]
    with read_only(sessions) as session:
        company = Companies(session, MUNICIPALITY).get(company_id)
        live = [
            one
            for one in Placements(session, MUNICIPALITY).all()
            if one.ends_on >= ON and one.slot_id in {slot.id for slot in agreement.slots}
        ]
    page = consultant.get(f"/virksomheder/{company_id}").text
    assert company.name in page
    assert company.cvr in page
    for site in company.worksites:
        assert site.p_number in page
    assert "Fuldtidspersoner i praktik, løntilskud og nytteindsats" in page
    assert re.search(r"[\d,]+ tilbage af [\d,]+", page)
    assert page.count("<rect") == 52
    for slot in agreement.slots:
        assert f'href="/pladser/{slot.id}"' in page
        assert f'href="/pladser/{slot.id}#kandidater"' in page
        assert f'href="/virksomheder/{company_id}"' in consultant.get(f"/pladser/{slot.id}").text
    for one in live:
        assert f'href="/borgere/{one.citizen_id}"' in page
    slots = {slot.id for slot in agreement.slots}
    for proposal in planned.demo.night.proposals:
        if proposal.slot_id in slots:
            assert f'href="/borgere/{proposal.citizen_id}/pladser/{proposal.slot_id}"' in page


def test_places_over_time_add_up(consultant: Client, planned: PlannedDemo) -> None:
    """The company's weeks are those of its places; of a cluster at most the places that it shares."""
    row = r'<th scope="row">(\d+)</th>.*?<td class="number">(\d+)</td><td class="number">(\d+)</td>'

    def weeks(path: str) -> list[tuple[int, int, int]]:
        return [(int(week), int(all_), int(used)) for week, all_, used in re.findall(row, consultant.get(path).text)]

    agreement = _fixed(planned)
    company = agreement.company_ids[0]
    own = [slot for one in planned.demo.municipality.agreements for slot in one.slots if slot.company_id == company]
    each = [weeks(f"/pladser/{slot.id}") for slot in own]
    expected = [
        (week[0][0], sum(one[1] for one in week), sum(one[2] for one in week)) for week in zip(*each, strict=True)
    ]
    assert weeks(f"/virksomheder/{company}") == expected
    cluster = next(one for one in planned.demo.municipality.agreements if one.model is AgreementModel.CLUSTER)
    for company in cluster.company_ids:
        most = max(all_ for _week, all_, _used in weeks(f"/virksomheder/{company}"))
        alone = {one.id for one in planned.demo.municipality.agreements if company in one.company_ids} == {cluster.id}
        assert not alone or most <= (cluster.places or 0)


def test_a_visit_to_a_company_with_a_fixed_agreement_is_written_down_and_taken_back(
    consultant: Client, planned: PlannedDemo, sessions: SessionFactory
) -> None:
    company_id, slot = _fixed(planned).company_ids[0], _fixed(planned).slots[0]
    path = f"/virksomheder/{company_id}"
    sent = {
        "csrf": _csrf(consultant),
        "svar": "ikke-spurgt",
        "slags": "visit",
        "den": (ON - timedelta(days=1)).isoformat(),
        "tekst": "Vi gik runden sammen.",
        "igen_den": (ON + timedelta(days=30)).isoformat(),
        "tilbage": path,
    }
    before = consultant.get(path).text
    done = consultant.post(f"{path}/svar", data=sent)
    assert done.status_code == 303
    page = consultant.get(done.headers["location"]).text
    assert "Skrevet ned: kontakten med" in page
    assert "Besøg. Vi gik runden sammen." in page
    assert "Næste kontakt er aftalt til den 31. oktober 2026." in page
    assert "Næste kontakt er aftalt" in consultant.get(f"/pladser/{slot.id}").text
    with read_only(sessions) as session:
        contact = Contacts(session, MUNICIPALITY).of_company(company_id)[0]
    assert (contact.kind, contact.answer, contact.contacted_on) == (
        ContactKind.VISIT,
        Answer.NOT_ASKED,
        ON - timedelta(days=1),
    )
    undo = re.search(r'action="(/virksomheder/svar/[^"]+/fortryd)"', page)
    assert undo
    back = consultant.post(undo[1], data={"csrf": sent["csrf"], "tilbage": path})
    assert back.headers["location"] == f"{path}?fortrudt=ja#besked"
    assert consultant.get(path).text == before


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"tekst": ""}, "tekst", "Skriv, hvad I talte om."),
        ({"svar": "nej-andet", "tekst": " "}, "tekst", "Skriv virksomhedens grund ved et nej."),
        ({"svar": "ikke-nu"}, "igen-den", "Skriv, hvilken dag virksomheden kan spørges igen."),
        ({"den": "i går"}, "den", "Skriv dagen for kontakten"),
        ({"den": "2027-01-01"}, "den", "skriv den dag, kontakten fandt sted"),
        ({"slags": "brev"}, "slags", "Vælg, om det var et opkald, et besøg eller en mail."),
        ({"svar": "måske"}, "svar", "Vælg, hvad virksomheden svarede."),
    ],
)
def test_what_is_wrong_stands_beside_what_was_typed(
    consultant: Client,
    planned: PlannedDemo,
    sessions: SessionFactory,
    changed: dict[str, str],
    field: str,
    said: str,
) -> None:
    path = f"/virksomheder/{_fixed(planned).company_ids[0]}"
    sent = {"csrf": _csrf(consultant), "svar": "ikke-spurgt", "slags": "mail", "tekst": MARKUP, "tilbage": path}
    with read_only(sessions) as session:
        before = Contacts(session, MUNICIPALITY).count()
    answer = consultant.post(f"{path}/svar", data=sent | changed)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert said in answer.text
    assert "<script>alert" not in answer.text
    if "tekst" not in changed:
        assert "&lt;script&gt;alert(1)" in answer.text
    with read_only(sessions) as session:
        assert Contacts(session, MUNICIPALITY).count() == before


def test_who_does_not_decide_reads_without_forms(app: FastAPI, planned: PlannedDemo) -> None:
    page = _signed_in(app, CASEWORKER).get(f"/virksomheder/{_fixed(planned).company_ids[0]}")
    assert page.status_code == 200
    assert "/svar" not in page.text


def test_a_candidate_can_be_chosen_from_the_place(consultant: Client, app: FastAPI, planned: PlannedDemo) -> None:
    proposal = max(planned.demo.night.proposals, key=lambda one: one.value)
    choose = f"/borgere/{proposal.citizen_id}/pladser/{proposal.slot_id}#vaelg"
    assert f'href="{choose}"' in consultant.get(f"/pladser/{proposal.slot_id}").text
    assert 'id="vaelg"' in consultant.get(choose).text
    assert choose not in _signed_in(app, CASEWORKER).get(f"/pladser/{proposal.slot_id}").text


def test_stored_markup_is_shown_as_text(planned: PlannedDemo, tmp_path: Path) -> None:
    database = tmp_path / "markup.db"
    copied(planned.database, database)
    company_id = _fixed(planned).company_ids[0]
    with unit_of_work(sessions_of(create_database_engine(address_of(database)))) as session:
        companies, agreements = Companies(session, MUNICIPALITY), Agreements(session, MUNICIPALITY)
        company = companies.get(company_id)
        companies.put(
            replace(company, name=MARKUP, worksites=tuple(replace(one, name=MARKUP) for one in company.worksites))
        )
        for agreement in agreements.all():
            if company_id in agreement.company_ids:
                agreements.put(replace(agreement, slots=tuple(replace(one, title=MARKUP) for one in agreement.slots)))
    page = _signed_in(create_app(settings_for(database, today=ON)), CONSULTANT).get(f"/virksomheder/{company_id}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
