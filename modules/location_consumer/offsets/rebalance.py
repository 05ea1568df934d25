"""Sees to it that a rebalance comes to its end.

kafka-python 3.0.12 forgets one: where partitions were added to the topic, and the answer to the join comes between two
polls rather than within one, the client takes itself for joined. It does not read the new partitions then, can't commit
the others, sends no heartbeat, and does not notice. (The Java client asks "needed or pending", this one asks "needed".)
"""

from kafka import KafkaConsumer

POLL_S = 1.0
"""How long to poll meanwhile: an answer that comes between two polls is thrown away, and asked for once more."""


def in_progress(records: KafkaConsumer) -> bool:
    """Whether the group is being rebalanced; then the next poll goes on with it."""
    coordinator = records._coordinator  # noqa: SLF001  there is no public way to ask
    if not coordinator.rebalance_in_progress():
        return False
    coordinator.request_rejoin()
    return True
