"""All that is kept about one citizen, for the citizen: as JSON, and as a Danish text that can be handed over.

Who read about the citizen is told by role, not by name: the right of access does not as a rule reach the names of
employees who acted on the authority's behalf (EU Court of Justice, C-579/21, 22 June 2023). Who decided is named.
"""

from typing import Any, Final

from service.audit_chain import Action
from service.clock import now
from service.db.audit_repositories import audited
from service.db.personal import AccessEntry, ReadPurpose
from service.db.personal_repositories import AccessLog, CprNumbers
from service.db.purpose import Viewer
from service.db.repositories import Citizens
from service.db.session import SessionFactory, read_only, unit_of_work
from service.db.subject_repositories import lists_about, rows_about, traits_of
from service.problems import NotFound
from service.settings import Settings
from service.use_cases.access_log import Reading, write_down
from service.use_cases.cpr import CprKeys, cpr_of

_ALL: Final = 1_000_000
"""More entries than any citizen's log has."""


def subject_access(
    sessions: SessionFactory, traits: SessionFactory, settings: Settings, citizen_id: str, by: Viewer
) -> dict[str, Any]:
    """Everything about a citizen, as one JSON object; that it was read is in the log. Raises NotFound.

    `traits` are sessions of a user who may read protected traits (TraitsOutOfReach where that user may not).
    """
    municipality = settings.municipality
    reading = Reading()
    reading.about(ReadPurpose.SUBJECT_ACCESS, [citizen_id])
    with read_only(sessions) as session:
        if not Citizens(session, municipality).known([citizen_id]):
            raise NotFound
        kept = CprNumbers(session, municipality).get(citizen_id)
        cpr = cpr_of(session, municipality, CprKeys.of(settings), citizen_id) if kept else None
        rows = rows_about(session, municipality, citizen_id)
        lists = list(lists_about(session, municipality, citizen_id))
        entries = AccessLog(session, municipality).of_citizen(citizen_id, limit=_ALL)
    with read_only(traits) as session:
        rows |= {"protected_traits": traits_of(session, municipality, citizen_id)}
    with unit_of_work(sessions) as session:
        audited(session, municipality, Action.CITIZEN_EXPORTED, "citizen", citizen_id, actor=by)
    write_down(sessions, municipality, by, reading)
    return {
        "municipality": municipality,
        "citizen_id": citizen_id,
        "made_at": now().isoformat(),
        "cpr": cpr,
        "rows": {name: found for name, found in sorted(rows.items()) if found},
        "shown_lists": lists,
        "reads": [_read(entry) for entry in reversed(entries)],
    }


def _read(entry: AccessEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "role": entry.viewer.role.value,
        "channel": entry.viewer.channel.value,
        "purpose": entry.purpose.value,
        "case": entry.case,
    }
