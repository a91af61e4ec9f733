"""The chain of who did what: whatever is changed, removed or written anew shows."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.audit_chain import NO_ENTRIES, START, Action, AuditEntry, Fault, Head, verify
from service.cli_audit import ACTIONS, FAULTS

WHEN = datetime(2026, 10, 1, 2, 0, 7, 120_000, tzinfo=UTC)
Details = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.one_of(st.integers(), st.booleans(), st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)),
    max_size=3,
)


def an_entry(n: int, previous: str, **changes: Any) -> AuditEntry:
    values: dict[str, Any] = {
        "municipality": "0760",
        "n": n,
        "at": WHEN + timedelta(seconds=n),
        "actor_id": "karen",
        "actor_role": "job_consultant",
        "channel": "page",
        "action": Action.PROPOSAL_DECIDED.value,
        "object_kind": "proposal",
        "object_id": f"p-{n}",
        "details": {"verdict": "held"},
        "previous": previous,
    }
    entry = AuditEntry(**(values | changes))
    return replace(entry, hash=entry.computed_hash())


def a_chain(length: int, details: list[dict[str, Any]] | None = None) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for n in range(1, length + 1):
        more = {} if details is None else {"details": details[n - 1]}
        entries.append(an_entry(n, entries[-1].hash if entries else START, **more))
    return entries


def test_the_hash_is_the_one_that_the_documentation_says() -> None:
    entry = an_entry(1, START, details={"ord": "æøå", "antal": 2})
    content = {name: value for name, value in entry.as_record().items() if name != "hash"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == entry.hash
    assert content["at"] == "2026-10-01T02:00:08.120000Z"


@given(st.lists(Details, max_size=6))
def test_an_untouched_chain_holds(details: list[dict[str, Any]]) -> None:
    chain = a_chain(len(details), details)
    found = verify(chain)
    assert (found.broken, found.fault, found.entries) == (None, None, len(chain))
    assert found.head == (Head(len(chain), chain[-1].hash) if chain else NO_ENTRIES)
    assert verify(chain, found.head) == found


CHANGES: list[dict[str, Any]] = [
    {"actor_id": "anders"},
    {"actor_role": "team_lead"},
    {"channel": "api"},
    {"action": "rules.changed"},
    {"object_kind": "run"},
    {"object_id": "p-9"},
    {"details": {"verdict": "approved"}},
    {"details": {}},
    {"details": {"verdict": 0.5}},
    {"at": WHEN},
    {"municipality": "0671"},
    {"hash": "0" * 64},
]


@given(st.integers(1, 6), st.integers(0, 5), st.sampled_from(CHANGES))
def test_any_change_of_any_entry_is_found_there(length: int, index: int, change: dict[str, Any]) -> None:
    chain = a_chain(length)
    at = index % length
    chain[at] = replace(chain[at], **change)
    found = verify(chain)
    assert (found.broken, found.fault) == (at + 1, Fault.ALTERED)
    assert found.entries == at


@given(st.integers(2, 6), st.integers(0, 5))
def test_an_entry_that_was_written_anew_with_its_hash_breaks_the_next(length: int, index: int) -> None:
    chain = a_chain(length)
    at = index % (length - 1)
    changed = replace(chain[at], actor_id="anders")
    chain[at] = replace(changed, hash=changed.computed_hash())
    assert (verify(chain).broken, verify(chain).fault) == (at + 2, Fault.UNCHAINED)


@given(st.integers(2, 6), st.integers(0, 5))
def test_a_removed_entry_is_missed(length: int, index: int) -> None:
    chain = a_chain(length)
    at = index % (length - 1)
    del chain[at]
    assert (verify(chain).broken, verify(chain).fault) == (at + 1, Fault.MISSING)


@given(st.integers(1, 6), st.integers(0, 5))
def test_a_kept_head_shows_that_the_end_was_cut_off(length: int, left: int) -> None:
    chain = a_chain(length)
    head = verify(chain).head
    rest = chain[: left % length]
    assert verify(rest).fault is None
    assert (verify(rest, head).broken, verify(rest, head).fault) == (len(rest) + 1, Fault.MISSING)


def test_a_kept_head_shows_that_the_whole_chain_was_written_anew() -> None:
    kept = verify(a_chain(3)).head
    anew = a_chain(5, [{"verdict": "approved"}] * 5)
    assert verify(anew).fault is None
    assert (verify(anew, kept).broken, verify(anew, kept).fault) == (3, Fault.NOT_AS_KEPT)
    assert verify(a_chain(5), kept).fault is None
    assert verify(a_chain(5), NO_ENTRIES).fault is None


@pytest.mark.parametrize(
    "build",
    [
        lambda: {"share": 0.5},
        lambda: {"on": WHEN},
        lambda: {"ø": 1},
        lambda: {"inside": [{"share": 0.5}]},
        lambda: {"text": "\ud800"},
    ],
)
def test_what_has_no_canonical_form_is_refused(build: Callable[[], dict[str, Any]]) -> None:
    with pytest.raises((TypeError, ValueError)):
        an_entry(1, START, details=build())


def test_a_head_reads_back() -> None:
    head = Head(17, "a1" * 32)
    assert Head.parse(f" {head}\n") == head
    for text in ("", "17", "17:", f"x:{'a1' * 32}", f"17:{'a1' * 31}", f"17:{'g1' * 32}", f"-1:{'a1' * 32}"):
        with pytest.raises(ValueError, match="a head is"):
            Head.parse(text)


def test_every_action_and_fault_has_a_danish_name() -> None:
    assert set(ACTIONS) == set(Action)
    assert set(FAULTS) == set(Fault)
