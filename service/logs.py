"""Where logs go and how they look: JSON lines on standard error; readable columns where that is a terminal."""

import logging
import sys

import structlog


def configure_logging(level: str) -> None:
    """Log from a level on; `level` is a name of `logging`, in small letters."""
    shown = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)  # no values of variables
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # the standard error of the moment
        cache_logger_on_first_use=False,
    )
