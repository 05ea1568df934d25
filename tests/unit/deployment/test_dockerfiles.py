"""The Dockerfiles of the Python services are what the one recipe makes, and hold the modules that they import."""

import re

import pytest

from deployment.dockerfiles.recipe import IMAGES, MODULES, Image

IMPORT = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)
OURS = {folder.name for folder in MODULES.iterdir() if (folder / "__init__.py").exists()}

each_image = pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)


@each_image
def test_a_dockerfile_is_what_the_recipe_makes(image: Image) -> None:
    assert image.dockerfile.read_text() == image.text(), "python -m deployment.dockerfiles makes it anew"


def test_every_python_service_has_its_dockerfile_from_the_recipe() -> None:
    python = {file.parent.name for file in MODULES.glob("*/Dockerfile") if "PYTHON_IMAGE" in file.read_text()}
    assert python == {image.name for image in IMAGES}


@each_image
def test_an_image_holds_the_modules_that_it_imports_and_no_others(image: Image) -> None:
    needed, found = set(), {image.name}
    while found:
        needed |= found
        sources = [file.read_text() for module in found for file in (MODULES / module).rglob("*.py")]
        found = {name for source in sources for name in IMPORT.findall(source)} & OURS - needed
    assert needed == {image.name, *image.modules}
