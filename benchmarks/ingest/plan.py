"""What is measured, and how much of it."""

from dataclasses import dataclass

NAMES = (
    "limit",
    "consumer_only",
    "redelivery",
    "two_consumers",
    "whole_way",
    "naive_peer",
    "jdbc_sink",
    "growth",
    "latency",
    "small_messages",
    "overload",
)


@dataclass(frozen=True)
class Plan:
    rounds: int
    batch: int  # locations in a batch of the consumer, and in a COPY of the limit
    locations: int  # in a round
    naive_locations: int
    jdbc_locations: int
    growth_sizes: tuple[int, ...]
    growth_locations: int
    growth_rounds: int
    latency_s: float
    small_message_clients: tuple[int, ...]
    small_messages: int
    overload_s: float


FULL = Plan(
    rounds=3,
    batch=50_000,
    locations=1_500_000,
    naive_locations=5_000,
    jdbc_locations=300_000,
    growth_sizes=(0, 1_000_000, 5_000_000, 20_000_000),
    growth_locations=1_500_000,
    growth_rounds=3,
    latency_s=40,
    small_message_clients=(1, 4, 16, 64, 256),
    small_messages=10_000,
    overload_s=30,
)
QUICK = Plan(
    rounds=3,
    batch=50_000,
    locations=400_000,
    naive_locations=500,
    jdbc_locations=40_000,
    growth_sizes=(1_000_000,),
    growth_locations=300_000,
    growth_rounds=3,
    latency_s=8,
    small_message_clients=(1, 256),
    small_messages=2_000,
    overload_s=10,
)
