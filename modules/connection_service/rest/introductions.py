"""Who might be introduced to a person, and by whom: the resource, and how its rows are written."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import numpy as np
from flask import Response

from connection_service.people.known import KnownPeople
from connection_service.people.person_service import check_id
from connection_service.rest.answer_schemas import IntroductionSchema
from connection_service.rest.json_columns import seconds
from connection_service.rest.query_schemas import IntroductionQuerySchema
from connection_service.rest.resources import FRESHNESS, Store, listed
from connection_service.rest.weave import Rows, texts, woven
from connection_service.search.questions import IntroductionQuestion
from proximity.instants import DAY_US
from proximity.network.introductions import Introduction, introductions
from proximity.windows import WINDOW_US
from service_kit.rest.api import Resource, operation

MOST_BETWEEN: Final = 50  # persons in between, those whom the person was with for the longest
WINDOWS_A_DAY: Final = DAY_US // WINDOW_US

VIA: Final = b'{"person":%person,"own_duration_s":%own_duration_s,"other_duration_s":%other_duration_s}'
INTRODUCTION: Final = b'{"person":%person,"strength_s":%strength_s,"via":[%via]}'


class IntroductionsResource(Resource):
    store: Store
    people: KnownPeople

    @operation(
        query=IntroductionQuerySchema(),
        answer=IntroductionSchema(many=True),
        description="By strength_s, the strongest first, and person id; of the time that is settled, in whole days",
        headers=FRESHNESS,
        problems=(HTTPStatus.NOT_FOUND,),
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """People not met who spent time with those who were."""
        question = IntroductionQuestion(**query)
        check_id(person_id)
        # Whole days: to the minute it would be told when others met.
        first, until = question.start_us // DAY_US * WINDOWS_A_DAY, (question.end_us // DAY_US + 1) * WINDOWS_A_DAY
        with self.store.locations() as locations:
            freshness = locations.freshness(person_id, question.start_us)
            windows = locations.settled(first, until)
            ties = locations.ties(person_id, windows, question.min_duration_us, MOST_BETWEEN)
        named = {*ties.between_id.tolist(), *ties.other_id.tolist()}
        people = self.people.ask_for_people_met(person_id, named, freshness.people)()
        # Nobody is introduced who is being erased, nor by them.
        there = [named_id for named_id in named if named_id in people]
        ties = ties.at(np.isin(ties.between_id, there) & np.isin(ties.other_id, there))
        found = introductions(ties, question.limit)
        response = listed(introduction_rows(found, people))
        response.headers.update(freshness.header())
        return response


def introduction_rows(found: list[Introduction], people: Mapping[int, str]) -> Rows:
    via = [
        woven(
            VIA,
            introduction.ties.between_id.size,
            person=texts([people[between] for between in introduction.ties.between_id.tolist()]),
            own_duration_s=seconds(introduction.ties.own_us),
            other_duration_s=seconds(introduction.ties.other_us),
        )
        for introduction in found
    ]
    return woven(
        INTRODUCTION,
        len(found),
        person=texts([people[introduction.person_id] for introduction in found]),
        strength_s=seconds(np.array([introduction.strength_us for introduction in found], np.int64)),
        via=texts([rows.text.decode() for rows in via]),
    )
