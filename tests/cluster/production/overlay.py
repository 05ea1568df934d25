"""The production overlay, copied and filled in as docs/operations.md and docs/security.md tell an operator to."""

import shutil
from pathlib import Path

import yaml

from deployment.native.folders import REPOSITORY
from tests.issuer import ISSUER
from tests.unit.deployment.components import with_components

NAMESPACE = "production"
OUTSIDE = "outside"  # where the stores are, and the issuer of tokens
STORES = REPOSITORY / "tests" / "cluster" / "production" / "stores"
KAFKA, POSTGRESQL, ISSUER_HOST = (f"{name}.{OUTSIDE}.svc.cluster.local" for name in ("kafka", "postgis", "issuer"))
PAGE, PHONES, LOCATIONS = "udaconnect.test", "phones.udaconnect.test", "locations.udaconnect.test"

EVERYWHERE = "{ipBlock: {cidr: 0.0.0.0/0}}"
THERE = f"{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {OUTSIDE}}}}}}}"
FILLED_IN = {
    "stores.env": {
        "kafka-1.example.com:9093,kafka-2.example.com:9093,kafka-3.example.com:9093": f"{KAFKA}:9093",
        "LOCATION_REPLICATION=3": "LOCATION_REPLICATION=1",  # there is one broker
        "postgresql.example.com": POSTGRESQL,
    },
    "access.env": {
        "AUTH_JWKS=https://issuer.example.com/.well-known": f"AUTH_JWKS=https://{ISSUER_HOST}",
        "AUTH_ISSUER=https://issuer.example.com": f"AUTH_ISSUER={ISSUER}",
        # The CA of the issuer is that of the services, too.
        "RATE_LIMIT=": "SSL_CERT_FILE=/etc/tls/ca.crt\nRATE_LIMIT=",
    },
    "ingress.yaml": {
        "udaconnect.example.com": PAGE,
        "udaconnect/location-producer-tls": f"{NAMESPACE}/location-producer-tls",
    },
    "to_stores.yaml": {EVERYWHERE: THERE},
    "to_issuer.yaml": {EVERYWHERE: THERE},
    "kustomization.yaml": {
        "phones.udaconnect.example.com": PHONES,
        "namespace: udaconnect\n": f"namespace: {NAMESPACE}\n",
    },
    "../../components/traefik/kustomization.yaml": {"udaconnect-location-producer@": f"{NAMESPACE}-location-producer@"},
}

# What a node of two cores has to be spared, which is another system's, too.
REQUESTS = "/spec/template/spec/containers/0/resources/requests"
FEWER = (
    {
        "target": {"kind": "Deployment"},
        "patch": f"- {{op: replace, path: {REQUESTS}, value: {{cpu: 10m, memory: 32Mi}}}}",
    },
    {
        "target": {"kind": "HorizontalPodAutoscaler"},
        "patch": "- {op: replace, path: /spec/minReplicas, value: 1}",
    },
)


def filled_in(checkout: Path) -> Path:
    """The folder to apply."""
    folder = checkout / with_components(checkout, "deployment/overlays/production", ["traefik"])
    for name, replaced in FILLED_IN.items():
        text = (folder / name).read_text()
        for example, ours in replaced.items():
            assert example in text, f"{name} has no {example} any more"
            text = text.replace(example, ours)
        (folder / name).write_text(text)
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    kustomization["patches"] += FEWER
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    return folder


def stores(checkout: Path, keys: str) -> Path:
    """The folder to apply first. `keys` are the issuer's."""
    folder = checkout / "deployment" / OUTSIDE
    shutil.copytree(STORES, folder)
    (folder / "jwks.json").write_text(keys)
    return folder
