"""The services as processes, with the standard variables of OpenTelemetry and a collector of a few lines."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
import pytest
import requests
from google.protobuf.timestamp_pb2 import Timestamp
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from udaconnect.location.v1 import location_pb2, location_pb2_grpc

from deployment.native.ports import free_address
from deployment.native.schema import Database
from deployment.native.services import answers_http
from tests.integration.programs import program
from tests.integration.statements import add_people
from tests.patience import PATIENCE_S

START_S = 1_771_200_000  # 2026-02-16
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"


class Collector:
    """Takes OTLP over HTTP, as every collector does."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Span]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805  `self` is the collector here
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                if handler.headers.get("Content-Encoding") == "gzip":
                    body = decompress(body)
                assert handler.path == "/v1/traces"
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    names = {each.key: each.value.string_value for each in resource.resource.attributes}
                    for scope in resource.scope_spans:
                        self.spans += [(names["service.name"], span) for span in scope.spans]
                handler.send_response(200)
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            def log_message(handler, *_: object) -> None:  # noqa: N805  likewise
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def of_trace(self, trace: str) -> dict[str, Span]:
        """`service: name of the span` → the span."""
        return {
            f"{service}: {span.name}": span
            for service, span in list(self.spans)
            if span.trace_id == bytes.fromhex(trace)
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()


def children(spans: dict[str, Span]) -> list[tuple[str, str]]:
    """(parent, child) by name."""
    ids = {span.span_id: name for name, span in spans.items()}
    return sorted((ids.get(span.parent_span_id, "caller"), name) for name, span in spans.items())


def send(channel: grpc.Channel, *locations: location_pb2.Location, **metadata: str) -> bool:
    request = location_pb2.BatchCreateLocationsRequest(locations=locations)
    stub = location_pb2_grpc.LocationServiceStub(channel)
    try:
        return (
            stub.BatchCreateLocations(request, timeout=PATIENCE_S, metadata=tuple(metadata.items())).accepted_count > 0
        )
    except grpc.RpcError:
        return False


def location(person_id: int) -> location_pb2.Location:
    return location_pb2.Location(person_id=person_id, latitude=1, longitude=2, creation_time=Timestamp(seconds=START_S))


def test_one_location_is_one_trace_from_the_phones_call_to_its_row(
    collector: Collector,
    database: Database,
    kafka_bootstrap_servers: str,
    make_topic: Callable[..., str],
    poll_until: Any,
) -> None:
    asked = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    topic, target = make_topic(), free_address()
    kafka = {"KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap_servers, "LOCATION_TOPIC": topic}
    add_people(database.superuser, 1)  # where there is nobody at all, the consumer waits for people
    with ExitStack() as running:
        running.enter_context(
            program("location_producer", GRPC_BIND=target, METRICS_BIND="127.0.0.1:0", **kafka, **asked)
        )
        running.enter_context(
            program(
                "location_consumer",
                DATABASE_URL=database.location_consumer,
                DEAD_LETTER_TOPIC=make_topic(),
                CONSUMER_GROUP=f"{topic}-group",
                HEALTH_BIND="127.0.0.1:0",
                **kafka,
                **asked,
            )
        )
        channel = running.enter_context(grpc.insecure_channel(target))
        # Nobody has this id: also what ends as a dead letter has been on the whole way.
        poll_until(lambda: send(channel, location(7), traceparent=TRACEPARENT))
        poll_until(lambda: f"location_consumer: process {topic}" in collector.of_trace(TRACE))
        spans = collector.of_trace(TRACE)
    call = "location_producer: udaconnect.location.v1.LocationService/BatchCreateLocations"
    sent, processed = f"location_producer: send {topic}", f"location_consumer: process {topic}"
    assert children(spans) == sorted(
        [("caller", call), (call, sent), (sent, processed), (processed, "location_consumer: store location")]
    )
    [link] = spans[processed].links
    assert link.span_id == spans[sent].span_id


def test_a_question_is_one_trace_through_both_services_that_answer_it(
    collector: Collector, database: Database, poll_until: Any
) -> None:
    asked = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    people, names, meetings = (free_address() for _ in range(3))
    with (
        program("person_service", DATABASE_URL=database.person_service, REST_BIND=people, GRPC_BIND=names, **asked),
        program(
            "connection_service",
            DATABASE_URL=database.connection_service,
            REST_BIND=meetings,
            PERSON_SERVICE_TARGET=names,
            **asked,
        ),
    ):
        for service_address in (people, meetings):
            poll_until(lambda address=service_address: answers_http(f"http://{address}/readyz"))
        answer = requests.get(
            f"http://{meetings}/api/persons/7/connection",
            params={"start_date": "2026-02-16", "end_date": "2026-02-16"},
            headers={"traceparent": TRACEPARENT},
            timeout=PATIENCE_S,
        )
        assert answer.status_code == 404
        poll_until(lambda: len(collector.of_trace(TRACE)) == 3)
    rpc = "udaconnect.person.v1.PersonService/BatchGetPersons"
    route = "connection_service: GET /api/persons/<int:person_id>/connection"
    asking, answering = f"connection_service: {rpc}", f"person_service: {rpc}"
    assert children(collector.of_trace(TRACE)) == sorted([("caller", route), (route, asking), (asking, answering)])


def test_a_collector_that_is_away_does_not_keep_a_service_from_ending() -> None:
    program = """
from service_kit.telemetry.tracing import tracer, tracing
with tracing("tools"):
    tracer().start_span("use").end()
"""
    away = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    subprocess.run(
        [sys.executable, "-c", program], check=True, env=os.environ | away, capture_output=True, timeout=PATIENCE_S
    )
