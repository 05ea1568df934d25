"""The server in the process' own event loop."""

from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

HEADERS_WITHIN_MS: Final = 15_000
"""Also how long a connection may say nothing between two requests; there are many, and each is an open file."""

BACKLOG: Final = 4096
# What granian itself says goes the way of all other logs; requests are counted, not logged.
LOGS: Final = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}


def listening(bind: str, application: Any, connections_max: int, interface: Interfaces = Interfaces.RSGI) -> Server:  # noqa: ANN401  as granian has it
    host, _, port = bind.rpartition(":")
    return Server(
        application,
        address=host.strip("[]"),
        port=int(port),
        interface=interface,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=connections_max,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS, max_buffer_size=16 * 1024),
        log_dictconfig=LOGS,
        log_level=LogLevels.error,  # its warning that it is embedded is known
    )
