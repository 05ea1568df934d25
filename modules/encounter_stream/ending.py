"""Why a stream ends."""

from typing import Final

SLOW, STOPPING, PERSON, DEPENDENCY, TOKEN, GONE = REASONS = (
    "slow",
    "stopping",
    "person",
    "dependency",
    "token",
    "gone",
)
WHY: Final = {
    STOPPING: "The service stops: come again.",
    PERSON: "This person does not exist any more.",
    DEPENDENCY: "The person service does not answer: come again.",
}


class Ended(Exception):  # noqa: N818  it is how every stream ends
    """`reason` is one of those above; the text is for the listener."""

    def __init__(self, reason: str, text: str = "") -> None:
        self.reason = reason
        super().__init__(text or WHY.get(reason, ""))
