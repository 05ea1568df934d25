"""encounter_told, encounter_event: what is told of meetings while they happen, and what of it is still to be sent.

How it is told exactly once: modules/meeting_finder/README.md.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Rows lie nearly in the order of time. What is newest is not summarised yet, and is read.
LOCATION_CREATION_TIME = """
-- Usage: meeting_finder, what everybody has reported in the last two minutes, and in a window
CREATE INDEX location_creation_time_idx ON location USING brin (creation_time)
    WITH (pages_per_range = 32, autosummarize = on);
"""

ENCOUNTER_TOLD = """
CREATE TABLE encounter_told (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL,
    other_id    bigint NOT NULL CHECK (other_id > person_id),
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz,  -- NULL: they are together
    closest_m   double precision NOT NULL,
    probability double precision NOT NULL,
    latitude    double precision NOT NULL,
    longitude   double precision NOT NULL,
    told_at     timestamptz NOT NULL DEFAULT now(),  -- the last time
    settled_at  timestamptz  -- NULL: what was told is preliminary
);
-- Usage: meeting_finder, who is together now
CREATE UNIQUE INDEX encounter_told_together_idx ON encounter_told (person_id, other_id) WHERE ended_at IS NULL;
-- Usage: meeting_finder, what can be settled
CREATE INDEX encounter_told_unsettled_idx ON encounter_told (ended_at) WHERE settled_at IS NULL;
-- Usage: meeting_finder, what nobody needs any more
CREATE INDEX encounter_told_settled_at_idx ON encounter_told (settled_at);
-- Usage: forget_encounters
CREATE INDEX encounter_told_person_id_idx ON encounter_told (person_id);
CREATE INDEX encounter_told_other_id_idx ON encounter_told (other_id);
"""

ENCOUNTER_EVENT = """
CREATE TABLE encounter_event (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- Usage: meeting_finder, in this order it is sent
    kind        int NOT NULL,  -- of udaconnect.connection.v1.EncounterEvent
    encounter   bigint NOT NULL,  -- encounter_told.number
    person_id   bigint NOT NULL,  -- whom it is told to
    other_id    bigint,
    started_at  timestamptz,
    ended_at    timestamptz,
    closest_m   double precision,
    probability double precision,
    latitude    double precision,
    longitude   double precision,
    told_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""

# Whoever adds events holds the lock from before their numbers are given until they are committed: so who reads a number
# has read all lower ones.
TELL_ENCOUNTERS = """
CREATE FUNCTION encounter_lock() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 7134207;
CREATE FUNCTION tell_encounters(what int, wanted bigint[]) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT pg_advisory_xact_lock(public.encounter_lock());
    INSERT INTO public.encounter_event (kind, encounter, person_id, other_id, started_at, ended_at, closest_m,
                                        probability, latitude, longitude)
    SELECT what, number, whom, other, started_at, ended_at, closest_m, probability, latitude, longitude
    FROM public.encounter_told, LATERAL (VALUES (person_id, other_id), (other_id, person_id)) AS side(whom, other)
    WHERE number = ANY(wanted)
    ORDER BY number, whom;
    UPDATE public.encounter_told SET told_at = now() WHERE number = ANY(wanted)
$$;
COMMENT ON FUNCTION tell_encounters IS 'Has both persons of these encounters told of what is known of them now.';
REVOKE EXECUTE ON FUNCTION tell_encounters FROM PUBLIC;
"""

RETRACT_ENCOUNTERS = """
CREATE FUNCTION retract_encounters(wanted bigint[]) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT pg_advisory_xact_lock(public.encounter_lock());
    DELETE FROM public.encounter_event WHERE encounter = ANY(wanted);
    INSERT INTO public.encounter_event (kind, encounter, person_id)
    SELECT 4, number, whom FROM public.encounter_told, unnest(ARRAY[person_id, other_id]) AS whom
    WHERE number = ANY(wanted)
    ORDER BY number, whom;
    DELETE FROM public.encounter_told WHERE number = ANY(wanted)
$$;
COMMENT ON FUNCTION retract_encounters IS 'Takes back what was told of these encounters, without saying who it was.';
REVOKE EXECUTE ON FUNCTION retract_encounters FROM PUBLIC;
"""

# A meeting may begin before it was told to, and end later: the windows beside those told of are settled too.
CONFIRM_ENCOUNTERS = """
CREATE FUNCTION confirm_encounters(at_most int) RETURNS int
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
                ON part.person_id = joined.person_id AND part.other_id = joined.other_id
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
COMMENT ON FUNCTION confirm_encounters IS 'Tells what has been settled of encounters that were told and have ended, or '
    'that there were none. Returns of how many; call it again where those are as many as it may at most.';
REVOKE EXECUTE ON FUNCTION confirm_encounters FROM PUBLIC;
"""

FORGET_ENCOUNTERS = """
CREATE FUNCTION forget_encounters(wanted bigint, low timestamptz, high timestamptz) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT pg_advisory_xact_lock(public.encounter_lock());
    SELECT public.retract_encounters(array_agg(number)) FROM public.encounter_told
    WHERE (person_id = wanted OR other_id = wanted) AND started_at < high AND (ended_at IS NULL OR ended_at >= low)
    HAVING count(*) > 0
$$;
COMMENT ON FUNCTION forget_encounters IS 'Takes back what was told of encounters of a person, or with the person, that '
    'have a moment from low until before high.';
REVOKE EXECUTE ON FUNCTION forget_encounters FROM PUBLIC;
"""

# As it was, and what was told.
DELETE_MEETINGS = """
CREATE OR REPLACE FUNCTION delete_meetings(wanted bigint, low timestamptz, high timestamptz) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT pg_advisory_xact_lock(public.connectivity_lock());
    DELETE FROM public.connectivity
    WHERE person_id = wanted AND started_at >= low - interval '20 minutes' AND started_at < high AND ended_at >= low;
    DELETE FROM public.connectivity
    WHERE other_id = wanted AND started_at >= low - interval '20 minutes' AND started_at < high AND ended_at >= low;
    SELECT public.forget_encounters(wanted, low, high)
$$;
"""

# As it was, and what was told.
DROP_CONNECTIVITY_BEFORE = """
CREATE OR REPLACE FUNCTION drop_connectivity_before(floor_day date) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    wanted int := coalesce(72 * (floor_day - date '1970-01-01'), 0);
    known  public.connectivity_progress;
    oldest text;
BEGIN
    IF floor_day >= (now() AT TIME ZONE 'UTC')::date THEN
        RAISE 'today and what comes after it cannot be dropped' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (SELECT FROM public.connectivity_progress WHERE kept_from <> wanted) THEN
        PERFORM pg_advisory_xact_lock(public.storing_lock());
        SELECT * INTO known FROM public.connectivity_progress;
        PERFORM public.due_windows(wanted, least(known.kept_from, known.settled_before));
        DELETE FROM public.connectivity_due WHERE window_number < wanted;
        UPDATE public.connectivity_progress
        SET kept_from = wanted, settled_before = greatest(settled_before, wanted);
        RETURN 'kept_from';
    END IF;
    SELECT min(relname) INTO oldest FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public.connectivity'::regclass AND relname < 'connectivity_' || to_char(floor_day, 'YYYYMM');
    IF oldest IS NOT NULL THEN
        EXECUTE format('DROP TABLE IF EXISTS public.%I', oldest);
        RETURN oldest;
    END IF;
    DELETE FROM public.connectivity WHERE started_at < floor_day::timestamp AT TIME ZONE 'UTC';
    DELETE FROM public.encounter_told WHERE started_at < floor_day::timestamp AT TIME ZONE 'UTC';
    DELETE FROM public.encounter_event WHERE started_at < floor_day::timestamp AT TIME ZONE 'UTC';
    RETURN NULL;
END
$$;
"""


def upgrade() -> None:
    for statement in (
        LOCATION_CREATION_TIME,
        ENCOUNTER_TOLD,
        ENCOUNTER_EVENT,
        TELL_ENCOUNTERS,
        RETRACT_ENCOUNTERS,
        CONFIRM_ENCOUNTERS,
        FORGET_ENCOUNTERS,
        DELETE_MEETINGS,
        DROP_CONNECTIVITY_BEFORE,
    ):
        op.execute(statement)
