"""Where lines, bars and words of a chart stand, in units of its drawing; `overview/_charts.html` writes them as SVG.

Series are told apart by dashes and markers, bars by pattern, never by colour alone. The numbers stand in a table too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

WIDTH: Final = 520
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 30
PLOT_HEIGHT: Final = 200
LEGEND_ROW, BAR_ROW, BAR_HEIGHT = 24, 46, 16
MOST_TICKS: Final = 6
_STEPS: Final = (0.02, 0.05, 0.1, 0.2, 0.25)


@dataclass(frozen=True, slots=True)
class Series:
    """What is drawn as one line: a share for each label, None where there is none.

    Attributes
    ----------
    dashes : stroke-dasharray of SVG; empty = a whole line
    marked : whether each share has a marker
    """

    name: str
    shares: tuple[float | None, ...]
    dashes: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis, `at` its coordinate."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its unbroken stretches as points of a polyline, and its markers."""

    name: str
    stretches: tuple[str, ...]
    markers: tuple[tuple[float, float], ...]
    dashes: str
    legend_y: float


@dataclass(frozen=True, slots=True)
class LineChart:
    """A chart of lines over months."""

    id: str
    title: str
    description: str
    height: float
    levels: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `length` is what is filled, `of` the whole that is hatched; 0 where there is no whole."""

    name: str
    said: str
    y: float
    length: float
    of: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars below one another, each with its name and number above it."""

    id: str
    title: str
    description: str
    height: float
    bars: tuple[Bar, ...]


def line_chart(
    id_: str, title: str, description: str, labels: Sequence[str], series: Sequence[Series], level_text: str
) -> LineChart:
    """Shares over labels; the axis goes from 0 to the next step above the largest share.

    `level_text` has one place for a whole number of per cent. ValueError where a series has not a share for each label.
    """
    if any(len(one.shares) != len(labels) for one in series):
        raise ValueError("series: a share for each label is needed")
    largest = max((share for one in series for share in one.shares if share is not None), default=0.0)
    step = next((step for step in _STEPS if largest / step <= MOST_TICKS), _STEPS[-1])
    top = step * max(1, -(-largest // step))
    apart = (WIDTH - LEFT - RIGHT) / max(1, len(labels) - 1)

    def x(at: int) -> float:
        return round(LEFT + apart * at, 1)

    def y(share: float) -> float:
        return round(TOP + PLOT_HEIGHT * (1 - share / top), 1)

    levels = [step * n for n in range(round(top / step) + 1)]
    lines = []
    for number, one in enumerate(series):
        there = [(x(at), y(share)) if share is not None else None for at, share in enumerate(one.shares)]
        stretches = [[point for point in found if point] for known, found in groupby(there, bool) if known]
        lines.append(
            Line(
                one.name,
                tuple(" ".join(f"{at_x:g},{at_y:g}" for at_x, at_y in stretch) for stretch in stretches),
                tuple(point for point in there if point and one.marked),
                one.dashes,
                TOP + PLOT_HEIGHT + BOTTOM + LEGEND_ROW * (number + 0.7),
            )
        )
    return LineChart(
        id_,
        title,
        description,
        TOP + PLOT_HEIGHT + BOTTOM + LEGEND_ROW * len(series) + 8,
        tuple(Tick(y(level), level_text % round(100 * level)) for level in levels),
        tuple(Tick(x(at), label) for at, label in enumerate(labels)),
        tuple(lines),
    )


def bar_chart(id_: str, title: str, description: str, rows: Sequence[tuple[str, str, float, float | None]]) -> BarChart:
    """Rows of name, number in words, what is filled and the whole (None: none); the longest is as wide as the chart."""
    longest = max((max(part, whole or 0) for _, _, part, whole in rows), default=0) or 1
    bars = tuple(
        Bar(name, said, BAR_ROW * at + 22, round(WIDTH * part / longest, 1), round(WIDTH * (whole or 0) / longest, 1))
        for at, (name, said, part, whole) in enumerate(rows)
    )
    return BarChart(id_, title, description, BAR_ROW * len(rows), bars)
