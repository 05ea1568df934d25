"""connectivity: who met whom, remembered; and what says which of it is settled, and what has to be settled again.

How nothing is missed while locations are stored, erased and forgotten: modules/meeting_finder/README.md.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# A window is the 1,200 s from number * 1,200 s after 1970 on: WINDOW_US of modules/proximity/windows.py.
CONNECTIVITY = """
CREATE TABLE connectivity (
    person_id    bigint NOT NULL,
    other_id     bigint NOT NULL,
    started_at   timestamptz NOT NULL,
    ended_at     timestamptz NOT NULL,  -- at most at the end of the window; a longer meeting goes on in the next one
    duration_us  bigint NOT NULL,
    chance_ns    bigint NOT NULL,
    closest_m    double precision NOT NULL,
    closest_sd_m double precision NOT NULL,
    closest_at   timestamptz NOT NULL,
    latitude     double precision NOT NULL,  -- of the other then, degrees WGS 84
    longitude    double precision NOT NULL,
    own_fixes    bigint NOT NULL,
    other_fixes  bigint NOT NULL,
    -- Usage: connection_service, the meetings of a person
    PRIMARY KEY (person_id, started_at, other_id)
) PARTITION BY RANGE (started_at);
-- Usage: erase_locations and forget_locations, meetings of others with a person
CREATE INDEX connectivity_other_id_started_at_idx ON connectivity (other_id, started_at);
-- Usage: meeting_finder, a window that is settled again
CREATE INDEX connectivity_started_at_idx ON connectivity USING brin (started_at) WITH (pages_per_range = 8);
"""

CONNECTIVITY_PROGRESS = """
CREATE TABLE connectivity_progress (
    kept_from       int NOT NULL,  -- the first window that is remembered
    settled_before  int NOT NULL,  -- windows before this one are settled, or in connectivity_due
    distance_m      double precision NOT NULL,  -- what meetings were looked for
    min_probability double precision NOT NULL,
    estimator       int NOT NULL,  -- ESTIMATOR of modules/proximity/everybody/meetings.py
    only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row)
);
CREATE TABLE connectivity_due (
    number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- Usage: meeting_finder, what it has settled
    window_number int NOT NULL,
    noted_at      timestamptz NOT NULL DEFAULT now()
);
-- Usage: meeting_finder, the notes of a window; connection_service, what is not settled
CREATE INDEX connectivity_due_window_number_idx ON connectivity_due (window_number);
"""

# Asked of pg_class twice: to_regclass would remember what it found before the lock.
ENSURE_CONNECTIVITY_PARTITION = """
CREATE FUNCTION ensure_connectivity_partition(day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    month date := date_trunc('month', day::timestamp)::date;
    partition_name text := 'connectivity_' || to_char(month, 'YYYYMM');
BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE relname = partition_name) THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_connectivity_partition'));
    IF EXISTS (SELECT FROM pg_class WHERE relname = partition_name) THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.connectivity INCLUDING CONSTRAINTS)', partition_name);
    EXECUTE format(
        'ALTER TABLE public.connectivity ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', partition_name,
        month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month')::timestamp AT TIME ZONE 'UTC');
END
$$;
"""

# Windows without a location need not be looked at: nobody can have been met there.
DUE_WINDOWS = """
CREATE FUNCTION due_windows(low int, high int) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
AS $$
    INSERT INTO public.connectivity_due (window_number, noted_at)
    SELECT window_number, '-infinity'
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid,
         LATERAL (SELECT 72 * (to_date(right(relname, 8), 'YYYYMMDD') - date '1970-01-01') AS first) AS day,
         LATERAL generate_series(greatest(first, low), least(first + 72, high) - 1) AS window_number
    WHERE inhparent = 'public.location'::regclass
$$;
COMMENT ON FUNCTION due_windows IS 'Has the windows from low until before high settled that locations may lie in.';
REVOKE EXECUTE ON FUNCTION due_windows FROM PUBLIC;
"""

# Who stores holds the lock shared, and notes what it stores in windows before settled_before. So what was stored
# before that rises is seen by whoever settles these windows afterwards, and what is stored later is noted.
SETTLE_CONNECTIVITY = """
CREATE FUNCTION settle_connectivity(until_window int, distance double precision, probability double precision,
                                    version int) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '4s'
AS $$
DECLARE
    known public.connectivity_progress;
BEGIN
    SELECT * INTO known FROM public.connectivity_progress;
    IF (known.distance_m, known.min_probability, known.estimator) = (distance, probability, version)
       AND known.settled_before >= until_window THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(public.storing_lock());
    SELECT * INTO known FROM public.connectivity_progress;
    IF NOT FOUND OR (known.distance_m, known.min_probability, known.estimator) <> (distance, probability, version) THEN
        TRUNCATE public.connectivity, public.connectivity_due;
        DELETE FROM public.connectivity_progress;
        INSERT INTO public.connectivity_progress
        VALUES (coalesce(known.kept_from, 0), coalesce(known.kept_from, 0), distance, probability, version)
        RETURNING * INTO known;
    END IF;
    IF known.settled_before < until_window THEN
        PERFORM public.due_windows(known.settled_before, until_window);
        UPDATE public.connectivity_progress SET settled_before = until_window;
    END IF;
END
$$;
COMMENT ON FUNCTION settle_connectivity IS 'From now on the windows before this one are to be settled, and settled '
    'again when a location comes. With another distance, probability or version everything is forgotten, and due.';
"""

NOTE_WINDOWS = """
CREATE FUNCTION note_windows(touched int[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    INSERT INTO public.connectivity_due (window_number)
    SELECT number FROM unnest(touched) AS number, public.connectivity_progress AS progress
    WHERE number >= progress.kept_from AND number < progress.settled_before
$$;
COMMENT ON FUNCTION note_windows IS 'For a transaction that holds the storing lock, and stores something that these '
    'windows depend on: those that were settled are to be settled again.';
"""

# Rows that have a moment outside of the times go too: their windows are noted, and settled again without the locations.
# Finders hold the lock shared while they replace a window's rows, so that the two never wait for each other's rows.
DELETE_MEETINGS = """
CREATE FUNCTION connectivity_lock() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 7134206;
CREATE FUNCTION delete_meetings(wanted bigint, low timestamptz, high timestamptz) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT pg_advisory_xact_lock(public.connectivity_lock());
    DELETE FROM public.connectivity
    WHERE person_id = wanted AND started_at >= low - interval '20 minutes' AND started_at < high AND ended_at >= low;
    DELETE FROM public.connectivity
    WHERE other_id = wanted AND started_at >= low - interval '20 minutes' AND started_at < high AND ended_at >= low
$$;
COMMENT ON FUNCTION delete_meetings IS 'Removes the meetings of a person, and those of others with the person, that '
    'have a moment from low until before high.';
REVOKE EXECUTE ON FUNCTION delete_meetings FROM PUBLIC;
"""

# As they were, but for the meetings.
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
    IF reached = '-infinity' THEN
        PERFORM public.delete_meetings(wanted, '-infinity', 'infinity');
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

# A window depends on locations up to half an hour before and after it.
# The storing lock comes before the row: keep_private has it when it changes spans.
FORGET_LOCATIONS = """
CREATE OR REPLACE FUNCTION forget_locations(span bigint, OUT deleted int, OUT is_more boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    one     public.private_span;
    reached timestamptz;
BEGIN
    deleted := 0;
    is_more := false;
    IF EXISTS (SELECT FROM public.private_span WHERE number = span AND gone_before IS NULL AND finished_at IS NULL) THEN
        PERFORM pg_advisory_xact_lock_shared(public.storing_lock());
    END IF;
    SELECT * INTO one FROM public.private_span WHERE number = span AND finished_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF one.gone_before IS NULL THEN
        PERFORM public.delete_meetings(one.person_id, one.begins_at, coalesce(one.ends_at, 'infinity'));
        PERFORM public.note_windows(array(
            SELECT DISTINCT number FROM unnest(ARRAY[one.begins_at, one.ends_at]) AS border,
                LATERAL (SELECT floor(extract(epoch FROM border) / 1200)::int AS at) AS middle,
                LATERAL generate_series(at - 2, at + 2) AS number
        ));
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
"""

DROP_CONNECTIVITY_BEFORE = """
CREATE FUNCTION drop_connectivity_before(floor_day date) RETURNS text
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
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION drop_connectivity_before IS 'From now on no meeting before this day is remembered (NULL: all are). '
    'Then drops the oldest month before it, and in the end its days. Returns what it changed; call it, each time in a '
    'transaction of its own, until it returns NULL.';
"""


def upgrade() -> None:
    for statement in (
        CONNECTIVITY,
        CONNECTIVITY_PROGRESS,
        ENSURE_CONNECTIVITY_PARTITION,
        DUE_WINDOWS,
        SETTLE_CONNECTIVITY,
        NOTE_WINDOWS,
        DELETE_MEETINGS,
        ERASE_LOCATIONS,
        FORGET_LOCATIONS,
        DROP_CONNECTIVITY_BEFORE,
    ):
        op.execute(statement)
