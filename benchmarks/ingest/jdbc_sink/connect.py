"""Kafka Connect as one standalone worker with one connector: its programs and its settings."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deployment.native.folders import REPOSITORY

POM = Path(__file__).with_name("pom.xml")
JARS = REPOSITORY / "var" / "programs" / "jdbc_sink"
COPY_JARS = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
BATCH = 5_000

SCHEMA = {
    "type": "struct",
    "fields": [
        {"field": "person_id", "type": "int64"},
        {"field": "creation_time", "type": "string", "name": "io.debezium.time.ZonedTimestamp"},
        {
            "field": "coordinate",
            "type": "struct",
            "name": "io.debezium.data.geometry.Geometry",
            "fields": [{"field": "wkb", "type": "bytes"}, {"field": "srid", "type": "int32", "optional": True}],
        },
        {"field": "accuracy_m", "type": "float", "optional": True},
    ],
}


class NotToBeHadError(Exception):
    """The programs could not be fetched."""


def fetch() -> None:
    """Fetch the programs once. Raises NotToBeHadError."""
    made = JARS / ".made"
    if made.exists():
        return
    options = ["--batch-mode", "--quiet", "-Dstyle.color=never", "-DincludeScope=runtime"]
    command = ["mvn", *options, "--file", str(POM), COPY_JARS, f"-DoutputDirectory={JARS}"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    if result.returncode != 0:
        raise NotToBeHadError(result.stdout.strip().splitlines()[0] if result.stdout.strip() else result.stderr)
    made.touch()


def command(worker: Path, connector: Path) -> list[str]:
    quiet = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
    java = ["java", "-Xms512m", "-Xmx1g", "-XX:+UseG1GC", *quiet, "-cp", f"{JARS}/*"]
    return [*java, "org.apache.kafka.connect.cli.ConnectStandalone", str(worker), str(connector)]


def write_settings(folder: Path, *, servers: str, topic: str, database_url: str, rest_port: int) -> tuple[Path, Path]:
    worker, connector = folder / "connect-worker.properties", folder / "connect-sink.properties"
    write(worker, worker_settings(servers, folder / f"{topic}.offsets", rest_port))
    write(connector, connector_settings(topic, database_url))
    return worker, connector


def worker_settings(servers: str, offsets: Path, rest_port: int) -> dict[str, str]:
    return {
        "bootstrap.servers": servers,
        "listeners": f"http://127.0.0.1:{rest_port}",
        "offset.storage.file.filename": str(offsets),
        "key.converter": "org.apache.kafka.connect.converters.ByteArrayConverter",
        "value.converter": "org.apache.kafka.connect.json.JsonConverter",
        "value.converter.schemas.enable": "true",
        "value.converter.schema.content": json.dumps(SCHEMA, separators=(",", ":")),
        "consumer.auto.offset.reset": "earliest",
        "consumer.max.poll.records": str(BATCH),
        "consumer.fetch.min.bytes": "262144",
        "consumer.max.partition.fetch.bytes": "4194304",
        "offset.flush.interval.ms": "5000",
    }


def connector_settings(topic: str, database_url: str) -> dict[str, str]:
    url = urlsplit(database_url)
    return {
        "name": topic,
        "connector.class": "io.debezium.connector.jdbc.JdbcSinkConnector",
        "tasks.max": "1",
        "topics": topic,
        "connection.url": f"jdbc:postgresql://{url.hostname}:{url.port}{url.path}?reWriteBatchedInserts=true",
        "connection.username": str(url.username),
        "connection.password": str(url.password),
        "insert.mode": "upsert",
        "primary.key.mode": "record_value",
        "primary.key.fields": "person_id,creation_time",
        "schema.evolution": "none",
        "collection.name.format": "location",
        "batch.size": str(BATCH),
        "use.time.zone": "UTC",
    }


def write(path: Path, settings: Mapping[str, str]) -> None:
    path.touch(mode=0o600)  # it holds a password
    escaped = {name: value.replace("\\", "\\\\") for name, value in settings.items()}
    path.write_text("".join(f"{name}={value}\n" for name, value in escaped.items()))
