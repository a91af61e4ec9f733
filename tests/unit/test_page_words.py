"""Small things that pages say: numbers with their separators, headers of fields."""

import pytest

from service.use_cases.night_quality import PlanQuality
from service.use_cases.template_sheets import header_of
from service.web.night_words import quality_rows, quality_words
from service.web.rendering import count


def test_a_large_number_is_parted_as_in_danish() -> None:
    assert [count(number) for number in (0, 999, 23278, 1_234_567)] == ["0", "999", "23.278", "1.234.567"]


@pytest.mark.parametrize(
    ("field", "header"),
    [
        ("name", "Navn"),
        ("home_postcode", "Postnummer"),
        ("Postnummer", "Postnummer"),
        ("slots[0].capacity", "Antal"),
        ("findes_ikke", ""),
        ("", ""),
    ],
)
def test_a_field_has_the_workbooks_header(field: str, header: str) -> None:
    assert header_of(field) == header


QUALITY = PlanQuality(
    top_suggestions=1480,
    first_choices=120,
    ranks=(120, 31, 9, 5, 2),
    mean_rank=1.44,
    blocking_pairs=4,
    envious=3,
    unused_places=61,
    wanted_unused_places=8,
    evenness=0.874,
)


def test_every_figure_of_how_good_a_plan_is_stands_on_the_page() -> None:
    figures = ["120 af 1.480", "40", "7", "1,4", "3", "4", "61", "8", "87\N{NO-BREAK SPACE}%"]
    assert [figure for _, figure in quality_rows(QUALITY)] == figures
    assert "I 120 af 1.480 tilfælde" in quality_words(QUALITY)
    empty = QUALITY.model_copy(update={"first_choices": 0, "ranks": (), "mean_rank": None})
    assert [figure for _, figure in quality_rows(empty)] == ["0 af 1.480", "0", "0", *figures[4:]]
