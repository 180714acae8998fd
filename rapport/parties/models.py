"""People and organizations: one table of parties, their contact points and addresses."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Right
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.kernel import fields as f
from rapport.kernel.records import Record, RuleError, part_type, record_type
from rapport.parties.days import month_and_day
from rapport.parties.growing.models import FieldNeed as FieldNeed
from rapport.parties.growing.models import QualityFigures as QualityFigures
from rapport.parties.life_cycle.models import LifeCycle as LifeCycle
from rapport.parties.life_cycle.models import LifeCycleRule as LifeCycleRule
from rapport.parties.life_cycle.models import RuleWait as RuleWait
from rapport.parties.life_cycle.models import StagePin as StagePin
from rapport.parties.names import name_from_email, split_name
from rapport.runtime.ids import uuid7

PERSON, ORGANIZATION = "person", "organization"
OF_PERSON, OF_ORGANIZATION = (PERSON,), (ORGANIZATION,)


class Kind(models.TextChoices):
    """The kinds of party."""

    PERSON = PERSON, _("Person")
    ORGANIZATION = ORGANIZATION, _("Organization")
    HOUSEHOLD = "household", _("Household")


class Stage(models.TextChoices):
    """The life cycle: how far the relation with a party has come."""

    SUSPECT = "suspect", _("Suspect")
    PROSPECT = "prospect", _("Prospect")
    LEAD = "lead", _("Lead")
    CUSTOMER = "customer", _("Customer")
    VALUED = "valued", _("Valued customer")
    AT_RISK = "at_risk", _("At risk")
    LOST = "lost", _("Lost")
    WON_BACK = "won_back", _("Won back")

    @property
    def hue(self) -> str:
        """The color in which it is drawn everywhere."""
        return STAGE_HUES[self.value]


BOUGHT = (Stage.CUSTOMER, Stage.VALUED, Stage.WON_BACK)
STAGE_HUES = {
    "suspect": "grey",
    "prospect": "sky",
    "lead": "violet",
    "customer": "green",
    "valued": "petrol",
    "at_risk": "amber",
    "lost": "red",
    "won_back": "lime",
}


class Party(Record):
    """Whoever can be a customer, supplier, partner or competitor."""

    kind = f.Choice(_("Kind"), privacy=f.INTERNAL, choices=Kind.choices, editable=False, required=True)
    name = f.Text(
        _("Name"), privacy=f.PERSONAL, listed=True, searched=True, help=_("As it is shown everywhere.")
    )
    is_name_guessed = f.YesNo(_("Name is guessed"), privacy=f.INTERNAL, editable=False)
    salutation = f.Text(_("Salutation"), privacy=f.PERSONAL, kinds=OF_PERSON, longest=40)
    academic_title = f.Text(
        _("Title"), privacy=f.PERSONAL, kinds=OF_PERSON, longest=60, help=_("For example Dr.")
    )
    given_name = f.Text(_("First name"), privacy=f.PERSONAL, kinds=OF_PERSON)
    family_name = f.Text(_("Last name"), privacy=f.PERSONAL, kinds=OF_PERSON)
    organization = f.Link(
        _("Organization"),
        "parties.Organization",
        privacy=f.PERSONAL,
        kinds=OF_PERSON,
        listed=True,
        searched=True,
        help=_("Where this person mainly works."),
    )
    position = f.Text(_("Position"), privacy=f.PERSONAL, kinds=OF_PERSON)
    industry = f.Text(_("Industry"), privacy=f.BUSINESS, kinds=OF_ORGANIZATION, listed=True)
    stage = f.Choice(
        _("Stage"),
        privacy=f.BUSINESS,
        choices=Stage.choices,
        default=Stage.SUSPECT,
        hues=STAGE_HUES,
        dotted=True,
        listed=True,
        required=True,
    )
    stage_since = f.Date(_("In stage since"), privacy=f.BUSINESS, default=timezone.localdate, editable=False)
    last_contact_at = f.Moment(
        _("Last contact"), privacy=f.PERSONAL, editable=False, listed=True, logged=False
    )
    email = f.Email(_("E-mail"), privacy=f.PERSONAL, listed=True, searched=True)
    phone = f.Phone(_("Phone"), privacy=f.PERSONAL, listed=True, searched=True)
    mobile = f.Phone(_("Mobile"), privacy=f.PERSONAL, searched=True)
    website = f.Web(_("Web address"), privacy=f.BUSINESS)
    postcode = f.Text(_("Postal code"), privacy=f.PERSONAL, editable=False, listed=True)
    city = f.Text(_("City"), privacy=f.PERSONAL, editable=False, listed=True, searched=True)
    country = f.Country(_("Country"), privacy=f.PERSONAL, editable=False, listed=True)
    birthday = f.Date(_("Birthday"), privacy=f.PERSONAL, kinds=OF_PERSON)
    language = f.Language(_("Language"), privacy=f.PERSONAL)
    legal_form = f.Text(_("Legal form"), privacy=f.BUSINESS, kinds=OF_ORGANIZATION, longest=60)
    employees = f.Number(_("Employees"), privacy=f.BUSINESS, kinds=OF_ORGANIZATION, lowest=0)
    vat_number = f.Text(_("VAT number"), privacy=f.BUSINESS, kinds=OF_ORGANIZATION, longest=40, searched=True)
    picture = f.Picture(_("Picture"), privacy=f.PERSONAL, db_index=False)
    about = f.LongText(_("About"), privacy=f.PERSONAL)

    class Meta:
        verbose_name = _("Party")
        verbose_name_plural = _("Parties")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="only_a_person_works_somewhere",
                condition=Q(kind=PERSON) | Q(organization=None),
                violation_error_message=_("Only a person works at an organization."),
            ),
        ]
        indexes: ClassVar = [  # what My day asks of everything that somebody owns
            models.Index(
                "owner", month_and_day("birthday"), name="party_birthdays",
                condition=Q(birthday__isnull=False, deleted_at=None),
            ),
            models.Index(
                "owner", month_and_day("stage_since"), name="party_anniversaries",
                condition=Q(stage__in=BOUGHT, deleted_at=None),
            ),
            models.Index(
                "owner", "last_contact_at", name="party_customers_spoken_with",
                condition=Q(stage__in=[*BOUGHT, Stage.AT_RISK], deleted_at=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.email or str(_("No name"))

    def prepare(self, changed: set[str]) -> None:
        """Compose a person's name of its parts, guess it from the e-mail address, date the stage."""
        if "stage" in changed and "stage_since" not in changed:
            self.stage_since = timezone.localdate()
        if self.kind == PERSON:
            self._compose_name(changed)
        elif not self.name and self.email:
            self.name, self.is_name_guessed = self.email.partition("@")[2], True
        if changed & {"name", "given_name", "family_name"} and self.name:
            self.is_name_guessed = False

    def _compose_name(self, changed: set[str]) -> None:
        parts = {"academic_title", "given_name", "family_name"}
        if changed & parts and (self.given_name or self.family_name):
            words = (self.academic_title, self.given_name, self.family_name)
            self.name = " ".join(word for word in words if word)
        elif "name" in changed and self.name and not changed & parts:
            name = split_name(self.name)
            self.given_name, self.family_name = name.given, name.family
        elif not self.name and self.email:
            guess = name_from_email(self.email).name
            if guess is not None:
                self.given_name, self.family_name = guess.given, guess.family
            self.name = " ".join(word for word in (self.given_name, self.family_name) if word) or self.email
            self.is_name_guessed = True

    def rules(self) -> None:
        if not self.name:
            raise RuleError(fields={"name": str(_("Give a name or an e-mail address."))})


