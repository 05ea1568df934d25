import grpc
import pytest

from service_kit.errors import STATUSES, DependencyDown, InvalidInput, NotFound, status_of


@pytest.mark.parametrize(
    ("error", "http", "code"),
    [
        (InvalidInput([("distance", "must be greater than 0, is -1")]), 400, "INVALID_ARGUMENT"),
        (NotFound("person 7"), 404, "NOT_FOUND"),
        (DependencyDown("the database"), 503, "UNAVAILABLE"),
        (KeyError("a defect"), 500, "INTERNAL"),
    ],
)
def test_the_table_gives_every_error_its_status(error: Exception, http: int, code: str) -> None:
    assert status_of(error) == (http, code)


def test_an_error_without_an_entry_has_the_status_of_the_nearest_base_class() -> None:
    class PersonErased(NotFound):
        pass

    assert status_of(PersonErased("person 7")).http == 404


def test_every_grpc_status_of_the_table_exists() -> None:
    assert all(status.grpc in grpc.StatusCode.__members__ for status in STATUSES.values())


def test_the_message_of_invalid_input_names_every_field_and_reason() -> None:
    error = InvalidInput([("latitude", "is missing"), ("limit", "must be between 1 and 9, is 0")])

    assert str(error) == "latitude is missing; limit must be between 1 and 9, is 0"
