"""Telling users what they should know: `notify(users, kind, record)` in the transaction of what happened."""

from rapport.kernel.notifications.kinds import Kind as Kind
from rapport.kernel.notifications.kinds import add_kind as add_kind
from rapport.kernel.notifications.models import Mail as Mail
from rapport.kernel.notifications.telling import notify as notify
