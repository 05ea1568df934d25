"""A private PostgreSQL cluster in the data folder, on loopback only. The distribution's own cluster is left alone."""

import hashlib
import os
import pwd
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deployment.native.folders import REPOSITORY, DataFolder
from deployment.native.ports import HOST

OLDEST_VERSION = 15

# As in deployment/components/citus, where it is about nodes.
OF_MANY_NODES = {
    "shared_preload_libraries": "citus",
    "citus.node_conninfo": "sslmode=prefer",
    "citus.recover_2pc_interval": "2s",
    "max_worker_processes": "64",
}

# PostgreSQL refuses to run as root: then it runs as the user that the distribution's package made for it.
USER = "postgres"


@contextmanager
def postgresql(folder: DataFolder, port: int, superuser_password: str) -> Iterator[None]:
    """Run the cluster for the length of the `with` block; make it first where there is none."""
    home = make_home(folder)
    arguments = shlex.join(prepare_cluster(home, port, superuser_password))
    try:
        pg_ctl(home, "start", "--wait", "--silent", f"--log={log_of(home)}", f"--options={arguments}")
        yield
    finally:
        stop_postgresql(folder)


def prepare_cluster(home: Path, port: int, superuser_password: str) -> list[str]:
    """Make the cluster where there is none; return the arguments with which `postgres` is to run."""
    if not (home / "data").exists():
        init_cluster(home, superuser_password)
    shutil.copyfile(REPOSITORY / "db" / "postgresql.conf", home / "postgresql.conf")
    (home / "postgresql.conf").chmod(0o644)
    options = {
        "config_file": home / "postgresql.conf",
        "listen_addresses": HOST,
        "port": port,
        "unix_socket_directories": "",
        "log_checkpoints": "off",  # no news on a terminal
        **(OF_MANY_NODES if "CITUS_PG_BIN" in os.environ else {}),
    }
    return [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]


def stop_postgresql(folder: DataFolder) -> None:
    """Stop the cluster if it runs, also one that a killed run left running."""
    home = folder.postgresql.resolve()
    if (home / "data" / "postmaster.pid").exists():
        pg_ctl(home, "stop", "--wait", "--silent", "--mode=fast", check=False)


def remove_postgresql(folder: DataFolder) -> None:
    stop_postgresql(folder)
    shutil.rmtree(folder.postgresql.resolve(), ignore_errors=True)
    if folder.postgresql.is_symlink():
        folder.postgresql.unlink()


def postgresql_log(folder: DataFolder) -> Path:
    return log_of(folder.postgresql.resolve())


def postmaster_pid(folder: DataFolder) -> int:
    return int((folder.postgresql / "data" / "postmaster.pid").read_text().split()[0])


def log_of(home: Path) -> Path:
    return home / "postgresql.log"


def make_home(folder: DataFolder) -> Path:
    """The folder that holds the cluster; below /var/tmp where PostgreSQL's user may not enter the data folder."""
    if folder.postgresql.exists():
        return folder.postgresql.resolve()
    home = folder.postgresql
    if not may_enter(folder.path):
        home = Path("/var/tmp") / f"udaconnect-{hashlib.sha256(bytes(folder.path)).hexdigest()[:16]}"  # noqa: S108
        shutil.rmtree(home, ignore_errors=True)  # of a data folder at this place that is no more
        folder.postgresql.unlink(missing_ok=True)
        folder.postgresql.symlink_to(home)
    home.mkdir(mode=0o700)
    give_to_postgresql(home)
    return home


def init_cluster(home: Path, superuser_password: str) -> None:
    """Make the cluster under another name first, so that one left half made is never taken for whole."""
    draft = home / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    password_file = home / "password"
    password_file.unlink(missing_ok=True)
    password_file.touch(mode=0o600)
    password_file.write_text(superuser_password)
    give_to_postgresql(password_file)
    program = programs() / "initdb"
    arguments = ["--data-checksums", "--auth=scram-sha-256", f"--username={USER}", f"--pwfile={password_file}"]
    run_as_postgresql([program, "--encoding=UTF8", "--locale=C.UTF-8", *arguments, f"--pgdata={draft}"])
    password_file.unlink()
    draft.rename(home / "data")


def pg_ctl(home: Path, action: str, *arguments: str, check: bool = True) -> None:
    try:
        run_as_postgresql([programs() / "pg_ctl", action, f"--pgdata={home / 'data'}", *arguments])
    except subprocess.CalledProcessError:
        if check:
            raise SystemExit(f"PostgreSQL could not {action}; the end of its log:\n{tail(log_of(home))}") from None


def programs() -> Path:
    """CITUS_PG_BIN, or the folder of the newest PostgreSQL that has PostGIS. Raises SystemExit where there is none."""
    if given := os.environ.get("CITUS_PG_BIN"):
        return Path(given)
    versions = [int(p.parents[1].name) for p in Path("/usr/share/postgresql").glob("[0-9]*/extension/postgis.control")]
    if max(versions, default=0) < OLDEST_VERSION:
        raise SystemExit(f"PostgreSQL {OLDEST_VERSION} or later with PostGIS is not installed; `make` knows how to.")
    return Path(f"/usr/lib/postgresql/{max(versions)}/bin")


def run_as_postgresql(command: list[str | Path]) -> None:
    switch = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    subprocess.run([*switch, *command], check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def may_enter(folder: Path) -> bool:
    if os.geteuid() != 0:
        return True
    command = ["runuser", "-u", USER, "--", "test", "-x", str(folder)]
    return subprocess.run(command, check=False, cwd="/").returncode == 0


def give_to_postgresql(path: Path) -> None:
    if os.geteuid() == 0:
        user = pwd.getpwnam(USER)
        os.chown(path, user.pw_uid, user.pw_gid)


def tail(log: Path, lines: int = 60) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(it is empty)"
