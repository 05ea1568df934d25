"""People who are together during a round: what is remembered and told of them must be what happened."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, permutations
from threading import Event, Thread

import grpc
import numpy as np
from kafka import KafkaConsumer
from udaconnect.connection.v1.encounter_pb2 import Kind
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from proximity.everybody.meetings import met_by_everybody
from proximity.fixes import Fixes
from proximity.instants import EPOCH, MICROSECOND
from proximity.windows import WINDOW_US, told_of
from tests.chaos.load import PEOPLE
from tests.chaos.stack import Stack
from tests.integration.meeting_finder.live.heard import exactly_once, records
from tests.patience import poll_until

THEN = (PEOPLE + 1, PEOPLE + 2)  # on a day that is the round's own
NOW = (PEOPLE + 3, PEOPLE + 4)
ADD_THEM = f"""
    INSERT INTO person (id, first_name, last_name, company_name)
    SELECT id, 'First ' || id, 'Last', 'Company' FROM generate_series({THEN[0]}, {NOW[1]}) AS id
"""
# The beginnings of windows, on days that nothing else sends of.
DAYS: Iterator[datetime] = (datetime(2024, 7, 1, 12, tzinfo=UTC) + timedelta(days=number) for number in count())
EVERY_S, EVERY = 1.0, timedelta(seconds=10)
CALL_S = 5.0
PLACE, A_METRE = (48.0, 11.0), 1e-5  # degrees, nearly
STORED = """
    SELECT person_id, (extract(epoch FROM creation_time) * 1000000)::bigint, ST_Y(coordinate), ST_X(coordinate),
           accuracy_m
    FROM location WHERE person_id = ANY(%s) AND creation_time >= %s AND creation_time < %s ORDER BY 1, 2
"""
UNSETTLED = "SELECT count(*) FROM connectivity_due WHERE window_number = ANY(%s)"
REMEMBERED = """
    SELECT person_id, other_id, (extract(epoch FROM started_at) * 1000000)::bigint,
           (extract(epoch FROM ended_at) * 1000000)::bigint, duration_us, chance_ns, own_fixes, other_fixes
    FROM connectivity WHERE person_id = ANY(%s) AND started_at >= %s AND started_at < %s
"""
ASKED = "SELECT distance_m, min_probability FROM connectivity_progress"
TOLD = "SELECT number, ended_at IS NOT NULL FROM encounter_told WHERE person_id = ANY(%s)"


class Company(Thread):
    """Reports for all four until it is checked, each moment again and again until it is acknowledged."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(name="company", daemon=True)
        self._stack = stack
        self._begins = next(DAYS)
        self._acknowledged = 0  # moments
        self._stopping = Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            request = self._request()
            while not (acknowledged := self._is_acknowledged(request)) and not self._stopping.wait(EVERY_S):
                pass
            self._acknowledged += acknowledged
            self._stopping.wait(EVERY_S)

    def _request(self) -> BatchCreateLocationsRequest:
        request = BatchCreateLocationsRequest()
        for persons, moment in ((THEN, self._begins + self._acknowledged * EVERY), (NOW, datetime.now(UTC))):
            for nth, person_id in enumerate(persons):
                latitude, longitude = PLACE[0] + nth * A_METRE, PLACE[1]
                location = request.locations.add(
                    person_id=person_id, latitude=latitude, longitude=longitude, accuracy_m=2
                )
                location.creation_time.FromDatetime(moment)
        return request

    def _is_acknowledged(self, request: BatchCreateLocationsRequest) -> bool:
        with grpc.insecure_channel(self._stack.addresses["LOCATION_GRPC"]) as channel:
            try:
                answer = LocationServiceStub(channel).BatchCreateLocations(request, timeout=CALL_S)
            except grpc.RpcError:
                return False
        return bool(answer.accepted_count == len(request.locations))

    def check(self) -> None:
        """When all works again. Raises AssertionError where something is missing, or there twice, or made up."""
        poll_until(lambda: False in self._told().values())  # they are told to be together now
        self._stopping.set()
        self.join()
        self._check_what_is_remembered()
        poll_until(lambda: self._heard() == self._to_be_heard())

    def _check_what_is_remembered(self) -> None:
        until = self._begins + self._acknowledged * EVERY + timedelta(hours=1)
        sent = len(THEN) * self._acknowledged
        poll_until(lambda: len(self._rows(STORED, list(THEN), self._begins, until)) >= sent)
        fixes = Fixes._make(map(np.array, zip(*self._rows(STORED, list(THEN), self._begins, until), strict=True)))
        # The last moment may have been stored although nobody was told.
        if fixes.size not in (sent, sent + len(THEN)):
            raise AssertionError(f"{sent} fixes of company are acknowledged, and {fixes.size} stored")
        windows = np.unique(told_of(fixes.time_us)).tolist()
        poll_until(lambda: self._rows(UNSETTLED, windows) == [(0,)])
        [asked] = self._rows(ASKED)
        since = EPOCH + min(windows) * WINDOW_US * MICROSECOND
        remembered = sorted(self._rows(REMEMBERED, list(THEN), since, until))
        expected = sorted(row for window in windows for row in met(fixes, window, *asked))
        if not expected or remembered != expected:
            raise AssertionError(f"remembered is {remembered}, and not {expected}")

    def _told(self) -> dict[int, bool]:
        """By the number of an encounter whether it has ended."""
        return {number: bool(is_over) for number, is_over in self._rows(TOLD, list(NOW))}

    def _to_be_heard(self) -> Counter[tuple[int, int, str]]:
        """How often each of the two is to hear what of which encounter."""
        told = self._told()
        begun = [(number, person, "KIND_BEGUN") for number in told for person in NOW]
        return Counter([*begun, *((number, person, "KIND_ENDED") for number in told if told[number] for person in NOW)])

    def _heard(self) -> Counter[tuple[int, int, str]]:
        servers = self._stack.addresses["KAFKA_BOOTSTRAP_SERVERS"]
        with KafkaConsumer(bootstrap_servers=servers) as asking:
            partitions = len(asking.partitions_for_topic("encounter") or ())
        heard = exactly_once(records(servers, "encounter", partitions), partitions)
        ours = (each for each in heard if (each.person_id, each.other_person_id) in permutations(NOW))
        return Counter((each.encounter_id, each.person_id, Kind.Name(each.kind)) for each in ours)

    def _rows(self, query: str, *values: object) -> list[tuple[int, ...]]:
        with self._stack.database() as session, session.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()


def met(fixes: Fixes, window: int, distance_m: float, min_probability: float) -> Iterator[tuple[int, ...]]:
    """What is to be remembered of a window, as REMEMBERED tells it."""
    person_id, meetings = met_by_everybody(fixes, window, distance_m, min_probability)
    return zip(
        person_id.tolist(),
        meetings.person_id.tolist(),
        meetings.started_us.tolist(),
        meetings.ended_us.tolist(),
        meetings.duration_us.tolist(),
        meetings.chance_ns.tolist(),
        meetings.own_fixes.tolist(),
        meetings.other_fixes.tolist(),
        strict=True,
    )
