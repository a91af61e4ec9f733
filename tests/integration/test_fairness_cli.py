"""`matcher fairness` and `matcher grants`: Danish results that fit a terminal, JSON, exit codes; what a share costs."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.municipality import REFERENCE_DATE, municipality
from fixtures.traits import protected_traits
from matcher.weights import HAND_SET
from service import cli
from service.db.grants import grant_statements
from service.db.session import read_only
from service.use_cases.demo import take_in
from service.use_cases.fairness_price import FairnessPrice, price_of_shares
from service.use_cases.fairness_price_text import price_record, price_statements
from service.use_cases.fairness_traits import TRAITS
from service.use_cases.matching import Stored, load
from tests.builders import MUNICIPALITY
from tests.databases import copied, without_settings
from tests.integration.conftest import PlannedDemo
from tests.stores import Store, lines, row

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, planned: PlannedDemo, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Run:
    """Runs a command beside a copy of the planned demonstration."""
    without_settings(monkeypatch, tmp_path / "matcher.db")
    monkeypatch.setenv("MATCHER_DATABASE_URL", copied(planned.database, tmp_path / "matcher.db"))

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["matcher", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        printed = capfd.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    return command


def test_traits_are_imported_and_reported(run: Run, planned: PlannedDemo, tmp_path: Path) -> None:
    code, out, _ = run("fairness")
    assert code == 0
    assert "Der er ikke indlæst køn, fødselsår og herkomst" in " ".join(out.split())
    ids = [citizen.id for citizen in planned.demo.municipality.citizens]
    rows = (row("traits", TRAITS.encode(one)) for one in protected_traits(ids))
    (tmp_path / "traits.ndjson").write_bytes(lines(*rows))
    assert run("fairness", "import", "traits.ndjson")[:2] == (0, f"Indlæst for {len(ids)} borgere.\n")
    code, out, _ = run("fairness")
    assert code == 0
    for word in ("Køn", "Kvinder", "Herkomst", "Op til 24 år", "Målgruppe", "Afstand til byen", "skjult"):
        assert word in out
    assert all(len(line) <= 80 for line in out.splitlines())
    code, out, _ = run("fairness", "--quarter", "2026Q4", "--json")
    record = json.loads(out)
    assert (code, record["has_traits"], record["quarter"], record["price"]) == (0, True, "2026Q4", None)


def test_a_file_with_errors_is_not_taken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "traits.ndjson").write_bytes(lines({"type": "traits", "citizen_id": "nobody"}))
    code, out, _ = run("fairness", "import", "traits.ndjson")
    assert code == 1
    assert "Intet er indlæst." in out
    assert "nobody" not in out


@pytest.mark.parametrize(
    "arguments", [("--quarter", "2026"), ("--quarter", "2026Q4", "--run", "x"), ("--min-share", "2")]
)
def test_wrong_use_is_told(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("fairness", *arguments)[0] == 2


def test_a_plan_that_is_not_there_is_told(run: Run) -> None:
    code, _, err = run("fairness", "--run", "nothing")
    assert code == 1
    assert "Det findes ikke i kommunen" in err


@pytest.mark.databases("sqlite")
def test_the_grants_are_printed_and_refused_without_roles(run: Run) -> None:
    code, out, _ = run("grants")
    assert code == 0
    assert out.splitlines() == [f"{statement};" for statement in grant_statements()]
    assert run("grants", "--apply")[0] == 2


# The price of a least share.


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """A small invented municipality."""
    store = Store.create(tmp_path_factory.mktemp("price"))
    take_in(store.sessions, MUNICIPALITY, municipality(citizens=60))
    with read_only(store.sessions) as session:
        return load(session, MUNICIPALITY)


def price(stored: Stored, min_share: float) -> FairnessPrice:
    return price_of_shares(stored, HAND_SET, on=REFERENCE_DATE, min_share=min_share)


def test_no_share_costs_nothing(stored: Stored) -> None:
    found = price(stored, 0.0)
    assert (found.found.met, found.found.lost) == (True, 0.0)
    assert "Det koster intet." in price_statements(found)[0].danish
    assert json.loads(json.dumps(price_record(found))) == price_record(found)


def test_a_share_beyond_the_places_is_known_to_be_impossible(stored: Stored) -> None:
    found = price(stored, 1.0)
    assert found.found.impossible
    said = price_statements(found)
    assert said[0].english == "There are not places for 100% of each target group: no plan can reach it."
    assert len(said) == 1 + sum(not group.met for _, group in found.groups)


def test_a_share_between_has_a_price_with_bounds(stored: Stored) -> None:
    free = price(stored, 0.0)
    least = min((group.placed / group.waiting, group.waiting) for _, group in free.groups)
    found = price(stored, least[0] + 1.0 / least[1]).found
    assert found.met
    assert found.value <= found.bound + 1e-6
    assert found.bound <= found.bound_free + 1e-6
    assert found.lost >= found.value_free - found.bound - 1e-6
    assert found.lost > 0
