"""What was measured at one size, and how it is kept between runs."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.query.clients import Crowd, Load
from benchmarks.query.question import Kind

SERVICE, INDEX, STARTER, PLAIN = "service", "index queries", "starter's algorithm", "plain ST_DWithin"
SMALL_TOWN = "service, small town"
ESTIMATE = "encounters by estimate"  # beside the service's encounters by fixes


@dataclass(frozen=True)
class Run:
    """The questions of one kind that one of the peers was asked in one round."""

    who: str
    kind: Kind
    milliseconds: list[float]
    rows: list[int]  # of each answer; of INDEX: candidates
    service_ms: list[float] = field(default_factory=list)  # of a peer: the service's, asked right before or after it
    measured_queries: int = 0  # of STARTER for a month: of the thousands of queries of each question
    loaded: list[int] = field(default_factory=list)  # of ESTIMATE: locations that the answer takes
    service_loaded: list[int] = field(default_factory=list)

    def percentile(self, percent: float) -> float:
        return float(np.percentile(self.milliseconds, percent))

    def service_percentile(self, percent: float) -> float:
        """Likewise, of the service's times that stand beside."""
        return float(np.percentile(self.service_ms, percent))

    @property
    def ratio(self) -> float:
        """How many times as long as the service this peer took: the median over the questions."""
        return median(theirs / ours for theirs, ours in zip(self.milliseconds, self.service_ms, strict=True))


@dataclass(frozen=True)
class Memory:
    """Of connection_service while every page of one answer was read."""

    question: str
    rows: int
    pages: int
    seconds: float
    all_processes_mb: float  # at their most together; what they share counted once
    largest_process_mb: float  # the highest that the kernel saw of any one, shared pages and all

    @property
    def megabytes(self) -> float:
        return max(self.all_processes_mb, self.largest_process_mb)


@dataclass
class Part:
    name: str
    locations: int
    people: int
    machine: dict[str, str]
    load_s: float = 0
    small_town: int = 0  # locations of the other one
    runs: list[Run] = field(default_factory=list)
    agreed_questions: int = 0
    agreed_rows: int = 0
    crowds: list[Crowd] = field(default_factory=list)
    memory: Memory | None = None

    def of(self, who: str, kind: Kind) -> list[Run]:
        """One for each round."""
        return [run for run in self.runs if (run.who, run.kind) == (who, kind)]

    def percentile(self, who: str, kind: Kind, percent: float) -> float | None:
        """The median over the rounds; None where it was not measured."""
        runs = self.of(who, kind)
        return median(run.percentile(percent) for run in runs) if runs else None

    def ratio(self, peer: str, kind: Kind) -> float | None:
        """Likewise, of how many times as long a peer took."""
        runs = self.of(peer, kind)
        return median(run.ratio for run in runs) if runs else None

    def kinds(self) -> Iterator[Kind]:
        yield from dict.fromkeys(run.kind for run in self.runs)


def save(part: Part, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{part.name}.json").write_text(json.dumps(asdict(part), indent=1) + "\n")


def saved(folder: Path) -> list[Part]:
    """All parts, the smallest first."""
    return sorted((read(path.read_text()) for path in folder.glob("*.json")), key=lambda part: part.locations)


def read(text: str) -> Part:
    document = json.loads(text)
    runs = [Run(**{**run, "kind": Kind(**run["kind"])}) for run in document.pop("runs")]
    crowds = [Crowd(Load(**crowd["one"]), Load(**crowd["many"])) for crowd in document.pop("crowds")]
    memory = document.pop("memory")
    return Part(**document, runs=runs, crowds=crowds, memory=memory and Memory(**memory))
