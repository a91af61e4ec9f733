"""What the administration calls codes of the program, in Danish, to be looked up where they are shown."""

from collections.abc import Mapping
from types import MappingProxyType

from matcher.domain.rule_changes import ChangeKind
from matcher.domain.rulebook import Origin, Severity
from service.audit_chain import Action, Fault
from service.db.import_progress import ImportState
from service.db.nights import RunState
from service.db.personal import ReadPurpose
from service.db.purpose import Channel, Purpose
from service.settings import Right, Role
from service.use_cases.plan_comparison import Move
from service.use_cases.replay import Verdict
from service.web.translation import N_

SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {
        Severity.CLOSES: N_("Regler, der lukker en plads for en borger"),
        Severity.LIMITS: N_("Grænser, som forløbene i en plan deler"),
        Severity.DUTY: N_("Det skal være på plads før eller ved starten"),
        Severity.ADVICE: N_("Råd, der aldrig lukker noget"),
    }
)
ORIGINS: Mapping[Origin, str] = MappingProxyType(
    {
        Origin.LAW: N_("Lov"),
        Origin.PRACTICE: N_("Praksis"),
        Origin.AGREEMENT: N_("Aftale eller henvisning"),
        Origin.CHOICE: N_("Eget valg"),
        Origin.LOCAL: N_("Kommunens egen"),
    }
)
CHANGES: Mapping[ChangeKind, str] = MappingProxyType(
    {
        ChangeKind.SWITCH_OFF: N_("Slået fra"),
        ChangeKind.RESTORE: N_("Som den fælles regel"),
        ChangeKind.SET_FIGURES: N_("Andre tal"),
        ChangeKind.ADD: N_("Tilføjet"),
    }
)
FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "least_days_left": N_("Mindste antal dage, der skal være tilbage"),
        "horizon_weeks": N_("Uger, inden for hvilke forløbet skal kunne begynde"),
        "rest_after_no_days": N_("Dage efter et nej"),
        "rest_after_not_reached_days": N_("Dage efter et forgæves forsøg"),
        "rest_after_yes_days": N_("Dage efter et ja"),
        "rest_after_rejection_days": N_("Dage efter en afvisning"),
        "hold_days": N_("Dage, et forslag på hold beholder sin plads"),
        "least_places": N_("Mindste antal pladser"),
        "steady_attendance_percent": N_("Procent af de aftalte dage, fra hvilken fremmødet er nogenlunde stabilt"),
    }
)
"""Figures that a municipality may set; a test holds them against the rule book."""
MOVES: Mapping[Move, str] = MappingProxyType(
    {
        Move.LOSES: N_("Mister deres forslag"),
        Move.GAINS: N_("Får et forslag"),
        Move.CHANGES: N_("Får forslag om en anden plads"),
    }
)
PHASES: Mapping[str, str] = MappingProxyType(
    {
        "load": N_("Henter borgere og aftaler"),
        "features": N_("Beregner kendetegn"),
        "scoring": N_("Regler og score"),
        "limits": N_("Opgør grænser"),
        "plan": N_("Lægger planen"),
        "check": N_("Kontrollerer planen"),
        "reasons": N_("Skriver begrundelser"),
        "store": N_("Gemmer"),
    }
)
RUN_STATES: Mapping[RunState, str] = MappingProxyType(
    {
        RunState.QUEUED: N_("Venter"),
        RunState.RUNNING: N_("I gang"),
        RunState.PUBLISHED: N_("Offentliggjort"),
        RunState.UNCHANGED: N_("Intet ændret siden sidst"),
        RunState.FAILED: N_("Mislykket"),
    }
)
IMPORT_STATES: Mapping[ImportState, str] = MappingProxyType(
    {
        ImportState.RUNNING: N_("I gang"),
        ImportState.INTERRUPTED: N_("Afbrudt"),
        ImportState.FINISHED: N_("Færdig"),
        ImportState.REFUSED: N_("Afvist"),
    }
)
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "consultant": N_("Jobkonsulenter"),
        "company": N_("Virksomheder"),
        "citizen": N_("Borgere"),
        "agreement": N_("Aftaler"),
        "placement": N_("Forløb"),
    }
)
ACTIONS: Mapping[Action, str] = MappingProxyType(
    {
        Action.RUN_PUBLISHED: N_("plan offentliggjort"),
        Action.RUN_WITHDRAWN: N_("plan taget tilbage"),
        Action.PROPOSAL_DECIDED: N_("forslag afgjort"),
        Action.DECISION_TAKEN_BACK: N_("afgørelse fortrudt"),
        Action.PAIR_DECIDED: N_("plads fastholdt eller udelukket"),
        Action.PLACES_CHANGED: N_("antal pladser ændret"),
        Action.PLACEMENT_CREATED: N_("forløb oprettet"),
        Action.PLACEMENT_CHANGED: N_("forløb ændret"),
        Action.PLACEMENT_REMOVED: N_("forløb fortrudt"),
        Action.RULES_PREVIEWED: N_("regelændring prøvet"),
        Action.RULES_CHANGED: N_("regler ændret"),
        Action.WEIGHTS_CHOSEN: N_("vægte valgt"),
        Action.DATA_IMPORTED: N_("data indlæst"),
        Action.DATA_EXPORTED: N_("data skrevet til fil"),
        Action.TRAITS_IMPORTED: N_("beskyttede kendetegn indlæst"),
        Action.CITIZEN_OPENED: N_("borger åbnet uden for egen adgang"),
        Action.CITIZEN_CORRECTED: N_("borgerens oplysninger rettet"),
        Action.CITIZEN_EXPORTED: N_("borgerens oplysninger udleveret"),
        Action.CITIZEN_ERASED: N_("borger slettet"),
        Action.KEYS_ROTATED: N_("nøgler skiftet"),
        Action.SESSION_BEGUN: N_("logget ind"),
        Action.SESSION_ENDED: N_("logget ud"),
        Action.SIGN_IN_REFUSED: N_("login afvist"),
        Action.ACCESS_CHANGED: N_("adgange ændret"),
        Action.WEBHOOK_ADDED: N_("webhook tilføjet"),
        Action.WEBHOOK_REMOVED: N_("webhook fjernet"),
        Action.WEBHOOKS_REPLAYED: N_("beskeder sendt igen"),
    }
)
FAULTS: Mapping[Fault, str] = MappingProxyType(
    {
        Fault.MISSING: N_("Den findes ikke."),
        Fault.ALTERED: N_("Indholdet er ændret, siden den blev skrevet."),
        Fault.UNCHAINED: N_("Den hænger ikke sammen med posten før, som er skiftet ud."),
        Fault.NOT_AS_KEPT: N_("Den er en anden end den, der blev gemt et andet sted."),
    }
)
CHANNELS: Mapping[Channel, str] = MappingProxyType(
    {
        Channel.API: N_("gennem et andet system"),
        Channel.PAGE: N_("på siderne"),
        Channel.COMMAND_LINE: N_("ved en kommando"),
    }
)
PURPOSES: Mapping[Purpose | ReadPurpose, str] = MappingProxyType(
    {
        Purpose.SUGGESTIONS: N_("Pladser til borgeren"),
        Purpose.EXPLANATION: N_("Begrundelse for en plads"),
        Purpose.CANDIDATES: N_("Borgere til en plads"),
        Purpose.OPENINGS: N_("Hvad der kan åbne pladser"),
        Purpose.NEEDS: N_("Hvad der vil hjælpe flest"),
        Purpose.CALLS: N_("Opkald til virksomheder"),
        ReadPurpose.PROFILE: N_("Borgerens oplysninger"),
        ReadPurpose.SEARCH: N_("Oversigt over borgere"),
        ReadPurpose.CPR_SEARCH: N_("Opslag på CPR-nummer"),
        ReadPurpose.PROPOSALS: N_("Forslag med begrundelser"),
        ReadPurpose.UNPLACED: N_("Borgere uden plads"),
        ReadPurpose.PLACEMENTS: N_("Aftalte forløb"),
        ReadPurpose.RECORDS: N_("Revision af planer og visninger"),
        ReadPurpose.EXPORT: N_("Udtræk af alle borgere"),
        ReadPurpose.SUBJECT_ACCESS: N_("Udlevering til borgeren selv"),
    }
)
RIGHTS: Mapping[Right, str] = MappingProxyType(
    {
        Right.NEEDS: N_("Ser og skriver skånehensyn"),
        Right.BREAK_GLASS: N_("Kan åbne en borger uden for sin adgang med en begrundelse"),
    }
)
ROLES_MAY: Mapping[Role, str] = MappingProxyType(
    {
        Role.JOB_CONSULTANT: N_(
            "Ser borgere, lister og nattens plan, afgør forslag, aftaler forløb og ringer til virksomheder."
        ),
        Role.CASEWORKER: N_("Ser borgere, lister og nattens plan og retter borgerens oplysninger. Afgør ikke forslag."),
        Role.TEAM_LEAD: N_("Må det samme som jobkonsulenter, ser overblikket og ændrer regler og vægte."),
        Role.OPERATIONS: N_("Lægger planer, læser data ind og ser tal. Ser ingen borgere."),
        Role.AUDITOR: N_("Ser, hvad der er planlagt, vist og afgjort. Ændrer intet."),
        Role.CASE_SYSTEM: N_("Fagsystemet: holder borgere, virksomheder og aftaler ajour. Logger ikke ind på siderne."),
    }
)
OBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "proposal": N_("forslag"),
        "placement": N_("forløb"),
        "citizen": N_("borger"),
        "weights": N_("vægte"),
        "rule_change": N_("regelændring"),
        "import": N_("indlæsning"),
        "webhook": N_("besked til fagsystemet"),
        "session": N_("login"),
        "sign_in": N_("login"),
    }
)
VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.IDENTICAL: N_("Genskabt og helt ens"),
        Verdict.DIFFERENT: N_("Ikke ens"),
        Verdict.NOT_REPEATABLE: N_("Kan ikke gentages"),
    }
)
