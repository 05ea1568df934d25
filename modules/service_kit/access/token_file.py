"""A token of this service's own, in a file that somebody renews: read again whenever it has changed."""

from pathlib import Path

from service_kit.errors import DependencyDown


class TokenFile:
    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._read_at_ns = -1
        self._token = ""

    def token(self) -> str:
        """Raises DependencyDown where the file is not there or empty."""
        try:
            # Renewed by replacing it, as Kubernetes and most agents do: then this is another time.
            changed_at_ns = self._path.stat().st_mtime_ns
            if changed_at_ns != self._read_at_ns:
                self._token = self._path.read_text().strip()
                self._read_at_ns = changed_at_ns
        except (OSError, UnicodeDecodeError) as error:
            raise DependencyDown("the file with this service's token") from error
        if not self._token:
            raise DependencyDown("the file with this service's token")
        return self._token
