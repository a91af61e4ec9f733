"""Traces for whoever runs the service: what the time of a request went to. None unless the settings name a collector.

FastAPI would trace by itself as soon as the environment sets a provider up, with the address that was asked for, its
query and the words of errors. Here nothing is traced but where the settings say so, and what leaves names endpoints,
status and times alone: no address, which holds ids, no query, which holds names, and no words.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from fastapi.telemetry import TelemetryConfig

from service.problems import UnsafeSettings
from service.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter

NOTHING: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""For applications that are mounted in another, whose traces they are part of."""
TOLD: Final = frozenset(
    (
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "error.type",
        "code.function.name",
    )
)
"""Attributes that leave: names of the program's own, and the status."""
_SERVICE: Final = MappingProxyType({"service.name": "matcher"})


def telemetry_of(settings: Settings) -> TelemetryConfig:
    """What FastAPI is to trace: nothing, or requests and their parts, to the collector that the settings name.

    Raises UnsafeSettings where they name one and the libraries for it are not installed.
    """
    if settings.traces_to is None:
        return NOTHING
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ModuleNotFoundError:
        raise UnsafeSettings(
            "MATCHER_TRACES_TO: install what traces need (requirements-traces.lock), or leave it out"
        ) from None
    return telemetry_to(OTLPSpanExporter(endpoint=settings.traces_to))


def telemetry_to(exporter: "SpanExporter") -> TelemetryConfig:
    """Traces to an exporter, in the background."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create(dict(_SERVICE)))
    provider.add_span_processor(BatchSpanProcessor(_told_alone(exporter)))
    return {**NOTHING, "tracing": True, "tracer_provider": provider}


def _told_alone(exporter: "SpanExporter") -> "SpanExporter":
    """The exporter, which is given of each span what may leave."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class ToldAlone(SpanExporter):
        def export(self, spans: "Sequence[ReadableSpan]") -> SpanExportResult:
            return exporter.export([_of_told(span) for span in spans])

        def shutdown(self) -> None:
            exporter.shutdown()

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            return exporter.force_flush(timeout_millis)

    return ToldAlone()


def _of_told(span: "ReadableSpan") -> "ReadableSpan":
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Status

    told: dict[str, Any] = {name: value for name, value in (span.attributes or {}).items() if name in TOLD}
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=told,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
