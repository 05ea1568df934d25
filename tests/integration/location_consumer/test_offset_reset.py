"""What the consumer does, and says, when Kafka does not have its next record any more: on a real Kafka."""

import signal
from typing import Any

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import KafkaError

from deployment.native.ports import free_address
from tests.integration.location_consumer.pipeline import Pipeline, location, record, sample
from tests.patience import PATIENCE_S

RETENTION = '{reason="retention"}'
MADE_ANEW = '{reason="topic_made_anew"}'
TRUNCATED = '{reason="truncated"}'


class Watched:
    """A consumer and what it counts; it is stopped in good order."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.address = free_address()
        self.process = pipeline.start_consumer(HEALTH_BIND=self.address)

    def count(self, name: str, labels: str) -> float | None:
        return sample(self.address, f"location_consumer_{name}_total{labels}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE_S) == 0


def delete_records(pipeline: Pipeline, before: int) -> None:
    """What retention does: those before the offset are gone."""
    with KafkaAdminClient(bootstrap_servers=pipeline.servers) as admin:
        admin.delete_records({TopicPartition(pipeline.topic, 0): before})


def make_topic_anew(pipeline: Pipeline, poll_until: Any) -> None:
    with KafkaAdminClient(bootstrap_servers=pipeline.servers) as admin:
        admin.delete_topics([pipeline.topic])

        def made() -> bool:
            try:
                admin.create_topics({pipeline.topic: {"num_partitions": 2, "replication_factor": 1}})
            except KafkaError:  # it is not gone yet
                return False
            return True

        poll_until(made)
        admin.wait_for_topics([pipeline.topic])


def forget_offsets(pipeline: Pipeline) -> None:
    """What Kafka does with a group that has had no members for a week."""
    with KafkaAdminClient(bootstrap_servers=pipeline.servers) as admin:
        admin.delete_groups([pipeline.group])


def publish(pipeline: Pipeline, seconds: range) -> None:
    pipeline.publish(*(record(location(1, second)) for second in seconds))


def started(pipeline: Pipeline, poll_until: Any, records: int) -> Watched:
    """A consumer that has read and reported so many records, of an empty topic."""
    consumer = Watched(pipeline)
    publish(pipeline, range(records))
    poll_until(lambda: pipeline.committed() == records)
    poll_until(lambda: (records, records) in pipeline.query("SELECT next_offset, end_offset FROM consumer_progress"))
    return consumer


@pytest.mark.parametrize("forgotten", [False, True], ids=["offset known", "offset forgotten"])
def test_records_that_retention_took_while_nobody_read_are_counted_and_the_rest_is_stored(
    pipeline: Pipeline, poll_until: Any, capfd: pytest.CaptureFixture[str], *, forgotten: bool
) -> None:
    consumer = started(pipeline, poll_until, records=10)
    consumer.stop()
    publish(pipeline, range(10, 40))
    delete_records(pipeline, before=27)
    if forgotten:
        forget_offsets(pipeline)

    consumer = Watched(pipeline)
    poll_until(lambda: pipeline.committed() == 40)
    assert pipeline.stored() == 10 + 13
    assert consumer.count("missed_records", RETENTION) == 17
    assert consumer.count("offset_resets", RETENTION) == 1
    assert consumer.count("offset_resets", MADE_ANEW) == 0
    [said] = [line for line in capfd.readouterr().out.splitlines() if "does not go on where it was left" in line]
    for what in ('"level": "error"', '"partition": 0', '"left_at": 10', '"goes_on_at": 27', '"missed_records": 17'):
        assert what in said
    consumer.stop()

    again = Watched(pipeline)  # it is told once
    publish(pipeline, range(40, 41))
    poll_until(lambda: pipeline.committed() == 41)
    assert again.count("missed_records", RETENTION) == 0


def test_where_everything_was_taken_it_is_counted_once_however_often_the_consumer_starts(
    pipeline: Pipeline, poll_until: Any
) -> None:
    consumer = started(pipeline, poll_until, records=5)
    consumer.stop()
    publish(pipeline, range(5, 9))
    delete_records(pipeline, before=9)
    for missed in (4, 0):
        consumer = Watched(pipeline)
        poll_until(lambda: pipeline.committed() == 9)
        poll_until(lambda counted=missed, of=consumer: of.count("missed_records", RETENTION) == counted)
        consumer.stop()


def test_of_what_retention_overtakes_in_a_running_consumer_each_record_is_stored_or_counted(
    pipeline: Pipeline, poll_until: Any
) -> None:
    consumer = started(pipeline, poll_until, records=5)
    consumer.process.send_signal(signal.SIGSTOP)
    publish(pipeline, range(5, 20))
    delete_records(pipeline, before=12)
    consumer.process.send_signal(signal.SIGCONT)
    poll_until(lambda: pipeline.committed() == 20)
    # A fetch that was on its way may have brought some of them.
    assert pipeline.stored() + (consumer.count("missed_records", RETENTION) or 0) == 20


def test_a_topic_made_anew_is_told_and_read_from_its_beginning(pipeline: Pipeline, poll_until: Any) -> None:
    consumer = started(pipeline, poll_until, records=10)
    consumer.stop()
    make_topic_anew(pipeline, poll_until)
    publish(pipeline, range(10, 13))

    consumer = Watched(pipeline)
    poll_until(lambda: pipeline.stored() == 13)
    poll_until(lambda: pipeline.committed() == 3)
    assert consumer.count("offset_resets", MADE_ANEW) == 1
    assert consumer.count("missed_records", MADE_ANEW) == 0
    poll_until(lambda: pipeline.query("SELECT 1 FROM consumer_progress WHERE next_offset = 3 AND end_offset = 3"))


def test_a_topic_made_anew_while_the_consumer_runs_is_told_and_read_from_its_beginning(
    pipeline: Pipeline, poll_until: Any
) -> None:
    consumer = started(pipeline, poll_until, records=10)
    make_topic_anew(pipeline, poll_until)
    publish(pipeline, range(10, 13))
    poll_until(lambda: pipeline.stored() == 13)
    # Which of the two a client that is under way hears of first is up to the broker.
    told = (MADE_ANEW, TRUNCATED)
    poll_until(lambda: sum(consumer.count("offset_resets", reason) or 0 for reason in told) == 1)


def test_a_group_that_is_new_reads_all_that_is_there_and_misses_nothing(pipeline: Pipeline, poll_until: Any) -> None:
    publish(pipeline, range(10))
    delete_records(pipeline, before=4)
    consumer = Watched(pipeline)
    poll_until(lambda: pipeline.committed() == 10)
    assert pipeline.stored() == 6
    assert consumer.count("missed_records", RETENTION) == 0
    assert consumer.count("offset_resets", RETENTION) == 0
