"""erased_person and location_floor: what must never be stored again; and the functions that take locations away.

The two tables are changed by these functions alone. How they keep an erased person from coming back, while batches of
locations are being written: docs/privacy.md.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ERASED_PERSON = """
CREATE TABLE erased_person (
    person_id   bigint PRIMARY KEY,  -- Usage: the functions below; location_consumer, of ids that are no person's
    erased_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Given out under the lock of erase_person: in the order in which the erasures became visible.
    number      bigint GENERATED ALWAYS AS IDENTITY,
    gone_before timestamptz,  -- erase_locations has removed everything before it
    finished_at timestamptz   -- and now everything
);
-- Usage: location_consumer, by hold_erasures in each of its transactions: who was erased since the last one.
CREATE UNIQUE INDEX erased_person_number_idx ON erased_person (number);
-- Usage: db/retention.py, erasures that were broken off.
CREATE INDEX erased_person_unfinished_idx ON erased_person (erased_at) WHERE finished_at IS NULL;
"""

LOCATION_FLOOR = """
-- What retention has dropped must not come back by a late upload: nothing before this day is stored.
CREATE TABLE location_floor (
    day         date NOT NULL,
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row)
);
"""

# Readers of the lock are the transactions that store locations; its one writer at a time forbids something to them.
STORING_LOCK = """
CREATE FUNCTION storing_lock() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 7134203;
"""

# Each statement of a volatile function sees what was committed before it began: so the tables are read as they are
# once the lock is held.
HOLD_ERASURES = """
CREATE FUNCTION hold_erasures(seen bigint, OUT erased bigint[], OUT newest bigint, OUT kept_from timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(public.storing_lock());
    IF seen IS NULL THEN
        SELECT '{}', coalesce(max(number), 0) INTO erased, newest FROM public.erased_person;
    ELSE
        SELECT coalesce(array_agg(person_id), '{}'), coalesce(max(number), seen) INTO erased, newest
        FROM public.erased_person WHERE number > seen;
    END IF;
    SELECT day::timestamp AT TIME ZONE 'UTC' INTO kept_from FROM public.location_floor;
END
$$;
COMMENT ON FUNCTION hold_erasures IS 'Until the end of this transaction nobody is erased and no floor is raised. '
    'Returns the persons erased since the erasure of number `seen` (NULL: none of them), the number of the newest '
    'erasure, and the first instant that is kept (NULL: all are).';
"""

# lock_timeout: a batch that hangs makes an erasure fail, to be tried again. As long as it waits, others wait behind it.
ERASE_PERSON = """
CREATE FUNCTION erase_person(wanted bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '4s'
AS $$
BEGIN
    IF EXISTS (SELECT FROM public.person WHERE id = wanted) THEN
        PERFORM pg_advisory_xact_lock(public.storing_lock());
        DELETE FROM public.person WHERE id = wanted;
        IF FOUND THEN
            INSERT INTO public.erased_person (person_id) VALUES (wanted);
        END IF;
    END IF;
    RETURN EXISTS (SELECT FROM public.erased_person WHERE person_id = wanted AND finished_at IS NULL);
END
$$;
COMMENT ON FUNCTION erase_person IS 'Removes the person, for ever. True: now call erase_locations, in transactions of '
    'their own, for as long as it returns true. False: there is no such person, or nothing of it is left.';
"""

# 20,000 rows take a fraction of a second; 100 partitions are few locks. The row of the erasure is locked, so that two
# who finish the same erasure take turns.
ERASE_LOCATIONS = """
CREATE FUNCTION erase_locations(wanted bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    most_partitions constant int := 100;
    rows_left  int := 20000;
    partitions int := 0;
    reached    timestamptz;
    stop       timestamptz;
    one        text;
    deleted    int;
BEGIN
    SELECT coalesce(gone_before, '-infinity') INTO reached
    FROM public.erased_person WHERE person_id = wanted AND finished_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    FOR one IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'public.location'::regclass
          AND (reached = '-infinity' OR relname >= 'location_' || to_char(reached AT TIME ZONE 'UTC', 'YYYYMMDD'))
        ORDER BY relname LIMIT most_partitions
    LOOP
        partitions := partitions + 1;
        BEGIN
            EXECUTE format('SELECT creation_time FROM public.%I WHERE person_id = $1 AND creation_time >= $2 '
                           'ORDER BY creation_time OFFSET $3 LIMIT 1', one)
                INTO stop USING wanted, reached, rows_left;
            EXECUTE format('DELETE FROM public.%I WHERE person_id = $1 AND creation_time >= $2 AND creation_time < $3',
                           one)
                USING wanted, reached, coalesce(stop, 'infinity');
            GET DIAGNOSTICS deleted = ROW_COUNT;
        EXCEPTION WHEN undefined_table THEN
            CONTINUE;  -- retention has just dropped it
        END;
        IF stop IS NOT NULL THEN
            UPDATE public.erased_person SET gone_before = stop WHERE person_id = wanted;
            RETURN true;
        END IF;
        rows_left := rows_left - deleted;
        reached := (to_date(right(one, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC';
    END LOOP;
    UPDATE public.erased_person
    SET gone_before = reached, finished_at = CASE WHEN partitions < most_partitions THEN clock_timestamp() END
    WHERE person_id = wanted;
    RETURN partitions = most_partitions;
END
$$;
COMMENT ON FUNCTION erase_locations IS 'Removes some of the locations of a person whom erase_person has removed. '
    'True: call it again. False: nothing is left.';
"""

# The lock on the table is held for milliseconds, but it waits for every query that began before, and those that come
# behind it wait too: hence lock_timeout, and one partition at a time.
DROP_LOCATIONS_BEFORE = """
CREATE FUNCTION drop_locations_before(floor_day date) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    oldest text;
BEGIN
    IF floor_day >= (now() AT TIME ZONE 'UTC')::date THEN
        RAISE 'today and what comes after it cannot be dropped' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF (SELECT day FROM public.location_floor) IS DISTINCT FROM floor_day THEN
        PERFORM pg_advisory_xact_lock(public.storing_lock());
        DELETE FROM public.location_floor;
        INSERT INTO public.location_floor (day) SELECT floor_day WHERE floor_day IS NOT NULL;
        RETURN 'location_floor';
    END IF;
    SELECT min(relname) INTO oldest FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public.location'::regclass AND relname < 'location_' || to_char(floor_day, 'YYYYMMDD');
    IF oldest IS NOT NULL THEN
        EXECUTE format('DROP TABLE IF EXISTS public.%I', oldest);
    END IF;
    RETURN oldest;
END
$$;
COMMENT ON FUNCTION drop_locations_before IS 'From now on no location before this day is stored (NULL: all are). '
    'Then drops the oldest day before it. Returns what it changed; call it, each time in a transaction of its own, '
    'until it returns NULL.';
"""

UNFINISHED_ERASURES = """
CREATE FUNCTION unfinished_erasures() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT person_id FROM public.erased_person WHERE finished_at IS NULL ORDER BY erased_at $$;
"""


def upgrade() -> None:
    for statement in (
        ERASED_PERSON,
        LOCATION_FLOOR,
        STORING_LOCK,
        HOLD_ERASURES,
        ERASE_PERSON,
        ERASE_LOCATIONS,
        DROP_LOCATIONS_BEFORE,
        UNFINISHED_ERASURES,
    ):
        op.execute(statement)
