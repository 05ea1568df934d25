"""Starts phone_gateway: `python -m phone_gateway`."""

import asyncio

from phone_gateway.server import serve
from phone_gateway.settings import read
from service_kit.settings import read_settings
from service_kit.telemetry.logs import set_up_logs

if __name__ == "__main__":
    set_up_logs("phone_gateway")
    asyncio.run(serve(read_settings(read)))
