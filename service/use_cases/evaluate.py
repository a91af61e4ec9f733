"""One evaluation of the whole: titles, chances, ranking, crowding, coverage, groups, and a world without signal.

What needs the truth (ranking, distance from true chances, the null world) is measured on the synthetic municipality,
where the truth is known; what needs only lists and plans on the municipality's own data where there are some.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from features.ranking import ndcg, reciprocal_rank
from features.taxonomy import Taxonomy
from features.validation import Interval, Validation, mean_interval, validate
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, history, municipality
from fixtures.fit import pair_facts, places_of
from fixtures.history import true_chances
from matcher.arrays import Codes, Floats
from matcher.domain.placement import Verdict
from matcher.scoring import pair_values, score_pairs
from matcher.weights import HAND_SET, Weights
from service.use_cases.evaluate_market import Group, Market, measure_market
from service.use_cases.matching import Stored
from service.use_cases.past import past_of_history

PHASES: Final = ("titles", "learning", "null_world", "ranking", "market")
"""Phases of an evaluation, in order."""
SEED: Final = 760
PLACEMENTS: Final = 4000
LISTS: Final = 200
"""Synthetic placements, and citizens whose lists are held against the truth."""
BEST: Final = 10
TITLES_FILE: Final = Path("star") / "titles_dev.csv"
DEEPEST: Final = 50
"""A title whose right occupation is not among so many answers counts as not found."""

Step = Callable[[str, int, int], None]

__all__ = ["Decided", "Evaluation", "Group", "Market", "Ranking", "TitleQuality", "evaluate", "synthetic"]


@dataclass(frozen=True, slots=True)
class TitleQuality:
    """Mean reciprocal rank of the first right occupation; hard titles are no name of a right occupation."""

    titles: int
    mrr: float
    hard_titles: int
    hard_mrr: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """NDCG@10 of lists against the true chances, with intervals over citizens.

    `random` is a list in any order: how far from 1 a list without knowledge is. `gain`: learnt less hand-set.
    """

    citizens: int
    places: float
    hand_set: Interval
    learnt: Interval
    random: Interval
    gain: Interval


@dataclass(frozen=True, slots=True)
class Decided:
    """Proposals that somebody has decided about, by verdict: how many, and their mean value.

    `order` is the chance that a proposal that was approved had a higher value than one that was rejected: 0.5 says
    nothing; None where one of the kinds is missing.
    """

    counts: dict[str, int]
    mean_value: dict[str, float]
    order: float | None

    @classmethod
    def of(cls, decided: Sequence[tuple[Verdict, float]]) -> "Decided":
        """Of verdicts with the value of the proposal."""
        values = {verdict: np.array([value for one, value in decided if one is verdict]) for verdict in Verdict}
        approved, rejected = values[Verdict.APPROVED], values[Verdict.REJECTED]
        order = None
        if len(approved) and len(rejected):
            difference = approved[:, None] - rejected[None, :]
            order = float(np.mean((difference > 0) + 0.5 * (difference == 0)))
        found = {verdict.value: of for verdict, of in values.items() if len(of)}
        return cls(
            {name: len(of) for name, of in found.items()}, {n: float(of.mean()) for n, of in found.items()}, order
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was measured.

    Attributes
    ----------
    on : the day it was measured for
    synthetic : whether the market is that of the synthetic municipality
    titles : None where the reference titles are not there
    learning, null_world : learnt on synthetic placements, with signal and without
    """

    on: date
    synthetic: bool
    titles: TitleQuality | None
    learning: Validation
    null_world: Validation
    ranking: Ranking
    decided: Decided
    market: Market

    def as_record(self) -> dict[str, Any]:
        """As JSON."""
        record = asdict(self) | {"on": self.on.isoformat()}
        for name in ("learning", "null_world"):
            record[name]["split_on"] = getattr(self, name).split_on.isoformat()
        return record


def synthetic(citizens: int = 547) -> Stored:
    """The synthetic municipality, as if it were stored."""
    invented = municipality(SEED, citizens)
    return Stored(invented.citizens, invented.companies, invented.agreements, invented.consultants, invented.placements)


