"""Quality and speed of the title search over all ESCO occupations; a JSON line each.

Quality is the mean reciprocal rank of the first right occupation (MRR), over all titles of the development set and over
the hard ones, whose name is not a name of a right occupation. `held_out` is the same where the weights of the blend are
chosen anew on four fifths of the titles and measured on the last fifth: what choosing them on these titles is worth.
"""

import csv
import itertools
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.taxonomy import Taxonomy
from features.title_search import TitleDocument, TitleSearch

DATA = Path(os.environ.get("MATCHER_DATA", Path(__file__).parents[1] / ".." / "shared" / "data"))
FOLDS = 5
STEPS = np.arange(0.0, 1.01, 0.1)


def titles_of(taxonomy: Taxonomy) -> tuple[list[str], list[set[int]], NDArray[np.bool_]]:
    """Titles, the rows of their right occupations, and whether each is hard."""
    row = {uri: index for index, uri in enumerate(taxonomy.occupations)}
    right: dict[str, set[int]] = {}
    with (DATA / "star" / "titles_dev.csv").open(encoding="utf-8-sig", newline="") as file:
        for record in csv.DictReader(file):
            if record["esco_uri"] in row:
                right.setdefault(record["title_da"], set()).add(row[record["esco_uri"]])
    uris = list(taxonomy.occupations)
    names = [{name.casefold() for index in rows for name in taxonomy.labels(uris[index])} for rows in right.values()]
    hard = np.array([title.casefold() not in own for title, own in zip(right, names, strict=True)])
    return list(right), list(right.values()), hard


def reciprocal_ranks(scores: NDArray[np.float32], right: list[set[int]]) -> NDArray[np.float64]:
    """1 / rank of the first right occupation of each title; ties count against it."""
    best = np.array([max(score[index] for index in rows) for score, rows in zip(scores, right, strict=True)])
    return np.asarray(1.0 / np.maximum((scores >= best[:, None]).sum(axis=1), 1))


def held_out(search: TitleSearch, titles: list[str], right: list[set[int]]) -> NDArray[np.float64]:
    """Reciprocal ranks of each title under weights chosen on the other folds."""
    parts, bonus = search.parts(titles), search.bonus(titles)
    candidates = [(w, n, 1 - w - n) for w, n in itertools.product(STEPS, STEPS) if w + n <= 1.0001]
    ranks = []
    for weights in candidates:
        blend = np.tensordot(np.array(weights, dtype=np.float32), parts, axes=1)
        ranks.append(reciprocal_ranks(blend + bonus * (1 - blend), right))
    by_weights, fold = np.array(ranks), np.random.default_rng(0).permutation(len(titles)) % FOLDS
    chosen = np.empty(len(titles))
    for number in range(FOLDS):
        best = int(np.argmax(by_weights[:, fold != number].mean(axis=1)))
        chosen[fold == number] = by_weights[best, fold == number]
    return chosen


def main() -> None:
    """Print the figures."""
    if not (DATA / "star").is_dir():
        print(f"reference data not found in {DATA}; set MATCHER_DATA", file=sys.stderr)
        return
    started = time.perf_counter()
    taxonomy = Taxonomy.from_esco(DATA / "esco")
    taxonomy.search(["varm"])
    build_s = time.perf_counter() - started
    titles, right, hard = titles_of(taxonomy)
    documents = [
        TitleDocument(taxonomy.labels(uri), taxonomy.descriptions[uri], taxonomy.group_names[occupation.isco08])
        for uri, occupation in taxonomy.occupations.items()
    ]
    search = TitleSearch.fit(documents)
    ranks, out = reciprocal_ranks(search.scores(titles), right), held_out(search, titles, right)
    started = time.perf_counter()
    for title in titles[:50]:
        taxonomy.search([title], k=10)
    one_ms = 1000 * (time.perf_counter() - started) / 50
    started = time.perf_counter()
    many = (titles * 20)[:10_000]
    taxonomy.search(many, k=10)
    many_s = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "esco.taxonomy"
        taxonomy.save(stored)
        began = time.perf_counter()
        Taxonomy.load(stored).search(["varm"])
        load_s = time.perf_counter() - began
    figures = {
        "benchmark": "title_search",
        "occupations": len(documents),
        "titles": len(titles),
        "mrr": round(float(ranks.mean()), 4),
        "hard_titles": int(hard.sum()),
        "hard_mrr": round(float(ranks[hard].mean()), 4),
        "held_out_mrr": round(float(out.mean()), 4),
        "held_out_hard_mrr": round(float(out[hard].mean()), 4),
        "build_s": round(build_s, 2),
        "load_s": round(load_s, 2),
        "one_text_ms": round(one_ms, 2),
        "ten_thousand_texts_s": round(many_s, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
