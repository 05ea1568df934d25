"""python -m deployment.native run|up|down|clean|test: what the targets of the Makefile call."""

import argparse
import signal
import sys

from deployment.native.addresses import addresses_of_environment
from deployment.native.announce import announce
from deployment.native.background import clean, down, up
from deployment.native.folders import data_folder
from deployment.native.run import run
from deployment.native.testing import run_tests


def main() -> int:
    parser = argparse.ArgumentParser(prog="deployment.native", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run").add_argument("--no-demo", dest="demo", action="store_false")
    commands.add_parser("announce").add_argument("--demo", action="store_true")
    for name in ("up", "down", "clean"):
        commands.add_parser(name)
    commands.add_parser("test").add_argument("arguments", nargs="*")
    chosen = parser.parse_args()

    folder = data_folder()
    match chosen.command:
        case "run":
            return run(folder, with_demo=chosen.demo)
        case "announce":
            announce(folder, addresses_of_environment(), with_demo=chosen.demo)
            signal.pause()
        case "up":
            in_use = up(folder)
            print(f"UdaConnect runs. The page: {in_use['FRONTEND_URL']}  All addresses: {folder.run_env}")
        case "down":
            down(folder)
        case "clean":
            clean(folder)
        case "test":
            return run_tests(chosen.arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
