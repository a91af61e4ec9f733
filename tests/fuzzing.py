"""Made-up requests from the description of the API, sent as every kind of caller; what is wrong with the answers."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.identity.access import ACCESS, API
from service.settings import Role
from tests.access_world import World, token_of
from tests.serving import ELSEWHERE

CHECKS: Final = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
PATIENCE_SECONDS: Final = 300
"""On a busy machine, a plan takes long; how long is measured elsewhere."""
ODD_VERSIONS: Final = (f'"{"9" * 5000}"', "9" * 30, 'W/"1"', "*", '"-1"')
ODD_NUMBERS: Final = (10**30, 2**63, 0, -1)
ODD_DAYS: Final = ("9999-12-31", "0001-01-01", "2100-12-31", "1900-01-01")
NDJSON: Final = "application/x-ndjson"


@schemathesis.serializer(NDJSON)
def _as_lines(_context: Any, value: Any) -> bytes:
    return str(value).encode("utf-8", "replace")


@dataclass
class Fuzzed:
    """What was seen: answers by operation and status, and everything that was wrong."""

    answers: dict[str, dict[int, int]] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)

    def note(self, operation: str, status: int) -> None:
        """Count an answer."""
        counts = self.answers.setdefault(operation, {})
        counts[status] = counts.get(status, 0) + 1


def fuzz(world: World, *, examples: int) -> Fuzzed:
    """Send so many made-up requests to each operation, each as somebody who may, somebody else or nobody.

    Half of the requests name what exists, so that they come further than to 404.
    """
    found = Fuzzed()
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", world.app)
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        tokens = _tokens(operation.method.upper(), API + operation.path)

        @given(case=operation.as_strategy(), real=st.booleans(), token=st.sampled_from(tokens), odd=st.integers(0, 11))
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def send(case: Any, real: bool, token: str | None, odd: int) -> None:
            if real:
                case.path_parameters = {**case.path_parameters, **_known(world, case)}
            if odd % 3 == 0:
                _put_at_the_edge(case, odd)
            _send(case, token, found)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of how a request was made up
            send()
    return found


def _put_at_the_edge(case: Any, odd: int) -> None:
    """Give versions, page numbers and days of a request values at the ends of what can be written."""
    for name in [name for name in case.headers if name.lower() == "if-match"]:
        case.headers[name] = ODD_VERSIONS[odd % len(ODD_VERSIONS)]
    for name, value in case.query.items():
        if isinstance(value, int):
            case.query[name] = ODD_NUMBERS[odd % len(ODD_NUMBERS)]
    if isinstance(case.body, dict):
        days = [name for name in case.body if name.endswith("_on")]
        case.body = {**case.body, **dict.fromkeys(days, ODD_DAYS[odd % len(ODD_DAYS)])}


def _send(case: Any, token: str | None, found: Fuzzed) -> None:
    for name in list(case.headers):
        if name.lower() == "authorization":
            del case.headers[name]
    answer = case.call(headers={"Authorization": f"Bearer {token}"} if token else {}, timeout=PATIENCE_SECONDS)
    label = case.operation.label
    found.note(label, answer.status_code)
    try:
        case.validate_response(answer, checks=list(CHECKS))
    except FailureGroup as group:
        found.wrong |= {f"{label} {answer.status_code}: {_told(one)}" for one in group.exceptions}
    except Failure as one:
        found.wrong.add(f"{label} {answer.status_code}: {_told(one)}")


def _told(failure: BaseException) -> str:
    return " ".join(str(failure).split())[:400]


def _tokens(method: str, path: str) -> tuple[str | None, ...]:
    """Twice somebody who may, then somebody who may not, somebody of another municipality, somebody unknown, nobody."""
    roles = next(one.roles for one in ACCESS if (one.method, one.path) == (method, path))
    may = [role for role in Role if role in roles]
    may_not = [token_of(role) for role in Role if role not in roles][:1]
    first = [token_of(role) for role in (may[0], may[-1])]
    return (*first, *first, *may_not, token_of(may[0], ELSEWHERE), "nobody-s-token", None)


def _known(world: World, case: Any) -> Mapping[str, str]:
    """Ids that exist, for the parameters of a path."""
    of_kind = {
        "citizens": world.invented.citizens[-1].id,
        "companies": world.invented.companies[-1].id,
        "agreements": world.invented.agreements[-1].id,
    }
    ids = world.ids | {"id": of_kind.get(case.operation.path.split("/")[1], "")}
    return {name: ids[name] for name in case.path_parameters if ids.get(name)}
