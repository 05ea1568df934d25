"""REST and gRPC are twins: the same questions have the same answers."""

import json
from typing import Any

import grpc
import pytest
from flask.testing import FlaskClient
from google.rpc.error_details_pb2 import BadRequest
from grpc_status import rpc_status
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from udaconnect.person.v1 import person_pb2
from udaconnect.person.v1.person_pb2_grpc import PersonServiceStub

from service_kit.rest.fields import UNSEEN

ADA = {"first_name": "Ada", "last_name": "Lovelace", "company_name": "Analytical Engines"}


def as_json(person: person_pb2.Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company_name": person.company_name,
    }


def refusal(error: grpc.RpcError) -> list[tuple[str, str]]:
    """Field and reason of each violation that the error's google.rpc.BadRequest holds."""
    bad_request = BadRequest()
    (detail,) = rpc_status.from_call(error).details
    assert detail.Unpack(bad_request)
    return [(violation.field, violation.description) for violation in bad_request.field_violations]


def add(rest: FlaskClient, first_name: str, last_name: str = "Lovelace", company_name: str = "Engines") -> int:
    answer = rest.post(
        "/api/persons", json={"first_name": first_name, "last_name": last_name, "company_name": company_name}
    )
    assert answer.status_code == 201
    return int(json.loads(answer.data)["id"])


def pages(rest: FlaskClient, path: str) -> list[list[int]]:
    """Follow the Link headers to the end; the ids page by page."""
    found = []
    while path:
        answer = rest.get(path)
        assert answer.status_code == 200
        found.append([person["id"] for person in json.loads(answer.data)])
        link = answer.headers.get("Link", "")
        assert not link or link.endswith('>; rel="next"')
        path = link.removeprefix("<").removesuffix('>; rel="next"')
    return found


def test_a_person_added_over_rest_is_found_over_both(rest: FlaskClient, stub: PersonServiceStub) -> None:
    added = rest.post("/api/persons", json=ADA)

    assert added.status_code == 201
    person = json.loads(added.data)
    assert person == {"id": person["id"], **ADA}
    assert added.headers["Location"] == f"/api/persons/{person['id']}"
    assert json.loads(rest.get(added.headers["Location"]).data) == person
    assert as_json(stub.GetPerson(person_pb2.GetPersonRequest(id=person["id"])).person) == person


def test_a_person_added_over_grpc_is_found_over_both(rest: FlaskClient, stub: PersonServiceStub) -> None:
    added = stub.CreatePerson(person_pb2.CreatePersonRequest(**ADA)).person

    assert as_json(added) == {"id": added.id, **ADA}
    assert stub.GetPerson(person_pb2.GetPersonRequest(id=added.id)).person == added
    assert json.loads(rest.get(f"/api/persons/{added.id}").data) == as_json(added)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=50)
@given(name=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=100))
def test_any_text_that_can_be_seen_comes_back_as_it_was_given(
    rest: FlaskClient, stub: PersonServiceStub, name: str
) -> None:
    if not name.strip():
        return
    if UNSEEN.search(name.strip()):
        assert rest.post("/api/persons", json={**ADA, "first_name": name}).status_code == 400
        return
    person_id = add(rest, name)

    assert json.loads(rest.get(f"/api/persons/{person_id}").data)["first_name"] == name.strip()
    assert stub.GetPerson(person_pb2.GetPersonRequest(id=person_id)).person.first_name == name.strip()


@pytest.mark.parametrize("person_id", [1, 0, -1, 2**63 - 1])
def test_an_unknown_person_is_not_found_over_both(rest: FlaskClient, stub: PersonServiceStub, person_id: int) -> None:
    answer = rest.get(f"/api/persons/{person_id}")
    with pytest.raises(grpc.RpcError) as caught:
        stub.GetPerson(person_pb2.GetPersonRequest(id=person_id))

    assert (answer.status_code, caught.value.code()) == (404, grpc.StatusCode.NOT_FOUND)
    assert json.loads(answer.data)["detail"] == caught.value.details() == f"person {person_id} does not exist"


