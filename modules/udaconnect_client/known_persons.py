"""Whether there are the persons whose locations are sent: asked of person_service before, where it can be asked.

A mistyped id is told before anything is sent, and with its line.
"""

from urllib.parse import urljoin

import requests

from location_client.readers.rows import Rejected, Rows
from udaconnect_client.access import Access

MOST_ASKED = 1000  # persons of one file; the rest is the server's to refuse
ANSWERS_WITHIN_S = 10
UNKNOWN = "is of nobody: there is no person"


class KnownPersons:
    """Asks for each person once, and stops asking when there is no answer."""

    def __init__(self, person_url: str, access: Access) -> None:
        self._url = person_url
        self._session = access.session()
        self._known: dict[int, bool] = {}
        self._why_not = ""

    def are_there(self, person_id: int) -> bool:
        """False where person_service says that there is nobody of this id."""
        known = self._known.get(person_id)
        if known is None:
            known = True
            if not self._why_not and len(self._known) < MOST_ASKED and person_id > 0:
                known = self._known[person_id] = self._ask(person_id)
        return known

    def _ask(self, person_id: int) -> bool:
        try:
            response = self._session.get(urljoin(self._url, f"/api/persons/{person_id}"), timeout=ANSWERS_WITHIN_S)
        except requests.RequestException:
            self._why_not = f"nobody answers at {self._url} (--person-url or PERSON_URL says where)"
            return True
        if response.ok:
            return True
        if response.status_code == requests.codes.not_found:
            return False
        self._why_not = f"{self._url} answers {response.status_code} {response.reason}"
        return True

    def summary(self) -> str:
        """What was found out, for the user; empty: nothing had to be asked."""
        if self._why_not:
            return f"Whether the persons exist was not checked: {self._why_not}."
        missing = list(self._known.values()).count(False)
        if not self._known:
            return ""
        return f"{len(self._known):,} persons were looked up at {self._url}: {missing or 'none'} unknown."


def of_known_persons(rows: Rows, known: KnownPersons) -> Rows:
    """The rows; those of nobody as rejected."""
    last = 0
    for row in rows:
        if isinstance(row, Rejected) or row[1] == last:
            yield row
        elif known.are_there(row[1]):
            last = row[1]
            yield row
        else:
            yield Rejected(row[0], "person_id", f"{UNKNOWN} {row[1]}")
