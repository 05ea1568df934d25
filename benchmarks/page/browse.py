"""The looking is done by modules/frontend/page/bench.ts, in a real Chromium."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.page.people import Links
from deployment.native.folders import REPOSITORY

FRONTEND = REPOSITORY / "modules" / "frontend"
GIVE_UP_AFTER_S = 7200

FULL_SPEED, PHONE = "full speed", "phone"

Rounds = dict[str, list[dict[str, float]]]
"""Full speed and phone: what each round measured, by its name, in ms."""


def browse(environment: Mapping[str, str], links: Links, rounds: int) -> Rounds:
    out = Path(environment["UDACONNECT_VAR"]) / "page.json"
    asked = {"out": str(out), "rounds": rounds, "people": environment["FRONTEND_URL"], "links": links}
    subprocess.run(
        ["npm", "run", "--silent", "bench"],  # noqa: S607  from the same PATH as all of the front end's commands
        cwd=FRONTEND,
        env={**environment, "PAGE_BENCH": json.dumps(asked), "NO_COLOR": "1"},
        timeout=GIVE_UP_AFTER_S,
        check=True,
    )
    found: Rounds = json.loads(out.read_text())
    return found
