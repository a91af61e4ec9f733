"""A comparison of two plans as it is answered: it counts everybody, and names whom its reader may see."""

from datetime import date

from service.use_cases.plan_comparison import Difference, Move, PlanComparison, PlanFigures

FIGURES = PlanFigures(value=1.0, gap=0.0, proposals=2, eligible_pairs=4, with_a_place=2)
FOUND = PlanComparison(
    date(2026, 10, 1),
    FIGURES,
    FIGURES,
    (
        Difference("anna", "Anna", Move.GAINS, None, None, "slot-1", "Opvask"),
        Difference("bo", "Bo", Move.LOSES, "slot-1", "Opvask", None, None),
    ),
)


def test_everybody_is_named_to_whoever_may_see_all() -> None:
    assert [one["citizen_id"] for one in FOUND.as_record()["differences"]] == ["anna", "bo"]


def test_others_are_counted_and_not_named() -> None:
    shown = FOUND.as_record({"bo"})
    assert [one["citizen_id"] for one in shown["differences"]] == ["bo"]
    assert (shown["gains"], shown["loses"], shown["changes"]) == (1, 1, 0)


def test_nobody_is_named_to_whoever_may_see_none() -> None:
    assert FOUND.as_record(frozenset())["differences"] == []
