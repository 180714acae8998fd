"""What the database has refused, as a sentence for people."""

from django.db import IntegrityError, models
from django.utils.translation import gettext

from rapport.kernel.custom.unique import unique_sentence


def sentence_of(problem: IntegrityError, *of: models.Model | type[models.Model]) -> str:
    """The violated constraint's own sentence; its name is one, too."""
    name = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", "") or ""
    if sentence := unique_sentence(name):
        return sentence
    for one in of:
        for constraint in one._meta.concrete_model._meta.constraints:  # type: ignore[union-attr]  # a model
            said = constraint.violation_error_message
            if constraint.name == name and said != constraint.default_violation_error_message:
                return str(said)
    return gettext("This was not saved: %(why)s.") % {
        "why": name.replace("_", " ") or gettext("the values clash")
    }
