"""Who works here: users, teams, roles, and the company they work for."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.accounts.invitations.models import Invitation as Invitation
from rapport.accounts.letters.models import Letter as Letter
from rapport.accounts.rights_log.models import Door
from rapport.accounts.rights_log.models import RightsEntry as RightsEntry
from rapport.accounts.second_factor.models import Authenticator as Authenticator
from rapport.accounts.second_factor.models import RecoveryCode as RecoveryCode
from rapport.accounts.sessions.models import Session as Session
from rapport.accounts.signin_log.models import SignInEntry as SignInEntry
from rapport.accounts.single_sign_on.models import Identity as Identity
from rapport.accounts.single_sign_on.models import Provider as Provider
from rapport.runtime.ids import uuid7
from rapport.runtime.models import QuickModel


class Company(QuickModel):
    """The company that uses this installation; there is exactly one row once it is set up."""

    name = models.CharField(_("Name"), max_length=200)
    language = models.CharField(_("Language"), max_length=10, default="en")
    currency = models.CharField(_("Currency"), max_length=3, default="EUR")
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Berlin")
    country = models.CharField(_("Country"), max_length=2, default="DE")
    is_sample = models.BooleanField(_("Sample company"), default=False)
    needs_second_factor = models.BooleanField(_("Everybody needs a second factor"), default=False)
    log_months = models.PositiveSmallIntegerField(_("Months that the sign-in log is kept"), default=6)
    invitation_days = models.PositiveSmallIntegerField(_("Days that an invitation is valid"), default=7)

    class Meta:
        constraints = [
            models.CheckConstraint(name="there_is_only_one_company", condition=models.Q(id=1)),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Company":
        """Return the company, or one with default values (and no key) while none is set up."""
        return cls.objects.first() or cls()


class Team(models.Model):
    """People who work together and see each other's records."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("Name"), max_length=100, unique=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("Belongs to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="parts",
    )

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def with_parts(self) -> list[uuid.UUID]:
        """Return the ids of the team and of all teams below it."""
        children: dict[uuid.UUID | None, list[uuid.UUID]] = {}
        for key, parent in Team.objects.order_by("name").values_list("pk", "parent_id"):
            children.setdefault(parent, []).append(key)
        found, waiting = [], [self.pk]
        while waiting:
            key = waiting.pop(0)
            if key not in found:  # also where somebody wrote a circle into the database
                found.append(key)
                waiting += children.get(key, [])
        return found


class Role(QuickModel):
    """What its holders may do: per record type an entry {act: reach}; "*" stands for every type.

    Acts are create, read, edit, delete, export, bulk; reaches are "all", "tree" (the team and those below it),
    "team", "territory", "own", "none". `field_rights` holds per record type {field: "hidden" or "read"}, fields
    that are not named are as usual; `rules` holds per record type {act: filter}: records that fit are reached, too.
    """

    key = models.SlugField(_("Key"), max_length=40, unique=True)
    name = models.CharField(_("Name"), max_length=100)
    help = models.CharField(_("Description"), max_length=300, blank=True)
    grants = models.JSONField(_("Grants"), default=dict)
    field_rights = models.JSONField(_("Field rights"), default=dict)
    rules = models.JSONField(_("Rules"), default=dict)
    is_administrator = models.BooleanField(_("Administers the installation"), default=False)
    needs_second_factor = models.BooleanField(_("Needs a second factor"), default=False)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return gettext(self.name) if self.is_built_in else self.name or self.key

    @property
    def is_built_in(self) -> bool:
        """Whether Rapport brings the role along (install.py)."""
        return self.key in ("administrator", "member", "restricted")

    @property
    def help_text(self) -> str:
        return gettext(self.help) if self.help and self.is_built_in else self.help


class Users(BaseUserManager["User"]):
    """Creates users; the e-mail address is the name for signing in."""

    # Any: model fields
    def create_user(self, email: str, password: str | None = None, **values: Any) -> "User":
        user = self.model(email=email.strip().lower(), **values)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=(username or "").strip())


