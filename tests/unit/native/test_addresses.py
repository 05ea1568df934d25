import os
import subprocess
from pathlib import Path

from deployment.native.addresses import NAMES, addresses, passwords_of, read_env, write_env
from deployment.native.folders import DataFolder
from deployment.native.ports import OFFSETS

PORTS = {name: 30_000 + offset for name, offset in OFFSETS.items()}


def test_every_address_is_announced(tmp_path: Path) -> None:
    assert set(addresses(PORTS, passwords_of(DataFolder(tmp_path)))) == set(NAMES)


def test_a_data_folder_keeps_its_passwords_and_shares_them_with_no_other(tmp_path: Path) -> None:
    one, other = DataFolder(tmp_path / "one"), DataFolder(tmp_path / "other")
    for folder in (one, other):
        folder.make()
    assert passwords_of(one) == passwords_of(one)
    assert set(passwords_of(one).values()).isdisjoint(passwords_of(other).values())


def test_a_file_of_addresses_is_for_its_owner_alone(tmp_path: Path) -> None:
    write_env(tmp_path / "run.env", {"A": "b"})
    assert (tmp_path / "run.env").stat().st_mode & 0o777 == 0o600


def test_values_come_back_whole_here_and_in_the_shell(tmp_path: Path) -> None:
    values = {"URL": "postgresql://a:b@127.0.0.1:5/c?d=e&f=$HOME", "TEXT": "two words #1"}
    write_env(tmp_path / "run.env", values)
    assert read_env(tmp_path / "run.env") == values
    shown = subprocess.run(
        ["sh", "-c", 'set -a; . "$0"; printf "%s\\n" "$URL" "$TEXT"', tmp_path / "run.env"],  # noqa: S607  any shell
        check=True,
        capture_output=True,
        text=True,
        env=dict(os.environ),
    )
    assert shown.stdout.splitlines() == list(values.values())
