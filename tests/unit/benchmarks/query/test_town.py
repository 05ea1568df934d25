"""The town grows by venues and people, never by density: otherwise growth would be measured with two yardsticks."""

import numpy as np
import pytest

from benchmarks.query.question import DAY, random_questions
from benchmarks.query.town import DAYS, NEXT_COLUMN, PEOPLE_IN_A_VENUE, Town


def test_a_town_has_about_as_many_locations_as_were_asked_for() -> None:
    a_day = Town.of(500_000).fixes(0).person_id.size
    assert a_day * DAYS == pytest.approx(500_000, rel=0.05)


def test_everybody_is_in_a_venue_every_day_and_no_venue_is_fuller_than_another() -> None:
    for people in (3, 240, 1_002):
        town = Town(people)
        venues = town.venue_of_everybody(5)[1:]
        assert set(np.bincount(venues)) == {PEOPLE_IN_A_VENUE}
        assert venues.max() == town.venues - 1


def test_who_is_with_whom_is_drawn_anew_for_each_day() -> None:
    town = Town(300)
    assert (town.venue_of_everybody(0) != town.venue_of_everybody(1)).mean() > 0.9


def test_fixes_come_by_time_and_no_person_has_two_at_one_instant() -> None:
    fixes = Town(249).fixes(3)
    assert (np.diff(fixes.creation_time) >= 0).all()
    assert np.unique(np.stack([fixes.person_id, fixes.creation_time]), axis=1).shape[1] == fixes.person_id.size


def test_only_those_of_one_venue_are_near_each_other() -> None:
    town = Town(12)
    fixes, venue = town.fixes(0), town.venue_of_everybody(0)
    for first in range(1, 13):
        for second in range(first + 1, 13):
            apart = np.hypot(
                fixes.latitude[fixes.person_id == first].mean() - fixes.latitude[fixes.person_id == second].mean(),
                fixes.longitude[fixes.person_id == first].mean() - fixes.longitude[fixes.person_id == second].mean(),
            )
            assert (apart < NEXT_COLUMN / 4) == (venue[first] == venue[second])


def test_questions_are_about_different_persons_and_the_same_for_whoever_asks() -> None:
    questions = random_questions(DAY, 1_000, 60, "a round")
    assert len({question.person_id for question in questions}) == 60
    assert questions == random_questions(DAY, 1_000, 60, "a round")
    assert questions != random_questions(DAY, 1_000, 60, "another round")
