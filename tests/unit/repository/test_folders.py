"""A folder can be taken in at a glance: not too many files, and no name that says again what its folder says."""

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

import pytest

from tests.unit.repository.tracked import tracked_files

MOST_FILES = 20


def python_files() -> list[PurePath]:
    return [PurePath(file) for file in tracked_files() if file.endswith(".py")]


def full_folders(files: Iterable[PurePath]) -> dict[str, int]:
    counted = Counter(str(file.parent) for file in files)
    return {folder: count for folder, count in counted.items() if count > MOST_FILES}


def repeating_names(files: Iterable[PurePath]) -> list[str]:
    """Files in whose name, a test's prefix left out, the name of the folder stands: rest/rest_app.py, files/file.py."""
    return [str(file) for file in files if repeats(file.stem.removeprefix("test_"), file.parent.name)]


def repeats(name: str, folder: str) -> bool:
    padded = f"_{name}_"
    return bool(folder) and any(f"_{each}_" in padded for each in {folder, folder.removesuffix("s"), f"{folder}s"})


def test_no_folder_holds_more_files_than_one_takes_in_at_a_glance() -> None:
    assert full_folders(python_files()) == {}


def test_no_file_repeats_the_name_of_its_folder() -> None:
    assert repeating_names(python_files()) == []


def test_what_is_too_full_is_named_with_its_number_of_files() -> None:
    files = [PurePath(f"modules/hall/door_{number}.py") for number in range(MOST_FILES)]
    assert full_folders(files) == {}
    assert full_folders([*files, PurePath("modules/hall/one_more.py")]) == {"modules/hall": MOST_FILES + 1}


@pytest.mark.parametrize(
    ("file", "is_repeating"),
    [
        ("modules/service_kit/rest/rest_app.py", True),
        ("modules/location_client/readers/csv_reader.py", True),
        ("modules/udaconnect_client/dead_letters/dead_letters.py", True),
        ("tests/e2e/page/test_page.py", True),
        ("modules/service_kit/rest/restart.py", False),
        ("modules/udaconnect_client/dead_letters/letters.py", False),
        ("setup.py", False),
    ],
)
def test_a_name_repeats_its_folder_by_whole_words(file: str, *, is_repeating: bool) -> None:
    assert bool(repeating_names([PurePath(file)])) is is_repeating
