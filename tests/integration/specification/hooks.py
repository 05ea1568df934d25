"""What a specification cannot say: which persons there are, how long a month is, what one value asks of another.

Schemathesis calls before_call for each request that it has made up, and looks afterwards whether the request is still
as right, or as wrong, as it was meant to be. Only what the specification allows is changed; what it forbids stays.
"""

import os
import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import schemathesis

PERSONS = [int(person_id) for person_id in os.environ["SPECIFICATION_PERSONS"].split(",")]
CURSOR = re.compile("[A-Za-z0-9_-]+")
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}.*")
MAX_DISTANCE_M = 1000
MEETINGS = ("/encounters", "/contacts")
GROUPS = "/api/groups"
SUMMARIES = frozenset({"day", "week", "month"})
MAX_GROUP_GAP_S = 600
OF_FIXES = frozenset({"time_window", "include_possible", "interpolate"})
LEAST_LIKELY = 0.1
SOME_DAY = "2026-03-02"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
SOME_HOUR = {"started_at": f"{SOME_DAY}T09:00:00Z", "ended_at": f"{SOME_DAY}T10:00:00Z"}
FIRST_CURSOR = "WzFd"  # of GET /api/persons: after person 1


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    del context, kwargs
    person_id, query = (case.path_parameters or {}).get("person_id"), case.query or {}
    if "/persons/{person_id}/" in case.path and isinstance(person_id, int) and person_id > 0:
        case.path_parameters["person_id"] = PERSONS[person_id % len(PERSONS)]
    if CURSOR.fullmatch(str(query.get("cursor", ""))):
        # Cursors come from the service; those of connections belong to one question.
        if case.path == "/api/persons":
            query["cursor"] = FIRST_CURSOR
        else:
            del query["cursor"]
    stay_within_limits(case.path, query)
    if case.path.endswith(MEETINGS):
        choose_method(query)
    if query.get("time_window") == "any" and str(query.get("interpolate")) in {"True", "true"}:
        query["time_window"] = "600"
    put_in_order(query)
    if case.path.endswith("/forgotten") and isinstance(case.body, dict):
        for name, moment in SOME_HOUR.items():  # in order, of this era, and past
            if MOMENT.fullmatch(str(case.body.get(name))):
                case.body[name] = moment


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Swagger 2.0 names media types for a whole operation, so that it cannot say that a 204 has none."""
    del context, case
    return not (type(failure).__name__ == "MissingContentType" and response.status_code == HTTPStatus.NO_CONTENT)


def choose_method(query: Any) -> None:
    """The method whose parameters there are; of both, only those of fixes."""
    if not OF_FIXES.isdisjoint(query):
        if query.get("method") == "estimate":
            query["method"] = "fixes"
        query.setdefault("method", "fixes")
    if query.get("method") == "fixes":
        if is_probability(query.get("min_probability")):
            del query["min_probability"]
        if str(query.get("summary")) in SUMMARIES:
            del query["summary"]
    elif query.get("gap") == "any":
        query["gap"] = "30"


def stay_within_limits(path: str, query: Any) -> None:
    """Of the service as it is configured; groups are those of a person there is, with absences as long as may be."""
    if is_number(query.get("distance")):
        query["distance"] = min(query["distance"], MAX_DISTANCE_M)
    if path != GROUPS:
        return
    if is_number(query.get("person_id")) and query["person_id"] > 0:
        query["person_id"] = PERSONS[int(query["person_id"]) % len(PERSONS)]
    if is_number(query.get("gap")):
        query["gap"] = min(query["gap"], MAX_GROUP_GAP_S)


def put_in_order(query: Any) -> None:
    """Only days of the calendar, and the first one first."""
    for name in ("start_date", "end_date"):
        if DAY.fullmatch(str(query.get(name))) and instant(query[name]) is None:
            query[name] = SOME_DAY
    start, end = instant(query.get("start_date")), instant(query.get("end_date"))
    if start and end and start > end:
        query["start_date"], query["end_date"] = SOME_DAY, SOME_DAY


def instant(value: object) -> datetime | None:
    """None for what is none, or none within the calendar."""
    try:
        found = datetime.fromisoformat(str(value).upper().replace(" ", "T", 1).replace(" ", "+"))
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_probability(value: object) -> bool:
    """As a number, or as the text of one."""
    try:
        return LEAST_LIKELY <= float(str(value)) <= 1
    except ValueError:
        return False


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
