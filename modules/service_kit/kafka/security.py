"""How Kafka is to be reached: in plain text, or over TLS with a user of this service's own.

Without grpc or flask, so that every service can use it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from environs import Env, EnvError, validate

from service_kit.settings import readable_file

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_SSL")
MECHANISMS = ("SCRAM-SHA-512", "SCRAM-SHA-256")
ATTEMPT_MS = 5_000


@dataclass(frozen=True)
class KafkaSecurity:
    """`password_file` and `ca_file` are paths; without a CA, those that the system trusts."""

    protocol: str = "PLAINTEXT"
    mechanism: str = "SCRAM-SHA-512"
    username: str = ""
    password_file: str = ""
    ca_file: str = ""

    def options(self) -> dict[str, Any]:
        """What every client of kafka-python is to be given. Reads the password anew. Raises OSError."""
        options: dict[str, Any] = {"security_protocol": self.protocol}
        if self.protocol != "PLAINTEXT":
            options |= {"ssl_check_hostname": True, "ssl_cafile": self.ca_file or None}
        if self.protocol.startswith("SASL_"):
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": Path(self.password_file).read_text().strip(),
            }
        return options


def ways_to_kafka(bootstrap_servers: Sequence[str], security: KafkaSecurity) -> Iterator[dict[str, Any]]:
    """For ever the options of a client that is made anew, the next way, where it does not come about by this one.

    Each way is one server: of several kafka-python takes any, and waits for it all of the time. `next` raises OSError.
    """

    def options(server: str) -> dict[str, Any]:
        return {
            **security.options(),
            "bootstrap_servers": [server],
            "bootstrap_timeout_ms": ATTEMPT_MS,
            "reconnect_backoff_max_ms": 1_000,
        }

    return map(options, cycle(bootstrap_servers))


def read_kafka_security(env: Env) -> KafkaSecurity:
    """Read KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_MECHANISM, KAFKA_USERNAME, KAFKA_PASSWORD_FILE and KAFKA_CA_FILE.

    Raises EnvError where they do not fit together: a password is never sent where anybody could read along, nor is a CA
    named in vain.
    """
    security = KafkaSecurity(
        protocol=env.str("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT", validate=validate.OneOf(PROTOCOLS)),
        mechanism=env.str("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512", validate=validate.OneOf(MECHANISMS)),
        username=env.str("KAFKA_USERNAME", ""),
        password_file=env.str("KAFKA_PASSWORD_FILE", "", validate=readable_file),
        ca_file=env.str("KAFKA_CA_FILE", "", validate=readable_file),
    )
    has_user = bool(security.username and security.password_file)
    if (security.protocol == "SASL_SSL") != has_user or bool(security.username) != bool(security.password_file):
        raise EnvError(
            "KAFKA_USERNAME and KAFKA_PASSWORD_FILE belong to KAFKA_SECURITY_PROTOCOL=SASL_SSL, and it to them"
        )
    if security.ca_file and security.protocol == "PLAINTEXT":
        raise EnvError("KAFKA_CA_FILE is of no use with KAFKA_SECURITY_PROTOCOL=PLAINTEXT")
    return security
