"""The REST resources /api/persons/{id}/sharing and /api/persons/{id}/forgotten."""

from datetime import datetime
from http import HTTPStatus

from person_service.sharing.private_spans import Forgotten, PrivateSpans, Sharing
from person_service.sharing.schemas import ForgottenSchema, NewForgottenSchema, NewSharingSchema, SharingSchema
from service_kit.rest.api import Resource, RestApi, operation

PERSON = "/api/persons/<int(signed=True):person_id>"


class SharingOfPerson(Resource):
    private_spans: PrivateSpans

    @operation(
        answer=SharingSchema(),
        description="Since when nothing is taken; null where locations are taken",
        problems=(HTTPStatus.NOT_FOUND,),
    )
    def get(self, person_id: int) -> Sharing:
        """Whether a person shares where they are."""
        return self.private_spans.sharing(person_id)

    @operation(
        body=NewSharingSchema(),
        answer=SharingSchema(),
        description="Since when nothing is taken; null where locations are taken",
        problems=(HTTPStatus.NOT_FOUND,),
    )
    def put(self, person_id: int, body: dict[str, bool]) -> Sharing:
        """Pause sharing, or share again. What is recorded during a pause is never taken."""
        return self.private_spans.pause(person_id) if body["paused"] else self.private_spans.share(person_id)


class ForgottenOfPerson(Resource):
    private_spans: PrivateSpans

    @operation(
        body=NewForgottenSchema(),
        answer=ForgottenSchema(),
        description="Nothing of that time is left, and nothing will come back",
        problems=(HTTPStatus.NOT_FOUND,),
    )
    def post(self, person_id: int, body: dict[str, datetime]) -> Forgotten:
        """Forget where a person was from started_at until before ended_at, or until now."""
        return self.private_spans.forget(person_id, **body)


def add_sharing(api: RestApi, private_spans: PrivateSpans) -> None:
    api.add(SharingOfPerson, f"{PERSON}/sharing", private_spans=private_spans)
    api.add(ForgottenOfPerson, f"{PERSON}/forgotten", private_spans=private_spans)
