"""Typed client of the matching service, written by `docs/client/generate.py` from `docs/openapi.json`; not by hand."""

# ruff: noqa - a program wrote it
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar, Union
from urllib.parse import quote

import httpx

Value = TypeVar("Value")


@dataclass(frozen=True)
class Reply(Generic[Value]):
    """What was answered: the value, the status, and the version to send as `if_match` when it is changed."""

    value: Value
    status: int
    etag: str | None


class ApiProblem(Exception):
    """An error as the service tells it (RFC 9457). It names fields, never what was sent."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after_seconds: int | None) -> None:
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}")
        self.status = status
        self.type = str(problem.get("type", "about:blank"))
        self.problem = problem
        self.retry_after_seconds = retry_after_seconds


def quoted(part: str) -> str:
    """A part of a path."""
    return quote(part, safe="")


class Transport:
    """Sends requests as one caller; `http` carries address and time limits: `httpx.Client(base_url="https://…")`."""

    def __init__(self, http: httpx.Client, token: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"}

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: Any = None,
        rows: Iterable[Mapping[str, Any]] | None = None,
    ) -> Any:
        sent = {name: value for name, value in (headers or {}).items() if value is not None}
        content: Any = None
        if rows is not None:
            sent["Content-Type"] = "application/x-ndjson"
            content = (json.dumps(row).encode() + b"\n" for row in rows)
        elif body is not None:
            sent["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        asked = {name: value for name, value in (params or {}).items() if value is not None}
        answer = self._http.request(
            method, f"/api/v1{path}", params=asked, headers=self._headers | sent, content=content
        )
        if answer.status_code >= 400:
            is_problem = "json" in answer.headers.get("content-type", "")
            after = answer.headers.get("retry-after")
            raise ApiProblem(answer.status_code, answer.json() if is_problem else {}, int(after) if after else None)
        value: Any = None
        if answer.headers.get("content-type", "").startswith("application/x-ndjson"):
            value = [json.loads(line) for line in answer.content.splitlines()]
        elif answer.content:
            value = answer.json()
        return Reply(value, answer.status_code, answer.headers.get("etag"))


Action = Literal[
    "run.published",
    "run.withdrawn",
    "proposal.decided",
    "decision.taken_back",
    "pair.decided",
    "places.changed",
    "placement.created",
    "placement.changed",
    "placement.removed",
    "rules.previewed",
    "rules.changed",
    "weights.chosen",
    "data.imported",
    "data.exported",
    "traits.imported",
    "citizen.opened",
    "citizen.corrected",
    "citizen.exported",
    "citizen.erased",
    "keys.rotated",
    "session.begun",
    "session.ended",
    "sign_in.refused",
    "access.changed",
    "webhook.added",
    "webhook.removed",
    "webhooks.replayed",
]

AgreementModel = Literal["fixed", "pre_agreed", "ad_hoc", "cluster"]

Answer = Literal["yes", "no", "later", "not_reached", "not_asked"]

Channel = Literal["api", "page", "command_line"]

CompetenceLevel = Literal[1, 2, 3]

Condition = Literal[
    "lifting",
    "standing_walking",
    "sitting",
    "repetitive_movement",
    "fine_motor",
    "outdoor",
    "heat_cold",
    "dust",
    "flour",
    "chemicals",
    "animals",
    "noise",
    "people_contact",
    "customer_contact",
    "children_contact",
    "working_alone",
    "team_work",
    "pace",
    "variation",
    "alcohol_on_site",
    "hygiene_demands",
    "reading_writing",
    "numeracy",
    "driving",
    "early_start",
    "evening_work",
    "night_work",
    "weekend_work",
    "fixed_routine",
    "screened_place",
    "one_instruction",
    "breaks_at_need",
    "flexible_start",
    "predictable_days",
    "same_contact_person",
    "wheelchair_access",
    "ground_floor",
]

ContactKind = Literal["call", "visit", "mail"]

DanishLevel = Literal[0, 1, 2, 3, 4, 5]

EventType = Literal[
    "run.published", "proposal.decided", "placement.created", "placement.changed", "placement.removed", "citizen.erased"
]

GroupNeed = Literal["none", "substance_free_group", "active_substance_use"]

ImportState = Literal["running", "interrupted", "finished", "refused"]

Language = Literal["da", "en"]

Outcome = Literal[
    "ordinary_job",
    "education",
    "flexi_job",
    "wage_subsidy",
    "next_placement",
    "completed",
    "moved",
    "parental_leave",
    "dropped_out_attendance",
    "dropped_out_motivation",
    "prison",
    "disability_pension",
]

PlacementChange = Literal["made", "changed", "withdrawn"]

PlacementForm = Literal["work_placement", "wage_subsidy", "ordinary_hours", "flexi_job"]

PlacementStatus = Literal["planned", "running", "ended"]

Purpose = Literal["suggestions", "explanation", "candidates", "openings", "needs", "calls"]

ReadPurpose = Literal[
    "profile", "search", "cpr_search", "proposals", "unplaced", "placements", "records", "export", "subject_access"
]

Role = Literal["job_consultant", "caseworker", "team_lead", "case_system", "operations", "auditor"]

RunState = Literal["queued", "running", "published", "unchanged", "failed"]

SlotSetting = Literal["company_centre", "training_track", "job_package", "single", "small_job"]

Strength = Literal["must", "should"]

SupportProblem = Literal[
    "attendance",
    "confidence",
    "everyday_life",
    "illness_coping",
    "motivation",
    "pain",
    "substance_use",
    "basic_school_skills",
    "workplace_rules",
]

TargetGroupProfile = Literal["job", "education", "qualification", "adaptation", "marginalisation"]

TravelMode = Literal["walk", "bicycle", "bus", "car"]

Verdict = Literal["approved", "held", "rejected"]

Weekday = Literal[0, 1, 2, 3, 4, 5, 6]

AccessEntryOut = TypedDict(
    "AccessEntryOut",
    {
        "id": str,
        "at": str,
        "viewer_id": str,
        "viewer_role": "Role",
        "channel": "Channel",
        "purpose": Union["ReadPurpose", "Purpose"],
        "case": Union[str, None],
        "list_id": Union[str, None],
    },
)

Accommodation = TypedDict(
    "Accommodation",
    {
        "condition": "Condition",
        "limit": float,
        "strength": "Strength",
        "note": NotRequired[str],
    },
)

AlternativeOut = TypedDict(
    "AlternativeOut",
    {
        "slot_id": str,
        "heading": str,
        "value": float,
    },
)

AlternativeView = TypedDict(
    "AlternativeView",
    {
        "slot_id": str,
        "heading": str,
        "value": float,
        "price": float,
        "worth": float,
        "value_difference": float,
        "worth_difference": float,
        "terms": list["TermDifferenceView"],
        "text": str,
    },
)

AlternativesOut = TypedDict(
    "AlternativesOut",
    {
        "citizen_id": str,
        "eligible": int,
        "next_best": list[dict[str, Any]],
    },
)

AuditEntryOut = TypedDict(
    "AuditEntryOut",
    {
        "n": int,
        "at": str,
        "actor_id": str,
        "actor_role": str,
        "channel": str,
        "action": str,
        "object_kind": str,
        "object_id": str,
        "details": dict[str, Any],
        "municipality": str,
        "previous": str,
        "hash": str,
    },
)

CallView = TypedDict(
    "CallView",
    {
        "company_id": str,
        "company": str,
        "worksite": str,
        "agreement_id": str,
        "model": str,
        "model_name": str,
        "consultant_id": str,
        "consultant": str,
        "why": str,
        "ask": list[str],
        "people": list["PersonView"],
        "others_waiting": int,
        "chance": "ChanceView",
        "hours": float,
        "gain": float,
        "gain_per_hour": float,
        "fits": bool,
        "last_contact": Union[str, None],
    },
)

CandidateView = TypedDict(
    "CandidateView",
    {
        "citizen": "CitizenView",
        "proposed": bool,
        "explanation": "ExplanationView",
    },
)

CandidatesView = TypedDict(
    "CandidatesView",
    {
        "slot_id": str,
        "heading": str,
        "planned_on": str,
        "run_id": Union[str, None],
        "weights": str,
        "candidates": list["CandidateView"],
        "eligible": int,
    },
)

ChanceView = TypedDict(
    "ChanceView",
    {
        "mean": float,
        "low": float,
        "high": float,
        "answers": int,
    },
)

ChangeView = TypedDict(
    "ChangeView",
    {
        "kind": str,
        "actor": str,
        "actor_name": str,
        "effort": int,
        "effort_text": str,
        "text": str,
    },
)

Citizen = TypedDict(
    "Citizen",
    {
        "id": str,
        "municipality": str,
        "name": str,
        "target_group": str,
        "profile": "TargetGroupProfile",
        "consultant_id": str,
        "home_postcode": str,
        "waiting_since": str,
        "hours_now": float,
        "hours_target": float,
        "goals": NotRequired[list["JobGoal"]],
        "competences": NotRequired[list["Competence"]],
        "accommodations": NotRequired[list["Accommodation"]],
        "schedule": NotRequired["Schedule"],
        "available_from": NotRequired[Union[str, None]],
        "home": NotRequired[Union["Position", None]],
        "travel_modes": NotRequired[list["TravelMode"]],
        "longest_travel_minutes": NotRequired[int],
        "danish_level": NotRequired[Union["DanishLevel", None]],
        "certificates": NotRequired[list[str]],
        "mentor_hours_per_week": NotRequired[float],
        "attendance_stability": NotRequired[Union[float, None]],
        "knows_workplace_rules": NotRequired[Union[bool, None]],
        "group_need": NotRequired["GroupNeed"],
        "support_problems": NotRequired[list["SupportProblem"]],
        "earlier_placements": NotRequired[list["EarlierPlacement"]],
        "former_employers_allowed": NotRequired[list[str]],
        "wishes_for": NotRequired[list[str]],
        "wishes_against": NotRequired[list[str]],
    },
)

CitizenView = TypedDict(
    "CitizenView",
    {
        "id": str,
        "name": str,
        "target_group": str,
        "profile": str,
        "consultant": str,
        "waiting_since": str,
        "hours_now": float,
        "hours_target": float,
        "goals": list[str],
    },
)

ClosedPlacesView = TypedDict(
    "ClosedPlacesView",
    {
        "rule": "RuleView",
        "places": int,
    },
)

Company = TypedDict(
    "Company",
    {
        "id": str,
        "municipality": str,
        "cvr": str,
        "name": str,
        "industry": str,
        "worksites": list["Worksite"],
        "not_again": NotRequired[list[str]],
    },
)

CompanyMentor = TypedDict(
    "CompanyMentor",
    {
        "id": str,
        "hours_per_week": float,
        "trained": NotRequired[bool],
    },
)

ComparisonOut = TypedDict(
    "ComparisonOut",
    {
        "danish": str,
        "english": str,
        "dimension": str,
        "group": str,
        "measure": str,
        "difference": float,
        "p_value": float,
        "exceeds_chance": bool,
    },
)

Competence = TypedDict(
    "Competence",
    {
        "function": str,
        "level": NotRequired["CompetenceLevel"],
        "learnt_at": NotRequired[str],
    },
)

ContactIn = TypedDict(
    "ContactIn",
    {
        "answer": "Answer",
        "reason": NotRequired[str],
        "kind": NotRequired["ContactKind"],
        "contacted_on": NotRequired[Union[str, None]],
        "next_contact_on": NotRequired[Union[str, None]],
        "agreement_id": NotRequired[Union[str, None]],
        "asked_for": NotRequired[str],
    },
)

ContactOut = TypedDict(
    "ContactOut",
    {
        "id": str,
        "company_id": str,
        "agreement_id": Union[str, None],
        "consultant_id": str,
        "kind": "ContactKind",
        "contacted_on": str,
        "recorded_at": str,
        "answer": "Answer",
        "asked_for": str,
        "reason": str,
        "next_contact_on": Union[str, None],
    },
)

CprIn = TypedDict(
    "CprIn",
    {
        "cpr": str,
    },
)

DecisionIn = TypedDict(
    "DecisionIn",
    {
        "verdict": "Verdict",
        "reason": str,
        "overrides": NotRequired[dict[str, str]],
    },
)

DecisionOut = TypedDict(
    "DecisionOut",
    {
        "id": str,
        "proposal_id": str,
        "verdict": "Verdict",
        "decided_by": str,
        "reason": str,
        "decided_at": str,
        "placement_id": NotRequired[Union[str, None]],
    },
)

Demand = TypedDict(
    "Demand",
    {
        "condition": "Condition",
        "level": float,
    },
)

DifferenceOut = TypedDict(
    "DifferenceOut",
    {
        "citizen_id": str,
        "move": str,
        "slot_before": Union[str, None],
        "place_before": Union[str, None],
        "slot_after": Union[str, None],
        "place_after": Union[str, None],
    },
)

DimensionOut = TypedDict(
    "DimensionOut",
    {
        "danish": str,
        "english": str,
        "dimension": str,
        "groups": list["GroupOut"],
    },
)

EarlierPlacement = TypedDict(
    "EarlierPlacement",
    {
        "company_id": str,
        "function": str,
        "started_on": str,
        "ended_on": str,
        "completed": NotRequired[Union[bool, None]],
        "was_employed": NotRequired[bool],
    },
)

EstimateOut = TypedDict(
    "EstimateOut",
    {
        "count": int,
        "mean": float,
        "low": float,
        "high": float,
        "median": Union[float, None],
    },
)

ExplainedPlace = TypedDict(
    "ExplainedPlace",
    {
        "citizen": "CitizenView",
        "planned_on": str,
        "run_id": Union[str, None],
        "weights": str,
        "place": "PlaceView",
        "letter": str,
    },
)

ExplanationView = TypedDict(
    "ExplanationView",
    {
        "citizen_id": str,
        "slot_id": str,
        "language": NotRequired["Language"],
        "planned_on": NotRequired[Union[str, None]],
        "eligible": bool,
        "value": float,
        "confidence": float,
        "price": Union[float, None],
        "wanted": NotRequired[Union["WantedView", None]],
        "starts_on": str,
        "hours_per_week": float,
        "heading": str,
        "one_line": str,
        "practical": str,
        "price_text": str,
        "reasons_for": list[str],
        "reasons_against": list[str],
        "must_confirm": list[str],
        "missing": list[str],
        "facts": NotRequired[list["FactView"]],
        "terms": list["TermView"],
        "rules": list["RuleView"],
        "limits": NotRequired[list["LimitView"]],
        "support": list["SupportView"],
        "support_texts": list[str],
        "alternatives": NotRequired[list["AlternativeView"]],
        "failed_rules": list[str],
        "weights_id": str,
        "rules_id": NotRequired[str],
    },
)

FactView = TypedDict(
    "FactView",
    {
        "id": str,
        "about": Literal["citizen", "place", "pair"],
        "name": str,
        "text": str,
        "value": Union[float, None],
        "unit": str,
        "known": bool,
        "read_by": list[str],
    },
)

FairnessOut = TypedDict(
    "FairnessOut",
    {
        "run_ids": list[str],
        "quarter": Union[str, None],
        "first_on": str,
        "last_on": str,
        "has_traits": bool,
        "measures": dict[str, "Named"],
        "everybody": "GroupOut",
        "dimensions": list["DimensionOut"],
        "comparisons": list["ComparisonOut"],
        "null_checks": list["NullCheckOut"],
        "statements": list["Named"],
    },
)

FieldErrorOut = TypedDict(
    "FieldErrorOut",
    {
        "field": str,
        "problem": str,
        "fix": str,
    },
)

FoundCitizen = TypedDict(
    "FoundCitizen",
    {
        "citizen_id": str,
    },
)

GroupOut = TypedDict(
    "GroupOut",
    {
        "danish": str,
        "english": str,
        "group": str,
        "citizens": Union[int, None],
        "estimates": dict[str, Union["EstimateOut", None]],
    },
)

HoursView = TypedDict(
    "HoursView",
    {
        "consultant_id": str,
        "consultant": str,
        "hours": float,
        "used": float,
        "left": float,
    },
)

ImportErrorOut = TypedDict(
    "ImportErrorOut",
    {
        "row": int,
        "field": str,
        "problem": str,
        "fix": str,
    },
)

ImportOut = TypedDict(
    "ImportOut",
    {
        "id": str,
        "state": "ImportState",
        "started_at": str,
        "updated_at": str,
        "content_sha256": str,
        "rows_total": int,
        "rows_done": int,
        "rows": dict[str, "KindCountOut"],
        "errors": list["ImportErrorOut"],
        "errors_left_out": int,
    },
)

JobGoal = TypedDict(
    "JobGoal",
    {
        "text": str,
        "occupation": NotRequired[Union[str, None]],
    },
)

KindCountOut = TypedDict(
    "KindCountOut",
    {
        "created": int,
        "updated": int,
        "unchanged": int,
        "bad": int,
    },
)

LimitView = TypedDict(
    "LimitView",
    {
        "id": str,
        "unit": str,
        "needs": float,
        "allowed": float,
        "taken": float,
        "passed": bool,
    },
)

ListView = TypedDict(
    "ListView",
    {
        "citizen": "CitizenView",
        "planned_on": str,
        "run_id": Union[str, None],
        "proposal_id": Union[str, None],
        "unplaced": Union[str, None],
        "placement": Union[str, None],
        "places": list["PlaceView"],
        "near_misses": list["PlaceView"],
        "eligible": int,
        "not_free": NotRequired[int],
        "support_texts": list[str],
        "always_confirm": list[str],
        "weights": str,
        "confidence": float,
        "ask_first": str,
    },
)

Named = TypedDict(
    "Named",
    {
        "danish": str,
        "english": str,
    },
)

NeedView = TypedDict(
    "NeedView",
    {
        "kind": str,
        "text": str,
        "citizens": Union[int, None],
        "placed": int,
        "effort": int,
        "effort_text": str,
        "estimated_gain": float,
        "gain_text": str,
        "confirmed_gain": NotRequired[Union[float, None]],
        "confirmed_within": NotRequired[Union[float, None]],
        "more_placed": NotRequired[Union[int, None]],
        "other_ways": NotRequired[list[str]],
    },
)

NeedsView = TypedDict(
    "NeedsView",
    {
        "planned_on": str,
        "run_id": Union[str, None],
        "language": "Language",
        "waiting": int,
        "needs": list["NeedView"],
    },
)

NightCounts = TypedDict(
    "NightCounts",
    {
        "citizens": int,
        "in_placement": int,
        "placed": int,
        "unplaced": int,
        "reasons": list["ReasonCount"],
        "by_model": list["PlaceUse"],
        "by_centre": list["PlaceUse"],
        "quality": NotRequired[Union["PlanQuality", None]],
    },
)

NullCheckOut = TypedDict(
    "NullCheckOut",
    {
        "danish": str,
        "english": str,
        "dimension": str,
        "largest": float,
        "chance_median": float,
        "chance_high": float,
        "p_value": float,
    },
)

OccupationView = TypedDict(
    "OccupationView",
    {
        "uri": str,
        "name": str,
        "other_names": list[str],
        "isco08": str,
        "group": str,
        "description": str,
        "similarity": float,
    },
)

OpeningView = TypedDict(
    "OpeningView",
    {
        "slot_id": str,
        "heading": str,
        "text": str,
        "changes": list["ChangeView"],
        "effort": int,
        "value": float,
        "price": float,
        "gain": float,
        "gain_text": str,
        "failed_rules": list[str],
    },
)

OpeningsView = TypedDict(
    "OpeningsView",
    {
        "citizen_id": str,
        "planned_on": str,
        "run_id": Union[str, None],
        "language": "Language",
        "worth_now": float,
        "openings": list["OpeningView"],
    },
)

OutreachView = TypedDict(
    "OutreachView",
    {
        "on": str,
        "run_id": Union[str, None],
        "planned_on": Union[str, None],
        "consultants": list["HoursView"],
        "calls": list["CallView"],
        "resting": list["RestView"],
    },
)

PageAccessEntryOut = TypedDict(
    "PageAccessEntryOut",
    {
        "items": list["AccessEntryOut"],
        "next": Union[str, None],
    },
)

PageAuditEntryOut = TypedDict(
    "PageAuditEntryOut",
    {
        "items": list["AuditEntryOut"],
        "next": Union[str, None],
    },
)

PagePlacementOut = TypedDict(
    "PagePlacementOut",
    {
        "items": list["PlacementOut"],
        "next": Union[str, None],
    },
)

PageProposalOut = TypedDict(
    "PageProposalOut",
    {
        "items": list["ProposalOut"],
        "next": Union[str, None],
    },
)

PageRunOut = TypedDict(
    "PageRunOut",
    {
        "items": list["RunOut"],
        "next": Union[str, None],
    },
)

PageShownListOut = TypedDict(
    "PageShownListOut",
    {
        "items": list["ShownListOut"],
        "next": Union[str, None],
    },
)

PersonView = TypedDict(
    "PersonView",
    {
        "citizen_id": str,
        "name": str,
        "slot_id": str,
        "place": str,
        "value": float,
        "improvement": float,
        "proposed": bool,
    },
)

PlaceUse = TypedDict(
    "PlaceUse",
    {
        "label": str,
        "places": int,
        "running": int,
        "proposed": int,
    },
)

PlaceView = TypedDict(
    "PlaceView",
    {
        "slot_id": str,
        "agreement": str,
        "setting": str,
        "proposed": bool,
        "explanation": "ExplanationView",
    },
)

PlacementEventOut = TypedDict(
    "PlacementEventOut",
    {
        "change": "PlacementChange",
        "recorded_by": str,
        "recorded_at": str,
        "reason": str,
        "proposal_id": Union[str, None],
        "details": dict[str, Any],
    },
)

PlacementIn = TypedDict(
    "PlacementIn",
    {
        "citizen_id": str,
        "slot_id": str,
        "reason": str,
        "starts_on": NotRequired[Union[str, None]],
        "ends_on": NotRequired[Union[str, None]],
        "hours_per_week": NotRequired[Union[float, None]],
        "overrides": NotRequired[dict[str, str]],
        "decided_by": NotRequired[Union[str, None]],
    },
)

PlacementOut = TypedDict(
    "PlacementOut",
    {
        "id": str,
        "citizen_id": str,
        "slot_id": str,
        "form": "PlacementForm",
        "status": "PlacementStatus",
        "hours_per_week": float,
        "starts_on": str,
        "ends_on": str,
        "decided_by": str,
        "reason": str,
        "statement_confirmed_on": Union[str, None],
        "outcome": Union["Outcome", None],
        "work_agreement": Union[dict[str, Any], None],
    },
)

PlacementPatch = TypedDict(
    "PlacementPatch",
    {
        "reason": str,
        "status": NotRequired[Union["PlacementStatus", None]],
        "outcome": NotRequired[Union["Outcome", None]],
        "starts_on": NotRequired[Union[str, None]],
        "ends_on": NotRequired[Union[str, None]],
        "hours_per_week": NotRequired[Union[float, None]],
        "statement_confirmed_on": NotRequired[Union[str, None]],
        "work_agreement": NotRequired[Union[dict[str, Any], None]],
    },
)

PlacementWithHistory = TypedDict(
    "PlacementWithHistory",
    {
        "id": str,
        "citizen_id": str,
        "slot_id": str,
        "form": "PlacementForm",
        "status": "PlacementStatus",
        "hours_per_week": float,
        "starts_on": str,
        "ends_on": str,
        "decided_by": str,
        "reason": str,
        "statement_confirmed_on": Union[str, None],
        "outcome": Union["Outcome", None],
        "work_agreement": Union[dict[str, Any], None],
        "history": list["PlacementEventOut"],
    },
)

PlanFiguresOut = TypedDict(
    "PlanFiguresOut",
    {
        "value": float,
        "gap": float,
        "proposals": int,
        "eligible_pairs": int,
        "with_a_place": int,
    },
)

PlanQuality = TypedDict(
    "PlanQuality",
    {
        "top_suggestions": int,
        "first_choices": int,
        "ranks": list[int],
        "mean_rank": Union[float, None],
        "blocking_pairs": int,
        "envious": int,
        "unused_places": int,
        "wanted_unused_places": int,
        "evenness": float,
    },
)

Position = TypedDict(
    "Position",
    {
        "latitude": float,
        "longitude": float,
    },
)

PreviewIn = TypedDict(
    "PreviewIn",
    {
        "changes": list[dict[str, Any]],
        "on": NotRequired[Union[str, None]],
        "time_limit_s": NotRequired[float],
    },
)

PreviewOut = TypedDict(
    "PreviewOut",
    {
        "on": str,
        "before": "PlanFiguresOut",
        "after": "PlanFiguresOut",
        "gains": int,
        "loses": int,
        "changes": int,
        "differences": list["DifferenceOut"],
        "preview_id": str,
    },
)

ProblemOut = TypedDict(
    "ProblemOut",
    {
        "type": str,
        "title": str,
        "status": int,
        "detail": NotRequired[Union[str, None]],
        "errors": NotRequired[list["FieldErrorOut"]],
        "reasons": NotRequired[Union[list["ReasonOut"], None]],
        "alternatives": NotRequired[Union[list["AlternativeOut"], None]],
        "request_id": NotRequired[Union[str, None]],
    },
)

ProposalOut = TypedDict(
    "ProposalOut",
    {
        "id": str,
        "run_id": str,
        "citizen_id": str,
        "slot_id": str,
        "starts_on": str,
        "hours_per_week": float,
        "value": float,
        "price": float,
        "explanation": dict[str, Any],
        "support": list[dict[str, Any]],
        "decision": Union["DecisionOut", None],
    },
)

ReasonCount = TypedDict(
    "ReasonCount",
    {
        "reason": str,
        "text": str,
        "citizens": int,
    },
)

ReasonOut = TypedDict(
    "ReasonOut",
    {
        "id": str,
        "danish": str,
        "english": str,
    },
)

RestView = TypedDict(
    "RestView",
    {
        "company_id": str,
        "company": str,
        "ends_on": str,
        "text": str,
    },
)

RuleChangeOut = TypedDict(
    "RuleChangeOut",
    {
        "number": int,
        "change": dict[str, Any],
        "changed_by": str,
        "reason": str,
        "changed_at": str,
        "outdated": bool,
    },
)

RuleChangesIn = TypedDict(
    "RuleChangesIn",
    {
        "changes": list[dict[str, Any]],
        "reason": str,
        "preview_id": NotRequired[str],
        "without_preview": NotRequired[str],
    },
)

RuleOut = TypedDict(
    "RuleOut",
    {
        "id": str,
        "danish": str,
        "english": str,
        "source": str,
        "valid_from": str,
        "valid_to": Union[str, None],
        "severity": str,
        "origin": str,
        "parameters": dict[str, float],
        "bounds": dict[str, list[Any]],
        "override": Union[dict[str, Any], None],
        "can_be_switched_off": bool,
        "condition": Union[dict[str, Any], None],
    },
)

RuleView = TypedDict(
    "RuleView",
    {
        "id": str,
        "statement": str,
        "source": str,
        "valid_from": NotRequired[Union[str, None]],
        "valid_to": NotRequired[Union[str, None]],
        "passed": bool,
        "to_confirm": bool,
        "texts": list[str],
    },
)

RulesOut = TypedDict(
    "RulesOut",
    {
        "on": str,
        "rules": list["RuleOut"],
        "changes": list["RuleChangeOut"],
    },
)

RunIn = TypedDict(
    "RunIn",
    {
        "planned_on": NotRequired[Union[str, None]],
        "seed": NotRequired[int],
        "time_limit_s": NotRequired[float],
    },
)

RunOut = TypedDict(
    "RunOut",
    {
        "id": str,
        "state": "RunState",
        "created_at": str,
        "planned_on": str,
        "seed": int,
        "phase": NotRequired[Union[str, None]],
        "phases_done": int,
        "phases": int,
        "problem": NotRequired[Union[str, None]],
        "detail": NotRequired[Union[str, None]],
        "same_as": NotRequired[Union[str, None]],
        "status": NotRequired[Union[str, None]],
        "value": NotRequired[Union[float, None]],
        "upper_bound": NotRequired[Union[float, None]],
        "gap": NotRequired[Union[float, None]],
        "input_hash": NotRequired[Union[str, None]],
        "withdrawn_at": NotRequired[Union[str, None]],
        "seconds": NotRequired[dict[str, float]],
        "counts": NotRequired[Union["NightCounts", None]],
        "versions": NotRequired[dict[str, str]],
    },
)

RunRecordOut = TypedDict(
    "RunRecordOut",
    {
        "run_id": str,
        "asked_by": "ViewerOut",
        "snapshot": str,
        "weights": str,
        "parameters": dict[str, Any],
        "versions": dict[str, str],
        "result_digest": str,
        "repeatable": bool,
        "alternatives": list["AlternativesOut"],
    },
)

Schedule = TypedDict(
    "Schedule",
    {
        "days": NotRequired[list["Weekday"]],
        "from_minutes": NotRequired[int],
        "to_minutes": NotRequired[int],
    },
)

ShownListOut = TypedDict(
    "ShownListOut",
    {
        "id": str,
        "purpose": "Purpose",
        "shown_at": str,
        "shown_to": "ViewerOut",
        "citizen_ids": list[str],
        "slot_id": Union[str, None],
        "run_id": Union[str, None],
        "planned_on": str,
        "snapshot": str,
        "plan": Union[str, None],
        "weights": str,
        "parameters": dict[str, Any],
        "versions": dict[str, str],
        "result": dict[str, Any],
        "result_digest": str,
        "erased_on": Union[str, None],
    },
)

Slot = TypedDict(
    "Slot",
    {
        "id": str,
        "company_id": str,
        "worksite_id": str,
        "title": str,
        "function": str,
        "setting": "SlotSetting",
        "form": "PlacementForm",
        "capacity": int,
        "starts_on": str,
        "hours_from": float,
        "hours_to": float,
        "ends_on": NotRequired[Union[str, None]],
        "schedule": NotRequired["Schedule"],
        "tasks": NotRequired[list[str]],
        "required": NotRequired[list[str]],
        "taught": NotRequired[list[str]],
        "certificates": NotRequired[list[str]],
        "danish_level": NotRequired["DanishLevel"],
        "demands": NotRequired[list["Demand"]],
        "breadth": NotRequired[float],
        "outlook": NotRequired[Union[float, None]],
        "tolerated_attendance": NotRequired[float],
        "target_groups": NotRequired[list[str]],
    },
)

SlotAgreement = TypedDict(
    "SlotAgreement",
    {
        "id": str,
        "municipality": str,
        "model": "AgreementModel",
        "company_ids": list[str],
        "consultant_id": str,
        "valid_from": str,
        "slots": list["Slot"],
        "valid_to": NotRequired[Union[str, None]],
        "places": NotRequired[Union[int, None]],
        "lead_time_days": NotRequired[int],
        "outreach_hours": NotRequired[float],
    },
)

SupportView = TypedDict(
    "SupportView",
    {
        "problem": str,
        "support": str,
        "mechanism": str,
        "sub_goal": str,
        "source": str,
    },
)

TermDifferenceView = TypedDict(
    "TermDifferenceView",
    {
        "id": str,
        "name": str,
        "difference": float,
    },
)

TermView = TypedDict(
    "TermView",
    {
        "id": str,
        "name": str,
        "value": Union[float, None],
        "applies": bool,
        "known_share": float,
        "weight": float,
        "contribution": float,
        "text": str,
        "source": str,
        "open": NotRequired[list[str]],
    },
)

UnplacedOut = TypedDict(
    "UnplacedOut",
    {
        "citizen_id": str,
        "reason": str,
        "text": str,
    },
)

ViewerOut = TypedDict(
    "ViewerOut",
    {
        "id": str,
        "role": "Role",
        "channel": "Channel",
    },
)

WantedView = TypedDict(
    "WantedView",
    {
        "want": int,
        "better": int,
    },
)

WebhookCreated = TypedDict(
    "WebhookCreated",
    {
        "id": str,
        "url": str,
        "event_types": list["EventType"],
        "created_at": str,
        "created_by": str,
        "waiting": int,
        "delivered": int,
        "dead": int,
        "last_error": str,
        "secret": str,
    },
)

WebhookIn = TypedDict(
    "WebhookIn",
    {
        "url": str,
        "event_types": list["EventType"],
    },
)

WebhookOut = TypedDict(
    "WebhookOut",
    {
        "id": str,
        "url": str,
        "event_types": list["EventType"],
        "created_at": str,
        "created_by": str,
        "waiting": int,
        "delivered": int,
        "dead": int,
        "last_error": str,
    },
)

WithoutPlaceView = TypedDict(
    "WithoutPlaceView",
    {
        "citizen": "CitizenView",
        "language": "Language",
        "planned_on": str,
        "run_id": Union[str, None],
        "placement": Union[str, None],
        "proposed": Union[str, None],
        "text": str,
        "examined": int,
        "open_places": int,
        "closed": list["ClosedPlacesView"],
        "facts": list["FactView"],
        "rules_id": str,
        "letter": str,
    },
)

Worksite = TypedDict(
    "Worksite",
    {
        "id": str,
        "p_number": str,
        "name": str,
        "postcode": str,
        "ordinary_employees": float,
        "position": NotRequired[Union["Position", None]],
        "supported_full_time_persons": NotRequired[float],
        "ordinary_employees_by_month": NotRequired[list[float]],
        "mentors": NotRequired[list["CompanyMentor"]],
    },
)


class Client(Transport):
    """One method for each operation."""

    def read_citizen(self, id: str, *, case: Union[str, None] = None) -> Reply[Citizen]:
        """Read a citizen."""
        answer: Reply[Citizen] = self._send("GET", f"/citizens/{quoted(id)}", headers={"X-Case": case})
        return answer

    def write_citizen(self, id: str, body: Citizen, *, if_match: Union[str, None] = None) -> Reply[Citizen]:
        """Write a citizen."""
        answer: Reply[Citizen] = self._send("PUT", f"/citizens/{quoted(id)}", headers={"if-match": if_match}, body=body)
        return answer

    def remove_citizen(self, id: str, *, if_match: Union[str, None] = None) -> Reply[None]:
        """Remove a citizen."""
        answer: Reply[None] = self._send("DELETE", f"/citizens/{quoted(id)}", headers={"if-match": if_match})
        return answer

    def read_company(self, id: str) -> Reply[Company]:
        """Read a company."""
        answer: Reply[Company] = self._send("GET", f"/companies/{quoted(id)}")
        return answer

    def write_company(self, id: str, body: Company, *, if_match: Union[str, None] = None) -> Reply[Company]:
        """Write a company."""
        answer: Reply[Company] = self._send(
            "PUT", f"/companies/{quoted(id)}", headers={"if-match": if_match}, body=body
        )
        return answer

    def read_agreement(self, id: str) -> Reply[SlotAgreement]:
        """Read an agreement."""
        answer: Reply[SlotAgreement] = self._send("GET", f"/agreements/{quoted(id)}")
        return answer

    def write_agreement(
        self, id: str, body: SlotAgreement, *, if_match: Union[str, None] = None
    ) -> Reply[SlotAgreement]:
        """Write an agreement."""
        answer: Reply[SlotAgreement] = self._send(
            "PUT", f"/agreements/{quoted(id)}", headers={"if-match": if_match}, body=body
        )
        return answer

    def write_cpr(self, citizen_id: str, body: CprIn) -> Reply[None]:
        """Keep a citizen's CPR number."""
        answer: Reply[None] = self._send("PUT", f"/citizens/{quoted(citizen_id)}/cpr", body=body)
        return answer

    def delete_cpr(self, citizen_id: str) -> Reply[None]:
        """Remove a citizen's CPR number."""
        answer: Reply[None] = self._send("DELETE", f"/citizens/{quoted(citizen_id)}/cpr")
        return answer

    def find_by_cpr(self, body: CprIn, *, case: Union[str, None] = None) -> Reply[FoundCitizen]:
        """Find a citizen by CPR number."""
        answer: Reply[FoundCitizen] = self._send("POST", "/citizens/by-cpr", headers={"X-Case": case}, body=body)
        return answer

    def read_access_log(
        self, citizen_id: str, *, after: Union[str, None] = None, limit: Union[int, None] = None
    ) -> Reply[PageAccessEntryOut]:
        """Who read about a citizen."""
        answer: Reply[PageAccessEntryOut] = self._send(
            "GET", f"/citizens/{quoted(citizen_id)}/access-log", params={"after": after, "limit": limit}
        )
        return answer

    def import_rows(
        self, rows: Iterable[Mapping[str, Any]], *, all_or_nothing: Union[bool, None] = None
    ) -> Reply[list[dict[str, Any]]]:
        """Import many rows."""
        answer: Reply[list[dict[str, Any]]] = self._send(
            "POST", "/imports", params={"all_or_nothing": all_or_nothing}, rows=rows
        )
        return answer

    def read_import(self, import_id: str) -> Reply[ImportOut]:
        """Read an import."""
        answer: Reply[ImportOut] = self._send("GET", f"/imports/{quoted(import_id)}")
        return answer

    def list_suggestions(
        self,
        citizen_id: str,
        *,
        places: Union[int, None] = None,
        language: Union[Language, None] = None,
        depth: Union[Literal["card", "record"], None] = None,
        case: Union[str, None] = None,
    ) -> Reply[ListView]:
        """A citizen's list."""
        answer: Reply[ListView] = self._send(
            "GET",
            f"/citizens/{quoted(citizen_id)}/suggestions",
            params={"places": places, "language": language, "depth": depth},
            headers={"X-Case": case},
        )
        return answer

    def read_suggestion(
        self, citizen_id: str, slot_id: str, *, language: Union[Language, None] = None, case: Union[str, None] = None
    ) -> Reply[ExplainedPlace]:
        """Why, or why not, a place."""
        answer: Reply[ExplainedPlace] = self._send(
            "GET",
            f"/citizens/{quoted(citizen_id)}/suggestions/{quoted(slot_id)}",
            params={"language": language},
            headers={"X-Case": case},
        )
        return answer

    def read_without_place(
        self, citizen_id: str, *, language: Union[Language, None] = None, case: Union[str, None] = None
    ) -> Reply[WithoutPlaceView]:
        """Why a citizen has no place."""
        answer: Reply[WithoutPlaceView] = self._send(
            "GET",
            f"/citizens/{quoted(citizen_id)}/without-place",
            params={"language": language},
            headers={"X-Case": case},
        )
        return answer

    def list_candidates(
        self,
        slot_id: str,
        *,
        places: Union[int, None] = None,
        language: Union[Language, None] = None,
        depth: Union[Literal["card", "record"], None] = None,
        case: Union[str, None] = None,
    ) -> Reply[CandidatesView]:
        """Citizens whom a slot fits."""
        answer: Reply[CandidatesView] = self._send(
            "GET",
            f"/slots/{quoted(slot_id)}/candidates",
            params={"places": places, "language": language, "depth": depth},
            headers={"X-Case": case},
        )
        return answer

    def list_openings(
        self,
        citizen_id: str,
        *,
        slot_id: Union[str, None] = None,
        places: Union[int, None] = None,
        language: Union[Language, None] = None,
        case: Union[str, None] = None,
    ) -> Reply[OpeningsView]:
        """What would open a place."""
        answer: Reply[OpeningsView] = self._send(
            "GET",
            f"/citizens/{quoted(citizen_id)}/openings",
            params={"slot_id": slot_id, "places": places, "language": language},
            headers={"X-Case": case},
        )
        return answer

    def list_needs(
        self, *, most: Union[int, None] = None, confirm: Union[int, None] = None, language: Union[Language, None] = None
    ) -> Reply[NeedsView]:
        """Needs that nobody covers."""
        answer: Reply[NeedsView] = self._send(
            "GET", "/needs", params={"most": most, "confirm": confirm, "language": language}
        )
        return answer

    def start_run(self, body: RunIn, *, idempotency_key: Union[str, None] = None) -> Reply[RunOut]:
        """Plan a night."""
        answer: Reply[RunOut] = self._send("POST", "/runs", headers={"Idempotency-Key": idempotency_key}, body=body)
        return answer

    def list_runs(
        self, *, state: Union[RunState, None] = None, after: Union[str, None] = None, limit: Union[int, None] = None
    ) -> Reply[PageRunOut]:
        """List runs."""
        answer: Reply[PageRunOut] = self._send("GET", "/runs", params={"state": state, "after": after, "limit": limit})
        return answer

    def read_run(self, run_id: str) -> Reply[RunOut]:
        """Read a run."""
        answer: Reply[RunOut] = self._send("GET", f"/runs/{quoted(run_id)}")
        return answer

    def list_proposals(
        self,
        run_id: str,
        *,
        after: Union[str, None] = None,
        limit: Union[int, None] = None,
        case: Union[str, None] = None,
    ) -> Reply[PageProposalOut]:
        """List proposals."""
        answer: Reply[PageProposalOut] = self._send(
            "GET",
            f"/runs/{quoted(run_id)}/proposals",
            params={"after": after, "limit": limit},
            headers={"X-Case": case},
        )
        return answer

    def list_unplaced(
        self, run_id: str, *, language: Union[Language, None] = None, case: Union[str, None] = None
    ) -> Reply[list[UnplacedOut]]:
        """List those without a place."""
        answer: Reply[list[UnplacedOut]] = self._send(
            "GET", f"/runs/{quoted(run_id)}/unplaced", params={"language": language}, headers={"X-Case": case}
        )
        return answer

    def decide_proposal(
        self, proposal_id: str, body: DecisionIn, *, idempotency_key: Union[str, None] = None
    ) -> Reply[DecisionOut]:
        """Decide about a proposal."""
        answer: Reply[DecisionOut] = self._send(
            "POST",
            f"/proposals/{quoted(proposal_id)}/decision",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def agree_placement(self, body: PlacementIn, *, idempotency_key: Union[str, None] = None) -> Reply[PlacementOut]:
        """Agree a placement."""
        answer: Reply[PlacementOut] = self._send(
            "POST", "/placements", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def list_placements(
        self,
        *,
        citizen_id: Union[str, None] = None,
        slot_id: Union[str, None] = None,
        status: Union[PlacementStatus, None] = None,
        after: Union[str, None] = None,
        limit: Union[int, None] = None,
        case: Union[str, None] = None,
    ) -> Reply[PagePlacementOut]:
        """List placements."""
        answer: Reply[PagePlacementOut] = self._send(
            "GET",
            "/placements",
            params={"citizen_id": citizen_id, "slot_id": slot_id, "status": status, "after": after, "limit": limit},
            headers={"X-Case": case},
        )
        return answer

    def read_placement(self, placement_id: str, *, case: Union[str, None] = None) -> Reply[PlacementWithHistory]:
        """Read a placement."""
        answer: Reply[PlacementWithHistory] = self._send(
            "GET", f"/placements/{quoted(placement_id)}", headers={"X-Case": case}
        )
        return answer

    def patch_placement(
        self, placement_id: str, body: PlacementPatch, *, if_match: Union[str, None] = None
    ) -> Reply[PlacementOut]:
        """Change a placement."""
        answer: Reply[PlacementOut] = self._send(
            "PATCH", f"/placements/{quoted(placement_id)}", headers={"if-match": if_match}, body=body
        )
        return answer

    def read_fairness(self, run_id: str) -> Reply[FairnessOut]:
        """What a run came to for each group."""
        answer: Reply[FairnessOut] = self._send("GET", f"/runs/{quoted(run_id)}/fairness")
        return answer

    def read_run_record(self, run_id: str, *, case: Union[str, None] = None) -> Reply[RunRecordOut]:
        """What a run was made from."""
        answer: Reply[RunRecordOut] = self._send("GET", f"/runs/{quoted(run_id)}/record", headers={"X-Case": case})
        return answer

    def list_shown(
        self,
        *,
        citizen_id: Union[str, None] = None,
        after: Union[str, None] = None,
        limit: Union[int, None] = None,
        case: Union[str, None] = None,
    ) -> Reply[PageShownListOut]:
        """Lists that were shown."""
        answer: Reply[PageShownListOut] = self._send(
            "GET", "/lists", params={"citizen_id": citizen_id, "after": after, "limit": limit}, headers={"X-Case": case}
        )
        return answer

    def read_shown(self, list_id: str, *, case: Union[str, None] = None) -> Reply[ShownListOut]:
        """A list that was shown."""
        answer: Reply[ShownListOut] = self._send("GET", f"/lists/{quoted(list_id)}", headers={"X-Case": case})
        return answer

    def list_audit(
        self,
        *,
        action: Union[Action, None] = None,
        object_id: Union[str, None] = None,
        actor_id: Union[str, None] = None,
        after: Union[int, None] = None,
        limit: Union[int, None] = None,
    ) -> Reply[PageAuditEntryOut]:
        """Who did what."""
        answer: Reply[PageAuditEntryOut] = self._send(
            "GET",
            "/audit",
            params={"action": action, "object_id": object_id, "actor_id": actor_id, "after": after, "limit": limit},
        )
        return answer

    def list_webhooks(self) -> Reply[list[WebhookOut]]:
        """List webhooks."""
        answer: Reply[list[WebhookOut]] = self._send("GET", "/webhooks")
        return answer

    def create_webhook(self, body: WebhookIn) -> Reply[WebhookCreated]:
        """Add a webhook."""
        answer: Reply[WebhookCreated] = self._send("POST", "/webhooks", body=body)
        return answer

    def read_webhook(self, webhook_id: str) -> Reply[WebhookOut]:
        """Read a webhook."""
        answer: Reply[WebhookOut] = self._send("GET", f"/webhooks/{quoted(webhook_id)}")
        return answer

    def delete_webhook(self, webhook_id: str) -> Reply[None]:
        """Remove a webhook."""
        answer: Reply[None] = self._send("DELETE", f"/webhooks/{quoted(webhook_id)}")
        return answer

    def list_calls(
        self,
        *,
        consultant_id: Union[str, None] = None,
        language: Union[Language, None] = None,
        case: Union[str, None] = None,
    ) -> Reply[OutreachView]:
        """Companies to call next."""
        answer: Reply[OutreachView] = self._send(
            "GET", "/outreach", params={"consultant_id": consultant_id, "language": language}, headers={"X-Case": case}
        )
        return answer

    def add_contact(
        self, company_id: str, body: ContactIn, *, idempotency_key: Union[str, None] = None
    ) -> Reply[ContactOut]:
        """Write down a contact with a company."""
        answer: Reply[ContactOut] = self._send(
            "POST", f"/companies/{quoted(company_id)}/contacts", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def list_contacts(self, company_id: str) -> Reply[list[ContactOut]]:
        """Contacts with a company."""
        answer: Reply[list[ContactOut]] = self._send("GET", f"/companies/{quoted(company_id)}/contacts")
        return answer

    def list_rules(self, *, on: Union[str, None] = None) -> Reply[RulesOut]:
        """List rules."""
        answer: Reply[RulesOut] = self._send("GET", "/rules", params={"on": on})
        return answer

    def preview(self, body: PreviewIn) -> Reply[PreviewOut]:
        """Preview a rule change."""
        answer: Reply[PreviewOut] = self._send("POST", "/rules/preview", body=body)
        return answer

    def change_rules(
        self, body: RuleChangesIn, *, idempotency_key: Union[str, None] = None
    ) -> Reply[list[RuleChangeOut]]:
        """Change rules."""
        answer: Reply[list[RuleChangeOut]] = self._send(
            "POST", "/rules/changes", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def search(self, *, q: str, limit: Union[int, None] = None) -> Reply[list[OccupationView]]:
        """Search occupations."""
        answer: Reply[list[OccupationView]] = self._send("GET", "/occupations", params={"q": q, "limit": limit})
        return answer
