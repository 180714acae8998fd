"""An installation of the last released version, with data, becomes one of this version, and nothing is lost."""

import pytest

from tools.upgrade import last_tag, try_upgrade


@pytest.mark.slow
def test_an_installation_of_the_last_version_is_upgraded_with_its_data() -> None:
    tag = last_tag()
    if not tag:
        pytest.skip("no version was released yet (there is no tag v…)")
    assert try_upgrade(tag) == []
