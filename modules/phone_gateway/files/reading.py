"""Reads one file and sends its locations: `python -m phone_gateway.files.reading`, a process for each file.

What a stranger's file costs is its own process's: that is slower than everybody else here (nice), and ends when it
takes more memory or time than a file may.
"""

import json
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable
from typing import Final, TextIO

import grpc
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest, BatchCreateLocationsResponse
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from location_client.batches import batches_of
from location_client.readers.formats import read_file
from location_client.readers.rows import Reading, Rejected, Rows, UnreadableFileError
from location_client.receipts import Tally, order, where
from location_client.sending import Sender, SendingError
from location_client.zones import zone_called
from phone_gateway.files.order import NotTaken, Order, State
from service_kit.rpc.peer import Peer
from service_kit.rpc.tls import channel_credentials

BATCH: Final = 1_000
IN_FLIGHT: Final = 2
LISTED_MAX: Final = 100
TELL_EVERY_S: Final = 0.5
NICENESS: Final = 10
MEMORY_MAX_BYTES: Final = 512 << 20
PROCESSOR_MAX_S: Final = 900

Tell = Callable[[State], None]


def main() -> None:
    read_and_send(json.load(sys.stdin), teller(sys.stdout))


def read_and_send(order_: Order, tell: Tell) -> None:
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_MAX_S, PROCESSOR_MAX_S))
    tally, listed = Tally(), list[Rejected]()
    reading = Reading(order_["person_id"], zone_called(order_["zone"]))
    failure: str | None = None
    with os.fdopen(order_["fd"], "rb") as file, channel_to(Peer(**order_["location_producer"])) as channel:
        size = os.fstat(file.fileno()).st_size
        rows = of_person(read_file(file, order_["name"], reading), order_["person_id"])
        told_at = time.monotonic()
        try:
            for receipt in sender(channel, order_["token"]).send(batches_of(rows, BATCH)):
                tally.add(receipt)
                of_batch = sorted([*receipt.batch.unreadable, *receipt.refused], key=lambda one: order(one.place))
                listed.extend(of_batch[: LISTED_MAX - len(listed)])
                if time.monotonic() - told_at >= TELL_EVERY_S:
                    told_at = time.monotonic()
                    tell(state("reading", file.tell(), size, tally))
            if not tally.sent and not tally.rejected:
                failure = f"{order_['name']} holds no locations."
        except UnreadableFileError as error:
            failure = f"{order_['name']} {error}."
        except SendingError as error:
            failure = f"Sending stopped: {error}"
        except MemoryError:
            failure = f"{order_['name']} takes more memory than a file may."
        tell(finished(size, tally, listed, reading, failure))


def of_person(rows: Rows, person_id: int) -> Rows:
    """The rows; those of others as rejected: a page uploads for one person."""
    for row in rows:
        if isinstance(row, Rejected) or row[1] == person_id:
            yield row
        else:
            yield Rejected(row[0], "person_id", f"must be that of whoever the file is for ({person_id}), is {row[1]}")


def channel_to(peer: Peer) -> grpc.Channel:
    options = [("grpc.enable_http_proxy", 0), ("grpc.max_reconnect_backoff_ms", 2000)]
    if not peer.tls_ca:
        return grpc.insecure_channel(peer.target, options)
    return grpc.secure_channel(peer.target, channel_credentials(peer.tls_ca, peer.tls_cert, peer.tls_key), options)


def sender(channel: grpc.Channel, token: str) -> Sender:
    stub = LocationServiceStub(channel)
    metadata = (("authorization", f"Bearer {token}"),) if token else ()

    def call(request: BatchCreateLocationsRequest, /, *, timeout: float | None = None) -> BatchCreateLocationsResponse:
        return stub.BatchCreateLocations(request, timeout=timeout, metadata=metadata)

    return Sender(call, in_flight=IN_FLIGHT)


def state(stage: str, read_bytes: int, size: int, tally: Tally) -> State:
    return State(
        stage=stage,
        read_bytes=read_bytes,
        bytes=size,
        accepted=tally.accepted,
        refused=tally.refused,
        unreadable=tally.unreadable,
    )


def finished(size: int, tally: Tally, listed: list[Rejected], reading: Reading, failure: str | None) -> State:
    last = state("done", size, size, tally)
    last["rejected"] = [NotTaken(place=where(place), field=field, reason=why) for place, field, why in listed]
    last["reasons"] = [{"reason": reason, "count": count} for reason, count in tally.reasons.most_common()]
    last["remarks"] = [f"{count:,} {text}." for text, count in reading.remarks.most_common()]
    last["failure"] = failure
    return last


def teller(output: TextIO) -> Tell:
    """Writes a line for each state. Ends the process where nobody listens any more."""

    def tell(told: State) -> None:
        print(json.dumps(told), file=output, flush=True)

    return tell


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  it may hold what stood in the file: only where it happened is told
        sys.stderr.write(f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}")
        sys.exit(1)
