"""connectivity: the primary key holds all columns, so that a person's meetings lie side by side in it.

The rows of the table lie in the order of time, among everybody else's: a year of a person's was a page for each.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PRIMARY_KEY = """
ALTER TABLE connectivity
    DROP CONSTRAINT connectivity_pkey,
    -- Usage: connection_service, the meetings of a person
    ADD PRIMARY KEY (person_id, started_at, other_id)
        INCLUDE (ended_at, duration_us, chance_ns, closest_m, closest_sd_m, closest_at, latitude, longitude, own_fixes,
                 other_fixes);
"""

# An index alone answers where a vacuum has seen that rows are visible to everybody. By default the last one of a month
# would leave out up to a fifth of it, for ever.
VACUUMED = """
DO $$
DECLARE
    partition regclass;
BEGIN
    FOR partition IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'connectivity'::regclass LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_insert_scale_factor = 0.02)', partition);
    END LOOP;
END
$$
"""

# As it was, and how often a partition is vacuumed.
ENSURE_CONNECTIVITY_PARTITION = """
CREATE OR REPLACE FUNCTION ensure_connectivity_partition(day date) RETURNS void
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
    EXECUTE format(
        'CREATE TABLE public.%I (LIKE public.connectivity INCLUDING CONSTRAINTS) '
        'WITH (autovacuum_vacuum_insert_scale_factor = 0.02)', partition_name);
    EXECUTE format(
        'ALTER TABLE public.connectivity ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', partition_name,
        month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month')::timestamp AT TIME ZONE 'UTC');
END
$$;
"""


def upgrade() -> None:
    for statement in (PRIMARY_KEY, VACUUMED, ENSURE_CONNECTIVITY_PARTITION):
        op.execute(statement)
