"""The process that reads a file, as the gateway sees it."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

import orjson
import structlog

from phone_gateway.files.order import Order, State

log = structlog.get_logger()

LINE_MAX_BYTES: Final = 4 << 20


async def read_in_process(order: Order) -> AsyncIterator[State]:
    """What it tells, line by line. It ends with this, whatever it is at."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "phone_gateway.files.reading"),
        stdin=PIPE,
        stdout=PIPE,
        pass_fds=[order["fd"]],
        limit=LINE_MAX_BYTES,
    )
    assert process.stdin is not None  # noqa: S101  as it was asked for
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(orjson.dumps(order))
        process.stdin.close()
        async for line in process.stdout:
            yield orjson.loads(line)
        if status := await process.wait():
            log.error("reading a file failed", status=status)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
