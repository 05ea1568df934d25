"""A person as JSON, as it stands in every answer: written once, for whoever is named in thousands of rows."""

from collections.abc import Mapping
from json.encoder import encode_basestring as text

from service_kit.rpc.people import Person


def people_as_json(people: Mapping[int, Person]) -> dict[int, str]:
    return {
        person_id: f'{{"id":{person_id},"first_name":{text(person["first_name"])},'
        f'"last_name":{text(person["last_name"])},"company_name":{text(person["company_name"])}}}'
        for person_id, person in people.items()
    }
