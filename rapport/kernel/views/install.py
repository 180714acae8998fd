"""The views that an installation begins with, in the language of the company."""

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from rapport.accounts.models import Company
from rapport.kernel.views.models import View

# What the migrations of the areas call them; here so that the names are translated.
NAMES = (
    _("All open"), _("Closing in 30 days"), _("Customers"), _("Customers without contact for 90 days"), _("Leads"),
    _("Lost"), _("Mine"), _("My open tasks"), _("Open"), _("Overdue"), _("Won"),
)  # fmt: skip


def speak(company: Company) -> None:
    """Name them in the company's language when that is set up; nobody has views of his own yet."""
    with override(company.language):
        for view in View.objects.filter(is_shared=True, name__in=NAMES):
            view.name = gettext(view.name)
            view.save(update_fields=["name"])
