"""The form of who is invited."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import NewPassword, OneLine, Password
from rapport.accounts.models import User


class AcceptForm(NewPassword):
    """His name as he writes it, and his password."""

    name = OneLine(label=_("Name"), max_length=150)
    password = Password(label=_("Password"))

    field_order = ("name", "password", "password_again")

    def __init__(self, data: Any = None, *, email: str, **more: Any) -> None:  # Any: what the browser sent
        super().__init__(data, **more)
        self.email = email

    def password_user(self) -> User:
        return User(name=self.cleaned_data.get("name", ""), email=self.email)
