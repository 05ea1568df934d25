"""connectivity: the meetings of a window are found by a B-tree, wherever in their month they lie.

Rows of later windows come where others were deleted: what was erased or forgotten, or came late and was written again.
So each range of pages soon held some of any time, and a BRIN index left half of a month to be read.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# The new one first: nobody who reads has to wait while it is made.
STARTED_AT = """
-- Usage: meeting_finder, a window that is settled again; connection_service, everybody's meetings in a range of time
CREATE INDEX connectivity_window_idx ON connectivity (started_at);
DROP INDEX connectivity_started_at_idx;
"""


def upgrade() -> None:
    op.execute(STARTED_AT)
