"""What the figures of a plan and the decisions on it mean, in words."""

from datetime import date
from typing import Final

from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import DECIDED_PROPOSAL
from service.db.records import MatchRun
from service.use_cases.night_quality import PlanQuality
from service.web.rendering import count, decimal, percent
from service.web.translation import _

PROVEN_BEST: Final = "optimal"
"""Status of a plan that is proven best, but for rounding."""
SMALLEST_SHOWN: Final = 0.001
"""Smaller gaps are said to be below this: 0.0 % would say that there is none."""


def gap_words(run: MatchRun) -> str:
    """How much better another plan can be at most."""
    if run.status == PROVEN_BEST:
        return _("0 – bevist bedst")
    return (
        _("under %(share)s") % {"share": percent(SMALLEST_SHOWN, 1)}
        if run.gap < SMALLEST_SHOWN
        else percent(run.gap, 1)
    )


def plan_explained(run: MatchRun) -> str:
    """Value, bound and gap of a plan in a sentence or two."""
    value = _("Planens forslag passer tilsammen %(value)s, hvor 1 er et forslag, der passer helt.")
    if run.status == PROVEN_BEST:
        bound = _("Det er bevist, at ingen plan, der overholder alle regler og grænser, er bedre.")
    elif run.gap < SMALLEST_SHOWN:
        bound = _(
            "Det er bevist, at ingen plan, der overholder alle regler og grænser, kan nå over %(bound)s; den bedste er "
            "altså under %(gap)s bedre end denne."
        )
    else:
        bound = _(
            "Ingen plan, der overholder alle regler og grænser, kan nå over %(bound)s; den bedste er altså højst "
            "%(gap)s bedre end denne."
        )
    numbers = {
        "value": decimal(run.value, 1),
        "bound": decimal(run.upper_bound, 1),
        "gap": percent(max(run.gap, SMALLEST_SHOWN), 1),
    }
    return f"{value} {bound}" % numbers


def quality_words(quality: PlanQuality) -> str:
    """How often somebody is proposed the place that fits best, in a sentence."""
    text = _("I %(first)s af %(all)s tilfælde er borgeren foreslået den plads, der passer bedst.")
    return text % {"first": count(quality.first_choices), "all": count(quality.top_suggestions)}


def quality_rows(quality: PlanQuality) -> list[tuple[str, str]]:
    """The figures of how good a plan is beside its value, each with what it counts."""
    ranks = quality.ranks
    rows = [
        (
            _("Borgere, der foreslås deres bedste plads"),
            _("%(first)s af %(all)s") % {"first": count(quality.first_choices), "all": count(quality.top_suggestions)},
        ),
        (_("Borgere, der foreslås deres næstbedste eller tredjebedste plads"), count(sum(ranks[1:3]))),
        (_("Borgere, der foreslås en plads længere nede på deres liste"), count(sum(ranks[3:]))),
    ]
    if quality.mean_rank is not None:
        rows.append((_("Pladsens nummer på borgerens liste, i gennemsnit"), decimal(quality.mean_rank, 1)))
    return [
        *rows,
        (_("Borgere, der kunne få en bedre plads, uden at en grænse blev brudt"), count(quality.envious)),
        (_("Par af borger og plads, som det gælder"), count(quality.blocking_pairs)),
        (_("Pladser, der står tomme i planen"), count(quality.unused_places)),
        (_("Heraf pladser, som en borger uden forslag opfylder reglerne for"), count(quality.wanted_unused_places)),
        (_("Hvor jævnt forslagene er fordelt mellem målgrupperne"), percent(quality.evenness)),
    ]


def decided_words(rulebook: RuleBook, on: date) -> str:
    """How long a hold and a rejection count, by the rule that holds on a day."""
    if not rulebook.holds(DECIDED_PROPOSAL, on):
        return _("På hold og afvist har ingen betydning for de næste planer: kommunen har slået reglen fra.")
    days = rulebook.version(DECIDED_PROPOSAL, on).parameters
    text = _("På hold: planen holder fast i pladsen i %(hold)d dage. Afvist: pladsen foreslås ikke i %(rest)d dage.")
    return text % {"hold": days["hold_days"], "rest": days["rest_after_rejection_days"]}
