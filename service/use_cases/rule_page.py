"""The rule book as tables to read: the common rules in docs/rules.md, or those of a municipality on a day."""

from datetime import date
from typing import Final

from matcher.domain.rulebook import Origin, RuleBook, RuleVersion, Severity
from matcher.domain.statute import EARLIEST, STATUTE
from matcher.english import joined

_SEVERITIES: Final = {
    Severity.CLOSES: "Rules that close a place for a citizen",
    Severity.LIMITS: "Limits that the placements of a plan share",
    Severity.DUTY: "Duties before or with a placement or an agreement",
    Severity.ADVICE: "Advice, never a bar",
}
_ORIGINS: Final = {
    Origin.LAW: "law; the municipality cannot weaken it",
    Origin.PRACTICE: "practice; the municipality may switch it off",
    Origin.AGREEMENT: "agreement or referral",
    Origin.CHOICE: "the citizen's or the company's own choice",
    Origin.LOCAL: "the municipality's own rule",
}


def rules_page(book: RuleBook = STATUTE, on: date | None = None) -> str:
    """Tables in Markdown, one for each severity: every version, or those that hold on a day."""
    shown = book.versions if on is None else book.valid_on(on)
    parts = []
    for severity, title in _SEVERITIES.items():
        rules = [rule for rule in shown if rule.severity is severity]
        if rules:
            parts.append(f"## {title}\n\n{_table(rules)}\n")
    return "\n".join(parts)


def _table(rules: list[RuleVersion]) -> str:
    head = "| id | Danish | English | source | from | to | figures | rests on | who may set it aside for one pair |"
    return "\n".join([head, "|" + "---|" * 9, *(_row(rule) for rule in rules)])


def _row(rule: RuleVersion) -> str:
    figures = joined([_figure(rule, name) for name in rule.parameters]) if rule.parameters else ""
    override = rule.override
    aside = f"{joined([role.replace('_', ' ') for role in override.by])}: {override.english}" if override else "nobody"
    cells = (
        f"`{rule.id}`",
        rule.danish,
        rule.english,
        rule.source,
        "" if rule.valid_from == EARLIEST else rule.valid_from.isoformat(),
        rule.valid_to.isoformat() if rule.valid_to else "",
        figures,
        _ORIGINS[rule.origin],
        aside,
    )
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _figure(rule: RuleVersion, name: str) -> str:
    """``horizon_weeks 8 (2–52)``: a figure with the bounds within which a municipality may set it."""
    text = f"`{name}` {rule.parameters[name]:g}"
    if name in rule.bounds:
        low, high = rule.bounds[name]
        text += f" ({low:g}–{high:g})"
    return text
