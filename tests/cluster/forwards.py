"""Ports of pods on loopback, also when the pod is another one than before."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread

from tests.cluster import kubectl


class Forward(Thread):
    """`kubectl port-forward`, again whenever it ends: it does when its pod is gone.

    As long as there is a file `let_go`, the port is left to others.
    """

    def __init__(self, target: str, here: int, there: int, let_go: Path) -> None:
        super().__init__(name=f"forward to {target}", daemon=True)
        self._command = kubectl.command("port-forward", target, f"{here}:{there}")
        self._let_go = let_go
        self._stopping = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def run(self) -> None:
        while not self._stopping.wait(0.5):
            if self._let_go.exists():
                continue
            with self._lock:
                if self._stopping.is_set():
                    return
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            while self._process.poll() is None and not self._let_go.exists() and not self._stopping.wait(0.2):
                pass
            self._process.terminate()
            self._process.wait()

    def stop(self) -> None:
        with self._lock:
            self._stopping.set()
            if self._process is not None:
                self._process.terminate()
        self.join()


@contextmanager
def forwarded(here: Mapping[str, int], there: Mapping[str, int], let_go: Path) -> Iterator[None]:
    """Each target's port `there` is at the port `here`, until the end of the block.

    A file of a port's name in the folder `let_go` frees it.
    """
    forwards = [Forward(target, port, there[target], let_go / str(port)) for target, port in here.items()]
    for forward in forwards:
        forward.start()
    try:
        yield
    finally:
        for forward in forwards:
            forward.stop()
