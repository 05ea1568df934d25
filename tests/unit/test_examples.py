"""What is printed is as it is written only where nothing but what is left open differs."""

from pathlib import Path

import pytest

from tests.examples import Example, examples, is_as_written

TEXT = """\
```sh
first
```

and what is no example of ours:

```
second
```

```sh
third
```

```text
its line
```

```text
nobody's
```
"""


def test_a_block_to_type_goes_with_what_is_printed_right_below_it(tmp_path: Path) -> None:
    (tmp_path / "document.md").write_text(TEXT)
    assert examples(tmp_path / "document.md") == [Example("first\n", None), Example("third\n", "its line\n")]


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("anything", None),
        ("NAME    AGE\nkafka   17s\n", "NAME  AGE\nkafka …\n"),
        ("4 sent in 0.3 s (11/s): 4 accepted.", "4 sent in …: 4 accepted."),
        ("one\ntwo\nthree", "one\n…\nthree"),
    ],
)
def test_what_is_left_open_may_be_anything(printed: str, written: str | None) -> None:
    assert is_as_written(printed, written)


@pytest.mark.parametrize(
    ("printed", "written"),
    [("", "2"), ("12", "2"), ("2\n2", "2"), ("READY 0/1", "READY 1/1"), ("a.b", "a?b"), ("one two", "onetwo")],
)
def test_anything_else_is_seen(printed: str, written: str) -> None:
    assert not is_as_written(printed, written)
