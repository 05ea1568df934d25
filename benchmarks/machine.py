"""What the benchmarks ran on."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from deployment.native.folders import KAFKA_JARS
from deployment.native.postgresql import programs


def machine() -> dict[str, str]:
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "load before": f"{os.getloadavg()[0]:.1f}",
        "kernel": platform.release(),
        "Python": platform.python_version(),
        "PostgreSQL": first_line([str(programs() / "postgres"), "--version"]).removeprefix("postgres (PostgreSQL) "),
        "Kafka": next(path.stem.removeprefix("kafka_2.13-") for path in KAFKA_JARS.glob("kafka_2.13-*.jar")),
    }


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def first_line(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0]
