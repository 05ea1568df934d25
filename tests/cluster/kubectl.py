"""kubectl, for the cluster that KUBECONFIG names."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from deployment.native.folders import REPOSITORY

PROGRAMS = REPOSITORY / "var" / "programs" / "kubernetes"
NAMESPACE = "udaconnect"


def program() -> str:
    built = PROGRAMS / "kubectl"
    return str(built) if built.exists() else shutil.which("kubectl") or "kubectl"


def command(*arguments: str | Path) -> list[str]:
    """In the namespace."""
    return [program(), "--namespace", NAMESPACE, *map(str, arguments)]


def run(*arguments: str | Path, check: bool = True, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """An AssertionError with what kubectl said, where it fails and `check` is set."""
    whole = command(*arguments)
    result = subprocess.run(whole, check=False, capture_output=True, text=True, input=given)
    if check and result.returncode != 0:
        raise AssertionError(f"{' '.join(whole)} failed:\n{result.stdout[-3000:]}{result.stderr[-3000:]}")
    return result


def get(*arguments: str) -> Any:
    return json.loads(run("get", "--output", "json", *arguments).stdout)


def items(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get(*arguments)["items"]
    return found
