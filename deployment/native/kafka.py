"""One Kafka node, broker and controller in one, on loopback, with its data in the data folder."""

import base64
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deployment.native.folders import KAFKA_JARS, DataFolder
from deployment.native.lock import marked_environment
from deployment.native.ports import HOST
from deployment.native.postgresql import tail

PROPERTIES = Template(Path(__file__).with_name("kafka.properties").read_text())
CLASSES = KAFKA_JARS / "classes.jsa"  # see kafka_classes.py
# Where the archive is missing or of another JVM, classes are loaded as ever, and nothing is said about it.
SHARED_CLASSES = ["-Xshare:auto", f"-XX:SharedArchiveFile={CLASSES}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]
MEMORY = ["-Xms256m", "-Xmx768m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"]
JAVA = ["java", *SHARED_CLASSES, *MEMORY, "-cp", f"{KAFKA_JARS}/*"]
START_TIMEOUT_S = 600  # if it ends it is not waited for
STOP_TIMEOUT_S = 30


@contextmanager
def kafka(folder: DataFolder, broker_port: int, controller_port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run Kafka for the length of the `with` block. It is not ready at once: see `wait_for_kafka`."""
    command = kafka_command(folder, broker_port, controller_port)
    environment = marked_environment(folder)
    with kafka_log(folder).open("wb") as log:
        # In a session of its own, so that Ctrl-C reaches it only after the services have drained.
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def kafka_command(folder: DataFolder, broker_port: int, controller_port: int, more: str = "") -> list[str]:
    """Prepare the storage, and return what runs Kafka on it. `more`: lines of server.properties that win over ours."""
    folder.kafka.mkdir(exist_ok=True)
    properties = folder.kafka / "server.properties"
    ports = {"broker_port": broker_port, "controller_port": controller_port}
    properties.write_text(PROPERTIES.substitute(ports, log_dirs=folder.kafka / "data") + more)
    format_storage(folder, properties)
    options = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showThreadName=false"]
    return [*JAVA, *options, "kafka.Kafka", str(properties)]


def format_storage(folder: DataFolder, properties: Path) -> None:
    if (folder.kafka / "data" / "meta.properties").exists():
        return
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # In one word: an identifier may begin with a hyphen.
    command = [*JAVA, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", str(properties)]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"Kafka could not prepare its storage:\n{result.stdout}{result.stderr}")


def wait_for_kafka(folder: DataFolder, process: subprocess.Popen[bytes], port: int) -> None:
    """Return once the broker answers. Raises SystemExit with the end of its log if it ends or takes too long."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            KafkaAdminClient(bootstrap_servers=f"{HOST}:{port}", bootstrap_timeout_ms=1000).close()
        except KafkaError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"Kafka did not start; the end of its log:\n{tail(kafka_log(folder))}")


def kafka_log(folder: DataFolder) -> Path:
    return folder.logs / "kafka.log"
