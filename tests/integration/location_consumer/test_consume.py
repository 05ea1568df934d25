"""The consumer as a process, on a real Kafka and a real PostGIS."""

import signal
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.errors import NoError
from udaconnect.location.v1.location_pb2 import Location

from deployment.native.ports import free_address
from tests.integration.location_consumer.pipeline import Pipeline, answer, location, record, status
from tests.patience import PATIENCE_S

OF_THE_CONSUMER = "application_name = 'location_consumer' AND datname = current_database()"


def test_every_location_is_stored_and_then_the_offset_committed(pipeline: Pipeline, poll_until: Any) -> None:
    pipeline.start_consumer()
    pipeline.publish(record(*(location(1, second) for second in range(1000))), record(location(2, 0)))
    pipeline.publish(record(location(3, 0)), partition=1)
    poll_until(lambda: pipeline.stored() == 1002)
    poll_until(lambda: pipeline.committed() == 3)


def test_the_marker_at_the_end_of_a_transaction_is_no_record_that_waits(pipeline: Pipeline, poll_until: Any) -> None:
    """As of linkedin/Burrow#651: neither the consumer nor whoever looks at Kafka sees a lag of 1 for ever."""
    health = free_address()
    for transaction in range(1, 3):
        pipeline.publish_in_a_transaction(record(location(1, transaction)))
        end = 2 * transaction  # a record and its marker
        consumer = pipeline.start_consumer(HEALTH_BIND=health)
        poll_until(lambda expected=end: pipeline.committed() == expected)
        lag = 'location_consumer_lag_records{partition="0"} 0.0'
        poll_until(lambda line=lag: line in answer(health, "/metrics"))
        progress = "SELECT next_offset, end_offset FROM consumer_progress WHERE partition = 0"
        poll_until(lambda of=progress, expected=end: pipeline.query(of) == [(expected, expected)])
        consumer.send_signal(signal.SIGTERM)
        assert consumer.wait(PATIENCE_S) == 0
    assert pipeline.stored() == 2


def test_poison_goes_to_the_dead_letters_with_its_reason_and_the_consumer_goes_on(
    pipeline: Pipeline, poll_until: Any
) -> None:
    pipeline.start_consumer()
    pipeline.publish(
        b"garbage",
        record(location(1, 0), location(500, 0), location(1, 0, latitude=49.0), location(1, 0), location(1, 1, 91.0)),
        b"",
        record(location(2, 0)),
    )
    poll_until(lambda: pipeline.committed() == 4)
    assert pipeline.stored() == 2
    letters = [(dict(letter.headers), letter.value) for letter in pipeline.dead_letters()]
    found = {
        (headers["reason"].decode(), headers["offset"].decode(), headers.get("position", b"").decode()): value
        for headers, value in letters
    }
    assert found == {
        ("unreadable", "0", ""): b"garbage",
        ("unreadable", "2", ""): b"",
        ("unknown_person", "1", "1"): record(location(500, 0)),
        ("conflict", "1", "2"): record(location(1, 0, latitude=49.0)),
        ("invalid", "1", "4"): record(location(1, 1, 91.0)),
    }
    headers = letters[0][0]
    assert headers["topic"].decode() == pipeline.topic
    assert headers["partition"] == b"0"
    assert headers["time"].startswith(b"20")
    assert all(b"49" not in headers["detail"] for headers, _ in letters), "a coordinate leaked"


def test_a_killed_consumer_loses_nothing_and_stores_nothing_twice(pipeline: Pipeline, poll_until: Any) -> None:
    consumer = pipeline.start_consumer(BATCH_MAX_LOCATIONS="50")
    seconds = iter(range(100_000))
    for _ in range(3):
        pipeline.publish(*(record(location(1, next(seconds)), location(2, next(seconds))) for _ in range(400)))
        poll_until(lambda: pipeline.stored() > 0)
        consumer.kill()
        consumer.wait()
        consumer = pipeline.start_consumer(BATCH_MAX_LOCATIONS="50")
    poll_until(lambda: pipeline.committed() == 1200)
    assert pipeline.stored() == 2400
    assert pipeline.dead_letters() == []


def test_a_consumer_killed_between_reading_and_writing_has_not_committed(pipeline: Pipeline, poll_until: Any) -> None:
    pipeline.query("REVOKE INSERT ON location FROM location_consumer")
    pipeline.publish(record(location(1, 0)))
    consumer = pipeline.start_consumer()
    # Its partition is made right before it is written, in a transaction of its own.
    poll_until(lambda: pipeline.query("SELECT 1 WHERE to_regclass('location_20260216') IS NOT NULL"))
    consumer.kill()
    consumer.wait()
    assert pipeline.committed() == 0
    pipeline.query("GRANT INSERT ON location TO location_consumer")
    pipeline.start_consumer()
    poll_until(lambda: pipeline.stored() == 1)


def test_consumers_that_come_and_go_lose_nothing(pipeline: Pipeline, poll_until: Any) -> None:
    first = pipeline.start_consumer()
    for round_ in range(4):
        for partition in (0, 1):
            values = [record(location(partition + 1, 1000 * round_ + second)) for second in range(300)]
            pipeline.publish(*values, partition=partition)
        if round_ == 0:
            poll_until(lambda: pipeline.stored() > 0)
            pipeline.start_consumer()
        if round_ == 2:
            first.send_signal(signal.SIGTERM)
    assert first.wait(PATIENCE_S) == 0
    poll_until(lambda: pipeline.committed() == 2400)
    assert pipeline.stored() == 2400
    assert pipeline.dead_letters() == []


