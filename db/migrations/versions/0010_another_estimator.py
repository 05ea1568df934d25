"""settle_connectivity: what another version of the estimator can't find again stays remembered as it was."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# As it was, but for the version: rows of windows that are due are not shown, and those that are found anew replace
# them. What has no locations any more is not due.
SETTLE_CONNECTIVITY = """
CREATE OR REPLACE FUNCTION settle_connectivity(until_window int, distance double precision,
                                               probability double precision, version int) RETURNS void
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
    IF NOT FOUND OR (known.distance_m, known.min_probability) <> (distance, probability) THEN
        TRUNCATE public.connectivity, public.connectivity_due;
        DELETE FROM public.connectivity_progress;
        INSERT INTO public.connectivity_progress
        VALUES (coalesce(known.kept_from, 0), coalesce(known.kept_from, 0), distance, probability, version)
        RETURNING * INTO known;
    ELSIF known.estimator <> version THEN
        TRUNCATE public.connectivity_due;
        PERFORM public.due_windows(known.kept_from, known.settled_before);
        UPDATE public.connectivity_progress SET estimator = version;
    END IF;
    IF known.settled_before < until_window THEN
        PERFORM public.due_windows(known.settled_before, until_window);
        UPDATE public.connectivity_progress SET settled_before = until_window;
    END IF;
END
$$;
COMMENT ON FUNCTION settle_connectivity IS 'From now on the windows before this one are to be settled, and settled '
    'again when a location comes. With another distance or probability everything is forgotten, and due; with another '
    'version all of it is due of which there are locations.';
"""


def upgrade() -> None:
    op.execute(SETTLE_CONNECTIVITY)
