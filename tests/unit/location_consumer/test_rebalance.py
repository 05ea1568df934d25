"""A rebalance that the client has forgotten is taken up again."""

from dataclasses import dataclass

from location_consumer.offsets.rebalance import in_progress


@dataclass
class FakeCoordinator:
    rebalancing: bool
    rejoin_needed: bool = False

    def rebalance_in_progress(self) -> bool:
        return self.rebalancing

    def request_rejoin(self) -> None:
        self.rejoin_needed = True


@dataclass
class FakeConsumer:
    _coordinator: FakeCoordinator


def test_a_rebalance_under_way_is_asked_for_again_so_that_the_next_poll_ends_it() -> None:
    coordinator = FakeCoordinator(rebalancing=True)
    assert in_progress(FakeConsumer(coordinator))
    assert coordinator.rejoin_needed


def test_a_stable_group_is_left_alone() -> None:
    coordinator = FakeCoordinator(rebalancing=False)
    assert not in_progress(FakeConsumer(coordinator))
    assert not coordinator.rejoin_needed
