"""What processes and their children use, as /proc tells: the services' workers, PostgreSQL's backends."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread
from typing import Self

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
LOOK_EVERY_S = 0.05
# Fields of /proc/PID/stat after the name, from 0.
PARENT, TIMES = 1, slice(11, 15)  # user and system time of itself, and of children that have ended


def cores() -> int:
    return len(os.sched_getaffinity(0))


def with_children(pids: Iterable[int]) -> set[int]:
    """These processes and all that stem from them."""
    found, parents = set(pids), {pid: int(stat[PARENT]) for pid, stat in _stats()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def cpu_s(pids: Iterable[int]) -> float:
    """Seconds of processor that these, their children and those of them that have ended have used."""
    family = with_children(pids)
    return sum(sum(map(int, stat[TIMES])) for pid, stat in _stats() if pid in family) / TICKS_A_SECOND


def memory_mb(pids: Iterable[int]) -> float:
    """Memory of these and their children now; a page that several of them share counts once (PSS)."""
    return sum(_kilobytes(pid, "smaps_rollup", "Pss:") for pid in with_children(pids)) / 1024


def largest_peak_mb(pids: Iterable[int]) -> float:
    """The most memory that any one of these and their children has ever had, shared pages and all (VmHWM)."""
    return max(_kilobytes(pid, "status", "VmHWM:") for pid in with_children(pids)) / 1024


class MemoryWatch:
    """The most memory of a family of processes together during a `with` block."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.most_mb = 0.0
        self.stop = Event()
        self.thread = Thread(target=self._look)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.stop.is_set():
            self.most_mb = max(self.most_mb, memory_mb([self.pid]))
            time.sleep(LOOK_EVERY_S)


def _stats() -> Iterable[tuple[int, list[str]]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended in the meantime
        yield int(path.parent.name), text.rpartition(")")[2].split()


def _kilobytes(pid: int, file: str, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
