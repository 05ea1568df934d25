from udaconnect_client.people import MOST_PEOPLE, invent


def test_people_are_all_different() -> None:
    people = invent(MOST_PEOPLE, seed=1)
    assert len(set(people)) == MOST_PEOPLE


def test_the_same_seed_invents_the_same_people() -> None:
    assert invent(50, seed=1) == invent(50, seed=1)
    assert invent(50, seed=1) != invent(50, seed=2)


def test_a_small_conference_has_colleagues() -> None:
    companies = [person.company_name for person in invent(40, seed=1)]
    assert len(set(companies)) == 3
