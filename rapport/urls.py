"""All addresses."""

from django.urls import include, path

from rapport.kernel.pages.routing import urlpatterns as pages
from rapport.mcp.endpoint import mcp
from rapport.runtime.health import health

urlpatterns = [
    path("health", health, name="health"),
    path("api/v1/", include("rapport.api.urls")),
    path("mcp", mcp, name="mcp"),
    path("", include("rapport.accounts.urls")),
    path("", include("rapport.ui.urls")),
    *pages(),
]

handler403 = "rapport.ui.errors.pages.not_allowed"
handler404 = "rapport.ui.errors.pages.not_found"
handler500 = "rapport.ui.errors.pages.failed"
