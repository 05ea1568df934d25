"""What a service counts, in the form that Prometheus reads (GET /metrics).

Names end in their unit (_seconds, _bytes) or, where they only ever grow, in _total. Labels have few values that are
known beforehand: never an id, a path as it was asked for, or a text.
"""

from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

# Upper bounds of histograms. A batch goes through in milliseconds; what takes longer than a minute has failed.
SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
LOCATIONS: Final = (1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


def process_registry() -> CollectorRegistry:
    """A registry that holds the process' own figures (memory, CPU, open files), for a service to add its own to."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return registry


def exposition(registry: CollectorRegistry) -> bytes:
    """The answer of GET /metrics, of type CONTENT_TYPE."""
    return generate_latest(registry)
