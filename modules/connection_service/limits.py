"""What a search may cost, and what its caller is told when it would cost more."""

from service_kit.errors import DependencyDown, InvalidInput

NARROW_IT = "ask for fewer days, a smaller distance or, with method=fixes, a shorter time_window"


class TooSlow(DependencyDown):
    """The database is at work, yet not done within the time that one question may take."""

    after_s = 30

    def __init__(self) -> None:
        Exception.__init__(self, f"the search was stopped because it took too long: {NARROW_IT}")


class TooMany(InvalidInput):
    """More locations than may be loaded at once."""

    def __init__(self, max_locations: int) -> None:
        reason = f"is too far away: the question is about more than {max_locations:,} locations at once; {NARROW_IT}"
        super().__init__([("end_date", reason)])
