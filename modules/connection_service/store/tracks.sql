-- The fixes of several persons, each in ranges of time of its own: how those moved who came near, whether or not each of
-- their fixes lies in a cell that was looked at.
--
-- Read by the primary key, one descent for each range; arrays, LATERAL … ORDER BY and the constants as in
-- candidates.sql.
SELECT
    l.person_id,
    l.creation_time,
    ST_Y(l.coordinate)             AS latitude,
    ST_X(l.coordinate)             AS longitude,
    COALESCE(l.accuracy_m, 'NaN')  AS accuracy_m
FROM (
    SELECT person_id, to_timestamp(low_us / 1e6::float8) AS time_low, to_timestamp(high_us / 1e6::float8) AS time_high
    FROM unnest(%(persons)s::bigint[], %(time_low)s::bigint[], %(time_high)s::bigint[])
        AS one (person_id, low_us, high_us)
) AS wanted
CROSS JOIN LATERAL (
    SELECT person_id, creation_time, coordinate, accuracy_m
    FROM location
    WHERE person_id = wanted.person_id
      AND creation_time BETWEEN wanted.time_low AND wanted.time_high
      AND creation_time BETWEEN %(start)s::timestamptz AND %(end)s::timestamptz
    ORDER BY creation_time
) AS l
LIMIT %(max_rows)s + 1