class User(QuickModel, AbstractBaseUser):
    """Somebody who signs in. Also the owner of records."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Name"), max_length=150)
    is_active = models.BooleanField(_("May sign in"), default=True)
    roles = models.ManyToManyField(Role, verbose_name=_("Roles"), related_name="users")
    team = models.ForeignKey(
        Team, verbose_name=_("Team"), null=True, blank=True, on_delete=models.SET_NULL, related_name="members"
    )
    language = models.CharField(_("Language"), max_length=10, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)
    theme = models.CharField(_("Theme"), max_length=10, blank=True)
    density = models.CharField(_("Density"), max_length=12, blank=True)
    single_keys = models.BooleanField(_("Single-letter keys"), default=True)
    has_second_factor = models.BooleanField(_("Has a second factor"), default=False)
    created_at = models.DateTimeField(_("Created"), auto_now_add=True)

    objects = Users()

    company: Company | None = None  # the one he works for, where it was read along (backend.py)
    snapshot: int | None = None  # the oldest transaction that ran when his request began (backend.py)
    has_pins: bool = True  # False where it is known that nothing stands pinned in his sidebar (backend.py)
    # False where it is known that nothing is shared with him, None where not yet.
    has_shares: bool | None = None
    program: str = ""  # the name of the token by which a program administers for him

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering: ClassVar = ["name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="an_email_signs_in_one_user")]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def held_roles(self) -> list[Role]:
        """The user's roles, read once per object (that is: once per request)."""
        return list(self.roles.all())

    @transaction.atomic
    def set_roles(self, roles: Iterable[Role], *, by: "User | None", door: Door = Door.PAGE) -> None:
        """Give the user these roles instead of those that he has; the log of rights says by whom."""
        from rapport.accounts.rights_log.writing import note_held  # it needs the models

        before, after = list(self.roles.all()), list(roles)
        self.roles.set(after)
        self.__dict__.pop("held_roles", None)
        note_held([(one, self) for one in before], [(one, self) for one in after], by=by, door=door)

    @transaction.atomic
    def set_team(self, team: Team | None, *, by: "User | None") -> None:
        """Put the user into this team instead of the one that he is in; the log of rights says by whom."""
        from rapport.accounts.rights_log.writing import note_held  # it needs the models

        before = list(Team.objects.filter(members=self))
        self.team = team
        self.save(update_fields=["team"])
        self.__dict__.pop("team_tree", None)
        self.__dict__.pop("worked_territories", None)
        note_held([(one, self) for one in before], [(team, self)] if team else [], by=by)

    @cached_property
    def team_tree(self) -> list[uuid.UUID]:
        """The ids of the user's team and of those below it, read once per object."""
        return self.team.with_parts() if self.team else []

    @cached_property
    def worked_territories(self) -> "list[Territory]":
        """The territories in which the user works, himself or with his team, and all below; read once per object."""
        return list(Territory.objects.raw(WORKED, [self.pk, self.team_id]))

    @property
    def is_administrator(self) -> bool:
        """True when one of the user's roles administers the installation."""
        return self.is_active and any(role.is_administrator for role in self.held_roles)

    @property
    def owes_second_factor(self) -> bool:
        """True when he needs a second factor and has none yet; the user of a request knows it without a query."""
        company = self.company or Company.current()
        needs = company.needs_second_factor or any(role.needs_second_factor for role in self.held_roles)
        return needs and not self.has_second_factor


class Territory(models.Model):
    """A part of the market and who works it; `filters` holds per record type the filter that its records fit.

    Whoever works a territory reaches the records of those below it, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("Name"), max_length=100, unique=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("Lies in"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
    )
    filters = models.JSONField(_("Filters"), default=dict)
    users = models.ManyToManyField(User, verbose_name=_("Users"), related_name="territories")
    teams = models.ManyToManyField(Team, verbose_name=_("Teams"), related_name="territories")

    class Meta:
        verbose_name = _("Territory")
        verbose_name_plural = _("Territories")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def possible_users(self) -> "models.QuerySet[User]":
        """Who may sign in, and who works it already: whoever is deactivated stays until somebody takes him out."""
        return User.objects.filter(models.Q(is_active=True) | models.Q(pk__in=self.users.values("pk")))


WORKED = """
with recursive worked as (
    select territory_id as id from accounts_territory_users where user_id = %s
    union select territory_id from accounts_territory_teams where team_id = %s
    union select t.id from accounts_territory t join worked on t.parent_id = worked.id)
select t.* from accounts_territory t join worked using (id) order by t.name
"""


class Attempt(models.Model):
    """How often somebody tried something in the running window (see throttle.py)."""

    key = models.CharField(_("Key"), max_length=64, primary_key=True)
    count = models.PositiveIntegerField(_("Count"), default=0)
    ends_at = models.DateTimeField(_("Window ends"), db_index=True)

    def __str__(self) -> str:
        return self.key
