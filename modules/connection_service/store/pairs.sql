-- Everybody's meetings that are remembered and have a moment in a range of time: from the first instant until before the
-- second. The one in which A met B and the one in which B met A both.
--
-- Read by the index on started_at, or as a whole, month by month; partitions of other months are dropped when the query
-- is planned. No row is longer than a window. One row more than allowed tells that there are too many.
SELECT person_id, other_id, started_at, ended_at, closest_m, closest_at, latitude, longitude
FROM connectivity
WHERE started_at >= %(window_start)s::timestamptz AND started_at < %(until)s::timestamptz
  AND ended_at >= %(start)s::timestamptz
LIMIT %(max_rows)s + 1
