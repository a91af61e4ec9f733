"""Any domain value survives JSON; any other JSON is refused by field, and never crashes."""

import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from service.codec import CODECS
from service.problems import FieldError, InvalidInput
from service.use_cases.import_ndjson import NdjsonFile
from service.use_cases.import_report import KINDS, RowError, UnreadableFile
from service.use_cases.import_wording import danish
from tests.strategies import World, worlds

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _values(world: World) -> list[tuple[str, Any]]:
    kinds = {
        "consultant": world.consultants,
        "company": world.companies,
        "citizen": world.citizens,
        "agreement": world.agreements,
        "placement": world.placements,
    }
    return [(kind, value) for kind, found in kinds.items() for value in found]


@settings(max_examples=40)
@given(worlds())
def test_any_value_survives_the_way_through_json(world: World) -> None:
    for kind, value in _values(world):
        document = json.loads(json.dumps(CODECS[kind].encode(value), allow_nan=False))
        assert CODECS[kind].decode(document) == value
        assert CODECS[kind].decode_stored(document) == value


@settings(max_examples=40)
@given(worlds(), st.data())
def test_any_other_json_in_a_field_is_the_value_it_says_or_refused_by_name(world: World, data: st.DataObject) -> None:
    kind, value = data.draw(st.sampled_from(_values(world)))
    document = CODECS[kind].encode(value)
    field = data.draw(st.sampled_from(sorted(document)))
    other = {**document, field: data.draw(JSON)}
    read, refused = _read(kind, other)
    assert (read is None) == bool(refused)
    for error in refused:
        assert danish(error.problem) != error.problem
        assert danish(error.fix) != error.fix
    if read is not None:
        assert CODECS[kind].decode(CODECS[kind].encode(read)) == read


def _read(kind: str, document: dict[str, Any]) -> tuple[Any, tuple[FieldError, ...]]:
    try:
        return CODECS[kind].decode(document), ()
    except InvalidInput as refused:
        return None, refused.errors


@given(st.lists(st.binary(max_size=40) | JSON.map(lambda found: json.dumps(found).encode()), max_size=5))
def test_any_bytes_are_lines_or_errors(content: list[bytes]) -> None:
    file = NdjsonFile("any.ndjson", io.BytesIO(b"\n".join(content)))
    errors, unreadable = _scan(file)
    assert bool(unreadable) != bool(errors or file.count())
    assert sum(len(list(file.records(kind))) for kind in KINDS) == file.count()
    assert all(error.problem and error.fix and error.row for error in errors)


def _scan(file: NdjsonFile) -> tuple[list[RowError], str]:
    try:
        return file.scan(), ""
    except UnreadableFile as unreadable:
        return [], unreadable.problem
