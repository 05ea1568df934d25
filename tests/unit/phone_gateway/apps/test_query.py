"""Fixes in parameters: Traccar Client before version 9, OsmAnd's live tracking, GPSLogger's custom URL."""

import pytest

from phone_gateway.apps.fixes import Fix
from phone_gateway.apps.query import read, read_osmand
from tests.unit.phone_gateway.apps.reading import NOW_S, NOW_US, request

TRACCAR = (
    f"id=123456&timestamp={NOW_S}&lat=52.52&lon=13.405&speed=1.94&bearing=90.0&altitude=34.0&accuracy=14.0&batt=81.0"
)
FORM = "application/x-www-form-urlencoded"


def test_the_query_of_an_older_traccar_client() -> None:
    assert read(request(query=TRACCAR)) == ([Fix(52.52, 13.405, NOW_US, 14.0)], [])


def test_the_same_in_a_form() -> None:
    assert read(request(TRACCAR.encode(), content_type=FORM)) == ([Fix(52.52, 13.405, NOW_US, 14.0)], [])


def test_a_form_that_does_not_say_that_it_is_one() -> None:
    assert read(request(TRACCAR.encode(), content_type="")) == ([Fix(52.52, 13.405, NOW_US, 14.0)], [])


def test_a_place_in_one_parameter() -> None:
    [fix] = read(request(query=f"location=52.52,13.405&timestamp={NOW_S}")).fixes
    assert (fix.latitude, fix.longitude) == (52.52, 13.405)


def test_gpsloggers_placeholders_filled_in() -> None:
    query = f"lat=52.52&lon=13.405&timestamp={NOW_S}&acc=4.8"
    assert read(request(query=query)).fixes == [Fix(52.52, 13.405, NOW_US, 4.8)]
    [fix] = read(request(query="lat=52.52&lon=13.405&time=2026-03-02T09:00:00.000Z&acc=0.0")).fixes
    assert fix == Fix(52.52, 13.405, NOW_US, None)


def test_osmands_hdop_is_an_accuracy_in_metres_and_its_time_milliseconds() -> None:
    query = f"lat=52.52&lon=13.405&timestamp={NOW_S}123&hdop=6.5&altitude=34&speed=0.5"
    assert read_osmand(request(query=query)).fixes == [Fix(52.52, 13.405, NOW_US + 123_000, 6.5)]


def test_an_hdop_is_five_metres_each_where_nothing_better_is_told() -> None:
    place = f"lat=52.52&lon=13.405&timestamp={NOW_S}"
    assert [fix.accuracy_m for fix in read(request(query=f"{place}&hdop=1.2")).fixes] == [6.0]
    assert [fix.accuracy_m for fix in read(request(query=f"{place}&hdop=1.2&accuracy=9")).fixes] == [9.0]


def test_without_a_time_it_is_now() -> None:
    assert [fix.time_us for fix in read(request(query="lat=1&lon=2")).fixes] == [NOW_US]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("lat=52.52", "no_place"),
        ("lat=52.52&lon=", "no_place"),
        ("lat=abc&lon=13", "no_place"),
        ("location=52.52", "no_place"),
        ("lat=0&lon=0", "no_fix"),
        ("lat=0.0&lon=-0.0", "no_fix"),
        ("lat=1&lon=2&valid=false", "no_fix"),
        ("lat=1&lon=2&timestamp=soon", "no_time"),
    ],
)
def test_what_is_no_fix_says_why(query: str, reason: str) -> None:
    report = read(request(query=query))
    assert report.fixes == []
    assert [(refusal.reason, refusal.original) for refusal in report.refusals] == [(reason, query.encode())]


@pytest.mark.parametrize("query", ["", "id=123", "x=" + "&x=" * 300])
def test_a_look_whether_anybody_is_there_tells_nothing(query: str) -> None:
    assert read(request(query=query)) == ([], [])
