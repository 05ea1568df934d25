from collections.abc import Iterator

from location_client.readers.one_instant import LEFT_OUT, SPREAD, one_position_an_instant
from location_client.readers.rows import LocatedRow, Reading, Rejected, UnreadableFileError
from tests.unit.location_client.readers.rows_read import NINE, SECOND, fixes

METRE = 1 / 111_195


def at(time_us: int, metres: float, person_id: int = 7) -> LocatedRow:
    return 1, person_id, NINE + time_us, metres * METRE, 13.405, None


def settled(*rows: LocatedRow | Rejected) -> tuple[list[LocatedRow | Rejected], Reading]:
    reading = Reading()
    return list(one_position_an_instant(iter(rows), reading)), reading


def times(rows: list[LocatedRow | Rejected]) -> list[int]:
    return [row[1] - NINE for row in fixes(rows)]


def test_the_points_of_a_fast_logger_are_spread_over_their_seconds() -> None:
    logged = [at(second * SECOND, (second * 18 + tick) * 0.05) for second in range(600) for tick in range(18)]
    rows, reading = settled(*logged)
    assert times(rows) == [second * SECOND + tick * SECOND // 18 for second in range(600) for tick in range(18)]
    assert [row[2:] for row in fixes(rows)] == [row[3:] for row in logged]
    assert reading.remarks == {SPREAD: 10_800}


def test_where_the_newest_comes_first_the_last_one_of_a_second_is_its_first() -> None:
    rows, _ = settled(at(SECOND, 4), at(SECOND, 3), at(0, 2), at(0, 1))
    assert times(rows) == [SECOND * 3 // 2, SECOND, SECOND // 2, 0]


def test_what_is_apart_already_stays_as_it_is() -> None:
    rows = [at(0, 0), at(SECOND, 1), at(SECOND, 1), at(SECOND, 2, person_id=8), at(SECOND, 1)]
    assert settled(*rows) == (rows, Reading())


def test_points_that_cannot_be_of_one_second_are_thinned_to_the_first() -> None:
    far, reading = settled(at(0, 0), at(0, 500), at(SECOND, 1))
    assert times(far) == [0, SECOND]
    assert reading.remarks == {LEFT_OUT: 1}
    within, _ = settled(at(0, 0), at(0, 1), at(SECOND // 2, 1))
    assert times(within) == [0, SECOND // 2]
    halves, _ = settled(at(SECOND // 2, 0), at(SECOND // 2, 1), at(SECOND, 1))
    assert times(halves) == [SECOND // 2, SECOND]


def test_times_that_were_cut_to_minutes_are_not_made_seconds() -> None:
    rows, reading = settled(
        *(at(minute * 60 * SECOND, minute * 60 + step) for minute in range(3) for step in range(60))
    )
    assert times(rows) == [0, 60 * SECOND, 120 * SECOND]
    assert reading.remarks == {LEFT_OUT: 177}


def test_two_fast_loggers_in_one_table_are_two() -> None:
    logged = [at(second * SECOND, tick, person_id) for second in range(3) for person_id in (7, 8) for tick in range(2)]
    rows, _ = settled(*logged)
    assert times(rows) == [second * SECOND + half for second in range(3) for _ in (7, 8) for half in (0, SECOND // 2)]


def test_another_track_over_the_same_time_is_left_out() -> None:
    one = [at(second * SECOND, second) for second in range(100)]
    rows, reading = settled(*one, *(at(second * SECOND, second + 5) for second in range(100)), *one)
    assert rows == one + one, "what is the same again harms nobody"
    assert reading.remarks == {LEFT_OUT: 100}


def test_memory_holds_the_instants_of_late() -> None:
    rows, reading = settled(*(at(second * SECOND, second) for second in range(60_000)), at(59_000 * SECOND, 1))
    assert len(rows) == 60_000
    assert reading.remarks == {LEFT_OUT: 1}


def test_what_cannot_be_read_keeps_its_place_and_what_is_off_the_earth_is_the_servers_to_refuse() -> None:
    rejected = Rejected(2, "latitude", "is missing")
    off = (1, 7, NINE, 91.0, 13.405, None)
    rows, _ = settled(at(0, 0), rejected, off, at(0, 1), at(SECOND, 1))
    assert rows == [at(0, 0), rejected, off, at(SECOND // 2, 1), at(SECOND, 1)]


def test_the_rows_before_a_broken_part_still_come() -> None:
    def rows() -> Iterator[LocatedRow]:
        yield at(0, 0)
        yield at(0, 1)
        raise UnreadableFileError("is broken")

    taken: list[LocatedRow | Rejected] = []
    failure = ""
    try:
        taken.extend(one_position_an_instant(rows(), Reading()))
    except UnreadableFileError as error:
        failure = str(error)
    assert (len(taken), failure) == (2, "is broken")
