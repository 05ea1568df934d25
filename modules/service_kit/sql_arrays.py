"""Whole numbers as an array of PostgreSQL's, in one text.

https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO. A list as psycopg2 writes it, ARRAY[1, 2, …], is parsed number
by number as an expression: of four thousand that is a millisecond of the server's.
"""

from collections.abc import Iterable


def array_text(numbers: Iterable[int]) -> str:
    """For a parameter that is an array of integers."""
    return f"{{{','.join(map(str, numbers))}}}"
