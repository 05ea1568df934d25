"""The page as nginx serves it."""

import re
from collections.abc import Mapping
from typing import Any

import requests


def test_the_page_comes_with_the_headers_that_the_front_end_wants(addresses: Mapping[str, str]) -> None:
    answer = requests.get(addresses["FRONTEND_URL"], timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Server"] == "nginx", "no version: it would tell an attacker what to try"


def test_what_never_changes_is_kept_and_what_may_change_is_asked_for_again(addresses: Mapping[str, str]) -> None:
    page = requests.get(addresses["FRONTEND_URL"], timeout=10)
    [script] = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)
    asset = requests.get(addresses["FRONTEND_URL"] + script, timeout=10)
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert asset.headers["X-Content-Type-Options"] == "nosniff"
    assert asset.headers["Content-Encoding"] == "gzip"
    assert page.headers["Cache-Control"] == "no-cache"
    missing = requests.get(addresses["FRONTEND_URL"] + "/assets/none.js", timeout=10)
    assert missing.status_code == 404


def test_the_page_reaches_both_services_through_its_own_origin(addresses: Mapping[str, str]) -> None:
    origin = addresses["FRONTEND_URL"]
    body = {"first_name": "Ada", "last_name": "Byron", "company_name": "Looms"}
    created = requests.post(f"{origin}/api/persons", json=body, timeout=10)
    assert created.status_code == 201
    day = {"start_date": "2026-03-02", "end_date": "2026-03-02"}
    for resource in ("connection", "encounters", "locations"):
        answer = requests.get(f"{origin}{created.headers['Location']}/{resource}", params=day, timeout=10)
        assert (answer.status_code, answer.json()) == (200, [])
    assert requests.get(f"{origin}/api/other", timeout=10).headers["Content-Type"].startswith("text/html")


def test_a_service_that_is_down_is_said_to_be_so(addresses: Mapping[str, str], compose: Any, poll_until: Any) -> None:
    compose.run("stop", "--timeout", "30", "person_service")
    try:
        answer = requests.get(f"{addresses['FRONTEND_URL']}/api/persons", timeout=30)
        assert answer.status_code == 502
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.json()["detail"] == "person_service does not answer"
        assert requests.get(addresses["FRONTEND_URL"], timeout=10).status_code == 200
    finally:
        compose.run("start", "person_service")
        poll_until(lambda: compose.health("person_service") == "healthy")
    poll_until(lambda: requests.get(f"{addresses['FRONTEND_URL']}/api/persons", timeout=30).status_code == 200)
