"""People and their phones, in the database of a run."""

import hashlib

from benchmarks.stores import execute
from deployment.native.schema import Database

PEOPLE = """
    INSERT INTO person (id, first_name, last_name, company_name)
    SELECT id, 'First ' || id, 'Last', 'Company' FROM generate_series(1, %s) AS id ON CONFLICT DO NOTHING
"""
DEVICES = """
    INSERT INTO device (person_id, name, app, secret_sha256)
    SELECT number, 'phone', 'owntracks', secret FROM unnest(%s::bytea[]) WITH ORDINALITY AS given (secret, number)
"""


def connect_phones(database: Database, count: int) -> list[str]:
    """The secret of each; the phone number n is person n + 1's."""
    secrets = [f"{number:040x}" for number in range(count)]
    execute(database.owner, PEOPLE, count)
    execute(database.owner, DEVICES, [hashlib.sha256(secret.encode()).digest() for secret in secrets])
    return secrets
