"""The first process of a node's own machine: starts the node, tests what is deployed to it, and ends with all the rest.

python -m tests.cluster.inside FOLDER [PYTEST_ARGUMENT…]
"""

import os
import shutil
import sys
from pathlib import Path

from deployment.native.folders import REPOSITORY
from deployment.native.run import exit_on_signals
from tests.cluster.__main__ import OWN
from tests.cluster.deployed import test_deployment
from tests.cluster.node import NAME, Node


def main(folder: Path, pytest_arguments: list[str]) -> int:
    exit_on_signals()
    try:
        print("Starting Kubernetes.", flush=True)
        Node(folder, OWN).start()
        os.environ["CLUSTER_NODE"] = NAME
        return test_deployment(pytest_arguments)
    finally:
        logs = REPOSITORY / "var" / "log" / "cluster"
        shutil.rmtree(logs, ignore_errors=True)
        shutil.copytree(folder / "log", logs)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
