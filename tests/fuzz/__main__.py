"""python -m tests.fuzz [--files N] [--records N] [--requests N] [--seed N]: bytes of every kind.

Files are read in this process, records and requests go to a system of its own.

What is promised: nothing crashes, nothing is answered with an error that nobody thought of, every location that was
sent is stored, a duplicate, or a dead letter with the one reason that it can have, and a file is read as it was written
or ends in a sentence.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.figures import Bound, Figure
from benchmarks.services import Running, service
from benchmarks.stores import Stores, execute, stores
from deployment.native.ports import free_address
from deployment.native.run import exit_on_signals
from tests.fuzz.decoding import differences
from tests.fuzz.files import damaged_files, misread_files
from tests.fuzz.records import Account, Pipeline, errors_in, fuzz_records, wait_until_consumed
from tests.fuzz.requests_run import Outcome, Services, fuzz_requests
from tests.fuzz.splitting import broken_promises
from tests.fuzz.texts import odd_names, odd_zones

PROBLEMS_SHOWN = 20
ENDS = ("stored_total", "duplicates_total", "dead_letters_total", "dropped_total")  # the last: of persons erased since
# The first 200 are asked for; who comes after them is unknown, or made by the requests.
PEOPLE_OF_REQUESTS = """
    DELETE FROM person WHERE id > 200;
    SELECT setval(pg_get_serial_sequence('person', 'id'), 1000)
