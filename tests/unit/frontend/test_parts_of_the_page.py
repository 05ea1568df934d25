"""The parts of the page, each for itself: what stands beside them in modules/frontend."""

from tests.vitest import run_vitest


def test_parts_of_the_page() -> None:
    run_vitest("test", {})
