"""Invented content for the gallery of components."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

WEEKS = [(0, 1), (1, 0), (2, 1), (0, 2), (3, 1), (1, 1), (0, 0), (2, 3), (4, 2), (1, 0), (3, 3), (5, 4)]
NAMES = [
    "Ingrid Solberg-Haas",
    "Dr. Henrike Moll",
    "Ana-Lucía Ferrer",
    "Nils Åkerström",
    "Mirko Petrović",
    "李 小龙",
]
HOSTILE = '<b title="x">O\'Neill & sons</b>'


def sample() -> dict[str, Any]:  # Any: the template reads lists, dates and numbers from it
    """Return what gallery.html shows."""
    now = timezone.now()
    return {
        "now_moments": [
            now - timedelta(seconds=20),
            now - timedelta(minutes=51),
            now - timedelta(hours=3),
            now - timedelta(days=1),
            now - timedelta(days=4),
            now - timedelta(days=40),
            now + timedelta(minutes=12),
            now + timedelta(days=1, hours=2),
            now + timedelta(days=9),
        ],
        "names": NAMES,
        "hostile": HOSTILE,
        "weeks": WEEKS,
        "quiet_weeks": [(0, 0)] * 10 + [(1, 0), (0, 1)],
        "stages": [
            {"label": "Qualified", "hint": "3 days", "state": "done"},
            {"label": "Proposal", "hint": "21 days, usually 13", "state": "done slow"},
            {"label": "Negotiation", "hint": "since Monday", "state": "now"},
            {"label": "Contract sent", "hint": "", "state": ""},
        ],
        "choices": [("suspect", "Suspect"), ("lead", "Lead"), ("customer", "Customer")],
        "countries": [("AT", "Austria"), ("CH", "Switzerland"), ("DE", "Germany")],
        "today": timezone.localdate(),
        "now_moment": now,
    }