@pytest.mark.parametrize("person_id", [2**63, 10**30, "abc", "1.0", "%00", "1e3"])
def test_what_is_no_id_at_all_is_not_found(rest: FlaskClient, person_id: object) -> None:
    assert rest.get(f"/api/persons/{person_id}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"first_name": ""}, "must have 1 to 100 characters besides white space around it"),
        ({"last_name": " \t\n\u00a0"}, "must have 1 to 100 characters besides white space around it"),
        ({"company_name": "x" * 101}, "must have 1 to 100 characters besides white space around it"),
        ({"first_name": "A\x00da"}, "must not contain NUL characters or lone surrogates"),
    ],
)
def test_a_bad_name_is_refused_over_both(
    rest: FlaskClient, stub: PersonServiceStub, wrong: dict[str, str], reason: str
) -> None:
    (field,) = wrong
    answer = rest.post("/api/persons", json={**ADA, **wrong})
    with pytest.raises(grpc.RpcError) as caught:
        stub.CreatePerson(person_pb2.CreatePersonRequest(**{**ADA, **wrong}))

    assert (answer.status_code, caught.value.code()) == (400, grpc.StatusCode.INVALID_ARGUMENT)
    assert json.loads(answer.data)["errors"] == [{"field": field, "reason": reason}]
    assert refusal(caught.value) == [(field, reason)]
    assert json.loads(rest.get("/api/persons").data) == []


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({**ADA, "first_name": 7}, "first_name", "must be a text"),
        ({**ADA, "first_name": None}, "first_name", "must not be null"),
        ({**ADA, "first_name": ["Ada"]}, "first_name", "must be a text"),
        ({**ADA, "last_name": "\ud800"}, "last_name", "must not contain NUL characters or lone surrogates"),
        ({**ADA, "id": 7}, "id", "is not known here"),
        ({"first_name": "Ada", "last_name": "Lovelace"}, "company_name", "is missing"),
        ([ADA], "body", "must be an object"),
        ("Ada", "body", "must be an object"),
    ],
)
def test_a_bad_body_is_refused_with_field_and_reason(rest: FlaskClient, body: object, field: str, reason: str) -> None:
    answer = rest.post("/api/persons", json=body)

    assert answer.status_code == 400
    assert json.loads(answer.data)["errors"] == [{"field": field, "reason": reason}]


@pytest.mark.parametrize(
    ("over_rest", "over_grpc"),
    [
        ({"limit": "-1"}, {"page_size": -1}),
        ({"limit": "1001"}, {"page_size": 1001}),
        ({"cursor": "garbage"}, {"page_token": "garbage"}),
        ({"q": "\x00"}, {"query": "\x00"}),
        ({"q": "x" * 201}, {"query": "x" * 201}),
    ],
)
def test_a_bad_question_is_refused_over_both(
    rest: FlaskClient, stub: PersonServiceStub, over_rest: dict[str, str], over_grpc: dict[str, Any]
) -> None:
    answer = rest.get("/api/persons", query_string=over_rest)
    with pytest.raises(grpc.RpcError) as caught:
        stub.ListPersons(person_pb2.ListPersonsRequest(**over_grpc))

    assert (answer.status_code, caught.value.code()) == (400, grpc.StatusCode.INVALID_ARGUMENT)
    ((field, reason),) = refusal(caught.value)
    assert json.loads(answer.data)["errors"] == [{"field": next(iter(over_rest)), "reason": reason}]
    assert field == next(iter(over_grpc))


@pytest.mark.parametrize("limit", ["0", "ten", "1.5", "", "1_0", "9" * 30])
def test_a_limit_that_is_no_number_of_persons_is_refused(rest: FlaskClient, limit: str) -> None:
    answer = rest.get(f"/api/persons?limit={limit}")

    assert answer.status_code == 400
    assert json.loads(answer.data)["errors"][0]["field"] == "limit"


