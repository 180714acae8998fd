"""All addresses."""

from django.urls import include, path

from rapport.kernel.pages.routing import urlpatterns as pages

urlpatterns = [
    path("", include("rapport.accounts.urls")),
    path("", include("rapport.ui.urls")),
    *pages(),
]
