"""An overlay with components of which it says in a comment that they can be had."""

import shutil
from collections.abc import Sequence
from pathlib import Path


def with_components(checkout: Path, folder: str, components: Sequence[str]) -> str:
    """Uncomment components, as the kustomization says one should."""
    copy = f"{folder}-{'-'.join(components)}"
    shutil.copytree(checkout / folder, checkout / copy)
    kustomization = checkout / copy / "kustomization.yaml"
    text = kustomization.read_text()
    for component in components:
        line = f"- ../../components/{component}\n"
        assert f"# {line}" in text
        text = text.replace(f"# {line}", line)
    kustomization.write_text(text)
    return copy
