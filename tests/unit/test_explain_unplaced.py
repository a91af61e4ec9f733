"""Why a plan has no place for a citizen: every reason, told with what is needed and what is left."""

from typing import Any

import numpy as np
import pytest

from features.vectorise import vectorise
from matcher.arrays import PROFILES, MatchInput
from matcher.assignment.plan import make_plan
from matcher.domain.agreement import AgreementModel, SlotAgreement
from matcher.domain.citizen import Citizen, GroupNeed
from matcher.domain.company import Company
from matcher.limits import Barrier, ResourceKind
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from matcher.terms import TERMS
from matcher.unplaced import PlanUse, Unplaced, explain_unplaced
from matcher.weights import Weights
from tests.builders import ON, a_citizen, a_company, a_consultant, a_placement, a_slot, a_worksite, an_agreement

OTHER = a_company(id="company-2", name="Naboen", worksites=(a_worksite(id="worksite-2", name="Naboen, Tarm"),))


def people(first: dict[str, Any], second: dict[str, Any] | None = None) -> tuple[Citizen, Citizen]:
    """The first is asked about; the second has the place in the plan."""
    return a_citizen(id="citizen-0", **first), a_citizen(id="citizen-1", **(second or {}))


def planned(
    citizens: tuple[Citizen, ...],
    agreements: tuple[SlotAgreement, ...],
    taken: tuple[tuple[int, int], ...] = ((1, 0),),
    companies: tuple[Company, ...] = (a_company(), OTHER),
    **more: Any,
) -> tuple[MatchInput, PlanUse]:
    """A plan that chooses the pairs named."""
    match_input = vectorise(citizens, companies, agreements, on=ON)
    more.setdefault("consultants", (a_consultant(),))
    night = plan_problem(match_input, score_pairs(match_input), **more)
    problem = night.problem
    pairs = list(zip(problem.citizen.tolist(), problem.slot.tolist(), strict=True))
    chosen = np.array(sorted(pairs.index(pair) for pair in taken), dtype=np.int64)
    prices = np.zeros(problem.n_citizens), np.zeros(problem.n_slots), np.zeros(problem.n_resources)
    return match_input, PlanUse.of(night, make_plan(problem, chosen, float(problem.n_citizens), prices))


def why(*args: Any, **more: Any) -> Unplaced:
    match_input, use = planned(*args, **more)
    return explain_unplaced(match_input, 0, use)


def with_slots(*slots: Any, **changes: Any) -> tuple[SlotAgreement, ...]:
    return (an_agreement(slots=slots, **changes),)


TWO_PLACES = a_slot(capacity=2)


def test_a_place_given_to_another() -> None:
    reason = why(people({}), with_slots(a_slot()))
    assert reason == Unplaced(
        "citizen-0",
        Barrier.GIVEN_TO_OTHERS,
        "1 plads passer til borgeren, men den er ikke ledig i planen.",
        (
            (
                "Opvask og anretning – Testkøkkenet, Skjern: "
                "Pladsen er foreslået til en anden borger, når alle borgeres muligheder ses under ét."
            ),
        ),
    )


def test_a_place_that_runs() -> None:
    citizens = people({})
    running = (a_placement(citizen_id="citizen-elsewhere"),)
    reason = why(citizens, with_slots(a_slot(), a_slot(id="slot-2")), ((1, 1),), running=running)
    assert reason.text == "2 pladser passer til borgeren, men ingen af dem er ledige i planen."
    assert {detail.partition(": ")[2][:23] for detail in reason.details} == {
        "Pladsen er optaget af e",
        "Pladsen er foreslået ti",
    }


def test_somebody_to_be_kept_apart_from() -> None:
    citizens = people({"group_need": GroupNeed.SUBSTANCE_FREE_GROUP}, {"group_need": GroupNeed.ACTIVE_SUBSTANCE_USE})
    reason = why(citizens, with_slots(TWO_PLACES))
    assert reason.reason is Barrier.APART
    assert reason.details[0].endswith("Pladsen kan ikke kombineres med de forløb, der allerede er på arbejdspladsen.")


def test_mentor_hours_that_are_used() -> None:
    reason = why(people({"mentor_hours_per_week": 4}, {"mentor_hours_per_week": 4.5}), with_slots(TWO_PLACES))
    assert reason.reason is Barrier.RESOURCE
    assert reason.details == (
        (
            "Opvask og anretning: Testkøkkenet, Skjern har 6 mentortimer om ugen. "
            "Borgeren har brug for 4 timer om ugen, og der er 1,5 tilbage i planen."
        ),
    )


def test_a_worksite_without_mentor_hours() -> None:
    lonely = a_company(worksites=(a_worksite(mentors=()),))
    reason = why(people({"mentor_hours_per_week": 1}), with_slots(TWO_PLACES), companies=(lonely, OTHER))
    assert reason.details == (
        "Opvask og anretning: Testkøkkenet, Skjern har ingen mentortimer. Borgeren har brug for 1 time om ugen.",
    )


def test_full_time_persons_that_are_used() -> None:
    small = a_company(worksites=(a_worksite(ordinary_employees=4),))
    citizens = people({"hours_now": 18.5, "hours_target": 20}, {"hours_now": 20})
    reason = why(citizens, with_slots(TWO_PLACES), companies=(small, OTHER))
    assert "højst have 1 fuldtidsperson" in reason.details[0]
    assert reason.details[0].endswith("Forløbet svarer til 0,5 fuldtidsperson, og der er 0,46 tilbage i planen.")


def test_outreach_hours_that_are_used() -> None:
    agreements = with_slots(TWO_PLACES, model=AgreementModel.AD_HOC, outreach_hours=5)
    reason = why(people({}), agreements, consultants=(a_consultant(outreach_hours=5),))
    assert reason.details[0].endswith(
        "Kommunen har ikke ubegrænset tid til at opsøge virksomheder. "
        "Der er ikke tid nok tilbage til denne virksomhed i planen."
    )