"""
IN_PROCESS = 100_000  # at most: what is decoded and split beside protobuf in this process


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000))
    chosen = parser.parse_args()
    exit_on_signals()
    say(f"Seed {chosen.seed}.")
    found: list[Figure] = []
    if chosen.files:
        found += of_files(chosen.files, chosen.seed)
    if chosen.records or chosen.requests:
        with stores() as running:
            if chosen.records:
                found += of_records(running, chosen.records, chosen.seed)
            if chosen.requests:
                found += of_requests(running, chosen.requests, chosen.seed)
    print()
    for figure in found:
        print(figure.line())
    return 0 if all(figure.ok for figure in found) else 1


def of_files(files: int, seed: int) -> Iterator[Figure]:
    say(f"Reading {files:,} files, half of them damaged, and as many names and zones.")
    began = time.monotonic()
    damaged, misread = list(damaged_files(seed, files // 2)), list(misread_files(seed, files // 2))
    odd = [*odd_names(seed, files // 2), *odd_zones(seed, files // 2)]
    show([f"{one.what:.200}: {one.name} {one.content!r:.300}" for one in damaged + misread])
    show([f"{one.what:.200}: {one.text!r:.300}" for one in odd])
    say(f"They took {time.monotonic() - began:.0f} s.")
    yield Figure("files, fuzzed", files // 2 * 2, Bound.AT_LEAST, files // 2 * 2)
    yield Figure("damaged files that ended otherwise than in a sentence", len(damaged), Bound.AT_MOST, 0)
    yield Figure("files read otherwise than they were written", len(misread), Bound.AT_MOST, 0)
    yield Figure("names and zones that a terminal would not only show", len(odd), Bound.AT_MOST, 0)


def of_records(running: Stores, records: int, seed: int) -> Iterator[Figure]:
    in_process = min(records, IN_PROCESS)
    say(f"Decoding and splitting {in_process:,} records in this process, beside protobuf.")
    different = list(differences(seed, in_process))
    broken = list(broken_promises(seed, in_process))
    show([f"decoded otherwise: {one!r:.300}" for one in different] + [f"split: {one!r:.300}" for one in broken])

    say(f"Sending {records:,} records to a consumer.")
    began = time.monotonic()
    with running.database() as database, running.topic() as topic, running.topic(1) as dead_letter_topic:
        execute(database.superuser, "TRUNCATE person CASCADE")
        settings = {
            "LOCATION_TOPIC": topic,
            "DEAD_LETTER_TOPIC": dead_letter_topic,
            "CONSUMER_GROUP": topic,
            "HEALTH_BIND": free_address(),
            "BRAKE_RATIO": "1",  # nearly everything is bad, and is meant to be
        }
        with service(running, "location_consumer", database, **settings) as consumer:
            pipeline = Pipeline(
                running.kafka_bootstrap_servers,
                topic,
                dead_letter_topic,
                topic,
                database.superuser,
                lambda: consumer.process.poll() is None,
            )
            account = fuzz_records(pipeline, records, seed)
            crashed = consumer.process.poll() is not None
            counted = {} if crashed else {name: consumer.counted(name) for name in ("stored_total", "duplicates_total")}
    show(account.problems)
    say(
        f"{account.entries:,} locations and unreadable records in {time.monotonic() - began:.0f} s: {ends_of(account)}."
    )
    if counted and counted != {"stored_total": account.stored, "duplicates_total": account.fates["duplicate"]}:
        account.problems.append(f"the consumer counted otherwise: {counted}")
    unaccounted = account.entries - account.stored - account.fates.total()
    yield Figure("records, fuzzed", account.records, Bound.AT_LEAST, records)
    yield Figure("records decoded otherwise than by protobuf", len(different), Bound.AT_MOST, 0)
    yield Figure("requests split otherwise than by the rules", len(broken), Bound.AT_MOST, 0)
    yield Figure("consumers that ended", int(crashed), Bound.AT_MOST, 0)
    yield Figure("locations with another end than they must have", len(account.problems), Bound.AT_MOST, 0)
    yield Figure("locations unaccounted for", abs(unaccounted), Bound.AT_MOST, 0)
    yield Figure("errors in the consumer's log", errors(running, "location_consumer"), Bound.AT_MOST, 0)


def of_requests(running: Stores, requests: int, seed: int) -> Iterator[Figure]:
    say(f"Sending {requests:,} requests.")
    names = ("location_producer", "person_service", "phone_gateway", "connection_service", "location_consumer")
    with running.database() as database, running.topic() as topic, running.topic(1) as dead_letter_topic:
        execute(database.superuser, PEOPLE_OF_REQUESTS)
        settings = {
            "LOCATION_TOPIC": topic,
            "DEAD_LETTER_TOPIC": dead_letter_topic,
            "CONSUMER_GROUP": topic,
            "BRAKE_RATIO": "1",
            "CALLER_LOCATIONS_PER_S": "0",  # all of it is one caller's, whose streams would be read later and later
        }
        with ExitStack() as started:
            processes = [started.enter_context(service(running, name, database, **settings)) for name in names]
            outcome = fuzz_requests(services_of(running, topic), requests, seed, say)
            consumer = processes[-1]
            pipeline = Pipeline(
                running.kafka_bootstrap_servers, topic, "", topic, "", lambda: consumer.process.poll() is None
            )
            wait_until_consumed(pipeline)
            ended = sum(consumer.counted(name) for name in ENDS)
            crashed = [one.name for one in processes if not is_well(running, one)]
    show(outcome.problems + [f"{name} has ended" for name in crashed])
    say(answered(outcome))
    yield Figure("requests, fuzzed", outcome.requests, Bound.AT_LEAST, requests)
    yield Figure("services that ended", len(crashed), Bound.AT_MOST, 0)
    yield Figure("requests answered by an unforeseen error", len(outcome.problems), Bound.AT_MOST, 0)
    yield Figure("accepted locations, stored or dead", ended, Bound.AT_LEAST, outcome.accepted)
    yield Figure("errors in the services' logs", sum(errors(running, name) for name in names), Bound.AT_MOST, 0)


def services_of(running: Stores, topic: str) -> Services:
    addresses = running.addresses
    return Services(
        addresses["LOCATION_GRPC"],
        addresses["PERSON_GRPC"],
        addresses["PERSON_URL"],
        addresses["CONNECTION_URL"],
        addresses["PHONE_URL"],
        running.kafka_bootstrap_servers,
        topic,
    )


def is_well(running: Stores, one: Running) -> bool:
    """Whether it runs, and with the workers that it began with."""
    return one.process.poll() is None and "was terminated" not in log_of(running, one.name)


def log_of(running: Stores, name: str) -> str:
    return (running.folder.logs / f"{name}.log").read_text(errors="replace")


def errors(running: Stores, name: str) -> int:
    found = errors_in(log_of(running, name))
    for line, count in found.items():
        say(f"{name} logged {count:,} times: {line}")
    return sum(found.values())


def ends_of(account: Account) -> str:
    ends = ", ".join(f"{count:,} {fate}" for fate, count in account.fates.most_common())
    return f"{account.stored:,} stored, {ends}"


def answered(outcome: Outcome) -> str:
    return "\n".join(
        f"{name}: " + ", ".join(f"{count:,} {code}" for code, count in codes.most_common())
        for name, codes in outcome.codes.items()
    )


def show(problems: list[str]) -> None:
    for problem in problems[:PROBLEMS_SHOWN]:
        say(f"  {problem}")
    if len(problems) > PROBLEMS_SHOWN:
        say(f"  … and {len(problems) - PROBLEMS_SHOWN:,} more")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
