"""What is asked of person_service, and told to it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from udaconnect.person.v1 import device_pb2 as pb
from udaconnect.person.v1.device_pb2_grpc import DeviceServiceStub

from phone_gateway.devices import Changes, Checked, Device
from phone_gateway.peers import OwnToken, failure

if TYPE_CHECKING:
    from udaconnect.person.v1.device_pb2_grpc import DeviceServiceAsyncStub

PEER: Final = "person_service"
TIMEOUT_S: Final = 0.8


class GrpcPersonService:
    """Each call raises DependencyDown."""

    def __init__(self, channel: grpc.aio.Channel, token: OwnToken) -> None:
        self._stub: DeviceServiceAsyncStub = DeviceServiceStub(channel)
        self._token = token

    async def check(self, secrets: Sequence[bytes]) -> Checked:
        try:
            answer = await self._stub.CheckDevices(
                pb.CheckDevicesRequest(secret_sha256s=secrets), timeout=TIMEOUT_S, metadata=self._token.metadata()
            )
        except grpc.aio.AioRpcError as error:
            raise failure(error, PEER) from error
        return Checked({each.secret_sha256: device_of(each) for each in answer.devices}, answer.change_number)

    async def changes(self, after: int | None) -> Changes:
        try:
            answer = await self._stub.ListDeviceChanges(
                pb.ListDeviceChangesRequest(after=after), timeout=TIMEOUT_S, metadata=self._token.metadata()
            )
        except grpc.aio.AioRpcError as error:
            raise failure(error, PEER) from error
        return Changes(answer.change_number, answer.device_ids, answer.start_anew)

    async def report(self, seen: dict[int, tuple[int, float | None]]) -> None:
        """Device → when it was heard of (microseconds since 1970), and its accuracy in metres."""
        reports = []
        for device_id, (seen_us, accuracy_m) in seen.items():
            moment = Timestamp()
            moment.FromMicroseconds(seen_us)
            reports.append(pb.DeviceReport(device_id=device_id, last_seen=moment, last_accuracy_m=accuracy_m))
        try:
            await self._stub.ReportDevices(
                pb.ReportDevicesRequest(reports=reports), timeout=TIMEOUT_S * 5, metadata=self._token.metadata()
            )
        except grpc.aio.AioRpcError as error:
            raise failure(error, PEER) from error


def device_of(each: pb.Device) -> Device:
    return Device(each.id, each.person_id, each.revoked)
