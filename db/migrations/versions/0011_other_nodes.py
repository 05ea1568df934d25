"""await_other_nodes, and what else a store of many nodes needs: what was committed before an erasure is seen by it.

On one node that is so anyway. A commit on several is in two phases: when a node dies between them its part comes back
with it, prepared, and becomes visible when Citus finds it, maybe after somebody was erased. docs/privacy.md.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

AWAIT_OTHER_NODES = """
CREATE FUNCTION await_other_nodes() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    deadline constant timestamptz := clock_timestamp() + interval '4 seconds';
    others   text[];
    prepared text[];
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
        RETURN;
    END IF;
    LOOP
        EXECUTE $others$
            SELECT array_agg(nodeport || gid)
            FROM run_command_on_workers($gids$
                SELECT coalesce(json_agg(gid), '[]') FROM pg_prepared_xacts
                WHERE gid LIKE 'citus_%' AND database = current_database()
            $gids$), LATERAL json_array_elements_text(
                CASE WHEN success THEN result::json ELSE '["does not answer"]' END) AS gid
        $others$ INTO prepared;
        -- What was not there at first began later, and knows of the erasure.
        others := array(SELECT unnest(prepared) INTERSECT SELECT unnest(coalesce(others, prepared)));
        EXIT WHEN others = '{}';
        IF clock_timestamp() > deadline THEN
            RAISE 'another node still has to finish what was committed: try again' USING ERRCODE = 'lock_not_available';
        END IF;
        PERFORM pg_sleep(0.1);
    END LOOP;
END
$$;
COMMENT ON FUNCTION await_other_nodes IS 'Returns when everything that was committed before is to be seen by the '
    'statements that follow. Raises lock_not_available where a node does not answer, or takes longer than 4 s.';
REVOKE EXECUTE ON FUNCTION await_other_nodes FROM PUBLIC;
"""

# As it was, and the other nodes awaited. It is the first thing that is done of erasing or forgetting, after nothing of
# the kind can be stored any more: so that what then follows finds everything. (In plpgsql: a parameter of a function in
# SQL is no value yet when Citus plans.)
DELETE_MEETINGS = """
CREATE OR REPLACE FUNCTION delete_meetings(wanted bigint, low timestamptz, high timestamptz) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(public.connectivity_lock());
    PERFORM public.await_other_nodes();
    DELETE FROM public.connectivity
    WHERE person_id = wanted AND started_at >= low - interval '20 minutes' AND started_at < high AND ended_at >= low;
    DELETE FROM public.connectivity
    WHERE other_id = wanted AND started_at >= low - interval '20 minutes' AND started_at < high AND ended_at >= low;
    PERFORM public.forget_encounters(wanted, low, high);
END
$$;
"""

# As it was, and the person named in each step: Citus wants to know on which node a recursion goes on.
CONFIRM_ENCOUNTERS = """
CREATE OR REPLACE FUNCTION confirm_encounters(at_most int) RETURNS int
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    told      public.encounter_told;
    settled   record;
    confirmed int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(public.encounter_lock());
    FOR told IN
        SELECT encounter_told.* FROM public.encounter_told, public.connectivity_progress
        WHERE settled_at IS NULL AND ended_at < to_timestamp(1200::bigint * (settled_before - 1))
          AND NOT EXISTS (
              SELECT FROM public.connectivity_due
              WHERE window_number BETWEEN floor(extract(epoch FROM started_at) / 1200)::int - 1
                                      AND floor(extract(epoch FROM ended_at) / 1200)::int + 1)
        ORDER BY number LIMIT at_most
    LOOP
        WITH RECURSIVE joined AS (
            SELECT * FROM public.connectivity
            WHERE person_id = told.person_id AND other_id = told.other_id
              AND started_at >= told.started_at - interval '21 minutes'
              AND started_at <= told.ended_at + interval '1 minute'
              AND ended_at >= told.started_at - interval '1 minute'
            UNION
            SELECT part.* FROM joined JOIN public.connectivity AS part
                ON part.person_id = told.person_id AND part.other_id = told.other_id
               AND part.started_at >= joined.started_at - interval '20 minutes' AND part.started_at <= joined.ended_at
               AND (part.started_at = joined.ended_at OR part.ended_at = joined.started_at)
        )
        SELECT min(started_at) AS started_at, max(ended_at) AS ended_at, min(closest_m) AS closest_m,
               least(1, sum(chance_ns) / (1000.0 * greatest(sum(duration_us), 1))) AS probability,
               (array_agg(latitude ORDER BY closest_m))[1] AS latitude,
               (array_agg(longitude ORDER BY closest_m))[1] AS longitude
        INTO settled FROM joined;
        IF settled.started_at IS NULL THEN
            PERFORM public.retract_encounters(ARRAY[told.number]);
        ELSE
            UPDATE public.encounter_told
            SET started_at = settled.started_at, ended_at = settled.ended_at, closest_m = settled.closest_m,
                probability = settled.probability, latitude = settled.latitude, longitude = settled.longitude,
                settled_at = now()
            WHERE number = told.number;
            PERFORM public.tell_encounters(3, ARRAY[told.number]);
        END IF;
        confirmed := confirmed + 1;
    END LOOP;
    RETURN confirmed;
END
$$;
"""


def upgrade() -> None:
    for statement in (AWAIT_OTHER_NODES, DELETE_MEETINGS, CONFIRM_ENCOUNTERS):
        op.execute(statement)
