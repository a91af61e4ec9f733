"""What changes that open a place cost and gain, in words: who acts, how much effort it is, what it is worth."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.language import Text
from matcher.openings.changes import Actor, Change

ACTORS: Final[Mapping[Actor, Text]] = MappingProxyType(
    {
        Actor.COMPANY: Text("virksomheden", "the company"),
        Actor.MUNICIPALITY: Text("kommunen", "the municipality"),
        Actor.CITIZEN: Text("borgeren", "the citizen"),
        Actor.CONSULTANT: Text("jobkonsulenten", "the job consultant"),
    }
)
EFFORTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "company_answers": Text("et svar fra virksomheden", "an answer from the company"),
        "employment_statement": Text("nye tal fra virksomheden", "new figures from the company"),
        "employees_stated": Text("nye tal fra virksomheden", "new figures from the company"),
        "fewer_hours": Text(
            "en aftale med borgeren om færre timer i starten", "an arrangement with the citizen on fewer hours at first"
        ),
        "fewer_start_hours": Text("en aftale med virksomheden om timerne", "an arrangement with the company on hours"),
        "opens_earlier": Text("en aftale med virksomheden om datoen", "an arrangement with the company on the date"),
        "stays_open": Text("en aftale med virksomheden om datoen", "an arrangement with the company on the date"),
        "shorter_lead_time": Text(
            "en aftale med virksomheden om ventetiden", "an arrangement with the company on the wait"
        ),
        "other_times": Text("en aftale med virksomheden om tiderne", "an arrangement with the company on the times"),
        "accepts_group": Text(
            "en aftale med virksomheden om målgruppen", "an arrangement with the company on the target group"
        ),
        "one_place_more": Text("en udvidet aftale med virksomheden", "a wider agreement with the company"),
        "one_cluster_place_more": Text(
            "en udvidet aftale med klyngens virksomheder", "a wider agreement with the companies of the cluster"
        ),
        "more_mentor_hours": Text(
            "mere mentortid på arbejdspladsen hver uge", "more mentor time at the worksite every week"
        ),
        "former_employer_allowed": Text(
            "en jobkonsulents tilladelse med begrundelse", "a job consultant's permission with a reason"
        ),
        "work_placement_instead": Text(
            "en ny aftale om, hvordan forløbet begynder", "a new arrangement on how the placement begins"
        ),
        "more_hours": Text("flere timer fra starten for borgeren", "more hours from the start for the citizen"),
        "longer_travel": Text("en længere tur hver dag for borgeren", "a longer journey every day for the citizen"),
        "one_placement_more": Text("mere tid hos jobkonsulenten", "more of the job consultant's time"),
        "more_outreach_hours": Text(
            "mere tid til at opsøge virksomheder i kommunen", "more time in the municipality for approaching companies"
        ),
        "new_place": Text(
            "nogle måneders arbejde med at finde og aftale pladsen", "some months of work to find and agree the place"
        ),
    }
)
"""What a kind of change asks, and of whom."""
EFFORTS_BY_SIZE: Final[Mapping[str, Mapping[int, Text]]] = MappingProxyType(
    {
        "another_mode": {
            1: Text("et buskort fra kommunen", "a bus card from the municipality"),
            2: Text("en cykel til borgeren", "a bicycle for the citizen"),
            3: Text("samkørsel, som jobkonsulenten skal få i stand", "a shared car that the job consultant arranges"),
        },
        "certificate": {
            1: Text("en attest, som virksomheden indhenter", "an attestation that the company obtains"),
            3: Text("et kort kursus til borgeren", "a short course for the citizen"),
            4: Text("nogle ugers kursus til borgeren", "a course of some weeks for the citizen"),
            5: Text("nogle måneders undervisning til borgeren", "some months of lessons for the citizen"),
        },
        "danish_course": {
            4: Text("nogle måneders danskundervisning", "some months of Danish lessons"),
            5: Text("danskundervisning i mere end et halvt år", "Danish lessons for more than half a year"),
        },
        "adapted_place": {
            2: Text("en aftale med virksomheden om arbejdsdagen", "an arrangement with the company on the working day"),
            3: Text(
                "andre opgaver eller en anden indretning hos virksomheden",
                "other tasks or another arrangement at the company",
            ),
            4: Text("nogle ugers ændringer hos virksomheden", "some weeks of changes at the company"),
            5: Text("ombygning hos virksomheden", "building work at the company"),
        },
    }
)
"""The same for kinds that ask more or less by what is changed."""
_OTHERWISE: Final[Mapping[int, Text]] = MappingProxyType(
    {
        1: Text("et svar eller en underskrift", "an answer or a signature"),
        2: Text("en aftale", "an arrangement"),
        3: Text("noget, der skal gøres hver uge", "something to be done every week"),
        4: Text("nogle ugers arbejde", "some weeks of work"),
        5: Text("nogle måneders arbejde", "some months of work"),
    }
)


def effort_text(kind: str, effort: int) -> Text:
    """What a change of a kind and size asks, and of whom."""
    if kind in EFFORTS:
        return EFFORTS[kind]
    sizes = EFFORTS_BY_SIZE.get(kind, _OTHERWISE)
    return sizes.get(effort) or _OTHERWISE[min(effort, max(_OTHERWISE))]


def efforts_text(changes: Sequence[Change]) -> Text:
    """What several changes ask together, each thing said once."""
    found = list(dict.fromkeys(effort_text(change.kind, change.effort) for change in changes))
    return Text("; ".join(one.danish for one in found), "; ".join(one.english for one in found))


def gain_text(value: float, gain: float) -> Text:
    """How well an opened place fits, and what that is above the best place that is open now."""
    points = f"{en.number(100 * gain, 0)} percentage {'point' if en.number(100 * gain, 0) == '1' else 'points'}"
    return Text(
        f"Pladsen passer {da.percent(value)}. Gevinst: {da.number(100 * gain, 0)} procentpoint.",
        f"The place fits {en.percent(value)}. Gain: {points}.",
    )


def placements_text(gain: float) -> Text:
    """A gain over many citizens, as the number of placements that fit in every way."""
    return Text(
        f"{da.number(gain)} fuldt passende forløb",
        en.counted(gain, "fully fitting placement", "fully fitting placements"),
    )
