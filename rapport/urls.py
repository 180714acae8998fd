"""All addresses."""

from django.urls import include, path

from rapport.kernel.pages.routing import urlpatterns as pages
from rapport.mcp.endpoint import mcp
from rapport.runtime.health import health, live, ready
from rapport.runtime.observing.page import metrics

urlpatterns = [
    path("health", health, name="health"),
    path("health/live", live, name="health_live"),
    path("health/ready", ready, name="health_ready"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", include("rapport.api.urls")),
    path("mcp", mcp, name="mcp"),
    path("", include("rapport.accounts.urls")),
    path("settings/jobs/", include("rapport.accounts.background.urls")),
    path("", include("rapport.ui.urls")),
    *pages(),
]

handler403 = "rapport.ui.errors.pages.not_allowed"
handler404 = "rapport.ui.errors.pages.not_found"
handler500 = "rapport.ui.errors.pages.failed"
