import asyncio

from location_producer.server import serve
from location_producer.settings import read
from service_kit.settings import read_settings
from service_kit.telemetry.logs import set_up_logs
from service_kit.telemetry.tracing import tracing

if __name__ == "__main__":
    set_up_logs("location_producer")
    settings = read_settings(read)
    with tracing("location_producer"):
        asyncio.run(serve(settings))
