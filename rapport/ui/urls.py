"""Addresses of the design system itself."""

from django.urls import path

from rapport.ui.views import gallery

urlpatterns = [path("gallery/", gallery, name="gallery")]
