"""Bad input is answered with the field and the reason, on every way in; nothing breaks."""

import math
import time
from collections.abc import Mapping
from typing import Any

import grpc
import pytest
import requests
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from kafka import KafkaProducer
from udaconnect.location.v1 import location_pb2

from tests.patience import PATIENCE_S

NOW_S = int(time.time())
GOOD = location_pb2.Location(person_id=1, latitude=1, longitude=1, creation_time=Timestamp(seconds=NOW_S))


def wrong(**fields: Any) -> location_pb2.Location:
    location = location_pb2.Location()
    location.CopyFrom(GOOD)
    location.MergeFrom(location_pb2.Location(**fields))
    if fields.get("person_id") == 0:
        location.person_id = 0
    return location


BAD_LOCATIONS = [
    ("latitude", wrong(latitude=90.0001)),
    ("latitude", wrong(latitude=math.nan)),
    ("latitude", wrong(latitude=math.inf)),
    ("longitude", wrong(longitude=-181)),
    ("longitude", wrong(longitude=-math.inf)),
    ("person_id", wrong(person_id=0)),
    ("person_id", wrong(person_id=-1)),
    ("creation_time", wrong(creation_time=Timestamp(seconds=1_420_070_399))),
    ("creation_time", wrong(creation_time=Timestamp(seconds=NOW_S + 3600))),
    ("accuracy_m", wrong(accuracy_m=-1)),
]


@pytest.mark.parametrize(("field", "location"), BAD_LOCATIONS)
def test_a_bad_location_is_refused_with_its_field(system: Any, field: str, location: location_pb2.Location) -> None:
    with pytest.raises(grpc.RpcError) as error:
        system.locations.CreateLocation(location_pb2.CreateLocationRequest(location=location), timeout=PATIENCE_S)
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    bad_request = error_details_pb2.BadRequest()
    [detail] = rpc_status.from_call(error.value).details
    assert detail.Unpack(bad_request)
    [violation] = bad_request.field_violations
    assert violation.field == f"location.{field}"
    assert violation.description.startswith("must")


def test_a_batch_is_taken_but_for_its_bad_locations(system: Any) -> None:
    person_id = system.create_person()
    good = wrong(person_id=person_id)
    locations = [good] + [location for _, location in BAD_LOCATIONS] + [good]
    receipt = system.locations.BatchCreateLocations(
        location_pb2.BatchCreateLocationsRequest(locations=locations), timeout=PATIENCE_S
    )
    assert receipt.accepted_count == 2
    assert [(one.index, one.field) for one in receipt.rejections] == [
        (index, field) for index, (field, _) in enumerate(BAD_LOCATIONS, start=1)
    ]


def test_an_unknown_person_is_told_with_the_field_and_the_id_and_a_new_one_is_let_in_at_once(system: Any) -> None:
    [[nobody]] = system.query("SELECT max(id) + 1000000 FROM person")
    ada = system.create_person()
    locations = [wrong(person_id=person) for person in (ada, nobody)]
    receipt = system.locations.BatchCreateLocations(
        location_pb2.BatchCreateLocationsRequest(locations=locations), timeout=PATIENCE_S
    )
    assert receipt.accepted_count == 1
    assert [(one.index, one.field, one.reason) for one in receipt.rejections] == [
        (1, "person_id", f"must be the id of a person, {nobody} is nobody's")
    ]
    with pytest.raises(grpc.RpcError) as error:
        system.locations.CreateLocation(location_pb2.CreateLocationRequest(location=locations[1]), timeout=PATIENCE_S)
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert f"location.person_id must be the id of a person, {nobody} is nobody's" in (error.value.details() or "")


