from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from udaconnect_client.commands.meetings import Meeting
from udaconnect_client.commands.meetings import table as table_of_meetings
from udaconnect_client.dead_letters.letters import DeadLetter
from udaconnect_client.dead_letters.tables import Sum, listed, summary
from udaconnect_client.terminal import harmless, print_table

EVIL = "Byron [/lab] :skull: \x1b[2J\x1b]0;mine\x07\u202eeve\r\n"
SHOWN = r"Byron [/lab] :skull: \x1b[2J\x1b]0;mine\x07\u202eeve\r\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("François Müller-Łuk 一步 😀", "François Müller-Łuk 一步 😀"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("Ada\u00a0Lovelace", "Ada Lovelace"),
        (EVIL, SHOWN),
        ("\x9b31m\u2028\ufeff\x00\ud800", r"\x9b31m\u2028\ufeff\x00\ud800"),
    ],
)
def test_what_is_not_to_be_seen_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert harmless(text) == shown


def rendered(table: Table) -> str:
    file = StringIO()
    Console(file=file, width=300, force_terminal=True).print(table)
    return file.getvalue()


def test_names_in_a_table_of_meetings_are_text() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert rendered(table_of_meetings([Meeting(EVIL, 7, EVIL, noon, noon, timedelta(0), 1.0, None)])).count(SHOWN) == 2


def test_headers_of_dead_letters_are_text() -> None:
    letter = DeadLetter(0, 7, {"reason": EVIL, "detail": EVIL, "topic": EVIL, "partition": "0", "offset": "1"}, b"", 0)
    assert rendered(listed([letter])).count(SHOWN) == 3
    assert SHOWN in rendered(summary({EVIL: Sum()}))


def test_in_a_pipe_a_row_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    meeting = Meeting("Konstantina Papadopoulou", 7, "Bartholomew Featherstone", noon, noon, timedelta(0), 1.0, 0.9)
    print_table(table_of_meetings([meeting]))
    _, row = capsys.readouterr().out.splitlines()
    assert row.split() == [
        *meeting.who.split(),
        *meeting.with_whom.split(),
        *2 * ["2026-03-02", "12:00"],
        "0.0",
        "1.0",
        "m",
        "90%",
    ]
