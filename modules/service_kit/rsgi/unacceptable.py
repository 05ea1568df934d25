"""A request that no app and no page makes."""

from http import HTTPStatus


class UnacceptableError(Exception):
    """The request itself is at fault. The message is for whoever made it; `headers` go with the answer."""

    def __init__(self, status: HTTPStatus, detail: str, *headers: tuple[str, str]) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers
