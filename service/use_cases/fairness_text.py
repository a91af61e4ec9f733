"""What a fairness report says, in Danish and English: names of groups and measures, and its statements."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from features.fairness import NOT_REGISTERED, Comparison, Measure, NullCheck
from features.fairness_statistics import SMALLEST_GROUP
from matcher import english, wording
from matcher.domain.legal import is_target_group, target_group
from matcher.domain.traits import Gender, Origin
from matcher.language import Text
from service.use_cases.fairness import FairnessReport
from service.use_cases.fairness_groups import AGE, DISTANCE, GENDER, ORIGIN, TARGET_GROUP

DIMENSIONS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        GENDER: Text("Køn", "Gender"),
        AGE: Text("Alder", "Age"),
        ORIGIN: Text("Herkomst", "Origin"),
        TARGET_GROUP: Text("Målgruppe", "Target group"),
        DISTANCE: Text("Afstand til byen", "Distance to town"),
    }
)
MEASURES: Final[Mapping[Measure, Text]] = MappingProxyType(
    {
        Measure.PLACED: Text("Har fået et forslag", "Has a proposal"),
        Measure.ELIGIBLE_PLACES: Text("Mulige pladser", "Eligible places"),
        Measure.RANK: Text("Forslagets nummer på egen liste", "Rank of the proposal in the own list"),
        Measure.WAITING_DAYS: Text("Ventetid i dage", "Days of waiting"),
        Measure.VALUE: Text("Hvor godt forslaget passer", "How well the proposal fits"),
    }
)
_GROUPS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        Gender.FEMALE: Text("Kvinder", "Women"),
        Gender.MALE: Text("Mænd", "Men"),
        Origin.DANISH: Text("Dansk oprindelse", "Danish origin"),
        Origin.IMMIGRANT_WESTERN: Text("Indvandrere fra vestlige lande", "Immigrants from Western countries"),
        Origin.IMMIGRANT_NON_WESTERN: Text(
            "Indvandrere fra ikkevestlige lande", "Immigrants from non-Western countries"
        ),
        Origin.DESCENDANT_WESTERN: Text("Efterkommere fra vestlige lande", "Descendants from Western countries"),
        Origin.DESCENDANT_NON_WESTERN: Text(
            "Efterkommere fra ikkevestlige lande", "Descendants from non-Western countries"
        ),
        NOT_REGISTERED: Text("Ikke registreret", "Not registered"),
        "everybody": Text("Alle", "Everybody"),
    }
)
_BANDS: Final[Mapping[str, tuple[Text, Text, Text]]] = MappingProxyType(
    {
        AGE: (
            Text("Op til {} år", "Aged up to {}"),
            Text("{} år", "Aged {}"),
            Text("{} år og derover", "Aged {} and over"),
        ),
        DISTANCE: (
            Text("Op til {} km", "Up to {} km"),
            Text("{} km", "{} km"),
            Text("{} km og derover", "{} km and more"),
        ),
    }
)
_LOWER: Final[Mapping[Measure, Text]] = MappingProxyType(
    {
        Measure.PLACED: Text(
            "{group}: andelen med et forslag er {size} procentpoint lavere end hos de øvrige.",
            "{group}: the share with a proposal is {size} percentage points lower than among the others.",
        ),
        Measure.ELIGIBLE_PLACES: Text(
            "{group}: i gennemsnit {size} færre mulige pladser end de øvrige.",
            "{group}: on average {size} fewer eligible places than the others.",
        ),
        Measure.RANK: Text(
            "{group}: forslaget står i gennemsnit {size} pladser højere på egen liste end hos de øvrige.",
            "{group}: the proposal is on average {size} places higher in the own list than among the others.",
        ),
        Measure.WAITING_DAYS: Text(
            "{group}: ventetiden er i gennemsnit {size} dage kortere end hos de øvrige.",
            "{group}: the wait is on average {size} days shorter than among the others.",
        ),
        Measure.VALUE: Text(
            "{group}: forslaget passer i gennemsnit {size} procentpoint dårligere end hos de øvrige.",
            "{group}: the proposal fits on average {size} percentage points worse than among the others.",
        ),
    }
)
_HIGHER: Final[Mapping[Measure, Text]] = MappingProxyType(
    {
        Measure.PLACED: Text(
            "{group}: andelen med et forslag er {size} procentpoint højere end hos de øvrige.",
            "{group}: the share with a proposal is {size} percentage points higher than among the others.",
        ),
        Measure.ELIGIBLE_PLACES: Text(
            "{group}: i gennemsnit {size} flere mulige pladser end de øvrige.",
            "{group}: on average {size} more eligible places than the others.",
        ),
        Measure.RANK: Text(
            "{group}: forslaget står i gennemsnit {size} pladser lavere på egen liste end hos de øvrige.",
            "{group}: the proposal is on average {size} places lower in the own list than among the others.",
        ),
        Measure.WAITING_DAYS: Text(
            "{group}: ventetiden er i gennemsnit {size} dage længere end hos de øvrige.",
            "{group}: the wait is on average {size} days longer than among the others.",
        ),
        Measure.VALUE: Text(
            "{group}: forslaget passer i gennemsnit {size} procentpoint bedre end hos de øvrige.",
            "{group}: the proposal fits on average {size} percentage points better than among the others.",
        ),
    }
)
_SHARES: Final = (Measure.PLACED, Measure.VALUE)


def group_text(report: FairnessReport, dimension: str, group: str) -> Text:
    """What a group is called."""
    if group in _GROUPS:
        return _GROUPS[group]
    if dimension in _BANDS:
        first, between, last = _BANDS[dimension]
        template = last if group.endswith("+") else first if group.startswith("0-") else between
        shown = group.removesuffix("+").removeprefix("0-").replace("-", "–")
        return Text(template.danish.format(shown), template.english.format(shown))
    return target_group_text(group, report.last_on)


def comparison_text(report: FairnessReport, one: Comparison) -> Text:
    """A difference in one sentence."""
    group = group_text(report, one.dimension, one.group)
    template = (_LOWER if one.difference < 0 else _HIGHER)[one.measure]
    size = abs(one.difference) * (100 if one.measure in _SHARES else 1)
    return Text(
        template.danish.format(group=group.danish, size=wording.number(size)),
        template.english.format(group=group.english, size=english.number(size)),
    )


def null_check_text(check: NullCheck) -> Text:
    """How a dimension's largest difference compares with those of chance."""
    name = DIMENSIONS[check.dimension]
    if check.p_value > 1 - 0.95:
        danish = "{}: den største forskel er ikke større end dem, tilfældet giver; {}, når oplysningerne blandes."
        other = "{}: the largest difference is no larger than those that chance makes; {} when the labels are mixed."
    else:
        danish = "{}: den største forskel er større end dem, tilfældet plejer at give; {}, når oplysningerne blandes."
        other = "{}: the largest difference is larger than chance usually makes; {} when the labels are mixed."
    return Text(
        danish.format(name.danish, probability_text(check.p_value).danish),
        other.format(name.english, probability_text(check.p_value).english),
    )


