"""Fuzzed requests to all services that take any, and an account of every location that the producer said it took."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition

from tests.fuzz.oracle import INVALID, UNREADABLE, expected
from tests.fuzz.raw_grpc import Answers, fuzz_grpc, location_calls, person_calls
from tests.fuzz.raw_http import Answers as HttpAnswers
from tests.fuzz.raw_http import fuzz_http
from tests.fuzz.raw_phones import fuzz_phones, phone_secrets
from tests.fuzz.record_corpus import A_TIME
from tests.fuzz.record_values import PEOPLE

LOCATION_GRPC, PERSON_GRPC, PERSON_REST, CONNECTION_REST, PHONES = range(5)
SHARES = {LOCATION_GRPC: 0.35, PERSON_GRPC: 0.25, PERSON_REST: 0.15, CONNECTION_REST: 0.1, PHONES: 0.15}


class Services(NamedTuple):
    location_grpc: str
    person_grpc: str
    person_url: str
    connection_url: str
    phone_url: str
    bootstrap_servers: str
    location_topic: str


class Outcome(NamedTuple):
    requests: int
    codes: dict[str, Counter[str]]  # by where they went
    accepted: int  # locations, by the producer's receipts
    problems: list[str]


def fuzz_requests(
    services: Services, count: int, seed: int, say: Callable[[str], object] = str, *, deleting: bool = True
) -> Outcome:
    """`deleting`: persons too, which is nothing for a system that others use."""
    random = Random(seed)
    before, wrong_before = locations_on(services)
    part = {which: round(share * count) for which, share in SHARES.items()}

    say("gRPC calls to location_producer")
    calls = location_calls(random, lambda: A_TIME + random.randrange(10 * 86_400), range(1, PEOPLE + 2))
    to_producer = fuzz_grpc(services.location_grpc, calls, random, part[LOCATION_GRPC])
    after, wrong = locations_on(services)
    problems = list(to_producer.problems)
    if wrong > wrong_before:
        problems.append(f"{wrong - wrong_before:,} locations or records on the topic can never be stored")
    if after - before != to_producer.accepted:
        problems.append(f"{to_producer.accepted:,} locations accepted, {after - before:,} on the topic")

    say("gRPC calls to person_service")
    to_persons = fuzz_grpc(services.person_grpc, person_calls(random), random, part[PERSON_GRPC])
    say("HTTP requests to person_service")
    rest_of_persons = fuzz_http(services.person_url, random, part[PERSON_REST], deleting=deleting)
    say("HTTP requests to connection_service")
    rest_of_connections = fuzz_http(services.connection_url, random, part[CONNECTION_REST], deleting=deleting)
    say("HTTP requests to phone_gateway")
    of_phones = fuzz_phones(services.phone_url, phone_secrets(services.person_url), random, part[PHONES])
    problems += to_persons.problems + of_phones.problems
    problems += rest_of_persons.problems + rest_of_connections.problems
    answers: dict[str, Answers | HttpAnswers] = {
        "location_producer, gRPC": to_producer,
        "person_service, gRPC": to_persons,
        "person_service, REST": rest_of_persons,
        "connection_service, REST": rest_of_connections,
        "phone_gateway": of_phones,
    }
    return Outcome(
        sum(one.requests for one in answers.values()),
        {name: one.codes for name, one in answers.items()},
        to_producer.accepted,
        problems,
    )


def locations_on(services: Services) -> tuple[int, int]:
    """How many locations are on the topic, and how many of these and of its records could never be stored."""
    reader = KafkaConsumer(bootstrap_servers=services.bootstrap_servers)
    partitions = [
        TopicPartition(services.location_topic, number)
        for number in reader.partitions_for_topic(services.location_topic)
    ]
    ends = reader.end_offsets(partitions)
    reader.assign(partitions)
    reader.seek_to_beginning()
    locations = wrong = 0
    while any(reader.position(partition) < end for partition, end in ends.items()):
        for found in reader.poll(timeout_ms=1000, max_records=10_000).values():
            for record in found:
                fates = [one.fate for one in expected(record.value, PEOPLE)]
                locations += len(fates)
                wrong += sum(fate in {UNREADABLE, INVALID} for fate in fates)
    reader.close()
    return locations, wrong
