"""Ports of pods on loopback, also when the pod is another one than before."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Lock, Thread

from tests.cluster import kubectl


class Forward(Thread):
    """`kubectl port-forward`, again whenever it ends: it does when its pod is gone."""

    def __init__(self, target: str, here: int, there: int) -> None:
        super().__init__(name=f"forward to {target}", daemon=True)
        self._command = kubectl.command("port-forward", target, f"{here}:{there}")
        self._stopping = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def run(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                if self._stopping.is_set():
                    return
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            self._process.wait()
            self._stopping.wait(0.5)

    def stop(self) -> None:
        with self._lock:
            self._stopping.set()
            if self._process is not None:
                self._process.terminate()
        self.join()


@contextmanager
def forwarded(here: Mapping[str, int], there: Mapping[str, int]) -> Iterator[None]:
    """Each target's port `there` is at the port `here`, until the end of the block."""
    forwards = [Forward(target, port, there[target]) for target, port in here.items()]
    for forward in forwards:
        forward.start()
    try:
        yield
    finally:
        for forward in forwards:
            forward.stop()
