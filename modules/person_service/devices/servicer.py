"""What gateways ask over gRPC."""

# ruff: noqa: N802  the names are those of the contract

from datetime import UTC

import grpc
from udaconnect.person.v1 import device_pb2, device_pb2_grpc

from person_service.devices.watching import Known, Report, Watching
from service_kit.errors import InvalidInput


class DeviceServicer(device_pb2_grpc.DeviceServiceServicer):
    """Raises domain errors, which the server's interceptor turns into a status."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    def CheckDevices(
        self, request: device_pb2.CheckDevicesRequest, context: grpc.ServicerContext
    ) -> device_pb2.CheckDevicesResponse:
        del context
        devices, newest = self._watching.check(request.secret_sha256s)
        return device_pb2.CheckDevicesResponse(devices=map(message, devices), change_number=newest)

    def ListDeviceChanges(
        self, request: device_pb2.ListDeviceChangesRequest, context: grpc.ServicerContext
    ) -> device_pb2.ListDeviceChangesResponse:
        del context
        changes = self._watching.changes(request.after if request.HasField("after") else None)
        return device_pb2.ListDeviceChangesResponse(
            change_number=changes.newest, device_ids=changes.device_ids, start_anew=changes.start_anew
        )

    def ReportDevices(
        self, request: device_pb2.ReportDevicesRequest, context: grpc.ServicerContext
    ) -> device_pb2.ReportDevicesResponse:
        del context
        self._watching.report([read(report) for report in request.reports])
        return device_pb2.ReportDevicesResponse()


def message(device: Known) -> device_pb2.Device:
    return device_pb2.Device(
        id=device.id, person_id=device.person_id, secret_sha256=device.secret_sha256, revoked=device.revoked
    )


def read(report: device_pb2.DeviceReport) -> Report:
    """Raises InvalidInput."""
    try:
        last_seen = report.last_seen.ToDatetime(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput([("reports.last_seen", "must be a time")]) from error
    return Report(
        report.device_id,
        last_seen,
        report.last_accuracy_m if report.HasField("last_accuracy_m") else None,
    )
