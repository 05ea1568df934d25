"""No secret is in the repository, nor was one ever: what a later commit removes, git still gives to everybody."""

import re
import subprocess
from collections.abc import Iterator

import pytest

from deployment.native.folders import REPOSITORY

PATTERNS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{20}",
    "a token (JWT)": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
    "a key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40})",
    "a token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20}\b",
    "a token of Slack": r"\bxox[abprs]-[A-Za-z0-9-]{10}",
    "a key of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a token of npm or PyPI": r"\b(?:npm_[A-Za-z0-9]{36}|pypi-AgEIcHlwaS5vcmc[\w-]{10})",
    "a password in a URL": r"[a-z]://[\w.-]+:(?![*$%{<.…\"'\\])[^\s:/@\"'{}$<>…*]{8,}@(?!example|host\b|[\w.-]*\.test\b)",
    # Letters and digits of a length that nobody types; a path or a variable is none.
    "a password that is set": r"(?i)^\s*[\w.]*(?:password|secret|api_?key)[\w.]*=(?!\w+/\w)[A-Za-z0-9+/_-]{16,}\s*$",
}
COMPILED = {name: re.compile(pattern, re.MULTILINE) for name, pattern in PATTERNS.items()}


def history() -> str:
    """Every line that any commit has added, and those that are about to be."""
    commands = (
        ["git", "log", "--all", "--no-textconv", "--no-ext-diff", "-p", "--unified=0", "--format=commit %h"],
        ["git", "diff", "HEAD", "--no-textconv", "--no-ext-diff", "--unified=0"],
    )
    text = ""
    for command in commands:
        answer = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
        if answer.returncode:
            pytest.skip("not a git repository: there is no history to look through")
        text += answer.stdout.decode(errors="replace")
    return "\n".join(line[1:] for line in text.splitlines() if line.startswith("+"))


def found(text: str) -> Iterator[str]:
    for name, pattern in COMPILED.items():
        for match in pattern.finditer(text):
            yield f"{name}: {match[0][:20]}…"


def test_no_secret_is_in_the_history() -> None:
    assert sorted(set(found(history()))) == []


@pytest.mark.parametrize(
    "leak",
    [
        "-----BEGIN " + "EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY",
        "token = '" + "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NSJ9" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "DATABASE_URL=postgresql://udaconnect:" + "hunter2hunter2@db.internal:5432/x",
        "POSTGRES_PASSWORD=" + "c2VjcmV0c2VjcmV0c2VjcmV0",
    ],
)
def test_a_secret_would_be_found(leak: str) -> None:
    assert list(found(leak))


@pytest.mark.parametrize(
    "harmless",
    [
        "DATABASE_URL=postgresql://person_service:…@host:port/database",
        'value: "postgresql://connection_service:$(DATABASE_PASSWORD)@$(POSTGRESQL)"',
        "postgresql://udaconnect:${UDACONNECT_PASSWORD:?deployment/secrets.sh makes it}@postgis:5432/udaconnect",
        "POSTGRES_PASSWORD=",
        "https://docs.example.com:8443/path@2",
    ],
)
def test_what_stands_for_a_secret_is_none(harmless: str) -> None:
    assert not list(found(harmless))
