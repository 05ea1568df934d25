"""Callers take turns in the event loop, however much one of them has waiting."""

import asyncio

from location_producer.callers.turns import Turns


def test_one_who_comes_later_waits_for_one_turn_and_not_for_a_hundred() -> None:
    order: list[str] = []

    async def work(turns: Turns, caller: str) -> None:
        await turns.mine(caller)
        order.append(caller)

    async def run() -> None:
        turns = Turns()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(100):
                tasks.create_task(work(turns, "greedy"))
            await asyncio.sleep(0)
            for caller in ("a", "b", "a"):
                tasks.create_task(work(turns, caller))

    asyncio.run(run())
    assert len(order) == 103
    assert order.index("a") < 5
    assert order.index("b") < 5
    assert order[10:] == ["greedy"] * 93


def test_the_loop_comes_round_between_two_turns() -> None:
    async def run() -> int:
        turns = Turns()
        rounds = 0

        async def others() -> None:
            nonlocal rounds
            while True:
                rounds += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(others())
        await asyncio.gather(*(turns.mine("greedy") for _ in range(100)))
        beside.cancel()
        return rounds

    assert asyncio.run(run()) >= 100


def test_whoever_goes_away_while_waiting_keeps_nobody_from_his_turn() -> None:
    async def run() -> None:
        turns = Turns()
        waiting = [asyncio.create_task(turns.mine("greedy")) for _ in range(3)]
        await asyncio.sleep(0)
        for task in waiting[:2]:
            task.cancel()
        await asyncio.wait_for(waiting[2], 10)
        await asyncio.wait_for(turns.mine("greedy"), 10)

    asyncio.run(run())
