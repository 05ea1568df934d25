-- The fixes of everybody else in the places and at the times that a track makes worth looking at: the probes, boxes of
-- the index (cell, creation_time) that cells.py works out. One query answers all of them.
--
-- - The probes travel as arrays. The planner knows the length of a constant array, where it would take any other
--   function for 1,000 rows. Times are in microseconds since 1970: to read them as text takes three times as long.
-- - LATERAL … ORDER BY is a fence: each probe is one descent of the index, with the cell and both times as its
--   conditions, in the one or two partitions that the times fall into (the others are pruned when the probe is known:
--   "never executed" in EXPLAIN). Without the fence a month of probes was taken for a reason to read and hash
--   every partition: 620 ms instead of 11 at 2 million rows. (OFFSET 0 would be one too; Citus refuses it.)
-- - Most probes are one cell: `cell =`, so that the index narrows by time as well. Next to the poles a probe is a row of
--   cells; these go the second way, which reads all of the row and compares the times inside the index.
-- - The range is repeated as constants: partitions outside of it are dropped when the query is planned.
-- - One row more than allowed tells that there are too many.
SELECT
    near.person_id,
    near.creation_time,
    ST_Y(near.coordinate)             AS latitude,
    ST_X(near.coordinate)             AS longitude,
    COALESCE(near.accuracy_m, 'NaN')  AS accuracy_m
FROM (
    SELECT l.*
    FROM (
        SELECT cell, to_timestamp(low_us / 1e6::float8) AS time_low, to_timestamp(high_us / 1e6::float8) AS time_high
        FROM unnest(%(cell)s::bigint[], %(cell_time_low)s::bigint[], %(cell_time_high)s::bigint[])
            AS one (cell, low_us, high_us)
    ) AS probe
    CROSS JOIN LATERAL (
        SELECT person_id, creation_time, coordinate, accuracy_m
        FROM location
        WHERE cell = probe.cell
          AND creation_time BETWEEN probe.time_low AND probe.time_high
          AND creation_time BETWEEN %(start)s::timestamptz AND %(end)s::timestamptz
          AND person_id <> %(person_id)s
        ORDER BY creation_time
    ) AS l
    UNION ALL
    SELECT l.*
    FROM (
        SELECT cell_low, cell_high,
               to_timestamp(low_us / 1e6::float8) AS time_low, to_timestamp(high_us / 1e6::float8) AS time_high
        FROM unnest(%(cell_low)s::bigint[], %(cell_high)s::bigint[], %(row_time_low)s::bigint[], %(row_time_high)s::bigint[])
            AS one (cell_low, cell_high, low_us, high_us)
    ) AS probe
    CROSS JOIN LATERAL (
        SELECT person_id, creation_time, coordinate, accuracy_m
        FROM location
        WHERE cell BETWEEN probe.cell_low AND probe.cell_high
          AND creation_time BETWEEN probe.time_low AND probe.time_high
          AND creation_time BETWEEN %(start)s::timestamptz AND %(end)s::timestamptz
          AND person_id <> %(person_id)s
        ORDER BY creation_time
    ) AS l
) AS near
LIMIT %(max_rows)s + 1
