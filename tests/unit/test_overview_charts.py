"""Charts: where points, bars and labels stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.overview_charts import LEFT, PLOT_HEIGHT, RIGHT, TOP, WIDTH, Series, bar_chart, line_chart

LABELS = ("jan", "feb", "mar")


def test_points_stand_at_their_share_of_the_axis() -> None:
    chart = line_chart("x", "Andel", "", LABELS, [Series("Andel", (0.0, 0.2, 0.4), marked=True)], "%d %%")
    (line,) = chart.lines
    assert [level.label for level in chart.levels] == ["0 %", "10 %", "20 %", "30 %", "40 %"]
    middle = (LEFT + WIDTH - RIGHT) / 2
    assert list(line.markers) == [(LEFT, TOP + PLOT_HEIGHT), (middle, TOP + PLOT_HEIGHT / 2), (WIDTH - RIGHT, TOP)]
    assert line.stretches == (" ".join(f"{x:g},{y:g}" for x, y in line.markers),)
    assert [label.label for label in chart.labels] == list(LABELS)


def test_a_share_that_is_not_known_breaks_the_line() -> None:
    chart = line_chart("x", "Andel", "", LABELS, [Series("Andel", (0.1, None, 0.3))], "%d %%")
    assert len(chart.lines[0].stretches) == 2
    assert chart.lines[0].markers == ()
    empty = line_chart("x", "Andel", "", LABELS, [Series("Andel", (None, None, None))], "%d %%")
    assert empty.lines[0].stretches == ()


def test_a_series_has_a_share_for_each_label() -> None:
    with pytest.raises(ValueError, match="a share for each label"):
        line_chart("x", "Andel", "", LABELS, [Series("Andel", (0.1,))], "%d %%")


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12))
def test_everything_is_inside_the_drawing_and_higher_shares_are_higher(shares: list[float]) -> None:
    chart = line_chart("x", "Andel", "", ["m"] * len(shares), [Series("Andel", tuple(shares), marked=True)], "%d %%")
    markers = chart.lines[0].markers
    assert all(LEFT <= x <= WIDTH - RIGHT and TOP <= y <= TOP + PLOT_HEIGHT for x, y in markers)
    assert 2 <= len(chart.levels) <= 7
    by_share = sorted(zip(shares, (y for _, y in markers), strict=True))
    assert [y for _, y in by_share] == sorted((y for _, y in by_share), reverse=True)


def test_bars_are_as_long_as_their_part_of_the_longest() -> None:
    chart = bar_chart("x", "Pladser", "", [("a", "1 af 4", 1, 4), ("b", "2", 2, None), ("c", "0 af 2", 0, 2)])
    assert [(bar.length, bar.of) for bar in chart.bars] == [(WIDTH / 4, WIDTH), (WIDTH / 2, 0), (0, WIDTH / 2)]
    assert [bar.y for bar in chart.bars] == sorted(bar.y for bar in chart.bars)
    assert bar_chart("x", "Ingen", "", []).bars == ()
    assert bar_chart("x", "Nul", "", [("a", "0", 0, None)]).bars[0].length == 0
