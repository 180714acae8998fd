"""Somebody leaves: what he owned goes to a colleague, and he does not sign in any more."""

from rapport.kernel.leaving.deeds import only_these as only_these
