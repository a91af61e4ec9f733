"""Traces: none that the settings do not ask for, and of those that they ask for nothing of anybody."""

import sys
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import trace_exporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service.app import create_app
from service.problems import UnsafeSettings
from service.traces import TOLD
from tests.databases import copied
from tests.integration.conftest import PlannedDemo
from tests.serving import CONSULTANT, Client, settings_for
from tests.tracing import traced

COLLECTOR = "http://127.0.0.1:4318/v1/traces"


def test_a_trace_names_endpoints_and_nobody(
    planned: PlannedDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(planned.database, tmp_path / "traced.db")
    spans = traced(monkeypatch)
    citizen = planned.demo.municipality.citizens[0]
    client = Client(create_app(settings_for(tmp_path / "traced.db", traces_to=COLLECTOR)), token=CONSULTANT)
    assert client.get(f"/api/v1/citizens/{citizen.id}/suggestions?places=3&{citizen.id}").status_code == 200
    assert client.get("/api/v1/citizens/findes-ikke/suggestions", headers={"Host": "findes-ikke"}).status_code == 404
    assert client.get("/borgere", params={"soeg": citizen.name}).status_code in {303, 401}
    found = spans()
    told = {(span.name, (span.attributes or {}).get("http.response.status_code")) for span in found}
    assert {
        ("GET /api/v1/citizens/{citizen_id}/suggestions", 200),
        ("GET /api/v1/citizens/{citizen_id}/suggestions", 404),
    } <= told
    assert any(name == "GET /borgere" for name, _ in told)
    assert "fastapi.endpoint" in {span.name for span in found}
    assert {name for span in found for name in span.attributes or {}} <= TOLD
    everything = "".join(span.to_json() for span in found)
    assert [one for one in (citizen.id, citizen.name, "findes-ikke", "127.0.0.1") if one in everything] == []


def test_nothing_is_traced_unless_the_settings_say_so(
    planned: PlannedDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(planned.database, tmp_path / "plain.db")
    memory, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    client = Client(create_app(settings_for(tmp_path / "plain.db")), token=CONSULTANT)
    for address in ("/api/v1/runs", "/borgere", "/livez"):
        client.get(address)
    assert memory.get_finished_spans() == ()


@pytest.mark.databases("none")
def test_a_collector_needs_what_is_installed_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, trace_exporter.__name__, None)
    with pytest.raises(UnsafeSettings, match="MATCHER_TRACES_TO: install what traces need"):
        create_app(settings_for(tmp_path / "none.db", traces_to=COLLECTOR))
