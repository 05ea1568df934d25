"""Three Kafka nodes that hold each other's records: each a program that is started again when it ends."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deployment.native.folders import DataFolder
from deployment.native.kafka import kafka_command, kafka_log
from deployment.native.ports import HOST, free_port
from tests.chaos.program import Program
from tests.chaos.stores import in_a_quick_jvm

NUMBERS = (1, 2, 3)
# As in deployment/components/strimzi, where it is about them.
OF_THREE = """
node.id={number}
controller.quorum.voters={voters}
default.replication.factor=3
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
"""


def empty_disk(folder: DataFolder, number: int, cluster_id: str) -> None:
    """As `kafka-storage format` leaves it: it takes a JVM half of the time in which a broker is up."""
    data = folder.kafka / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    (data / "meta.properties").write_text(f"version=1\ncluster.id={cluster_id}\nnode.id={number}\n")


@dataclass(frozen=True)
class Brokers:
    bootstrap_servers: str
    programs: dict[int, Program]  # by number
    empty: Callable[[int], None]  # the disk of a broker that does not run

    def leader(self, topic: str, partition: int) -> int | None:
        """The number of the broker that leads it; None: nobody does, or nobody says."""
        return self._of_partitions(topic, "leader_id").get(partition)

    def in_sync(self, topic: str) -> int:
        """How many copies of each partition hold all that is acknowledged: of the one with the fewest."""
        return min(map(len, self._of_partitions(topic, "isr_nodes").values()), default=0)

    def _of_partitions(self, topic: str, what: str) -> dict[int, Any]:
        try:
            with KafkaAdminClient(bootstrap_servers=self.bootstrap_servers, bootstrap_timeout_ms=5_000) as admin:
                [described] = admin.describe_topics([topic])
        except KafkaError:
            return {}
        return {each["partition_index"]: each[what] for each in described["partitions"]}


@contextmanager
def three_brokers(folder: Path) -> Iterator[Brokers]:
    """Started, and not waited for."""
    cluster_id = uuid.uuid4().hex[:22]
    ports = {number: (free_port(), free_port()) for number in NUMBERS}
    voters = ",".join(f"{number}@{HOST}:{controller}" for number, (_, controller) in ports.items())
    own = {number: DataFolder(folder / f"kafka-{number}") for number in NUMBERS}

    def empty(number: int) -> None:
        empty_disk(own[number], number, cluster_id)

    programs = {}
    with ExitStack() as ending:
        for number in NUMBERS:
            own[number].make()
            empty(number)
            command = kafka_command(own[number], *ports[number], OF_THREE.format(number=number, voters=voters))
            log = kafka_log(own[number])
            programs[number] = Program(f"kafka {number}", in_a_quick_jvm(command), os.environ, log, lambda: True)
            ending.callback(programs[number].stop, killing=True)
            programs[number].start()
        yield Brokers(",".join(f"{HOST}:{port}" for port, _ in ports.values()), programs, empty)
