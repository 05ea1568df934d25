"""One request of a phone, from its secret to its locations' acknowledgement."""

from collections.abc import Sequence
from typing import Final

import structlog
from udaconnect.location.v1.location_pb2 import Location, RefusedFix, Rejection

from phone_gateway.apps.fixes import Report
from phone_gateway.apps.request import PhoneRequest
from phone_gateway.devices import Device, Devices
from phone_gateway.gathering import Gathering, Rejections
from phone_gateway.locations import LocationProducer, location_of
from phone_gateway.metrics import Metrics
from phone_gateway.routes import App, secret_sha256
from phone_gateway.sightings import Sightings
from service_kit.access.rate_limit import RateLimit

log = structlog.get_logger()

KEPT_PER_S: Final = 1 / 60
KEPT_AT_ONCE: Final = 100


class Taking:
    """Belongs to the event loop's thread."""

    def __init__(  # noqa: PLR0913, PLR0917  each is a part of it
        self,
        devices: Devices,
        gathering: Gathering,
        producer: LocationProducer,
        sightings: Sightings,
        metrics: Metrics,
        limit: RateLimit | None,
    ) -> None:
        self._devices = devices
        self._gathering = gathering
        self._producer = producer
        self._sightings = sightings
        self._metrics = metrics
        self._limit = limit
        # A phone that sends nothing else would fill the dead-letter topic: what is above it is counted only.
        self._kept = RateLimit(KEPT_PER_S, KEPT_AT_ONCE)

    async def take(self, app: App, in_path: str, authorization: str | None, request: PhoneRequest) -> None:
        """Return when Kafka has acknowledged all that is to be kept.

        Raises NotAuthenticated, TooManyCalls, CannotReadError, and DependencyDown where the phone is to come again.
        """
        device = await self._devices.find(secret_sha256(app, in_path, authorization, request))
        if self._limit is not None:
            self._limit.count(str(device.id))
        report = app.read(request)
        if request.corrected:
            self._metrics.corrected(app.name, request.corrected)
        locations = [location_of(fix, device) for fix in report.fixes]
        rejections: Rejections = await self._gathering.add(locations) if locations else {}
        if rejections or report.refusals:
            await self._refuse(app, device, report, [(locations[at], why) for at, why in rejections.items()])
        self._metrics.taken(app.name, len(locations) - len(rejections))
        newest = max(report.fixes, key=lambda fix: fix.time_us, default=None)
        self._sightings.note(device.id, request.now_us, None if newest is None else newest.accuracy_m)

    async def _refuse(
        self, app: App, device: Device, report: Report, rejected: Sequence[tuple[Location, Rejection]]
    ) -> None:
        """Keep as dead letters what can never be taken: so the phone is told that it is, and sends it no more.

        But not where somebody was who is no person any more, or has paused sharing.
        """
        letters = [
            RefusedFix(reason=why.reason, location=location) for location, why in rejected if why.field != "person_id"
        ]
        letters += [RefusedFix(reason=refusal.detail, original=refusal.original) for refusal in report.refusals]
        kept = [letter for letter in letters if not self._kept.wait_s(str(device.id))]
        for letter in kept:
            letter.person_id, letter.device_id, letter.app = device.person_id, device.id, app.name
        if kept:
            await self._producer.keep_refused(kept)
            log.info("fixes refused", app=app.name, device_id=device.id, kept=len(kept))
        reasons = [why.field for _, why in rejected] + [refusal.reason for refusal in report.refusals]
        self._metrics.refused(app.name, reasons, lost=len(letters) - len(kept))
