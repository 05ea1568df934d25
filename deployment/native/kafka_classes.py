"""Keep Kafka's classes as a JVM has them once they are loaded and checked (an archive of class data sharing, CDS).

`python -m deployment.native.kafka_classes`, once after Kafka has been fetched: brokers, of which `make test` starts
many, then need less of the processor to come up.
"""

import subprocess
import tempfile
from pathlib import Path

from deployment.native.folders import DataFolder
from deployment.native.kafka import CLASSES, SHARED_CLASSES, kafka_command, kafka_log, wait_for_kafka
from deployment.native.ports import spare_block

# So that it is never taken for whole before it is.
DRAFT = CLASSES.with_suffix(".draft")


def main() -> None:
    """Run a broker until it answers. Raises SystemExit where it does not come up."""
    with tempfile.TemporaryDirectory() as path:
        folder, port = DataFolder(Path(path)), spare_block()
        folder.make()
        java, *rest = [word for word in kafka_command(folder, port, port + 1) if word not in SHARED_CLASSES]
        with kafka_log(folder).open("wb") as log:
            broker = subprocess.Popen([java, f"-XX:ArchiveClassesAtExit={DRAFT}", *rest], stdout=log, stderr=log)
        try:
            wait_for_kafka(folder, broker, port)
        finally:
            broker.terminate()  # the archive is written on the way out
            broker.wait()
    if DRAFT.exists():
        DRAFT.replace(CLASSES)
    else:
        print("This JVM keeps no classes; brokers load them as ever.")


if __name__ == "__main__":
    main()
