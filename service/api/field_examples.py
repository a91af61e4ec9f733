"""Examples and units of fields whose model says what they are: one line a field, ``name | example | unit``.

As in `field_words.py`, `Model.name` goes before `name`, and an example is JSON. A test holds that every field that is
no object of other fields has an example, and every number a unit.
"""

from typing import Final, NamedTuple

_SHA = '"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"'
_UUID = '"5f1c1f0e-6c1f-4d55-9a43-0d6a1f4ce3a1"'
_DIGESTS: Final = (
    "content_sha256", "hash", "plan", "previous", "result_digest", "rules_id", "snapshot", "RunRecordOut.weights",
    "ShownListOut.weights", "weights_id",
)  # fmt: skip
_IDS: Final = (
    "AccessEntryOut.id", "ContactOut.id", "DecisionOut.id", "ImportOut.id", "WebhookCreated.id", "WebhookOut.id",
    "list_id", "placement_id", "proposal_id", "run_id",
)  # fmt: skip
_LINES: Final = """
ClosedPlacesView.places | 12 | places
LimitView.allowed | 2.0 | as `kind` counts: full-time persons, hours a week, hours or places
LimitView.needs | 0.27 | as `kind` counts: full-time persons, hours a week, hours or places
LimitView.taken | 1.6 | as `kind` counts: full-time persons, hours a week, hours or places
ListView.not_free | 3 | places
NeedView.other_ways | []
PreviewOut.preview_id | "5f1c1f0e-6c1f-4d55-9a43-0d6a1f4ce3a1"
RuleChangesIn.preview_id | "5f1c1f0e-6c1f-4d55-9a43-0d6a1f4ce3a1"
RuleChangesIn.without_preview | "Ændringen er prøvet i testmiljøet."
WithoutPlaceView.examined | 245 | places
WithoutPlaceView.open_places | 2 | places
WithoutPlaceView.proposed | "A0001-1"
FactView.id | "goal"
agreement_id | "A0001"
always_confirm | ["Aftal mentor og første dag med stedet."]
ask | ["Har I plads til én mere fra oktober?"]
ask_first | "Hvor langt må borgeren rejse?"
asked_for | "En plads i køkkenet fra 1. december."
bad | 1 | rows
bounds | {"short_weeks": [1, 26]}
certificates | ["driving_licence_b"]
chance_high | 0.12 | share
chance_median | 0.05 | share
change | {"kind": "switch_off", "rule_id": "own_rule", "valid_from": "2027-01-01"}
changed_at | "2026-10-01T08:00:00Z"
changes | [{"kind": "switch_off", "rule_id": "own_rule", "valid_from": "2027-01-01"}]
citizen_ids | ["B0001"]
CitizenView.goals | ["Køkkenmedhjælper"]
company_ids | ["V001"]
condition | {"hours_from_above": 36}
confidence | 0.8 | share
confirmed_gain | 0.7 | value
confirmed_within | 0.01 | value
created | 98 | rows
danish | "Målgruppe"
dead | 0 | messages
delivered | 12 | messages
description | "Hjælper til i et køkken med opvask, rengøring og enkle forberedelser."
details | {"fields": ["ends_on"]}
ComparisonOut.difference | -0.04 | share
TermDifferenceView.difference | 0.05 | value
effort_text | "Et opkald."
AlternativesOut.eligible | 41 | places
CandidatesView.eligible | 17 | citizens
ListView.eligible | 41 | places
english | "Target group"
errors_left_out | 0 | errors
estimated_gain | 0.9 | value
explanation | {"danish": {"one_line": "Passer til målet om køkken."}}
failed_rules | ["danish_level"]
first_on | "2026-07-01"
fits | true
former_employers_allowed | ["V001"]
gain_text | "0,9 forløb, der passer helt"
gap | 0.004 | share
group | "Køkken- og rengøringshjælp"
ChanceView.high | 0.7 | share
EstimateOut.high | 0.62 | as the measure
hours_per_week | 15 | hours a week
improvement | 0.35 | value
ChangeView.kind | "hours"
NeedView.kind | "agreement"
label | "Køkken, Vestby Plejecenter"
largest | 0.09 | share
last_contact | "Sagde ja til en plads den 1. oktober 2026."
last_error | ""
last_on | "2026-09-30"
letter | "Vi foreslår praktik i køkkenet på Vestby Plejecenter. …"
level | 2 | of the condition
ChanceView.low | 0.3 | share
EstimateOut.low | 0.51 | as the measure
ChanceView.mean | 0.5 | share
EstimateOut.mean | 0.56 | as the measure
EstimateOut.median | 0.55 | as the measure
mechanism | "Samtalerne holder fast i, hvad der er aftalt."
missing | ["Dansk på niveau A2"]
CallView.model | "pre_agreed"
model_name | "Forhåndsaftale"
move | "gains"
must_confirm | ["Lederen bekræfter, at der er et roligt sted."]
n | 17 | number in order
next | "B0100"
next_best | [{"slot_id": "A0001-1", "heading": "Køkken, Vestby Plejecenter", "worth": 0.41}]
not_again | ["B0002"]
note | "Højst to personer ad gangen."
number | 3 | number in order
occupation | "http://data.europa.eu/esco/occupation/90f75f67-495d-49fa-ab57-2f320e251d7e"
one_line | "Passer til målet om køkken og til timerne."
open | ["travel"]
ordinary_employees_by_month | [41, 40, 40, 39]
origin | "law"
other_names | ["Opvasker"]
override | {"roles": ["job_consultant"], "asks": "hvorfor stedet er rigtigt for borgeren"}
parameters | {"short_weeks": 4}
RunRecordOut.parameters | {"on": "2026-10-01", "seed": 0}
ShownListOut.parameters | {"places": 10, "language": "da", "needs": true}
phases | 8 | phases
phases_done | 4 | phases
place | "Køkken, Vestby Plejecenter"
place_after | "Køkken, Vestby Plejecenter"
place_before | "Lager, Vestby Trælast"
placed | 1 | citizens
placement | "Praktik i køkkenet på Vestby Plejecenter, til 31. december 2026."
practical | "15 timer om ugen fra 1. december 2026, cirka 25 minutter med bus."
ExplanationView.price | 0.31 | value
price_text | "Nogle andre får også meget ud af pladsen."
problem | "er ikke et id"
SupportView.problem | "attendance"
profile | "qualification"
read_by | ["travel"]
reason | "Borgeren er tryg ved stedet."
reasons_against | ["Rejsetiden er lang."]
reasons_for | ["Opgaverne passer til målet om køkken."]
required | ["dish_washing"]
result | {"places": [{"slot_id": "A0001-1", "value": 0.82, "price": 0.31}]}
row | 17 | number in order
rows_done | 99 | rows
rows_total | 100 | rows
run_ids | ["5f1c1f0e-6c1f-4d55-9a43-0d6a1f4ce3a1"]
seed | 0 | none
setting | "company_centre"
severity | "closes"
slot_after | "A0001-1"
slot_before | "A0002-1"
source | "BEK 2636 af 28/12/2021 § 65"
statement | "Højst én i praktik eller løntilskud for hver fem ordinært ansatte."
status | 422 | none
sub_goal | "Ansvarlighed og stabilitet"
ProposalOut.support | [{"problem": "attendance", "support": "en fast kontaktperson med ugentlige samtaler"}]
SupportView.support | "en fast kontaktperson med ugentlige samtaler"
support_texts | ["Kontaktperson med samtale hver uge."]
target_groups | ["activity_ready"]
taught | ["cold_kitchen"]
tasks | ["Opvask", "Anretning"]
text | "Opgaverne passer til målet om køkken."
texts | ["38 ordinært ansatte giver plads til 7."]
time_limit_s | 30 | seconds
unchanged | 0 | rows
unit | "minutter"
unplaced | "Alle pladser, der passer, er givet til andre."
updated | 1 | rows
upper_bound | 70.16 | value
uri | "http://data.europa.eu/esco/occupation/90f75f67-495d-49fa-ab57-2f320e251d7e"
ExplanationView.value | 0.82 | value
FactView.value | 25 | as the fact's `unit`
RunOut.value | 70.08 | value
value_difference | -0.06 | value
versions | {"program": "0.9.0", "rules": "2026-07-01"}
waiting | 0 | messages
weights | "Standardvægte"
why | "To borgere passer til pladsen, og stedet sagde ja sidst."
wishes_against | ["V002"]
wishes_for | ["V001"]
work_agreement | {"functions": ["dish_washing"], "call_on_absence": "Lederen af køkkenet"}
worksite | "Vestby Plejecenter"
worth_difference | -0.02 | value
worth_now | 0.41 | value
"""


class Example(NamedTuple):
    """An example as JSON, and the unit, empty where there is none."""

    example: str
    unit: str = ""


def _read() -> dict[str, Example]:
    found = dict.fromkeys(_DIGESTS, Example(_SHA)) | dict.fromkeys(_IDS, Example(_UUID))
    for line in filter(None, _LINES.splitlines()):
        name, *rest = (part.strip() for part in line.split(" | "))
        if name in found:
            raise ValueError(f"{name} has two examples")
        found[name] = Example(*rest)
    return found


EXAMPLES: Final = _read()
"""By `Model.name` or `name`."""


def example_of(model: str, name: str) -> Example:
    """The example of a field of a model; an empty one where there is none."""
    return EXAMPLES.get(f"{model}.{name}") or EXAMPLES.get(name) or Example("")
