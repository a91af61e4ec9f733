"""A fairness report as JSON: figures with their names in both languages. Aggregates only, never a person."""

from dataclasses import asdict
from typing import Any

from features.fairness import Group
from matcher.language import Text
from service.use_cases.fairness import FairnessReport
from service.use_cases.fairness_text import (
    DIMENSIONS,
    MEASURES,
    comparison_text,
    group_text,
    null_check_text,
    statements,
)


def report_record(report: FairnessReport) -> dict[str, Any]:
    """The whole report; a figure that is hidden is null."""
    figures = report.figures
    return {
        "run_ids": list(report.run_ids),
        "quarter": report.quarter,
        "first_on": report.first_on.isoformat(),
        "last_on": report.last_on.isoformat(),
        "has_traits": report.has_traits,
        "measures": {str(measure): _both(text) for measure, text in MEASURES.items()},
        "everybody": _group(report, "everybody", figures.everybody),
        "dimensions": [
            {
                "dimension": name,
                **_both(DIMENSIONS[name]),
                "groups": [_group(report, name, group) for group in groups],
            }
            for name, groups in figures.groups.items()
        ],
        "comparisons": [asdict(one) | _both(comparison_text(report, one)) for one in figures.comparisons],
        "null_checks": [asdict(check) | _both(null_check_text(check)) for check in figures.null_checks],
        "statements": [_both(text) for text in statements(report)],
    }


def _group(report: FairnessReport, dimension: str, group: Group) -> dict[str, Any]:
    estimates = {str(measure): found and asdict(found) for measure, found in group.estimates.items()}
    name = group_text(report, dimension, group.name)
    return {"group": group.name, **_both(name), "citizens": group.citizens, "estimates": estimates}


def _both(text: Text) -> dict[str, str]:
    return {"danish": text.danish, "english": text.english}
