"""What the finder counts."""

import time

from prometheus_client import Counter, Gauge, Histogram

from meeting_finder.store import Backlog
from service_kit.telemetry.metrics import SECONDS, process_registry


class Metrics:
    def __init__(self) -> None:
        self.registry = registry = process_registry()
        name = "meeting_finder_{}".format
        self._settled = Counter(name("settled_windows_total"), "Windows settled, or settled again", registry=registry)
        self._meetings = Counter(name("meetings_total"), "Rows of connectivity written", registry=registry)
        self._locations = Counter(
            name("locations_total"), "Locations that windows were settled from", registry=registry
        )
        self._changed = Counter(
            name("changed_total"),
            "Windows given up because somebody in them was erased, or has something forgotten, meanwhile",
            registry=registry,
        )
        self._settle = Histogram(name("settle_seconds"), "To settle a window", buckets=SECONDS, registry=registry)
        self._due = Gauge(name("due_windows"), "Windows that are to be settled", registry=registry)
        self._settled_until_s = float("nan")
        age = Gauge(name("settled_age_seconds"), "How long ago that was before which all is settled", registry=registry)
        age.set_function(lambda: time.time() - self._settled_until_s)

    def settled(self, locations: int, meetings: int, took_s: float) -> None:
        self._settled.inc()
        self._locations.inc(locations)
        self._meetings.inc(meetings)
        self._settle.observe(took_s)

    def changed(self) -> None:
        self._changed.inc()

    def backlog(self, found: Backlog) -> None:
        self._due.set(found.windows)
        self._settled_until_s = found.settled_until_us / 1e6
