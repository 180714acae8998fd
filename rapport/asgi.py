"""The web application for any ASGI server."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.settings")
os.environ.setdefault("RAPPORT_PROCESS", "web")  # web processes keep a pool of database connections

from django.conf import settings
from django.core.asgi import get_asgi_application

from rapport.runtime.bodies import limited
from rapport.runtime.processes import end_with_parent_if_supervised

end_with_parent_if_supervised()  # the web server's own children must not outlive it
application = limited(get_asgi_application(), settings.LARGEST_BODY)
