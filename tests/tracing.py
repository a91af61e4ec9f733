"""Traces that are kept in memory instead of being sent."""

from collections.abc import Callable, Sequence

import pytest
from opentelemetry.exporter.otlp.proto.http import trace_exporter
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service import app
from service.settings import Settings
from service.traces import telemetry_of


def traced(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Sequence[ReadableSpan]]:
    """Let applications that are made from now on trace, whatever their settings; gives what would have been sent."""
    memory = InMemorySpanExporter()
    monkeypatch.setattr(trace_exporter, "OTLPSpanExporter", lambda **_: memory)
    telemetry = telemetry_of(Settings(traces_to="http://127.0.0.1:4318/v1/traces"))
    monkeypatch.setattr(app, "telemetry_of", lambda _: telemetry)

    def spans() -> Sequence[ReadableSpan]:
        provider = telemetry["tracer_provider"]
        assert isinstance(provider, TracerProvider)
        assert provider.force_flush()
        return memory.get_finished_spans()

    return spans
