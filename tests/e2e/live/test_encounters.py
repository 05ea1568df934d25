"""From two phones that report to whoever listens: begun, ended, taken back; and nothing is missed by who was away."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import requests

from tests.e2e.conftest import System
from tests.e2e.live.listening import listening
from tests.e2e.live.reporting import reporting
from tests.patience import PATIENCE_S


def test_two_who_meet_hear_of_it_while_they_do(system: System, addresses: Mapping[str, str]) -> None:
    ada, grace = system.create_person(), system.create_person("Grace", "Hopper", "Navy")
    url = addresses["STREAM_URL"]
    with listening(url, ada) as of_ada, listening(url, grace) as of_grace, reporting(system, ada, grace) as phones:
        assert of_ada.next()[:2] == ("now", {"encounters": []})
        begun = of_ada.until("begun")
        assert begun.data["person"] == {
            "id": grace,
            "first_name": "Grace",
            "last_name": "Hopper",
            "company_name": "Navy",
        }
        assert begun.data["ended_at"] is None
        assert begun.data["closest_m"] < 5
        assert datetime.now(UTC) - datetime.fromisoformat(begun.data["started_at"]) < timedelta(seconds=PATIENCE_S)
        with listening(url, ada) as another:
            [going_on] = another.next().data["encounters"]
            assert going_on["id"] == begun.data["id"]
        phones.apart_m = 500.0
        ended = of_ada.until("ended")
        assert ended.data["id"] == begun.data["id"]
        assert ended.data["ended_at"] >= ended.data["started_at"]
        assert of_grace.until("ended").data["person"]["id"] == ada
    with listening(url, ada) as again:
        assert again.next().data == {"encounters": []}
    with listening(url, ada, after=begun.id) as resumed:
        assert resumed.next() == ended, "what was missed comes at once"
    with listening(url, ada, after="of another system") as away_for_long:
        assert [away_for_long.next().name for _ in range(2)] == ["missed", "now"]


def test_of_whoever_is_erased_nothing_is_told_any_more(system: System, addresses: Mapping[str, str]) -> None:
    ada, grace = system.create_person(), system.create_person("Grace", "Hopper", "Navy")
    url = addresses["STREAM_URL"]
    with listening(url, ada) as of_ada, reporting(system, ada, grace):
        before = of_ada.next().id
        begun = of_ada.until("begun")
    with listening(url, ada, after=begun.id) as of_ada:
        erased = requests.delete(f"{addresses['PERSON_URL']}/api/persons/{grace}", timeout=PATIENCE_S)
        assert erased.status_code == 204
        assert of_ada.until("retracted").data == {"id": begun.data["id"]}
    for after in (before, begun.id):
        with listening(url, ada, after=after) as replayed:
            assert replayed.next()[:2] == ("retracted", {"id": begun.data["id"]})
    with listening(url, ada) as anew:
        assert anew.next().data == {"encounters": []}
    answer = requests.get(f"{url}/api/persons/{grace}/encounters/live", timeout=PATIENCE_S)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_the_page_passes_it_on_as_it_comes(system: System, addresses: Mapping[str, str]) -> None:
    ada = system.create_person()
    with listening(addresses["FRONTEND_URL"], ada) as through_the_page:
        assert through_the_page.next().name == "now"
