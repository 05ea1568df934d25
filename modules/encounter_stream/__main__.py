"""Starts encounter_stream: `python -m encounter_stream`."""

import asyncio

from encounter_stream.server import serve
from encounter_stream.settings import read
from service_kit.settings import read_settings
from service_kit.telemetry.logs import set_up_logs

if __name__ == "__main__":
    set_up_logs("encounter_stream")
    asyncio.run(serve(read_settings(read)))
