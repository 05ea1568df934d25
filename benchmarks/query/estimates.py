"""Meetings by estimate beside those by fixes: how long both take over HTTP, and how much is loaded for them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final
from urllib.parse import urlencode

from benchmarks.query.over_http import Service
from benchmarks.query.part import ESTIMATE, Run
from benchmarks.query.question import Question
from benchmarks.query.turns import in_turns
from connection_service.rest.query_schemas import MeetingQuerySchema
from connection_service.search.estimate_pages import meeting_page
from connection_service.search.one_slice import Locations
from connection_service.search.pages import encounter_page
from connection_service.search.questions import EncounterQuestion, EstimateQuestion
from connection_service.store.locations import LocationStore
from connection_service.store.meetings import Remembered
from deployment.native.schema import Database
from proximity.cells import Probes
from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Fixes, Ints
from proximity.spans import Spans
from service_kit.database import make_engine

MAX_LOCATIONS: Final = 1_000_000
TIMEOUT_S: Final = 60.0


def beside_fixes(asked: Service, database: Database, questions: Sequence[Question]) -> Run:
    """Ask for the meetings of each question by both methods, in turns."""
    run = Run(ESTIMATE, questions[0].kind, [], [])
    engine = make_engine(
        database.connection_service, application_name="benchmark", pool_size=1, statement_timeout_s=TIMEOUT_S
    )
    store = LocationStore(engine, MAX_LOCATIONS, TIMEOUT_S)
    try:
        for number, question in enumerate(questions):
            by_estimate, by_fixes = of_methods(question)
            estimate, fixes = in_turns(
                number,
                partial(asked.get, encounters(question, by_estimate)),
                partial(asked.get, encounters(question, by_fixes)),
            )
            run.milliseconds.append(estimate.seconds * 1000)
            run.rows.append(len(estimate.rows()))
            run.service_ms.append(fixes.seconds * 1000)
            with store.locations() as locations:
                run.loaded.append(loaded(locations, question.person_id, by_estimate))
                run.service_loaded.append(loaded(locations, question.person_id, by_fixes))
    finally:
        engine.dispose()
    return run


def of_methods(question: Question) -> tuple[Mapping[str, str], Mapping[str, str]]:
    by_fixes = {**question.parameters, "method": "fixes"}
    return {name: value for name, value in question.parameters.items() if name != "time_window"}, by_fixes


def encounters(question: Question, parameters: Mapping[str, str]) -> str:
    """As HTTP asks for them."""
    return f"/api/persons/{question.person_id}/encounters?{urlencode(parameters)}"


def loaded(locations: Locations, person_id: int, parameters: Mapping[str, str]) -> int:
    """How many locations are loaded to answer."""
    counted = Counted(locations)
    query = MeetingQuerySchema().load(parameters)
    if query.pop("by_fixes"):
        encounter_page(counted, person_id, EncounterQuestion(**query))
    else:
        meeting_page(counted, person_id, EstimateQuestion(**query))
    return counted.rows


class Counted:
    """Counts what it hands on."""

    def __init__(self, locations: Locations) -> None:
        self.locations, self.rows = locations, 0

    def track(self, person_id: int, start_us: int, end_us: int) -> Fixes:
        return self._count(self.locations.track(person_id, start_us, end_us))

    def tracks(self, wanted: Spans, start_us: int, end_us: int) -> Fixes:
        return self._count(self.locations.tracks(wanted, start_us, end_us))

    def candidates(
        self, person_id: int, probes: Probes, start_us: int, end_us: int, receive: Callable[[Fixes], object]
    ) -> int:
        count = self.locations.candidates(person_id, probes, start_us, end_us, receive)
        self.rows += count
        return count

    def private(self, person_ids: Ints, start_us: int, end_us: int) -> Spans:
        return self.locations.private(person_ids, start_us, end_us)

    def remembered(self, first: int, until: int, distance_m: float, min_probability: float) -> Remembered:
        return self.locations.remembered(first, until, distance_m, min_probability)

    def meetings(self, person_id: int, start_us: int, until_us: int) -> EstimatedMeetings:
        return self.locations.meetings(person_id, start_us, until_us)

    def _count(self, fixes: Fixes) -> Fixes:
        self.rows += fixes.size
        return fixes
