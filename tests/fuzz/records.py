"""Fuzzed records through a real consumer into a real PostGIS, and an account of every single location of them."""

import time
from array import array
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any
from zlib import crc32

import numpy as np
import psycopg2
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from numpy.typing import NDArray
from udaconnect.location.v1.location_pb2 import LocationBatch

from tests.fuzz.oracle import CONFLICT, REASONS, STORABLE, UNREADABLE, expected
from tests.fuzz.record_values import PEOPLE, RecordValues

IN_FLIGHT = 5000
WITHOUT_PROGRESS_S = 120.0
LOOK_EVERY_S = 0.5
ADD_PEOPLE = """
    INSERT INTO person (id, first_name, last_name, company_name)
    SELECT id, 'First ' || id, 'Last', 'Company' FROM generate_series(1, %s) AS id
"""
STORED = """
    COPY (SELECT person_id, (extract(epoch FROM creation_time) * 1000000)::bigint, ST_Y(coordinate), ST_X(coordinate)
          FROM location ORDER BY 1, 2) TO STDOUT WITH (FORMAT binary)
"""
ROW = np.dtype(
    [
        *(("fields", ">i2"), ("length_1", ">i4"), ("person_id", ">i8"), ("length_2", ">i4"), ("time_us", ">i8")),
        *(("length_3", ">i4"), ("latitude", ">f8"), ("length_4", ">i4"), ("longitude", ">f8")),
    ]
)
KEY = np.dtype([("person_id", np.int64), ("time_us", np.int64)])

Table = NDArray[np.void]


@dataclass(frozen=True)
class Pipeline:
    """What a run needs: topics that are empty, a database without people, a consumer that reads the one topic."""

    bootstrap_servers: str
    topic: str
    dead_letter_topic: str
    group: str
    database_url: str
    is_alive: Callable[[], bool]


@dataclass
class Entries:
    """What is expected of each location, and of each record that is unreadable, in columns."""

    place: "array[int]" = field(default_factory=lambda: array("q"))  # of the record and the location within it
    fate: "array[int]" = field(default_factory=lambda: array("b"))
    letter: "array[int]" = field(default_factory=lambda: array("L"))  # checksum of the value of its dead letter
    person_id: "array[int]" = field(default_factory=lambda: array("q"))
    time_us: "array[int]" = field(default_factory=lambda: array("q"))
    latitude: "array[float]" = field(default_factory=lambda: array("d"))
    longitude: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, partition: int, offset: int, value: bytes | None) -> None:
        for position, one in enumerate(expected(value, PEOPLE)):
            self.place.append(place(partition, offset, None if one.fate == UNREADABLE else position))
            self.fate.append(one.fate)
            self.letter.append(crc32(one.letter))
            self.person_id.append(one.person_id)
            self.time_us.append(one.time_us)
            self.latitude.append(one.latitude)
            self.longitude.append(one.longitude)


@dataclass
class Account:
    """What became of them: `problems` is empty where every location is where it must be."""

    records: int
    entries: int
    stored: int
    fates: Counter[str]
    problems: list[str]


def place(partition: int, offset: int, position: int | None) -> int:
    return partition << 56 | offset << 16 | (0 if position is None else position + 1)


def fuzz_records(pipeline: Pipeline, records: int, seed: int) -> Account:
    """Send so many records, wait until they are consumed, and account for them."""
    execute(pipeline.database_url, ADD_PEOPLE, PEOPLE)
    entries = send(pipeline, records, seed)
    try:
        wait_until_consumed(pipeline)
    except TimeoutError as error:
        return Account(records, len(entries.fate), 0, Counter(), [str(error)])
    return account(pipeline, records, entries)


def send(pipeline: Pipeline, records: int, seed: int) -> Entries:
    producer = KafkaProducer(
        bootstrap_servers=pipeline.bootstrap_servers,
        acks="all",
        compression_type="lz4",
        linger_ms=20,
        batch_size=256 * 1024,
        max_request_size=8 * 1024 * 1024,
    )
    partitions = sorted(producer.partitions_for(pipeline.topic))
    entries = Entries()
    underway: deque[tuple[bytes | None, Any]] = deque()

    def settle() -> None:
        value, future = underway.popleft()
        written = future.get(timeout=60)
        entries.add(written.partition, written.offset, value)

    for number, record in enumerate(islice(RecordValues(seed).records(), records)):
        partition = partitions[number % len(partitions)]
        sent = producer.send(pipeline.topic, record.value, key=record.key, headers=record.headers, partition=partition)
        underway.append((record.value, sent))
        if len(underway) >= IN_FLIGHT:
            settle()
    while underway:
        settle()
    producer.close()
    return entries


def wait_until_consumed(pipeline: Pipeline) -> None:
    """Raises TimeoutError where the consumer ends, or stands still."""
    with KafkaConsumer(bootstrap_servers=pipeline.bootstrap_servers) as reader:
        partitions = [TopicPartition(pipeline.topic, number) for number in reader.partitions_for_topic(pipeline.topic)]
        ends = reader.end_offsets(partitions)
    moved_at, before = time.monotonic(), -1
    with KafkaAdminClient(bootstrap_servers=pipeline.bootstrap_servers) as admin:
        while True:
            committed = admin.list_group_offsets(pipeline.group).get(pipeline.group, {})
            done = sum(committed[partition].offset for partition in partitions if partition in committed)
            if done >= sum(ends.values()):
                return
            if done > before:
                moved_at, before = time.monotonic(), done
            if not pipeline.is_alive():
                raise TimeoutError(f"the consumer has ended, after {done:,} of {sum(ends.values()):,} records")
            if time.monotonic() - moved_at > WITHOUT_PROGRESS_S:
                raise TimeoutError(f"the consumer stands still, after {done:,} of {sum(ends.values()):,} records")
            time.sleep(LOOK_EVERY_S)


