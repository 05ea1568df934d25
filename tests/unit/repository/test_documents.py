"""What a document says about files is true: each that it names is there, and each link leads somewhere."""

import re
from pathlib import Path

import pytest

from deployment.native.folders import REPOSITORY
from tests.unit.repository.tracked import tracked_files

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")
NAMED = re.compile(r"`([\w./-]+\.(?:py|sql|sh|proto))`")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
HTML_ANCHOR = re.compile(r'(?:id|name)="([^"]+)"')


FILES = tracked_files()
DOCUMENTS = [REPOSITORY / file for file in FILES if file.endswith(".md")]
ENDINGS = {"/".join(parts[at:]) for parts in (file.split("/") for file in FILES) for at in range(len(parts))}

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))


def missing_files(text: str) -> list[str]:
    return [name for name in NAMED.findall(text) if name.removeprefix("./") not in ENDINGS]


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    text = document.read_text()
    headings = [re.sub(r"\]\([^)]*\)", "", heading) for heading in HEADING.findall(text)]
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return slugs | set(HTML_ANCHOR.findall(text))


def dead_links(document: Path, text: str) -> list[str]:
    dead = []
    for path, anchor in LINK.findall(text):
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            dead.append(f"{path}#{anchor}" if anchor else path)
    return dead


@each_document
def test_a_file_that_a_document_names_is_there(document: Path) -> None:
    assert missing_files(document.read_text()) == []


@each_document
def test_a_link_of_a_document_leads_somewhere(document: Path) -> None:
    assert dead_links(document, document.read_text()) == []


def test_what_is_gone_is_noticed() -> None:
    readme = REPOSITORY / "README.md"
    assert missing_files("see `store/locations.py`, `store/gone.py`") == ["store/gone.py"]
    text = "[a](docs/gone.md) [b](docs/security.md#tokens) [c](docs/security.md#gone) [d](#use-it) [e](#gone)"
    assert dead_links(readme, text) == ["docs/gone.md", "docs/security.md#gone", "#gone"]
