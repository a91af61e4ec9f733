"""Single changes of a municipality's waiting citizens against the search that looks at one pair after another."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from features.taxonomy import Taxonomy
from features.variants import vary
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.needs import single
from matcher.needs.changes import needs_from_changes
from matcher.needs.night import Night, night_of
from matcher.needs.single import LEAST_GAIN, single_changes, wanted
from matcher.openings.changes import Change
from matcher.openings.market import NOTHING
from matcher.openings.search import minimal_sets
from matcher.scoring import pair_values, score_pairs
from matcher.weights import HAND_SET
from tests.builders import a_decided_pair

CITIZENS, REJECTED = 120, 400


@cache
def night() -> Night:
    """Citizens who wait in a municipality with prices, some places dear, and pairs that have been rejected."""
    place, rng = municipality(), np.random.default_rng(11)
    pairs = rng.choice(len(place.citizens) * 200, REJECTED * 20, replace=False)
    slots = [slot.id for agreement in place.agreements for slot in agreement.slots]
    decided = [
        a_decided_pair(
            id=f"p{e}",
            citizen_id=place.citizens[e // 200].id,
            slot_id=slots[e % 200],
            decided_on=REFERENCE_DATE - timedelta(days=10),
        )
        for e in pairs.tolist()
    ]
    match_input = vectorise(
        place.citizens,
        place.companies,
        place.agreements,
        on=REFERENCE_DATE,
        taxonomy=Taxonomy.builtin(),
        decided=decided,
    )
    m = len(match_input.slots)
    found = night_of(
        match_input,
        score_pairs(match_input),
        HAND_SET,
        placed=(),
        consultants=place.consultants,
        running=place.placements,
        slot_price=np.where(rng.random(m) < 0.5, rng.random(m) * 0.5, 0.0),
        resource_price={},
    )
    waiting = np.sort(rng.choice(found.waiting, CITIZENS, replace=False))
    return replace(found, waiting=waiting, worth=rng.random(len(found.worth)) * 0.3)


@cache
def pair_after_pair() -> dict[tuple[int, int, Change], float]:
    """What each single change that is wanted gains each citizen where, by the search of `matcher.openings`."""
    there = night()
    match_input = there.match_input
    cols = np.flatnonzero(there.free_places > 0).astype(np.int32)
    rows, slots = (one.ravel() for one in np.meshgrid(there.waiting, cols, indexing="ij"))
    price = there.priced(rows, slots)
    could = pair_values(match_input, rows, slots) - there.slot_price[slots] - there.worth[rows]
    kept = (could > LEAST_GAIN) & ~np.isnan(price)
    cost = dict(zip(zip(rows.tolist(), slots.tolist(), strict=True), price.tolist(), strict=True))
    found = {}
    for one in minimal_sets(
        match_input, zip(rows[kept].tolist(), slots[kept].tolist(), strict=True), vary, most_changes=1
    ):
        row, slot, changes = one.trial
        gain = one.value - cost[row, slot] - float(there.worth[row])
        if len(changes) == 1 and wanted(changes[0]) and gain > NOTHING:
            found[row, slot, changes[0]] = gain
    return found


@pytest.mark.parametrize("at_once", [3_000, single.PAIRS_AT_ONCE])
def test_all_pairs_at_once_find_what_one_pair_after_another_finds(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "PAIRS_AT_ONCE", at_once)
    changes, opened = single_changes(night(), vary)
    columns = (opened.citizen, opened.slot, opened.change, opened.gain)
    found = {(row, slot, changes[k]): gain for row, slot, k, gain in zip(*(c.tolist() for c in columns), strict=True)}
    assert len(found) == len(opened.gain)
    assert found.keys() == pair_after_pair().keys()
    assert found == pytest.approx(pair_after_pair())
    assert {change.kind for _, _, change in found} >= {"adapted_place", "company_answers", "another_mode"}
    assert len(found) > 1000


def test_a_rejected_pair_is_in_no_need() -> None:
    there = night()
    rejected = set(there.match_input.rejected)
    assert len(rejected) > REJECTED
    _, opened = single_changes(there, vary)
    ids = there.match_input
    pairs = zip(opened.citizen.tolist(), opened.slot.tolist(), strict=True)
    assert not rejected & {(ids.citizens.ids[row], ids.slots.ids[slot]) for row, slot in pairs}


def test_nobody_who_waits_and_no_free_place_are_no_need() -> None:
    there = night()
    assert needs_from_changes(replace(there, waiting=there.waiting[:0]), vary) == []
    assert needs_from_changes(replace(there, free_places=there.free_places * 0), vary) == []
