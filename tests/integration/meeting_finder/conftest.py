"""A consumer's store and finders on a database of the test's own, with the persons 1 to 9."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from connection_service.search.estimate_pages import meeting_page
from connection_service.search.questions import EstimateQuestion
from connection_service.store.locations import LocationStore
from deployment.native.schema import Database
from location_consumer.rows import Rows
from location_consumer.store import Store as ConsumerStore
from meeting_finder.find import Find
from meeting_finder.metrics import Metrics
from meeting_finder.store import Asked, Store
from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Fixes
from proximity.spans import Spans
from service_kit.database import make_engine
from tests.integration.statements import Query, add_people
from tests.patience import PATIENCE_S
from tests.unit.connection_service.memory import MemoryStore
from tests.unit.connection_service.search.test_estimate_pages import WHOLE, equal

ASKED = Asked(WHOLE.distance_m, WHOLE.min_probability)
NO_QUIET = timedelta(0)
PRIVATE = """
    SELECT person_id, (extract(epoch FROM begins_at) * 1000000)::bigint,
           (extract(epoch FROM ends_at) * 1000000)::bigint - 1
    FROM private_span ORDER BY person_id, begins_at
"""


class System:
    """What the tests do with a database: store locations, settle, ask."""

    def __init__(self, database: Database, query: Query, engine: sa.Engine) -> None:
        self.database, self.query = database, query
        self.consumer = ConsumerStore(database.location_consumer)
        self.finder = Store(database.meeting_finder, ASKED)
        self.asking = LocationStore(engine, 1_000_000, PATIENCE_S)

    def store(self, fixes: Fixes) -> None:
        written = self.consumer.write(Rows.of(fixes))
        assert (written.unknown_person.size, written.conflict.size, written.refused) == (0, 0, [])

    def settle(self, before: int | None = None, at_most: int = 1_000_000) -> int:
        """Settle what is due, and first make the windows before this one so. Returns how many were."""
        if before is not None:
            self.finder.settle_before(before)
        find = Find(self.finder, ASKED, lateness_s=0, quiet_s=0, metrics=Metrics())
        settled = 0
        while settled < at_most and find.settle():
            settled += 1
        return settled

    def answer(self, person_id: int, question: EstimateQuestion = WHOLE) -> EstimatedMeetings:
        with self.asking.locations() as locations:
            return meeting_page(locations, person_id, question).rows

    def check(self, fixes: Fixes, question: EstimateQuestion = WHOLE) -> None:
        """Every answer is that of the engine alone to these fixes."""
        alone = MemoryStore(fixes.at(np.lexsort((fixes.person_id, fixes.time_us))))
        alone.hidden = Spans(*np.array(self.query(PRIVATE), np.int64).reshape(-1, 3).T)
        for person_id in np.unique(fixes.person_id).tolist():
            expected = meeting_page(alone, person_id, question).rows
            assert equal(self.answer(person_id, question), expected), person_id

    def remembered(self, condition: str = "true") -> int:
        [(count,)] = self.query(f"SELECT count(*) FROM connectivity WHERE {condition}")
        return int(count)

    def due(self) -> set[int]:
        return {window for (window,) in self.query("SELECT window_number FROM connectivity_due")}

    def empty(self) -> None:
        self.query("TRUNCATE location, connectivity, connectivity_due, connectivity_progress, private_span")

    def close(self) -> None:
        self.consumer.close()
        self.finder.close()


@pytest.fixture
def system(database: Database, query: Query) -> Iterator[System]:
    add_people(database.owner, 100)
    engine = make_engine(database.connection_service, application_name="test", pool_size=2, statement_timeout_s=60)
    system = System(database, query, engine)
    yield system
    system.close()
    engine.dispose()
