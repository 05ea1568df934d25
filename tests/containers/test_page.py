"""The page as nginx serves it."""

import json
import re
from collections.abc import Mapping
from typing import Any

import requests

from tests.patience import PATIENCE_S

# In a container of its own, without docker compose: nginx, and one question.
ASK = "nginx -c /tmp/nginx.conf && wget -S -O - http://127.0.0.1:30000{} 2>&1"
UPSTREAMS = dict.fromkeys(("PHONE_URL", "PERSON_URL", "CONNECTION_URL", "STREAM_URL"), "http://localhost:1")
TWO_PLACES = "creation_time,latitude,longitude\n2026-03-02T10:00:00Z,50.11,8.65\n2026-03-02T10:00:10Z,50.11,8.65\n"


def test_the_page_comes_with_the_headers_that_the_front_end_wants(addresses: Mapping[str, str]) -> None:
    answer = requests.get(addresses["FRONTEND_URL"], timeout=PATIENCE_S)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Server"] == "nginx", "no version: it would tell an attacker what to try"


def test_the_page_is_told_what_the_environment_says(compose: Any) -> None:
    style, plan = "https://maps.example/style.json", "/etc/nginx/mime.types"  # any file that is in the image
    said = {"MAP_STYLE_URL": style, "MAP_ORIGINS": "https://maps.example https://tiles.example", "VENUE_FILE": plan}
    config = compose.once("frontend", ASK.format("/config.json"), **UPSTREAMS, **said)
    assert f'{{"style_url":"{style}","venue_url":"/venue.geojson"}}' in config
    assert "Content-Type: application/json" in config
    assert "Cache-Control: no-cache" in config
    venue = compose.once("frontend", ASK.format("/venue.geojson"), **UPSTREAMS, **said)
    assert "Content-Type: application/geo+json" in venue
    assert "text/html" in venue, "the file's content"
    page = compose.once("frontend", ASK.format("/"), **UPSTREAMS, **said)
    assert "connect-src 'self' https://maps.example https://tiles.example;" in page


def test_a_page_that_is_told_nothing_has_no_venue_and_lets_no_origin_in(
    addresses: Mapping[str, str], compose: Any
) -> None:
    for config in (
        requests.get(f"{addresses['FRONTEND_URL']}/config.json", timeout=PATIENCE_S).text,
        compose.once("frontend", ASK.format("/config.json"), **UPSTREAMS),
    ):
        assert '{"style_url":"","venue_url":""}' in config
    assert "connect-src 'self'; worker-src" in compose.once("frontend", ASK.format("/"), **UPSTREAMS)
    assert requests.get(f"{addresses['FRONTEND_URL']}/venue.geojson", timeout=PATIENCE_S).status_code == 404
    assert "404 Not Found" in compose.once("frontend", f"{ASK.format('/venue.geojson')} || true", **UPSTREAMS)


def test_what_never_changes_is_kept_and_what_may_change_is_asked_for_again(addresses: Mapping[str, str]) -> None:
    page = requests.get(addresses["FRONTEND_URL"], timeout=PATIENCE_S)
    [script] = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)
    asset = requests.get(addresses["FRONTEND_URL"] + script, timeout=PATIENCE_S)
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert asset.headers["X-Content-Type-Options"] == "nosniff"
    assert asset.headers["Content-Encoding"] == "gzip"
    plain, by_brotli = (
        requests.get(
            addresses["FRONTEND_URL"] + script, headers={"Accept-Encoding": wanted}, stream=True, timeout=PATIENCE_S
        )
        for wanted in ("identity", "gzip, br")
    )
    assert by_brotli.headers["Content-Encoding"] == "br"
    assert by_brotli.headers["Content-Type"] == plain.headers["Content-Type"] == "text/javascript"
    assert by_brotli.headers["Vary"] == "Accept-Encoding"
    assert int(by_brotli.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2
    assert page.headers["Cache-Control"] == "no-cache"
    missing = requests.get(addresses["FRONTEND_URL"] + "/assets/none.js", timeout=PATIENCE_S)
    assert missing.status_code == 404


def test_the_page_reaches_the_services_through_its_own_origin(addresses: Mapping[str, str]) -> None:
    origin = addresses["FRONTEND_URL"]
    body = {"first_name": "Ada", "last_name": "Byron", "company_name": "Looms"}
    created = requests.post(f"{origin}/api/persons", json=body, timeout=PATIENCE_S)
    assert created.status_code == 201
    day = {"start_date": "2026-03-02", "end_date": "2026-03-02"}
    for resource in ("connection", "encounters", "locations", "way"):
        answer = requests.get(f"{origin}{created.headers['Location']}/{resource}", params=day, timeout=PATIENCE_S)
        assert (answer.status_code, answer.json()) == (200, [])
    day_of_ada = f"{origin}{created.headers['Location']}/files?name=day.csv"
    headers = {"Content-Type": "application/octet-stream"}
    said = requests.post(day_of_ada, data=TWO_PLACES, headers=headers, timeout=PATIENCE_S).text.splitlines()
    assert (json.loads(said[-1])["stage"], json.loads(said[-1])["accepted"]) == ("done", 2)
    live = f"{origin}{created.headers['Location']}/encounters/live"
    with requests.get(live, stream=True, timeout=PATIENCE_S) as told:
        assert told.headers["Content-Type"] == "text/event-stream"
        assert b"event: now" in told.iter_lines(), "at once, though the answer goes on"
    assert requests.get(f"{origin}/api/other", timeout=PATIENCE_S).headers["Content-Type"].startswith("text/html")


def test_a_service_that_is_down_is_said_to_be_so(addresses: Mapping[str, str], compose: Any, poll_until: Any) -> None:
    compose.run("stop", "--timeout", "30", "person_service")
    try:
        answer = requests.get(f"{addresses['FRONTEND_URL']}/api/persons", timeout=PATIENCE_S)
        assert answer.status_code == 502
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.json()["detail"] == "person_service does not answer"
        assert requests.get(addresses["FRONTEND_URL"], timeout=PATIENCE_S).status_code == 200
    finally:
        compose.run("start", "person_service")
        poll_until(lambda: compose.health("person_service") == "healthy")
    poll_until(lambda: requests.get(f"{addresses['FRONTEND_URL']}/api/persons", timeout=PATIENCE_S).status_code == 200)
