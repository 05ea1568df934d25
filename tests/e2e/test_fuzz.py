"""Requests of every kind, on every way in: each is answered, none by an error that nobody thought of."""

from collections.abc import Mapping
from typing import Any

from tests.fuzz.requests_run import Services, fuzz_requests

REQUESTS = 600


def test_whatever_is_asked_is_answered_and_what_was_accepted_is_on_the_topic(
    system: Any, addresses: Mapping[str, str]
) -> None:
    services = Services(
        addresses["LOCATION_GRPC"],
        addresses["PERSON_GRPC"],
        addresses["PERSON_URL"],
        addresses["CONNECTION_URL"],
        addresses["PHONE_URL"],
        addresses["KAFKA_BOOTSTRAP_SERVERS"],
        "location",
    )
    outcome = fuzz_requests(services, REQUESTS, seed=11, deleting=False)
    assert outcome.problems == []
    assert outcome.requests >= REQUESTS
    assert outcome.accepted > 0
    system.wait_until_consumed()
    assert system.create_person() > 0