@record_type(
    "people",
    icon="users",
    kind=PERSON,
    subtitle=("position", "organization", "city"),
    default_sort="-last_contact_at",
    not_at_first=("email", "postcode", "city", "country"),
)
class Person(Party):
    """Somebody we know: one person, who may work at several organizations."""

    class Meta:
        proxy = True
        verbose_name = _("Person")
        verbose_name_plural = _("People")

    def __init__(self, *args: Any, **values: Any) -> None:  # Any: Django's model arguments
        if not args:
            values.setdefault("kind", PERSON)
        super().__init__(*args, **values)


@record_type(
    "organizations",
    icon="building-2",
    kind=ORGANIZATION,
    subtitle=("industry", "city"),
    default_sort="-last_contact_at",
    not_at_first=("email", "phone", "postcode", "country"),
)
class Organization(Party):
    """A company, authority, club: whoever is not a single person."""

    class Meta:
        proxy = True
        verbose_name = _("Organization")
        verbose_name_plural = _("Organizations")

    def __init__(self, *args: Any, **values: Any) -> None:  # Any: Django's model arguments
        if not args:
            values.setdefault("kind", ORGANIZATION)
        super().__init__(*args, **values)


class ContactKind(models.TextChoices):
    """Ways to reach a party."""

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    MOBILE = "mobile", _("Mobile")
    FAX = "fax", _("Fax")
    WEB = "web", _("Web address")
    SOCIAL = "social", _("Social network")


