"""`make test-cluster`: a Kubernetes of one node, what the documents say to do with it, the tests, and all of it gone.

Where KUBECONFIG says which cluster there is, it is that one: only the namespace `udaconnect`, which must not be there
yet, is made in it, and removed. It must have our images, under the next tag too, and its node ports must be those of
this machine, as they are with deployment/kind.yaml.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from deployment.native.folders import REPOSITORY
from deployment.native.run import exit_on_signals
from tests.cluster.boundary import enclosed
from tests.cluster.deployed import test_deployment
from tests.cluster.kubectl import PROGRAMS
from tests.containers.engine import Engine, NoEngineError, engine
from tests.containers.images import others, provide

RELEASE = REPOSITORY / "deployment" / "release" / "kustomization.yaml"
OWN = {"pause": "udaconnect-test/pause:1", "coredns": "udaconnect-test/coredns:1"}


def main(pytest_arguments: list[str]) -> int:
    exit_on_signals()
    if "KUBECONFIG" in os.environ:
        return test_deployment(pytest_arguments)
    if os.geteuid() != 0:
        print(
            "SKIPPED: the cluster was not tested, because only root can make a node, and KUBECONFIG names no cluster."
        )
        return int(os.environ.get("CI") == "true")
    with own_folder() as folder:
        try:
            with engine() as running:
                export_images(running, folder / "images.tar")
        except NoEngineError as error:
            print(f"FAILED: the cluster was not tested, because {error}.")
            return 1
        return enclosed([sys.executable, "-m", "tests.cluster.inside", str(folder), *pytest_arguments], folder.name)


@contextmanager
def own_folder() -> Iterator[Path]:
    parent = REPOSITORY / "var" / "cluster"
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix="node-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def export_images(running: Engine, archive: Path) -> None:
    """All that the manifests name, and the two that a cluster has of its own, each a single program."""
    release = yaml.safe_load(RELEASE.read_text())["images"]
    [tag] = {image["newTag"] for image in release}
    provide(running, tag)
    for program, image in OWN.items():
        with subprocess.Popen(["tar", "-C", PROGRAMS, "-c", program], stdout=subprocess.PIPE) as packed:
            command = [running.docker, "import", "--change", f'ENTRYPOINT ["/{program}"]', "-", image]
            subprocess.run(command, check=True, stdin=packed.stdout, capture_output=True)
    stores = [name for name in others() if name.startswith(("apache/kafka", "postgis/postgis"))]
    print("Handing the images over.", flush=True)
    running.run("save", "--output", str(archive), *OWN.values(), *stores, *(f"{one['name']}:{tag}" for one in release))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
