"""Lists that were shown: to whom, when, about whom and made from what; who has read about a citizen; and replays."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import Response

from service.clock import day_in_utc
from service.db.personal import AccessEntry, ReadPurpose
from service.db.place_lists import PlaceLists
from service.db.purpose import ShownList
from service.db.record_repositories import RunRecords, ShownLists
from service.db.repositories import Citizens
from service.dependencies import ReadingOf, ServicesOf, View
from service.identity.access import AUDITS
from service.problems import NotFound
from service.use_cases.access_log import access_log_of
from service.use_cases.discretion import result_without_needs
from service.use_cases.replay import Replayer
from service.web.administration import labels
from service.web.administration.jobs import Job, JobKind, JobsOf
from service.web.administration.progress import progress_page
from service.web.administration.rules import known_rules, names_of
from service.web.administration.searching import Search, address_of, read_search
from service.web.administration.sections import section_page
from service.web.session import SignedIn, reads, sends
from service.web.sign_in import see

router = APIRouter(prefix="/administration")
LINES: Final = 50
MOST_READS: Final = 50
Looking = Annotated[SignedIn, Depends(reads(AUDITS))]
Sending = Annotated[SignedIn, Depends(sends(AUDITS))]
RecordId = Annotated[str, Path(max_length=64)]


@router.get("/visninger")
def list_shown(
    request: Request,
    user: Looking,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    dag: Annotated[date | None, Query()] = None,
    af: Annotated[str, Query(max_length=64)] = "",
    om: Annotated[str, Query(max_length=64)] = "",
    efter: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """The lists that were shown, newest first; of a citizen also who else has read about the person."""
    lists = ShownLists(view, user.caller.municipality)
    since, until = day_in_utc(dag) if dag else (None, None)
    found = lists.page(
        citizen_id=om or None,
        viewer_id=af or None,
        since=since,
        until=until,
        before=lists.get(efter) if efter else None,
        limit=LINES + 1,
    )
    reading.about(ReadPurpose.RECORDS, [id_ for one in found[:LINES] for id_ in one.citizen_ids])
    search = Search(dag, af, om)
    reads_of: tuple[AccessEntry, ...] = ()
    if om and Citizens(view, user.caller.municipality).known([om]):
        reads_of = access_log_of(view, user.caller.municipality, om, limit=MOST_READS)
    return section_page(
        request,
        "records.html",
        user,
        "records",
        lists=found[:LINES],
        next=address_of("/administration/visninger", search, efter=found[LINES - 1].id) if len(found) > LINES else None,
        search=search,
        reads=reads_of,
        names=names_of(services.settings, user.caller),
        labels=labels,
        after=efter,
    )


@router.post("/visninger/soeg", dependencies=[Depends(sends(AUDITS))])
def search_shown(
    dag: Annotated[str, Form(max_length=20)] = "",
    af: Annotated[str, Form(max_length=100)] = "",
    om: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Look for lists. What may be a name or a CPR number never comes into an address."""
    return see(address_of("/administration/visninger", read_search(dag, af, om)))


@router.get("/visninger/{list_id}")
def show_list(
    request: Request, list_id: RecordId, user: Looking, view: View, services: ServicesOf, reading: ReadingOf
) -> Response:
    """One list: for what, who saw it, made from what, and what it came to."""
    found = ShownLists(view, user.caller.municipality).get(list_id)
    reading.about(ReadPurpose.RECORDS, found.citizen_ids)
    lines = _lines(found, needs=user.caller.sees_needs)
    return section_page(
        request,
        "record.html",
        user,
        "records",
        found=found,
        lines=lines,
        places=PlaceLists(view, user.caller.municipality, services.today).names(
            [found.slot_id or "", *(str(one.get("slot_id") or "") for one in lines)]
        ),
        known=known_rules(view, user.caller.municipality),
        names=names_of(services.settings, user.caller),
        labels=labels,
    )


def _lines(found: ShownList, *, needs: bool) -> list[Mapping[str, Any]]:
    """The lines of a list that name a place or a citizen, as they were written down."""
    result = found.result if needs else result_without_needs(found.result)
    held = [one for value in result.values() if isinstance(value, list | tuple) for one in value]
    lines = [one for one in (held or [result]) if isinstance(one, Mapping)]
    return [one for one in lines if "slot_id" in one or "citizen_id" in one]


@router.post("/genskab/{record_id}")
def replay(record_id: RecordId, user: Sending, view: View, services: ServicesOf, jobs: JobsOf) -> Response:
    """Begin to make a run or a list again from what was written down, to compare them."""
    municipality = user.caller.municipality
    try:
        RunRecords(view, municipality).get(record_id)
    except NotFound:
        ShownLists(view, municipality).get(record_id)
    job = Job(municipality, JobKind.REPLAY, record_id, 1)

    def work(_phase: object) -> object:
        with job.entered("plan"):
            return Replayer(services.sessions, municipality, services.match_inputs.taxonomy).replay(record_id)

    jobs.start(job, work)
    return see(f"/administration/genskabt/{job.id}")


@router.get("/genskabt/{job_id}")
def show_replay(request: Request, job_id: Annotated[str, Path(max_length=64)], user: Looking, jobs: JobsOf) -> Response:
    """How far a replay is, or what it came to."""
    job = jobs.get(user.caller.municipality, job_id, JobKind.REPLAY)
    if job.result is None:
        back = f"/administration/visninger/{job.asked}"
        return progress_page(request, user, job, "records", f"/administration/genskabt/{job.id}", back=back)
    return section_page(request, "replay.html", user, "records", found=job.result, labels=labels)
