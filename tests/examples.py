"""The examples of a document: what to type, and what is printed then."""

import re
from pathlib import Path
from typing import NamedTuple

BLOCK = re.compile(r"^```sh\n(?P<script>.*?)^```$(?:\s*?^```text\n(?P<printed>.*?)^```$)?", re.DOTALL | re.MULTILINE)


class Example(NamedTuple):
    script: str
    printed: str | None  # `…` stands for anything, space for as much of it as there is; None: nobody said


def examples(document: Path) -> list[Example]:
    return [Example(block["script"], block["printed"]) for block in BLOCK.finditer(document.read_text())]


def is_as_written(printed: str, written: str | None) -> bool:
    if written is None:
        return True
    words = [".*".join(map(re.escape, word.split("…"))) for word in written.split()]
    return re.fullmatch(r"\s+".join(words), printed.strip(), re.DOTALL) is not None
