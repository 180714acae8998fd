"""The web server process: granian in front of the application."""

import logging

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from rapport.runtime import options
from rapport.runtime.processes import end_with_parent_if_supervised

STOP_WITHIN = 15  # seconds for open streams to end


def main() -> None:
    """Serve until told to stop."""
    end_with_parent_if_supervised()
    logging.getLogger("_granian").setLevel(logging.WARNING)
    Server(
        "rapport.asgi:application",
        address=options.HOST.value(),
        port=options.PORT.value(),
        interface=Interfaces.ASGINL,  # Django has no lifespan events
        workers=options.WEB.value(),
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=1,
        workers_kill_timeout=STOP_WITHIN,
    ).serve()


if __name__ == "__main__":
    main()
