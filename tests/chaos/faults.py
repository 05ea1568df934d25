"""What can go wrong: each fault does it, and returns when it is over."""

import random
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from functools import partial

import psycopg2
from kafka import KafkaConsumer, TopicPartition

from deployment.native.citus import WORKERS
from deployment.native.folders import REPOSITORY
from tests.chaos.link import Link
from tests.chaos.overtaken import missed_records, take_half_of_what_waits
from tests.chaos.round import Told, wait_for
from tests.chaos.stack import Stack
from tests.patience import PATIENCE_S

KILLED = ("location_producer", "location_consumer", "kafka", "postgresql")
REFUSED_S, SILENT_S = 5.0, 8.0
FULL_S = 8.0
READ_ONLY_S = 8.0
TEN_MINUTES_S = 600
OVERTAKEN_AFTER_S = 8.0
FLOODED_S = 10.0
# Those that leave no dead letters: the letters of a round are all its own.
FLOODS = ("new", "streamed", "duplicates", "unknown", "wrong")
ELSEWHERE = "127.0.0.2"  # from where a flood comes: whoever has no token is known by the address
NEW_PARTITIONS_WITHIN_S = 90.0

SLOW_COPY = """
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$;
    CREATE TRIGGER slow BEFORE INSERT ON location FOR EACH ROW EXECUTE FUNCTION slow();
"""
READ_ONLY = "ALTER DATABASE udaconnect SET default_transaction_read_only = {}"
END_SESSIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Whoever waited for the lock would have everybody wait behind it: a finder reads for as long as a window takes.
QUICK = "SET lock_timeout = '1s'; DROP FUNCTION IF EXISTS slow CASCADE"
IN_COPY = "SELECT 1 FROM pg_stat_progress_copy WHERE tuples_processed > 0"


def random_kills(stack: Stack, chance: random.Random) -> Told:
    """One of the four, or of the workers, or two within a second."""
    killed = [name for name in (*KILLED, *WORKERS) if name in stack.programs]
    victims = chance.sample(killed, k=chance.choice((1, 1, 2)))
    for number, name in enumerate(victims):
        if number:
            time.sleep(chance.uniform(0, 1))
        stack.programs[name].kill()
    return Told(" and ".join(victims))


def frozen(name: str, seconds: float, stack: Stack, _chance: random.Random) -> None:
    program = stack.programs[name]
    program.freeze()
    try:
        time.sleep(seconds)
    finally:
        program.thaw()


def refused(which: str, stack: Stack, _chance: random.Random) -> None:
    link = stack.links[which]
    link.refuse()
    time.sleep(REFUSED_S)
    link.heal()


def silent(which: str, stack: Stack, _chance: random.Random, *, seconds: float = SILENT_S, forget: bool) -> None:
    link = stack.links[which]
    link.silence()
    time.sleep(seconds)
    link.heal(forget=forget)


def disk_full(name: str, stack: Stack, _chance: random.Random) -> None:
    disk = stack.disks[name]
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 20))
    with suppress(OSError), filler.open("ab", buffering=0) as file:  # the last bytes too
        while True:
            file.write(bytes(4096))
    wait_for(lambda: not stack.all_ready(), FULL_S)
    time.sleep(FULL_S)
    filler.unlink()


def rebalance_storm(stack: Stack, chance: random.Random) -> None:
    """Consumers come and go, some of them without a word."""
    added = []
    for _ in range(3):
        added.append(stack.add_consumer())
        time.sleep(chance.uniform(0.5, 3))
        if len(added) > 1:
            stack.remove(added.pop(chance.randrange(len(added))), killing=chance.random() < 0.5)
    for program in added:
        stack.remove(program, killing=chance.random() < 0.5)


def more_partitions(stack: Stack, _chance: random.Random) -> None:
    """Over when the producer sends to the new ones."""
    with stack.admin() as admin:
        [topic] = admin.describe_topics(["location"])
        before = len(topic["partitions"])
        admin.create_partitions({"location": before + 2})
    new = [TopicPartition("location", number) for number in (before, before + 1)]
    with KafkaConsumer(bootstrap_servers=stack.addresses["KAFKA_BOOTSTRAP_SERVERS"]) as consumer:
        if not wait_for(lambda: all(consumer.end_offsets(new).values()), NEW_PARTITIONS_WITHIN_S):
            raise AssertionError("nothing was sent to the new partitions")


