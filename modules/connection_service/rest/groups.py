"""Groups, three people and more who were together at once: the resource, and how its rows are written."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

import numpy as np
from flask import Response

from connection_service.people.known import KnownPeople
from connection_service.rest.answer_schemas import GroupSchema
from connection_service.rest.json_columns import instants, numbers, seconds
from connection_service.rest.query_schemas import GroupQuerySchema
from connection_service.rest.resources import PAGED, Store, paged
from connection_service.rest.weave import Rows, texts, woven
from connection_service.search.groups import group_page, pair_meetings
from connection_service.search.questions import GroupQuestion
from proximity.network.groups import Group, PairMeetings, Places
from service_kit.access.rules import ADMIN, check_own
from service_kit.errors import NotFound
from service_kit.rest.access import current_caller
from service_kit.rest.api import Resource, operation

NOBODY: Final = 0
GROUP: Final = (
    b'{"started_at":%started_at,"ended_at":%ended_at,"duration_s":%duration_s,'
    b'"place":{"latitude":%latitude,"longitude":%longitude},"members":[%members]}'
)


class GroupsResource(Resource):
    store: Store
    people: KnownPeople

    @operation(
        query=GroupQuerySchema(),
        answer=GroupSchema(many=True),
        description="By started_at, of equals the longest first; of the time that is settled",
        headers=PAGED,
        problems=(HTTPStatus.NOT_FOUND,),
    )
    def get(self, query: dict[str, Any]) -> Response:
        """Three people and more who were together at once."""
        question = of_caller(GroupQuestion(**query))
        person_id = question.person_id or NOBODY
        with self.store.locations() as locations:
            freshness = locations.freshness(person_id, question.start_us)
            met = pair_meetings(locations, question)
        named = {*met.person_id.tolist(), *met.other_id.tolist()} | ({person_id} - {NOBODY})
        people = self.people.ask_for_people(named, freshness.people)()
        if person_id and person_id not in people:
            raise NotFound(f"person {person_id}")
        # Whoever is being erased was nowhere. Others were together without them, too, and perhaps for longer.
        there = [named_id for named_id in named if named_id in people]
        met = met.at(np.isin(met.person_id, there) & np.isin(met.other_id, there)).by_pair()
        page = group_page(met, question)
        rows = group_rows(page.rows, met, people)
        return paged(person_id, question, rows, page.next_after, freshness)


def of_caller(question: GroupQuestion) -> GroupQuestion:
    """A bound token is told of groups that its person was in. Raises NotAllowed where it asks for those of another."""
    caller = current_caller()
    if caller is None or caller.person_id is None or ADMIN in caller.scopes:
        return question
    check_own(caller, [question.person_id or caller.person_id])
    return replace(question, person_id=caller.person_id)


def group_rows(found: list[Group], met: PairMeetings, people: Mapping[int, str]) -> Rows:
    if not found:
        return Rows(0, b"")
    started_us = np.array([group.started_us for group in found], np.int64)
    ended_us = np.array([group.ended_us for group in found], np.int64)
    where = Places(met)
    places = np.array([where.place(group) for group in found])
    return woven(
        GROUP,
        len(found),
        started_at=instants(started_us),
        ended_at=instants(ended_us),
        duration_s=seconds(ended_us - started_us),
        latitude=numbers(places[:, 0]),
        longitude=numbers(places[:, 1]),
        members=texts([",".join(people[member] for member in group.members) for group in found]),
    )
