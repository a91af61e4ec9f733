"""What is kept about one citizen as a Danish text: the answer to a request for access (indsigt)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from matcher.domain.placement import Verdict
from matcher.wording import counted, day, label, sentence
from matcher.wording.needs import need_text
from service.codec import CITIZEN
from service.danish import CHANNELS, READ_PURPOSES, ROLES
from service.db.personal import ReadPurpose
from service.db.purpose import Channel, Purpose
from service.settings import Role
from service.use_cases.template_sheets import (
    CITIZENS,
    COMPETENCES,
    EARLIER,
    GOALS,
    PLACEMENTS,
    Sheet,
)

_PARTS: Final = (
    ("goals", "Jobmål", GOALS),
    ("competences", "Kompetencer", COMPETENCES),
    ("earlier_placements", "Tidligere forløb", EARLIER),
)
_NEEDS: Final = "Skånehensyn"
_UNITS: Final = {
    "hours_now": " timer om ugen",
    "hours_target": " timer om ugen",
    "hours_per_week": " timer om ugen",
    "mentor_hours_per_week": " timer om ugen",
    "longest_travel_minutes": " minutter hver vej",
    "attendance_stability": " af det aftalte",
}
_TRAITS: Final = {"gender": "Køn", "birth_year": "Fødselsår", "origin": "Herkomst"}
_TRAIT_VALUES: Final = {
    "female": "kvinde",
    "male": "mand",
    "danish": "dansk",
    "immigrant_western": "indvandrer, vestligt land",
    "immigrant_non_western": "indvandrer, ikke-vestligt land",
    "descendant_western": "efterkommer, vestligt land",
    "descendant_non_western": "efterkommer, ikke-vestligt land",
}
_OTHER_ROWS: Final = {
    "unplaced": ("plan uden en plads til dig", "planer uden en plads til dig"),
    "run_alternatives": ("opgørelse af andre mulige pladser", "opgørelser af andre mulige pladser"),
    "snapshot_documents": ("kopi af tidligere oplysninger", "kopier af tidligere oplysninger"),
    "placement_events": ("hændelse i dine forløb", "hændelser i dine forløb"),
}

_PAIRS: Final = {"held": "skulle gives dig", "rejected": "skulle ikke foreslås dig", "free": "blev givet fri igen"}
_REQUESTS: Final = {"correction": "Ønske om rettelse", "objection": "Indsigelse"}


def subject_text(found: Mapping[str, Any]) -> str:
    """The text of what `subject_access` found."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = found["rows"]
    citizen = rows["citizens"][0]["document"]
    yield "Oplysninger om dig i kommunens matchning af borgere og pladser"
    yield f"Opgjort {_moment(found['made_at'])}. Den fulde opgørelse, med alle tal, er i den fil, der hører til."
    yield from _heading("Dine oplysninger")
    yield from _fields(CITIZENS, citizen)
    yield f"CPR-nummer: {found['cpr'] or 'ikke registreret her'}"
    if citizen.get("accommodations"):
        yield from _heading(_NEEDS)
        for need in CITIZEN.decode_stored(citizen).accommodations:
            yield f"- {sentence(need_text(need).danish)}" + (f" {sentence(need.note)}" if need.note else "")
    for field, title, sheet in _PARTS:
        if citizen.get(field):
            yield from _heading(title)
            for one in citizen[field]:
                yield "- " + "; ".join(_fields(sheet, one))
    for traits in rows.get("protected_traits", ()):
        yield from _heading("Beskyttede kendetegn, som kun bruges til at undersøge, om alle behandles lige")
        for name, title in _TRAITS.items():
            if traits.get(name) is not None:
                yield f"{title}: {_TRAIT_VALUES.get(str(traits[name]), traits[name])}"
    yield from _agreed(rows)
    yield from _proposed(rows)
    yield from _of_plans(rows)
    yield from _requested(rows)
    yield from _other(rows)
    yield from _reads(found["reads"])


