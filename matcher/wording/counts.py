"""What places that a rule excludes have in common, counted, in both languages: ``12 pladser ligger for langt væk.``"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from matcher import english as en
from matcher import wording as da
from matcher.language import Text


class Shared(NamedTuple):
    """What excluded places have in common, to follow a count of them; English verbs agree in number, Danish do not."""

    danish: str
    english_of_one: str
    english_of_many: str


SHORT: Final[Mapping[str, Shared]] = MappingProxyType(
    {
        "municipality": Shared(
            "hører til en anden kommune", "belongs to another municipality", "belong to another municipality"
        ),
        "open": Shared("lukker for tidligt", "closes too early", "close too early"),
        "starts_soon": Shared("kan ikke begynde tidligt nok", "cannot start early enough", "cannot start early enough"),
        "group_in_law": Shared(
            "er lukket, fordi borgerens målgruppe ikke findes i loven",
            "is closed, since the law does not know the citizen's target group",
            "are closed, since the law does not know the citizen's target group",
        ),
        "group_accepted": Shared(
            "er for andre målgrupper", "is for other target groups", "are for other target groups"
        ),
        "flexi_job": Shared("er til fleksjob", "is a flexi-job", "are flexi-jobs"),
        "must_needs_met": Shared(
            "opfylder ikke et skånehensyn, som er et krav",
            "does not meet a need that must be met",
            "do not meet a need that must be met",
        ),
        "must_needs_stated": Shared(
            "har ikke oplyst noget, som borgeren skal have svar på",
            "has not stated something that the citizen must know",
            "have not stated something that the citizen must know",
        ),
        "certificates": Shared(
            "kræver et certifikat, som borgeren ikke har",
            "requires a certificate that the citizen does not have",
            "require a certificate that the citizen does not have",
        ),
        "danish_level": Shared("kræver mere dansk", "requires more Danish", "require more Danish"),
        "hours": Shared(
            "begynder med flere timer, end borgeren kan nu",
            "starts at more hours than the citizen can do now",
            "start at more hours than the citizen can do now",
        ),
        "schedule": Shared(
            "er på andre dage eller tidspunkter", "is on other days or times", "are on other days or times"
        ),
        "travel": Shared("ligger for langt væk", "is too far away", "are too far away"),
        "wishes_against": Shared(
            "er hos en virksomhed, som borgeren har sagt nej til",
            "is at a company that the citizen has said no to",
            "are at a company that the citizen has said no to",
        ),
        "not_again": Shared(
            "er hos en virksomhed, som ikke ønsker et nyt forløb med borgeren",
            "is at a company that does not wish another placement with the citizen",
            "are at a company that does not wish another placement with the citizen",
        ),
        "former_employer": Shared(
            "er hos en tidligere arbejdsgiver", "is at a former employer", "are at a former employer"
        ),
        "company_answer": Shared(
            "er hos en virksomhed, der har sagt nej for nylig",
            "is at a company that has said no recently",
            "are at a company that has said no recently",
        ),
        "decided_proposal": Shared(
            "er foreslået før og blev afvist", "was proposed before and rejected", "were proposed before and rejected"
        ),
        "places": Shared("er optaget", "is taken", "are taken"),
        "reasonableness": Shared(
            "er på en arbejdsplads, der ikke må have flere i praktik, løntilskud og nytteindsats",
            "is at a worksite that may not have more people in work placement, wage subsidy and nytteindsats",
            "are at a worksite that may not have more people in work placement, wage subsidy and nytteindsats",
        ),
        "mentor_hours": Shared(
            "er på en arbejdsplads, hvor mentorerne ikke har timer nok",
            "is at a worksite whose mentors do not have enough hours",
            "are at a worksite whose mentors do not have enough hours",
        ),
        "cluster_places": Shared(
            "hører til en klynge, hvor alle pladser er i brug",
            "belongs to a cluster in which all places are used",
            "belong to a cluster in which all places are used",
        ),
        "outreach_hours": Shared(
            "er hos en virksomhed, som kommunen ikke har tid nok til at opsøge",
            "is at a company that the municipality does not have enough time to approach",
            "are at a company that the municipality does not have enough time to approach",
        ),
        "caseload": Shared(
            "kan ikke bruges nu, fordi kommunen ikke kan følge flere forløb der",
            "cannot be used now, since the municipality cannot follow more placements there",
            "cannot be used now, since the municipality cannot follow more placements there",
        ),
        "with_others": Shared(
            "kan ikke kombineres med de forløb, der allerede er på arbejdspladsen",
            "does not go together with the placements that are already at the worksite",
            "do not go together with the placements that are already at the worksite",
        ),
        "additional_employment": Shared(
            "kan ikke bruges til løntilskud for tiden",
            "cannot be used for wage subsidy at present",
            "cannot be used for wage subsidy at present",
        ),
    }
)


LOCAL: Final = Shared(
    "er udelukket af kommunens egen regel",
    "is excluded by the municipality's own rule",
    "are excluded by the municipality's own rule",
)


def count_text(rule_id: str, places: int) -> Text:
    """``12 pladser ligger for langt væk.`` Rules that the municipality has added are not told apart here."""
    shared = SHORT.get(rule_id, LOCAL)
    of_places = shared.english_of_one if places == 1 else shared.english_of_many
    return Text(
        f"{da.counted(places, 'plads', 'pladser')} {shared.danish}.",
        f"{en.counted(places, 'place', 'places')} {of_places}.",
    )
