"""What runs beside Kafka and PostgreSQL: command, settings and how to ask whether it is ready."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import grpc
import requests
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deployment.dockerfiles.recipe import MALLOC
from deployment.native.folders import REPOSITORY

PROBE_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Service:
    name: str
    command: str
    settings: dict[str, str]
    is_ready: Callable[[], bool]


def services(addresses: Mapping[str, str]) -> list[Service]:
    def bind(name: str) -> str:
        return addresses[name].removeprefix("http://")

    return [
        python_service(
            "phone_gateway",
            {
                "HTTP_BIND": bind("PHONE_URL"),
                "METRICS_BIND": bind("PHONE_HEALTH_URL"),
                "LOCATION_PRODUCER_TARGET": addresses["LOCATION_GRPC"],
                "PERSON_SERVICE_TARGET": addresses["PERSON_GRPC"],
            },
            lambda: answers_http(addresses["PHONE_HEALTH_URL"] + "/readyz"),
        ),
        python_service(
            "location_producer",
            {
                "KAFKA_BOOTSTRAP_SERVERS": addresses["KAFKA_BOOTSTRAP_SERVERS"],
                "PERSON_SERVICE_TARGET": addresses["PERSON_GRPC"],
                "GRPC_BIND": bind("LOCATION_GRPC"),
                "METRICS_BIND": bind("LOCATION_PRODUCER_URL"),
            },
            lambda: answers_grpc(addresses["LOCATION_GRPC"]),
        ),
        python_service(
            "location_consumer",
            {
                "KAFKA_BOOTSTRAP_SERVERS": addresses["KAFKA_BOOTSTRAP_SERVERS"],
                "DATABASE_URL": addresses["LOCATION_CONSUMER_DATABASE_URL"],
                "HEALTH_BIND": bind("LOCATION_CONSUMER_URL"),
            },
            lambda: answers_http(addresses["LOCATION_CONSUMER_URL"] + "/readyz"),
        ),
        python_service(
            "meeting_finder",
            {
                "KAFKA_BOOTSTRAP_SERVERS": addresses["KAFKA_BOOTSTRAP_SERVERS"],
                "DATABASE_URL": addresses["MEETING_FINDER_DATABASE_URL"],
                "HEALTH_BIND": bind("MEETING_FINDER_URL"),
            },
            lambda: answers_http(addresses["MEETING_FINDER_URL"] + "/readyz"),
        ),
        python_service(
            "person_service",
            {
                "DATABASE_URL": addresses["PERSON_SERVICE_DATABASE_URL"],
                "REST_BIND": bind("PERSON_URL"),
                "GRPC_BIND": bind("PERSON_GRPC"),
                "PHONE_GATEWAY_URL": addresses["PHONE_URL"],
            },
            lambda: answers_http(addresses["PERSON_URL"] + "/readyz") and answers_grpc(addresses["PERSON_GRPC"]),
        ),
        python_service(
            "connection_service",
            {
                "DATABASE_URL": addresses["CONNECTION_SERVICE_DATABASE_URL"],
                "PERSON_SERVICE_TARGET": addresses["PERSON_GRPC"],
                "REST_BIND": bind("CONNECTION_URL"),
                **MALLOC,
            },
            lambda: answers_http(addresses["CONNECTION_URL"] + "/readyz"),
        ),
        python_service(
            "encounter_stream",
            {
                "KAFKA_BOOTSTRAP_SERVERS": addresses["KAFKA_BOOTSTRAP_SERVERS"],
                "PERSON_SERVICE_TARGET": addresses["PERSON_GRPC"],
                "HTTP_BIND": bind("STREAM_URL"),
                "METRICS_BIND": bind("STREAM_HEALTH_URL"),
            },
            lambda: answers_http(addresses["STREAM_HEALTH_URL"] + "/readyz"),
        ),
        Service(
            "frontend",
            f"exec npm --prefix {REPOSITORY / 'modules' / 'frontend'} run --silent serve </dev/null",
            {
                "FRONTEND_BIND": bind("FRONTEND_URL"),
                "PHONE_URL": addresses["PHONE_URL"],
                "PERSON_URL": addresses["PERSON_URL"],
                "CONNECTION_URL": addresses["CONNECTION_URL"],
                "STREAM_URL": addresses["STREAM_URL"],
            },
            lambda: answers_http(addresses["FRONTEND_URL"] + "/"),
        ),
    ]


def python_service(name: str, settings: dict[str, str], is_ready: Callable[[], bool]) -> Service:
    return Service(name, f"exec {sys.executable} -m {name}", settings, is_ready)


def answers_http(url: str) -> bool:
    try:
        return requests.get(url, timeout=PROBE_TIMEOUT_S).ok
    except requests.RequestException:
        return False


def answers_grpc(target: str) -> bool:
    with grpc.insecure_channel(target) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=PROBE_TIMEOUT_S)
        except grpc.RpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
