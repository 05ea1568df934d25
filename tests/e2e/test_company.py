"""From phones to groups and introductions, and out of them again when a time is forgotten or somebody is erased."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import requests

from tests.patience import PATIENCE_S

PLACE = (52.52, 13.405)
ELSEWHERE = (52.6, 13.405)


def test_three_who_stood_together_are_a_group_until_one_forgets_it_or_is_erased(
    system: Any, make_fix: Any, addresses: Mapping[str, str], poll_until: Any
) -> None:
    ada, bob, cy, dora = (system.create_person(name, "Company") for name in ("Ada", "Bob", "Cy", "Dora"))
    ten = system.fresh_week() + timedelta(hours=10)
    noon = ten + timedelta(hours=2)
    for hour, place, there in ((ten, PLACE, (ada, bob, cy)), (noon, ELSEWHERE, (cy, dora))):
        moments = [hour + timedelta(seconds=second) for second in range(0, 601, 10)]
        system.send([make_fix(person, moment, *place, 2.0) for moment in moments for person in there])
    day = {"start_date": f"{ten:%Y-%m-%d}", "end_date": f"{ten:%Y-%m-%d}"}

    def groups(**query: Any) -> list[list[int]]:
        rows = system.get("/api/groups", **day, **query)
        return [[person["id"] for person in row["members"]] for row in rows]

    def introduced(person: int) -> list[tuple[int, list[int]]]:
        rows = system.get(f"/api/persons/{person}/introductions", **day)
        return [(row["person"]["id"], [via["person"]["id"] for via in row["via"]]) for row in rows]

    poll_until(lambda: groups(person_id=ada) == [[ada, bob, cy]])
    [group] = system.get("/api/groups", **day, person_id=ada)
    assert group["started_at"] == f"{ten:%Y-%m-%dT%H:%M:%SZ}"
    assert group["duration_s"] == 600
    poll_until(lambda: introduced(ada) == [(dora, [cy])])
    assert introduced(dora) == [(ada, [cy]), (bob, [cy])]
    [of_day] = [
        row for row in system.get(f"/api/persons/{ada}/encounters", **day, summary="day") if row["person"]["id"] == bob
    ]
    assert (of_day["period"], of_day["duration_s"]) == (day["start_date"], 600)

    persons = f"{addresses['PERSON_URL']}/api/persons"
    span = {"started_at": f"{noon:%Y-%m-%dT%H:%M:%SZ}", "ended_at": f"{noon + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"}
    assert requests.post(f"{persons}/{cy}/forgotten", json=span, timeout=PATIENCE_S).status_code == 200
    assert introduced(ada) == []
    assert introduced(dora) == []
    assert groups(person_id=ada) == [[ada, bob, cy]]
    assert requests.delete(f"{persons}/{bob}", timeout=PATIENCE_S).status_code == 204
    assert groups(person_id=ada) == []
    assert groups(person_id=ada, min_people=2) == [[ada, cy]]
    export = requests.get(f"{addresses['CONNECTION_URL']}/api/persons/{ada}/export", timeout=PATIENCE_S).json()
    assert [row["person"]["id"] for row in export["meetings"]] == [cy]
