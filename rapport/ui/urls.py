"""Addresses of the design system itself."""

from django.urls import path

from rapport.ui.views import gallery, offline, worker

urlpatterns = [
    path("gallery/", gallery, name="gallery"),
    path("offline/", offline, name="offline"),
    path("worker.js", worker, name="worker"),
]
