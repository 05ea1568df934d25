"""Services as they are started anywhere: a process of their own, told by its environment, ended by SIGTERM."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from tests.patience import PATIENCE_S


@contextmanager
def program(module: str, output: IO[bytes] | None = None, /, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`python -m MODULE`, with these variables besides those of the test."""
    process = subprocess.Popen([sys.executable, "-m", module], env=os.environ | environment, stdout=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        finally:
            process.kill()
