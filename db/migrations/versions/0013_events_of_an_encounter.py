"""encounter_event: what waits of an encounter is found without what waits of all others.

When Kafka is away for a while much waits, and what is taken back was looked for in all of it, once for each encounter.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ENCOUNTER = """
-- Usage: retract_encounters
CREATE INDEX encounter_event_encounter_idx ON encounter_event (encounter);
"""


def upgrade() -> None:
    op.execute(ENCOUNTER)
