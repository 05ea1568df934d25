-- The next portion of all that is stored of one person, by time; both ends inclusive.
--
-- Read by the primary key (person_id, creation_time), day after day, until the portion is full. The range is constant
-- and spans few days, so that all others are dropped when the query is planned.
SELECT
    l.person_id,
    l.creation_time,
    ST_Y(l.coordinate)             AS latitude,
    ST_X(l.coordinate)             AS longitude,
    COALESCE(l.accuracy_m, 'NaN')  AS accuracy_m
FROM location AS l
WHERE l.person_id = %(person_id)s
  AND l.creation_time BETWEEN %(start)s::timestamptz AND %(end)s::timestamptz
ORDER BY l.creation_time
LIMIT %(portion)s
