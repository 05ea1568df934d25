"""`python -m meeting_finder`: settle until SIGTERM or SIGINT."""

import signal
from threading import Event

import structlog

from meeting_finder.find import Find
from meeting_finder.metrics import Metrics
from meeting_finder.settings import Settings, read
from meeting_finder.store import Asked, Store
from service_kit.settings import read_settings
from service_kit.telemetry.health import health_server
from service_kit.telemetry.logs import set_up_logs

log = structlog.get_logger()


def main() -> None:
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    set_up_logs("meeting_finder")
    run(read_settings(read), stopping)


def run(settings: Settings, stopping: Event) -> None:
    """Work until it is time to stop; the window in hand is settled first."""
    metrics = Metrics()
    asked = Asked(settings.distance_m, settings.min_probability)
    store = Store(settings.database_url, asked)
    find = Find(store, asked, lateness_s=settings.lateness_s, quiet_s=settings.quiet_s, metrics=metrics)
    checks = {"live": find.live, "ready": lambda: find.ready() and not stopping.is_set()}
    try:
        with health_server(settings.health_bind, **checks, metrics=metrics.registry):
            find.run(stopping)
        log.info("stopped")
    finally:
        store.close()


if __name__ == "__main__":
    main()