class Purpose(models.TextChoices):
    """What a contact point or address is for."""

    WORK = "work", _("Work")
    PRIVATE = "private", _("Private")
    BILLING = "billing", _("Billing")
    DELIVERY = "delivery", _("Delivery")
    VISIT = "visit", _("Visits")
    OTHER = "other", _("Other")


class ContactValue(f.Text):
    """What a contact point holds: numbers are searched as numbers, the rest as addresses."""

    def search_sql(self, row: str) -> str:
        value = f'{row}."{self.column}"'
        return (
            f"case when {row}.kind in ('phone', 'mobile', 'fax') then kernel_phone_words({value})"
            f" else kernel_email_words({value}) end"
        )


@part_type("contact_points", link="party", keeps=("email", "phone", "mobile"))
class ContactPoint(models.Model):
    """An e-mail address, telephone number, web address or social handle of a party."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="contact_points", db_index=False)
    kind = f.Choice(_("Kind"), privacy=f.INTERNAL, choices=ContactKind.choices, required=True)
    value = ContactValue(_("Value"), privacy=f.PERSONAL, required=True, searched=True)
    normalized = models.TextField(default="", editable=False)
    purpose = f.Choice(_("Purpose"), privacy=f.INTERNAL, choices=Purpose.choices, default=Purpose.WORK)
    is_primary = f.YesNo(_("Main one"), privacy=f.INTERNAL)
    valid_from = f.Date(_("From"), privacy=f.PERSONAL)
    valid_until = f.Date(_("Until"), privacy=f.PERSONAL)

    class Meta:
        verbose_name = _("Contact point")
        verbose_name_plural = _("Contact points")
        indexes: ClassVar = [
            models.Index(fields=["party", "kind"], name="parties_contact_of_party"),
            models.Index(fields=["normalized"], name="parties_contact_normalized"),
            models.Index(
                Right("normalized", 8),
                name="parties_contact_last_8",
                condition=Q(kind__in=["phone", "mobile", "fax"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.value)

    def likeness(self) -> tuple[str, str]:
        """Of two with the same, a merged party keeps one."""
        return "phone" if self.kind in ("phone", "mobile") else self.kind, self.normalized


@part_type("addresses", link="party", keeps=("postcode", "city", "country"))
class PartyAddress(models.Model):
    """A postal address of a party, with what it is for and when it holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="addresses")
    purpose = f.Choice(_("Purpose"), privacy=f.INTERNAL, choices=Purpose.choices, default=Purpose.WORK)
    address = f.Address(_("Address"), privacy=f.PERSONAL, required=True)
    is_primary = f.YesNo(_("Main one"), privacy=f.INTERNAL)
    valid_from = f.Date(_("From"), privacy=f.PERSONAL)
    valid_until = f.Date(_("Until"), privacy=f.PERSONAL)

    class Meta:
        verbose_name = _("Address")
        verbose_name_plural = _("Addresses")

    def __str__(self) -> str:
        return ", ".join(str(part) for part in (self.address or {}).values() if part)

    def likeness(self) -> tuple[str, ...]:
        """Of two with the same, a merged party keeps one."""
        return tuple(sorted(str(part).casefold() for part in (self.address or {}).values() if part))


class StagePeriod(models.Model):
    """That a party was in a stage of the life cycle from a day until a day; written by a trigger on parties.

    The stage that it is in now, and since when, stands on the party. `followed_by` is the stage into which it went
    then, `change_set_id` the act that moved it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="stage_periods")
    stage = models.TextField()
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    followed_by = models.TextField(default="")
    change_set_id = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar = ["since", "id"]
        indexes: ClassVar = [models.Index(fields=["until", "stage"], name="parties_stage_until")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.stage}"
