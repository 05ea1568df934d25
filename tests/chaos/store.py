"""What became of the locations: the rows of the table and the records of the dead-letter topic."""

from collections.abc import Iterator
from datetime import timedelta

from kafka import KafkaConsumer, TopicPartition
from udaconnect.location.v1.location_pb2 import LocationBatch

from tests.chaos.ledger import Key, key_of, moment
from tests.chaos.stack import Stack

# Of a round: a location for every microsecond, a million at most. Two that begin at the moment must not begin within it
# of each other, or each would count the other one's rows.
LENGTH = timedelta(seconds=1)
DEAD_LETTER_TOPIC = "location.dead-letter"
ROWS = """
    SELECT person_id, (extract(epoch FROM creation_time) * 1000000)::bigint FROM location
    WHERE creation_time >= %s AND creation_time < %s
"""


def rows(stack: Stack, begins_us: int) -> list[Key]:
    """Every row of the round that begins then, as often as it is there."""
    begins = moment(begins_us)
    with stack.database() as session, session.cursor() as cursor:
        # Not through the index: after a crash it is the table that counts.
        cursor.execute("SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off")
        cursor.execute(ROWS, (begins, begins + LENGTH))
        return [Key(*row) for row in cursor]


class DeadLetters:
    """Those that came since this was made."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._servers = bootstrap_servers
        self._next: dict[TopicPartition, int] | None = None
        self._places: set[tuple[bytes, ...]] = set()
        self.keys: set[Key] = set()
        self.again = 0
        """Letters for a place in the location topic that had one already: whoever replays must know that."""

    def read(self) -> set[Key]:
        """Raises KafkaError where the broker is away."""
        with KafkaConsumer(
            bootstrap_servers=self._servers, bootstrap_timeout_ms=10_000, request_timeout_ms=5_000, group_id=None
        ) as consumer:
            partitions = [TopicPartition(DEAD_LETTER_TOPIC, 0)]
            ends = consumer.end_offsets(partitions)
            if self._next is None:
                self._next = ends
            consumer.assign(partitions)
            for partition, offset in self._next.items():
                consumer.seek(partition, offset)
            while any(self._next[partition] < ends[partition] for partition in partitions):
                for partition, records in consumer.poll(timeout_ms=1000, max_records=10_000).items():
                    for record in records:
                        place = tuple(value for name, value in record.headers if name in PLACE)
                        self.again += place in self._places
                        self._places.add(place)
                        self.keys.update(keys_in(record.value))
                    self._next[partition] = records[-1].offset + 1
        return self.keys


PLACE = ("topic", "partition", "offset", "position")


def keys_in(value: bytes) -> Iterator[Key]:
    return map(key_of, LocationBatch.FromString(value).locations)
