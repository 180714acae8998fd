"""The users of rapport/conftest.py, for the tests of the whole."""

from rapport.conftest import administrator as administrator
from rapport.conftest import company as company
from rapport.conftest import member as member
from rapport.conftest import restricted as restricted
from rapport.conftest import stranger as stranger
