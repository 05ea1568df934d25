"""Every acknowledged location is stored, whatever is restarted meanwhile."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.patience import PATIENCE_S
from tests.under_load import BATCH, TRY_AGAIN, load, stored

SERVICES = [
    "phone_gateway",
    "location_producer",
    "kafka",
    "location_consumer",
    "meeting_finder",
    "encounter_stream",
    "postgis",
    "person_service",
    "connection_service",
    "frontend",
]
START = datetime(2017, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_acknowledged_is_lost_when_a_service_restarts_under_load(
    addresses: Mapping[str, str], compose: Any, poll_until: Any, service: str
) -> None:
    with load(addresses, START) as under:
        under.wait_until_it_flows(poll_until)
        compose.run("restart", "--timeout", "60", service)
        poll_until(lambda: compose.health(service) == "healthy")
        under.wait_until_it_flows(poll_until)
    assert set(under.registrar.refusals) <= {None, 502, 503}
    under.check_nothing_is_lost(addresses, poll_until, service)


@pytest.mark.parametrize(
    ("service", "address"), [("person_service", "PERSON_URL"), ("connection_service", "CONNECTION_URL")]
)
def test_a_rest_service_ends_by_itself_and_comes_back(
    addresses: Mapping[str, str], compose: Any, poll_until: Any, service: str, address: str
) -> None:
    compose.run("stop", "--timeout", "30", service)
    assert compose.inspect()[service]["State"]["ExitCode"] == 0
    compose.run("start", service)
    poll_until(lambda: compose.health(service) == "healthy")
    poll_until(lambda: requests.get(f"{addresses[address]}/readyz", timeout=PATIENCE_S).ok)


def test_the_whole_system_stops_at_sigterm_and_has_lost_nothing(
    addresses: Mapping[str, str], compose: Any, poll_until: Any
) -> None:
    with load(addresses, START + timedelta(days=7)) as (reporter, _):
        poll_until(lambda: reporter.acknowledged > 20 * BATCH)
        compose.run("stop", "--timeout", "60")
        states = {service: said["State"] for service, said in compose.inspect().items()}
        ended = {service: state["ExitCode"] for service, state in states.items()}
        assert not any(state["OOMKilled"] for state in states.values())
        acknowledged = reporter.acknowledged
    # 143 is 128 + SIGTERM, with which Java ends after an orderly stop.
    assert {service for service, code in ended.items() if code not in (0, 143)} == set()
    assert set(reporter.refusals) <= TRY_AGAIN

    compose.run("start")
    poll_until(lambda: compose.health("location_consumer") == "healthy")
    poll_until(lambda: stored(addresses, reporter.person_id) >= acknowledged)
