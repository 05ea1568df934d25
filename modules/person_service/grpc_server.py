"""The gRPC server that lives in each worker beside REST: a thread pool, health, reflection, errors by the table."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, NoReturn

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from prometheus_client import CollectorRegistry
from udaconnect.person.v1 import device_pb2, device_pb2_grpc, person_pb2, person_pb2_grpc

from person_service.access import GRPC_RULES
from person_service.devices.servicer import DeviceServicer
from person_service.servicer import PersonServicer
from service_kit.access.rules import Gate
from service_kit.errors import DependencyDown, DomainError
from service_kit.rpc.access import AccessOfCalls
from service_kit.rpc.errors import domain_status
from service_kit.rpc.metrics import GrpcMetrics
from service_kit.rpc.surrounding import AroundCalls
from service_kit.rpc.tls import ServerTls
from service_kit.rpc.tracing import spans_of_calls
from service_kit.rpc.unreadable import UnreadableRequests
from service_kit.telemetry import tracing

SERVICE: Final = person_pb2.DESCRIPTOR.services_by_name["PersonService"].full_name
DEVICES: Final = device_pb2.DESCRIPTOR.services_by_name["DeviceService"].full_name
MAX_CONCURRENT_RPCS: Final = 200
GRACE_S: Final = 5

log = structlog.get_logger()


class ErrorsAsStatus(grpc.ServerInterceptor):
    """Ends a call that raised with the status of service_kit.errors; only unary calls, which are all of ours."""

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], "grpc.RpcMethodHandler[Any, Any] | None"],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        handler = continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler
        behaviour = handler.unary_unary

        def answer(request: object, context: grpc.ServicerContext) -> object:
            try:
                return behaviour(request, context)
            except Exception as error:  # noqa: BLE001  this is the edge: nothing passes it but a status
                abort(context, error, handler_call_details.method)

        return grpc.unary_unary_rpc_method_handler(answer, handler.request_deserializer, handler.response_serializer)


def abort(context: grpc.ServicerContext, error: Exception, method: str) -> NoReturn:
    if isinstance(error, DependencyDown):
        log.warning("dependency down", detail=str(error), cause=type(error.__cause__).__name__, method=method)
    elif not isinstance(error, DomainError):
        log.error("unexpected", method=method, exc_info=error)
        context.abort(grpc.StatusCode.INTERNAL, "the service failed unexpectedly; the failure has been logged")
    context.abort_with_status(domain_status(error))


class Health(health.HealthServicer):  # type: ignore[misc]  # the base class has no types
    """Serving means ready: whoever asks makes the check run."""

    def __init__(self, check: Callable[[], None]) -> None:
        super().__init__()
        self.check = check

    def Check(self, request: health_pb2.HealthCheckRequest, context: grpc.ServicerContext) -> object:  # noqa: N802  gRPC's name
        try:
            self.check()
        except DomainError:
            status = health_pb2.HealthCheckResponse.NOT_SERVING
        else:
            status = health_pb2.HealthCheckResponse.SERVING
        for service in ("", SERVICE):
            self.set(service, status)
        return super().Check(request, context)


@contextmanager
def grpc_server(  # noqa: PLR0913  each is a part of it
    bind: str,
    servicer: PersonServicer,
    devices: DeviceServicer,
    *,
    threads: int,
    check: Callable[[], None],
    registry: CollectorRegistry | None = None,
    gate: Gate | None = None,
    tls: ServerTls | None = None,
) -> Iterator[int]:
    """Serve for the length of the `with` block; gives the port, for `bind` may say 0.

    Calls are counted in `registry`. `gate` is asked before each; without one the server is open. Without `tls` it
    speaks plain text. Several processes may serve the same port (so_reuseport): the kernel shares the connections out
    among them.
    """
    tracer = tracing.tracer()
    server = grpc.server(
        ThreadPoolExecutor(threads, thread_name_prefix="grpc"),
        interceptors=[
            *([AroundCalls(spans_of_calls(tracer))] if tracer else []),
            AroundCalls(GrpcMetrics(registry or CollectorRegistry()).call),
            ErrorsAsStatus(),
            AccessOfCalls(gate or Gate(), GRPC_RULES),
            UnreadableRequests(),
        ],
        options=[("grpc.so_reuseport", 1)],
        maximum_concurrent_rpcs=MAX_CONCURRENT_RPCS,
    )
    person_pb2_grpc.add_PersonServiceServicer_to_server(servicer, server)
    device_pb2_grpc.add_DeviceServiceServicer_to_server(devices, server)
    health_servicer = Health(check)
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    reflection.enable_server_reflection([SERVICE, DEVICES, health.SERVICE_NAME, reflection.SERVICE_NAME], server)
    port = (tls or ServerTls()).add_port(server, bind)
    server.start()
    log.info("gRPC serves", port=port)
    try:
        yield port
    finally:
        health_servicer.enter_graceful_shutdown()
        server.stop(GRACE_S).wait()
