"""Prices that go on from earlier arrays are those that are found anew, to the last bit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from features.renewal import renewed
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.arrays import MatchInput
from matcher.budgets import running_on
from matcher.domain.citizen import GroupNeed
from matcher.domain.placement import Placement
from matcher.market import resource_prices
from matcher.weights import HAND_SET
from service.use_cases.priced import priced
from service.use_cases.scored import carry_over, scored_of
from service.use_cases.standing import Standing
from tests.builders import a_placement

TOWN = municipality(citizens=60)
CHANGES: dict[str, dict[str, Any]] = {
    "hours": {"hours_now": 2.0},
    "mentor hours": {"mentor_hours_per_week": 3.0},
    "no needs": {"accommodations": ()},
    "another class": {"group_need": GroupNeed.ACTIVE_SUBSTANCE_USE},
    "a later day": {"available_from": REFERENCE_DATE + timedelta(days=400)},
}


def placements(number: int) -> list[Placement]:
    slots = [slot for one in TOWN.agreements for slot in one.slots]
    return [
        a_placement(
            id=f"f{k}",
            citizen_id=TOWN.citizens[k].id,
            slot_id=slots[k].id,
            form=slots[k].form,
            starts_on=REFERENCE_DATE - timedelta(days=7),
            ends_on=REFERENCE_DATE + timedelta(days=30),
            hours_per_week=5.0,
        )
        for k in range(number)
    ]


def standing(match_input: MatchInput, running: list[Placement], seed: int = 1) -> Standing:
    draw = np.random.default_rng(seed)
    consultants = {one.id: one for one in TOWN.consultants}
    prices = resource_prices(match_input, consultants, {})
    return Standing(
        running_on(match_input, running),
        consultants,
        {},
        draw.random(len(match_input.slots)),
        {kind: draw.random(len(price)) for kind, price in sorted(prices.items())},
    )


def gone_on(before: MatchInput, row: int, change: dict[str, Any]) -> MatchInput:
    people = list(before.citizen_values)
    people[row] = replace(people[row], **change)
    after = renewed(before, people, TOWN.companies, TOWN.agreements, on=REFERENCE_DATE)
    carry_over(before, after)
    return after


@pytest.mark.parametrize("row", [1, 40], ids=["one who is placed", "one who waits"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
@pytest.mark.parametrize("others", ["the same", "another runs", "other prices"])
def test_prices_go_on(row: int, change: dict[str, Any], others: str) -> None:
    before = vectorise(TOWN.citizens, TOWN.companies, TOWN.agreements, on=REFERENCE_DATE)
    first = priced(before, standing(before, placements(4)), scored_of(before, HAND_SET))
    after = gone_on(before, row, change)
    pairs = scored_of(after, HAND_SET)
    now = standing(after, placements(5 if others == "another runs" else 4), 2 if others == "other prices" else 1)
    found = priced(after, now, pairs)
    price, free = now.for_pairs(after, pairs.citizen, pairs.slot)
    assert np.array_equal(found.price, price)
    assert np.array_equal(found.free, free)
    assert first.free.any()
    assert not first.free.all()


def test_only_who_changed_is_priced_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = vectorise(TOWN.citizens, TOWN.companies, TOWN.agreements, on=REFERENCE_DATE)
    priced(before, standing(before, placements(4)), scored_of(before, HAND_SET))
    after = gone_on(before, 40, {"hours_now": 2.0})
    asked: list[set[int]] = []
    whole = Standing.for_pairs

    def watched(self: Standing, match_input: MatchInput, citizen: Any, slot: Any) -> Any:
        asked.append(set(citizen.tolist()))
        return whole(self, match_input, citizen, slot)

    monkeypatch.setattr(Standing, "for_pairs", watched)
    priced(after, standing(after, placements(4)), scored_of(after, HAND_SET))
    assert asked in ([{40}], [set()])
