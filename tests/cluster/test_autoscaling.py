"""Consumers come and go with the load, and nothing that was acknowledged is lost meanwhile."""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
import requests
import yaml
from google.protobuf.timestamp_pb2 import Timestamp
from udaconnect.location.v1 import location_pb2, location_pb2_grpc

from tests.cluster import kubectl
from tests.cluster.workloads import is_steady, wait_for_rollouts
from tests.patience import PATIENCE_S
from tests.under_load import CALL_S, GRACE, load

pytestmark = pytest.mark.skipif(
    "CLUSTER_NODE" not in os.environ, reason="it is somebody's cluster, in which nobody may measure load"
)
START = datetime(2019, 1, 1, tzinfo=UTC)
CONSUMER = "location-consumer"
LESS = {"name": CONSUMER, "resources": {"requests": {"cpu": "100m"}}}  # so much load two busy cores can make


@pytest.fixture
def autoscaler(addresses: Mapping[str, str]) -> Iterator[None]:
    """Production's, but that one consumer is enough for it, and that it waits for nothing before it takes one away."""
    file = Path(addresses["CLUSTER_CHECKOUT"]) / "deployment" / "overlays" / "production" / "autoscaling.yaml"
    [consumers] = [one for one in yaml.safe_load_all(file.read_text()) if one["metadata"]["name"] == CONSUMER]
    consumers["spec"]["minReplicas"] = 1
    consumers["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] = 0
    patch = {"spec": {"template": {"spec": {"containers": [LESS]}}}}
    kubectl.run("patch", "deployment", CONSUMER, f"--patch={json.dumps(patch)}")
    kubectl.run("apply", "--filename=-", given=json.dumps(consumers))
    wait_for_rollouts()
    yield
    kubectl.run("delete", "hpa", CONSUMER)
    kubectl.run("rollout", "undo", f"deployment/{CONSUMER}")
    kubectl.run("scale", "--replicas=1", f"deployment/{CONSUMER}")
    wait_for_rollouts()


@contextmanager
def crowd(addresses: Mapping[str, str]) -> Iterator[None]:
    """Many people send the same again and again, as fast as they can: work for every partition, and no more rows."""
    url = f"{addresses['PERSON_URL']}/api/persons"
    people = [requests.post(url, json=GRACE, timeout=PATIENCE_S).json()["id"] for _ in range(24)]
    batch = location_pb2.BatchCreateLocationsRequest()
    for number in range(5_000):
        time = Timestamp()
        time.FromDatetime(START + timedelta(seconds=number))
        person = people[number % len(people)]
        batch.locations.add(person_id=person, latitude=2.0, longitude=2.0, creation_time=time)
    stopping = threading.Event()

    def send() -> None:
        with grpc.insecure_channel(addresses["LOCATION_GRPC"]) as channel:
            while not stopping.is_set():
                try:
                    location_pb2_grpc.LocationServiceStub(channel).BatchCreateLocations(batch, timeout=CALL_S)
                except grpc.RpcError:
                    stopping.wait(0.2)

    threads = [threading.Thread(target=send, name="crowd") for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def wanted() -> int:
    replicas: int = kubectl.get("deployment", CONSUMER)["spec"]["replicas"]
    return replicas


@pytest.mark.usefixtures("autoscaler")
def test_consumers_become_more_under_load_and_fewer_after_it(addresses: Mapping[str, str], poll_until: Any) -> None:
    assert wanted() == 1
    with load(addresses, START) as under:
        under.wait_until_it_flows(poll_until)
        with crowd(addresses):
            poll_until(lambda: wanted() > 1, interval_s=1)
            poll_until(lambda: is_steady(CONSUMER), interval_s=1)
            under.wait_until_it_flows(poll_until)
    poll_until(lambda: wanted() == 1 and is_steady(CONSUMER), interval_s=1)
    under.check_nothing_is_lost(addresses, poll_until, CONSUMER)
