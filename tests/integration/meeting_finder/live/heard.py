"""What is in the topic of encounters, and what of it counts."""

from kafka import KafkaConsumer, TopicPartition
from udaconnect.connection.v1.encounter_pb2 import EncounterEvent, Kind

from service_kit.kafka.partition import partition_of

PARTITIONS = 2


def records(servers: str, topic: str, count: int = PARTITIONS) -> list[EncounterEvent]:
    """All of them, those that were sent again too; by partition."""
    partitions = [TopicPartition(topic, number) for number in range(count)]
    reader = KafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        reader.assign(partitions)
        ends = reader.end_offsets(partitions)
        found: list[EncounterEvent] = []
        while any(reader.position(each) < end for each, end in ends.items()):
            for batch in reader.poll(timeout_ms=500).values():
                found += [EncounterEvent.FromString(record.value) for record in batch]
        return found
    finally:
        reader.close()


def exactly_once(found: list[EncounterEvent], count: int = PARTITIONS) -> list[EncounterEvent]:
    """As whoever reads them is told to: without those whose number is not above the highest of the partition."""
    newest: dict[int, int] = {}
    kept = []
    for record in found:
        partition = partition_of(record.person_id, count)
        if record.number > newest.get(partition, 0):
            newest[partition] = record.number
            kept.append(record)
    return kept


def changes(found: list[EncounterEvent]) -> list[tuple[str, int, int]]:
    """What changed, for whom, about whom."""
    return sorted((Kind.Name(each.kind)[5:], each.person_id, each.other_person_id) for each in found)
