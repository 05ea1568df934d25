"""consumer_progress: how far the location consumer is, for those who ask how complete the locations are."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CONSUMER_PROGRESS = """
CREATE TABLE consumer_progress (
    topic       text NOT NULL,
    partition   int NOT NULL,
    next_offset bigint NOT NULL,  -- every record before it is stored or given up
    end_offset  bigint NOT NULL,  -- of the record that came next to the partition
    observed_at timestamptz NOT NULL,
    -- Usage: location_consumer, a row a partition, written anew every second; connection_service, all of them.
    PRIMARY KEY (topic, partition)
)
-- Every update leaves a dead row; room in the page lets the next ones reuse its place.
WITH (fillfactor = 20, autovacuum_vacuum_threshold = 1000);
"""


def upgrade() -> None:
    op.execute(CONSUMER_PROGRESS)
