"""Which paths are those of files, and what is said with one."""

from dataclasses import dataclass
from http import HTTPStatus

import pytest

from phone_gateway.files.rules import Upload, person_of, upload_of
from service_kit.errors import InvalidInput
from service_kit.rsgi.unacceptable import UnacceptableError

MAX_BYTES = 1000


@dataclass
class Asked:
    """As much of a granian.rsgi.Scope as is looked at."""

    query_string: str = "name=walk.gpx"
    length: str | None = "1000"
    content_type: str | None = "application/octet-stream"
    method: str = "POST"

    @property
    def headers(self) -> dict[str, str | None]:
        return {"content-length": self.length, "content-type": self.content_type}


def upload(asked: Asked) -> Upload:
    return upload_of(7, asked, MAX_BYTES)  # type: ignore[arg-type]  # see Asked


@pytest.mark.parametrize(
    ("path", "person_id"),
    [
        ("/api/persons/7/files", 7),
        ("/api/persons/123456789012345678/files", 123456789012345678),
        ("/api/persons/0/files", None),
        ("/api/persons/-7/files", None),
        ("/api/persons/07/files", None),
        ("/api/persons/٣/files", None),
        ("/api/persons/7/files/", None),
        ("/api/persons/7/files/8", None),
        ("/api/persons/9999999999999999999/files", None),
        ("/phone/osmand", None),
    ],
)
def test_a_path_names_the_person(path: str, person_id: int | None) -> None:
    assert person_of(path) == person_id


def test_what_is_said_is_understood() -> None:
    asked = Asked("zone=Europe%2FBerlin&name=my%20walk.gpx", content_type="Application/Octet-Stream; charset=x")
    assert upload(asked) == Upload(7, "my walk.gpx", "Europe/Berlin", 1000)
    assert upload(Asked("name=..%2F..%2Fetc%2Fwalk.gpx", length="0")) == Upload(7, "walk.gpx", "", 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "name"),
        ("name=", "name"),
        ("name=day%2F", "name"),
        ("name=" + "a" * 256, "name"),
        ("name=a%00.gpx", "name"),
        ("name=%E2%80%AEa.gpx", "name"),
        ("name=a.gpx&zone=..%2F..%2Fetc%2Fpasswd", "zone"),
        ("name=a.gpx&zone=Europe", "zone"),
        ("name=a.gpx&person_id=8", "person_id"),
        ("name=a.gpx&name=b.gpx", "name"),
        ("name=a.gpx&zone=Europe%2FBerlin&zone=", "zone"),
        ("&".join(f"a{number}=" for number in range(1000)), "name"),
    ],
)
def test_the_field_at_fault_is_named(query: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        upload(Asked(query))
    assert [violation.field for violation in refused.value.violations] == [field]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (Asked(method="GET"), HTTPStatus.METHOD_NOT_ALLOWED),
        (Asked(content_type=None), HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        (Asked(content_type="text/plain"), HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        (Asked(length=None), HTTPStatus.LENGTH_REQUIRED),
        (Asked(length="-1"), HTTPStatus.LENGTH_REQUIRED),
        (Asked(length="1001"), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (Asked(length="9" * 400), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ],
)
def test_what_no_page_sends_is_refused(asked: Asked, status: HTTPStatus) -> None:
    with pytest.raises(UnacceptableError) as refused:
        upload(asked)
    assert refused.value.status is status
