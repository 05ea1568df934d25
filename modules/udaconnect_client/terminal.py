"""What strangers wrote, as a terminal may show it: names, headers, places in files.

An escape sequence can move the cursor, rename the window or type for the user; a change of direction can turn a name
around. What is not to be seen is shown as its escape; what looks like markup stays text.
"""

import sys
from unicodedata import category

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 200
JOINERS = "\u200c\u200d"  # letters of some scripts, and pictures, need them; they do no harm


def harmless(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(shown(character) for character in text)


def shown(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    if category(character) == "Zs":  # a space of another width
        return " "
    return character.encode("unicode_escape").decode("ascii")


def cell(text: str) -> Text:
    """A text for a table of rich, which would read [/this] as markup and :this: as a picture."""
    return Text(harmless(text))


def print_table(table: Table) -> None:
    # A pipe has no width: there nothing is cut, and a row is a line.
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else WIDE).print(table)
