"""What can be done with persons; REST and gRPC both do it through here."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Engine, Select, func, insert, select

from person_service.models import NAMES, Person
from service_kit.database import check_table, connection, writing_connection
from service_kit.errors import InvalidInput, NotFound
from service_kit.sql_arrays import array_text

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


# The newest numbers are read by the same statement: of what came later the answer cannot know, and CHANGES tells of it.
CHECK: Final = """
    SELECT newest.erasure, newest.private_span, person.id
    FROM (
        SELECT (SELECT coalesce(max(number), 0) FROM erased_person) AS erasure,
               (SELECT coalesce(max(number), 0) FROM private_span) AS private_span
    ) AS newest
    LEFT JOIN person ON person.id = ANY (%(ids)s::bigint[])
"""
# Read after that: it may know of more, which does no harm.
SPANS: Final = """
    SELECT person_id, (extract(epoch FROM begins_at) * 1000000)::bigint, (extract(epoch FROM ends_at) * 1000000)::bigint
    FROM private_span WHERE person_id = ANY (%(ids)s::bigint[])
"""
CHANGES: Final = """
    SELECT (SELECT coalesce(max(number), 0) FROM {table}),
           ARRAY (SELECT number FROM {table} WHERE number > %(after)s ORDER BY number LIMIT 10000),
           ARRAY (SELECT person_id FROM {table} WHERE number > %(after)s ORDER BY number LIMIT 10000)
"""
ERASURES: Final = CHANGES.format(table="erased_person")
CHANGED_SPANS: Final = CHANGES.format(table="private_span")


class PersonRow(NamedTuple):
    id: int
    first_name: str
    last_name: str
    company_name: str


class Page(NamedTuple):
    """`next_after` is the id that the next page starts after; None on the last page."""

    persons: list[PersonRow]
    next_after: int | None


class Span(NamedTuple):
    """In microseconds since 1970; ends_us is None where sharing is paused."""

    person_id: int
    begins_us: int
    ends_us: int | None


class Checked(NamedTuple):
    """Which persons exist and what they keep private, as of these numbers at least."""

    ids: list[int]
    private_spans: list[Span]
    erasure: int
    private_span: int


class Changes(NamedTuple):
    """`number` is that of the last one; `start_anew`: the one asked about is not known."""

    number: int
    person_ids: list[int]
    start_anew: bool


def check_person(engine: Engine, person_id: int) -> None:
    """Raises NotFound, or DependencyDown where the database does not answer."""
    if person_id in IDS:
        with connection(engine) as database:
            if database.scalar(select(Person.id).where(Person.id == person_id)) is not None:
                return
    raise NotFound(f"person {person_id}")


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
            parameters = {"ids": array_text(ids)}
            return [PersonRow._make(row) for row in database.exec_driver_sql(BATCH, parameters)]

    def which_exist(self, ids: Sequence[int]) -> Checked:
        """Raises InvalidInput."""
        if len(ids) > BATCH_MAX_IDS:
            raise InvalidInput([("ids", f"must be at most {BATCH_MAX_IDS:,}, are {len(ids):,}")])
        parameters = {"ids": array_text(ids)}
        with connection(self.engine) as database:
            rows = database.exec_driver_sql(CHECK, parameters).all()
            spans = [Span._make(row) for row in database.exec_driver_sql(SPANS, parameters)]
        erasure, private_span, _ = rows[0]
        return Checked([person_id for *_, person_id in rows if person_id is not None], spans, erasure, private_span)

    def erasures(self, after: int | None) -> Changes:
        """Who was erased after the erasure of that number; None: only which is the newest."""
        return self._changes(ERASURES, after)

    def changed_spans(self, after: int | None) -> Changes:
        """Whose private spans have changed after the span of that number; None: only which is the newest."""
        return self._changes(CHANGED_SPANS, after)

    def _changes(self, statement: str, after: int | None) -> Changes:
        with connection(self.engine) as database:
            newest, numbers, person_ids = database.exec_driver_sql(statement, {"after": after or 0}).one()
        if after is None:
            return Changes(newest, [], start_anew=False)
        # Behind the newest: the database has been restored, or the newest span went with its person.
        return Changes(numbers[-1] if numbers else newest, person_ids, start_anew=after > newest)

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