def test_a_full_caseload() -> None:
    reason = why(people({}), with_slots(TWO_PLACES), consultants=(a_consultant(caseload=1),))
    assert reason.details[0].endswith("kan følge 1 forløb ad gangen. Der er ikke plads til et forløb mere i planen.")


def test_a_full_cluster() -> None:
    agreements = with_slots(
        a_slot(),
        a_slot(id="slot-2", company_id="company-2", worksite_id="worksite-2"),
        model=AgreementModel.CLUSTER,
        company_ids=("company-1", "company-2"),
        places=1,
    )
    reason = why(people({}), agreements)
    assert any(text.endswith("1 plads i alt. De er alle i brug i planen.") for text in reason.details)


def test_a_place_that_the_plan_left_free() -> None:
    reason = why(people({}), with_slots(TWO_PLACES))
    assert reason.reason is Barrier.LEFT_FREE
    assert "der er en ledig plads" in reason.text
    assert reason.details[0].endswith("Pladsen er ledig.")


def test_nothing_fits() -> None:
    slots = (a_slot(hours_from=15), a_slot(id="slot-2", hours_from=15, certificates=("forklift",)))
    reason = why(people({}), with_slots(*slots), ())
    assert reason.reason is Barrier.NO_PLACE_FITS
    assert reason.text == "Ingen af de 2 pladser opfylder alle krav."
    assert reason.details == (
        "2 pladser begynder med flere timer, end borgeren kan nu.",
        "1 plads kræver et certifikat, som borgeren ikke har.",
        "En plads er talt med flere gange, hvis flere af kravene mangler.",
        (
            "Færrest krav mangler ved Opvask og anretning – Testkøkkenet, Skjern: "
            "Pladsen begynder med 15 timer om ugen; borgeren kan 10 timer nu."
        ),
    )


MORE_HOURS = {"hours_from": 15, "certificates": ("forklift",)}


def nearest(*args: Any, weights: Weights | None = None, **more: Any) -> str:
    """The place that lacks fewest requirements."""
    match_input, use = planned(*args, **more)
    reason = explain_unplaced(match_input, 0, use, weights=weights)
    return reason.details[-1].removeprefix("Færrest krav mangler ved ").partition(" – ")[0]


def test_the_nearest_place_is_none_that_somebody_has() -> None:
    agreements = with_slots(a_slot(hours_from=15), a_slot(id="slot-2", title="Lager", **MORE_HOURS))
    assert nearest(people({}), agreements, ()) == "Opvask og anretning"
    assert nearest(people({}), agreements, (), running=(a_placement(citizen_id="citizen-elsewhere"),)) == "Lager"


def test_the_nearest_place_goes_with_those_who_are_there() -> None:
    apart = {"group_need": GroupNeed.SUBSTANCE_FREE_GROUP}, {"group_need": GroupNeed.ACTIVE_SUBSTANCE_USE}
    elsewhere = {"company_id": "company-2", "worksite_id": "worksite-2"}
    agreements = (
        an_agreement(slots=(a_slot(hours_from=15, capacity=2),)),
        an_agreement(
            id="b", company_ids=("company-2",), slots=(a_slot(id="slot-2", title="Lager", **MORE_HOURS, **elsewhere),)
        ),
    )
    assert nearest(people(*apart), agreements, ()) == "Opvask og anretning"
    assert nearest(people(*apart), agreements, (), running=(a_placement(citizen_id="citizen-1"),)) == "Lager"


@pytest.mark.parametrize(("term", "title"), [("outlook", "Udsigt"), ("breadth", "Bredde")])
def test_the_nearest_place_follows_the_weights_of_the_plan(term: str, title: str) -> None:
    slots = (
        a_slot(title="Udsigt", hours_from=15, outlook=1.0, breadth=0.1),
        a_slot(id="slot-2", title="Bredde", hours_from=15, outlook=0.1, breadth=1.0),
    )
    alone = {one.id: float(one.id == term) for one in TERMS}
    weights = Weights(term, dict.fromkeys(PROFILES, alone), {})
    assert nearest(people({}), with_slots(*slots), (), weights=weights) == title


def test_without_any_place_there_is_nothing_near() -> None:
    reason = why(people({}), (), ())
    assert reason.text == "Ingen plads opfylder alle krav."
    assert reason.details == ()


def test_a_citizen_in_a_placement_is_told_so() -> None:
    running = (a_placement(citizen_id="citizen-0"),)
    reason = why(people({}), with_slots(a_slot(capacity=3)), running=running)
    assert reason.reason is Barrier.ALREADY_PLACED


def test_a_citizen_with_a_place_is_not_asked_about() -> None:
    match_input, use = planned(people({}), with_slots(a_slot()))
    with pytest.raises(ValueError, match="has a place"):
        explain_unplaced(match_input, 1, use)


def test_an_empty_place_behind_a_limit_is_told_before_places_that_are_taken() -> None:
    slots = (a_slot(), a_slot(id="slot-2"), a_slot(id="slot-3"))
    citizens = (*people({}), a_citizen(id="citizen-2"))
    reason = why(citizens, with_slots(*slots), ((1, 0), (2, 1)), consultants=(a_consultant(caseload=2),))
    assert (reason.reason, reason.resource) == (Barrier.RESOURCE, ResourceKind.CASELOAD)
    everything_taken = why(citizens, with_slots(*slots[:2]), ((1, 0), (2, 1)), consultants=(a_consultant(caseload=2),))
    assert (everything_taken.reason, everything_taken.resource) == (Barrier.GIVEN_TO_OTHERS, None)