def test_an_erased_person_is_nobody_within_a_second(system: Any, addresses: Mapping[str, str], poll_until: Any) -> None:
    ada = system.create_person()
    request = location_pb2.BatchCreateLocationsRequest(locations=[wrong(person_id=ada)])
    assert system.locations.BatchCreateLocations(request, timeout=PATIENCE_S).accepted_count == 1
    assert requests.delete(f"{addresses['PERSON_URL']}/api/persons/{ada}", timeout=PATIENCE_S).status_code == 204
    poll_until(lambda: system.locations.BatchCreateLocations(request, timeout=PATIENCE_S).accepted_count == 0)


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_batch_of_nothing_or_of_too_many_is_refused_as_a_whole(system: Any, count: int) -> None:
    request = location_pb2.BatchCreateLocationsRequest(locations=[GOOD] * count)
    with pytest.raises(grpc.RpcError) as error:
        system.locations.BatchCreateLocations(request, timeout=PATIENCE_S)
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "locations" in (error.value.details() or "")


def test_garbage_on_the_topic_and_unknown_persons_are_dead_letters_and_the_next_location_is_stored(
    system: Any, addresses: Mapping[str, str], make_fix: Any
) -> None:
    garbage = b"\x00garbage of this test"
    with KafkaProducer(bootstrap_servers=addresses["KAFKA_BOOTSTRAP_SERVERS"]) as producer:
        for partition in producer.partitions_for("location"):
            producer.send("location", garbage, partition=partition).get(timeout=PATIENCE_S)
    [[nobody]] = system.query("SELECT max(id) + 1000000 FROM person")
    ada = system.create_person()
    moment = GOOD.creation_time.ToDatetime()
    fixes = [make_fix(person, moment, 1.0, 1.0) for person in (nobody, ada)]
    assert system.send(fixes) == 1, "the other one is told at once"
    system.publish(make_fix(nobody, moment, 1.0, 1.0))
    system.wait_until_consumed()

    assert system.query("SELECT person_id FROM location WHERE person_id = ANY(%s)", [nobody, ada]) == [(ada,)]
    letters = [(dict(letter.headers)["reason"], letter.value) for letter in system.dead_letters()]
    assert (b"unreadable", garbage) in letters
    unknown = [location_pb2.LocationBatch.FromString(value) for reason, value in letters if reason == b"unknown_person"]
    assert nobody in [batch.locations[0].person_id for batch in unknown]


ADA = {"first_name": "Ada", "last_name": "Byron", "company_name": "Looms"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**ADA, "first_name": 7}, "first_name"),
        ({**ADA, "last_name": ""}, "last_name"),
        ({**ADA, "last_name": "   "}, "last_name"),
        ({**ADA, "company_name": "x" * 101}, "company_name"),
        ({**ADA, "company_name": None}, "company_name"),
        ({**ADA, "company_name": "\0"}, "company_name"),
        ({**ADA, "last_name": "Byron \x1b]0;owned\x07"}, "last_name"),
        ({**ADA, "last_name": "Byron\u202egnp"}, "last_name"),
        ({**ADA, "nickname": "Countess"}, "nickname"),
        ({"first_name": "Ada", "last_name": "Byron"}, "company_name"),
    ],
)
def test_a_bad_person_is_refused_with_the_field(addresses: Mapping[str, str], body: Any, field: str) -> None:
    answer = requests.post(f"{addresses['PERSON_URL']}/api/persons", json=body, timeout=PATIENCE_S)
    assert_problem(answer, 400, field)


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"7", b'"Ada"', b"\xff\xfe"])
def test_what_is_no_json_object_is_refused(addresses: Mapping[str, str], body: bytes) -> None:
    answer = requests.post(
        f"{addresses['PERSON_URL']}/api/persons",
        data=body,
        headers={"Content-Type": "application/json"},
        timeout=PATIENCE_S,
    )
    assert_problem(answer, 400)


DAY = {"start_date": "2026-05-04", "end_date": "2026-05-04"}


