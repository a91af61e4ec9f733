"""What errors and roles are called in Danish, for terminal and pages. The API answers in English."""

from collections.abc import Mapping
from types import MappingProxyType

from service.db.personal import ReadPurpose
from service.db.purpose import Channel, Purpose
from service.problems import (
    AgreementChanged,
    AlreadyRunning,
    BackupRefused,
    CprNotConfigured,
    CprTaken,
    DatabaseUnavailable,
    DecidedAgain,
    ErasedSince,
    Forbidden,
    InUse,
    InvalidInput,
    IssuerUnavailable,
    KeyReused,
    NightTakenOver,
    NotErasable,
    NotFound,
    NothingToPlan,
    NotPossibleNow,
    NotRecorded,
    NotSignedIn,
    PlacementBegun,
    PlanRefused,
    Problem,
    ProposalOutdated,
    QueryTooSlow,
    SameRequestRunning,
    SchemaOutdated,
    SealBroken,
    SnapshotUnreadable,
    TaxonomyRefused,
    TooFewPlacements,
    TooLarge,
    TooManyRequests,
    TraitsOutOfReach,
    UnknownReference,
    UnsafeSettings,
    VersionConflict,
    VersionRequired,
    WebhooksNotConfigured,
    WeightsOutdated,
    WrongStep,
)
from service.settings import Role
from service.sign_in_problems import SignInTooWeak, TooManyFailedSignIns, UnknownCredentials

