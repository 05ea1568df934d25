"""python -m tests.chaos [--rounds N] [--seed N] [--each N] [--only TEXT]: see docs/reliability.md."""

import argparse
import random
import sys
from pathlib import Path

from deployment.native.run import exit_on_signals
from tests.chaos.plan import AfterwardsError, run
from tests.chaos.report import figures, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="of random kills")
    parser.add_argument("--each", type=int, default=1, help="rounds of every other fault")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))  # noqa: S311  not a secret
    parser.add_argument("--only", default="", metavar="TEXT", help="faults whose names hold this")
    parser.add_argument("--out", type=Path, default=Path("var/chaos"), help="where the table goes")
    chosen = parser.parse_args()

    exit_on_signals()
    print(f"Seed {chosen.seed}.", file=sys.stderr, flush=True)
    chosen.out.mkdir(parents=True, exist_ok=True)
    outcomes = []
    well = True
    try:
        for outcome in run(chosen.rounds, chosen.each, chosen.seed, chosen.only):
            outcomes.append(outcome)  # noqa: PERF402  those before an error count
    except AfterwardsError as error:
        print(error, file=sys.stderr)
        well = False
    found = list(figures(outcomes, chosen.rounds))
    (chosen.out / "chaos.md").write_text(f"Seed {chosen.seed}.\n\n{table(outcomes)}\n")
    print(table(outcomes), "\n")
    for figure in found:
        print(figure.line())
    return 0 if well and outcomes and all(figure.ok for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
