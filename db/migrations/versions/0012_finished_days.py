"""rewrite_locations_before: the rows of a finished day are stored hour by hour, and of each hour person by person.

They came in the order of their time, so that each fix of a person was a page of its own. Which locks are held, and why
nothing is lost or comes back meanwhile: docs/decisions/0036-finished-days-are-rewritten.md.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# The draft is a table public.location_draft, beside `location` until it takes a day's place.
LOCATION_REWRITE = """
CREATE TABLE location_rewrite (
    day       date NOT NULL,         -- is being rewritten
    copied_to timestamptz NOT NULL,  -- its rows before this are in the draft
    waits_for text[],                -- all are: transactions that began before, some of which may not see them
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row)
);
"""

REWRITE_LOCKS = """
CREATE FUNCTION rewriting_lock() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 7134208;
CREATE FUNCTION draft_lock() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 7134209;
COMMENT ON FUNCTION draft_lock IS 'Whoever copies into the draft holds it alone, whoever deletes from it shares it: '
    'rows that are being copied cannot be seen, and would be left.';
"""

# Columns that a later migration adds are not to be forgotten.
DRAFT_COLUMNS = """
CREATE FUNCTION columns_of(relation text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname) FROM pg_attribute
    WHERE attrelid = to_regclass(relation) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
$$;
COMMENT ON FUNCTION columns_of IS 'Of a table: those that are written, by name. NULL: there is no such table.';
"""

# Each statement sees what was committed before it began: the DELETE finds what was copied while the lock was awaited.
WRITE_DRAFT_TOO = """
CREATE FUNCTION write_draft_too() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM pg_advisory_xact_lock_shared(public.draft_lock());
        DELETE FROM public.location_draft WHERE person_id = OLD.person_id AND creation_time = OLD.creation_time;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        EXECUTE format('INSERT INTO public.location_draft (%1$s) SELECT %1$s FROM (SELECT ($1).*) AS late '
                       'ON CONFLICT DO NOTHING', public.columns_of('public.location_draft')) USING NEW;
    END IF;
    RETURN NULL;
