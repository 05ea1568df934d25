"""connectivity_due.person_id: what came late has the meetings of its person settled again, not everybody's."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# A note that names nobody, as they were before: everybody's meetings.
PERSON_ID = "ALTER TABLE connectivity_due ADD COLUMN person_id bigint"

# The other one stays: for what concerns everybody, and for consumers that are not replaced yet.
NOTE_WINDOWS = """
CREATE FUNCTION note_windows(touched int[], whose bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    INSERT INTO public.connectivity_due (window_number, person_id)
    SELECT number, person FROM unnest(touched, whose) AS noted(number, person), public.connectivity_progress AS progress
    WHERE number >= progress.kept_from AND number < progress.settled_before
$$;
COMMENT ON FUNCTION note_windows(int[], bigint[]) IS 'As with windows alone, but of each only the meetings of a person '
    '(NULL: of everybody) are to be settled again.';
"""


def upgrade() -> None:
    op.execute(PERSON_ID)
    op.execute(NOTE_WINDOWS)
