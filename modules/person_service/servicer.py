"""The gRPC twin of /api/persons."""

# ruff: noqa: N802  the names are those of the contract

import grpc
from udaconnect.person.v1 import person_pb2, person_pb2_grpc

from person_service.people import People, PersonRow
from person_service.schemas import PAGE_DEFAULT, NewPersonSchema, PersonsQuerySchema
from service_kit.errors import InvalidInput
from service_kit.rest.cursor import encode_cursor
from service_kit.rest.schema import load

# The schema is that of REST, whose words for the same things are others.
GRPC_FIELDS = {"q": "query", "limit": "page_size", "cursor": "page_token"}


class PersonServicer(person_pb2_grpc.PersonServiceServicer):
    """Raises domain errors, which the server's interceptor turns into a status."""

    def __init__(self, people: People) -> None:
        self.people = people

    def CreatePerson(
        self, request: person_pb2.CreatePersonRequest, context: grpc.ServicerContext
    ) -> person_pb2.CreatePersonResponse:
        del context
        names = load(
            NewPersonSchema(),
            {
                "first_name": request.first_name,
                "last_name": request.last_name,
                "company_name": request.company_name,
            },
        )
        return person_pb2.CreatePersonResponse(person=message(self.people.create(**names)))

    def GetPerson(
        self, request: person_pb2.GetPersonRequest, context: grpc.ServicerContext
    ) -> person_pb2.GetPersonResponse:
        del context
        return person_pb2.GetPersonResponse(person=message(self.people.get(request.id)))

    def BatchGetPersons(
        self, request: person_pb2.BatchGetPersonsRequest, context: grpc.ServicerContext
    ) -> person_pb2.BatchGetPersonsResponse:
        del context
        return person_pb2.BatchGetPersonsResponse(persons=map(message, self.people.get_many(request.ids)))

    def CheckPersons(
        self, request: person_pb2.CheckPersonsRequest, context: grpc.ServicerContext
    ) -> person_pb2.CheckPersonsResponse:
        del context
        found = self.people.which_exist(request.ids)
        return person_pb2.CheckPersonsResponse(
            ids=found.ids,
            erasure_number=found.erasure,
            private_spans=[person_pb2.PrivateSpan(**span._asdict()) for span in found.private_spans],
            private_span_number=found.private_span,
        )

    def ListErasures(
        self, request: person_pb2.ListErasuresRequest, context: grpc.ServicerContext
    ) -> person_pb2.ListErasuresResponse:
        del context
        erased = self.people.erasures(request.after if request.HasField("after") else None)
        changed = self.people.changed_spans(
            request.after_private_span if request.HasField("after_private_span") else None
        )
        return person_pb2.ListErasuresResponse(
            erasure_number=erased.number,
            person_ids=erased.person_ids,
            start_anew=erased.start_anew or changed.start_anew,
            private_span_number=changed.number,
            private_span_person_ids=changed.person_ids,
        )

    def ListPersons(
        self, request: person_pb2.ListPersonsRequest, context: grpc.ServicerContext
    ) -> person_pb2.ListPersonsResponse:
        del context
        query = {"q": request.query, "limit": str(request.page_size or PAGE_DEFAULT)}
        if request.page_token:
            query["cursor"] = request.page_token
        try:
            wanted = load(PersonsQuerySchema(), query)
        except InvalidInput as error:
            raise InvalidInput([(GRPC_FIELDS[field], reason) for field, reason in error.violations]) from error
        (after,) = wanted["cursor"] or (0,)
        page = self.people.list_page(q=wanted["q"], limit=wanted["limit"], after=after)
        token = "" if page.next_after is None else encode_cursor(page.next_after)
        return person_pb2.ListPersonsResponse(persons=map(message, page.persons), next_page_token=token)


def message(person: PersonRow) -> person_pb2.Person:
    return person_pb2.Person(
        id=person.id, first_name=person.first_name, last_name=person.last_name, company_name=person.company_name
    )
