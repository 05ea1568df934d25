"""What the finder counts."""

import time
from collections.abc import Mapping
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from meeting_finder.store import Backlog
from service_kit.telemetry.metrics import SECONDS, process_registry

CHANGES: Final = ("begun", "ended", "settled")


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

        self._look = Histogram(name("look_seconds"), "To look who is together", buckets=SECONDS, registry=registry)
        self._looked_at = time.monotonic()
        since = Gauge(name("look_age_seconds"), "Since a finder was seen to look who is together", registry=registry)
        since.set_function(lambda: time.monotonic() - self._looked_at)
        self._looked_locations = Gauge(
            name("looked_locations"), "Locations that the last look was at; 0: another finder looks", registry=registry
        )
        self._together = Gauge(
            name("encounters"), "Who is together by the last look; 0: another finder looks", registry=registry
        )
        self._told = Counter(
            name("told_encounters_total"), "Encounters told of, by what has changed", ["change"], registry=registry
        )
        for change in CHANGES:
            self._told.labels(change)
        self._sent = Counter(name("sent_events_total"), "Events that Kafka has acknowledged", registry=registry)
        self._waiting = Gauge(name("waiting_events"), "Events that are to be sent", registry=registry)
        self._waited = Gauge(name("waiting_seconds"), "How long the oldest of them has waited", registry=registry)

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

    def looked(self, locations: int, together: int, told: Mapping[str, int], took_s: float) -> None:
        self._look.observe(took_s)
        self._looked_at = time.monotonic()
        self._looked_locations.set(locations)
        self._together.set(together)
        for change, count in told.items():
            self._told.labels(change).inc(count)

    def another_looks(self) -> None:
        self._looked_at = time.monotonic()
        self._looked_locations.set(0)
        self._together.set(0)

    def confirmed(self, encounters: int) -> None:
        self._told.labels("settled").inc(encounters)

    def sent(self, events: int) -> None:
        self._sent.inc(events)

    def waiting(self, events: int, oldest_s: float) -> None:
        self._waiting.set(events)
        self._waited.set(oldest_s)
