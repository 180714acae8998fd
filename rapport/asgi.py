"""The web application for any ASGI server."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.settings")
os.environ.setdefault("RAPPORT_PROCESS", "web")  # web processes keep a pool of database connections

from django.core.asgi import get_asgi_application

from rapport.runtime.processes import end_with_parent_if_supervised

end_with_parent_if_supervised()  # the web server's own children must not outlive it
application = get_asgi_application()
