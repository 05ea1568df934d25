"""Reads the table `private_span`: of which times persons keep private where they were."""

from typing import Final

import numpy as np

from connection_service.store.prepared import Statement
from proximity.spans import NO_SPANS, Spans

# Of persons, with a moment from the first instant to the second: columns of Spans.
PRIVATE: Final = Statement(
    "private",
    "bigint[], timestamptz, timestamptz",
    """
    SELECT coalesce(array_agg(person_id), '{}'), coalesce(array_agg(begin_us), '{}'),
           coalesce(array_agg(end_us - 1), '{}')
    FROM (
        SELECT person_id, (extract(epoch FROM greatest(begins_at, $2)) * 1000000)::bigint AS begin_us,
               (extract(epoch FROM least(ends_at, $3 + interval '1 microsecond')) * 1000000)::bigint AS end_us
        FROM private_span
        WHERE person_id = ANY($1) AND begins_at <= $3 AND (ends_at IS NULL OR ends_at > $2)
        ORDER BY person_id, begins_at
    ) AS private
    """,
)


def spans_of(found: tuple[list[int], ...] | None) -> Spans:
    return Spans(*(np.array(column, np.int64) for column in found)) if found else NO_SPANS
