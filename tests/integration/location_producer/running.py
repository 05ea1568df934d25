"""A location_producer that runs in a process of its own, and what it has written."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from udaconnect.location.v1 import location_pb2 as pb
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from tests.patience import PATIENCE_S

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@dataclass
class Producer:
    process: subprocess.Popen[bytes]
    target: str
    channel: grpc.Channel

    @property
    def stub(self) -> LocationServiceStub:
        return LocationServiceStub(self.channel)

    @property
    def at(self) -> tuple[str, int]:
        host, _, port = self.target.rpartition(":")
        return host, int(port)

    def health(self) -> "health_pb2.HealthCheckResponse.ServingStatus.ValueType | None":
        """None while the port is not open yet."""
        try:
            return (
                health_pb2_grpc.HealthStub(self.channel)
                .Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_S)
                .status
            )
        except grpc.RpcError:
            return None

    def serving(self) -> bool:
        return bool(self.health() == SERVING)


StartProducer = Callable[..., Producer]
"""start_producer(topic, bootstrap_servers=the real ones, **settings)"""

Records = dict[int, list[bytes]]
"""Partition → the values of its records, in their order."""

ReadTopic = Callable[[str], Records]


def locations(records: Records) -> list[pb.Location]:
    return [
        location
        for values in records.values()
        for value in values
        for location in pb.LocationBatch.FromString(value).locations
    ]
