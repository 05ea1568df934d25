import asyncio

from location_producer.server import serve
from location_producer.settings import read
from service_kit.logs import set_up_logs
from service_kit.settings import read_settings

if __name__ == "__main__":
    set_up_logs("location_producer")
    asyncio.run(serve(read_settings(read)))
