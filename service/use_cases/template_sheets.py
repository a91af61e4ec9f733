"""The sheets of the workbook: which column holds which field. Reading, writing and guidance all follow from these."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matcher.domain.agreement import AgreementModel, PlacementForm, SlotSetting
from matcher.domain.catalogue import CERTIFICATES, JOB_FUNCTIONS, OCCUPATIONS
from matcher.domain.citizen import CompetenceLevel, DanishLevel, GroupNeed, SupportProblem, TargetGroupProfile
from matcher.domain.conditions import CONDITIONS, Strength
from matcher.domain.geography import TravelMode
from matcher.domain.legal import TARGET_GROUPS
from matcher.domain.placement import Outcome, PlacementStatus
from matcher.domain.schedule import Weekday
from matcher.wording import label
from service.use_cases.template_cells import (
    DATE,
    ID,
    LEVEL,
    NUMBER,
    SHARE,
    TEXT,
    TIME,
    WHOLE,
    YES_NO,
    Cell,
    choice,
    choices_of,
    several,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, the path of the field in the JSON object, and what a cell may hold."""

    header: str
    path: str
    cell: Cell
    required: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of a kind, or (with `parent`) rows of a list inside the rows of another sheet.

    `key` is the column that names the row of the parent by its id; `list_field` the parent's field of the list.
    """

    name: str
    kind: str
    columns: tuple[Column, ...]
    parent: str = ""
    list_field: str = ""
    key: str = ""

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The key, if there is one, and the columns."""
        if not self.key:
            return self.columns
        return Column(self.key, "", ID, required=True, help=f"id fra arket {self.parent}"), *self.columns


_FUNCTION = choice({code: function.danish for code, function in JOB_FUNCTIONS.items()}, open_ended=True)
_CERTIFICATE = choice({code: certificate.danish for code, certificate in CERTIFICATES.items()}, open_ended=True)
_OCCUPATION = choice({uri: occupation.danish for uri, occupation in OCCUPATIONS.items()}, open_ended=True)
_TARGET_GROUP = choice({group.code: group.danish for group in TARGET_GROUPS}, open_ended=True)
_CONDITION = choice({condition.value: spec.danish for condition, spec in CONDITIONS.items()})
_STRENGTH = choice({Strength.MUST.value: "skal", Strength.SHOULD.value: "bør"})
_DANISH = choice({level.value: "ingen" if level is DanishLevel.NONE else level.name for level in DanishLevel})
_DAYS = several(choices_of(Weekday, label))
_FORM = choices_of(PlacementForm, label)
_IDS = several(ID)

_SCHEDULE = (
    Column("Dage", "schedule.days", _DAYS, help="tom = mandag til fredag"),
    Column("Fra kl.", "schedule.from_minutes", TIME, help="tom = 08:00"),
    Column("Til kl.", "schedule.to_minutes", TIME, help="tom = 16:00; må gå over midnat"),
)