def away(name: str, seconds: float, stack: Stack, _chance: random.Random) -> None:
    """Killed, and not started again for a while."""
    program = stack.programs[name]
    program.stop(killing=True)
    time.sleep(seconds)
    program.start()


def clock_off(name: str, stack: Stack, chance: random.Random) -> None:
    stack.clocks[name].set(chance.choice((-TEN_MINUTES_S, TEN_MINUTES_S)))
    time.sleep(6)
    stack.clocks[name].set(0)


def read_only(stack: Stack, _chance: random.Random) -> None:
    """As a failover looks: sessions end, and those that come next take no writes, for as long as they live."""
    with stack.database() as session, session.cursor() as cursor:
        cursor.execute(READ_ONLY.format("on"))
        try:
            cursor.execute(END_SESSIONS)
            time.sleep(READ_ONLY_S)
        finally:
            cursor.execute(READ_ONLY.format("off"))


def retention_overtakes(stack: Stack, _chance: random.Random) -> Told:
    """The consumer is away, and meanwhile Kafka deletes half of what waits for it. It must say how much that was."""
    consumer = stack.programs["location_consumer"]
    consumer.stop(killing=True)
    try:
        time.sleep(OVERTAKEN_AFTER_S)
        taken = take_half_of_what_waits(stack)
    finally:
        consumer.start()
    if not wait_for(lambda: missed_records(stack) == taken, PATIENCE_S):
        raise AssertionError(f"{taken} records were taken, and {missed_records(stack)} are told to be missed")
    return Told(f"{taken} records taken")


def flood(stack: Stack, chance: random.Random) -> Told:
    """Another client sends as much as it can; what this one sends must become visible meanwhile."""
    kind = chance.choice(FLOODS)
    host, port = stack.addresses["LOCATION_GRPC"].rsplit(":", 1)
    with closing(Link((host, int(port)), comes_from=ELSEWHERE)) as link:
        command = [sys.executable, "-m", "tests.integration.fairness.flood", kind, link.address, "no token"]
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL) as flooding:
            try:
                time.sleep(FLOODED_S)
                for _ in range(3):
                    seen = rows_of_rounds(stack)
                    if not wait_for(partial(more_rows_than, seen, stack), PATIENCE_S):
                        raise AssertionError(f"nothing of the others is stored beside a flood ({kind})")
                if flooding.poll() is not None:
                    raise AssertionError("the flood has ended by itself")
            finally:
                flooding.kill()
    return Told(kind)


def more_rows_than(before: int, stack: Stack) -> bool:
    return rows_of_rounds(stack) > before


def rows_of_rounds(stack: Stack) -> int:
    """Without those of a flood, which are newer."""
    with stack.database() as session, session.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM location WHERE creation_time < '2026-01-01'")
        [[rows]] = cursor.fetchall()
    return int(rows)


def restart_in_copy(stack: Stack, chance: random.Random) -> None:
    """PostgreSQL is told to end when some rows of a COPY are in, and others are not."""
    stack.execute(SLOW_COPY)
    try:
        await_middle(stack, IN_COPY)
        # Fast, or immediately: the second one leaves the table to crash recovery.
        stack.programs["postgresql"].send(chance.choice((signal.SIGINT, signal.SIGQUIT)))
    finally:
        wait_for(lambda: removed(stack, QUICK), PATIENCE_S)


def await_middle(stack: Stack, of_what: str) -> None:
    """Return when the query finds something that is slow under way. Raises AssertionError where nothing is met."""
    with stack.database() as session, session.cursor() as cursor:

        def found() -> bool:
            cursor.execute(of_what)
            return bool(cursor.fetchall())

        if not wait_for(found, PATIENCE_S):
            raise AssertionError(f"nothing was met in the middle: {of_what}")


def removed(stack: Stack, statement: str) -> bool:
    try:
        stack.execute(statement)
    except psycopg2.OperationalError:
        return False
    return True
