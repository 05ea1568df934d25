"""docs/operations.md's first hour goes as it is written there, block by block, in one terminal."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deployment.native.folders import REPOSITORY
from deployment.native.ports import is_free
from tests.cluster import kubectl
from tests.cluster.terminal import terminal
from tests.cluster.workloads import wait_for_rollouts
from tests.examples import examples, is_as_written
from tests.patience import PATIENCE_S

RELEASE = Path("deployment", "release", "kustomization.yaml")
THIS, NEXT = "0.1.0", "0.1.1"
# What only asks is asked again until it is answered as written: what was sent is on its way for a second.
CHANGES = re.compile(r"\b(apply|create|scale|set env|undo|push|exec|delete|replay|port-forward)\b|curl .*-[dX] ")


@pytest.fixture
def checkout(addresses: Mapping[str, str]) -> Iterator[Path]:
    """The folder that was applied, with what the commands need besides; it and the cluster are as before in the end."""
    folder = Path(addresses["CLUSTER_CHECKOUT"])
    before = (folder / RELEASE).read_text()
    links = [folder / name for name in (".venv", "modules")]
    for link in links:
        link.symlink_to(REPOSITORY / link.name)
    yield folder
    for link in links:
        link.unlink()
    if (folder / RELEASE).read_text() != before:
        (folder / RELEASE).write_text(before)
        kubectl.run("apply", "-k", folder / "deployment")
    wait_for_rollouts()


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for PATH in which kubectl is."""
    (tmp_path / "kubectl").symlink_to(shutil.which(kubectl.program()) or kubectl.program())
    return tmp_path


@pytest.fixture
def next_release() -> None:
    """Images of it are where those of this one are: the same ones."""
    if "CLUSTER_NODE" not in os.environ:
        return  # whoever made the cluster brought them, as .github/workflows/ci.yml does
    ctr = ["ctr", "--namespace", "k8s.io", "images"]
    names = subprocess.run([*ctr, "ls", "--quiet"], check=True, capture_output=True, text=True).stdout.split()
    for name in names:
        if "udaconnect/" in name and name.endswith(f":{THIS}"):
            subprocess.run([*ctr, "tag", "--force", name, name.replace(THIS, NEXT)], check=True, capture_output=True)


@pytest.fixture
def kafka_port(addresses: Mapping[str, str], poll_until: Any) -> Iterator[None]:
    """Kafka's port is free, for the document forwards it itself."""
    port = addresses["KAFKA_BOOTSTRAP_SERVERS"].rpartition(":")[2]
    let_go = Path(addresses["CLUSTER_LET_GO"], port)
    let_go.touch()
    poll_until(lambda: is_free(int(port)))
    yield
    let_go.unlink()
    poll_until(lambda: not is_free(int(port)))


@pytest.mark.usefixtures("next_release", "kafka_port")
def test_the_first_hour_goes_as_it_is_written(checkout: Path, programs: Path) -> None:
    blocks = examples(REPOSITORY / "docs" / "operations.md")
    assert len(blocks) > 10
    # A terminal of somebody who has a cluster, and has set nothing else.
    own = {name: os.environ[name] for name in ("HOME", "KUBECONFIG") if name in os.environ}
    with terminal(checkout, own | {"PATH": f"{programs}:{os.environ['PATH']}"}) as shell:
        for block in blocks:
            deadline = time.monotonic() + (0 if CHANGES.search(block.script) else PATIENCE_S)
            while True:
                printed, failed = shell.run(block.script)
                if not failed and is_as_written(printed, block.printed):
                    break
                assert time.monotonic() < deadline, f"{block.script}\n{printed}"
                time.sleep(1)