PROBLEMS: Mapping[type[Problem], str] = MappingProxyType(
    {
        NotFound: "Det findes ikke i kommunen. Se efter, om id'et er skrevet rigtigt.",
        InvalidInput: "Noget er udfyldt forkert.",
        UnknownReference: "Noget henviser til et id, der ikke findes.",
        NotPossibleNow: "Forløbet er ikke muligt nu.",
        ProposalOutdated: "Forslaget er forældet.",
        PlacementBegun: "Forløbet er begyndt. Registrér i stedet, hvordan det går videre eller slutter.",
        WrongStep: "Forløbet kan ikke gå fra det trin, det er på, til det, du har valgt.",
        KeyReused: "Nøglen er brugt til en anden forespørgsel. Vælg en ny.",
        SameRequestRunning: "Den samme forespørgsel er ved at blive besvaret. Prøv igen om lidt.",
        InUse: "Det er i brug og kan ikke fjernes.",
        VersionConflict: "Andre har ændret det imens. Hent det igen, og prøv på ny.",
        VersionRequired: "Skriv, hvilken udgave du ændrer.",
        TaxonomyRefused: "Stillingsbetegnelserne kan ikke bruges. Intet er ændret.",
        TooLarge: "Der er for meget på én gang.",
        TooManyRequests: "Der kommer for mange forespørgsler på én gang. Vent lidt, og prøv igen.",
        QueryTooSlow: "Databasen var for længe om at svare. Intet er ændret. Prøv igen om lidt.",
        TooManyFailedSignIns: "Der er prøvet for mange gange herfra med en adgangsnøgle, som ikke er kendt. Vent lidt, "
        "og prøv igen.",
        NotSignedIn: "Du er ikke logget ind.",
        UnknownCredentials: "Adgangsnøglen er ikke kendt. Prøv igen.",
        SignInTooWeak: "Dit login hos kommunen var ikke sikkert nok til tjenesten. Log ind igen, og bekræft, at det er "
        "dig, fx med en kode eller en app.",
        Forbidden: "Din rolle giver ikke adgang til det.",
        IssuerUnavailable: "Kommunens login svarer ikke. Prøv igen om lidt.",
        UnsafeSettings: "Indstillingerne er ikke til drift. Tjenesten starter ikke med dem.",
        NothingToPlan: "Der er ingen borgere eller ingen aftaler at planlægge med. Indlæs dem med: matcher import FIL",
        AlreadyRunning: "Nattens plan bliver lagt lige nu. Vent, til den er færdig.",
        NightTakenOver: "Et andet program lægger planen nu, for dette svarede ikke i tide. Intet er gemt.",
        DatabaseUnavailable: "Databasen svarer ikke. Intet er ændret. Prøv igen om lidt.",
        TooFewPlacements: "Der er for få afsluttede forløb at lære af. De håndsatte vægte bruges fortsat.",
        WeightsOutdated: "De lærte vægte hører til andre vilkår end programmets. Lær igen: matcher weights learn",
        PlanRefused: "Planen brød en regel og er ikke offentliggjort. Intet er gemt; forrige nats plan gælder fortsat.",
        NotRecorded: "Listen kunne ikke skrives i visningsloggen og vises derfor ikke. Prøv igen om et øjeblik.",
        SnapshotUnreadable: "Kørslen eller listen kan ikke genskabes med denne udgave af programmet.",
        ErasedSince: "Kørslen eller listen kan ikke genskabes, for en borger i den er slettet siden.",
        TraitsOutOfReach: "Rapporten må ikke læse kendetegnene. Sæt MATCHER_REPORT_DATABASE_URL til rapportens bruger.",
        CprNotConfigured: "CPR-numre er ikke taget i brug her. Sæt MATCHER_CPR_KEYS og MATCHER_CPR_SEARCH_KEYS.",
        CprTaken: "En anden borger i kommunen har allerede det CPR-nummer.",
        SealBroken: "Et krypteret CPR-nummer kan ikke åbnes. Mangler der en nøgle i MATCHER_CPR_KEYS?",
        NotErasable: "Borgeren har et forløb, der ikke er afsluttet, og kan ikke slettes endnu.",
        BackupRefused: "Sikkerhedskopien er ikke læst ind. Databasen er, som den var.",
        WebhooksNotConfigured: "Webhooks er ikke sat op: MATCHER_WEBHOOK_KEYS mangler. Se docs/webhooks.md.",
        DecidedAgain: "Afgørelsen gælder ikke længere: den er fortrudt, eller der er afgjort igen siden.",
        AgreementChanged: "Aftalen er ændret, siden antallet af pladser blev skrevet. Intet er gemt. "
        "Skriv antallet igen.",
        SchemaOutdated: "Databasen mangler eller er ikke opdateret. Kør: matcher migrate",
    }
)
ROLES: Mapping[Role, str] = MappingProxyType(
    {
        Role.JOB_CONSULTANT: "jobkonsulent",
        Role.CASEWORKER: "koordinerende sagsbehandler",
        Role.TEAM_LEAD: "teamleder",
        Role.CASE_SYSTEM: "fagsystem",
        Role.OPERATIONS: "drift",
        Role.AUDITOR: "revisor",
    }
)
CHANNELS: Mapping[Channel, str] = MappingProxyType(
    {
        Channel.API: "gennem et andet system",
        Channel.PAGE: "på siderne",
        Channel.COMMAND_LINE: "ved en kommando",
    }
)
READ_PURPOSES: Mapping[ReadPurpose | Purpose, str] = MappingProxyType(
    {
        Purpose.SUGGESTIONS: "liste med pladser til borgeren",
        Purpose.EXPLANATION: "begrundelse for en plads",
        Purpose.CANDIDATES: "liste med borgere til en plads",
        Purpose.OPENINGS: "hvad der kan åbne pladser",
        Purpose.NEEDS: "hvad der vil hjælpe flest",
        Purpose.CALLS: "opkald til virksomheder",
        ReadPurpose.PROFILE: "borgerens oplysninger",
        ReadPurpose.SEARCH: "oversigt over borgere",
        ReadPurpose.CPR_SEARCH: "opslag på CPR-nummer",
        ReadPurpose.PROPOSALS: "forslag med begrundelser",
        ReadPurpose.UNPLACED: "borgere uden plads",
        ReadPurpose.PLACEMENTS: "aftalte forløb",
        ReadPurpose.RECORDS: "revision af planer og visninger",
        ReadPurpose.EXPORT: "udtræk af alle borgere",
        ReadPurpose.SUBJECT_ACCESS: "udlevering til borgeren selv",
    }
)
PHASES: Mapping[str, str] = MappingProxyType(
    {
        "invent": "Finder på en kommune",
        "import": "Indlæser den",
        "load": "Henter borgere og aftaler",
        "features": "Beregner kendetegn",
        "scoring": "Regler og score",
        "limits": "Opgør grænser",
        "plan": "Lægger planen",
        "check": "Kontrollerer planen",
        "reasons": "Skriver begrundelser",
        "store": "Gemmer",
        "lists": "Slår tre borgere op",
    }
)

EVALUATION_PHASES: Mapping[str, str] = MappingProxyType(
    {
        "titles": "Søger efter stillingsbetegnelser",
        "learning": "Lærer af opdigtede forløb",
        "null_world": "Prøver en verden uden sammenhæng",
        "ranking": "Holder lister mod facit",
        "market": "Måler lister og plan",
    }
)


def problem_text(problem: Problem) -> str:
    """The problem in one Danish sentence or two."""
    return next((PROBLEMS[kind] for kind in type(problem).__mro__ if kind in PROBLEMS), problem.title)
