"""The table of docs/operations.md by which images are held to their size has each of them, and room for it."""

import yaml

from deployment.native.folders import REPOSITORY
from tests.containers.budgets import budgets

LARGEST = 265  # raise it with a reason


def test_every_image_of_a_release_has_a_size_that_it_may_be_and_one_that_it_is() -> None:
    release = yaml.safe_load((REPOSITORY / "deployment" / "release" / "kustomization.yaml").read_text())
    assert set(budgets()) == {image["name"].removeprefix("udaconnect/") for image in release["images"]}
    for budget in budgets().values():
        assert 0 < budget.was <= budget.may_be <= LARGEST
