"""python -m connection_service"""

from connection_service.app import running_app
from connection_service.settings import settings_from
from service_kit.rest.server import serve_rest
from service_kit.settings import read_settings
from service_kit.telemetry.logs import set_up_logs
from service_kit.telemetry.tracing import traced


def main() -> None:
    set_up_logs("connection_service")
    settings = read_settings(settings_from)
    serve_rest(
        settings.rest_bind,
        workers=settings.workers,
        threads=settings.threads,
        in_worker=lambda: traced("connection_service", running_app(settings)),
    )


if __name__ == "__main__":
    main()