CITIZENS = Sheet(
    "Borgere",
    "citizen",
    (
        Column("Id", "id", ID, required=True, help="fagsystemets eget id, aldrig et CPR-nummer"),
        Column("Navn", "name", TEXT, required=True),
        Column("Målgruppe", "target_group", _TARGET_GROUP, required=True),
        Column("Målgruppeprofil", "profile", choices_of(TargetGroupProfile, label), required=True),
        Column("Jobkonsulent", "consultant_id", ID, required=True, help="id fra arket Jobkonsulenter"),
        Column("Postnummer", "home_postcode", ID, required=True),
        Column("Ventet siden", "waiting_since", DATE, required=True),
        Column("Timer nu", "hours_now", NUMBER, required=True, help="timer om ugen, som borgeren kan nu"),
        Column("Timer, mål", "hours_target", NUMBER, required=True, help="timer om ugen, som er målet"),
        *_SCHEDULE,
        Column("Kan begynde", "available_from", DATE, help="tom = nu"),
        Column("Breddegrad", "home.latitude", NUMBER, help="bopælens placering (WGS84); tom = postnummerets"),
        Column("Længdegrad", "home.longitude", NUMBER),
        Column("Rejsemåder", "travel_modes", several(choices_of(TravelMode, label)), help="tom = med bus"),
        Column("Længste rejsetid", "longest_travel_minutes", WHOLE, help="minutter hver vej; tom = 60"),
        Column(
            "Dansk", "danish_level", _DANISH, help="niveau på den fælles europæiske skala (A1-C1); tom = ikke kendt"
        ),
        Column("Certifikater", "certificates", several(_CERTIFICATE)),
        Column("Mentortimer", "mentor_hours_per_week", NUMBER, help="timer om ugen, som borgeren har brug for"),
        Column("Fremmøde", "attendance_stability", SHARE, help="andel af aftalt fremmøde, fx 0,8; tom = ikke kendt"),
        Column("Kender reglerne", "knows_workplace_rules", YES_NO, help="kender en arbejdsplads' regler"),
        Column("Gruppe", "group_need", choices_of(GroupNeed, label), help="hensyn til, hvem der ellers er på stedet"),
        Column("Støtte til", "support_problems", several(choices_of(SupportProblem, label))),
        Column("Tidligere arbejdsgivere, tilladt", "former_employers_allowed", _IDS, help="virksomheder efter id"),
        Column("Ønsker", "wishes_for", _IDS, help="virksomheder efter id"),
        Column("Ønsker ikke", "wishes_against", _IDS, help="virksomheder efter id"),
    ),
)
GOALS = Sheet(
    "Mål",
    "citizen",
    (
        Column("Jobmål", "text", TEXT, help="med borgerens egne ord; det vigtigste mål står øverst"),
        Column("Stilling", "occupation", _OCCUPATION, help="når stillingen er afklaret"),
    ),
    parent="Borgere",
    list_field="goals",
    key="Borger",
)
COMPETENCES = Sheet(
    "Kompetencer",
    "citizen",
    (
        Column("Jobfunktion", "function", _FUNCTION, required=True),
        Column("Niveau", "level", choices_of(CompetenceLevel, label), help="tom = kan det selv"),
        Column("Lært hvor", "learnt_at", TEXT),
    ),
    parent="Borgere",
    list_field="competences",
    key="Borger",
)
ACCOMMODATIONS = Sheet(
    "Skånehensyn",
    "citizen",
    (
        Column("Forhold", "condition", _CONDITION, required=True),
        Column(
            "Grænse", "limit", LEVEL, required=True, help="en belastning må højst, et tilbud skal mindst være så meget"
        ),
        Column("Styrke", "strength", _STRENGTH, required=True, help="skal = uden det er stedet umuligt"),
        Column("Note", "note", TEXT, help="aldrig en diagnose"),
    ),
    parent="Borgere",
    list_field="accommodations",
    key="Borger",
)
EARLIER = Sheet(
    "Tidligere forløb",
    "citizen",
    (
        Column("Virksomhed", "company_id", ID, required=True),
        Column("Jobfunktion", "function", _FUNCTION, required=True),
        Column("Begyndt", "started_on", DATE, required=True),
        Column("Sluttet", "ended_on", DATE, required=True),
        Column("Gennemført", "completed", YES_NO, help="tom = ikke kendt"),
        Column(
            "Ansat", "was_employed", YES_NO, help="ja = almindelig ansættelse; virksomheden er tidligere arbejdsgiver"
        ),
    ),
    parent="Borgere",
    list_field="earlier_placements",
    key="Borger",
)
COMPANIES = Sheet(
    "Virksomheder",
    "company",
    (
        Column("Id", "id", ID, required=True),
        Column("CVR-nummer", "cvr", ID, required=True),
        Column("Navn", "name", TEXT, required=True),
        Column("Branchekode", "industry", ID, required=True, help="DB07, seks cifre"),
        Column("Ikke igen", "not_again", _IDS, help="borgere efter id, som virksomheden har bedt om ikke at møde igen"),
    ),
)
WORKSITES = Sheet(
    "P-enheder",
    "company",
    (
        Column("Id", "id", ID, required=True, help="gerne P-nummeret"),
        Column("P-nummer", "p_number", ID, required=True),
        Column("Navn", "name", TEXT, required=True),
        Column("Postnummer", "postcode", ID, required=True),
        Column(
            "Ordinært ansatte",
            "ordinary_employees",
            NUMBER,
            required=True,
            help="fuldtidspersoner, gennemsnit af de seneste 4 måneder, uden støttede og uden unge under 18",
        ),
        Column("Breddegrad", "position.latitude", NUMBER, help="placering (WGS84); tom = postnummerets"),
        Column("Længdegrad", "position.longitude", NUMBER),
        Column("Andre støttede", "supported_full_time_persons", NUMBER, help="fuldtidspersoner, der ikke står her"),
        Column("Ansatte pr. måned", "ordinary_employees_by_month", several(NUMBER), help="12 tal, nyeste først"),
    ),
    parent="Virksomheder",
    list_field="worksites",
    key="Virksomhed",
)
MENTORS = Sheet(
    "Mentorer",
    "company",
    (
        Column("Id", "id", ID, required=True),
        Column("Timer om ugen", "hours_per_week", NUMBER, required=True),
        Column("Uddannet", "trained", YES_NO, help="mentoruddannelse; tom = nej"),
    ),
    parent="P-enheder",
    list_field="mentors",
    key="P-enhed",
)
AGREEMENTS = Sheet(
    "Aftaler",
    "agreement",
    (
        Column("Id", "id", ID, required=True),
        Column("Aftaleform", "model", choices_of(AgreementModel, label), required=True),
        Column("Virksomheder", "company_ids", _IDS, required=True, help="én; en klynge har flere"),
        Column("Jobkonsulent", "consultant_id", ID, required=True, help="id fra arket Jobkonsulenter"),
        Column("Gyldig fra", "valid_from", DATE, required=True),
        Column("Gyldig til", "valid_to", DATE, help="tom = uden slutdato"),
        Column("Fælles pladser", "places", WHOLE, help="kun klynge: pladser, som virksomhederne deler"),
        Column("Varsel i dage", "lead_time_days", WHOLE, help="fra ja til første dag; tom = 0"),
        Column("Timer til opsøgning", "outreach_hours", NUMBER, help="konsulenttimer pr. borger; tom = 0"),
    ),
)
SLOTS = Sheet(
    "Pladser",
    "agreement",
    (
        Column("Id", "id", ID, required=True),
        Column("Virksomhed", "company_id", ID, required=True),
        Column("P-enhed", "worksite_id", ID, required=True),
        Column("Titel", "title", TEXT, required=True),
        Column("Jobfunktion", "function", _FUNCTION, required=True),
        Column("Ramme", "setting", choices_of(SlotSetting, label), required=True),
        Column("Form", "form", _FORM, required=True),
        Column("Antal", "capacity", WHOLE, required=True, help="borgere på samme tid"),
        Column("Fra", "starts_on", DATE, required=True),
        Column("Til", "ends_on", DATE, help="tom = uden slutdato"),
        Column("Timer fra", "hours_from", NUMBER, required=True, help="timer om ugen ved start"),
        Column("Timer til", "hours_to", NUMBER, required=True, help="timer om ugen, som pladsen kan vokse til"),
        *_SCHEDULE,
        Column("Opgaver", "tasks", several(TEXT)),
        Column("Skal kunne", "required", several(_FUNCTION), help="jobfunktioner, der skal kunnes på forhånd"),
        Column("Læres her", "taught", several(_FUNCTION), help="jobfunktioner"),
        Column("Certifikater", "certificates", several(_CERTIFICATE), help="som pladsen kræver"),
        Column("Dansk", "danish_level", _DANISH, help="niveau, som pladsen kræver; tom = ingen"),
        Column("Bredde", "breadth", SHARE, help="0 = én opgave, 1 = mange forskellige; tom = 0"),
        Column("Udsigt til timer", "outlook", SHARE, help="chance for ordinære timer bagefter; tom = ikke oplyst"),
        Column("Fremmøde, som pladsen rummer", "tolerated_attendance", SHARE, help="udelukker ingen; tom = 0"),
        Column("Målgrupper", "target_groups", several(_TARGET_GROUP), help="tom = alle"),
    ),
    parent="Aftaler",
    list_field="slots",
    key="Aftale",
)
DEMANDS = Sheet(
    "Krav",
    "agreement",
    (
        Column("Forhold", "condition", _CONDITION, required=True),
        Column("Grad", "level", LEVEL, required=True, help="så meget er der; et forhold uden række er ikke oplyst"),
    ),
    parent="Pladser",
    list_field="demands",
    key="Plads",
)
CONSULTANTS = Sheet(
    "Jobkonsulenter",
    "consultant",
    (
        Column("Id", "id", ID, required=True),
        Column("Navn", "name", TEXT, required=True),
        Column("Timer til opsøgning", "outreach_hours", NUMBER, required=True, help="timer pr. plan"),
        Column("Antal forløb", "caseload", WHOLE, required=True, help="så mange forløb kan følges på samme tid"),
        Column("Team", "team", TEXT, help="valgfrit; en medarbejder kan have adgang til bestemte teams"),
    ),
)
PLACEMENTS = Sheet(
    "Forløb",
    "placement",
    (
        Column("Id", "id", ID, required=True),
        Column("Borger", "citizen_id", ID, required=True),
        Column("Plads", "slot_id", ID, required=True),
        Column("Form", "form", _FORM, required=True),
        Column("Status", "status", choices_of(PlacementStatus, label), required=True),
        Column("Timer om ugen", "hours_per_week", NUMBER, required=True),
        Column("Fra", "starts_on", DATE, required=True),
        Column("Til", "ends_on", DATE, required=True),
        Column("Besluttet af", "decided_by", ID, required=True),
        Column("Begrundelse", "reason", TEXT, required=True),
        Column("Erklæring bekræftet", "statement_confirmed_on", DATE, help="tom = endnu ikke"),
        Column("Udfald", "outcome", choices_of(Outcome, label), help="kun for afsluttede forløb"),
    ),
)

SHEETS = (
    CITIZENS,
    GOALS,
    COMPETENCES,
    ACCOMMODATIONS,
    EARLIER,
    COMPANIES,
    WORKSITES,
    MENTORS,
    AGREEMENTS,
    SLOTS,
    DEMANDS,
    CONSULTANTS,
    PLACEMENTS,
)
"""In the order of the tabs; a sheet comes after the one it belongs to."""


def children_of(sheet: Sheet) -> Iterator[Sheet]:
    """Sheets whose rows belong to rows of this one."""
    return (child for child in SHEETS if child.parent == sheet.name)


def header_of(field: str) -> str:
    """What the workbook calls a field of a row, e.g. `slots[0].capacity`; a header stays as it is.

    Empty where no sheet has the field.
    """
    name = re.sub(r"\[\d+\]", "", field)
    headers = {column.header for sheet in SHEETS for column in sheet.all_columns}
    of_paths = {
        f"{sheet.list_field}.{column.path}" if sheet.list_field else column.path: column.header
        for sheet in SHEETS
        for column in sheet.columns
    }
    return field if field in headers else of_paths.get(name, "")
