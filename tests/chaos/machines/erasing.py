"""Somebody is erased while a store fails, and must be gone afterwards."""

from http import HTTPStatus
from threading import Event, Thread

import requests

from tests.chaos.stack import Stack
from tests.patience import PATIENCE_S

ADD_SOMEBODY = """
    INSERT INTO person (id, first_name, last_name, company_name)
    SELECT greatest(max(id), (SELECT max(person_id) FROM erased_person)) + 1, 'Some', 'Body', 'Somewhere' FROM person
    RETURNING id
"""
ENSURE_DAY = "SELECT ensure_location_partition('2024-06-01')"
ADD_PLACES = """
    INSERT INTO location (person_id, creation_time, coordinate)
    SELECT %s, timestamptz '2024-06-01Z' + number * interval '1 second', ST_SetSRID(ST_MakePoint(1, 1), 4326)
    FROM generate_series(1, 1000) AS number
"""
LEFT = """
    SELECT (SELECT count(*) FROM location WHERE person_id = %s) + (SELECT count(*) FROM person WHERE id = %s)
"""
AGAIN_AFTER_S = 0.5


class Erasing(Thread):
    """Asked for until it is answered, as a client does it."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(name="erasing", daemon=True)
        self._stack = stack
        with stack.database() as session, session.cursor() as cursor:
            cursor.execute(ADD_SOMEBODY)
            [[self.person]] = cursor.fetchall()
            cursor.execute(ENSURE_DAY)
            cursor.execute(ADD_PLACES, [self.person])

    def run(self) -> None:
        url = f"{self._stack.addresses['PERSON_URL']}/api/persons/{self.person}"
        while True:
            try:
                answer = requests.delete(url, timeout=PATIENCE_S)
            except requests.RequestException:
                answer = None
            # The second one: somebody who asked before has finished it.
            if answer is not None and answer.status_code in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND):
                return
            Event().wait(AGAIN_AFTER_S)

    def check(self) -> None:
        """Returns when it is answered. Raises AssertionError where something of the person is left."""
        self.join()
        with self._stack.database() as session, session.cursor() as cursor:
            cursor.execute(LEFT, [self.person, self.person])
            [[rows]] = cursor.fetchall()
        if rows:
            raise AssertionError(f"somebody was erased, and {rows} rows are left")
