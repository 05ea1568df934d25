"""Who may call which rpc, and whose locations a bound token may write."""

from collections.abc import Iterable
from typing import Final

from udaconnect.location.v1.location_pb2 import Location, RefusedFix

from service_kit.access.rules import ADMIN, CALLER, LOCATIONS_WRITE, REFUSALS_WRITE, Rule, Rules
from service_kit.errors import NotAllowed

SERVICE: Final = "/udaconnect.location.v1.LocationService"

RULES: Final[Rules] = {
    f"{SERVICE}/CreateLocation": Rule(LOCATIONS_WRITE),
    f"{SERVICE}/BatchCreateLocations": Rule(LOCATIONS_WRITE),
    f"{SERVICE}/StreamLocations": Rule(LOCATIONS_WRITE),
    f"{SERVICE}/KeepRefusedFixes": Rule(REFUSALS_WRITE),
}


def check_persons(locations: Iterable[Location | RefusedFix], field: str = "locations[{}]") -> None:
    """Where the caller's token is bound to a person: raises NotAllowed at the first location of another one.

    For anybody else it costs one look, however many locations there are.
    """
    caller = CALLER.get()
    if caller is None or caller.person_id is None or ADMIN in caller.scopes:
        return
    own = caller.person_id
    for index, location in enumerate(locations):
        if location.person_id != own:
            raise NotAllowed(
                f"{field.format(index)} is of person {location.person_id}; "
                f"the token is bound to person {own}, and nothing of this call was taken"
            )
