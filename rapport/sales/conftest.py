"""The browser for tests of this folder."""

from rapport.ui.testing.browser import chromium, visit  # noqa: F401 - fixtures are found by name