def account(pipeline: Pipeline, records: int, entries: Entries) -> Account:
    letters = dead_letters(pipeline)
    table = stored(pipeline.database_url)
    places, fates = np.array(entries.place), np.array(entries.fate)
    checksums = dict(zip(entries.place, entries.letter, strict=True))
    problems = []

    def found(problem: str, count: int) -> None:
        if count:
            problems.append(f"{count:,} {problem}")

    found("dead letters came twice", sum(count - 1 for count in letters.times.values()))
    found("dead letters of nothing that was sent", len(letters.fate.keys() - checksums.keys()))
    found(
        "dead letters with other bytes than the original",
        sum(letters.checksum[where] != checksums[where] for where in letters.fate.keys() & checksums.keys()),
    )
    given = np.array([letters.fate.get(where, STORABLE) for where in entries.place], np.int8)
    of_table = (fates == STORABLE) & (given == CONFLICT)
    found("locations with another fate than the only one they can have", int(((fates != given) & ~of_table).sum()))

    keys = np.empty(len(places), KEY)
    keys["person_id"], keys["time_us"] = entries.person_id, entries.time_us
    kept = (fates == STORABLE) & (given == STORABLE)
    at = np.searchsorted(table[["person_id", "time_us"]].astype(KEY), keys).clip(0, max(0, table.size - 1))
    rows = table[at]
    there = (rows["person_id"] == keys["person_id"]) & (rows["time_us"] == keys["time_us"])
    same = there & (rows["latitude"] == entries.latitude) & (rows["longitude"] == entries.longitude)
    found("locations lost: neither stored nor dead", int((kept & ~there).sum()))
    found("locations stored elsewhere, and no conflict", int((kept & there & ~same).sum()))
    found("conflicts with nothing", int((of_table & (~there | same)).sum()))
    found("rows that nobody sent", table.size - np.unique(keys[kept]).size)
    duplicates = int(kept.sum()) - table.size
    fate_counts = Counter({REASONS[fate]: int((given == fate).sum()) for fate in range(1, len(REASONS))})
    fate_counts["duplicate"] = duplicates
    return Account(records, len(fates), table.size, fate_counts, problems)


@dataclass
class Letters:
    """By the place of their origin."""

    fate: dict[int, int] = field(default_factory=dict)
    checksum: dict[int, int] = field(default_factory=dict)
    times: Counter[int] = field(default_factory=Counter)


def dead_letters(pipeline: Pipeline) -> Letters:
    letters = Letters()
    reader = KafkaConsumer(bootstrap_servers=pipeline.bootstrap_servers, max_partition_fetch_bytes=8 * 1024 * 1024)
    partitions = [
        TopicPartition(pipeline.dead_letter_topic, number)
        for number in reader.partitions_for_topic(pipeline.dead_letter_topic)
    ]
    ends = reader.end_offsets(partitions)
    reader.assign(partitions)
    reader.seek_to_beginning()
    while any(reader.position(partition) < end for partition, end in ends.items()):
        for found in reader.poll(timeout_ms=1000, max_records=10_000).values():
            for letter in found:
                headers = {name: value.decode() for name, value in letter.headers}
                for position, value in parts(letter.value or b"", headers.get("position", "")):
                    where = place(int(headers["partition"]), int(headers["offset"]), position)
                    letters.fate[where] = REASONS.index(headers["reason"])
                    letters.checksum[where] = crc32(value)
                    letters.times[where] += 1
    reader.close()
    return letters


def parts(value: bytes, positions: str) -> list[tuple[int | None, bytes]]:
    """What a letter would be made of if each of its locations had one of its own."""
    match [int(position) for position in positions.split(",") if position]:
        case []:
            return [(None, value)]
        case [position]:
            return [(position, value)]
        case several:
            locations = LocationBatch.FromString(value).locations
            alone = (LocationBatch(locations=[location]).SerializeToString() for location in locations)
            return list(zip(several, alone, strict=True))


def stored(database_url: str) -> Table:
    """The rows of the table, by person and time."""
    copied = BytesIO()
    with psycopg2.connect(database_url) as session, session.cursor() as cursor:
        cursor.copy_expert(STORED, copied)
    session.close()
    return np.frombuffer(copied.getvalue()[19:-2], ROW)


def execute(database_url: str, statement: str, *values: object) -> None:
    with psycopg2.connect(database_url) as session, session.cursor() as cursor:
        cursor.execute(statement, values)
    session.close()


def errors_in(log: str) -> Mapping[str, int]:
    """Lines of a service's log that tell of something nobody had thought of."""
    signs = ("Traceback", "[error", "[critical", '"level": "error"', '"level": "critical"', "Exception ")
    lines = (line for line in log.splitlines() if any(sign in line for sign in signs))
    return Counter(line[:200] for line in lines)
