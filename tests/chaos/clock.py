"""The clock of a program, which can be set while it runs.

Stores are started under libfaketime, a package of the distribution. Our own services are not: it makes Python's
time.sleep() fail (version 0.9.10). They are given what Python's modules `time` and `datetime` say: see clock_off.py.
"""

from pathlib import Path

PLACE = "usr/lib/*/faketime/libfaketimeMT.so.1"


def faketime() -> Path | None:
    """The library, where it is installed."""
    return next(Path("/").glob(PLACE), None)


class Clock:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0)
        file.chmod(0o644)

    def set(self, ahead_s: int) -> None:
        """Within a second or two the program believes it."""
        self.file.write_text(f"{ahead_s:+d}\n")

    def preload(self, library: Path) -> dict[str, str]:
        """The environment variables for libfaketime. Timeouts go on as if nothing had happened, as they should."""
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
