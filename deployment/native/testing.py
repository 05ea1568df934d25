"""`make test`: a system of its own in a temporary folder and on free ports, the tests, and everything gone again."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deployment.native.background import clean, up
from deployment.native.folders import REPOSITORY, DataFolder
from deployment.native.lock import running_pid
from deployment.native.ports import spare_block
from deployment.native.run import exit_on_signals

PREFIX = "udaconnect-test-"
WORKERS = ["-n", "3", "--no-loadscope-reorder"]  # which takes what is said in tests/conftest.py
# No service gives another one up because the machine is slow, nor a question.
PATIENT = {"PERSON_SERVICE_TIMEOUT_S": "600", "QUERY_TIMEOUT_S": "120"}
# A broker lives for minutes here: to compile it well costs more than it gives.
QUICK_JVM = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1"}


def run_tests(pytest_arguments: list[str]) -> int:
    """Returns pytest's exit status. All of them are shared by some workers; those that are chosen are not."""
    os.environ.update(PATIENT | QUICK_JVM)
    with own_system() as environment:
        command = [sys.executable, "-m", "pytest", *(pytest_arguments or WORKERS)]
        status = subprocess.run(command, check=False, cwd=REPOSITORY, env=environment).returncode
        folder = DataFolder(Path(environment["UDACONNECT_VAR"]))
        if running_pid(folder) is None:  # then whatever failed did so because of this
            print(f"The system ended before its tests did. Its log:\n{end_of_run(folder)}", file=sys.stderr)
            return status or 1
        return status


def end_of_run(folder: DataFolder) -> str:
    """What was logged around the end of the process that ended first: with it ends everything."""
    lines = folder.run_log.read_text(errors="replace").splitlines()
    ended = next((number for number, line in enumerate(lines) if " stopped (rc=" in line), len(lines))
    return "\n".join(lines[max(0, ended - 40) : ended + 10])


@contextmanager
def own_system() -> Iterator[dict[str, str]]:
    """The whole system until the end of the block; its addresses, among the variables of this process."""
    exit_on_signals()
    remove_leftovers()
    folder = DataFolder(Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")).resolve())
    folder.path.chmod(0o711)  # PostgreSQL's user passes through
    os.environ["UDACONNECT_PORT"] = str(spare_block())
    try:
        print("Starting a system of its own.", flush=True)
        yield {**os.environ, **up(folder), "UDACONNECT_VAR": str(folder.path)}
    finally:
        remove(folder)


def remove(folder: DataFolder) -> None:
    clean(folder)
    shutil.rmtree(folder.path, ignore_errors=True)


def remove_leftovers() -> None:
    """Remove what runs that were killed left behind: their process is in the name of their folder."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = path.name.removeprefix(PREFIX).partition("-")[0]
        if path.stat().st_uid == os.geteuid() and not Path("/proc", pid).exists():
            remove(DataFolder(path.resolve()))
