"""The programs of a node and of what rules it, each with a log of its own."""

import os
import secrets
import subprocess
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.certificates import Authority
from tests.cluster import kubectl
from tests.cluster.boundary import ADDRESS
from tests.cluster.kubectl import PROGRAMS

SETTINGS = Path(__file__).parent / "settings"
NAME = "node"
SERVICES = "10.96.0.0/16"  # their addresses; the name server's, in settings, is one of them
UP_WITHIN_S = 600.0


@dataclass(frozen=True)
class Node:
    """`folder` holds all that its programs write; `images` are those of its own, by the name of their program."""

    folder: Path
    images: Mapping[str, str]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Return when pods can be started and find each other by name. Raises SystemExit."""
        self._write_settings()
        (self.folder / "log").mkdir()
        for disk in ("kafka", "postgis"):
            path = self.folder / "disks" / disk
            path.mkdir(parents=True)
            path.chmod(0o777)  # its user is the image's
        os.environ["KUBECONFIG"] = str(self.folder / "kubeconfig")
        self._run("containerd", ["containerd", f"--config={self._settings('containerd.toml')}"])
        self._run("etcd", [PROGRAMS / "etcd", f"--data-dir={self.folder / 'etcd'}", "--unsafe-no-fsync"])
        self._run("kube-apiserver", self._api_server())
        self._wait("The API server", lambda: kubectl.run("get", "--raw", "/readyz", check=False).returncode == 0)
        configured = f"--kubeconfig={self.folder / 'kubeconfig'}"
        self._run("kube-controller-manager", [*self._controllers(), configured])
        self._run("kube-scheduler", [PROGRAMS / "kube-scheduler", configured, "--leader-elect=false"])
        self._import_images()
        self._run("kubelet", [*self._kubelet(), configured])
        self._wait("The node", lambda: kubectl.run("get", "node", NAME, check=False).returncode == 0)
        self._run("kube-proxy", [PROGRAMS / "kube-proxy", f"--config={self._settings('kube_proxy.yaml')}"])
        self._run("kube-router", [*self._firewall(), configured])
        kubectl.run("wait", "--for=condition=Ready", f"node/{NAME}", f"--timeout={UP_WITHIN_S}s")
        dns = [f"--from-file={self._settings('Corefile')}", f"--from-file={self.folder / 'kubeconfig'}"]
        kubectl.run("--namespace", "kube-system", "create", "configmap", "dns", *dns)
        self._run("metrics-server", [*self._metrics_server(), configured])
        for settings in ("cluster.yaml", "metrics.yaml"):
            kubectl.run("--namespace", "kube-system", "apply", "--filename", self._settings(settings))
        kubectl.run("--namespace", "kube-system", "rollout", "status", "deployment/dns", f"--timeout={UP_WITHIN_S}s")

    def _write_settings(self) -> None:
        authority = Authority(self.folder / "certificates")
        authority.issue("kube-apiserver")
        authority.issue("metrics-server", "metrics-server.kube-system.svc")
        token = secrets.token_hex(16)
        (self.folder / "tokens.csv").write_text(f"{token},admin,admin,system:masters\n")
        said = {
            "folder": str(self.folder),
            "cgroup": f"/{self.folder.name}",
            "address": ADDRESS,
            "node": NAME,
            "token": token,
            "authority": b64encode(authority.ca.read_bytes()).decode(),
            **self.images,
        }
        for source in SETTINGS.iterdir():
            text = source.read_text()
            for name, value in said.items():
                text = text.replace(f"{{{name}}}", value)
            self._settings(source.name).parent.mkdir(parents=True, exist_ok=True)
            self._settings(source.name).write_text(text)

    def _settings(self, name: str) -> Path:
        places = {"kubeconfig.yaml": self.folder / "kubeconfig", "cni.conflist": self.folder / "cni" / name}
        return places.get(name, self.folder / "settings" / name)

    def _api_server(self) -> Sequence[str | Path]:
        certificates = self.folder / "certificates"
        cert, key = certificates / "kube-apiserver.crt", certificates / "kube-apiserver.key"
        return [
            PROGRAMS / "kube-apiserver",
            "--etcd-servers=http://127.0.0.1:2379",
            f"--advertise-address={ADDRESS}",
            f"--cert-dir={certificates}",
            f"--tls-cert-file={cert}",
            f"--tls-private-key-file={key}",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--authorization-mode=Node,RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={cert}",
            f"--service-account-signing-key-file={key}",
            f"--service-cluster-ip-range={SERVICES}",
            "--kubelet-preferred-address-types=InternalIP",
            # What others answer for it, as metrics-server does, it asks them for by this name.
            f"--requestheader-client-ca-file={certificates / 'ca.crt'}",
            "--requestheader-allowed-names=kube-apiserver",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={cert}",
            f"--proxy-client-key-file={key}",
        ]

    def _controllers(self) -> Sequence[str | Path]:
        return [
            PROGRAMS / "kube-controller-manager",
            "--leader-elect=false",
            "--allocate-node-cidrs",
            "--cluster-cidr=10.244.0.0/16",
            f"--service-account-private-key-file={self.folder / 'certificates' / 'kube-apiserver.key'}",
            f"--root-ca-file={self.folder / 'certificates' / 'ca.crt'}",
        ]

    def _kubelet(self) -> Sequence[str | Path]:
        return [
            PROGRAMS / "kubelet",
            f"--config={self._settings('kubelet.yaml')}",
            f"--root-dir={self.folder / 'kubelet'}",
            f"--cert-dir={self.folder / 'kubelet' / 'certificates'}",
            f"--hostname-override={NAME}",
            f"--node-ip={ADDRESS}",
        ]

    def _firewall(self) -> Sequence[str | Path]:
        """Of kube-router only what enforces the network policies."""
        return [
            PROGRAMS / "kube-router",
            "--run-firewall",
            "--run-router=false",
            "--run-service-proxy=false",
            f"--hostname-override={NAME}",
            f"--service-cluster-ip-range={SERVICES}",
        ]

    def _metrics_server(self) -> Sequence[str | Path]:
        certificates, kubeconfig = self.folder / "certificates", self.folder / "kubeconfig"
        return [
            PROGRAMS / "metrics-server",
            "--secure-port=4443",
            f"--tls-cert-file={certificates / 'metrics-server.crt'}",
            f"--tls-private-key-file={certificates / 'metrics-server.key'}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            "--kubelet-insecure-tls",  # the kubelet's certificate is its own
            "--kubelet-preferred-address-types=InternalIP",
            "--metric-resolution=15s",
        ]

    def _import_images(self) -> None:
        archive = self.folder / "images.tar"
        ctr = ["ctr", "--namespace", "k8s.io"]
        listing = [*ctr, "images", "ls"]
        self._wait("containerd", lambda: subprocess.run(listing, check=False, capture_output=True).returncode == 0)
        subprocess.run([*ctr, "images", "import", archive], check=True, capture_output=True)
        archive.unlink()

    def _run(self, name: str, command: Sequence[str | Path]) -> None:
        with (self.folder / "log" / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _wait(self, what: str, is_there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + UP_WITHIN_S
        while not is_there():
            if ended := [name for name, process in self._running.items() if process.poll() is not None]:
                raise SystemExit(f"{what} is not there, as {' and '.join(ended)} ended; see var/log/cluster.")
            if time.monotonic() > deadline:
                raise SystemExit(f"{what} is not there after {UP_WITHIN_S:.0f} s; see var/log/cluster.")
            time.sleep(0.5)
