"""The rule book that every municipality begins with: the law's figures, agreements, choices and common practice.

A figure of a rule stands here and nowhere else. Practice without a dated source holds from `EARLIEST`.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from matcher.domain.rulebook import NO_BOUNDS, NO_FIGURES, Origin, Override, RuleBook, RuleVersion, Severity

REASONABLENESS: Final = "reasonableness"
ADDITIONAL_EMPLOYMENT: Final = "additional_employment"
FULL_WEEK: Final = "full_week"
WRITTEN_STATEMENT: Final = "written_statement"
PLACEMENT_LENGTH: Final = "placement_length"
GROUP_IN_LAW: Final = "group_in_law"
GROUP_ACCEPTED: Final = "group_accepted"
OPEN: Final = "open"
STARTS_SOON: Final = "starts_soon"
FORMER_EMPLOYER: Final = "former_employer"
PLACES: Final = "places"
MENTOR_HOURS: Final = "mentor_hours"
CLUSTER_PLACES: Final = "cluster_places"
OUTREACH_HOURS: Final = "outreach_hours"
CASELOAD: Final = "caseload"
KEPT_APART: Final = "kept_apart"
COMPANY_CENTRE_PLACES: Final = "company_centre_places"
COMPANY_ANSWER: Final = "company_answer"
DECIDED_PROPOSAL: Final = "decided_proposal"
PARALLEL_SUPPORT: Final = "parallel_support"

JOB_CONSULTANT: Final = "job_consultant"
"""Role of those who may set aside what the law leaves to judgement."""
EARLIEST: Final = date(2000, 1, 1)
"""First day of what is agreed or practised without a dated source."""

_BEK_2636: Final = "BEK nr. 2636 af 28/12/2021"
_BEK_2636_FROM: Final = date(2022, 1, 1)
_STUDY_2013: Final = "Undersøgelse fra 2013 af indsatser for udsatte unge"
_CENTRES_2012: Final = "Projektbeskrivelse for virksomhedscentre, 2012"
_REFERRAL: Final = "Henvisningen fra den koordinerende sagsbehandler"
_PRACTICE: Final = "Kommunal praksis"
_AGREEMENT: Final = "Samarbejdsaftalen"


def _law(
    id_: str,
    danish: str,
    english: str,
    source: str,
    valid_from: date,
    severity: Severity,
    parameters: Mapping[str, float] = NO_FIGURES,
) -> RuleVersion:
    return RuleVersion(
        id_, danish, english, source, valid_from, severity, Origin.LAW, parameters=MappingProxyType(dict(parameters))
    )


def _practice(
    id_: str,
    danish: str,
    english: str,
    severity: Severity,
    *,
    source: str = _PRACTICE,
    valid_from: date = EARLIEST,
    parameters: Mapping[str, float] = NO_FIGURES,
    bounds: Mapping[str, tuple[float, float]] = NO_BOUNDS,
    override: Override | None = None,
) -> RuleVersion:
    return RuleVersion(
        id_,
        danish,
        english,
        source,
        valid_from,
        severity,
        Origin.PRACTICE,
        parameters=MappingProxyType(dict(parameters)),
        bounds=MappingProxyType(dict(bounds)),
        override=override,
        can_be_switched_off=True,
    )


def _agreed(
    id_: str, danish: str, english: str, source: str, origin: Origin = Origin.AGREEMENT, limits: bool = False
) -> RuleVersion:
    severity = Severity.LIMITS if limits else Severity.CLOSES
    return RuleVersion(id_, danish, english, source, EARLIEST, severity, origin)


_LAW: Final = (
    _law(
        REASONABLENESS,
        "Højst 1 person i virksomhedspraktik, løntilskud eller nytteindsats for hver {per_person_first} ordinært "
        "ansatte op til {first_employees} (altid mindst {at_least}) og derefter 1 for hver {per_person_after}, opgjort "
        "i fuldtidspersoner pr. P-enhed ud fra de ordinært ansatte i gennemsnit af de seneste {months} måneder.",
        "At most 1 person in work placement, wage subsidy or nytteindsats for every {per_person_first} ordinary "
        "employees up to {first_employees} (always at least {at_least}), and then 1 for every {per_person_after}, "
        "counted as full-time persons at each worksite from the average number of ordinary employees of the last "
        "{months} months.",
        f"{_BEK_2636} § 65",
        _BEK_2636_FROM,
        Severity.LIMITS,
        {"first_employees": 50, "per_person_first": 5, "per_person_after": 10, "at_least": 1, "months": 4},
    ),
    _law(
        FULL_WEEK,
        "En fuldtidsperson svarer til {hours_per_week} timer om ugen.",
        "A full-time person is {hours_per_week} hours a week.",
        f"{_BEK_2636} § 65",
        _BEK_2636_FROM,
        Severity.LIMITS,
        {"hours_per_week": 37},
    ),
    _law(
        ADDITIONAL_EMPLOYMENT,
        "Løntilskud kræver, at antallet af ordinært ansatte seneste måned mindst svarer til gennemsnittet "
        "af de seneste {months} måneder.",
        "Wage subsidy requires that last month's number of ordinary employees is at least the average of the last "
        "{months} months.",
        "Vejledning til VITAS om merbeskæftigelse",
        _BEK_2636_FROM,
        Severity.CLOSES,
        {"months": 12},
    ),
    _law(
        WRITTEN_STATEMENT,
        "Arbejdsgiver og en repræsentant for de ansatte bekræfter skriftligt før start, at kravet om rimelighed og, "
        "ved løntilskud, kravet om merbeskæftigelse er opfyldt.",
        "Before the start the employer and a representative of the employees confirm in writing that the requirement "
        "of reasonableness and, for wage subsidy, that of additional employment is met.",
        f"{_BEK_2636} § 65, stk. 6",
        _BEK_2636_FROM,
        Severity.DUTY,
    ),
    _law(
        PLACEMENT_LENGTH,
        "En virksomhedspraktik varer højst {short_weeks} uger for dagpengemodtagere, jobparate kontanthjælpsmodtagere "
        "og uddannelsesparate (også åbenlyst uddannelsesparate), og højst {long_weeks} uger ad gangen for de øvrige "
        "målgrupper; ud over {special_weeks} uger i alt kun ved et helt særligt behov.",
        "A work placement lasts at most {short_weeks} weeks for people on unemployment insurance, job-ready cash "
        "benefit and education-ready (also obviously education-ready) education benefit, and at most {long_weeks} "
        "weeks at a time for the other target groups; beyond {special_weeks} weeks in all only for a very special "
        "need.",
        "Lov om en aktiv beskæftigelsesindsats § 61; VEJL nr. 9641 af 17/6/2022",
        date(2022, 6, 17),
        Severity.DUTY,
        {"short_weeks": 4, "long_weeks": 13, "special_weeks": 26},
    ),
    _law(
        "flexi_job",
        "Et fleksjob forudsætter, at borgeren er visiteret til fleksjob.",
        "A flexi-job requires that the citizen has been approved for one.",
        "Lov om en aktiv beskæftigelsesindsats, kapitel 20 om fleksjob (§§ 116–118)",
        date(2020, 1, 1),
        Severity.CLOSES,
    ),
    _law(
        GROUP_IN_LAW,
        "Borgerens målgruppe findes i loven på dagen.",
        "The law knows the citizen's target group on the day.",
        "VEJL nr. 9641 af 17/6/2022",
        EARLIEST,
        Severity.CLOSES,
    ),
    _law(
        "named_person_decides",
        "Systemet foreslår. En navngiven medarbejder afgør sagen og kan altid vælge noget andet end det, systemet "
        "foreslår.",
        "The system proposes. A named member of staff decides the case and may always choose something other than what "
        "the system proposes.",
        "Databeskyttelsesforordningen art. 22; AI-forordningen art. 14",
        EARLIEST,
        Severity.DUTY,
    ),
    _law(
        "reasons_given",
        "Hvert forslag kan begrundes med oplysninger, regler, vægte og versioner, og en skriftlig afgørelse, som "
        "borgeren ikke får fuldt medhold i, har en begrundelse.",
        "Every proposal can be explained by facts, rules, weights and versions, and a written decision that is not "
        "fully in the citizen's favour gives reasons.",
        "Forvaltningsloven §§ 22–24",
        EARLIEST,
        Severity.DUTY,
    ),
    RuleVersion(
        "municipality",
        "Borgeren og aftalen hører til samme kommune.",
        "The citizen and the agreement belong to the same municipality.",
        _AGREEMENT,
        EARLIEST,
        Severity.CLOSES,
        Origin.AGREEMENT,
    ),
)

_AGREED: Final = (
    _agreed(
        GROUP_ACCEPTED,
        "Pladsen tager imod borgerens målgruppe.",
        "The place accepts the citizen's target group.",
        _AGREEMENT,
    ),
    _agreed(
        "must_needs_met",
        "Pladsen opfylder alle borgerens ufravigelige skånehensyn.",
        "The place meets all accommodations that the citizen must have.",
        _REFERRAL,
    ),
    _agreed(
        "must_needs_stated",
        "Virksomheden har oplyst de forhold, som borgerens ufravigelige skånehensyn handler om.",
        "The company has stated the conditions that the citizen's binding accommodations are about.",
        _REFERRAL,
    ),
    _agreed(
        "certificates",
        "Borgeren har de certifikater, som pladsen kræver.",
        "The citizen has the certificates that the place requires.",
        _AGREEMENT,
    ),
    _agreed(
        "danish_level",
        "Borgerens danskniveau svarer mindst til det, som pladsen kræver.",
        "The citizen's level of Danish is at least what the place requires.",
        _AGREEMENT,
    ),
    _agreed(
        "hours",
        "Pladsen kan begynde med det timetal, som borgeren kan klare nu.",
        "The place can begin with the hours that the citizen can manage now.",
        f"{_REFERRAL}; {_AGREEMENT}",
    ),
    _agreed(
        "schedule",
        "Der er timer nok på de dage og tidspunkter, hvor både borgeren og pladsen kan.",
        "There are enough hours on the days and at the times that suit both the citizen and the place.",
        f"{_REFERRAL}; {_AGREEMENT}",
    ),
    _agreed(
        "travel",
        "Rejsetiden er højst den, som borgeren kan klare.",
        "The travel time is at most what the citizen can manage.",
        _REFERRAL,
    ),
    _agreed(
        "wishes_against",
        "Borgeren har ikke sagt nej til virksomheden.",
        "The citizen has not said no to the company.",
        "Borgerens eget valg",
        Origin.CHOICE,
    ),
    _agreed(
        "not_again",
        "Virksomheden har ikke frabedt sig et nyt forløb med borgeren.",
        "The company has not declined another placement with the citizen.",
        "Virksomhedens eget valg",
        Origin.CHOICE,
    ),
    _agreed(
        PLACES,
        "Der er ikke flere i forløb på pladsen ad gangen, end virksomheden og kommunen har aftalt.",
        "No more people have placements in the place at a time than the company and the municipality have agreed.",
        _AGREEMENT,
        limits=True,
    ),
    _agreed(
        MENTOR_HOURS,
        "Borgerne på en P-enhed bruger tilsammen højst de timer, som dens mentorer har om ugen.",
        "The citizens at a worksite together use at most the hours a week that its mentors have.",
        _AGREEMENT,
        limits=True,
    ),
    _agreed(
        CLUSTER_PLACES,
        "Virksomhederne i en klynge har tilsammen højst det antal borgere, som klyngen har pladser til.",
        "The companies of a cluster together have at most as many citizens as the cluster has places.",
        _AGREEMENT,
        limits=True,
    ),
)

_PRACTISED: Final = (
    _practice(
        OPEN,
        "Pladsen og aftalen er åbne, når forløbet kan begynde, og mindst {least_days_left} dage frem "
        "(småjob: den dag, det begynder).",
        "The place and the agreement are open when the placement can begin, and for at least {least_days_left} days "
        "after it (small jobs: on the day it begins).",
        Severity.CLOSES,
        source="Samarbejdsaftalen; Kommunal praksis om, hvor længe et forløb mindst skal kunne vare",
        parameters={"least_days_left": 14},
        bounds={"least_days_left": (2, 91)},
    ),
    _practice(
        STARTS_SOON,
        "Forløbet kan begynde inden for {horizon_weeks} uger.",
        "The placement can begin within {horizon_weeks} weeks.",
        Severity.CLOSES,
        parameters={"horizon_weeks": 8},
        bounds={"horizon_weeks": (2, 52)},
    ),
    _practice(
        FORMER_EMPLOYER,
        "Virksomheden er ikke borgerens tidligere arbejdsgiver, medmindre en jobkonsulent tillader det.",
        "The company is not a former employer of the citizen, unless a job consultant allows it.",
        Severity.CLOSES,
        override=Override(
            (JOB_CONSULTANT,),
            "Hvorfor et forløb hos den tidligere arbejdsgiver gavner borgeren.",
            "Why a placement with the former employer helps the citizen.",
        ),
    ),
    _practice(
        COMPANY_ANSWER,
        "En virksomhed uden aftale, der har sagt nej, bliver først foreslået og spurgt igen efter {rest_after_no_days} "
        "dage, eller den dag den selv har nævnt. Ingen virksomhed spørges igen før {rest_after_not_reached_days} dage "
        "efter et forgæves forsøg og {rest_after_yes_days} dage efter et ja.",
        "A company without an agreement that has said no is not proposed or asked again until {rest_after_no_days} "
        "days later, or the day that it has named itself. No company is asked again within "
        "{rest_after_not_reached_days} days of a contact in vain and {rest_after_yes_days} days of a yes.",
        Severity.CLOSES,
        parameters={"rest_after_no_days": 90, "rest_after_not_reached_days": 7, "rest_after_yes_days": 14},
        bounds={"rest_after_no_days": (0, 365), "rest_after_not_reached_days": (0, 91), "rest_after_yes_days": (0, 91)},
    ),
    _practice(
        DECIDED_PROPOSAL,
        "Et forslag, som en medarbejder har afvist, bliver ikke foreslået igen i {rest_after_rejection_days} dage. Et "
        "forslag, der er sat på hold, beholder sin plads i planerne i {hold_days} dage.",
        "A proposal that a member of staff has rejected is not made again for {rest_after_rejection_days} days. A "
        "proposal on hold keeps its place in the plans for {hold_days} days.",
        Severity.CLOSES,
        parameters={"rest_after_rejection_days": 90, "hold_days": 28},
        bounds={"rest_after_rejection_days": (0, 365), "hold_days": (0, 91)},
        override=Override(
            (JOB_CONSULTANT,),
            "Hvad der er anderledes nu, end da forslaget blev afvist.",
            "What is different now from when the proposal was rejected.",
        ),
    ),
    _practice(
        OUTREACH_HOURS,
        "En jobkonsulent opsøger ikke flere virksomheder, end der er timer til i planen.",
        "A job consultant approaches no more companies than the hours of the plan allow.",
        Severity.LIMITS,
    ),
    _practice(
        CASELOAD,
        "En jobkonsulent følger højst det antal forløb ad gangen, som der er aftalt med vedkommende.",
        "A job consultant follows at most the agreed number of placements at a time.",
        Severity.LIMITS,
    ),
    _practice(
        KEPT_APART,
        "Borgere med et aktivt misbrug er ikke på samme P-enhed som borgere, der har brug for en gruppe uden misbrug.",
        "Citizens with active substance use are not at the same worksite as citizens who need a group without it.",
        Severity.LIMITS,
        source=_STUDY_2013,
        valid_from=date(2013, 1, 1),
    ),
    _practice(
        COMPANY_CENTRE_PLACES,
        "Et virksomhedscenter har mindst {least_places} faste pladser på samme virksomhed.",
        "A company centre has at least {least_places} fixed places at one company.",
        Severity.DUTY,
        source=_CENTRES_2012,
        valid_from=date(2012, 1, 1),
        parameters={"least_places": 4},
        bounds={"least_places": (2, 20)},
        override=Override(
            (JOB_CONSULTANT,),
            "Hvordan centret giver bredde i opgaver og fællesskab med færre pladser.",
            "How the centre offers breadth of tasks and company with fewer places.",
        ),
    ),
    _practice(
        PARALLEL_SUPPORT,
        "Den, der møder nogenlunde stabilt (mindst {steady_attendance_percent} % af de aftalte dage) og kender de "
        "grundlæggende regler på en arbejdsplads, kan begynde i et virksomhedscenter; ellers anbefales støtte før "
        "eller ved siden af forløbet.",
        "Whoever attends fairly stably (at least {steady_attendance_percent}% of the agreed days) and knows the basic "
        "rules of a workplace can begin in a company centre; otherwise support before or beside the placement is "
        "advised.",
        Severity.ADVICE,
        source=f"{_STUDY_2013}; kommunal praksis om fremmøde",
        valid_from=date(2013, 1, 1),
        parameters={"steady_attendance_percent": 75},
        bounds={"steady_attendance_percent": (50, 100)},
    ),
)

STATUTE: Final = RuleBook((*_LAW, *_AGREED, *_PRACTISED))
