"""Where the services are: what the option says, else the environment, else var/run.env, else the default.

var/run.env exists while the system runs natively in the current folder.
"""

import os
from pathlib import Path

import typer
from dotenv import dotenv_values

DEFAULTS = {
    "LOCATION_GRPC": "127.0.0.1:30003",
    "PERSON_URL": "http://127.0.0.1:30001",
    "CONNECTION_URL": "http://127.0.0.1:30002",
    "FRONTEND_URL": "http://127.0.0.1:30000",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:30092",
}


def data_folder() -> Path:
    """Where the system that runs natively keeps its data."""
    return Path(os.environ.get("UDACONNECT_VAR") or "var")


def address(name: str, option: str | None = None) -> str:
    """The address called `name`, one of DEFAULTS. `option` is what the command line says, if it says anything.

    Raises typer.BadParameter where it is of another form, which would sound like a service that does not answer.
    """
    run_env = data_folder() / "run.env"
    found = option or os.environ.get(name) or dotenv_values(run_env).get(name) or DEFAULTS[name]
    if name.endswith("_URL") and not found.startswith(("http://", "https://")):
        raise typer.BadParameter(f"{name} must begin with http:// or https://, is {found!r}")
    if name == "LOCATION_GRPC" and found.startswith("http://"):
        raise typer.BadParameter(f"{name} must be host:port, or https://host:port for TLS, is {found!r}")
    return found
