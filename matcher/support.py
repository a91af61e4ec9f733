"""Parallel support (parallel indsats) that goes well with a placement. Advice only: it closes no place, moves no score.

Every piece of advice has a named problem, a mechanism and a sub-goal. A problem is either reported by the caseworker
(`Citizen.support_problems`) or read from two facts of the referral: unsteady attendance, and not knowing the rules of
a workplace. Source of problems, mechanisms and sub-goals: the study of what works for vulnerable young people, 2013.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from matcher.domain.citizen import Citizen, SupportProblem
from matcher.domain.placement import ParallelSupport

STEADY_ATTENDANCE_SHARE: Final = 0.75
"""Attendance from which the advice takes it as fairly stable: three of four agreed days. The study gives no number;
this is an assumption, and since it is advice only, a wrong one costs a conversation and not a place."""

SOURCE: Final = "Undersøgelse af, hvad der virker for udsatte unge (2013)"


class FirstStep(StrEnum):
    """What the study advises as the first step."""

    COMPANY_CENTRE = "company_centre"
    """Attends fairly stably and knows the basic rules of a workplace."""
    PARALLEL_SUPPORT = "parallel_support"
    """Support before or beside the placement."""
    ASK_FIRST = "ask_first"
    """Attendance or knowledge of the rules is not recorded."""


def _support(problem: SupportProblem, support: str, mechanism: str, sub_goal: str) -> ParallelSupport:
    return ParallelSupport(problem, support, mechanism, sub_goal, SOURCE)


_ADVICE: Final[Mapping[SupportProblem, ParallelSupport]] = MappingProxyType(
    {
        advice.problem: advice
        for advice in (
            _support(
                SupportProblem.ATTENDANCE,
                "en fast kontaktperson med ugentlige samtaler",
                "Samtalerne holder fast i, hvad der er aftalt, og fanger tidligt det, der gør det svært at møde.",
                "Ansvarlighed og stabilitet",
            ),
            _support(
                SupportProblem.CONFIDENCE,
                "samtaler med en psykolog ved starten og undervejs",
                "Samtalerne sætter ord på det, der er svært, og bygger videre på det, der allerede lykkes.",
                "Tro på egne evner",
            ),
            _support(
                SupportProblem.EVERYDAY_LIFE,
                "en social mentor 1–3 gange om ugen, især for unge under 25 år",
                "Hjælp til bolig, økonomi og gøremål fjerner det, der ellers tager kræfter fra arbejdet.",
                "En hverdag, der hænger sammen",
            ),
            _support(
                SupportProblem.ILLNESS_COPING,
                "samtaler med en psykolog ved starten og undervejs",
                "Samtalerne giver måder at håndtere symptomer på i arbejdstiden.",
                "Håndtering af sygdommen",
            ),
            _support(
                SupportProblem.MOTIVATION,
                "en fast kontaktperson med ugentlige samtaler",
                "Samtalerne knytter opgaverne på arbejdspladsen til borgerens eget mål.",
                "Motivation",
            ),
            _support(
                SupportProblem.PAIN,
                "fysisk træning, der er tilpasset smerterne",
                "Træningen giver kroppen mere at stå imod med, så arbejdsdagen bliver lettere.",
                "Håndtering af sygdommen",
            ),
            _support(
                SupportProblem.SUBSTANCE_USE,
                "misbrugsbehandling før eller ved siden af forløbet",
                "Behandlingen giver ro til at møde og holde aftaler.",
                "Et liv uden misbrug",
            ),
            _support(
                SupportProblem.BASIC_SCHOOL_SKILLS,
                "holdundervisning 4–5 gange om ugen, før forløbet begynder",
                "Undervisningen træner læsning, skrivning og regning i et tempo, hvor det lykkes.",
                "Afklaring om uddannelse eller job",
            ),
            _support(
                SupportProblem.WORKPLACE_RULES,
                "holdundervisning i arbejdspladsens regler, før forløbet begynder",
                "På holdet øves mødetid, afbud og samarbejde, før det gælder på en arbejdsplads.",
                "Kendskab til arbejdsmarkedet",
            ),
        )
    }
)


def problems(citizen: Citizen) -> tuple[SupportProblem, ...]:
    """Problems that support could work on: those reported, and those that attendance and rules point to; each once."""
    named = set(citizen.support_problems)
    if citizen.attendance_stability is not None and citizen.attendance_stability < STEADY_ATTENDANCE_SHARE:
        named.add(SupportProblem.ATTENDANCE)
    if citizen.knows_workplace_rules is False:
        named.add(SupportProblem.WORKPLACE_RULES)
    return tuple(problem for problem in SupportProblem if problem in named)


def parallel_support(citizen: Citizen) -> tuple[ParallelSupport, ...]:
    """The support that the study advises for the citizen's problems; empty where none is named."""
    return tuple(_ADVICE[problem] for problem in problems(citizen))


def first_step(citizen: Citizen) -> FirstStep:
    """Company centre for those who attend fairly stably and know the rules, else parallel support, else ask."""
    steady = None
    if citizen.attendance_stability is not None:
        steady = citizen.attendance_stability >= STEADY_ATTENDANCE_SHARE
    if steady is False or citizen.knows_workplace_rules is False:
        return FirstStep.PARALLEL_SUPPORT
    if steady is None or citizen.knows_workplace_rules is None:
        return FirstStep.ASK_FIRST
    return FirstStep.COMPANY_CENTRE
