"""How large each image may be, as docs/operations.md says it."""

import re
from typing import NamedTuple

from deployment.native.folders import REPOSITORY

MEGABYTE = 1_000_000
ROW = re.compile(r"^\| (\w+) \| (\d+) \| (\d+) \| ", re.MULTILINE)


class Budget(NamedTuple):
    """In megabytes."""

    was: int
    may_be: int


def budgets() -> dict[str, Budget]:
    text = (REPOSITORY / "docs" / "operations.md").read_text().partition("### How large the images are\n")[2]
    return {name: Budget(int(was), int(may_be)) for name, was, may_be in ROW.findall(text.partition("\n## ")[0])}