def evaluate(
    own: Stored | None,
    *,
    on: date,
    weights: Weights = HAND_SET,
    taxonomy: Taxonomy | None = None,
    data: Path | None = None,
    decided: Sequence[tuple[Verdict, float]] = (),
    placements: int = PLACEMENTS,
    lists: int = LISTS,
    step: Step = lambda _phase, _done, _total: None,
) -> Evaluation:
    """Measure everything.

    Parameters
    ----------
    own : the municipality's data; None or without citizens or agreements: the synthetic municipality
    on, weights, taxonomy : the day, weights and taxonomy that the market is measured with
    data : folder with the reference titles (star) and the occupations they name (esco), if any
    decided : verdict and value of the municipality's own proposals, where somebody has decided
    placements, lists : sizes of the synthetic past and of the sample of lists
    """

    def begin(phase: str) -> None:
        step(phase, PHASES.index(phase), len(PHASES))

    begin("titles")
    titles = title_quality(data, taxonomy) if data else None
    begin("learning")
    model, learning = validate(past_of_history(history(SEED, placements), taxonomy))
    begin("null_world")
    _, null_world = validate(past_of_history(history(SEED, placements, null_world=True), taxonomy))
    begin("ranking")
    ranking = rank_quality(model.weights(), citizens=lists, taxonomy=taxonomy)
    begin("market")
    has_own = own is not None and bool(own.citizens) and bool(own.agreements)
    market = measure_market(
        own if own is not None and has_own else synthetic(),
        on=on if has_own else REFERENCE_DATE,
        weights=weights if has_own else HAND_SET,
        taxonomy=taxonomy,
    )
    return Evaluation(
        on=on if has_own else REFERENCE_DATE,
        synthetic=not has_own,
        titles=titles,
        learning=learning,
        null_world=null_world,
        ranking=ranking,
        decided=Decided.of(decided),
        market=market,
    )


def title_quality(data: Path, taxonomy: Taxonomy | None = None) -> TitleQuality | None:
    """Quality of the title search on the titles of a folder with their right occupations; None where it has none.

    `taxonomy` is the imported one; without it the occupations of the folder are searched.
    """
    file, esco = data / TITLES_FILE, data / "esco"
    if not file.is_file() or (taxonomy is None and not esco.is_dir()):
        return None
    taxonomy = taxonomy or Taxonomy.from_esco(esco)
    right: dict[str, set[str]] = {}
    with file.open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["esco_uri"] in taxonomy.occupations:
                right.setdefault(row["title_da"], set()).add(row["esco_uri"])
    if not right:
        return None
    found = taxonomy.search(list(right), k=DEEPEST)
    ranks = np.array(
        [
            reciprocal_rank([uri for uri, _ in answers], right[title])
            for title, answers in zip(right, found, strict=True)
        ]
    )
    names = [{name.casefold() for uri in uris for name in taxonomy.labels(uri)} for uris in right.values()]
    hard = np.array([title.casefold() not in own for title, own in zip(right, names, strict=True)])
    return TitleQuality(
        len(right), float(ranks.mean()), int(hard.sum()), float(ranks[hard].mean()) if hard.any() else 1.0
    )


def rank_quality(learnt: Weights, *, citizens: int = LISTS, taxonomy: Taxonomy | None = None) -> Ranking:
    """Lists of the synthetic municipality against the chances that nature would use there.

    Every place that the rules open to a citizen counts; citizens with fewer than two such places have no order.
    """
    invented = municipality(SEED)
    sample = invented.citizens[:: max(1, len(invented.citizens) // citizens)][:citizens]
    match_input = vectorise(sample, invented.companies, invented.agreements, on=invented.on, taxonomy=taxonomy)
    pairs = score_pairs(match_input, top_k=None)
    place = {one.slot.id: one for one in places_of(invented.agreements, invented.companies)}
    at = [place[id_] for id_ in match_input.slots.ids]
    facts = [pair_facts(sample[i], at[j]) for i, j in zip(pairs.citizen.tolist(), pairs.slot.tolist(), strict=True)]
    worth = np.array(true_chances(facts))
    by_learnt = pair_values(match_input, pairs.citizen, pairs.slot, learnt)
    by_chance = np.random.default_rng(SEED).random(len(worth))
    count = np.bincount(pairs.citizen, minlength=len(sample))
    chosen = np.flatnonzero(count >= 2).astype(np.int32)
    quality = {
        name: _quality_of_lists(score, worth, pairs.citizen, chosen)
        for name, score in (("hand_set", pairs.value), ("learnt", by_learnt), ("random", by_chance))
    }
    return Ranking(
        citizens=len(chosen),
        places=float(np.median(count[chosen])),
        gain=mean_interval(quality["learnt"] - quality["hand_set"], chosen),
        **{name: mean_interval(values, chosen) for name, values in quality.items()},
    )


def _quality_of_lists(score: Floats, worth: Floats, citizen: Codes, chosen: Codes) -> Floats:
    first = np.searchsorted(citizen, chosen, side="left")
    last = np.searchsorted(citizen, chosen, side="right")
    return np.array([ndcg(score[a:b], worth[a:b], k=BEST) for a, b in zip(first, last, strict=True)])
