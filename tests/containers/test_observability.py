"""The profile `observability`: its Prometheus reaches every service, has the alerts, and measures the disks."""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import grpc
import pytest
import requests
import yaml
from udaconnect.location.v1 import location_pb2, location_pb2_grpc

from deployment.native.folders import REPOSITORY
from tests.e2e.phones.apps import every_kind_of_fix, pair
from tests.patience import PATIENCE_S

OBSERVABILITY = REPOSITORY / "deployment" / "components" / "observability"
JOBS = {
    "phone-gateway",
    "location-producer",
    "location-consumer",
    "meeting-finder",
    "encounter-stream",
    "person-service",
    "connection-service",
    "volumes",
}
OF_A_CLUSTER = "kubelet_volume_stats"

pytestmark = pytest.mark.skipif(
    "prometheus" not in os.environ.get("EYES", ""), reason="there is no image of Prometheus, nor anything to make it of"
)

Ask = Callable[..., Any]


@pytest.fixture
def ask() -> Ask:
    def asked(path: str, **parameters: str) -> Any:
        answer = requests.get(f"{os.environ['PROMETHEUS_URL']}/api/v1/{path}", params=parameters, timeout=PATIENCE_S)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    return asked


def test_every_service_is_reached(ask: Ask, poll_until: Any) -> None:
    def up() -> set[str]:
        return {sample["metric"]["job"] for sample in ask("query", query="up == 1")["result"]}

    poll_until(lambda: up() == JOBS, interval_s=1)


def test_the_alerts_are_those_of_the_cluster_and_none_of_them_is_broken(ask: Ask, poll_until: Any) -> None:
    rules = yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text())
    names = {rule["alert"] for group in rules["spec"]["groups"] for rule in group["rules"]}

    def evaluated() -> set[str]:
        found = [rule for group in ask("rules")["groups"] for rule in group["rules"]]
        return {rule["name"] for rule in found if rule["health"] == "ok"}

    poll_until(lambda: evaluated() == names, interval_s=1)


def test_panels_show_the_system_and_the_room_left_on_each_volume(
    ask: Ask, addresses: Mapping[str, str], poll_until: Any
) -> None:
    body = {"first_name": "Ada", "last_name": "Byron", "company_name": "Looms"}
    person = requests.post(f"{addresses['PERSON_URL']}/api/persons", json=body, timeout=PATIENCE_S).json()["id"]
    meetings = f"{addresses['CONNECTION_URL']}/api/persons/{person}/connection"
    good, wrong = (location_pb2.Location(person_id=person, latitude=latitude, longitude=1) for latitude in (1, 91))
    phone = pair(addresses["PERSON_URL"], addresses["PHONE_URL"], person, "osmand")
    dashboard = json.loads((OBSERVABILITY / "dashboard.json").read_text())
    waiting = {
        target["expr"].replace("$__rate_interval", "2m")
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
        if OF_A_CLUSTER not in target["expr"]
    }

    def everything_is_seen() -> bool:
        with grpc.insecure_channel(addresses["LOCATION_GRPC"]) as channel:
            request = location_pb2.BatchCreateLocationsRequest(locations=[good, wrong])
            location_pb2_grpc.LocationServiceStub(channel).BatchCreateLocations(request, timeout=PATIENCE_S)
        phone.send(*every_kind_of_fix())
        requests.get(meetings, params={"start_date": "2026-01-01", "end_date": "2026-01-02"}, timeout=PATIENCE_S)
        seen = {expression for expression in waiting if ask("query", query=expression)["result"]}
        waiting.difference_update(seen)
        return not waiting

    poll_until(everything_is_seen, interval_s=2)
    room = ask("query", query='node_filesystem_avail_bytes{job="volumes"}')["result"]
    assert {sample["metric"]["mountpoint"] for sample in room} == {"/volumes/kafka", "/volumes/postgis"}
