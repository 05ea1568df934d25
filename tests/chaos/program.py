"""A program that is started again whenever it ends, as a kubelet or `restart: always` would; and what is done to it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
STEADY_AFTER_S = 10.0  # whoever has run so long is started again without much of a pause
STOP_WITHIN_S = 30.0


@dataclass
class Program:
    """Like a container: what it has started ends with it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    starts: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _stopping: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)  # a program is not killed while it is being started
    _keeper: Thread | None = None

    def start(self) -> None:
        self._stopping.clear()
        self._keeper = Thread(target=self._keep, name=f"keeper of {self.name}", daemon=True)
        self._keeper.start()

    def kill(self) -> None:
        """SIGKILL, to the whole of it at once."""
        with self._lock:
            if (process := self._process) is not None:
                self._to_all(process.pid, signal.SIGKILL)

    def freeze(self) -> None:
        with self._lock:
            if (process := self._process) is not None:
                self._to_all(process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        with self._lock:
            if (process := self._process) is not None:
                self._to_all(process.pid, signal.SIGCONT)

    def send(self, number: signal.Signals) -> None:
        """To its first process; it is started again when it ends."""
        with self._lock:
            if (process := self._process) is not None:
                process.send_signal(number)

    def stop(self, *, killing: bool = False) -> None:
        """End it for good."""
        self._stopping.set()
        if killing:
            self.kill()
        else:
            self.send(self.stop_signal)
        if self._keeper is not None:
            self._keeper.join(STOP_WITHIN_S)
            if self._keeper.is_alive():
                self.kill()
                self._keeper.join()

    def memory_mb(self) -> float:
        """Resident, of all its processes together."""
        with self._lock:
            process = self._process
        pages = 0
        for pid in family(process.pid) if process else ():
            with suppress(OSError):
                pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _keep(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            began = time.monotonic()
            with self._lock, self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    self.command,
                    env=dict(self.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C is for the suite
                )
                self.starts += 1
            self._process.wait()
            pause_s = FIRST_PAUSE_S if time.monotonic() - began > STEADY_AFTER_S else min(2 * pause_s, LONGEST_PAUSE_S)
            self._stopping.wait(pause_s)

    def _to_all(self, pid: int, number: signal.Signals) -> None:
        """The first process is stopped before its children are counted: then it can't have more of them."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            everyone = family(pid)
            for each in everyone:
                with suppress(ProcessLookupError):
                    os.kill(each, number)


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(process.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found
