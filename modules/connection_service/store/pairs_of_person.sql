-- As pairs.sql, but only meetings of a person, and those that the others had with each other in the windows in which both
-- met the person, and in the windows beside these: when the person comes they may be in a meeting already.
--
-- Read by the primary key (person_id, started_at, other_id), one descent for each of the others and window, and by the
-- index (other_id, started_at).
WITH of_person AS MATERIALIZED (
    SELECT * FROM connectivity
    WHERE (person_id = %(person_id)s OR other_id = %(person_id)s)
      AND started_at >= %(window_start)s::timestamptz AND started_at < %(until)s::timestamptz
      AND ended_at >= %(start)s::timestamptz
    LIMIT %(max_rows)s + 1
), met AS MATERIALIZED (
    SELECT DISTINCT CASE person_id WHEN %(person_id)s THEN other_id ELSE person_id END AS id,
           date_bin('20 minutes', started_at, 'epoch') + beside * interval '20 minutes' AS window_start
    FROM of_person, generate_series(-1, 1) AS beside
)
SELECT person_id, other_id, started_at, ended_at, closest_m, closest_at, latitude, longitude FROM of_person
UNION ALL
(
    SELECT theirs.* FROM met
    CROSS JOIN LATERAL (
        SELECT person_id, other_id, started_at, ended_at, closest_m, closest_at, latitude, longitude
        FROM connectivity
        WHERE person_id = met.id AND other_id <> %(person_id)s
          AND started_at >= met.window_start AND started_at < met.window_start + interval '20 minutes'
          AND started_at >= %(window_start)s::timestamptz AND started_at < %(until)s::timestamptz
          AND ended_at >= %(start)s::timestamptz
        ORDER BY started_at
    ) AS theirs
    JOIN met AS too ON too.id = theirs.other_id AND too.window_start = met.window_start
)
LIMIT %(max_rows)s + 1
