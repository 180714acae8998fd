"""The gallery of all components, and what the installed app shows without a network."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control

from rapport.ui.gallery import sample

LOOKS = ("style.css", "touch.css", "contrast.css", "boot.js", "logo.svg")


@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component in its states."""
    return render(request, "ui/gallery.html", sample())


def offline(request: HttpRequest) -> HttpResponse:
    """Say that the network does not answer."""
    return render(request, "ui/errors/offline.html")


@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Answer the script that keeps that page; it lies at the root because it sees only what lies below it."""
    page = reverse("offline")
    kept = [page, *(static(f"dist/{name}") for name in LOOKS)]
    return render(request, "ui/worker.js", {"page": page, "kept": kept}, content_type="text/javascript")
