-- The fixes of one person in a range of time, both ends inclusive.
--
-- Read by the primary key (person_id, creation_time). The range is constant, so that partitions of other days are
-- dropped when the query is planned. One row more than allowed tells that there are too many.
SELECT
    l.person_id,
    l.creation_time,
    ST_Y(l.coordinate)             AS latitude,
    ST_X(l.coordinate)             AS longitude,
    COALESCE(l.accuracy_m, 'NaN')  AS accuracy_m
FROM location AS l
WHERE l.person_id = %(person_id)s
  AND l.creation_time BETWEEN %(start)s::timestamptz AND %(end)s::timestamptz
LIMIT %(max_rows)s + 1
