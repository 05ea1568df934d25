"""One block of ports for the whole system; a port of it that is taken is replaced by a free one."""

import os
import random
import socket

HOST = "127.0.0.1"
FIRST_PORT = 30_000

OFFSETS = {
    "frontend": 0,
    "person_rest": 1,
    "connection_rest": 2,
    "location_grpc": 3,
    "person_grpc": 4,
    "consumer_health": 5,
    "producer_metrics": 6,
    "kafka": 92,
    "kafka_controller": 93,
    "postgresql": 432,
}

# Below the range from which the system gives ports to outgoing connections: nobody takes one between choice and use.
SPARE_PORTS = range(10_000, 29_500)


def choose_ports() -> dict[str, int]:
    """A port for each name in OFFSETS. UDACONNECT_PORT sets the first of the block."""
    first = int(os.environ.get("UDACONNECT_PORT", FIRST_PORT))
    chosen: dict[str, int] = {}
    for name, offset in OFFSETS.items():
        port = first + offset
        while not is_free(port) or port in chosen.values():
            port = random.choice(SPARE_PORTS)  # noqa: S311  not a secret
        chosen[name] = port
    return chosen


def spare_block() -> int:
    """A first port for a system beside the usual one."""
    return random.choice(SPARE_PORTS[::500])  # noqa: S311  not a secret


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A connection that is still being forgotten does not hold a port; a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
