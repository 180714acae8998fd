"""The web application for any ASGI server."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.settings")
os.environ.setdefault("RAPPORT_PROCESS", "web")  # web processes keep a pool of database connections

import django
from django.conf import settings

from rapport.runtime.bodies import limited
from rapport.runtime.garbage import leave_what_is_loaded
from rapport.runtime.handler import OneThread, with_static_files
from rapport.runtime.observing.shared import Sharing
from rapport.runtime.processes import end_with_parent_if_supervised
from rapport.runtime.streams import with_streams

end_with_parent_if_supervised()  # the web server's own children must not outlive it
django.setup(set_prefix=False)
Sharing(settings.METRICS_FOLDER).begin()
leave_what_is_loaded()
application = with_static_files(limited(with_streams(OneThread()), settings.LARGEST_BODY))
