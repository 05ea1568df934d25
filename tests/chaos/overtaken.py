"""Kafka deletes records before they are read, as retention does when a consumer is away for too long."""

from kafka import KafkaConsumer, TopicPartition

from tests.chaos.stack import Stack
from tests.chaos.store import keys_in
from tests.integration.location_consumer.pipeline import sample

TOPIC, GROUP = "location", "location_consumer"
MISSED = 'location_consumer_missed_records_total{reason="retention"}'


def take_half_of_what_waits(stack: Stack) -> int:
    """The number of records that are gone then; the keys of their locations are noted in the stack."""
    servers = stack.addresses["KAFKA_BOOTSTRAP_SERVERS"]
    with stack.admin() as admin, KafkaConsumer(bootstrap_servers=servers) as reader:
        committed = admin.list_group_offsets(GROUP)[GROUP]
        partitions = [TopicPartition(TOPIC, number) for number in reader.partitions_for_topic(TOPIC)]
        ends = reader.end_offsets(partitions)
        begins = {partition: committed[partition].offset if partition in committed else 0 for partition in partitions}
        before = {partition: (begins[partition] + end + 1) // 2 for partition, end in ends.items()}
        before = {partition: offset for partition, offset in before.items() if offset > begins[partition]}
        reader.assign(list(before))
        for partition in before:
            reader.seek(partition, begins[partition])
        while any(reader.position(partition) < offset for partition, offset in before.items()):
            for partition, records in reader.poll(timeout_ms=1000).items():
                for record in records:
                    if record.offset < before[partition]:
                        stack.taken.update(keys_in(record.value))
        admin.delete_records(before)
    return sum(offset - begins[partition] for partition, offset in before.items())


def missed_records(stack: Stack) -> float:
    """As the consumer tells it; 0 while it does not answer."""
    return sample(stack.addresses["LOCATION_CONSUMER_URL"].removeprefix("http://"), MISSED) or 0
