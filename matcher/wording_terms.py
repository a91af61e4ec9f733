"""Danish sentences about the terms of the score: what speaks for a pair, what against, and what is not known.

One function for each term of `matcher.terms`. A sentence states facts with their amounts; how much the term weighs is
told beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from matcher.domain.conditions import Accommodation, Strength, level_of
from matcher.pair import Pair, function_name, goal_name
from matcher.wording import hours, hours_per_week, joined, number, percent, sentence
from matcher.wording_needs import need_name, not_stated_text, unmet_text
from matcher.wording_rules import travel_text

GOOD: Final = 0.5
"""A term at or above this speaks for the pair, below against it: the middle of the scale."""
GOOD_FROM: Final[Mapping[str, float]] = MappingProxyType({"outlook": 0.2, "travel": 0.25})
"""The same for two terms whose middle is not the middle of the scale. Outlook: about 5 % of work placements lead to a
job at the same company within a year, so that one in five is good. Travel: up to three quarters of the longest time
that the citizen can manage is not held against a place. Both bounds are assumptions."""
NEAR: Final = 0.75
"""From this the goal fits; between `FAR` and this it lies near."""
FAR: Final = 0.4
TOWARD: Final = 0.5
"""Share from which a job function counts as being on the way to the goal."""
MASTERED: Final = 0.5
"""Share from which a job function counts as something the person can do, if only with guidance."""


class Phrase(NamedTuple):
    """A term in a few words, to stand in a row with others: where it speaks for the pair, and where against."""

    good: str
    bad: str


PHRASES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "goal_fit": Phrase("jobmålet passer", "jobmålet passer mindre godt"),
        "competence_coverage": Phrase("borgeren kan det, pladsen kræver", "der mangler kompetencer"),
        "stretch": Phrase("her læres noget på vej mod målet", "her læres ikke noget nyt på vej mod målet"),
        "conditions_fit": Phrase("skånehensynene passer", "nogle skånehensyn passer dårligt"),
        "hours_fit": Phrase("timerne passer", "timerne passer dårligt"),
        "breadth": Phrase("her er meget forskelligt at prøve", "her er få forskellige opgaver"),
        "outlook": Phrase("der er udsigt til ordinære timer", "der er ringe udsigt til ordinære timer"),
        "mentor": Phrase("der er mentor", "der er for lidt mentortid"),
        "travel": Phrase("turen er til at klare", "turen er lang"),
        "wish": Phrase("borgeren har selv ønsket stedet", "borgeren har ønsket andre steder"),
    }
)


def term_text(term_id: str, pair: Pair, score: float) -> str:
    """What a known term found, as full sentences; the score is a share in [0, 1]. KeyError: the term is unknown."""
    return _TEXTS[term_id](pair, score)


def missing_text(term_id: str, pair: Pair) -> str:
    """What is not known where a term that applies has no score, and what to do about it."""
    return _MISSING[term_id](pair)


def speaks_for(term_id: str, score: float) -> bool:
    """Whether a known term speaks for the pair; if not, it speaks against it."""
    return score >= GOOD_FROM.get(term_id, GOOD)


def open_goal(pair: Pair) -> list[str]:
    """What to do where there is no goal, none that can be read, or one in own words without a confirmed occupation."""
    goal = pair.goal
    if goal is None:
        return [_no_goal(pair)]
    if goal.occupation is not None:
        return []
    return [f"Jobmålet »{goal.text.strip()}« er læst som et fag ud af borgerens egne ord: bekræft det med borgeren."]


def unmet_wishes(pair: Pair) -> list[str]:
    """A sentence for each SHOULD need that the place does not meet."""
    return [unmet_text(need, level) for need, level in _should(pair) if level is not None and not need.met_by(level)]


def open_needs(pair: Pair) -> list[str]:
    """A sentence for each SHOULD need that the place has not stated."""
    return [not_stated_text(need) for need, level in _should(pair) if level is None]


def _should(pair: Pair) -> list[tuple[Accommodation, float | None]]:
    demands = pair.context.slot.demands
    return [
        (need, level_of(demands, need.condition))
        for need in pair.citizen.accommodations
        if need.strength is Strength.SHOULD
    ]


def _goal_fit(pair: Pair, score: float) -> str:
    goal = pair.goal
    name = goal_name(goal) if goal is not None else "jobmålet"
    how = "passer med" if score >= NEAR else "ligger i nærheden af" if score >= FAR else "ligger et stykke fra"
    return sentence(f"{name} {how} jobfunktionen {pair.function_name}")


def _held(pair: Pair, code: str) -> float:
    functions = pair.match_input.functions
    return float(pair.match_input.citizens.held[pair.citizen_row, functions.index(code)]) if code in functions else 0.0


def _competence_coverage(pair: Pair, _: float) -> str:
    required = pair.context.slot.required
    if not required:
        own = pair.context.slot.function
        held = _held(pair, own)
        if held < MASTERED:
            return "Pladsen kræver ingen kompetencer på forhånd."
        how = "har prøvet" if held < 1 else "kan"
        return f"Pladsen kræver ingen kompetencer på forhånd, og borgeren {how} {function_name(own)}."
    can = [code for code in required if _held(pair, code) >= MASTERED]
    lacks = [code for code in required if _held(pair, code) < MASTERED]
    if not lacks:
        return f"Borgeren kan det, pladsen kræver: {_names(can)}."
    if not can:
        return f"Pladsen kræver {_names(lacks)}, som borgeren ikke har prøvet før."
    return f"Pladsen kræver {_names([*can, *lacks])}. Borgeren kan {_names(can)}, men ikke {_names(lacks)}."


def _stretch(pair: Pair, score: float) -> str:
    functions, toward = pair.match_input.functions, pair.match_input.citizens.toward_goal[pair.citizen_row]
    taught = [code for code in pair.context.slot.taught if code in functions]
    new = [code for code in taught if _held(pair, code) < 1]
    near = [code for code in new if toward[functions.index(code)] >= TOWARD]
    if not taught:
        return "Det er ikke aftalt, hvad der læres på pladsen."
    if not new:
        return f"Borgeren kan allerede det, der læres her: {_names(taught)}."
    if not near:
        return f"Det, der læres her, ligger et stykke fra målet: {_names(new)}."
    if score >= GOOD:
        return f"Her kan borgeren lære {_names(near)}, som er på vej mod målet."
    return f"Noget af det, der læres her, er på vej mod målet: {_names(near)}."


def _names(codes: Sequence[str]) -> str:
    return joined([function_name(code) for code in codes])


def _conditions_fit(pair: Pair, _: float) -> str:
    demands, needs = pair.context.slot.demands, pair.citizen.accommodations
    met = [need for need in needs if need.met_by(level_of(demands, need.condition))]
    names = joined(list(dict.fromkeys(need_name(need.condition) for need in met)))
    if not met:
        return "Pladsen opfylder ingen af borgerens skånehensyn, så vidt det er oplyst."
    if len(met) == len(needs):
        return f"Pladsen opfylder borgerens skånehensyn: {names}."
    return f"Pladsen opfylder {len(met)} af borgerens {len(needs)} skånehensyn: {names}."


def _hours_fit(pair: Pair, _: float) -> str:
    slot, target = pair.context.slot, pair.citizen.hours_target
    most = min(slot.hours_to, pair.shared_hours)
    start = f"Forløbet kan begynde med {hours_per_week(pair.hours_per_week)}"
    if pair.hours_per_week < pair.citizen.hours_now:
        start += f" (borgeren kan {number(pair.citizen.hours_now)} nu)"
    grows = f"og vokse til {number(most)}" if most > pair.hours_per_week else "og ikke vokse"
    return f"{start} {grows}; borgerens mål er {number(target)}."


def _breadth(_: Pair, score: float) -> str:
    if score >= GOOD:
        return "Her kan mange forskellige opgaver prøves, og det er godt, så længe målet ikke er klart."
    return "Her er få forskellige opgaver at prøve, og borgerens mål er ikke klart endnu."


def _outlook(_: Pair, score: float) -> str:
    if score == 0:
        return "Virksomheden regner ikke med, at der bliver ordinære timer bagefter."
    return f"Virksomheden vurderer, at chancen for ordinære timer bagefter er {percent(score)}."


def _mentor(pair: Pair, _: float) -> str:
    site = pair.context.worksite
    need = f"borgeren har brug for {hours(pair.citizen.mentor_hours_per_week)}"
    if not site.mentor_hours_per_week:
        return f"Arbejdspladsen har ingen mentor; {need} om ugen."
    trained = any(mentor.trained for mentor in site.mentors)
    who = "uddannet mentor" if trained else "mentor"
    return f"Arbejdspladsen har {who} {hours_per_week(site.mentor_hours_per_week)}; {need}."


def _travel(pair: Pair, _: float) -> str:
    return travel_text(pair)


def _wish(pair: Pair, score: float) -> str:
    if score > 0:
        return f"Borgeren har selv ønsket {pair.context.company.name}."
    return "Borgeren har ønsket andre virksomheder."


def _no_goal(pair: Pair) -> str:
    if not pair.citizen.goals:
        return "Borgeren har ikke noget jobmål endnu: find det sammen med borgeren."
    return "Jobmålet kan endnu ikke læses som et fag: formulér det sammen med borgeren."


def _no_competences(pair: Pair) -> str:
    required = _names(pair.context.slot.required)
    if not required:
        return f"Borgerens kompetencer er ikke registreret: spørg, om borgeren har prøvet {pair.function_name} før."
    return f"Borgerens kompetencer er ikke registreret. Pladsen kræver {required}: spørg borgeren."


def _no_conditions(_: Pair) -> str:
    return "Virksomheden har ikke oplyst noget af det, som borgerens skånehensyn handler om: spørg."


def _no_outlook(_: Pair) -> str:
    return "Virksomheden har ikke oplyst, om der er udsigt til ordinære timer: spørg."


def _no_travel(pair: Pair) -> str:
    return travel_text(pair)


_TEXTS: Final[Mapping[str, Callable[[Pair, float], str]]] = MappingProxyType(
    {
        "goal_fit": _goal_fit,
        "competence_coverage": _competence_coverage,
        "stretch": _stretch,
        "conditions_fit": _conditions_fit,
        "hours_fit": _hours_fit,
        "breadth": _breadth,
        "outlook": _outlook,
        "mentor": _mentor,
        "travel": _travel,
        "wish": _wish,
    }
)

_MISSING: Final[Mapping[str, Callable[[Pair], str]]] = MappingProxyType(
    {
        "goal_fit": _no_goal,
        "competence_coverage": _no_competences,
        "conditions_fit": _no_conditions,
        "outlook": _no_outlook,
        "travel": _no_travel,
    }
)
"""Only these terms can be unknown where they apply; the others read facts that a valid value always has."""