def probability_text(p_value: float) -> Text:
    """How often chance alone makes a difference at least as large."""
    if p_value < 0.001:
        return Text("den er så stor i færre end 1 af 1.000 tilfælde", "it is as large fewer than 1 in 1,000 times")
    per_cent = 100 * p_value
    decimals = 0 if per_cent >= 1 else 1
    return Text(
        f"den er mindst så stor i {wording.number(per_cent, decimals)} af 100 tilfælde",
        f"it is at least as large {english.number(per_cent, decimals)} in 100 times",
    )


def statements(report: FairnessReport) -> tuple[Text, ...]:
    """What the figures say, and what they do not."""
    found = report.figures.comparisons
    beyond = [one for one in found if one.exceeds_chance]
    said = [_how_many(len(beyond), len(found))]
    said.extend(comparison_text(report, one) for one in sorted(beyond, key=lambda one: one.p_value))
    said.extend(null_check_text(check) for check in report.figures.null_checks)
    if not report.has_traits:
        said.append(
            Text(
                "Der er ikke indlæst køn, fødselsår og herkomst, så rapporten dækker kun målgruppe og afstand.",
                "Gender, year of birth and origin have not been imported: only target group and distance are covered.",
            )
        )
    said.append(
        Text(
            f"Grupper på under {SMALLEST_GROUP} er skjult, og så mange andre med dem, at tallene ikke kan regnes ud.",
            f"Groups below {SMALLEST_GROUP} are hidden, with as many others as keep them from being worked out.",
        )
    )
    said.append(
        Text(
            "En forskel siger ikke, hvad den skyldes. Den er en grund til at se efter.",
            "A difference does not say what it comes from. It is a reason to look.",
        )
    )
    return tuple(said)


def _how_many(beyond: int, compared: int) -> Text:
    if not compared:
        return Text(
            "Der er for få borgere til at sammenligne grupper.", "There are too few citizens to compare any groups."
        )
    danish = wording.counted(compared, "sammenligning", "sammenligninger")
    other = english.counted(compared, "comparison", "comparisons")
    if not beyond:
        return Text(
            f"Ingen forskel er større, end tilfældet kan give, når der rettes for {danish}.",
            f"No difference exceeds what chance can make, corrected for {other}.",
        )
    differences = wording.counted(beyond, "forskel", "forskelle")
    differ = english.counted(beyond, "difference exceeds", "differences exceed")
    return Text(
        f"{differences} er større, end tilfældet plejer at give, når der rettes for {danish}.",
        f"{differ} what chance usually makes, corrected for {other}.",
    )


def target_group_text(code: str, on: date) -> Text:
    """Name of a target group, as a heading."""
    if not is_target_group(code, on):
        return Text("Ukendt målgruppe", "Unknown target group")
    found = target_group(code, on)
    return Text(found.danish[:1].upper() + found.danish[1:], found.english[:1].upper() + found.english[1:])
