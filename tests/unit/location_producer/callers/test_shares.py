"""What each holds of what all share."""

from location_producer.callers.shares import Shares


def test_who_gives_all_back_is_forgotten() -> None:
    shares = Shares()
    shares.take("a", 3)
    shares.give_back("a", 2)
    assert (shares.held, shares.of("a"), shares.holders) == (1, 1, 1)
    shares.give_back("a")
    assert (shares.held, shares.of("a"), shares.holders) == (0, 0, 0)


def test_nothing_may_be_taken_and_given_back() -> None:
    shares = Shares()
    shares.take("a", 0)
    shares.give_back("a", 0)
    shares.give_back("b", 0)
    assert (shares.held, shares.holders) == (0, 0)