@pytest.mark.parametrize(
    "resource",
    [
        "connection",
        "encounters?method=fixes",
        "contacts?method=fixes",
        "encounters?method=estimate",
        "contacts?method=estimate",
    ],
)
@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({**DAY, "distance": "0"}, "distance"),
        ({**DAY, "distance": "-1"}, "distance"),
        ({**DAY, "distance": "near"}, "distance"),
        ({**DAY, "distance": "nan"}, "distance"),
        ({**DAY, "distance": "1000.001"}, "distance"),
        ({**DAY, "time_window": "-1"}, "time_window"),
        ({**DAY, "time_window": "soon"}, "time_window"),
        ({**DAY, "limit": "0"}, "limit"),
        ({**DAY, "limit": "many"}, "limit"),
        ({**DAY, "cursor": "garbage"}, "cursor"),
        ({**DAY, "colour": "red"}, "colour"),
        ({**DAY, "interpolate": "perhaps"}, "interpolate"),
        ({**DAY, "interpolate": "true", "time_window": "any"}, "time_window"),
        ({**DAY, "include_possible": "1"}, "include_possible"),
        ({"start_date": "2026-05-05", "end_date": "2026-05-04"}, "start_date"),
        ({"start_date": "2026-02-30", "end_date": "2026-05-04"}, "start_date"),
        ({"start_date": "today", "end_date": "2026-05-04"}, "start_date"),
        ({"start_date": "2026-05-04"}, "end_date"),
    ],
)
def test_a_bad_question_is_refused_with_the_parameter(
    system: Any,
    addresses: Mapping[str, str],
    resource: str,
    parameters: dict[str, str],
    field: str,
) -> None:
    person_id = system.create_person()
    url = f"{addresses['CONNECTION_URL']}/api/persons/{person_id}/{resource}"
    assert_problem(requests.get(url, params=parameters, timeout=PATIENCE_S), 400, field)


def test_a_question_that_mixes_both_methods_is_told_all_that_do_not_fit(
    system: Any, addresses: Mapping[str, str]
) -> None:
    url = f"{addresses['CONNECTION_URL']}/api/persons/{system.create_person()}/encounters"
    mixed = {**DAY, "time_window": "600", "interpolate": "true", "min_probability": "0.9"}
    answer = requests.get(url, params=mixed, timeout=PATIENCE_S)
    assert_problem(answer, 400, "time_window")
    assert {error["field"] for error in answer.json()["errors"]} == {"time_window", "interpolate"}
    assert "method=fixes" in answer.json()["detail"]
    assert_problem(requests.get(url, params={**mixed, "method": "fixes"}, timeout=PATIENCE_S), 400, "min_probability")


@pytest.mark.parametrize("person_id", ["999999999", "0", str(2**63), "ada", "-1"])
def test_an_unknown_person_is_not_found(addresses: Mapping[str, str], person_id: str) -> None:
    assert_problem(requests.get(f"{addresses['PERSON_URL']}/api/persons/{person_id}", timeout=PATIENCE_S), 404)
    for resource in ("connection", "encounters", "contacts", "introductions", "locations", "way"):
        url = f"{addresses['CONNECTION_URL']}/api/persons/{person_id}/{resource}"
        assert_problem(requests.get(url, params=DAY, timeout=PATIENCE_S), 404)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"min_people": "1"}, "min_people"),
        ({"min_people": "three"}, "min_people"),
        ({"min_duration": "-1"}, "min_duration"),
        ({"gap": "any"}, "gap"),
        ({"person_id": "0"}, "person_id"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"end_date": "2016-03-01"}, "start_date"),
    ],
)
def test_a_bad_question_for_groups_is_refused_with_the_parameter(
    addresses: Mapping[str, str], parameters: dict[str, str], field: str
) -> None:
    url = f"{addresses['CONNECTION_URL']}/api/groups"
    assert_problem(requests.get(url, params={**DAY, **parameters}, timeout=PATIENCE_S), 400, field)
    assert_problem(requests.get(url, params={**DAY, "person_id": "999999999"}, timeout=PATIENCE_S), 404)


def assert_problem(answer: requests.Response, status: int, field: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"]
    assert "Traceback" not in answer.text
    if field:
        assert field in {error["field"] for error in problem["errors"]}
        assert all(error["reason"] for error in problem["errors"])
