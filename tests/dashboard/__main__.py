"""python -m tests.dashboard [--minutes N]: the dashboard as it is after minutes of load, drawn in docs/images."""

import argparse
import json
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from deployment.native.folders import REPOSITORY
from deployment.native.testing import own_system
from tests.dashboard.frame import Span
from tests.dashboard.load import load
from tests.dashboard.panels import panels
from tests.dashboard.picture import picture
from tests.dashboard.prometheus import OBSERVABILITY, prometheus

PICTURE = REPOSITORY / "docs" / "images" / "dashboard.svg"
EVERY_S = 5


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.dashboard", description=__doc__)
    parser.add_argument("--minutes", type=int, default=3)
    minutes = parser.parse_args().minutes
    with own_system() as environment, tempfile.TemporaryDirectory() as folder:
        os.environ.update(environment)
        with prometheus(environment, Path(folder), EVERY_S) as running:
            begin = time.time()
            load(environment, minutes)
            span = Span(begin, time.time(), EVERY_S)
            dashboard = json.loads((OBSERVABILITY / "dashboard.json").read_text())
            over = partial(running.over, begin=span.begin, end=span.end, step_s=span.step_s)
            found = panels(dashboard, f"{4 * EVERY_S}s", over)
    PICTURE.write_text(picture(found, span))
    empty = [panel.title for panel in found if panel.kind != "row" and not panel.series]
    print(f"{PICTURE.relative_to(REPOSITORY)} is made. Panels without data: {', '.join(empty) or 'none'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
