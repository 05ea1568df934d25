"""What the gateway counts: locations that phones are rid of, what was refused and why, and how long they waited."""

from collections.abc import Callable, Iterable
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from phone_gateway.apps.fixes import REASONS
from phone_gateway.routes import APPS
from service_kit.telemetry.metrics import SECONDS, process_registry

FILE_OUTCOMES: Final = ("read", "failed", "gone")


class Metrics:
    def __init__(self) -> None:
        self.registry = registry = process_registry()
        name = "phone_gateway_{}".format
        self._answers = Counter(name("answers_total"), "Requests answered", ["app", "status"], registry=registry)
        self._duration = Histogram(
            name("answer_seconds"), "From a request to its answer", ["app"], buckets=SECONDS, registry=registry
        )
        self._taken = Counter(
            name("taken_locations_total"), "Locations that Kafka has acknowledged", ["app"], registry=registry
        )
        self._refused = Counter(
            name("refused_fixes_total"), "Answered as taken, as they never can be", ["app", "reason"], registry=registry
        )
        self._lost = Counter(
            name("refused_fixes_not_kept_total"),
            "Of them, those that are no dead letters: more than a device may have",
            ["app"],
            registry=registry,
        )
        self._corrected = Counter(
            name("corrected_times_total"), "Clocks that were wrong by 1,024 weeks", ["app"], registry=registry
        )
        self._files = Counter(
            name("files_total"),
            "Uploaded files: read to the end; failed; whoever sent it was gone; or refused, by HTTP status",
            ["outcome"],
            registry=registry,
        )
        self._file_rows = Counter(
            name("file_rows_total"), "Rows of uploaded files, accepted by Kafka or not", ["accepted"], registry=registry
        )
        # From 0 on: an increase from nothing would be missed.
        for outcome in FILE_OUTCOMES:
            self._files.labels(outcome)
        for accepted in ("true", "false"):
            self._file_rows.labels(accepted)
        for app in APPS:
            self._taken.labels(app)
            for reason in REASONS:
                self._refused.labels(app, reason)

    def watch(
        self, waiting_locations: Callable[[], int], known_devices: Callable[[], int], up_to_date: Callable[[], bool]
    ) -> None:
        waiting = Gauge("phone_gateway_waiting_locations", "Handed in, not answered", registry=self.registry)
        waiting.set_function(waiting_locations)
        known = Gauge("phone_gateway_known_devices", "Remembered", registry=self.registry)
        known.set_function(known_devices)
        heard = Gauge(
            "phone_gateway_devices_up_to_date", "Whether changes of devices can be heard of", registry=self.registry
        )
        heard.set_function(up_to_date)

    def watch_uploads(self, under_way: Callable[[], int]) -> None:
        uploads = Gauge("phone_gateway_uploads", "Files that are being received or read", registry=self.registry)
        uploads.set_function(under_way)

    def file_refused(self, status: int) -> None:
        self._files.labels(str(status)).inc()

    def file_read(self, outcome: str, accepted: int, not_accepted: int) -> None:
        self._files.labels(outcome).inc()
        self._file_rows.labels("true").inc(accepted)
        self._file_rows.labels("false").inc(not_accepted)

    def answered(self, app: str, status: int, seconds: float) -> None:
        self._answers.labels(app, str(status)).inc()
        self._duration.labels(app).observe(seconds)

    def taken(self, app: str, locations: int) -> None:
        self._taken.labels(app).inc(locations)

    def refused(self, app: str, reasons: Iterable[str], *, lost: int) -> None:
        for reason in reasons:
            self._refused.labels(app, reason).inc()
        self._lost.labels(app).inc(lost)

    def corrected(self, app: str, times: int) -> None:
        self._corrected.labels(app).inc(times)
