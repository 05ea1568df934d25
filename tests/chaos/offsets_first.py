"""A location_consumer that breaks its promise on purpose: it commits offsets before it has written the rows.

Nothing but the test of the suite itself starts this: see test_broken_promise.py.
"""

from typing import Any

from kafka import KafkaConsumer

import location_consumer.__main__ as location_consumer


class OffsetsFirst(KafkaConsumer):  # type: ignore[misc]  # it has no types
    def poll(self, *args: Any, **options: Any) -> Any:
        polled = super().poll(*args, **options)
        if polled:
            self.commit()
        return polled


if __name__ == "__main__":
    vars(location_consumer)["KafkaConsumer"] = OffsetsFirst
    location_consumer.main()
