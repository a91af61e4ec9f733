"""What each field of the API says, where its model does not say it itself: one line a field.

``name | description | unit | example``; `Model.name` goes before `name`. An example is JSON. A test holds that every
field of the API is described, so a new field is described at its model or here.
"""

from dataclasses import dataclass
from typing import Final

_LINES: Final = """
about | whom or what the fact is of: citizen, slot or pair | | "citizen"
accommodations | what the workplace must or should offer; functional needs, never a diagnosis
actor | who can make the change | | "consultant"
actor_name | who can make the change, in words | | "jobkonsulenten"
after | with the changes
agreement | what kind of agreement the place belongs to, in words | | "Fast aftale"
agreement_id | the agreement that it is about | | "A0001"
alternatives | other places, best first
always_confirm | what is confirmed by people before every start
answer | what the company answered
ChanceView.answers | answers that the chance is estimated from | answers | 12
applies | whether the term has anything to say about the pair
ask | what to ask the company, in words
asked_by | who asked for it
asked_for | what the company was asked for, in words
attendance_stability | agreed attendances that are kept; chooses support, never a penalty | share | 0.8
available_from | first day that the citizen can start | date | "2026-10-01"
before | without the changes
WantedView.better | those of them who would gain more than this one | citizens | 1
breadth | how many different job functions can be tried: 0 one task, 1 very broad | share | 0.5
by_centre | places by company centre: running and proposed
by_model | places by kind of agreement: running and proposed
calls | companies to call, the largest expected gain an hour first
can_be_switched_off | whether the municipality may switch the rule off
candidates | citizens whom the slot fits, best first
capacity | citizens that the slot takes at a time | places | 2
certificates | codes of the catalogue: held by the citizen, or required by the slot
chance | chance that the company says yes, with its 90 % interval
chance_high | 95th percentile of the largest differences that chance makes
chance_median | median of the largest differences that chance makes
PlacementEventOut.change | what happened to the placement
change | the change as it was written
changed_at | when it was changed | UTC
changed_by | id of the person who decided it | | "karen"
OpeningView.changes | what is changed, all of it together
RulesOut.changes | the municipality's own changes, the latest first
changes | citizens whose proposal would be another place | citizens | 3
channel | where it was asked: the pages, the API or the command line
citizen | the citizen that it is about
citizen_id | the citizen, by the case system's id | | "B0001"
citizen_ids | the citizens in it, by the case system's ids
citizens | how many citizens it is about; null where the number is too small to be shown | citizens | 12
company | the company's name | | "Nordhavn Køkken"
company_id | the company, by the case system's id | | "V001"
company_ids | the companies of the agreement; several share places in a cluster
comparisons | each group against the others
competences | job functions that the citizen can do
completed | whether the placement was completed
condition | the condition that is needed or demanded; one vocabulary for both sides
confirmed_gain | gain seen when the plan was made again; null where it was not | value
confirmed_within | how far from the best plan the confirmation can be | value
consultant | the job consultant's name | | "Karen Konsulent"
consultant_id | the job consultant, by id | | "K01"
consultants | hours of each consultant for calls
contacted_on | day of the contact | date
contribution | weight times value: what the term adds to the pair's value | value | 0.12
EstimateOut.count | people that the estimate is of | citizens | 40
cvr | CVR number of the company, eight digits | | "10000009"
danish | in Danish
danish_level | level of Danish on the CEFR scale: 0 none, 1 A1, 2 A2, 3 B1, 4 B2, 5 C1 | level
days | days of the week: 0 Monday to 6 Sunday
decided_at | when it was decided | UTC
decided_by | id of the person who decided | | "karen"
decision | the decision that holds; null where none was made
demands | what the place demands and what its surroundings are like
description | what it is, in words
ProblemOut.detail | what to do; names fields, never what was sent | | "it exists: send its ETag as If-Match"
details | what else was noted, by name
TermDifferenceView.difference | the other place's contribution less this one's | value
difference | the group's figure less the others' | as the measure
differences | citizens whose proposal would be another
dimension | what people are grouped by | | "target_group"
dimensions | the ways of grouping
earlier_placements | earlier placements and how they ended
effort | how much work the change is, 1 the least | steps | 1
effort_text | the effort in words
eligible | whether every rule lets the pair through
eligible_pairs | pairs of citizen and slot that every rule lets through | pairs | 4200
ended_on | last day; null while it runs | date
RestView.ends_on | day from which the company may be asked again | date
ends_on | last day; null where none is set | date
english | in English
errors | the fields that are wrong, each with problem and fix
estimated_gain | gain estimated from the plan's prices | value
estimates | figures by measure; null where the group is too small to be shown
everybody | figures of everybody
exceeds_chance | whether the difference is larger than chance makes, corrected for all comparisons (Holm)
explanation | the reasons, rule by rule and term by term
facts | the facts that the reasons rest on
failed_rules | ids of the rules that close the place | | ["travel"]
field | path of the field | | "goals[0].text"
first_on | first day of the runs | date
fits | citizens whom the company's places fit | citizens | 4
fix | what to write instead | | "write a number between 0 and 168"
form | form of employment
former_employers_allowed | former employers where the citizen may be placed, by a consultant's permission
from_on | first day of the step | date
due_on | day that the sub-goal is to be reached | date
reached_on | day that it was reached; null while it is not | date
functions | job functions to be mastered, codes of the catalogue
sub_goals | measurable sub-goals (delmål)
WorkAgreement.hours | hours step by step
call_on_absence | whom to call on absence
mentor_id | the mentor at the worksite; null where none is named | | "M1"
from_minutes | earliest time of day, after midnight | minutes | 480
function | job function, a code of the catalogue | | "kitchen"
gain | what is gained, in the plan's measure | value | 0.4
gain_text | the gain in words
gain_per_hour | expected gain for each hour of calls | value an hour | 0.3
gains | citizens who would get a proposal | citizens | 2
gap | how far from the best plan it can be: (upper_bound - value) / upper_bound | share | 0.001
goals | job goals, the most important first
group | the group's code | | "activity_ready"
group_need | functional need about who else is at the worksite
groups | the groups
has_traits | whether protected traits were at hand
heading | the place in a few words | | "Køkkenmedhjælper, Nordhavn Køkken"
high | upper end of the interval
history | what happened to it, oldest first
home | where the citizen lives, where it is known better than by the postcode
home_postcode | Danish postcode of the home | | "6900"
CallView.hours | hours of work that the call is expected to take | hours | 1.5
HoursView.hours | hours a week that the consultant has for calls | hours a week | 12
hours_from | hours at the start | hours a week | 10
hours_now | hours that the citizen can work now | hours a week | 8
hours_per_week | hours | hours a week | 10
hours_target | hours that are aimed at | hours a week | 20
hours_to | hours at the end | hours a week | 20
ContactOut.id | the contact's id
DecisionOut.id | the decision's id
CompanyMentor.id | the mentor, by the case system's id | | "M1"
FactView.id | the fact's code
id | the id, the case system's own or a UUID; never a CPR number | | "B0001"
in_placement | citizens who are in a placement already | citizens | 120
industry | industry of the company, DB07 code | | "561110"
input_hash | SHA-256 of what the plan was made from
isco08 | ISCO-08 group of the occupation | | "9412"
items | the values of this page
kind | what kind it is
known | whether the fact is known; an unknown one closes no place
known_share | how much of what the term reads is known | share | 0.9
knows_workplace_rules | whether the citizen knows the basic rules of a workplace; null where that is not known
label | what it is called
language | language of the texts: da or en
largest | the largest difference between groups | as the measure
last_contact | the last contact with the company, in words; null where there was none
last_on | last day of the runs | date
latitude | WGS84 | degrees | 56.09
query.limit | how many at most on a page
lead_time_days | days that the company needs before a start | days | 14
learnt_at | where the competence was learnt, in words | | "skolekøkken"
left | hours left for further calls | hours a week | 3.5
Competence.level | 1 with guidance, 2 alone, 3 can teach others
Demand.level | how strong the demand is, in the condition's unit
limit | at most this for a burden, at least this for an offer, in the condition's unit | as the condition | 5
longest_travel_minutes | longest way to work, one way | minutes | 45
longitude | WGS84 | degrees | 8.24
loses | citizens who would lose a proposal | citizens | 1
low | lower end of the interval
mean | the mean or rate
measure | the measure's code | | "placed"
measures | what each measure is called
mechanism | how the support works, in words
median | the median, where it is a mean
mentor_hours_per_week | mentor hours that the citizen needs | hours a week | 2
mentors | company mentors at the worksite
missing | what is missing for the place, in words
model | kind of agreement: fixed, pre-agreed, ad hoc or cluster
model_name | kind of agreement, in words
more_placed | citizens more with a place when the plan was made again; null where it was not | citizens | 1
municipality | code of the municipality | | "0760"
must_confirm | what is confirmed by people before the start, in words
ReasonCount.text | the reason in words
name | the name | | "Anna Prøve"
near_misses | places that one or few rules close, nearest first
NeedsView.needs | what would help most, best first
next | give it as `after` to read on; null at the end
next_contact_on | day from which the company may be asked again | date
not_again | citizens whom the company will not take again
note | in words, for the consultant
null_checks | each dimension's largest difference beside what chance makes
number | number of the change, from 1 | | 3
occupation | address of an ESCO occupation, confirmed by a consultant; null where the text says it all
on | the day that it holds on | date
one_line | the reasons in one sentence
open | whether the term rests on something that is not known
openings | the changes, best first
ordinary_employees | employees of 18 and over without public subsidy; average of 4 months | full-time persons | 24
ordinary_employees_by_month | ordinary employees of the last 12 months, newest first | full-time persons
other_ways | other ways to cover the same need, for the same citizens at the same places: one is enough
other_names | other names of the occupation
others_waiting | further citizens whom the places fit | citizens | 3
outcome | how the placement ended; null while it runs
outdated | the common rules no longer allow the change, and it counts for nothing
outlook | outlook for ordinary hours afterwards | share | 0.3
outreach_hours | hours that it takes to approach the company | hours | 2
override | who may set the rule aside for one pair, and what the reason must say; null where nobody may
p_number | P-number of the worksite, ten digits | | "1000000008"
p_value | chance of a difference this large where groups do not matter | share | 0.2
RunRecordOut.parameters | what it was made with
parameters | the rule's figures by name
passed | whether the pair keeps the rule
people | citizens whom the call is for
place | the place
place_after | the place with the changes, in words
place_before | the place without the changes, in words
PlaceUse.places | places that there are | places | 4
SlotAgreement.places | places that the agreement's slots share; null where each slot has its own | places | 4
places | the places, best first
placed | citizens with a proposal | citizens | 300
placement | that a placement runs or is planned already, in words
planned_on | the day that the plan is made for | date
position | where the worksite is
postcode | Danish postcode | | "6900"
practical | hours, start and travel in words
price | what the place is worth to others: its shadow price in the plan | value | 0.2
price_text | the price in words
FieldErrorOut.problem | what is wrong, never the value itself | | "is missing"
problem | the problem that the support is for
profile | target-group profile (målgruppeprofil)
proposal_id | the proposal
proposals | proposals that the plan has | proposals | 300
PlaceUse.proposed | places that the run proposes somebody for | places | 1
proposed | whether the latest run proposes this pair
purpose | what the list was for
quality | how good the plan is beside its value; null in runs from before this was written down
quarter | the quarter of the runs; null for one run | | "2026-Q4"
read_by | ids of the rules and terms that read the fact
NightCounts.reasons | citizens without a place, by reason
UnplacedOut.reason | code of the reason | | "no_place_left"
reason | why, in the person's own words | | "Aftalt med borgeren."
reasons | the reasons
reasons_against | what speaks against the place, in words
reasons_for | what speaks for the place, in words
recorded_at | when it was written down | UTC
recorded_by | id of the person or system that wrote it down | | "karen"
request_id | finds the request in the log | | "5f0c6d1e9a"
required | job functions that must be mastered at the start, codes of the catalogue
resting | companies that are not asked for now
role | role of the caller
rules | the rules
rules_id | SHA-256 of the rules that held
run_id | the run; null where there is none yet
run_ids | the runs
running | places in use by running placements | places | 3
schedule | days and times
seed | seed of the plan: the same input and seed give the same plan | | 0
setting | setting of the slot
shown_at | when it was shown | UTC
shown_to | who saw it
similarity | how alike the text and the occupation are | share | 0.8
slot_after | the slot with the changes
slot_before | the slot without the changes
slot_id | the slot, by the case system's id | | "P0001"
slots | the slots that the agreement offers
source | where it is from: law, guidance, practice or agreement
started_on | first day | date
starts_on | first day | date
statement | what the rule says
statement_confirmed_on | day that the employer and the employees' representative confirmed the written statement | date
statements | what the figures say, in sentences
ProblemOut.status | HTTP status | | 422
ContactOut.kind | how the company was contacted
RunOut.status | what the solver says of the plan: optimal or feasible
status | how far it has come
strength | must (the place is impossible without it) or should (it fits less)
sub_goal | the sub-goal (delmål) that the support leads to
SupportView.support | the support
support | parallel support that the citizen may need beside the placement
support_problems | what gives reason for parallel support
support_texts | parallel support, in words
supported_full_time_persons | people in placement, wage subsidy and nytteindsats, hours / 37 | full-time persons | 1.5
target_group | code of the target group, as the law has it on the day | | "activity_ready"
target_groups | target groups that the slot is for; empty = all
tasks | what is done there, in words
taught | job functions that are taught there, codes of the catalogue
terms | the terms of the score, each with weight and value
text | in words
texts | what the rule says about this pair, in words
ProblemOut.title | the problem in a few words | | "Invalid input"
title | what the place is called | | "Køkkenmedhjælper"
to_confirm | whether people have to confirm what the rule asks
to_minutes | latest time of day, after midnight | minutes | 900
tolerated_attendance | lowest share of attendances that the workplace can live with | share | 0.6
trained | whether the mentor has been on the mentors' course
travel_modes | ways of travelling that the citizen can use
ProblemOut.type | address of the problem's type; stable | | "/problems/invalid-input"
unit | unit of the fact's value; empty where it has none
ListView.unplaced | why the plan has no place for the citizen, in words
unplaced | citizens without a place | citizens | 40
upper_bound | no plan is worth more than this | value | 312.5
used | hours that the calls take | hours a week | 8.5
valid_from | first day that it holds | date
valid_to | last day that it holds; null where none is set | date
FactView.value | the fact's value
TermView.value | how well the pair fits in this term | share | 0.8
value | how well it fits: the sum of the terms' contributions; of a plan, the sum over its pairs | value | 0.71
value_difference | the other place's value less this one's | value
verdict | what was decided: approved, held or rejected
versions | versions of program, rules, weights and libraries
waiting | citizens who wait for a place | citizens | 40
waiting_since | first day of the wait | date
WantedView.want | other citizens who would gain by the place | citizens | 3
wanted | whether the place is among the citizen's wishes
was_employed | whether it was ordinary employment
weight | weight of the term; the weights sum to 1 | share | 0.15
weights | which weights it was made with
weights_id | SHA-256 of the weights
why | why the company is called, in words
wishes_against | companies that the citizen wishes not to go to
wishes_for | companies that the citizen wishes to go to
with_a_place | citizens with a proposal or a placement | citizens | 420
work_agreement | work agreement (arbejdsaftale): functions, sub-goals, hours, mentor; null where none is made yet
worksite | the worksite's name
worksite_id | the worksite, by the case system's id | | "V001-1"
worksites | the worksites, each with a P-number: legal limits count per worksite
worth | value less price | value | 0.5
worth_difference | the other place's worth less this one's | value
counts | what the plan came to, in numbers
created_at | when it was made | UTC
result | what it came to
list_id | the list that was shown, as in the header `X-List-Id`
placement_id | the placement
all_or_nothing | take every row or none; false: take the good ones
"""


@dataclass(frozen=True, slots=True)
class FieldWords:
    """What is said of a field. `unit` is empty where there is none; `example` is JSON, empty where there is none."""

    description: str
    unit: str = ""
    example: str = ""


def _read(lines: str) -> dict[str, FieldWords]:
    found: dict[str, FieldWords] = {}
    for line in filter(None, lines.splitlines()):
        name, *words = (part.strip() for part in line.split("|"))
        if name in found:
            raise ValueError(f"{name} is described twice")
        found[name] = FieldWords(*words)
    return found


FIELD_WORDS: Final = _read(_LINES)
"""By `Model.name` or `name`."""
UNITS: Final = (
    ("_hours_per_week", "hours a week"),
    ("_minutes", "minutes"),
    ("_days", "days"),
    ("_hours", "hours"),
    ("_share", "share"),
    ("_seconds", "seconds"),
    ("_on", "date"),
    ("_at", "UTC"),
)
"""Units by how a name ends."""


def words_of(model: str, name: str) -> FieldWords | None:
    """What is said of a field of a model; None where nothing is."""
    return FIELD_WORDS.get(f"{model}.{name}") or FIELD_WORDS.get(name)