END
$$;
"""

BEGIN_REWRITE = """
CREATE FUNCTION begin_rewrite(partition text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    day      date := to_date(right(partition, 8), 'YYYYMMDD');
    begins   timestamptz := day::timestamp AT TIME ZONE 'UTC';
BEGIN
    CREATE TABLE public.location_draft (
        LIKE public.location INCLUDING GENERATED INCLUDING CONSTRAINTS INCLUDING INDEXES);
    -- With it, the draft need not be read when it becomes a partition.
    EXECUTE format('ALTER TABLE public.location_draft ADD CONSTRAINT of_the_day '
                   'CHECK (creation_time >= %L AND creation_time < %L)', begins, begins + interval '1 day');
    EXECUTE format('CREATE TRIGGER write_draft_too AFTER INSERT OR UPDATE OR DELETE ON public.%I '
                   'FOR EACH ROW EXECUTE FUNCTION public.write_draft_too()', partition);
    INSERT INTO public.location_rewrite (day, copied_to) VALUES (day, begins);
END
$$;
COMMENT ON FUNCTION begin_rewrite IS 'From now on what is stored in the partition, or deleted, is so in the draft too.';
"""

COPY_NEXT_HOUR = """
CREATE FUNCTION copy_next_hour(partition text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    low timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(public.draft_lock());
    UPDATE public.location_rewrite SET copied_to = copied_to + interval '1 hour'
    RETURNING copied_to - interval '1 hour' INTO low;
    EXECUTE format('INSERT INTO public.location_draft (%1$s) SELECT %1$s FROM public.%2$I '
                   'WHERE creation_time >= $1 AND creation_time < $1 + interval ''1 hour'' '
                   'ORDER BY person_id, creation_time ON CONFLICT DO NOTHING',
                   public.columns_of('public.location_draft'), partition) USING low;
END
$$;
"""

# Catalogue entries only. The locks are those of dropping a day: hence lock_timeout. Of the parent alone, and first, as
# everybody does.
TAKE_DAYS_PLACE = """
CREATE FUNCTION take_days_place(partition text, mark text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    begins timestamptz := to_date(right(partition, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC';
    index  text;
BEGIN
    LOCK TABLE ONLY public.location IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('DROP TABLE public.%I', partition);
    FOR index IN
        SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indrelid = 'public.location_draft'::regclass
    LOOP
        EXECUTE format('ALTER INDEX public.%I RENAME TO %I', index, replace(index, 'location_draft', partition));
    END LOOP;
    EXECUTE format('ALTER TABLE public.location_draft RENAME TO %I', partition);
    EXECUTE format('ALTER TABLE public.location ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                   partition, begins, begins + interval '1 day');
    EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT of_the_day', partition);
    EXECUTE format('COMMENT ON TABLE public.%I IS %L', partition, mark);
    DELETE FROM public.location_rewrite;
END
$$;
"""

# A transaction that took its snapshot before the last row was copied, and reads `location` only after the draft has
# taken the day's place, would miss rows: a backup, for one. So those that were running then must have ended.
REWRITE_LOCATIONS_BEFORE = """
CREATE FUNCTION rewrite_locations_before(end_day date) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    mark constant text := 'Rows lie hour by hour, and of each hour person by person.';
    known     public.location_rewrite;
    partition text;
BEGIN
    IF end_day >= (now() AT TIME ZONE 'UTC')::date THEN
        RAISE 'today and what comes after it is still written to' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(public.rewriting_lock());
    SELECT * INTO known FROM public.location_rewrite;
    IF NOT FOUND THEN
        SELECT max(relname) INTO partition FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'public.location'::regclass AND relname < 'location_' || to_char(end_day, 'YYYYMMDD')
          AND obj_description(inhrelid, 'pg_class') IS DISTINCT FROM mark;
        IF partition IS NULL THEN
            RETURN NULL;
        END IF;
        PERFORM public.begin_rewrite(partition);
        RETURN 'rewriting ' || partition;
    END IF;
    partition := 'location_' || to_char(known.day, 'YYYYMMDD');
    IF to_regclass('public.' || partition) IS NULL
       OR public.columns_of('public.location_draft') IS DISTINCT FROM public.columns_of('public.location') THEN
        EXECUTE format('DROP TRIGGER IF EXISTS write_draft_too ON public.%I', partition);
        DROP TABLE IF EXISTS public.location_draft;
        DELETE FROM public.location_rewrite;
        RETURN 'gave up rewriting ' || partition;
    ELSIF known.copied_to < (known.day + 1)::timestamp AT TIME ZONE 'UTC' THEN
        PERFORM public.copy_next_hour(partition);
    ELSIF known.waits_for IS NULL THEN
        PERFORM brin_summarize_new_values(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indrelid = 'public.location_draft'::regclass AND relam = (SELECT oid FROM pg_am WHERE amname = 'brin');
        ANALYZE public.location_draft;
        UPDATE public.location_rewrite
        SET waits_for = array(SELECT virtualtransaction FROM pg_locks JOIN pg_stat_activity USING (pid)
                              WHERE locktype = 'virtualxid' AND granted AND pid <> pg_backend_pid()
                                AND datname = current_database());
    ELSIF EXISTS (SELECT FROM pg_locks WHERE locktype = 'virtualxid' AND granted
                  AND virtualtransaction = ANY (known.waits_for)) THEN
        RAISE 'a transaction still runs that may not see the draft' USING ERRCODE = 'lock_not_available';
    ELSE
        PERFORM public.take_days_place(partition, mark);
        RETURN 'rewrote ' || partition;
    END IF;
    RETURN 'rewriting ' || partition;
END
$$;
COMMENT ON FUNCTION rewrite_locations_before IS 'Does one step of rewriting the newest day before this one that was '
    'not rewritten yet. Returns what it works at; call it, each time in a transaction of its own, until it returns '
    'NULL. Leaves a store of many nodes alone.';
"""

FOR_ITSELF = """
REVOKE EXECUTE ON FUNCTION begin_rewrite(text), copy_next_hour(text), take_days_place(text, text), write_draft_too()
    FROM PUBLIC;
"""


def upgrade() -> None:
    for statement in (
        LOCATION_REWRITE,
        REWRITE_LOCKS,
        DRAFT_COLUMNS,
        WRITE_DRAFT_TOO,
        BEGIN_REWRITE,
        COPY_NEXT_HOUR,
        TAKE_DAYS_PLACE,
        REWRITE_LOCATIONS_BEFORE,
        FOR_ITSELF,
    ):
        op.execute(statement)
