"""What stands in for the services: a location_producer and a person_service that do as they are told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import grpc
import pytest
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status
from typer.testing import CliRunner, Result
from udaconnect.location.v1.location_pb2 import (
    DESCRIPTOR,
    BatchCreateLocationsRequest,
    BatchCreateLocationsResponse,
    Location,
    Rejection,
)

from deployment.native.ports import free_address
from udaconnect_client.__main__ import app


@dataclass
class ObedientProducer:
    """Accepts what lies on Earth, after it has been busy so many times."""

    target: str = ""
    busy_times: int = 0
    dead_after: int | None = None  # batches
    accepted: list[Location] = field(default_factory=list)
    batch_sizes: list[int] = field(default_factory=list)

    def batch_create_locations(
        self, request: BatchCreateLocationsRequest, context: grpc.ServicerContext
    ) -> BatchCreateLocationsResponse:
        if self.busy_times > 0:
            self.busy_times -= 1
            detail = Any()
            detail.Pack(RetryInfo(retry_delay=Duration(nanos=1_000_000)))
            code = grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
            context.abort_with_status(rpc_status.to_status(Status(code=code, message="busy", details=[detail])))
        if self.dead_after is not None and len(self.batch_sizes) >= self.dead_after:
            context.abort(grpc.StatusCode.INTERNAL, "broken")
        self.batch_sizes.append(len(request.locations))
        good = [location for location in request.locations if -90 <= location.latitude <= 90]
        self.accepted += good
        return BatchCreateLocationsResponse(
            accepted_count=len(good),
            rejections=[
                Rejection(index=index, field="latitude", reason=f"must be between -90 and 90, is {location.latitude}")
                for index, location in enumerate(request.locations)
                if location not in good
            ],
        )


@pytest.fixture
def unused_address() -> str:
    return free_address()


@pytest.fixture
def producer() -> Iterator[ObedientProducer]:
    servicer = ObedientProducer()
    server = grpc.server(ThreadPoolExecutor(1))
    call = grpc.unary_unary_rpc_method_handler(
        servicer.batch_create_locations,
        request_deserializer=BatchCreateLocationsRequest.FromString,
        response_serializer=BatchCreateLocationsResponse.SerializeToString,
    )
    name = DESCRIPTOR.services_by_name["LocationService"].full_name
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, {"BatchCreateLocations": call})])
    servicer.target = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield servicer
    server.stop(None).wait()


class Push:
    """Runs `udaconnect push` on a file of some content; nobody says who is there, unless `person_url` does."""

    def __init__(self, folder: Path, person_url: str) -> None:
        self._folder = folder
        self.person_url = person_url

    def __call__(self, content: str | bytes, target: str, *options: str, name: str = "day.csv") -> Result:
        file = self._folder / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        urls = ["--location-grpc", target, "--person-url", self.person_url]
        return CliRunner().invoke(app, ["push", str(file), *urls, *options])


@pytest.fixture
def push(tmp_path: Path, unused_address: str) -> Push:
    return Push(tmp_path, f"http://{unused_address}")


class People(BaseHTTPRequestHandler):
    """Answers as person_service does: there are the persons 1 to 99; 500 is not for everybody."""

    def do_GET(self) -> None:
        person_id = int(self.path.rpartition("/")[2])
        self.server.asked.append(person_id)  # type: ignore[attr-defined]  # it is the fixture's
        self.send_response(200 if person_id < 100 else 403 if person_id == 500 else 404)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def people() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), People)
    server.asked = []  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def people_url(people: HTTPServer) -> str:
    return f"http://127.0.0.1:{people.server_port}"
