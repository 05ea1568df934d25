"""Every image that the system needs: ours are built, those of others pulled or, without a registry, stood in for."""

import re

from deployment.native.folders import REPOSITORY
from tests.containers.engine import Engine, output

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
STAND_IN = "udaconnect-stand-in/debian"
WITHOUT_STAND_IN = ("grafana/grafana",)  # the distribution has no package of it


def others() -> set[str]:
    """The images of others, as the Dockerfiles and docker-compose.yml name them."""
    dockerfiles = [*REPOSITORY.glob("modules/*/Dockerfile"), REPOSITORY / "db" / "Dockerfile"]
    names = {
        name for file in dockerfiles for name in re.findall(r"^ARG \w+_IMAGE=(\S+)", file.read_text(), re.MULTILINE)
    }
    compose = (REPOSITORY / "docker-compose.yml").read_text()
    return names | {
        name for name in re.findall(r"^ +image: (\S+)", compose, re.MULTILINE) if not name.startswith("udaconnect/")
    }


def provide(engine: Engine, tag: str) -> set[str]:
    """Return the images of others that are not to be had: what needs them cannot be run."""
    environment = {"DOCKER": engine.docker}
    missing = sorted(name for name in others() if not engine.has_image(name))
    for name in list(missing):
        print(f"Pulling {name}", flush=True)
        engine.run("pull", "--quiet", name, check=False)
        if engine.has_image(name):
            missing.remove(name)
    absent = {name for name in missing if name.startswith(WITHOUT_STAND_IN)}
    missing = [name for name in missing if name not in absent]
    # Where there is no registry, what is between this machine and the package mirrors needs the host's own ways.
    alone = {"BUILD_NETWORK": "host", "CA_BUNDLE": CERTIFICATES}
    if missing:
        print("No registry answers: base images are made of the distribution's packages.", flush=True)
        script = str(REPOSITORY / "tests" / "containers" / "stand_ins" / "build.sh")
        print(output([script, *missing], environment=environment | alone), flush=True)
    if engine.has_image(STAND_IN):
        environment |= alone
    print("Building our images.", flush=True)
    print(output([str(REPOSITORY / "deployment" / "images.sh"), tag], environment=environment), flush=True)
    return absent
