"""A finder that looks and tells by hand, at instants of the test's own, and whoever reads what it tells."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Event

import pytest
from udaconnect.connection.v1.encounter_pb2 import EncounterEvent

from meeting_finder.live.encounters import Encounters, Told
from meeting_finder.live.look import Look
from meeting_finder.live.outbox import Outbox
from meeting_finder.live.topic import EncounterTopic
from meeting_finder.metrics import Metrics
from proximity.instants import EPOCH, MICROSECOND, SECOND_US
from service_kit.kafka.security import KafkaSecurity
from tests.integration.meeting_finder.conftest import ASKED, System
from tests.integration.meeting_finder.live.heard import PARTITIONS, records
from tests.unit.proximity.present.test_company import START_US


def second(number: float) -> datetime:
    """So long after the first report."""
    return EPOCH + (START_US + int(number * SECOND_US)) * MICROSECOND


@dataclass
class Teller:
    system: System
    encounters: Encounters
    looks: Look
    outbox: Outbox
    topic: EncounterTopic
    topic_name: str
    servers: str

    def look(self, *seconds: float) -> list[Told | None]:
        return [self.looks.look(second(each)) for each in seconds]

    def tell(self) -> int:
        return self.outbox.send(self.topic.send)

    def heard(self) -> list[EncounterEvent]:
        """All records of the topic, those that were sent again too; by partition."""
        return records(self.servers, self.topic_name)


@pytest.fixture
def teller(system: System, make_topic: Callable[..., str], kafka_bootstrap_servers: str) -> Iterator[Teller]:
    encounters, outbox = Encounters(system.database.meeting_finder), Outbox(system.database.meeting_finder)
    name = make_topic(PARTITIONS)
    topic = EncounterTopic([kafka_bootstrap_servers], name, KafkaSecurity())
    looks = Look(encounters, ASKED, Metrics(), Event())
    yield Teller(system, encounters, looks, outbox, topic, name, kafka_bootstrap_servers)
    for each in (encounters, outbox, topic):
        each.close()
