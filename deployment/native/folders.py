"""Where things are: the repository, what was fetched for it, and the data of one running system."""

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]

# Expensive to fetch, so shared by all data folders.
KAFKA_JARS = REPOSITORY / "var" / "programs" / "kafka"


@dataclass(frozen=True)
class DataFolder:
    """Everything that one running system writes: `var`, or another folder for a second system beside it."""

    path: Path

    @property
    def run_env(self) -> Path:
        """The addresses in use, in shell form. It is there while the system is ready, and only then."""
        return self.path / "run.env"

    @property
    def lock(self) -> Path:
        return self.path / "run.pid"

    @property
    def passwords(self) -> Path:
        return self.path / "passwords.env"

    @property
    def logs(self) -> Path:
        return self.path / "log"

    @property
    def run_log(self) -> Path:
        """The log of every service, where the system runs in the background."""
        return self.logs / "run.log"

    @property
    def venue(self) -> Path:
        """The floor plan that the demonstration writes."""
        return self.path / "venue.geojson"

    @property
    def kafka(self) -> Path:
        return self.path / "kafka"

    @property
    def postgresql(self) -> Path:
        """A folder, or a link to it where PostgreSQL's user may not enter this one."""
        return self.path / "postgresql"

    def make(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)


def data_folder() -> DataFolder:
    """UDACONNECT_VAR, or var/ in the repository."""
    return DataFolder(Path(os.environ.get("UDACONNECT_VAR") or REPOSITORY / "var").resolve())
