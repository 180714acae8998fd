"""Whether somebody who is signed in knows his password, asked before something is changed about signing in."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.accounts.signin import throttle


def knows_password(user: User, form: forms.Form, field: str) -> bool:
    """True when the field holds his password; else the form says what is wrong. Tries are counted."""
    if throttle.refused_until(throttle.CHANGE_PASSWORD_PER_USER, str(user.pk)):
        form.add_error(field, ValidationError(_("Too many tries. Try again later.")))
    elif user.check_password(form.cleaned_data[field]):
        throttle.forget(throttle.CHANGE_PASSWORD_PER_USER, str(user.pk))
        return True
    else:
        form.add_error(field, ValidationError(_("This is not your password.")))
    return False
