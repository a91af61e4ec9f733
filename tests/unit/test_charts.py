"""Charts are well-formed, say in text what they show, and stay inside their frame."""

from xml.etree import ElementTree

import pytest

from features.validation import CalibrationBin
from service.use_cases.charts import bar_chart, calibration_chart

SVG = "{http://www.w3.org/2000/svg}"


def test_a_calibration_curve_lies_inside_its_frame() -> None:
    bins = (CalibrationBin(10, 0.1, 0.0), CalibrationBin(10, 0.33, 0.47))
    root = ElementTree.fromstring(calibration_chart("Chance & udfald", {"lært": bins, "hånd": bins, "tredje": bins}))
    assert root.findtext(f"{SVG}title") == "Chance & udfald"
    _, _, width, height = (float(number) for number in root.attrib["viewBox"].split())
    for line in root.iter(f"{SVG}polyline"):
        points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        assert len(points) == 2
        assert all(0 <= x <= width and 0 <= y <= height for x, y in points)
    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert {"lært", "hånd", "tredje", "50\u00a0%"} <= texts


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_bar_is_as_long_as_its_share(share: float) -> None:
    root = ElementTree.fromstring(bar_chart("Andele", [("a < b", share), ("hele", 1.0)]))
    first, whole = (float(bar.attrib["width"]) for bar in list(root.iter(f"{SVG}rect"))[1:])
    assert first == pytest.approx(share * whole)
    assert "a < b" in {text.text for text in root.iter(f"{SVG}text")}
