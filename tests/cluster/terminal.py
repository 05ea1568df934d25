"""A terminal into which blocks of commands are put, one after the other."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import IO

from tests.patience import PATIENCE_S

END = "--- the block ends here, and so many of its commands failed:"
BEGIN = "set -uEo pipefail; trap '((failed += 1))' ERR\n"


class Terminal:
    def __init__(self, typed: IO[str], shown: IO[str], process: subprocess.Popen[str]) -> None:
        self._typed, self._shown, self._process = typed, shown, process

    def run(self, script: str) -> tuple[str, int]:
        """What it prints, and how many of its commands failed. Raises AssertionError where it never ends."""
        self._typed.write(f"failed=0\n{script}\necho; echo '{END}' $failed\n")
        self._typed.flush()
        printed = ""
        patience = Timer(PATIENCE_S, end, [self._process])
        patience.start()
        try:
            for line in self._shown:
                if line.startswith(END):
                    return printed.removesuffix("\n"), int(line.removeprefix(END))
                printed += line
        finally:
            patience.cancel()
        raise AssertionError(f"the terminal ended, or this took longer than {PATIENCE_S:.0f} s:\n{script}\n{printed}")


@contextmanager
def terminal(folder: Path, environment: Mapping[str, str]) -> Iterator[Terminal]:
    """What is left in its background is ended with it."""
    process = subprocess.Popen(
        ["bash"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with process.stdin as typed, process.stdout as shown:
            typed.write(BEGIN)
            yield Terminal(typed, shown, process)
    finally:
        end(process)
        process.wait()


def end(process: subprocess.Popen[str]) -> None:
    """It, and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