def test_pages_are_complete_and_the_same_over_both(rest: FlaskClient, stub: PersonServiceStub) -> None:
    ids = [add(rest, f"Ada {number}") for number in range(7)]

    assert pages(rest, "/api/persons?limit=3") == [ids[:3], ids[3:6], ids[6:]]
    assert pages(rest, "/api/persons?limit=7") == [ids]
    token = ""
    over_grpc: list[list[int]] = []
    while not over_grpc or token:
        page = stub.ListPersons(person_pb2.ListPersonsRequest(page_size=3, page_token=token))
        over_grpc.append([person.id for person in page.persons])
        token = page.next_page_token
    assert over_grpc == [ids[:3], ids[3:6], ids[6:]]


def test_a_page_is_not_shifted_by_persons_who_join_meanwhile(rest: FlaskClient) -> None:
    ids = [add(rest, f"Ada {number}") for number in range(4)]
    first = rest.get("/api/persons?limit=2")
    late = add(rest, "Latecomer")
    path = first.headers["Link"].split(">")[0].removeprefix("<")

    assert [person["id"] for person in json.loads(first.data)] + pages(rest, path)[0] == ids
    assert pages(rest, path) == [ids[2:], [late]]


def test_a_search_in_pages_keeps_its_question(rest: FlaskClient) -> None:
    ids = [add(rest, name) for name in ("Ada & 100%", "Bob", "Ada & 100%", "Ada", "ada & 100%")]

    assert pages(rest, "/api/persons?q=ada%20%26%20100%25&limit=2") == [[ids[0], ids[2]], [ids[4]]]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("ada", ["Ada"]),
        ("LOVE", ["Ada", "Byron"]),
        ("engines", ["Ada"]),
        ("love eng", ["Ada"]),
        ("  eng \t love ", ["Ada"]),
        ("love hopper", []),
        ("äöü", ["Zoë"]),
        ("ZOË", ["Zoë"]),
        ("%", ["Percy"]),
        ("_", ["Percy"]),
        ("\\", ["Percy"]),
        ("l%e", []),
        ("lov_lace", []),
        ("adalovelace", []),
        ("a l", ["Ada", "Byron", "Percy", "Zoë"]),
        ("'; DROP TABLE person; --", []),
        ("", ["Ada", "Byron", "Percy", "Zoë"]),
    ],
)
def test_every_word_must_be_found_somewhere_in_any_case(
    rest: FlaskClient, stub: PersonServiceStub, q: str, found: list[str]
) -> None:
    add(rest, "Ada", "Lovelace", "Engines")
    add(rest, "Byron", "Lovelace", "Poems")
    add(rest, "Percy", "Vauxhall", r"100%_\ Pure")
    add(rest, "Zoë", "Hall", "ÄÖÜ")

    answer = rest.get("/api/persons", query_string={"q": q})

    assert [person["first_name"] for person in json.loads(answer.data)] == found
    over_grpc = stub.ListPersons(person_pb2.ListPersonsRequest(query=q))
    assert [as_json(person) for person in over_grpc.persons] == json.loads(answer.data)


def test_a_batch_gives_those_who_exist_once_and_by_id(rest: FlaskClient, stub: PersonServiceStub) -> None:
    first, second, third = (add(rest, name) for name in ("Ada", "Bob", "Cy"))
    wanted = [third, first, first, 0, -1, 2**63 - 1, -(2**63), second + 1_000_000]

    batch = stub.BatchGetPersons(person_pb2.BatchGetPersonsRequest(ids=wanted))

    assert [as_json(person) for person in batch.persons] == [
        json.loads(rest.get(f"/api/persons/{person_id}").data) for person_id in (first, third)
    ]


def test_a_batch_of_ten_thousand_is_answered_and_one_more_is_refused(
    rest: FlaskClient, stub: PersonServiceStub
) -> None:
    ada = add(rest, "Ada")

    batch = stub.BatchGetPersons(person_pb2.BatchGetPersonsRequest(ids=range(ada, ada + 10_000)))
    with pytest.raises(grpc.RpcError) as caught:
        stub.BatchGetPersons(person_pb2.BatchGetPersonsRequest(ids=range(ada, ada + 10_001)))

    assert [person.id for person in batch.persons] == [ada]
    assert refusal(caught.value) == [("ids", "must be at most 10,000, are 10,001")]
