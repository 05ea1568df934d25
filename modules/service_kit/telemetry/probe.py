"""Asks a service of this machine whether it is ready: `python -m service_kit.telemetry.probe http://…/readyz` or `grpc://host:port`.

For health checks inside an image that has no other client. The exit status is 0 for yes and 1 for no.
"""

import sys
from urllib.error import URLError
from urllib.request import urlopen

TIMEOUT_S = 2.0


def is_ready(address: str) -> bool:
    scheme, _, rest = address.partition("://")
    return _serves(rest) if scheme == "grpc" else _answers(address)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=TIMEOUT_S):  # noqa: S310  the address is the operator's own
            return True
    except (URLError, TimeoutError):
        return False


def _serves(target: str) -> bool:
    # Here, because not every image holds gRPC.
    import grpc  # noqa: PLC0415
    from grpc_health.v1 import health_pb2, health_pb2_grpc  # noqa: PLC0415

    with grpc.insecure_channel(target, options=[("grpc.enable_http_proxy", 0)]) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT_S)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


if __name__ == "__main__":
    sys.exit(0 if len(sys.argv) == 2 and is_ready(sys.argv[1]) else 1)  # noqa: PLR2004  the program and the address
