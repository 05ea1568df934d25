"""Logs go to standard output: one JSON object a line, or coloured text where somebody is looking.

What a log line must never hold: coordinates, names of persons, secrets.
"""

import logging
import os
import sys

import structlog


def set_up_logs(service: str) -> None:
    """Send structlog and the standard library's logs the same way. LOG_FORMAT: json (default) or text; LOG_LEVEL."""

    def name_service(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        """In place of a context variable, which a thread would not inherit."""
        event["service"] = service
        return event

    shared: list[structlog.typing.Processor] = [
        name_service,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    as_text = os.environ.get("LOG_FORMAT", "json") == "text"
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=False) if as_text else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=os.environ.get("LOG_LEVEL", "INFO").upper(), force=True)
    logging.getLogger("kafka").setLevel(logging.WARNING)
