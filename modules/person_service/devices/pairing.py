"""Connecting a phone to a person, and taking it away again.

A secret is 160 random bits, told once and kept as its SHA-256. A slow, salted hash is for what people think up: nobody
can guess one of these, and a gateway has to look up thousands a second.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from person_service.models import Device
from person_service.people import IDS, check_person
from service_kit.access.rate_limit import RateLimit
from service_kit.database import connection, writing_connection
from service_kit.errors import InvalidInput, NotFound

APPS: Final = ("owntracks", "traccar", "overland", "gpslogger", "osmand")

SECRET_BYTES: Final = 20
CONNECTED_MAX: Final = 20
REVOKED_KEPT: Final = timedelta(days=28)
NEW_ONES_PER_S: Final = 1 / 6
NEW_ONES_AT_ONCE: Final = 10

COLUMNS: Final = (
    Device.id,
    Device.person_id,
    Device.name,
    Device.app,
    Device.created_at,
    Device.last_seen_at,
    Device.last_accuracy_m,
    Device.revoked_at,
)


class DeviceRow(NamedTuple):
    id: int
    person_id: int
    name: str
    app: str
    created_at: datetime
    last_seen_at: datetime | None
    last_accuracy_m: float | None
    revoked_at: datetime | None


class Paired(NamedTuple):
    """A device, and its secret, which nobody will be told again."""

    device: DeviceRow
    secret: str


class Pairing:
    """Every method raises DependencyDown where the database does not answer."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._limit = RateLimit(NEW_ONES_PER_S, NEW_ONES_AT_ONCE)

    def connect(self, person_id: int, *, name: str, app: str) -> Paired:
        """Raises NotFound, TooManyCalls, or InvalidInput where the person has enough devices."""
        check_person(self.engine, person_id)
        self._limit.count(str(person_id))
        secret = secrets.token_hex(SECRET_BYTES)
        added = insert(Device).returning(*COLUMNS)
        values = {"person_id": person_id, "name": name, "app": app, "secret_sha256": hashed(secret)}
        with writing_connection(self.engine) as database:
            database.execute(
                delete(Device).where(
                    Device.person_id == person_id, Device.revoked_at < datetime.now(UTC) - REVOKED_KEPT
                )
            )
            connected = select(func.count()).where(Device.person_id == person_id, Device.revoked_at.is_(None))
            if database.scalars(connected).one() >= CONNECTED_MAX:
                raise InvalidInput([("devices", f"must be at most {CONNECTED_MAX}; revoke one first")])
            try:
                return Paired(DeviceRow._make(database.execute(added, values).one()), secret)
            except IntegrityError as error:  # the person was erased meanwhile
                raise NotFound(f"person {person_id}") from error

    def of_person(self, person_id: int) -> Sequence[DeviceRow]:
        """List the devices of a person, the newest first, and the revoked ones for a while. Raises NotFound."""
        check_person(self.engine, person_id)
        kept = Device.revoked_at.is_(None) | (Device.revoked_at > datetime.now(UTC) - REVOKED_KEPT)
        statement = select(*COLUMNS).where(Device.person_id == person_id, kept).order_by(Device.id.desc())
        with connection(self.engine) as database:
            return [DeviceRow._make(row) for row in database.execute(statement)]

    def revoke(self, person_id: int, device_id: int) -> None:
        """Raises NotFound. Of a device that is revoked already the moment stays."""
        if person_id in IDS and device_id in IDS:
            statement = (
                update(Device)
                .where(Device.id == device_id, Device.person_id == person_id, Device.revoked_at.is_(None))
                .values(revoked_at=func.clock_timestamp())
            )
            known = select(Device.id).where(Device.id == device_id, Device.person_id == person_id)
            with writing_connection(self.engine) as database:
                database.execute(statement)
                if database.scalar(known) is not None:
                    return
        raise NotFound(f"device {device_id} of person {person_id}")


def hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
