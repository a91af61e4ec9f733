"""Parallel support (parallel indsats) that goes well with a placement. Advice only: it closes no place, moves no score.

Every piece of advice has a named problem, a mechanism and a sub-goal. A problem is either reported by the caseworker
(`Citizen.support_problems`) or read from two facts of the referral: unsteady attendance, and not knowing the rules of
a workplace. Source of problems, mechanisms and sub-goals: the study of what works for vulnerable young people, 2013.
From when attendance is fairly stable is a figure of the rule `parallel_support`, and so is the source that is shown; a
municipality that switches the rule off gets no such advice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from matcher.domain.citizen import Citizen, SupportProblem
from matcher.domain.placement import ParallelSupport
from matcher.domain.rulebook import RuleVersion
from matcher.language import Language, Text, in_language

ROUNDING: Final = 1e-9
"""Shares that are meant to be the limit count as reaching it."""


class FirstStep(StrEnum):
    """What the study advises as the first step."""

    COMPANY_CENTRE = "company_centre"
    """Attends fairly stably and knows the basic rules of a workplace."""
    PARALLEL_SUPPORT = "parallel_support"
    """Support before or beside the placement."""
    ASK_FIRST = "ask_first"
    """Attendance or knowledge of the rules is not recorded."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Support that the study advises for one problem, in both languages: what, how it works, what it is to reach."""

    problem: SupportProblem
    support: Text
    mechanism: Text
    sub_goal: Text

    def in_(self, language: Language, source: Text) -> ParallelSupport:
        """The advice as a value of the domain, in one language."""
        texts = (self.support, self.mechanism, self.sub_goal, source)
        return ParallelSupport(self.problem, *in_language(texts, language))


_WEEKLY_TALKS: Final = Text(
    "en fast kontaktperson med ugentlige samtaler", "a regular contact person with weekly talks"
)
_PSYCHOLOGIST: Final = Text(
    "samtaler med en psykolog ved starten og undervejs", "talks with a psychologist at the start and along the way"
)
_COPING: Final = Text("Håndtering af sygdommen", "Coping with the illness")

_ADVICE: Final[Mapping[SupportProblem, Advice]] = MappingProxyType(
    {
        advice.problem: advice
        for advice in (
            Advice(
                SupportProblem.ATTENDANCE,
                _WEEKLY_TALKS,
                Text(
                    "Samtalerne holder fast i, hvad der er aftalt, og fanger tidligt det, der gør det svært at møde.",
                    "The talks hold on to what has been agreed and catch early what makes it hard to turn up.",
                ),
                Text("Ansvarlighed og stabilitet", "Responsibility and stability"),
            ),
            Advice(
                SupportProblem.CONFIDENCE,
                _PSYCHOLOGIST,
                Text(
                    "Samtalerne sætter ord på det, der er svært, og bygger videre på det, der allerede lykkes.",
                    "The talks put words to what is hard and build on what already succeeds.",
                ),
                Text("Tro på egne evner", "Belief in own abilities"),
            ),
            Advice(
                SupportProblem.EVERYDAY_LIFE,
                Text(
                    "en social mentor 1–3 gange om ugen, især for unge under 25 år",
                    "a social mentor 1–3 times a week, above all for people under 25",
                ),
                Text(
                    "Hjælp til bolig, økonomi og gøremål fjerner det, der ellers tager kræfter fra arbejdet.",
                    "Help with housing, money and errands removes what otherwise takes strength from the work.",
                ),
                Text("En hverdag, der hænger sammen", "An everyday life that holds together"),
            ),
            Advice(
                SupportProblem.ILLNESS_COPING,
                _PSYCHOLOGIST,
                Text(
                    "Samtalerne giver måder at håndtere symptomer på i arbejdstiden.",
                    "The talks give ways of coping with symptoms during working hours.",
                ),
                _COPING,
            ),
            Advice(
                SupportProblem.MOTIVATION,
                _WEEKLY_TALKS,
                Text(
                    "Samtalerne knytter opgaverne på arbejdspladsen til borgerens eget mål.",
                    "The talks tie the tasks at the workplace to the citizen's own goal.",
                ),
                Text("Motivation", "Motivation"),
            ),
            Advice(
                SupportProblem.PAIN,
                Text("fysisk træning, der er tilpasset smerterne", "physical exercise adapted to the pain"),
                Text(
                    "Træningen giver kroppen mere at stå imod med, så arbejdsdagen bliver lettere.",
                    "The exercise makes the body more resilient, so that the working day becomes easier.",
                ),
                _COPING,
            ),
            Advice(
                SupportProblem.SUBSTANCE_USE,
                Text(
                    "misbrugsbehandling før eller ved siden af forløbet",
                    "substance treatment before or beside the placement",
                ),
                Text(
                    "Behandlingen giver ro til at møde og holde aftaler.",
                    "The treatment gives the calm needed to turn up and keep agreements.",
                ),
                Text("Et liv uden misbrug", "A life without substance misuse"),
            ),
            Advice(
                SupportProblem.BASIC_SCHOOL_SKILLS,
                Text(
                    "holdundervisning 4–5 gange om ugen, før forløbet begynder",
                    "class teaching 4–5 times a week, before the placement starts",
                ),
                Text(
                    "Undervisningen træner læsning, skrivning og regning i et tempo, hvor det lykkes.",
                    "The teaching trains reading, writing and arithmetic at a pace at which it succeeds.",
                ),
                Text("Afklaring om uddannelse eller job", "Clarity about education or job"),
            ),
            Advice(
                SupportProblem.WORKPLACE_RULES,
                Text(
                    "holdundervisning i reglerne på en arbejdsplads, før forløbet begynder",
                    "class teaching in the rules of a workplace, before the placement starts",
                ),
                Text(
                    "På holdet øves mødetid, afbud og samarbejde, før det gælder på en arbejdsplads.",
                    "In class, punctuality, calling in absent and working together are practised before they count.",
                ),
                Text("Kendskab til arbejdsmarkedet", "Knowledge of the labour market"),
            ),
        )
    }
)


def problems(citizen: Citizen, version: RuleVersion) -> tuple[SupportProblem, ...]:
    """Problems that support could work on: those reported, and those that attendance and rules point to; each once."""
    named = set(citizen.support_problems)
    if _steady(citizen, version) is False:
        named.add(SupportProblem.ATTENDANCE)
    if citizen.knows_workplace_rules is False:
        named.add(SupportProblem.WORKPLACE_RULES)
    return tuple(problem for problem in SupportProblem if problem in named)


def advice_for(citizen: Citizen, version: RuleVersion | None) -> tuple[Advice, ...]:
    """The support that a version of the rule advises for the citizen's problems; none where no version holds."""
    return () if version is None else tuple(_ADVICE[problem] for problem in problems(citizen, version))


def first_step(citizen: Citizen, version: RuleVersion | None) -> FirstStep | None:
    """Company centre for those who attend fairly stably and know the rules, else parallel support, else ask.

    None where no version of the rule holds.
    """
    if version is None:
        return None
    steady = _steady(citizen, version)
    if steady is False or citizen.knows_workplace_rules is False:
        return FirstStep.PARALLEL_SUPPORT
    if steady is None or citizen.knows_workplace_rules is None:
        return FirstStep.ASK_FIRST
    return FirstStep.COMPANY_CENTRE


def _steady(citizen: Citizen, version: RuleVersion) -> bool | None:
    """Whether attendance is fairly stable; None where it is not recorded."""
    if citizen.attendance_stability is None:
        return None
    return 100 * citizen.attendance_stability >= version.parameters["steady_attendance_percent"] - ROUNDING
