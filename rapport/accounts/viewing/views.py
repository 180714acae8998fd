"""Beginning and ending to look as somebody else."""

import logging
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.access import UserRequest, administrators, signed_in
from rapport.accounts.models import User
from rapport.accounts.viewing.middleware import KEY
from rapport.ui.notices import notice

logger = logging.getLogger(__name__)


@require_POST
@administrators
def viewing_start(request: UserRequest, user_id: UUID) -> HttpResponse:
    """See Rapport as this user sees it."""
    seen = User.objects.filter(pk=user_id, is_active=True).exclude(pk=request.user.pk).first()
    if seen is None:
        raise Http404
    logger.info("%s looks as %s", request.user.pk, seen.pk)
    request.session[KEY] = str(seen.pk)
    return redirect("/")


@require_POST
@signed_in
def viewing_stop(request: UserRequest) -> HttpResponse:
    """Be oneself again."""
    if request.session.pop(KEY, None):
        notice(request, _("You are yourself again."))
    return redirect("users" if getattr(request, "viewer", None) else "/")
