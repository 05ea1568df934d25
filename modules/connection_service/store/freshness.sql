-- How new the locations are: the newest of one person ($1) that can be seen, none of which is before $2; how many records
-- the consumer still has before it, and when it said so. Which people there are: `people` is another text whenever
-- someone has been erased, and when the server has started anew, perhaps with a backup. And the instant before which all
-- meetings are remembered.
--
-- Prepared once for each connection, with one plan for every person: planning this for 30 days takes 5 ms, running it
-- 0.1 ms. Partitions come in the order of time, so that the first one with a fix of the person ends the scan; those
-- before $2 are not even opened, which would take 2 ms for the days of a year.
SELECT
    (SELECT creation_time FROM location
     WHERE person_id = $1 AND creation_time >= $2 ORDER BY creation_time DESC LIMIT 1)  AS newest,
    sum(greatest(end_offset - next_offset, 0))::bigint                                  AS lag,
    min(observed_at)                                                                    AS as_of,
    (SELECT concat(pg_postmaster_start_time(), ' ', max(number)) FROM erased_person)    AS people,
    (SELECT to_timestamp(1200.0 * least(settled_before, (SELECT min(window_number) FROM connectivity_due)))
     FROM connectivity_progress)                                                        AS settled
FROM consumer_progress
