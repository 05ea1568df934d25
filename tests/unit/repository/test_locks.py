"""PostgreSQL's advisory locks are told apart by their numbers alone, in whatever file these stand."""

import re
from collections import defaultdict

from deployment.native.folders import REPOSITORY
from tests.unit.repository.tracked import tracked_files

NUMBER = re.compile(r"\b7_?134_?2\d\d\b")


def test_each_lock_has_a_number_of_its_own() -> None:
    """What takes a lock in two places takes it by a function of the database, such as storing_lock()."""
    places = defaultdict(list)
    for file in tracked_files():
        if file.startswith(("db/", "modules/")) and file.endswith((".py", ".sql")):
            for number in NUMBER.findall((REPOSITORY / file).read_text()):
                places[int(number.replace("_", ""))].append(file)
    assert len(places) > 5
    assert {number: files for number, files in places.items() if len(files) > 1} == {}
