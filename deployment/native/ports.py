"""One block of ports for the whole system; a port of it that is taken is replaced by a free one."""

import atexit
import os
import secrets
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
    "finder_health": 7,
    "phone_http": 8,
    "phone_health": 9,
    "stream_http": 10,
    "stream_health": 11,
    "kafka": 92,
    "kafka_controller": 93,
    "postgresql": 432,
    "postgresql_worker_1": 433,
    "postgresql_worker_2": 434,
    "postgresql_worker_3": 435,
    "postgresql_worker_4": 436,
}

# Below the range from which the system gives ports to outgoing connections: nobody takes one between choice and use.
SPARE_BLOCKS = range(10_000, 29_500, 500)
SPARE_PORTS = [first + offset for first in SPARE_BLOCKS for offset in range(500) if offset not in OFFSETS.values()]

_given: dict[int, socket.socket] = {}


def choose_ports() -> dict[str, int]:
    """A port for each name in OFFSETS. UDACONNECT_PORT sets the first of the block. Raises SystemExit."""
    first = first_port(os.environ.get("UDACONNECT_PORT") or str(FIRST_PORT))
    chosen: dict[str, int] = {}
    for name, offset in OFFSETS.items():
        port = first + offset
        while not is_free(port) or port in chosen.values():
            port = free_port()
        chosen[name] = port
    return chosen


def first_port(text: str) -> int:
    highest = 65_535 - max(OFFSETS.values())
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= highest):
        raise SystemExit(f"UDACONNECT_PORT must be a port from 1 to {highest}, is {text!r}")
    return int(text)


def spare_block() -> int:
    """A first port for a system beside the usual one; nobody listens on any of its block."""
    while True:
        first = secrets.choice(SPARE_BLOCKS)
        if all(is_free(first + offset) for offset in OFFSETS.values()):
            return first


def free_port() -> int:
    """A port that nobody listens on, in no system's block; nobody else is given it as long as this process lives."""
    while not (is_free(port := secrets.choice(SPARE_PORTS)) and claim(port)):
        pass
    return port


def claim(port: int) -> bool:
    """Whether the port was not given yet, by any process of this machine: each holds a name for those given to it."""
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0udaconnect-port-{port}")
    except OSError:
        name.close()
        return False
    _given[port] = name
    return True


@atexit.register
def give_back() -> None:
    for name in _given.values():
        name.close()


def free_address() -> str:
    return f"{HOST}:{free_port()}"


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A connection that is still being forgotten does not hold a port; a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
