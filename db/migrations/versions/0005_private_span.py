"""private_span: the times of which people keep private where they were; and the functions that make them so.

How nothing of such a time comes back while batches of locations are being written: docs/privacy.md.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PRIVATE_SPAN = """
CREATE TABLE private_span (
    -- Given out under the storing lock: in the order in which the spans became visible. A change gives a new one.
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- Usage: who keeps spans in mind, what is new
    person_id   bigint NOT NULL REFERENCES person ON DELETE CASCADE,
    begins_at   timestamptz NOT NULL,
    ends_at     timestamptz CHECK (ends_at > begins_at),  -- NULL: sharing is paused
    gone_before timestamptz,  -- forget_locations has removed everything of the span before it
    finished_at timestamptz   -- and now everything
);
-- Usage: the spans of a person
CREATE INDEX private_span_person_id_idx ON private_span (person_id);
-- Usage: a person pauses once at a time
CREATE UNIQUE INDEX private_span_paused_idx ON private_span (person_id) WHERE ends_at IS NULL;
-- Usage: db/retention.py, what was broken off
CREATE INDEX private_span_unfinished_idx ON private_span (number) WHERE finished_at IS NULL;
"""

# 20,000 rows take a fraction of a second; 100 partitions are few locks.
DELETE_LOCATIONS = """
CREATE FUNCTION delete_locations(wanted bigint, low timestamptz, high timestamptz,
                                 OUT deleted int, OUT gone_before timestamptz)
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    most_partitions constant int := 100;
    most_rows       constant int := 20000;
    partitions int := 0;
    one        text;
    stop       timestamptz;
    removed    int;
BEGIN
    deleted := 0;
    FOR one IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'public.location'::regclass
          AND (low = '-infinity' OR relname >= 'location_' || to_char(low AT TIME ZONE 'UTC', 'YYYYMMDD'))
          AND (high = 'infinity' OR relname <= 'location_' || to_char(high AT TIME ZONE 'UTC', 'YYYYMMDD'))
        ORDER BY relname LIMIT most_partitions
    LOOP
        partitions := partitions + 1;
        gone_before := (to_date(right(one, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC';
        BEGIN
            EXECUTE format('SELECT creation_time FROM public.%I WHERE person_id = $1 AND creation_time >= $2 '
                           'AND creation_time < $3 ORDER BY creation_time OFFSET $4 LIMIT 1', one)
                INTO stop USING wanted, low, high, most_rows - deleted;
            EXECUTE format('DELETE FROM public.%I WHERE person_id = $1 AND creation_time >= $2 AND creation_time < $3',
                           one)
                USING wanted, low, coalesce(stop, high);
            GET DIAGNOSTICS removed = ROW_COUNT;
        EXCEPTION WHEN undefined_table THEN
            CONTINUE;  -- retention has just dropped it
        END;
        deleted := deleted + removed;
        IF stop IS NOT NULL THEN
            gone_before := stop;
            RETURN;
        END IF;
    END LOOP;
    IF partitions < most_partitions THEN
        gone_before := NULL;
    END IF;
END
$$;
COMMENT ON FUNCTION delete_locations IS 'Removes some of the locations of a person from low until before high; up to '
    'gone_before, or all (NULL).';
REVOKE EXECUTE ON FUNCTION delete_locations FROM PUBLIC;
"""

# As it was, with what it shares with forget_locations taken out. The row of the erasure is locked, so that two who
# finish the same erasure take turns.
ERASE_LOCATIONS = """
CREATE OR REPLACE FUNCTION erase_locations(wanted bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    reached timestamptz;
BEGIN
    SELECT coalesce(gone_before, '-infinity') INTO reached
    FROM public.erased_person WHERE person_id = wanted AND finished_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT gone_before INTO reached FROM public.delete_locations(wanted, reached, 'infinity');
    UPDATE public.erased_person
    SET gone_before = coalesce(reached, gone_before),
        finished_at = CASE WHEN reached IS NULL THEN clock_timestamp() END
    WHERE person_id = wanted;
    RETURN reached IS NOT NULL;
END
$$;
"""

# lock_timeout: as for erase_person. Spans that overlap become one, so that whoever forgets each hour has few of them.
KEEP_PRIVATE = """
CREATE FUNCTION keep_private(wanted bigint, low timestamptz, high timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '4s'
AS $$
DECLARE
    given bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(public.storing_lock());
    IF NOT EXISTS (SELECT FROM public.person WHERE id = wanted) THEN
        RETURN NULL;
    END IF;
    IF high IS NULL THEN
        SELECT number INTO given FROM public.private_span WHERE person_id = wanted AND ends_at IS NULL;
        IF FOUND THEN
            RETURN given;
        END IF;
    ELSE
        WITH within_reach AS (
            DELETE FROM public.private_span WHERE person_id = wanted AND begins_at <= high AND ends_at >= low
            RETURNING begins_at, ends_at
        )
        SELECT least(low, min(begins_at)), greatest(high, max(ends_at)) INTO low, high FROM within_reach;
    END IF;
    INSERT INTO public.private_span (person_id, begins_at, ends_at)
    VALUES (wanted, coalesce(low, clock_timestamp()), high) RETURNING number INTO given;
    RETURN given;
END
$$;
COMMENT ON FUNCTION keep_private IS 'From now on nothing of the person is stored whose time is from low (NULL: now) '
    'until before high (NULL: until share_again). Returns the number of the span: now call forget_locations with it, '
    'in transactions of their own, for as long as it says so. NULL: there is no such person.';
"""

SHARE_AGAIN = """
CREATE FUNCTION share_again(wanted bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '4s'
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(public.storing_lock());
    -- A clock may have been set back.
    UPDATE public.private_span
    SET number = DEFAULT, ends_at = greatest(clock_timestamp(), begins_at + interval '1 microsecond')
    WHERE person_id = wanted AND ends_at IS NULL;
END
$$;
COMMENT ON FUNCTION share_again IS 'Ends a pause, if there is one. What was recorded during it stays private.';
"""

FORGET_LOCATIONS = """
CREATE FUNCTION forget_locations(span bigint, OUT deleted int, OUT is_more boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    one     public.private_span;
    reached timestamptz;
BEGIN
    deleted := 0;
    is_more := false;
    SELECT * INTO one FROM public.private_span WHERE number = span AND finished_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT gone.deleted, gone.gone_before INTO deleted, reached
    FROM public.delete_locations(one.person_id, coalesce(one.gone_before, one.begins_at),
                                 coalesce(one.ends_at, 'infinity')) AS gone;
    is_more := reached IS NOT NULL;
    UPDATE public.private_span
    SET gone_before = coalesce(reached, gone_before), finished_at = CASE WHEN NOT is_more THEN clock_timestamp() END
    WHERE number = span;
END
$$;
COMMENT ON FUNCTION forget_locations IS 'Removes some of the locations that the person of a private span has in it, '
    'and tells how many. is_more: call it again.';
"""

UNFINISHED_PRIVATE_SPANS = """
CREATE FUNCTION unfinished_private_spans() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT number FROM public.private_span WHERE finished_at IS NULL ORDER BY number $$;
"""


def upgrade() -> None:
    for statement in (
        PRIVATE_SPAN,
        DELETE_LOCATIONS,
        ERASE_LOCATIONS,
        KEEP_PRIVATE,
        SHARE_AGAIN,
        FORGET_LOCATIONS,
        UNFINISHED_PRIVATE_SPANS,
    ):
        op.execute(statement)
