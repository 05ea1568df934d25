"""Names of people and of zones, and headers: texts that look harmless until somebody prints, sorts or parses them."""

from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from random import Random
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from location_client.zones import UnknownZoneError, zone_called
from tests.fuzz.mutation import mutate
from udaconnect_client.terminal import JOINERS, cell

NAMES = (
    *("Ada", "Byron [/lab]", "[red]Ada[/]", ":skull:", "[link=https://example.org]Ada[/link]", "O'Neill", "Ada\\"),
    *("[", "]]", "\x1b[2J", "\x1b]0;mine\x07", "\x9b31m", "a\rb", "a\nb", "a\tb", "\0", "a\x7f", "\u202eadA"),
    *("a\u2066b", "\ufeffAda", "\u200b", "\u2060", "\xad", "\u3164", "\u115f", "\u2800", "\u00a0", "\u2028"),
    *("\ue000", "\U000e0041", "\ufffe", "\U0010ffff", "क\u094d\u200dष", "\u0645\u200c\u06cc", "ﷺ"),
    *("Z" + "\u0341" * 90, "e\u0301", "é", "😀" * 50, "👩\u200d👩\u200d👧", "一二三", "ﬁ", "ǅ"),
    *("<b>Ada</b>", "{{7*7}}"),
    *("${x}", "%s%n", "' OR 1=1 --", "=1+1", "null", "undefined", "NaN", "-", ".", "..", "/", "a" * 100, "\ud800"),
    *("\udfff\ud800", "İ", "ß" * 50, "\u0000Ada", "Ada\u0000", " Ada ", "\u2003Ada", "ADA", "ada"),
)
ZONES = (
    *("Europe/Berlin", "Europe", "", "UTC", "../../etc/passwd", "/etc/localtime", "\0", "\ud800", "Etc/Unknown"),
    *("a" * 5000, "GMT+25", "+14:00", "CET", "posixrules", "zone.tab", "Etc/GMT-14", "europe/berlin", " UTC"),
    *("UTC\n", "C:\\windows"),
)
# Instants of questions: zones beside the offset, or in its place.
ZONED_TIMES = (
    *("2026-02-16T10:00:00[Europe/Berlin]", "2026-02-16T10:00:00 Europe/Berlin", "2026-02-16T10:00:00+14:00"),
    *("2026-02-16T10:00:00-12:00", "2026-02-16T10:00:00+24:00", "2026-02-16T10:00:00z", "2026-02-16T24:00:00Z"),
    *("2026-02-16T23:59:60Z", "2026-02-16T10Z", "2026-W08-1", "2026-047", "1771236000", "Etc/Unknown"),
    *("2026-02-16T10:00:00.999999999999Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"),
    "-001-01-01T00:00:00Z",
)
HEADERS = (
    *("Date: Mon, 30 Feb 2026 25:61:61 GMT", "Date: now", "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT"),
    *("Date: " + "9" * 4000, "If-Unmodified-Since: Sun, 06 Nov 94999 08:49:37 GMT", "If-Range: \xff"),
    *("If-None-Match: " + '"a",' * 900, "Retry-After: -1", "Accept: application/geo+json;q=0, */*;q=0"),
    *("Accept: ,,,;;;", "Accept: */*;q=1e400", "Accept: application/json;q=-1"),
    *("Accept: text/html, application/problem+json;q=NaN", "Accept: */json", "Accept: \x00", "Accept: a" * 20),
    *("Accept:", "Accept-Language: *;q=\xff", "Accept-Charset: x-none", "Accept-Encoding: ;q="),
    *("Accept-Encoding: br;q=1, *;q=0", "TE: gzip", "Prefer: timezone=Etc/Unknown", "Time-Zone: ../../etc/passwd"),
    *("Content-Language: \x85", "Forwarded: for=[::1", "Via: " + "a," * 999),
)


class Oddity(NamedTuple):
    what: str
    text: str


def odd_zones(seed: int, count: int) -> Iterator[Oddity]:
    """Names of zones at which the command ends in something else than a sentence."""
    random = Random(seed)
    for _ in range(count):
        for zone in (altered(random, ZONES), random.choice(ZONES)):
            try:
                with suppress(UnknownZoneError):
                    zone_called(zone)
            except Exception as error:  # noqa: BLE001  it is what is looked for
                yield Oddity(f"{type(error).__name__}: {error}", zone)


def odd_names(seed: int, count: int) -> Iterator[Oddity]:
    """Names that a table on a terminal doesn't show, or in which it would find something to obey."""
    random = Random(seed)
    for _ in range(count):
        name = random.choice((altered(random, NAMES), random.choice(NAMES) + random.choice(NAMES)))
        try:
            shown = printed(name)
        except Exception as error:  # noqa: BLE001  it is what is looked for
            yield Oddity(f"{type(error).__name__}: {error}", name)
            continue
        obeyed = [one for one in shown if not (one.isprintable() or one in JOINERS)]
        if obeyed or (name.isprintable() and shown.strip() != name.strip()):
            yield Oddity(f"is shown as {shown!r}", name)


def printed(name: str) -> str:
    """A name as a table shows it on a terminal without colours."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_row(cell(name))
    console = Console(file=StringIO(), width=10_000, force_terminal=True, color_system=None)
    console.print(table)
    return str(console.file.getvalue()).removesuffix("\n")  # type: ignore[attr-defined]  # it is a StringIO


def altered(random: Random, texts: tuple[str, ...]) -> str:
    octets = [text.encode("utf-8", "surrogatepass") for text in (random.choice(texts), random.choice(texts))]
    return mutate(random, *octets).decode(random.choice(("latin-1", "utf-8")), "replace")
