"""Waits until every service is ready and says so: on standard output, and with the file run.env."""

import subprocess
import sys
import time

from deployment.native.addresses import write_env
from deployment.native.folders import DataFolder
from deployment.native.services import services

READY_TIMEOUT_S = 600.0
SAID_EACH_S = 30.0


def announce(folder: DataFolder, in_use: dict[str, str], *, with_demo: bool) -> None:
    """Runs beside the services, and as long as they do. Raises SystemExit if one is not ready in time."""
    wait_until_ready(in_use)
    write_env(folder.run_env, in_use)
    print(f"UdaConnect is ready. The page: {in_use['FRONTEND_URL']}  All addresses: {folder.run_env}", flush=True)
    if with_demo:
        subprocess.run([sys.executable, "-m", "udaconnect_client", "demo", "--venue", str(folder.venue)], check=True)


def wait_until_ready(in_use: dict[str, str]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    said = time.monotonic()
    waiting = services(in_use)
    while waiting := [service for service in waiting if not service.is_ready()]:
        names = ", ".join(service.name for service in waiting)
        if time.monotonic() > deadline:
            raise SystemExit(f"Not ready after {READY_TIMEOUT_S:.0f} s: {names}")
        if time.monotonic() - said > SAID_EACH_S:
            print(f"Waiting for {names}.", flush=True)
            said = time.monotonic()
        time.sleep(0.2)
