"""What is told costs what there is to tell, and not what was told before, or waits to be sent."""

from meeting_finder.live.encounters import CONFIRM, SET_UP
from tests.integration.meeting_finder.live.conftest import Teller
from tests.integration.meeting_finder.live.test_told import COMING_AND_GOING, LAST

MANY = 20_000
# Settled long ago, and nothing of it is to be told any more.
SETTLED = """
    INSERT INTO encounter_told (person_id, other_id, started_at, ended_at, closest_m, probability, latitude, longitude,
                                settled_at)
    SELECT 1000 + mod(number, 100), 2000 + number, now() - interval '1 day', now() - interval '23 hours', 1, 1, 47, 8,
           now() - interval '22 hours'
    FROM generate_series(1, %s) AS number
"""
# Of other encounters.
WAITING = """
    INSERT INTO encounter_event (kind, encounter, person_id)
    SELECT 1, 1000 + number, 1 FROM generate_series(1, %s) AS number
"""
READ = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = %s"


def test_what_was_confirmed_is_not_looked_at_again(teller: Teller) -> None:
    teller.system.settle(LAST)
    teller.system.query(SETTLED, MANY)
    teller.system.query("ANALYZE encounter_told")  # as the server does by itself
    assert rows_read(teller, "encounter_told") < MANY / 100


def test_what_is_taken_back_is_not_looked_for_in_all_that_waits(teller: Teller) -> None:
    teller.system.store(COMING_AND_GOING)
    teller.look(110, 179)
    teller.system.query("DELETE FROM location")
    teller.system.settle(LAST)
    teller.system.query(WAITING, MANY)
    teller.system.query("ANALYZE encounter_event")
    assert rows_read(teller, "encounter_event") < MANY / 100
    assert teller.system.query("SELECT count(*) FROM encounter_event WHERE kind = 4") == [(2,)]


def rows_read(teller: Teller, table: str) -> int:
    """By confirming, of a table."""
    [(rows,)] = teller.system.query(f"{SET_UP}; {CONFIRM}; {READ}", table)
    return int(rows)
