-- From a person over one in between to somebody else: how long the first two were together, and the last two, in a range
-- of windows that are settled. In between are those with whom the person was for the longest.
--
-- Read by the primary key (person_id, started_at, other_id), one range for the person and one for each in between;
-- partitions of other months are dropped when the query is planned. Windows that are due are left out.
WITH own AS MATERIALIZED (
    SELECT other_id, sum(duration_us)::bigint AS together_us
    FROM connectivity
    WHERE person_id = %(person_id)s
      AND started_at >= %(start)s::timestamptz AND started_at < %(until)s::timestamptz
      AND date_bin('20 minutes', started_at, 'epoch') <> ALL (%(due)s::timestamptz[])
    GROUP BY other_id
    HAVING sum(duration_us) >= %(least_us)s
), between_them AS MATERIALIZED (
    SELECT other_id, together_us FROM own WHERE together_us > 0
    ORDER BY together_us DESC, other_id LIMIT %(most_between)s
), theirs AS MATERIALIZED (
    SELECT met.person_id, met.other_id, sum(met.duration_us)::bigint AS together_us
    FROM between_them AS one
    CROSS JOIN LATERAL (
        SELECT person_id, other_id, duration_us
        FROM connectivity
        WHERE person_id = one.other_id AND other_id <> %(person_id)s
          AND started_at >= %(start)s::timestamptz AND started_at < %(until)s::timestamptz
          AND date_bin('20 minutes', started_at, 'epoch') <> ALL (%(due)s::timestamptz[])
        ORDER BY started_at
    ) AS met
    GROUP BY met.person_id, met.other_id
    HAVING sum(met.duration_us) >= greatest(%(least_us)s, 1)
)
SELECT one.other_id AS between_id, theirs.other_id, one.together_us AS own_us, theirs.together_us AS other_us
FROM between_them AS one JOIN theirs ON theirs.person_id = one.other_id
WHERE NOT EXISTS (SELECT FROM own WHERE own.other_id = theirs.other_id)
