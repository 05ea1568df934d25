"""Who may make which call. A bound token reads and erases its own person only, and finds nobody else."""

from typing import Final

from udaconnect.person.v1.person_pb2 import BatchGetPersonsRequest, CheckPersonsRequest, GetPersonRequest

from service_kit.access.rules import ADMIN, DEVICES_CHECK, PEOPLE_READ, PEOPLE_WRITE, Rule, Rules
from service_kit.rest.access import persons_in_path

REST_RULES: Final[Rules] = {
    "GET /api/persons": Rule(PEOPLE_READ),
    "POST /api/persons": Rule(PEOPLE_WRITE),
    "GET /api/persons/{person_id}": Rule(PEOPLE_READ, persons_in_path),
    # For ever: whoever may add people may not yet take others away.
    "DELETE /api/persons/{person_id}": Rule(ADMIN, persons_in_path, own_scope=PEOPLE_WRITE),
    "GET /api/persons/{person_id}/sharing": Rule(ADMIN, persons_in_path, own_scope=PEOPLE_READ),
    "PUT /api/persons/{person_id}/sharing": Rule(ADMIN, persons_in_path, own_scope=PEOPLE_WRITE),
    "POST /api/persons/{person_id}/forgotten": Rule(ADMIN, persons_in_path, own_scope=PEOPLE_WRITE),
    # Whoever has a device's secret says where its person is.
    "GET /api/persons/{person_id}/devices": Rule(ADMIN, persons_in_path, own_scope=PEOPLE_READ),
    "POST /api/persons/{person_id}/devices": Rule(ADMIN, persons_in_path, own_scope=PEOPLE_WRITE),
    "DELETE /api/persons/{person_id}/devices/{device_id}": Rule(ADMIN, persons_in_path, own_scope=PEOPLE_WRITE),
}

SERVICE: Final = "/udaconnect.person.v1.PersonService"
DEVICES: Final = "/udaconnect.person.v1.DeviceService"


def person_of(request: GetPersonRequest) -> list[int]:
    return [request.id]


def persons_of(request: BatchGetPersonsRequest | CheckPersonsRequest) -> list[int]:
    return list(request.ids)


GRPC_RULES: Final[Rules] = {
    f"{SERVICE}/CreatePerson": Rule(PEOPLE_WRITE),
    f"{SERVICE}/GetPerson": Rule(PEOPLE_READ, person_of),
    f"{SERVICE}/BatchGetPersons": Rule(PEOPLE_READ, persons_of),
    f"{SERVICE}/CheckPersons": Rule(PEOPLE_READ, persons_of),
    f"{SERVICE}/ListErasures": Rule(PEOPLE_READ),
    f"{SERVICE}/ListPersons": Rule(PEOPLE_READ),
    f"{DEVICES}/CheckDevices": Rule(DEVICES_CHECK),
    f"{DEVICES}/ListDeviceChanges": Rule(DEVICES_CHECK),
    f"{DEVICES}/ReportDevices": Rule(DEVICES_CHECK),
}
