"""The same system in the background: `up` returns when it is ready, `down` when all of it has ended."""

import os
import shutil
import signal
import subprocess
import sys
import time

from deployment.native.addresses import read_env
from deployment.native.folders import REPOSITORY, DataFolder
from deployment.native.lock import running_pid
from deployment.native.postgresql import remove_postgresql, tail
from deployment.native.run import end_leftovers

STOP_TIMEOUT_S = 90


def up(folder: DataFolder) -> dict[str, str]:
    """Start the system unless it runs already; returns its addresses. Raises SystemExit with the log if it fails."""
    folder.make()
    process = None
    if running_pid(folder) is None:
        folder.run_env.unlink(missing_ok=True)  # of a run that was killed
        with folder.run_log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-u", "-m", "deployment.native", "run", "--no-demo"],
                env={**os.environ, "UDACONNECT_VAR": str(folder.path)},
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
    while not folder.run_env.exists():
        if process is not None and process.poll() is not None:
            raise SystemExit(f"UdaConnect did not start; the end of {folder.run_log}:\n{tail(folder.run_log)}")
        if process is None and running_pid(folder) is None:
            raise SystemExit(f"UdaConnect ended while it was waited for; see {folder.run_log}.")
        time.sleep(0.1)
    return read_env(folder.run_env)


def down(folder: DataFolder) -> None:
    """Stop the system, and whatever a killed run left behind."""
    deadline = time.monotonic() + STOP_TIMEOUT_S
    if pid := running_pid(folder):
        os.kill(pid, signal.SIGTERM)
    while running_pid(folder):
        if time.monotonic() > deadline:
            raise SystemExit(f"UdaConnect (process {pid}) does not stop; see {folder.run_log}.")
        time.sleep(0.1)
    end_leftovers(folder)


def clean(folder: DataFolder) -> None:
    """Stop the system and remove its data; what was fetched for it stays."""
    down(folder)
    remove_postgresql(folder)
    for path in (folder.kafka, folder.logs):
        shutil.rmtree(path, ignore_errors=True)
    for path in (folder.passwords, folder.lock):
        path.unlink(missing_ok=True)
