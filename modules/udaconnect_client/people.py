"""The people of a simulated conference: invented names, and their ids from the person service."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urljoin

import numpy as np
import requests

from udaconnect_client.access import PLAIN, Access

# ruff: noqa: SIM905  lists of words are read more easily without a quotation mark around each
GIVEN_NAMES = (
    "Ada Alba Amir Anna Aron Bela Bruno Carla Chen Clara Dario Dina Elif Emil Esra Eva Felix Fiona Goran Greta Hana "
    "Hugo Ida Igor Ines Ivan Jana Jonas Kaito Kira Lara Leon Lina Luca Maja Malik Marta Mila Milan Nadia Nils Nina "
    "Olga Omar Oskar Paula Pavel Petra Rafael Rosa Samir Sara Simon Sofia Tara Timo Vera Viktor Yara Zoe"
).split()
SURNAMES = (
    "Adler Almeida Andersen Bauer Becker Berg Bianchi Blake Brandt Bruni Castro Cole Costa Dahl Diaz Dubois Eriksen "
    "Farkas Ferrari Fischer Flores Fontana Garcia Gruber Haas Hansen Hill Holm Horvat Ito Jansen Kaya Keller Khan Kim "
    "Klein Kovacs Kowalski Lang Larsen Lehmann Lind Lopez Marek Marin Martin Meyer Mori Moser Nagy Novak Nowak Olsen "
    "Orlov Park Patel Peters Petrov Popov Ramos Reyes Ricci Rossi Roth Sato Silva Singh Soto Stein Suzuki Tanaka Toth "
    "Varga Vogel Walker Weber Winter Wolf Yilmaz Young Zimmer"
).split()
PLACES = "Bridgeside Crossroads Eastfield Greenhill Harbourside Hillside Lakeside Meadow Northgate Oldmill".split()
TRADES = "Bakery Bicycles Ceramics Furniture Instruments Logistics Optics Printing Software Textiles".split()

PEOPLE_PER_COMPANY = 12
MOST_PEOPLE = 100_000
PAGE = 1000
CONNECTIONS = 8  # for creating many people


class Person(NamedTuple):
    """Somebody, as the person service knows him, but for the id."""

    first_name: str
    last_name: str
    company_name: str


class PersonServiceError(Exception):
    """The person service did not do what it should. The message is for the user."""


def invent(people: int, seed: int) -> list[Person]:
    """Different people, up to MOST_PEOPLE; the same number and seed make the same."""
    random = np.random.default_rng([seed, 3])
    companies = [f"{place} {trade}" for place in PLACES for trade in TRADES]
    random.shuffle(companies)
    companies = companies[: max(3, people // PEOPLE_PER_COMPANY)]
    shape = (len(GIVEN_NAMES), len(SURNAMES), len(companies))
    chosen = random.choice(int(np.prod(shape)), people, replace=False)
    return [
        Person(GIVEN_NAMES[given], SURNAMES[surname], companies[company])
        for given, surname, company in zip(*(index.tolist() for index in np.unravel_index(chosen, shape)), strict=True)
    ]


def find_or_create(person_url: str, people: Sequence[Person], access: Access = PLAIN) -> tuple[list[int], int]:
    """The ids of people, and how many of them had to be created. Who is there already, by all three names, is found.

    Raises PersonServiceError, AccessError.
    """
    try:
        with access.session() as session:
            known: dict[Person, int] = {}
            for company in sorted({person.company_name for person in people}):
                # setdefault: of people with the same names the first one is meant.
                for person, person_id in search(session, person_url, company):
                    known.setdefault(person, person_id)
        missing = [person for person in people if person not in known]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            parts = [missing[start::CONNECTIONS] for start in range(min(CONNECTIONS, len(missing)))]
            for created in pool.map(lambda part: create(person_url, part, access), parts):
                known.update(created)
    except requests.ConnectionError:
        raise PersonServiceError(f"nobody answers at {person_url} (--person-url or PERSON_URL says where)") from None
    except requests.RequestException as error:
        raise PersonServiceError(f"{person_url} answers wrongly: {error}") from None
    return [known[person] for person in people], len(missing)


def search(session: requests.Session, person_url: str, query: str) -> Iterator[tuple[Person, int]]:
    """Everybody whose names hold the words of the query, with his id, page after page."""
    url: str | None = urljoin(person_url, "/api/persons")
    params: dict[str, str | int] | None = {"q": query, "limit": PAGE}
    while url:
        response = session.get(url, params=params, timeout=30)
        response.raise_for_status()
        for found in response.json():
            yield Person(found["first_name"], found["last_name"], found["company_name"]), found["id"]
        following = response.links.get("next", {}).get("url")
        url, params = urljoin(url, following) if following else None, None


def create(person_url: str, people: Sequence[Person], access: Access) -> dict[Person, int]:
    """Add people, over a connection of its own."""
    ids = {}
    with access.session() as session:
        for person in people:
            response = session.post(urljoin(person_url, "/api/persons"), json=person._asdict(), timeout=30)
            response.raise_for_status()
            ids[person] = response.json()["id"]
    return ids
