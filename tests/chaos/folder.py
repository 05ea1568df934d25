"""The folder of a stack: gone with everything in it at the end, or at the next start where the suite was killed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deployment.native.folders import DataFolder
from deployment.native.lock import end_marked_processes
from deployment.native.postgresql import remove_postgresql

PREFIX = "udaconnect-chaos-"


@contextmanager
def temporary_folder() -> Iterator[DataFolder]:
    remove_leftovers()
    folder = DataFolder(Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")).resolve())
    folder.path.chmod(0o711)  # PostgreSQL's user passes through
    folder.make()
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: DataFolder) -> None:
    end_marked_processes(folder)
    if folder.postgresql.is_symlink():
        remove_postgresql(folder)
    for name in ("kafka", "postgresql"):
        if (folder.path / name).is_mount():
            subprocess.run(["umount", str(folder.path / name)], check=True)
    shutil.rmtree(folder.path, ignore_errors=True)


def remove_leftovers() -> None:
    """Remove what runs that were killed left behind: their process is in the name of their folder."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = path.name.removeprefix(PREFIX).partition("-")[0]
        if path.stat().st_uid == os.geteuid() and not Path("/proc", pid).exists():
            remove(DataFolder(path.resolve()))
