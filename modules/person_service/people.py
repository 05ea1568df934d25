"""What can be done with persons; REST and gRPC both do it through here."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Engine, Select, func, insert, select

from person_service.models import NAMES, Person
from service_kit.database import check_table, connection, writing_connection
from service_kit.errors import InvalidInput, NotFound

IDS: Final = range(1, 2**63)
BATCH_MAX_IDS: Final = 10_000

COLUMNS: Final = (Person.id, Person.first_name, Person.last_name, Person.company_name)
# Written out, because it is hot: one call for each search of a connection.
BATCH: Final = """
    SELECT id, first_name, last_name, company_name
    FROM person
    WHERE id = ANY (%(ids)s::bigint[])
    ORDER BY id
"""


# The newest erasure is read by the same statement: of a later one the answer cannot know, and ERASURES tells of it.
CHECK: Final = """
    SELECT newest.number, person.id
    FROM (SELECT coalesce(max(number), 0) AS number FROM erased_person) AS newest
    LEFT JOIN person ON person.id = ANY (%(ids)s::bigint[])
"""
ERASURES: Final = """
    SELECT (SELECT coalesce(max(number), 0) FROM erased_person),
           ARRAY (SELECT number FROM erased_person WHERE number > %(after)s ORDER BY number LIMIT 10000),
           ARRAY (SELECT person_id FROM erased_person WHERE number > %(after)s ORDER BY number LIMIT 10000)
"""


class PersonRow(NamedTuple):
    id: int
    first_name: str
    last_name: str
    company_name: str


class Page(NamedTuple):
    """`next_after` is the id that the next page starts after; None on the last page."""

    persons: list[PersonRow]
    next_after: int | None


class Erasures(NamedTuple):
    """`number` is that of the last one; `start_anew`: the one asked about is not known."""

    number: int
    person_ids: list[int]
    start_anew: bool


class People:
    """Every method raises DependencyDown where the database does not answer."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def check(self) -> None:
        """Say by returning that persons can be read and written."""
        check_table(self.engine, Person.__tablename__, writing=True)

    def create(self, *, first_name: str, last_name: str, company_name: str) -> PersonRow:
        statement = insert(Person).returning(Person.id)
        names = {"first_name": first_name, "last_name": last_name, "company_name": company_name}
        with writing_connection(self.engine) as database:
            return PersonRow(database.execute(statement, names).scalar_one(), **names)

    def get(self, person_id: int) -> PersonRow:
        """Raises NotFound."""
        if person_id in IDS:
            with connection(self.engine) as database:
                row = database.execute(select(*COLUMNS).where(Person.id == person_id)).one_or_none()
            if row is not None:
                return PersonRow._make(row)
        raise NotFound(f"person {person_id}")

    def erase(self, person_id: int) -> None:
        """Remove the person and every location of it, for ever; docs/privacy.md says how and why nothing comes back.

        Takes a second for some 100,000 locations, in transactions of its own each. Raises NotFound. What was broken
        off, another call goes on with.
        """
        if person_id in IDS:
            with writing_connection(self.engine) as database:
                is_erased = database.scalar(select(func.erase_person(person_id)))
            if is_erased:
                while self._erase_locations(person_id):
                    pass
                return
        raise NotFound(f"person {person_id}")

    def _erase_locations(self, person_id: int) -> bool:
        """Remove some of the locations. Returns whether any are left."""
        with writing_connection(self.engine) as database:
            return bool(database.scalar(select(func.erase_locations(person_id))))

    def get_many(self, ids: Sequence[int]) -> list[PersonRow]:
        """Find those that exist, each once, ordered by id. Raises InvalidInput for more than BATCH_MAX_IDS."""
        if len(ids) > BATCH_MAX_IDS:
            raise InvalidInput([("ids", f"must be at most {BATCH_MAX_IDS:,}, are {len(ids):,}")])
        if not ids:
            return []
        with connection(self.engine) as database:
            # As text: an array literal is parsed faster than an expression of ten thousand constants.
            parameters = {"ids": "{" + ",".join(map(str, ids)) + "}"}
            return [PersonRow._make(row) for row in database.exec_driver_sql(BATCH, parameters)]

    def which_exist(self, ids: Sequence[int]) -> tuple[list[int], int]:
        """Those of the ids that are of persons, and the newest erasure that is known of. Raises InvalidInput."""
        if len(ids) > BATCH_MAX_IDS:
            raise InvalidInput([("ids", f"must be at most {BATCH_MAX_IDS:,}, are {len(ids):,}")])
        with connection(self.engine) as database:
            rows = database.exec_driver_sql(CHECK, {"ids": "{" + ",".join(map(str, ids)) + "}"}).all()
        return [person_id for _, person_id in rows if person_id is not None], rows[0][0]

    def erasures(self, after: int | None) -> Erasures:
        """Who was erased after the erasure of that number; None: only which is the newest."""
        with connection(self.engine) as database:
            newest, numbers, person_ids = database.exec_driver_sql(ERASURES, {"after": after or 0}).one()
        if after is None:
            return Erasures(newest, [], start_anew=False)
        # Behind the newest: the database has been restored.
        return Erasures(numbers[-1] if numbers else newest, person_ids, start_anew=after > newest)

    def list_page(self, *, q: str, limit: int, after: int) -> Page:
        """List persons with an id greater than `after`, by id, whose names hold every word of `q` in any case."""
        with connection(self.engine) as database:
            rows = [PersonRow._make(row) for row in database.execute(search(q, limit=limit + 1, after=after))]
        persons = rows[:limit]
        return Page(persons, persons[-1].id if len(rows) > limit else None)


def search(q: str, *, limit: int, after: int) -> Select[int, str, str, str]:
    """Ask for persons by id; each word is a condition that the trigram index answers."""
    statement = select(*COLUMNS).where(Person.id > after).order_by(Person.id).limit(limit)
    return statement.where(*(NAMES.contains(func.lower(escaped(word)), escape="\\") for word in q.split()))


def escaped(word: str) -> str:
    """Take from the wildcards of LIKE their meaning."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