def _agreed(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    if rows.get("placements"):
        yield from _heading("Forløb, der er aftalt")
        for row in rows["placements"]:
            yield "- " + "; ".join(_fields(PLACEMENTS, row["document"]))


def _proposed(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    if not rows.get("proposals"):
        return
    yield from _heading("Forslag, som tjenesten har lavet. Et forslag er ikke en afgørelse")
    decisions: dict[str, list[Mapping[str, Any]]] = {}
    for decision in rows.get("decisions", ()):
        decisions.setdefault(decision["proposal_id"], []).append(decision)
    for row in sorted(rows["proposals"], key=lambda row: (row["starts_on"], row["id"])):
        yield f"- Plads {row['slot_id']} fra den {day(date.fromisoformat(row['starts_on']))}"
        for decision in sorted(decisions.get(row["id"], ()), key=lambda one: str(one["decided_at"])):
            verdict = label(Verdict(decision["verdict"]))
            yield f"  {verdict} {_moment(decision['decided_at'])} af {decision['decided_by']}: {decision['reason']}"
            if decision.get("taken_back_at"):
                yield f"  Fortrudt {_moment(decision['taken_back_at'])} af {decision['taken_back_by_name']}"


def _of_plans(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """What was said about a place when somebody planned again."""
    if not rows.get("pair_decisions"):
        return
    yield from _heading("Pladser, som planen skulle holde fast ved eller lade være")
    for row in sorted(rows["pair_decisions"], key=lambda row: (str(row["decided_at"]), row["id"])):
        said = _PAIRS[row["verdict"]] + (" (taget tilbage)" if row["withdrawn"] else "")
        by = f"{_moment(row['decided_at'])} af {row['decided_by_name']}"
        yield f"- Plads {row['slot_id']}: {said} {by}: {row['reason']}"


def _requested(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    if not rows.get("citizen_requests"):
        return
    yield from _heading("Dine ønsker om rettelser og dine indsigelser")
    for row in sorted(rows["citizen_requests"], key=lambda row: (row["recorded_at"], row["id"])):
        yield f"- {_REQUESTS[row['kind']]} {_moment(row['recorded_at'])}: {row['text']}"
        if row["answer"] is not None:
            yield f"  Svar {_moment(row['answered_at'])} af {row['answered_by_name']}: {row['answer']}"


def _other(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    counts = [counted(len(rows[name]), *words) for name, words in _OTHER_ROWS.items() if rows.get(name)]
    corrections = rows.get("corrections", ())
    if counts or corrections:
        yield from _heading("Andet, der er gemt")
    for text in counts:
        yield f"- {text}"
    titles = {column.path.split(".")[0]: column.header for column in CITIZENS.columns}
    titles |= {field: title for field, title, _ in _PARTS} | {"accommodations": _NEEDS}
    for one in corrections:
        names = ", ".join(dict.fromkeys(titles.get(name, "Tider") for name in one["fields"]))
        yield f"- Rettet {_moment(one['corrected_at'])}: {names}"


def _reads(reads: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not reads:
        return
    yield from _heading("Hvem der har læst om dig, og hvad det var til")
    by_day = Counter((one["at"][:10], one["role"], one["channel"], one["purpose"]) for one in reads)
    for (on, role, channel, purpose), times in sorted(by_day.items()):
        known = Purpose(purpose) if purpose in set(Purpose) else ReadPurpose(purpose)
        often = f", {counted(times, 'gang', 'gange')}" if times > 1 else ""
        who = f"{ROLES[Role(role)]} {CHANNELS[Channel(channel)]}"
        yield f"- {day(date.fromisoformat(on))}: {READ_PURPOSES[known]} ({who}{often})"


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield text
    yield "-" * len(text)


def _fields(sheet: Sheet, found: Mapping[str, Any]) -> Iterator[str]:
    """``Header: value`` for every column that has a value, as the workbook writes it."""
    for column in sheet.columns:
        value: Any = found
        for step in column.path.split("."):
            value = None if value is None else value.get(step)
        if value not in (None, "", []):
            yield f"{column.header}: {_shown(column.cell.write(value))}{_UNITS.get(column.path, '')}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, datetime | date):
        return day(value)
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return str(value)


def _moment(text: str) -> str:
    return f"den {day(datetime.fromisoformat(text))}"
