"""The order of things: what is compared with each other is measured one after the other, round after round."""

import sys
from collections.abc import Iterator

from benchmarks.ingest.consumer_only import filled_topic, first_and_second_delivery, two_consumers
from benchmarks.ingest.copy_limit import copy_limit
from benchmarks.ingest.growth import growth
from benchmarks.ingest.jdbc_sink.connect import NotToBeHadError
from benchmarks.ingest.jdbc_sink.run import jdbc_sink
from benchmarks.ingest.latency import latency
from benchmarks.ingest.measured import Measured
from benchmarks.ingest.naive_peer import naive_peer
from benchmarks.ingest.overload import OFFERED, overload
from benchmarks.ingest.plan import Plan
from benchmarks.ingest.small_messages import small_messages
from benchmarks.ingest.whole_way import whole_way
from benchmarks.ingest.workload import Workload, yesterday
from benchmarks.result import Result, median_rate
from benchmarks.stores import Stores

BEGINS_HOUR = 8
SHARES = {"1/4": 0.25, "1/2": 0.5, "3/4": 0.75}  # of the rate of the whole way


def measure(stores: Stores, plan: Plan, asked: frozenset[str]) -> Measured:
    measured = Measured(asked)
    if asked & {"limit", "consumer_only", "redelivery", "two_consumers", "whole_way", "naive_peer", "jdbc_sink"}:
        for number in range(1, plan.rounds + 1):
            measured.rounds.append({})
            for name, result in one_round(stores, plan, measured):
                measured.rounds[-1][name] = result
                say(f"round {number}: {name}", result)
    if "growth" in asked:
        measured.growth = growth(stores, plan.growth_sizes, plan.growth_locations, plan.batch, plan.growth_rounds)
        for size, rounds in measured.growth.items():
            for round_ in rounds:
                say(f"empty table, beside {size:,} rows", round_["empty"])
                say(f"with {size:,} rows", round_["grown"])
    for name, result in singles(stores, plan, measured):
        measured.single[name] = result
        say(name, result)
    return measured


def one_round(stores: Stores, plan: Plan, measured: Measured) -> Iterator[tuple[str, Result]]:
    asked = measured.asked
    workload = Workload(plan.locations, yesterday(BEGINS_HOUR))
    if "limit" in asked:
        yield "limit", copy_limit(stores, workload, plan.batch)
    if asked & {"consumer_only", "redelivery", "two_consumers"}:
        with filled_topic(stores, workload) as topic:
            first, second = first_and_second_delivery(stores, topic, workload, plan.batch)
            yield "consumer_only", first
            yield "redelivery", second
            if "two_consumers" in asked:
                yield "two_consumers", two_consumers(stores, topic, workload, plan.batch)
    if "whole_way" in asked:
        yield "whole_way", whole_way(stores, workload, plan.batch)
    if "naive_peer" in asked:
        yield "naive_peer", naive_peer(stores, Workload(plan.naive_locations, yesterday(BEGINS_HOUR)))
    if "jdbc_sink" in asked and not measured.not_to_be_had:
        try:
            yield "jdbc_sink", jdbc_sink(stores, Workload(plan.jdbc_locations, yesterday(BEGINS_HOUR)))
        except NotToBeHadError as error:
            measured.not_to_be_had = f"it could not be fetched: {error}"


def singles(stores: Stores, plan: Plan, measured: Measured) -> Iterator[tuple[str, Result]]:
    if "latency" in measured.asked:
        sustainable = median_rate(measured.rounds, "whole_way")
        if sustainable is None:
            sustainable = whole_way(stores, Workload(plan.locations, yesterday(BEGINS_HOUR)), plan.batch).rate
        for name, share in SHARES.items():
            workload = Workload(round(sustainable * share * plan.latency_s), yesterday(BEGINS_HOUR))
            yield f"latency at {name}", latency(stores, workload, sustainable * share)
    if "small_messages" in measured.asked:
        workload = Workload(plan.small_messages, yesterday(BEGINS_HOUR))
        for clients in plan.small_message_clients:
            yield f"one location a call, {clients} clients", small_messages(stores, workload, clients)
    if "overload" in measured.asked:
        yield "overload", overload(stores, Workload(round(OFFERED * plan.overload_s), yesterday(BEGINS_HOUR)))


def say(name: str, result: Result) -> None:
    print(f"{name}: {result.rate:,.0f} locations/s", file=sys.stderr, flush=True)
