"""The names of the metrics that the services export, asked of their registries; and those that expressions speak of."""

import re
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry

from encounter_stream.metrics import Metrics as StreamMetrics
from location_consumer.metrics import Metrics as ConsumerMetrics
from location_producer.callers.allowance import Callers
from location_producer.in_flight import InFlight
from location_producer.metrics import Metrics as ProducerMetrics
from meeting_finder.metrics import Metrics as FinderMetrics
from phone_gateway.metrics import Metrics as GatewayMetrics
from service_kit.rest.metrics import RestMetrics
from service_kit.rpc.metrics import GrpcMetrics

SUFFIXES = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}

# Of others: Prometheus itself, the cluster's kubelets, kube-state-metrics, node_exporter.
FOREIGN = {
    "up",
    "ALERTS",
    "kube_cronjob_created",
    "kube_cronjob_status_last_successful_time",
    "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_capacity_bytes",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
}

FUNCTIONS = {
    *("absent", "and", "by", "changes", "count", "histogram_quantile", "increase", "max", "min", "on", "or"),
    *("predict_linear", "rate", "sum", "time", "unless", "vector"),
}


def registries() -> Iterator[CollectorRegistry]:
    gateway = GatewayMetrics()
    gateway.watch(lambda: 0, lambda: 0, lambda: True)
    gateway.watch_uploads(lambda: 0)
    yield gateway.registry
    producer = ProducerMetrics()
    producer.watch(InFlight(max_calls=1, max_bytes=1), Callers(1, 1))
    GrpcMetrics(producer.registry)
    yield producer.registry
    yield ConsumerMetrics().registry
    yield FinderMetrics().registry
    stream = StreamMetrics()
    stream.watch(lambda: 0, lambda: 0, lambda: True)
    yield stream.registry
    rest = RestMetrics()
    GrpcMetrics(rest.registry)
    yield rest.registry


def exported() -> set[str]:
    return {
        family.name + suffix
        for registry in registries()
        for family in registry.collect()
        for suffix in SUFFIXES[family.type]
    }


def named(expressions: Iterable[str]) -> set[str]:
    """Every metric of which PromQL expressions speak."""
    found: set[str] = set()
    for expression in expressions:
        bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\boffset \w+|\b(by|on)\s*\([^)]*\)|\"[^\"]*\"", " ", expression)
        found.update(re.findall(r"[A-Za-z_:]\w*", bare))
    return found - FUNCTIONS
