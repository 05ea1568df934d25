"""What whoever keeps the secrets of production makes: passwords, certificates, tokens; and the users of Kafka."""

import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import yaml
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
    UserScramCredentialUpsertion,
)

from deployment.native.folders import REPOSITORY
from tests.certificates import Authority, Pair
from tests.cluster import kubectl
from tests.cluster.production.overlay import ISSUER_HOST, KAFKA, LOCATIONS, OUTSIDE, PAGE, PHONES, POSTGRESQL
from tests.issuer import Issuer
from tests.patience import PATIENCE_S

USERS = REPOSITORY / "deployment" / "components" / "strimzi" / "users.yaml"
ROLES = ("udaconnect", "person-service", "location-consumer", "meeting-finder", "connection-service", "retention")
GATEWAYS_SCOPES = ("locations:write", "refusals:write", "devices:check")
FOR_HOURS_S = 6 * 3600.0
INTERNAL = 19092


def passwords() -> dict[str, str]:
    """Secret → password."""
    return {name: secrets.token_urlsafe(24) for name in [*(f"database-{role}" for role in ROLES), *kafka_users()]}


def in_production(authority: Authority, issuer: Issuer, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """The Secrets that docs/operations.md and docs/security.md list."""
    clients = [authority.issue(name, name) for name in ("phone-gateway", "connection-service", "encounter-stream")]
    servers = [
        authority.issue("location-producer", "location-producer", LOCATIONS),
        authority.issue("person-service", "person-service-grpc"),
    ]
    ca = {"ca.crt": authority.ca.read_text()}
    gateways = issuer.token(*GATEWAYS_SCOPES, sub="phone_gateway", expires_in_s=FOR_HOURS_S)
    readers = issuer.token("people:read", sub="connection_service", expires_in_s=FOR_HOURS_S)
    return [
        *(database(name, chosen[name]) for name in chosen if name.startswith("database-")),
        *(secret(name, {"password": chosen[name]}) for name in chosen if name.startswith("kafka-")),
        *(secret(f"{pair.cert.stem}-tls", content(pair) | ca) for pair in (*clients, *servers)),
        secret("phone-gateway-token", {"token": gateways}),
        secret("person-service-token", {"token": readers}),
        secret("udaconnect-cluster-ca-cert", ca),
        secret("udaconnect-ca", ca),
        *(
            secret(name, content(authority.issue(name, host)), "kubernetes.io/tls")
            for name, host in (("rest-tls", PAGE), ("phones-tls", PHONES), ("grpc-tls", LOCATIONS))
        ),
    ]


def of_stores(authority: Authority, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    kafka = content(authority.issue("kafka-server", KAFKA))
    return [
        *(database(name, chosen[name]) for name in chosen if name.startswith("database-")),
        database("database-postgres", secrets.token_urlsafe(24)),
        secret("kafka-server", {"keystore.pem": kafka["tls.key"] + kafka["tls.crt"]}),
        secret("postgis-server", content(authority.issue("postgis-server", POSTGRESQL))),
        secret("issuer-server", content(authority.issue("issuer-server", ISSUER_HOST))),
    ]


def secret(name: str, data: Mapping[str, str], kind: str = "Opaque") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": kind, "stringData": dict(data)}


def database(name: str, password: str) -> dict[str, Any]:
    username = name.removeprefix("database-").replace("-", "_")
    return secret(name, {"username": username, "password": password}, "kubernetes.io/basic-auth")


def content(pair: Pair) -> dict[str, str]:
    return {"tls.crt": pair.cert.read_text(), "tls.key": pair.key.read_text()}


def kafka_users() -> dict[str, list[Any]]:
    """User → what he may do, as Strimzi is told."""
    users = yaml.safe_load_all(USERS.read_text())
    return {user["metadata"]["name"]: user["spec"]["authorization"]["acls"] for user in users}


def make_kafka_users(chosen: Mapping[str, str]) -> None:
    with (
        internal_listener(),
        KafkaAdminClient(bootstrap_servers=f"127.0.0.1:{INTERNAL}", bootstrap_timeout_ms=PATIENCE_S * 1000) as admin,
    ):
        users = kafka_users()
        admin.alter_user_scram_credentials(
            [UserScramCredentialUpsertion(user, "SCRAM-SHA-512", chosen[user]) for user in users]
        )
        made = admin.create_acls([acl for user, rules in users.items() for rule in rules for acl in acls(user, rule)])
        assert made["failed"] == []


def acls(user: str, rule: Mapping[str, Any]) -> Iterator[ACL]:
    on = ResourcePattern(ResourceType[rule["resource"]["type"].upper()], rule["resource"]["name"])
    for operation in rule["operations"]:
        spelled = "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in operation)[1:]
        yield ACL(f"User:{user}", "*", ACLOperation[spelled], ACLPermissionType.ALLOW, on)


@contextmanager
def internal_listener() -> Iterator[None]:
    """The broker's listener that only its own pod has, here under the same port."""
    command = kubectl.command("--namespace", OUTSIDE, "port-forward", "pod/kafka-0", f"{INTERNAL}:{INTERNAL}")
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
