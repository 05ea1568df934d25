"""Fixes as the contract's locations, and the calls that bring them, and what was refused, to location_producer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from udaconnect.location.v1 import location_pb2 as pb
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from phone_gateway.apps.fixes import SECOND_US, Fix
from phone_gateway.devices import Device
from phone_gateway.peers import OwnToken, failure

if TYPE_CHECKING:
    from udaconnect.location.v1.location_pb2_grpc import LocationServiceAsyncStub

PEER: Final = "location_producer"
DEVICES_TOLD_APART: Final = 1000


def location_of(fix: Fix, device: Device) -> pb.Location:
    """Its time, where it has whole milliseconds only, gets the device's own microseconds.

    Two apps on one phone report the same fix, for the same whole second, rounded differently: that would be a conflict
    about where the person was. So they are two locations, and the same fix sent again stays the same.
    """
    time_us = fix.time_us + device.id % DEVICES_TOLD_APART if fix.time_us % 1000 == 0 else fix.time_us
    return pb.Location(
        person_id=device.person_id,
        latitude=fix.latitude,
        longitude=fix.longitude,
        creation_time=Timestamp(seconds=time_us // SECOND_US, nanos=time_us % SECOND_US * 1000),
        accuracy_m=fix.accuracy_m,
    )


class LocationProducer:
    def __init__(self, channel: grpc.aio.Channel, token: OwnToken, answer_within_s: float) -> None:
        self._stub: LocationServiceAsyncStub = LocationServiceStub(channel)
        self._token = token
        self._answer_within_s = answer_within_s

    async def create(self, locations: list[pb.Location]) -> Sequence[pb.Rejection]:
        """Return when Kafka has acknowledged all but those that it returns. Raises TooBusyError or DependencyDown."""
        request = pb.BatchCreateLocationsRequest(locations=locations)
        try:
            receipt = await self._stub.BatchCreateLocations(
                request, timeout=self._answer_within_s, metadata=self._token.metadata()
            )
        except grpc.aio.AioRpcError as error:
            raise failure(error, PEER) from error
        return receipt.rejections

    async def keep_refused(self, fixes: list[pb.RefusedFix]) -> None:
        """Return when they are dead letters. Raises TooBusyError or DependencyDown."""
        request = pb.KeepRefusedFixesRequest(fixes=fixes)
        try:
            await self._stub.KeepRefusedFixes(request, timeout=self._answer_within_s, metadata=self._token.metadata())
        except grpc.aio.AioRpcError as error:
            raise failure(error, PEER) from error
