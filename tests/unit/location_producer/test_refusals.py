"""What a dead letter of a gateway holds."""

from datetime import UTC, datetime

from udaconnect.location.v1 import location_pb2 as pb

from location_producer.refusals import letter_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_location_is_kept_so_that_it_can_be_replayed() -> None:
    location = pb.Location(person_id=1, latitude=91, longitude=2)
    fix = pb.RefusedFix(person_id=1, device_id=7, app="osmand", reason="must be between", location=location)
    letter = letter_of(fix, NOW)
    assert list(pb.LocationBatch.FromString(letter.value).locations) == [location]
    assert dict(letter.headers) == {
        "reason": b"invalid",
        "detail": b"must be between",
        "app": b"osmand",
        "device": b"7",
        "person": b"1",
        "time": b"2026-03-02T09:00:00.000+00:00",
    }


def test_anything_else_is_kept_byte_by_byte() -> None:
    letter = letter_of(pb.RefusedFix(person_id=1, device_id=7, app="overland", reason="?", original=b"\xff{"), NOW)
    assert letter.value == b"\xff{"
    assert dict(letter.headers)["reason"] == b"unreadable"


def test_even_a_letter_of_nothing_takes_room() -> None:
    assert letter_of(pb.RefusedFix(), NOW).size > 0
