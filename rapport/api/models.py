"""The area's own tables, one line each."""

from rapport.api.bulk.models import Answer as Answer
from rapport.api.proposals.models import Proposal as Proposal
from rapport.api.tokens.models import Token as Token
from rapport.api.webhooks.models import Delivery as Delivery
from rapport.api.webhooks.models import Subscription as Subscription
