"""Two plain charts as SVG: curves of stated against found chances, and bars of shares. Numbers stand in tables too."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from features.validation import CalibrationBin
from matcher.wording import percent

COLOURS: Final = ("#1f5c99", "#b4501e", "#4c7a34")
"""Told apart by people with colour vision deficiencies, and by marker."""
SIDE, MARGIN = 360, 56
BAR_HEIGHT, LABEL_WIDTH, BAR_WIDTH = 26, 250, 260
MARKERS: Final = ("circle", "square", "diamond")


def calibration_chart(title: str, curves: Mapping[str, Sequence[CalibrationBin]]) -> str:
    """Found share over stated chance, a curve each, with the diagonal on which a chance is what it says."""
    points = [value for bins in curves.values() for one in bins for value in (one.stated, one.found)]
    top = max(0.1, min(1.0, -(-max(points, default=0.1) // 0.1) * 0.1))

    def x(share: float) -> float:
        return round(MARGIN + SIDE * share / top, 1)

    def y(share: float) -> float:
        return round(20 + SIDE * (1 - share / top), 1)

    parts = [_line(x(0), y(0), x(top), y(top), "#888", dashes="4 4")]
    for step in range(round(top * 10) + 1):
        share = step / 10
        parts += [_line(x(0), y(share), x(top), y(share), "#ddd"), _text(x(0) - 6, y(share) + 4, percent(share), "end")]
        parts.append(_text(x(share), y(0) + 18, percent(share), "middle"))
    for k, (name, bins) in enumerate(curves.items()):
        colour, marker = COLOURS[k % len(COLOURS)], MARKERS[k % len(MARKERS)]
        line = " ".join(f"{x(one.stated)},{y(one.found)}" for one in bins)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_marker(marker, x(one.stated), y(one.found), colour) for one in bins]
        legend = 20 + SIDE + 62 + 20 * k
        parts += [_marker(marker, MARGIN + 6, legend - 4, colour), _text(MARGIN + 18, legend, name, "start")]
    parts.append(_text(MARGIN + SIDE / 2, 20 + SIDE + 38, "angivet chance (lodret: andel, der kom videre)", "middle"))
    return _svg(title, MARGIN + SIDE + 40, 20 + SIDE + 62 + 20 * len(curves), parts)


def bar_chart(title: str, rows: Sequence[tuple[str, float]]) -> str:
    """Shares in [0, 1] as bars from 0 to 100 %."""
    parts = []
    for k, (name, share) in enumerate(rows):
        top = 10 + BAR_HEIGHT * k
        width = round(BAR_WIDTH * share, 1)
        parts.append(_text(LABEL_WIDTH - 8, top + 14, name, "end"))
        parts.append(f'<rect x="{LABEL_WIDTH}" y="{top}" width="{width}" height="18" fill="{COLOURS[0]}"/>')
        parts.append(_text(LABEL_WIDTH + width + 6, top + 14, percent(share), "start"))
    return _svg(title, LABEL_WIDTH + BAR_WIDTH + 60, 20 + BAR_HEIGHT * len(rows), parts)


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" font-family="sans-serif" font-size="12">\n<title>{escape(title)}</title>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str = "none") -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-dasharray="{dashes}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="#222">{escape(text)}</text>'


def _marker(kind: str, x: float, y: float, colour: str) -> str:
    if kind == "circle":
        return f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'
    turn = f' transform="rotate(45 {x} {y})"' if kind == "diamond" else ""
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"{turn}/>'
