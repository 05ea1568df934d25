"""At most one system runs on a data folder, and what a killed one left behind is ended."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deployment.native.folders import DataFolder

# In the environment of every process that a run starts, with the data folder as its value.
MARK = "UDACONNECT_RUN"

GRACE_S = 20.0


@contextmanager
def running_alone(folder: DataFolder) -> Iterator[None]:
    """Hold the data folder's lock, which the system lets go of even if this process is killed.

    A lockf lock, because children of this process do not inherit it. Raises SystemExit where another run holds it.
    """
    with folder.lock.open("a+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = f"UdaConnect runs already, with its data in {folder.path}. `make down` stops it."
            raise SystemExit(message) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def running_pid(folder: DataFolder) -> int | None:
    """The process that holds the lock. Not for the holder itself: closing the file would let go of its lock."""
    if not folder.lock.exists():
        return None
    with folder.lock.open("r+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return int(file.read() or 0) or None
    return None


def marked_environment(folder: DataFolder) -> dict[str, str]:
    return {**os.environ, MARK: str(folder.path)}


def end_marked_processes(folder: DataFolder) -> None:
    """End what a killed run of this data folder left running: politely, then after GRACE_S without asking."""
    deadline = time.monotonic() + GRACE_S
    asked: set[int] = set()
    while pids := marked_processes(folder):
        late = time.monotonic() > deadline
        for pid in pids if late else pids - asked:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
        asked |= pids
        time.sleep(0.1)


def marked_processes(folder: DataFolder) -> set[int]:
    wanted = f"{MARK}={folder.path}".encode()
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                found.add(int(process.name))
        except OSError:
            continue  # it ended, or belongs to somebody else
    return found
