"""The REST resource /api/persons/{id}/devices."""

from collections.abc import Sequence
from http import HTTPStatus

from person_service.devices.pairing import DeviceRow, Pairing
from person_service.devices.schemas import DeviceSchema, NewDeviceSchema, PairedDeviceSchema
from person_service.devices.setup_links import setup_of
from service_kit.rest.api import Answer, Resource, RestApi, operation

DEVICES = "/api/persons/<int(signed=True):person_id>/devices"


class Devices(Resource):
    pairing: Pairing
    gateway_url: str

    @operation(
        answer=DeviceSchema(many=True),
        description="The newest first; revoked ones for 28 days",
        problems=(HTTPStatus.NOT_FOUND,),
    )
    def get(self, person_id: int) -> Sequence[DeviceRow]:
        """List a person's phones."""
        return self.pairing.of_person(person_id)

    @operation(
        body=NewDeviceSchema(),
        answer=PairedDeviceSchema(),
        status=HTTPStatus.CREATED,
        description="The device with its secret, which is told this once, and how to set the app up",
        headers={"Location": "The path of the new device."},
        problems=(HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS),
    )
    def post(self, person_id: int, body: dict[str, str]) -> Answer:
        """Connect a phone: it may report locations of this person, and nothing else."""
        paired = self.pairing.connect(person_id, **body)
        setup = setup_of(paired, self.gateway_url)
        told = {**paired.device._asdict(), "secret": paired.secret, "setup": setup._asdict()}
        return Answer(told, {"Location": f"/api/persons/{person_id}/devices/{paired.device.id}"})


class OneDevice(Resource):
    pairing: Pairing

    @operation(
        status=HTTPStatus.NO_CONTENT,
        description="Within a second nothing is taken from it any more",
        problems=(HTTPStatus.NOT_FOUND,),
    )
    def delete(self, person_id: int, device_id: int) -> None:
        """Revoke a phone."""
        self.pairing.revoke(person_id, device_id)


def add_devices(api: RestApi, pairing: Pairing, gateway_url: str) -> None:
    api.add(Devices, DEVICES, pairing=pairing, gateway_url=gateway_url)
    api.add(OneDevice, f"{DEVICES}/<int(signed=True):device_id>", pairing=pairing)
