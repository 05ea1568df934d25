"""Production as it is deployed: stores and issuer outside, Traefik before it, all of it gone afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml

from deployment.native.folders import REPOSITORY
from tests.certificates import Authority
from tests.cluster import kubectl
from tests.cluster.__main__ import OWN
from tests.cluster.boundary import ADDRESS
from tests.cluster.production import made_beforehand, overlay
from tests.cluster.production.clients import browser
from tests.cluster.production.overlay import NAMESPACE, OUTSIDE, PAGE, PHONES
from tests.issuer import Issuer, jwks
from tests.patience import PATIENCE_S

INGRESS = "ingress"
TRAEFIK = REPOSITORY / "var" / "programs" / "traefik"
MANIFEST = Path(__file__).parent / "ingress.yaml"
NAMESPACE_MANIFEST = "deployment/base/namespace.yaml"


@dataclass(frozen=True)
class Production:
    ours: Authority
    theirs: Authority
    """Whom nobody trusts."""

    issuer: Issuer
    passwords: dict[str, str]
    ports: dict[str, int]
    """Of Traefik, by name"""

    def browser(self, port: str, *scopes: str, person_id: int | None = None) -> requests.Session:
        """What comes to the ingress by this port; without scopes it has no token."""
        session = browser(self.ours, f"{ADDRESS}:{self.ports[port]}", PAGE, PHONES)
        if scopes:
            token = self.issuer.token(*scopes, person_id=person_id)
            session.headers["Authorization"] = f"Bearer {token}"
        return session


@contextmanager
def production(checkout: Path, certificates: Path) -> Iterator[Production]:
    ours, theirs = Authority(certificates / "ours"), Authority(certificates / "theirs", "Somebody else")
    issuer, passwords = Issuer(), made_beforehand.passwords()
    try:
        start_ingress()
        start_stores(checkout, ours, issuer, passwords)
        folder = overlay.filled_in(checkout)
        namespace = yaml.safe_load((checkout / NAMESPACE_MANIFEST).read_text())
        namespace["metadata"]["name"] = NAMESPACE
        apply("default", namespace)
        apply(NAMESPACE, *made_beforehand.in_production(ours, issuer, passwords))
        kubectl.run("--namespace", NAMESPACE, "apply", "-k", folder)
        wait(NAMESPACE, "Complete", "job", "--all")
        wait(NAMESPACE, "Available", "deployment", "--all")
        wait(INGRESS, "Available", "deployment", "--all")
        service = kubectl.get("--namespace", INGRESS, "service", "traefik")
        ports = {port["name"]: int(port["nodePort"]) for port in service["spec"]["ports"]}
        yield Production(ours, theirs, issuer, passwords, ports)
    except BaseException:
        for name in (OUTSIDE, NAMESPACE, INGRESS):
            print(kubectl.run("--namespace", name, "get", "pods,jobs", "--output=wide", check=False).stdout)
            print(kubectl.run("--namespace", name, "get", "events", check=False).stdout[-5_000:])
        raise
    finally:
        kubectl.run("delete", "namespace", "--ignore-not-found", NAMESPACE, OUTSIDE, INGRESS)


def start_stores(checkout: Path, ours: Authority, issuer: Issuer, passwords: dict[str, str]) -> None:
    kubectl.run("create", "namespace", OUTSIDE)
    apply(OUTSIDE, *made_beforehand.of_stores(ours, passwords))
    kubectl.run("--namespace", OUTSIDE, "apply", "-k", overlay.stores(checkout, jwks(issuer)))
    for workload in ("statefulset/kafka", "statefulset/postgis", "deployment/issuer"):
        kubectl.run("--namespace", OUTSIDE, "rollout", "status", workload, f"--timeout={PATIENCE_S:.0f}s")
    made_beforehand.make_kafka_users(passwords)


def start_ingress() -> None:
    kubectl.run("apply", "--server-side", "--filename", TRAEFIK / "definitions.yaml")
    kubectl.run("create", "namespace", INGRESS)
    configuration = {"kubeconfig": Path(os.environ["KUBECONFIG"]).read_text()}
    apply(INGRESS, made_beforehand.secret("kubeconfig", configuration))
    text = MANIFEST.read_text().replace("{programs}", str(TRAEFIK)).replace("{pause}", OWN["pause"])
    kubectl.run("--namespace", INGRESS, "apply", "--filename=-", given=text)


def apply(namespace: str, *manifests: dict[str, Any]) -> None:
    kubectl.run("--namespace", namespace, "apply", "--filename=-", given=yaml.safe_dump_all(manifests))


def wait(namespace: str, condition: str, *what: str) -> None:
    kubectl.run("--namespace", namespace, "wait", f"--for=condition={condition}", *what, f"--timeout={PATIENCE_S:.0f}s")
