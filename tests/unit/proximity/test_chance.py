"""The chance that two are within a distance: the same for all threads of a process, from the first question on."""

import subprocess
import sys

BEGUN_AT_ONCE = """
import sys
from threading import Barrier, Thread

import numpy as np

from proximity.pairs import chance

sys.setswitchinterval(1e-5)
THREADS, TIMES = 16, 50
apart_m, variance_m2 = np.linspace(0.0, 20.0, 2_000), np.geomspace(0.02, 300.0, 2_000)
found = [[] for _ in range(THREADS)]
together = Barrier(THREADS)


def ask(mine):
    together.wait()
    for _ in range(TIMES):
        mine.append(chance.chance_within(5.0, apart_m, variance_m2))
        np.empty(chance.ROWS * chance.COLUMNS).fill(7.0)  # where something was forgotten, something else is


threads = [Thread(target=ask, args=(mine,)) for mine in found]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
first = found[0][-1]
assert all((each == first).all() for mine in found for each in mine)
"""


def test_threads_that_ask_at_once_in_a_new_process_are_told_the_same() -> None:
    for _ in range(3):
        asked = subprocess.run([sys.executable, "-c", BEGUN_AT_ONCE], capture_output=True, text=True, check=False)
        assert (asked.returncode, asked.stderr) == (0, "")
