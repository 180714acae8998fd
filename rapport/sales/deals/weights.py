"""What a deal is worth on average, in SQL."""

from django.db.models import F
from django.db.models.functions import Coalesce

CHANCE = Coalesce(F("chance"), F("stage__chance"))
