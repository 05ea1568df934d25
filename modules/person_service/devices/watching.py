"""What gateways need to know of devices: whose a secret is, and what has changed since; and when one was heard of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Engine

from service_kit.database import connection, writing_connection
from service_kit.errors import InvalidInput

BATCH_MAX: Final = 10_000

# Written out, as they are hot. The newest change is read by the same statement as the devices: of a later change the
# answer cannot know, and whoever keeps the answer is told of that change.
CHECK: Final = """
    SELECT newest.number, device.id, device.person_id, device.secret_sha256, device.revoked_at IS NOT NULL
    FROM (SELECT coalesce(max(number), 0) AS number FROM device_change) AS newest
    LEFT JOIN device ON device.secret_sha256 = ANY (%(secrets)s)
"""
CHANGES: Final = """
    SELECT coalesce(max(number), 0),
           coalesce(min(number), 0),
           coalesce(array_agg(DISTINCT device_id) FILTER (WHERE number > %(after)s), '{}')
    FROM device_change
"""
# Not in the order in which they came: two gateways that report the same devices must not wait for each other.
REPORT: Final = """
    UPDATE device SET last_seen_at = seen.at, last_accuracy_m = seen.accuracy_m
    FROM (
        SELECT device.id, report.at, report.accuracy_m
        FROM unnest(%(ids)s::bigint[], %(times)s::timestamptz[], %(accuracies)s::real[]) AS report (id, at, accuracy_m)
        JOIN device USING (id)
        WHERE device.last_seen_at IS NULL OR device.last_seen_at < report.at
        ORDER BY device.id FOR UPDATE OF device
    ) AS seen
    WHERE device.id = seen.id
"""


class Known(NamedTuple):
    """A device by its secret."""

    id: int
    person_id: int
    secret_sha256: bytes
    revoked: bool


class Changes(NamedTuple):
    newest: int
    device_ids: list[int]
    start_anew: bool
    """What happened since then has been forgotten in part."""


class Report(NamedTuple):
    device_id: int
    last_seen: datetime
    last_accuracy_m: float | None


class Watching:
    """Every method raises DependencyDown where the database does not answer, and InvalidInput for too much at once."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def check(self, secrets: Sequence[bytes]) -> tuple[list[Known], int]:
        """The devices of those secrets (by their SHA-256) that are known, and the newest change."""
        check_size("secret_sha256s", len(secrets))
        with connection(self.engine) as database:
            rows = database.exec_driver_sql(CHECK, {"secrets": list(secrets)}).all()
        return [Known(id_, person, bytes(secret), revoked) for _, id_, person, secret, revoked in rows if id_], rows[0][
            0
        ]

    def changes(self, after: int | None) -> Changes:
        """What has changed since the change of that number; None: nothing but which is the newest."""
        with connection(self.engine) as database:
            newest, oldest, ids = database.exec_driver_sql(CHANGES, {"after": after or 0}).one()
        if after is None:
            return Changes(newest, [], start_anew=False)
        # Behind the newest: the database has been restored.
        return Changes(newest, ids, start_anew=after < oldest - 1 or after > newest)

    def report(self, reports: Sequence[Report]) -> None:
        check_size("reports", len(reports))
        with writing_connection(self.engine) as database:
            database.exec_driver_sql(
                REPORT,
                {
                    "ids": [report.device_id for report in reports],
                    "times": [report.last_seen for report in reports],
                    "accuracies": [report.last_accuracy_m for report in reports],
                },
            )


def check_size(field: str, size: int) -> None:
    if size > BATCH_MAX:
        raise InvalidInput([(field, f"must be at most {BATCH_MAX:,}, are {size:,}")])
