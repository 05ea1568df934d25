"""The arrows of docs/architecture.md are those of the imports: the contracts stand in pyproject.toml."""

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

from deployment.native.folders import REPOSITORY

MODULES = REPOSITORY / "modules"


def check(modules: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--config", REPOSITORY / "pyproject.toml", "--no-cache"],
        env={**os.environ, "PYTHONPATH": str(modules), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_go_from_the_edges_to_the_engine_and_never_back() -> None:
    answer = check(MODULES)
    assert answer.returncode == 0, answer.stdout


WRONG = [
    ("proximity/cells.py", "import flask", "The engine does no I/O"),
    ("proximity/cells.py", "from psycopg2 import connect", "The engine does no I/O"),
    ("proximity/cells.py", "from sqlalchemy.orm import Session", "The engine does no I/O"),
    ("proximity/cells.py", "from environs import Env", "The engine does no I/O"),
    ("proximity/cells.py", "from service_kit.settings import read_settings", "The engine does no I/O"),
    ("proximity/cells.py", "from connection_service.search.questions import Key", "Services know"),
    ("connection_service/app.py", "from person_service.models import Person", "Services know"),
    ("location_client/batches.py", "from location_producer.split import split", "Services know"),
    ("service_kit/errors.py", "from location_producer import errors", "Services know"),
    ("connection_service/store/models.py", "from connection_service.rest.api import JSON", "connection_service:"),
    ("service_kit/access/rules.py", "from service_kit.rest.documents import REALM", "service_kit:"),
]
CIRCLE = ("location_consumer/offsets/lag.py", "from location_consumer.store import Store", "No circle")


def test_each_import_in_the_wrong_direction_is_noticed(tmp_path: Path) -> None:
    """By its contract. All in one look, as each look builds the graph of all imports."""
    copytree(MODULES, tmp_path / "modules", ignore=ignore_patterns("frontend", "__pycache__", "udaconnect"))
    for file, line, _ in [*WRONG, CIRCLE]:
        with (tmp_path / "modules" / file).open("a") as module:
            module.write(f"\n{line}\n")
    answer = check(tmp_path / "modules")
    assert answer.returncode == 1
    sections = re.split(r"\n(?=.+\n-{5,}\n)", answer.stdout.partition("Broken contracts")[2])
    for file, line, contract in WRONG:
        importer = file.removesuffix(".py").replace("/", ".")
        imported = re.split(r"[ .]", line)[1]
        [told] = [section for section in sections if section.startswith(contract)]
        assert f"{importer} -> {imported}" in told, answer.stdout
    [told] = [section for section in sections if section.startswith(CIRCLE[2])]
    assert "No cycles are allowed in location_consumer." in told, answer.stdout
