"""What an explanation says of the limits that the placements of a plan share: places, full-time persons, time.

A pair is explained beside what is running and planned. A limit that the pair does not draw on is not named: the
reasonableness rule counts no ordinary hours, and only a company that has to be approached takes a consultant's hours.

Who is kept apart from whom is told as `WITH_OTHERS`, by an id, a text, a source and a date of its own: the rule's own
words would tell everybody who may read the reasons what somebody at the worksite lives with.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from matcher.domain.statute import EARLIEST, PLACES
from matcher.language import Language, Text, in_language
from matcher.limits import ResourceKind
from matcher.market import Met, MetLimit
from matcher.pair import Pair
from matcher.reasons import RuleReason, kept_rules
from matcher.wording.shortage import NO_PLACE_LEFT, NOT_WITH_OTHERS, WITH_OTHERS, shortage_text
from matcher.wording.sources import source_text

WITH_OTHERS_ID: Final = "with_others"
UNITS: Final = MappingProxyType(
    {
        ResourceKind.FULL_TIME_PERSONS: "full-time persons",
        ResourceKind.MENTOR_HOURS: "hours per week",
        ResourceKind.CLUSTER_PLACES: "places",
        ResourceKind.OUTREACH_HOURS: "hours",
        ResourceKind.CASELOAD: "placements",
    }
)


@dataclass(frozen=True, slots=True)
class LimitReason:
    """The numbers of one shared limit.

    Attributes
    ----------
    id : of the rule that sets it
    needs : what the pair's placement takes of it
    allowed, taken : the whole limit, and what placements that run or are agreed take of it
    """

    id: str
    unit: str
    needs: float
    allowed: float
    taken: float
    passed: bool


@dataclass(frozen=True, slots=True)
class LimitReasons:
    """The limits of one pair: as rules that passed or failed, and their numbers."""

    rules: tuple[RuleReason, ...] = ()
    limits: tuple[LimitReason, ...] = ()


def limit_reasons(pair: Pair, met: Met, language: Language) -> LimitReasons:
    """Every limit in `met`, by the version of its rule on the first day of the placement."""
    limits = (_places(met), *(_numbers(one) for one in met.limits))
    return LimitReasons(tuple(_rules(pair, met, language)), limits)


def _places(met: Met) -> LimitReason:
    return LimitReason(PLACES, "places", 1.0, float(met.places), float(met.taken), met.taken < met.places)


def _numbers(one: MetLimit) -> LimitReason:
    row = one.row
    return LimitReason(one.rule_id, UNITS[row.kind], one.needs, row.allowed, row.taken, one.enough)


def _rules(pair: Pair, met: Met, language: Language) -> Iterator[RuleReason]:
    yield from _rule(pair, PLACES, () if met.taken < met.places else (NO_PLACE_LEFT,), language)
    for one in met.limits:
        yield from _rule(pair, one.rule_id, () if one.enough else (_lacking(one),), language)
    if met.apart is not None:
        yield with_others(language, failed=in_language((NOT_WITH_OTHERS,) if met.apart else (), language))


def with_others(language: Language, failed: tuple[str, ...]) -> RuleReason:
    """That a placement goes together with those at the worksite, or that it does not for the reasons given."""
    return RuleReason(
        id=WITH_OTHERS_ID,
        statement=WITH_OTHERS.in_(language),
        source=source_text(_PRACTICE).in_(language),
        valid_from=EARLIEST,
        valid_to=None,
        passed=not failed,
        to_confirm=False,
        texts=failed,
    )


def _rule(pair: Pair, rule_id: str, lacking: tuple[Text, ...], language: Language) -> Iterator[RuleReason]:
    kept = kept_rules(pair, language).get(rule_id)
    if kept is not None:
        yield replace(kept, passed=False, texts=in_language(lacking, language)) if lacking else kept


def _lacking(one: MetLimit) -> Text:
    left = shortage_text(one.row, one.needs, one.row.limit, in_plan=False)
    return Text(f"{one.row.text.danish} {left.danish}", f"{one.row.text.english} {left.english}")


_PRACTICE: Final = "Kommunal praksis"
