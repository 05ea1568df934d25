"""A sender to a location_producer, for a command.

with connect("127.0.0.1:30003") as sender:
    for receipt in sender.send(batches):
        ...
"""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest, BatchCreateLocationsResponse
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from location_client.sending import Sender, SendingError
from udaconnect_client.access import PLAIN, Access


@contextmanager
def connect(target: str, access: Access = PLAIN, *, in_flight: int = 4, timeout_s: float = 5.0) -> Iterator[Sender]:
    """A sender to a location_producer at host:port. Raises SendingError if nobody answers there, or AccessError."""

    def call(request: BatchCreateLocationsRequest, /, *, timeout: float | None = None) -> BatchCreateLocationsResponse:
        return stub.BatchCreateLocations(request, timeout=timeout, metadata=access.metadata())

    # By default gRPC would wait up to two minutes before it connects again.
    with access.channel(target, [("grpc.max_reconnect_backoff_ms", 2000)]) as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=timeout_s)
        except grpc.FutureTimeoutError:
            raise SendingError(f"nobody answers at {target} (--location-grpc or LOCATION_GRPC says where)") from None
        stub = LocationServiceStub(channel)
        yield Sender(call, in_flight=in_flight)


def why_stopped(error: Exception) -> str:
    """What to tell about a SendingError or an AccessError."""
    refused = isinstance(error, SendingError) and error.code is grpc.StatusCode.UNAUTHENTICATED
    return f"Sending stopped: {error}{' (UDACONNECT_TOKEN or --token-file)' if refused else ''}"
