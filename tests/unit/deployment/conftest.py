"""The manifests as kubectl would apply them."""

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployment.native.folders import REPOSITORY
from tests.unit.deployment.components import with_components

Manifest = dict[str, Any]


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what kustomize reads, with passwords of its own."""
    root = tmp_path_factory.mktemp("checkout")
    for folder in ("deployment", "db"):
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=shutil.ignore_patterns("secrets", "__pycache__"))
    shutil.copy(REPOSITORY / ".env.example", root)
    subprocess.run([root / "deployment" / "secrets.sh"], check=True)
    return root


@pytest.fixture(scope="session")
def render(checkout: Path) -> Callable[[str], list[Manifest]]:
    """render("deployment/overlays/local") → its manifests; "…/production+keda" is with that component."""
    built = REPOSITORY / "var" / "programs" / "kustomize" / "kustomize"
    if kubectl := shutil.which("kubectl"):
        kustomize = [kubectl, "kustomize"]
    elif found := shutil.which("kustomize") or (str(built) if built.exists() else None):
        kustomize = [found, "build"]
    else:
        pytest.fail("there is no kubectl: `make var/programs/kustomize/.made` makes what is needed")

    @cache
    def rendered(overlay: str) -> list[Manifest]:
        folder, *components = overlay.split("+")
        if components:
            folder = with_components(checkout, folder, components)
        result = subprocess.run(
            [*kustomize, checkout / folder], check=False, capture_output=True, text=True, env=os.environ
        )
        assert result.returncode == 0, result.stderr
        return [manifest for manifest in yaml.load_all(result.stdout, Loader=yaml.CSafeLoader) if manifest]

    return rendered
