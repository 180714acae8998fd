"""Addresses that are filled in are those that Django works out."""

from uuid import uuid4

import pytest
from django.urls import NoReverseMatch, clear_script_prefix, reverse, set_script_prefix

from rapport.ui.addresses import address


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("home", ()),
        ("list", ("people",)),
        ("record", ("people", uuid4())),
        ("record", ("deals", uuid4())),
        ("record", ("deals", str(uuid4()))),
        ("relationship_edit", ("people", uuid4(), uuid4())),
        ("record_field", ("people", uuid4(), "name")),
    ],
)
def test_an_address_is_what_django_says(name: str, args: tuple[object, ...]) -> None:
    for _twice in range(2):
        assert address(name, *args) == reverse(name, args=args)


def test_what_fits_no_page_is_refused() -> None:
    for args in ((), ("people", "x")):
        with pytest.raises(NoReverseMatch):
            address("record", *args)


def test_below_a_path_of_a_server_addresses_begin_with_it() -> None:
    key = uuid4()
    assert address("record", "people", key) == f"/people/{key}/"
    set_script_prefix("/crm/")
    try:
        assert address("record", "people", key) == f"/crm/people/{key}/"
    finally:
        clear_script_prefix()
