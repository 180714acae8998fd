"""The gallery of all components."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.ui.gallery import sample


@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component in its states."""
    return render(request, "ui/gallery.html", sample())
