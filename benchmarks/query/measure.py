"""The order of things at one size: load, ask all the same, hold the answers against each other, then the crowd."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial

from benchmarks.machine import machine
from benchmarks.query.clients import crowd
from benchmarks.query.estimates import beside_fixes
from benchmarks.query.load import remember, settle, town_database
from benchmarks.query.over_http import Service
from benchmarks.query.part import INDEX, PLAIN, SERVICE, SMALL_TOWN, STARTER, Memory, Part, Run
from benchmarks.query.peers import plain, starter
from benchmarks.query.peers.agreement import with_plain, with_starter
from benchmarks.query.peers.index_queries import IndexQueries
from benchmarks.query.peers.plain import Plain
from benchmarks.query.peers.starter import Starter
from benchmarks.query.plan import Plan
from benchmarks.query.processes import MemoryWatch, largest_peak_mb
from benchmarks.query.question import ANY, DAY, KINDS, MET, MONTH, REMEMBERED, Kind, Question, random_questions
from benchmarks.query.town import FIRST_DAY, Town
from benchmarks.query.turns import in_turns
from benchmarks.services import service
from benchmarks.stores import Stores, execute
from deployment.native.ports import free_address
from deployment.native.postgresql import postmaster_pid
from deployment.native.schema import Database

CROWD_QUESTIONS = 500
STARTER_MONTHS = 2  # persons a round
WARM_UP = 10


def measure(stores: Stores, plan: Plan) -> Part:
    """Raises DisagreementError where an answer is wrong."""
    town = Town.of(plan.locations)
    began = time.monotonic()
    with town_database(stores, town) as (database, locations):
        part = Part(plan.name, locations, town.people, machine(), time.monotonic() - began)
        say(plan, f"{locations:,} locations of {town.people:,} people loaded in {part.load_s:.0f} s")
        make_peers(database, plan)
        with ExitStack() as running:
            person_service = running.enter_context(service(stores, "person_service", database))
            connection_service = running.enter_context(service(stores, "connection_service", database))
            asked = running.enter_context(closing(Service(stores.addresses["CONNECTION_URL"])))
            index = running.enter_context(closing(IndexQueries(database.connection_service)))
            for question in random_questions(DAY, town.people, WARM_UP, "warm up"):
                asked.ask(question)
                index.ask(question)
            for round_ in range(1, plan.rounds + 1):
                for run in [
                    *beside_index_queries(asked, index, plan, town, round_),
                    *(beside_fixes(asked, database, some) for some in about_meetings(MET, plan, town, round_)),
                    *beside_peers(asked, database, plan, town, round_),
                ]:
                    part.runs.append(run)
                    say(plan, f"round {round_}: {run.who}: {run.kind.name}: {run.percentile(50):,.1f} ms (p50)")
            part.runs += remembered(stores, asked, database, plan, town)
            if plan.small_town:
                for run in growth(stores, asked, plan, town, part):
                    part.runs.append(run)
                    say(plan, f"beside a small town: {run.kind.name}: {run.percentile(50):,.1f} ms there (p50)")
            agree(asked, database, plan, town, part)
            if plan.crowd_s:
                servers = (connection_service.process.pid, person_service.process.pid, postmaster_pid(stores.folder))
                questions = random_questions(DAY, town.people, CROWD_QUESTIONS, "crowd")
                for _ in range(plan.rounds):
                    found = crowd(stores.addresses["CONNECTION_URL"], servers, questions, plan.crowd_s)
                    part.crowds.append(found)
                    say(plan, f"16 clients: {found.many.requests_a_second:,.0f} of {found.possible:,.0f} requests/s")
        if plan.with_memory:
            part.memory = memory(stores, database, Question(Kind("month", 500, ANY), town.much_travelled(), FIRST_DAY))
            say(plan, f"{part.memory.rows:,} rows in {part.memory.pages} pages: {part.memory.megabytes:.0f} MB")
    return part


def growth(stores: Stores, asked: Service, plan: Plan, town: Town, part: Part) -> Iterator[Run]:
    """The service of this town and that of a small one, asked in turns, so that the machine is the same for both."""
    small = Town.of(plan.small_town)
    elsewhere = {"CONNECTION_URL": f"http://{free_address()}", "PERSON_URL": f"http://{free_address()}"}
    there = replace(stores, addresses=stores.addresses | elsewhere | {"PERSON_GRPC": free_address()})
    with (
        town_database(there, small) as (database, part.small_town),
        service(there, "person_service", database),
        service(there, "connection_service", database),
        closing(Service(there.addresses["CONNECTION_URL"])) as asked_there,
    ):
        for question in random_questions(DAY, small.people, WARM_UP, "warm up"):
            asked_there.ask(question)
        for round_ in range(1, plan.rounds + 1):
            for kind in (DAY, MONTH):
                run = Run(SMALL_TOWN, kind, [], [])
                seed = f"{plan.name} {round_} growth"
                pairs = zip(
                    random_questions(kind, town.people, plan.persons(kind), seed),
                    random_questions(kind, small.people, plan.persons(kind), seed),
                    strict=False,  # a very small town has fewer people
                )
                for number, (question, question_there) in enumerate(pairs):
                    small_one, large_one = in_turns(
                        number, partial(asked_there.ask, question_there), partial(asked.ask, question)
                    )
                    run.milliseconds.append(small_one.seconds * 1000)
                    run.rows.append(len(small_one.rows()))
                    run.service_ms.append(large_one.seconds * 1000)
                yield run


def make_peers(database: Database, plan: Plan) -> None:
    began = time.monotonic()
    if plan.starter_persons:
        execute(database.owner, starter.SCHEMA)
    if plan.plain_persons:
        execute(database.owner, plain.TABLE)
        execute(database.owner, plain.INDEXES)
    settle(database)
    say(plan, f"the peers' tables made in {time.monotonic() - began:.0f} s")


def beside_index_queries(asked: Service, index: IndexQueries, plan: Plan, town: Town, round_: int) -> Iterator[Run]:
    """The service and the bare queries, about the same."""
    for kind in KINDS:
        questions = random_questions(kind, town.people, plan.persons(kind), f"{plan.name} {round_}")
        if not questions:
            continue
        ours, bare = Run(SERVICE, kind, [], []), Run(INDEX, kind, [], [])
        for number, question in enumerate(questions):
            answer, found = in_turns(number, partial(asked.ask, question), partial(index.ask, question))
            ours.milliseconds.append(answer.seconds * 1000)
            ours.rows.append(len(answer.rows()))
            bare.milliseconds.append(found.seconds * 1000)
            bare.rows.append(found.rows)
        yield ours
        yield bare


def about_meetings(kinds: Sequence[Kind], plan: Plan, town: Town, round_: int) -> Iterator[list[Question]]:
    for kind in kinds:
        if questions := random_questions(kind, town.people, plan.persons(kind), f"{plan.name} {round_} estimates"):
            yield questions


def remembered(stores: Stores, asked: Service, database: Database, plan: Plan, town: Town) -> Iterator[Run]:
    """Meetings that meeting_finder has settled before, and those by fixes."""
    if not plan.settled:
        return
    began = time.monotonic()
    remember(stores, database)
    say(plan, f"meetings remembered in {time.monotonic() - began:.0f} s")
    for round_ in range(1, plan.rounds + 1):
        for questions in about_meetings(REMEMBERED, plan, town, round_):
            yield beside_fixes(asked, database, questions)


def beside_peers(asked: Service, database: Database, plan: Plan, town: Town, round_: int) -> Iterator[Run]:
    seed = f"{plan.name} {round_} peers"
    if plan.starter_persons:
        with closing(Starter(database.owner)) as peer:
            days = random_questions(DAY, town.people, plan.starter_persons, seed)
            yield beside_starter(asked, peer, DAY, days)
            months = random_questions(MONTH, town.people, STARTER_MONTHS, seed)
            yield beside_starter(asked, peer, MONTH, months, plan.starter_month_queries)
    if plan.plain_persons:
        run = Run(PLAIN, DAY, [], [])
        with closing(Plain(database.owner)) as peer_:
            for question in random_questions(DAY, town.people, plan.plain_persons, seed):
                run.service_ms.append(asked.ask(question).seconds * 1000)
                found = peer_.ask(question)
                run.milliseconds.append(found.seconds * 1000)
                run.rows.append(found.rows)
        yield run


def beside_starter(
    asked: Service, peer: Starter, kind: Kind, questions: Sequence[Question], most_queries: int | None = None
) -> Run:
    run = Run(STARTER, kind, [], [], [], most_queries or 0)
    for question in questions:
        run.service_ms.append(asked.ask(question).seconds * 1000)
        took = peer.ask(question, most_queries)
        run.milliseconds.append(took.seconds * 1000)
        run.rows.append(len(took.found))
    return run


def agree(asked: Service, database: Database, plan: Plan, town: Town, part: Part) -> None:
    """The service's answers against the peers', row for row: every kind about a day, and one month."""
    if not plan.agreeing_persons:
        return
    compared = []
    with closing(Plain(database.owner)) as peer:
        for kind in KINDS:
            persons = plan.agreeing_persons if kind.span == "day" else int(kind == MONTH)
            questions = random_questions(kind, town.people, persons, "agreement")
            compared += [with_plain(asked, peer, question) for question in questions]
    if plan.starter_persons:
        with closing(Starter(database.owner)) as starter_:
            questions = random_questions(Kind("day", 50, ANY), town.people, plan.starter_persons, "agreement")
            compared += [with_starter(asked, starter_, question) for question in questions]
    part.agreed_questions, part.agreed_rows = len(compared), sum(compared)
    say(plan, f"{len(compared)} answers with {sum(compared):,} rows agree")


def memory(stores: Stores, database: Database, question: Question) -> Memory:
    """Of a service that has just started, while all pages of one answer are read."""
    with (
        service(stores, "person_service", database),
        service(stores, "connection_service", database) as running,
        closing(Service(stores.addresses["CONNECTION_URL"])) as asked,
    ):
        began = time.monotonic()
        with MemoryWatch(running.process.pid) as watch:
            rows = [len(answer.rows()) for answer in asked.pages(question)]
        return Memory(
            question.kind.name,
            sum(rows),
            len(rows),
            time.monotonic() - began,
            watch.most_mb,
            largest_peak_mb([running.process.pid]),
        )


def say(plan: Plan, what: str) -> None:
    print(f"{plan.name}: {what}", file=sys.stderr, flush=True)
