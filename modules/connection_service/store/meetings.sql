-- The meetings of a person that are remembered, in a range of time: from the first instant until before the second.
--
-- Read by the primary key (person_id, started_at, other_id). The range is constant, so that partitions of other months
-- are dropped when the query is planned. One row more than allowed tells that there are too many.
SELECT
    other_id, started_at, ended_at, duration_us, chance_ns, closest_m, closest_sd_m, closest_at, latitude, longitude,
    own_fixes, other_fixes
FROM connectivity
WHERE person_id = %(person_id)s
  AND started_at >= %(start)s::timestamptz AND started_at < %(until)s::timestamptz
LIMIT %(max_rows)s + 1
