"""`python -m meeting_finder`: settle, look and tell until SIGTERM or SIGINT."""

import signal
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Event

import structlog

from meeting_finder.find import Find
from meeting_finder.live.encounters import Encounters
from meeting_finder.live.look import Look
from meeting_finder.live.outbox import Outbox
from meeting_finder.live.tell import Tell
from meeting_finder.live.topic import EncounterTopic
from meeting_finder.metrics import Metrics
from meeting_finder.settings import Settings, read
from meeting_finder.store import Asked, Store
from service_kit.settings import read_settings
from service_kit.telemetry.health import health_server
from service_kit.telemetry.logs import set_up_logs
from service_kit.telemetry.tracing import tracer, tracing

log = structlog.get_logger()


def main() -> None:
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    set_up_logs("meeting_finder")
    settings = read_settings(read)
    with tracing("meeting_finder"):
        run(settings, stopping)


def run(settings: Settings, stopping: Event) -> None:
    """Work until it is time to stop; the window in hand is settled first."""
    metrics, news = Metrics(), Event()
    asked = Asked(settings.distance_m, settings.min_probability)
    store = Store(settings.database_url, asked)
    encounters, outbox = Encounters(settings.database_url), Outbox(settings.database_url)
    topic = EncounterTopic(settings.kafka_bootstrap_servers, settings.encounter_topic, settings.kafka_security)
    find = Find(
        store, asked, lateness_s=settings.lateness_s, quiet_s=settings.quiet_s, metrics=metrics, tracer=tracer()
    )
    loops = (find, Look(encounters, asked, metrics, news, tracer()), Tell(outbox, topic, metrics, news))
    checks = {
        "live": lambda: all(loop.live() for loop in loops),
        "ready": lambda: find.ready() and not stopping.is_set(),
    }
    try:
        with (
            health_server(settings.health_bind, **checks, metrics=metrics.registry),
            ThreadPoolExecutor(len(loops)) as threads,
        ):
            running = [threads.submit(loop.run, stopping) for loop in loops]
            wait(running, return_when=FIRST_COMPLETED)
            stopping.set()  # one that broke must not be the only one to stop
            for each in running:
                each.result()
        log.info("stopped")
    finally:
        for each_open in (store, encounters, outbox, topic):
            each_open.close()


if __name__ == "__main__":
    main()
