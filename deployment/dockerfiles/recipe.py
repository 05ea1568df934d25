"""What the images of the Python services have in common stands in service.Dockerfile; here is what each has of its own.

Each service keeps a Dockerfile that can be built alone, `docker build -f modules/NAME/Dockerfile .`: a base image of
all would have to be built first, and docker-compose 1.29 knows no way to say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Final

HERE: Final = Path(__file__).parent
MODULES: Final = HERE.parents[1] / "modules"
# Of the C library, for connection_service: see its README. What is started without a container has the same.
MALLOC: Final = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1048576", "MALLOC_TRIM_THRESHOLD_": "4194304"}

COMPILER: Final = """
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --quiet --yes --no-install-recommends gcc libc6-dev \\
 && rm -rf /var/lib/apt/lists/*"""


class Recipe(Template):
    delimiter = "%"  # the Dockerfile's own variables begin with $


@dataclass(frozen=True)
class Image:
    name: str
    description: str
    ports: tuple[int, ...]
    modules: tuple[str, ...] = ("service_kit",)
    """What it needs of ours besides itself."""

    compiled: tuple[str, ...] = ()
    """Folders of modules that have a compile.sh."""

    imports: tuple[str, ...] = ()
    """What is imported late, and is to be compiled all the same."""

    left_out: tuple[str, ...] = ()
    """What it does not use of its libraries, as tests of `find`, one a line."""

    environment: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""

    @property
    def dockerfile(self) -> Path:
        return MODULES / self.name / "Dockerfile"

    def text(self) -> str:
        return Recipe((HERE / "service.Dockerfile").read_text()).substitute(
            name=self.name,
            description=self.description,
            remark=self.remark,
            left_out="".join(f" \\\n      -o {tests}" for tests in self.left_out),
            compiler=COMPILER if self.compiled else "",
            copies="\n".join(f"COPY modules/{module} /app/{module}" for module in (*self.modules, self.name)),
            compiled="".join(f"\nRUN /app/{folder}/compile.sh" for folder in self.compiled),
            imports=", ".join((f"{self.name}.__main__", *self.imports)),
            environment="".join(f" {name}={value}" for name, value in self.environment.items()),
            ports=" ".join(map(str, self.ports)),
        )


DRIVER: Final = "sqlalchemy.dialects.postgresql.psycopg2"
ENGINE: Final = "proximity"

IMAGES: Final = (
    Image(
        "phone_gateway",
        "HTTP → gRPC: what the apps on phones send",
        (30008, 30009),
        modules=("service_kit", "location_client"),
        imports=("phone_gateway.files.reading",),
    ),
    Image("location_producer", "gRPC → Kafka", (30003, 30006)),
    Image("location_consumer", "Kafka → PostGIS", (30005,), modules=("service_kit", "proximity")),
    Image(
        "meeting_finder",
        "PostGIS → PostGIS, Kafka: meetings remembered and told",
        (30007,),
        modules=("service_kit", "proximity"),
        compiled=(ENGINE,),
    ),
    Image("person_service", "REST and gRPC: who is there", (30001, 30004), imports=(DRIVER,)),
    Image(
        "connection_service",
        "REST: who met whom",
        (30002,),
        modules=("service_kit", "proximity"),
        compiled=(ENGINE,),
        imports=(DRIVER,),
        left_out=(
            "-name '*es-bundle*' -o -path '*/numpy/f2py'",
            "-path '*/numpy/distutils' -o -path '*/numpy/random' -o -path '*/numpy/_core/include' -o -name '*.pxd'",
            "-name '_simd.*.so' -o -name '*_tests.*.so'",
            "-path '*/sqlalchemy/testing' -o -path '*/dialects/m*sql' -o -path '*/dialects/oracle'",
            "-path '*/dialects/sqlite' -o -name '*_cy.*.so'",
        ),
        environment=MALLOC,
        remark=(
            ". Large libraries come together here, so that what it does not use of them is left out; SQLAlchemy goes\n"
            "# without its compiled parts, because rows are read by COPY."
        ),
    ),
    Image("encounter_stream", "Kafka → server-sent events: encounters while they happen", (30010, 30011)),
)
