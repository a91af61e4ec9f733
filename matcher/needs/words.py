"""Needs that nobody covers, in words: how many wait, for what. Small groups are not counted out; nobody is named."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.domain.citizen import DanishLevel
from matcher.domain.geography import TravelMode
from matcher.language import Text
from matcher.needs.night import SMALLEST_SHOWN
from matcher.pair import certificate_name
from matcher.wording.openings import ATTESTATION_TEXTS

_ROUTES: Final[Mapping[TravelMode, Text]] = MappingProxyType(
    {
        TravelMode.BUS: Text("med en god busforbindelse", "with a good bus connection"),
        TravelMode.BICYCLE: Text("på cykel", "by bicycle"),
        TravelMode.CAR: Text("ved samkørsel", "by sharing a car"),
        TravelMode.WALK: Text("til fods", "on foot"),
    }
)


def citizens_text(count: int) -> Text:
    """``12 borgere``; a small group is not counted out."""
    if count < SMALLEST_SHOWN:
        return Text(f"færre end {SMALLEST_SHOWN} borgere", f"fewer than {SMALLEST_SHOWN} citizens")
    return Text(da.counted(count, "borger", "borgere"), en.counted(count, "citizen", "citizens"))


def _starting(count: int) -> Text:
    """The same, to begin a sentence."""
    text = citizens_text(count)
    return Text(text.danish[0].upper() + text.danish[1:], text.english[0].upper() + text.english[1:])


def changed_place_text(count: int, place: str, clause: Text) -> Text:
    """What several could use, if one thing were agreed at a place."""
    who = _starting(count)
    return Text(
        f"{who.danish} kan bruge »{place}«, hvis {clause.danish}.",
        f"{who.english} could use “{place}” if {clause.english}.",
    )


def answer_text(count: int, place: str, clause: Text) -> Text:
    """What several could use, if a company gave an answer."""
    who = _starting(count)
    return Text(
        f"{who.danish} venter på et svar fra {place}: De kan bruge en plads der, hvis {clause.danish}.",
        f"{who.english} are waiting for an answer from {place}: they could use a place there if {clause.english}.",
    )


def certificate_text(count: int, code: str, course: Text | None, days: int) -> Text:
    """What several could use with a certificate."""
    who, name = _starting(count), certificate_name(code)
    if code in ATTESTATION_TEXTS:
        clause = ATTESTATION_TEXTS[code]
        return Text(
            f"{who.danish} kan få en plads, hvis {clause.danish}.",
            f"{who.english} could get a place if {clause.english}.",
        )
    if course is None:
        return Text(
            f"{who.danish} kan få en plads med {name.danish}.",
            f"{who.english} could get a place with this: {name.english}.",
        )
    return Text(
        f"{who.danish} kan få en plads, hvis de tager et {course.danish} på {da.counted(days, 'dag', 'dage')} "
        f"og får {name.danish}.",
        f"{who.english} could get a place if they take a course of {en.counted(days, 'day', 'days')} in "
        f"{course.english} and get this: {name.english}.",
    )


def danish_text(count: int, level: DanishLevel) -> Text:
    """What several could use with better Danish."""
    who = _starting(count)
    return Text(
        f"{who.danish} kan få en plads, når de når dansk på niveauet {da.label(level)}.",
        f"{who.english} could get a place once they reach Danish at the level {en.label(level)}.",
    )


def route_text(count: int, home: str, town: str, mode: TravelMode) -> Text:
    """Whom a way of travelling between two towns would help."""
    who, how = _starting(count), _ROUTES[mode]
    return Text(
        f"{who.danish} fra {home} kan nå en ledig plads i {town} {how.danish}.",
        f"{who.english} from {home} could reach a free place in {town} {how.english}.",
    )


def place_more_text(count: int, place: str) -> Text:
    """Who waits for one more place."""
    who = citizens_text(count)
    return Text(
        f"Én plads mere til »{place}« vil hjælpe: {who.danish} kan bruge den.",
        f"One more place at “{place}” would help: {who.english} could use it.",
    )


def cluster_more_text(count: int, companies: Sequence[str]) -> Text:
    """Who waits for one more place of a cluster."""
    who = citizens_text(count)
    return Text(
        f"Én plads mere i klyngen med {da.joined(companies)} vil hjælpe: {who.danish} kan bruge den.",
        f"One more place in the cluster of {en.joined(companies)} would help: {who.english} could use it.",
    )


def mentor_hours_text(count: int, site: str, extra_hours_per_week: float) -> Text:
    """Who waits for mentor hours."""
    who = citizens_text(count)
    return Text(
        f"{da.counted(extra_hours_per_week, 'mentortime', 'mentortimer')} mere om ugen på {site} vil hjælpe: "
        f"{who.danish} har brug for en mentor der.",
        f"{en.counted(extra_hours_per_week, 'more mentor hour', 'more mentor hours')} a week at {site} would help: "
        f"{who.english} need a mentor there.",
    )


def placement_more_text(count: int, consultant: str) -> Text:
    """Who waits for a consultant's time."""
    who = citizens_text(count)
    return Text(
        f"{consultant} følger så mange forløb som muligt. Ét forløb mere vil hjælpe: "
        f"{who.danish} kan bruge en plads der.",
        f"{consultant} follows as many placements as possible. One more would help: "
        f"{who.english} could use a place there.",
    )


def outreach_text(count: int, consultant: str, extra_hours: float) -> Text:
    """Who waits for companies to be approached."""
    who = citizens_text(count)
    return Text(
        f"{da.hours(extra_hours)} mere til {consultant} til at opsøge virksomheder vil hjælpe: "
        f"{who.danish} kan bruge en plads der.",
        f"{en.counted(extra_hours, 'more hour', 'more hours')} for {consultant} to approach companies would help: "
        f"{who.english} could use a place there.",
    )


def new_place_text(
    count: int,
    minutes: int,
    town: str,
    work: Text,
    hours_per_week: float,
    *,
    quiet: bool,
    light: bool,
    outdoor_share: float,
) -> Text:
    """Who waits for a kind of place that there is not enough of."""
    who = _starting(count)
    danish = da.joined([word for word, so in (("rolig", quiet), ("fysisk let", light)) if so])
    english = en.joined([word for word, so in (("quiet", quiet), ("physically light", light)) if so])
    where = Text("udendørs", "outdoor") if outdoor_share >= 0.5 else Text("indendørs", "indoor")
    return Text(
        f"{who.danish} højst {minutes} minutter fra {town} venter på en {danish + ' ' if danish else ''}{where.danish} "
        f"plads ({work.danish}), som kan begynde med {da.hours_per_week(hours_per_week)}.",
        f"{who.english} within {minutes} minutes of {town} are waiting for {f'a {english}' if english else 'an'} "
        f"{where.english} place ({work.english}) that can begin with {en.hours_per_week(hours_per_week)}.",
    )
