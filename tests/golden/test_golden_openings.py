"""Examples in docs/openings.md, kept word for word. Renew with ``--update-golden``, then read them.

The plan behind them takes pairs by falling value; a full slot's price is what one more place would be worth to those
who wait. So the texts change with the words and the data, not with the solver.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from features.taxonomy import Taxonomy
from features.variants import vary
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, Municipality, municipality
from matcher.arrays import MatchInput
from matcher.assignment.account import account_of
from matcher.domain.agreement import SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.needs.changes import needs_from_changes
from matcher.needs.limits import needs_from_limits
from matcher.needs.night import Need, Night, night_of, ranked
from matcher.needs.places import needs_for_places
from matcher.openings.market import market_of
from matcher.openings.ranking import Opening, best_openings
from matcher.resources import plan_problem
from matcher.scoring import score_citizen, score_pairs
from matcher.weights import HAND_SET
from matcher.wording import number
from matcher.wording.efforts import effort_text, efforts_text, gain_text, placements_text
from tests.golden.test_golden_texts import greedy

PAGE = Path(__file__).parents[2] / "docs" / "openings.md"
MARK = "<!-- examples -->\n"
CITIZENS = 200
EXAMPLES = 5
TAXONOMY = Taxonomy.builtin()


@cache
def world() -> tuple[Municipality, Night]:
    place = municipality(citizens=CITIZENS)
    match_input = vectorise(place.citizens, place.companies, place.agreements, on=REFERENCE_DATE, taxonomy=TAXONOMY)
    pairs = score_pairs(match_input)
    problem = plan_problem(match_input, pairs, consultants=place.consultants, running=place.placements).problem
    plan = greedy(problem)
    account = account_of(problem, plan)
    waiting = (plan.slot_of_citizen < 0)[problem.citizen] & (account.free_places[problem.slot] <= 0)
    price = np.zeros(len(match_input.slots))
    np.maximum.at(price, problem.slot[waiting], problem.value[waiting])
    return place, night_of(
        match_input,
        pairs,
        HAND_SET,
        placed=[match_input.citizens.ids[row] for row in np.flatnonzero(plan.slot_of_citizen >= 0).tolist()],
        consultants=place.consultants,
        running=place.placements,
        slot_price=price,
        resource_price={},
    )


@cache
def some_openings() -> list[tuple[Citizen, Opening]]:
    """The best opening of those who wait, each with other kinds of change than the ones before."""
    place, night = world()
    seen: set[str] = set()
    found: list[tuple[Citizen, Opening]] = []
    for row in night.waiting.tolist():
        if len(found) == EXAMPLES:
            break
        scores = score_citizen(night.match_input, row)
        market = market_of(
            night.match_input,
            row,
            scores,
            consultants=place.consultants,
            running=place.placements,
            slot_price=night.slot_price,
        )
        for opening in best_openings(night.match_input, row, scores, vary, market, k=3):
            kinds = {change.kind for change in opening.changes}
            if not kinds & seen and len(found) < EXAMPLES:
                seen |= kinds
                found.append((night.match_input.citizen_values[row], opening))
    return found


@cache
def some_needs() -> Sequence[Need]:
    """The five best needs, one of each kind."""
    _, night = world()

    def arrays(
        people: Sequence[Citizen], companies: Sequence[Company], agreements: Sequence[SlotAgreement], on: date
    ) -> MatchInput:
        return vectorise(people, companies, agreements, on=on, taxonomy=TAXONOMY)

    every = [*needs_from_changes(night, vary), *needs_from_limits(night), *needs_for_places(night, arrays)]
    return ranked(every, most=EXAMPLES, of_each_kind=1)


def printed() -> str:
    lines = ["", "### Five openings", ""]
    for citizen, opening in some_openings():
        hours = f"{number(citizen.hours_now)} timer nu, mål {number(citizen.hours_target)}"
        lines += [
            f"**{opening.heading}** (borgeren kan {hours})",
            "",
            f"- {opening.text.danish}",
            f"- {opening.text.english}",
            f"- {gain_text(opening.value, opening.gain).danish} Indsats: {efforts_text(opening.changes).danish}.",
            "",
        ]
    lines += ["### Five needs", ""]
    for k, need in enumerate(some_needs(), start=1):
        gain, effort = placements_text(need.gain), effort_text(need.kind, need.effort)
        lines += [
            f"{k}. {need.text.danish} Anslået gevinst: svarer til {gain.danish}. Indsats: {effort.danish}.",
            f"   {need.text.english} Estimated gain: as much as {gain.english}. Effort: {effort.english}.",
        ]
    return "\n".join(lines) + "\n"


def test_the_examples_of_the_page_are_those_of_the_program(update_golden: bool) -> None:
    page = PAGE.read_text(encoding="utf-8")
    head, mark, kept = page.partition(MARK)
    text = printed()
    if update_golden:
        kept = text
        PAGE.write_text(head + mark + kept, encoding="utf-8")
    assert mark
    assert kept == text, "read the new examples, then renew with --update-golden"


def test_there_are_five_of_each() -> None:
    assert len(some_openings()) == EXAMPLES
    assert len(some_needs()) == EXAMPLES