def test_sigterm_writes_what_is_in_hand(pipeline: Pipeline, poll_until: Any) -> None:
    consumer = pipeline.start_consumer(BATCH_MAX_AGE_MS="600000")
    pipeline.publish(record(location(1, 0)))
    with KafkaAdminClient(bootstrap_servers=pipeline.servers) as admin:
        poll_until(lambda: admin.describe_groups([pipeline.group])[pipeline.group]["group_state"] == "Stable")
    poll_until(lambda: pipeline.query(f"SELECT 1 FROM pg_stat_activity WHERE {OF_THE_CONSUMER}"))
    consumer.send_signal(signal.SIGTERM)
    assert consumer.wait(PATIENCE_S) == 0


def test_a_database_that_is_away_for_a_while_costs_nothing(pipeline: Pipeline, poll_until: Any) -> None:
    pipeline.start_consumer()
    pipeline.publish(record(location(1, 0)))
    poll_until(lambda: pipeline.stored() == 1)
    pipeline.query("REVOKE INSERT ON location FROM location_consumer")
    pipeline.publish(record(location(1, 1)))
    poll_until(
        lambda: pipeline.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OF_THE_CONSUMER}")
    )
    pipeline.query("GRANT INSERT ON location TO location_consumer")
    poll_until(lambda: pipeline.stored() == 2)
    poll_until(lambda: pipeline.committed() == 2)


def test_the_brake_stops_a_consumer_that_finds_only_bad_records_until_somebody_lets_it_go(
    pipeline: Pipeline, poll_until: Any
) -> None:
    pipeline.publish(*(b"garbage" for _ in range(300)))
    address = free_address()
    consumer = pipeline.start_consumer(BRAKE_WINDOW="100", HEALTH_BIND=address)
    poll_until(lambda: "location_consumer_brake_on 1.0" in answer(address, "/metrics"))
    assert status(address, "/readyz") == 503
    assert status(address, "/livez") == 200, "it would be started again, and give up another window"
    consumer.send_signal(signal.SIGTERM)
    assert consumer.wait(PATIENCE_S) == 1
    assert pipeline.committed() < 300
    assert len(pipeline.dead_letters()) == pipeline.committed()

    pipeline.start_consumer(BRAKE_WINDOW="100", BRAKE_RATIO="1")
    poll_until(lambda: pipeline.committed() == 300)
    assert len(pipeline.dead_letters()) == 300


def test_a_record_that_unpacks_to_more_than_any_letter_may_hold_is_cut_and_the_next_one_stored(
    pipeline: Pipeline, poll_until: Any
) -> None:
    packed = KafkaProducer(bootstrap_servers=pipeline.servers, compression_type="lz4", max_request_size=1 << 30)
    too_long, too_many = b"\xff" * 20_000_000, record(*[Location(person_id=1)] * 10_001)
    for value in (too_long, too_many):
        packed.send(pipeline.topic, value, partition=0).get(timeout=PATIENCE_S)
    packed.close()
    pipeline.publish(record(location(1, 0)))
    pipeline.start_consumer()
    poll_until(lambda: pipeline.committed() == 3)
    assert pipeline.stored() == 1
    first, second = pipeline.dead_letters()
    assert dict(first.headers)["cut_from"] == b"20000000"
    assert too_long.startswith(first.value)
    assert len(first.value) > 1_000_000
    assert (dict(second.headers)["reason"], second.value) == (b"unreadable", too_many)


def test_a_person_erased_while_the_consumer_is_down_is_neither_stored_nor_a_dead_letter_nor_brought_back(
    pipeline: Pipeline, poll_until: Any
) -> None:
    for second in range(100):
        # One that is good, one at another place at the same instant, one that is invalid
        pipeline.publish(*(record(location(person, second)) for person in (1, 2)))
        pipeline.publish(record(location(1, second, 49.0), location(1, second, 91.0), location(2, second)))
    pipeline.query("SELECT erase_person(1)")
    pipeline.query("SELECT erase_locations(1)")
    consumer = pipeline.start_consumer()
    poll_until(lambda: pipeline.committed() == 300)
    assert pipeline.query("SELECT person_id, count(*) FROM location GROUP BY 1") == [(2, 100)]
    assert pipeline.dead_letters() == []

    consumer.send_signal(signal.SIGTERM)
    assert consumer.wait(PATIENCE_S) == 0
    with KafkaAdminClient(bootstrap_servers=pipeline.servers) as admin:
        topic = TopicPartition(pipeline.topic, 0)
        poll_until(lambda: admin.reset_group_offsets(pipeline.group, {topic: 0})[topic]["error"] is NoError)
    assert pipeline.committed() == 0
    pipeline.start_consumer()
    poll_until(lambda: pipeline.committed() == 300)
    assert pipeline.query("SELECT person_id, count(*) FROM location GROUP BY 1") == [(2, 100)]
    assert pipeline.dead_letters() == []


def test_an_unknown_person_is_still_a_dead_letter_and_can_be_replayed_when_there_is_one(
    pipeline: Pipeline, poll_until: Any
) -> None:
    pipeline.start_consumer()
    pipeline.publish(record(location(500, 0)))
    [letter] = poll_until(pipeline.dead_letters)
    pipeline.query("INSERT INTO person (id, first_name, last_name, company_name) VALUES (500, 'a', 'b', 'c')")
    pipeline.publish(letter.value)
    poll_until(lambda: pipeline.stored() == 1)
