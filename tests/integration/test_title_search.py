"""Quality and speed of the title search over all ESCO occupations, where the reference data are at hand."""

import csv
import os
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from features.taxonomy import Taxonomy
from tests.once import found_once

DATA = Path(os.environ.get("MATCHER_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
TITLES = DATA / "star" / "titles_dev.csv"

pytestmark = [
    pytest.mark.databases("none"),
    pytest.mark.slow,
    pytest.mark.skipif(not TITLES.is_file(), reason=f"reference data not found in {DATA}; set MATCHER_DATA"),
]

LEAST_MRR = 0.70
LEAST_HARD_MRR = 0.48


TEXTS = ["rengøringsassistent", "noget med dyr", "pedel", "qzx"]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[list[tuple[str, float]]]]:
    """The taxonomy as it is stored, and what it found for some texts before."""

    def fitted() -> tuple[bytes, list[list[tuple[str, float]]]]:
        taxonomy, file = Taxonomy.from_esco(DATA / "esco"), tmp_path_factory.mktemp("fitted") / "esco.taxonomy"
        taxonomy.save(file)
        return file.read_bytes(), taxonomy.search(TEXTS, k=10)

    return found_once(tmp_path_factory, "esco", fitted)


@pytest.fixture(scope="module")
def taxonomy(stored: tuple[bytes, object], tmp_path_factory: pytest.TempPathFactory) -> Taxonomy:
    """Read from its file, which answers the same: to fit the search takes seconds."""
    file = tmp_path_factory.mktemp("esco") / "esco.taxonomy"
    file.write_bytes(stored[0])
    return Taxonomy.load(file)


@pytest.fixture(scope="module")
def gold(taxonomy: Taxonomy) -> Mapping[str, set[str]]:
    """Title → occupations that it is mapped to; titles without any of the taxonomy's occupations left out."""
    mapped: dict[str, set[str]] = {}
    with TITLES.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["esco_uri"] in taxonomy.occupations:
                mapped.setdefault(row["title_da"], set()).add(row["esco_uri"])
    return mapped


def test_mean_reciprocal_rank(taxonomy: Taxonomy, gold: Mapping[str, set[str]]) -> None:
    everything = len(taxonomy.occupations)
    found = taxonomy.search(list(gold), k=everything)
    reciprocal, hard = [], []
    for hits, (title, uris) in zip(found, gold.items(), strict=True):
        rank = next((rank for rank, (uri, _) in enumerate(hits, start=1) if uri in uris), everything)
        reciprocal.append(1 / rank)
        names = {label.casefold() for uri in uris for label in taxonomy.labels(uri)}
        hard.append(title.casefold() not in names)
    assert len(reciprocal) == 569
    assert np.mean(reciprocal) >= LEAST_MRR
    assert np.mean(np.array(reciprocal)[hard]) >= LEAST_HARD_MRR


def test_similarity_says_how_often_the_best_hit_is_right(taxonomy: Taxonomy, gold: Mapping[str, set[str]]) -> None:
    best = [hits[0] for hits in taxonomy.search(list(gold), k=1)]
    right = np.array([uri in uris for (uri, _), uris in zip(best, gold.values(), strict=True)])
    similarity = np.array([score for _, score in best])
    for low, high in ((0.0, 0.4), (0.4, 0.7), (0.7, 1.01)):
        within = (similarity >= low) & (similarity < high)
        assert abs(right[within].mean() - similarity[within].mean()) < 0.2


def test_search_is_fast_enough_for_typing_ahead(taxonomy: Taxonomy) -> None:
    taxonomy.search(["varm"], k=5)
    seconds = []
    for text in ("rengøringsassistent", "noget med dyr", "pedel", "chauffør", "køkken") * 3:
        started = time.process_time()
        taxonomy.search([text], k=10)
        seconds.append(time.process_time() - started)
    assert min(seconds) <= 0.02
    assert float(np.median(seconds)) <= 0.05


def test_a_stored_taxonomy_answers_the_same(
    taxonomy: Taxonomy, stored: tuple[bytes, list[list[tuple[str, float]]]]
) -> None:
    assert taxonomy.search(TEXTS, k=10) == stored[1]
    assert taxonomy == Taxonomy.from_esco(DATA / "esco")


def test_essential_skills_relate_occupations_that_work_alike(taxonomy: Taxonomy) -> None:
    uri = {occupation.danish: uri for uri, occupation in taxonomy.occupations.items()}
    cook, helper, photographer = (uri[name] for name in ("kok", "køkkenassistent", "fotograf"))
    (alike, unlike) = taxonomy.skill_overlap([cook], [helper, photographer])[0]
    assert alike > 0.2 > unlike
