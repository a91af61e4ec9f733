"""Sentences about the terms of the score, in both languages: what speaks for a pair, what against, what is not known.

One function for each term of `matcher.terms`. A sentence states facts with their amounts; how much the term weighs is
told beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from matcher import english as en
from matcher import wording as da
from matcher.domain.conditions import Accommodation, Strength, level_of
from matcher.language import Text
from matcher.pair import Pair, function_name, goal_name
from matcher.wording.needs import need_name, not_stated_text, unmet_text
from matcher.wording.rules import travel_text

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


def term_text(term_id: str, pair: Pair, score: float) -> Text:
    """What a known term found, as full sentences; the score is a share in [0, 1]. KeyError: the term is unknown."""
    return _TEXTS[term_id](pair, score)


def missing_text(term_id: str, pair: Pair) -> Text:
    """What is not known where a term that applies has no score, and what to do about it."""
    return _MISSING[term_id](pair)


def speaks_for(term_id: str, score: float) -> bool:
    """Whether a known term speaks for the pair; if not, it speaks against it."""
    return score >= GOOD_FROM.get(term_id, GOOD)


def open_goal(pair: Pair) -> list[Text]:
    """What to do where there is no goal, none that can be read, or one in own words without a confirmed occupation."""
    goal = pair.goal
    if goal is None:
        return [_no_goal(pair)]
    if goal.occupation is not None:
        return []
    words = goal.text.strip()
    return [
        Text(
            f"Jobmålet »{words}« er tolket som et fag ud fra borgerens egne ord, og det er ikke bekræftet.",
            f"The job goal “{words}” has been read as an occupation from the citizen's own words, "
            "and that is not confirmed.",
        )
    ]


def unmet_wishes(pair: Pair) -> list[Text]:
    """A sentence for each SHOULD need that the place does not meet."""
    return [unmet_text(need, level) for need, level in _should(pair) if level is not None and not need.met_by(level)]


def open_needs(pair: Pair) -> list[Text]:
    """A sentence for each SHOULD need that the place has not stated."""
    return [not_stated_text(need) for need, level in _should(pair) if level is None]


def _should(pair: Pair) -> list[tuple[Accommodation, float | None]]:
    demands = pair.context.slot.demands
    return [
        (need, level_of(demands, need.condition))
        for need in pair.citizen.accommodations
        if need.strength is Strength.SHOULD
    ]


def _names(codes: Sequence[str]) -> Text:
    names = [function_name(code) for code in codes]
    return Text(da.joined([name.danish for name in names]), en.joined([name.english for name in names]))


def _goal_fit(pair: Pair, score: float) -> Text:
    goal, function = pair.goal, pair.function_name
    name = goal_name(goal) if goal is not None else Text("jobmålet", "the job goal")
    if score >= NEAR:
        how = Text("passer til", "fits")
    elif score >= FAR:
        how = Text("minder om", "is close to")
    else:
        how = Text("har ikke meget at gøre med", "has little to do with")
    return Text(
        da.sentence(f"{name.danish} {how.danish} jobfunktionen {function.danish}"),
        en.sentence(f"{name.english} {how.english} the job function {function.english}"),
    )


def _held(pair: Pair, code: str) -> float:
    row = pair.match_input.function_rows.get(code)
    return 0.0 if row is None else float(pair.match_input.citizens.held[pair.citizen_row, row])


def _competence_coverage(pair: Pair, _: float) -> Text:
    required = pair.context.slot.required
    if not required:
        return _nothing_required(pair)
    can = [code for code in required if _held(pair, code) >= MASTERED]
    lacks = [code for code in required if _held(pair, code) < MASTERED]
    known, new, everything = _names(can), _names(lacks), _names([*can, *lacks])
    if not lacks:
        return Text(
            f"Borgeren kan det, pladsen kræver: {known.danish}.",
            f"The citizen can do what the place requires: {known.english}.",
        )
    if not can:
        return Text(
            f"Pladsen kræver {new.danish}, som borgeren ikke har prøvet før.",
            f"The place requires {new.english}, which the citizen has not tried before.",
        )
    return Text(
        f"Pladsen kræver {everything.danish}. Borgeren kan {known.danish}, men ikke {new.danish}.",
        f"The place requires {everything.english}. The citizen can do {known.english}, but not {new.english}.",
    )


def _nothing_required(pair: Pair) -> Text:
    held, own = _held(pair, pair.context.slot.function), pair.function_name
    if held < MASTERED:
        return Text("Pladsen kræver ingen kompetencer på forhånd.", "The place requires no competences in advance.")
    how = Text("har prøvet", "has tried") if held < 1 else Text("kan", "can do")
    return Text(
        f"Pladsen kræver ingen kompetencer på forhånd, og borgeren {how.danish} {own.danish}.",
        f"The place requires no competences in advance, and the citizen {how.english} {own.english}.",
    )


def _stretch(pair: Pair, score: float) -> Text:
    row_of, toward = pair.match_input.function_rows, pair.match_input.citizens.toward_goal[pair.citizen_row]
    taught = [code for code in pair.context.slot.taught if code in row_of]
    new = [code for code in taught if _held(pair, code) < 1]
    near = [code for code in new if toward[row_of[code]] >= TOWARD]
    if not taught:
        return Text("Det er ikke aftalt, hvad der læres på pladsen.", "It is not agreed what is learnt at the place.")
    if not new:
        names = _names(taught)
        return Text(
            f"Borgeren kan allerede det, der læres her: {names.danish}.",
            f"The citizen can already do what is learnt here: {names.english}.",
        )
    if not near:
        names = _names(new)
        return Text(
            f"Det, der læres her ({names.danish}), fører ikke direkte mod målet.",
            f"What is learnt here ({names.english}) does not lead straight towards the goal.",
        )
    names = _names(near)
    if score >= GOOD:
        return Text(
            f"Her kan borgeren lære noget, der fører mod målet: {names.danish}.",
            f"Here the citizen can learn something that leads towards the goal: {names.english}.",
        )
    return Text(
        f"Noget af det, der læres her, fører mod målet: {names.danish}.",
        f"Some of what is learnt here leads towards the goal: {names.english}.",
    )


def _conditions_fit(pair: Pair, _: float) -> Text:
    demands, needs = pair.context.slot.demands, pair.citizen.accommodations
    met = [need for need in needs if need.met_by(level_of(demands, need.condition))]
    names = list(dict.fromkeys(need_name(need.condition) for need in met))
    danish, english = da.joined([name.danish for name in names]), en.joined([name.english for name in names])
    if not met:
        return Text(
            "Pladsen opfylder ingen af skånehensynene, så vidt det er oplyst.",
            "As far as has been stated, the place meets none of the accommodation needs.",
        )
    if len(needs) == 1:
        return Text(
            f"Pladsen opfylder skånehensynet om {danish}.", f"The place meets the accommodation need about {english}."
        )
    if len(met) == len(needs):
        every = _every(len(needs))
        return Text(f"Pladsen opfylder {every.danish}: {danish}.", f"The place meets {every.english}: {english}.")
    return Text(
        f"Pladsen opfylder {len(met)} af {len(needs)} skånehensyn: {danish}.",
        f"The place meets {len(met)} of {len(needs)} accommodation needs: {english}.",
    )


def _every(needs: int) -> Text:
    """All needs of one person, by their number, at least two."""
    if needs == 2:
        return Text("begge skånehensyn", "both accommodation needs")
    return Text(f"alle {needs} skånehensyn", f"all {needs} accommodation needs")


def _hours_fit(pair: Pair, _: float) -> Text:
    now, target, start = pair.citizen.hours_now, pair.citizen.hours_target, pair.hours_per_week
    most = min(pair.context.slot.hours_to, pair.shared_hours)
    less = start < now
    can = Text(f" (borgeren kan {da.number(now)} nu)", f" (the citizen can do {en.number(now)} now)") if less else None
    danish = f"{da.hours_per_week(start)}{can.danish if can else ''}"
    english = f"{en.hours_per_week(start)}{can.english if can else ''}"
    if most > start:
        begins = Text(
            f"Forløbet kan begynde med {danish} og vokse til {da.number(most)}",
            f"The placement can start at {english} and grow to {en.number(most)}",
        )
    else:
        begins = Text(
            f"Forløbet begynder med {danish}, og timetallet kan ikke sættes op",
            f"The placement starts at {english}, and the hours cannot grow",
        )
    return Text(
        f"{begins.danish}; borgerens mål er {da.number(target)}.",
        f"{begins.english}; the citizen's target is {en.number(target)}.",
    )


def _breadth(_: Pair, score: float) -> Text:
    if score >= GOOD:
        return Text(
            "Her kan mange forskellige opgaver prøves, og det er godt, så længe målet ikke er klart.",
            "Many different tasks can be tried here, which is good as long as the goal is not clear.",
        )
    return Text(
        "Her er få forskellige opgaver at prøve, og borgerens mål er ikke klart endnu.",
        "There are few different tasks to try here, and the citizen's goal is not yet clear.",
    )


def _outlook(_: Pair, score: float) -> Text:
    if score == 0:
        return Text(
            "Virksomheden regner ikke med, at der bliver ordinære timer bagefter.",
            "The company does not expect there to be ordinary hours afterwards.",
        )
    return Text(
        f"Virksomheden vurderer, at chancen for ordinære timer bagefter er {da.percent(score)}.",
        f"The company puts the chance of ordinary hours afterwards at {en.percent(score)}.",
    )


def _mentor(pair: Pair, _: float) -> Text:
    site, needed = pair.context.worksite, pair.citizen.mentor_hours_per_week
    given = site.mentor_hours_per_week
    if not given:
        return Text(
            f"Arbejdspladsen har ingen mentor; borgeren har brug for {da.hours_per_week(needed)}.",
            f"The worksite has no mentor; the citizen needs {en.hours_per_week(needed)}.",
        )
    who = _mentors(len(site.mentors), trained=sum(mentor.trained for mentor in site.mentors))
    return Text(
        f"Arbejdspladsen har {who.danish} {da.hours_per_week(given)}; borgeren har brug for {da.hours(needed)}.",
        f"The worksite has {who.english} {en.hours_per_week(given)}; the citizen needs {en.hours(needed)}.",
    )


def _mentors(mentors: int, trained: int) -> Text:
    """The mentors of a worksite, and whether they are trained for it."""
    if mentors == 1:
        return Text("en uddannet mentor", "a trained mentor") if trained else Text("en mentor", "a mentor")
    if trained == mentors:
        return Text(f"{mentors} uddannede mentorer", f"{mentors} trained mentors")
    return Text(f"{mentors} mentorer", f"{mentors} mentors")


def _travel(pair: Pair, _: float) -> Text:
    return travel_text(pair)


def _wish(pair: Pair, score: float) -> Text:
    if score > 0:
        name = pair.context.company.name
        return Text(f"Borgeren har selv ønsket {name}.", f"The citizen has asked for {name}.")
    return Text("Borgeren har ønsket andre virksomheder.", "The citizen has asked for other companies.")


def _no_goal(pair: Pair) -> Text:
    if not pair.citizen.goals:
        return Text(
            "Borgeren har ikke noget jobmål endnu.",
            "The citizen has no job goal yet.",
        )
    return Text(
        "Jobmålet kan endnu ikke tolkes som et fag.",
        "The job goal cannot yet be read as an occupation.",
    )


def _no_competences(pair: Pair) -> Text:
    if not pair.context.slot.required:
        function = pair.function_name
        return Text(
            f"Borgerens kompetencer er ikke oplyst, heller ikke om borgeren har prøvet {function.danish} før.",
            f"The citizen's competences are not recorded, nor whether the citizen has tried {function.english} before.",
        )
    required = _names(pair.context.slot.required)
    return Text(
        f"Borgerens kompetencer er ikke oplyst. Pladsen kræver {required.danish}.",
        f"The citizen's competences are not recorded. The place requires {required.english}.",
    )


def _no_conditions(_: Pair) -> Text:
    return Text(
        "Virksomheden har ikke oplyst noget af det, som skånehensynene handler om.",
        "The company has not stated anything of what the accommodation needs are about.",
    )


def _no_outlook(_: Pair) -> Text:
    return Text(
        "Virksomheden har ikke oplyst, om der er udsigt til ordinære timer.",
        "The company has not said whether there is an outlook for ordinary hours.",
    )


def _no_travel(pair: Pair) -> Text:
    return travel_text(pair)


_TEXTS: Final[Mapping[str, Callable[[Pair, float], Text]]] = MappingProxyType(
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

_MISSING: Final[Mapping[str, Callable[[Pair], Text]]] = MappingProxyType(
    {
        "goal_fit": _no_goal,
        "competence_coverage": _no_competences,
        "conditions_fit": _no_conditions,
        "outlook": _no_outlook,
        "travel": _no_travel,
    }
)
"""Only these terms can be unknown where they apply; the others read facts that a valid value always has."""
